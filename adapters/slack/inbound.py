"""What people do in Slack, as lines, presses and submissions for the desk; and how each is answered.

Whatever comes is answered within three seconds, as Slack demands: once the desk's transaction is done, or after two
and a half seconds while that goes on. Only a form is opened before, since its trigger ends with the three seconds.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

import structlog

from adapters.slack import modal, plain, render
from adapters.slack.answers import FAILED, Answers, Place, Said, drawn
from adapters.slack.asking import Asking
from adapters.slack.errands import Errands
from adapters.slack.identity import PLATFORM, Directory
from adapters.slack.outbound import joined
from adapters.slack.render import PAGE, Page, Token
from bot.actions import Signer, encode
from bot.cards import Form, Reply
from bot.desk import Desk
from bot.errors import BotError
from bot.model import Address, MessageRef
from bot.ports import Clock

log = structlog.get_logger()

IN_TIME = 2.5  # seconds after which Slack is answered whatever is still under way
REMEMBERED = 2_000  # events that this process has taken
SHORTCUT = "report_message"

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[Any]]
Body = dict[str, Any]  # of an acknowledgement


class Inbound:
    """Each kind of thing that Slack delivers has its method here; all take what Slack sent, and the way to ack it."""

    def __init__(
        self,
        desk: Desk,
        directory: Directory,
        answers: Answers,
        errands: Errands,
        signer: Signer,
        clock: Clock,
        bot: Callable[[], str],
    ) -> None:
        self._asking = Asking(desk, directory, self._token)
        self._directory = directory
        self._answers = answers
        self._signer = signer
        self._clock = clock
        self._bot = bot  # our own member id
        self._errands = errands
        self._taken: OrderedDict[str, None] = OrderedDict()

    # ------------------------------------------------------------------------------------------------------- delivered

    async def command(self, ack: Ack, body: Json) -> None:
        """The slash command; alone it opens the form."""
        place = Place(body["user_id"], body.get("channel_id", ""), response_url=body.get("response_url", ""))
        text = body.get("text", "")
        asked = self._asking.line(place.user, text if text.strip() else "report", key=body["trigger_id"], returns=True)
        await self._handle(ack, asked, partial(self._answer_command, place, body["trigger_id"]), place, text)

    async def action(self, ack: Ack, body: Json) -> None:
        """A button, on a message, in somebody's Home or in a form."""
        pressed = body["actions"][0]
        container, user = body.get("container", {}), body["user"]["id"]
        place = _pressed_in(body)
        if pressed["action_id"].startswith(f"{PAGE}:"):
            await ack()
            self._errands.start(self._publish(user, pressed["value"]))
            return
        where = container.get("message_ts") or container.get("view_id", "")
        key = f"press {where} {pressed['action_id']} {user} {pressed.get('action_ts', '')}"
        asked = self._asking.press(user, pressed, key)
        await self._handle(ack, asked, partial(self._answer_press, place, body), place)

    async def view(self, ack: Ack, body: Json) -> None:
        """A form that was sent."""
        view, user = body["view"], body["user"]["id"]
        token, origin = modal.metadata(view)
        if body.get("type") != "view_submission" or view.get("callback_id") != modal.FORM:
            await ack()
            return
        place = Place(user, origin.channel, origin.thread)
        key = f"view {view['id']} {view.get('hash', '')}"
        values = modal.values(view)
        asked = self._asking.submit(user, token, values, key)
        typed = "\n\n".join(filter(None, values.values()))
        await self._handle(ack, asked, partial(self._answer_form, place, view), place, typed)

    async def shortcut(self, ack: Ack, body: Json) -> None:
        """Report a message: the form, with its words already in it."""
        if body.get("callback_id") != SHORTCUT:
            await ack()
            return
        channel = body.get("channel", {}).get("id", "")
        place = Place(body["user"]["id"], channel, response_url=body.get("response_url", ""))
        asked = self._asking.report(place.user, body.get("message", {}).get("text", ""), body["trigger_id"])
        await self._handle(ack, asked, partial(self._answer_opened, place, body["trigger_id"]), place)

    async def event(self, ack: Ack, body: Json) -> None:
        """What was said to us or looked at. Slack delivers some of it twice."""
        event, id_ = body.get("event", {}), str(body.get("event_id", ""))
        handler = EVENTS.get(event.get("type", ""))
        if handler is None or event.get("bot_id") or not self._first_time(id_):
            await ack()
            return
        await handler(self, ack, event, id_)

    # ----------------------------------------------------------------------------------------------------- their events

    async def message(self, ack: Ack, event: Json, id_: str) -> None:
        """A line among their own messages. A file comes along as a link, and is not kept."""
        user = event.get("user")
        if event.get("channel_type") != "im" or not user or event.get("subtype") not in {None, "file_share"}:
            await ack()
            return
        links = [each.get("permalink", "") for each in event.get("files", [])]
        text = "\n".join(filter(None, [event.get("text", ""), *links]))
        place = Place(user, event["channel"], event.get("thread_ts", ""))
        await self._handle(ack, self._asking.line(user, text, key=id_), partial(self._answer, place), place)

    async def mention(self, ack: Ack, event: Json, id_: str) -> None:
        """`@Checkback …`, in a thread or at large."""
        user, channel = event.get("user"), event.get("channel", "")
        if not user or "edited" in event:
            await ack()
            return
        under = event.get("thread_ts", "")
        thread = MessageRef(Address(PLATFORM, "channel", channel), joined(channel, under)) if under else None
        text = plain.without(event.get("text", ""), self._bot()) or "help"
        place = Place(user, channel, under)
        await self._handle(
            ack, self._asking.line(user, text, key=id_, thread=thread), partial(self._answer, place), place
        )

    async def home(self, ack: Ack, event: Json, _id: str) -> None:
        await ack()
        if event.get("tab", "home") == "home":
            self._errands.start(self._publish(event["user"]))

    async def changed(self, ack: Ack, event: Json, _id: str) -> None:
        """Somebody's e-mail, or their account: they are looked up anew."""
        await ack()
        self._directory.forget(event.get("user", {}).get("id", ""))

    # --------------------------------------------------------------------------------------------------- after the desk

    async def _handle(
        self,
        ack: Ack,
        asked: Coroutine[Any, Any, Said],
        answer: Callable[[Said], Awaitable[Body]],
        place: Place,
        typed: str = "",
    ) -> None:
        """The one wrapper round every handler: it always acks, and never cancels what has begun.

        `typed` goes back to them if it fails, where it is not to be seen any more.
        """
        asking = self._errands.start(self._safely(asked, typed))
        await asyncio.wait({asking}, timeout=IN_TIME)
        if not asking.done():
            await ack()
            self._errands.start(self._later(asking, place))
            return
        await ack(**await self._answered(answer(asking.result())))

    async def _answered(self, answer: Awaitable[Body]) -> Body:
        try:
            return await answer
        except Exception:
            log.exception("request not answered", platform=PLATFORM)
            return {}

    async def _safely(self, asked: Coroutine[Any, Any, Said], typed: str) -> Said:
        try:
            return await asked
        except Exception:
            log.exception("request failed", platform=PLATFORM)
            return Said(Reply(FAILED), returned=typed)

    async def _later(self, asking: "asyncio.Task[Said]", place: Place) -> None:
        await self._answers.say(place, await asking, await self._token())

    async def _answer(self, place: Place, said: Said) -> Body:
        self._errands.start(self._answers.say(place, said, await self._token()))
        return {}

    async def _answer_opened(self, place: Place, trigger: str, said: Said) -> Body:
        """A form opens; everything else, and a form that does not open, is said where they are."""
        form = said.reply.form
        if form and await self._open(trigger, form, place):
            return {}
        return await self._answer(place, said)

    async def _answer_command(self, place: Place, trigger: str, said: Said) -> Body:
        """In the acknowledgement itself, for their eyes only: nothing can be lost on the way."""
        token, form = await self._token(), said.reply.form
        if form and await self._open(trigger, form, place):
            return {}
        pages = [] if said.reply.kept and place.direct else drawn(said, token)
        if not pages:
            return {}
        self._errands.start(self._rest(place, pages[1:]))
        return {"text": pages[0].text, "blocks": pages[0].blocks, "response_type": "ephemeral"}

    async def _answer_press(self, place: Place, body: Json, said: Said) -> Body:
        view = body.get("view") or {}
        if view.get("type") == "modal":
            self._errands.start(self._redraw(view["id"], place, said))
            return {}
        if view.get("type") == "home":
            self._errands.start(self._publish(place.user, view.get("private_metadata", "")))
        return await self._answer_opened(place, body.get("trigger_id", ""), said)

    async def _answer_form(self, place: Place, view: Json, said: Said) -> Body:
        """What was wrong stands beside its field; what was not taken stays in the form."""
        token, reply = await self._token(), said.reply
        if reply.form:
            wrong = modal.errors(reply.form, view)
            if wrong:
                return {"response_action": "errors", "errors": wrong}
            return {"response_action": "update", "view": modal.modal(reply.form, token, place.origin)}
        if reply.card and said.returned.strip():
            return {"response_action": "update", "view": modal.kept(reply.card, view, token)}
        await self._answer(place, said)
        return {"response_action": "clear"}

    async def _rest(self, place: Place, pages: Sequence[Page]) -> None:
        for page in pages:
            await self._answers.page(place, page)

    async def _open(self, trigger: str, form: Form, place: Place) -> bool:
        return await self._answers.open(trigger, modal.modal(form, await self._token(), place.origin))

    async def _redraw(self, view: str, place: Place, said: Said) -> None:
        """The answer takes the place of what was pressed."""
        token, reply = await self._token(), said.reply
        if reply.form:
            await self._answers.redraw(view, modal.modal(reply.form, token, place.origin))
        elif reply.card:
            await self._answers.redraw(view, modal.reading(reply.card, token))

    async def _publish(self, member: str, page: str = "") -> None:
        """Their Home, on that page."""
        try:
            pages = await self._asking.pages(member)
            await self._answers.publish(member, render.home(pages, page, await self._token()))
        except BotError as wrong:
            log.warning("a home was not shown", why=type(wrong).__name__)

    async def _token(self) -> Token:
        return partial(encode, signer=self._signer, now=await self._clock.now())

    def _first_time(self, id_: str) -> bool:
        """What this process has taken it has answered too; what another one took, the desk knows."""
        if id_ in self._taken:
            return False
        self._taken[id_] = None
        if len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        return True


Handler = Callable[[Inbound, Ack, Json, str], Awaitable[None]]
EVENTS: Mapping[str, Handler] = {
    "message": Inbound.message,
    "app_mention": Inbound.mention,
    "app_home_opened": Inbound.home,
    "user_change": Inbound.changed,
}


def _pressed_in(body: Json) -> Place:
    user, container = body["user"]["id"], body.get("container", {})
    view = body.get("view") or {}
    if view:
        origin = modal.metadata(view)[1] if view.get("type") == "modal" else modal.Origin()
        return Place(user, origin.channel, origin.thread)
    channel = container.get("channel_id") or body.get("channel", {}).get("id", "")
    thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts", "")
    return Place(user, channel, thread, body.get("response_url", ""))
