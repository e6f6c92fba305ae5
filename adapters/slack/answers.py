"""Answers somebody where they are: in their messages, for their eyes only in a channel, or in the form they sent.

An answer is not a notice: what has to arrive goes through the outbox. So it is said once, or not at all.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from adapters.slack import modal, render
from adapters.slack.api import Api
from adapters.slack.modal import Origin
from adapters.slack.render import Block, Page, Token
from bot.cards import Card, Form, Mark, Reply, Text
from bot.errors import DeliveryFailed, InDoubt, TryLater

log = structlog.get_logger()

PATIENCE = timedelta(seconds=60)  # for which an answer waits where Slack asks us to
TRIES = 3
YOURS = "What you wrote"
FAILED = Card("That did not work, and the fault is ours", (Text("Please try again."),), Mark.WARNING)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is. `response_url` is good for five answers in half an hour."""

    user: str
    channel: str = ""
    thread: str = ""
    response_url: str = ""

    @property
    def direct(self) -> bool:
        """Among their own messages: their Home counts, as what they do there is answered there."""
        return not self.channel or self.channel.startswith("D")

    @property
    def origin(self) -> Origin:
        return Origin(self.channel, self.thread)


@dataclass(frozen=True, slots=True)
class Said:
    """What the desk answers. `extra` goes along with its buttons, and `returned` is to be handed back."""

    reply: Reply
    extra: Mapping[str, str] = field(default_factory=dict)
    returned: str = ""


class Answers:
    """Says it in the way that the place allows."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def say(self, place: Place, said: Said, token: Token) -> None:
        """A card that comes as a message of its own anyway is not said twice in the same place."""
        if said.reply.kept and place.direct:
            return
        for page in drawn(said, token):
            await self.page(place, page)

    async def page(self, place: Place, page: Page) -> None:
        for _ in range(TRIES):
            try:
                await self._page(place, page)
            except TryLater as later:
                if later.after > PATIENCE:
                    break
                await asyncio.sleep(later.after.total_seconds())
            except InDoubt:
                break
            else:
                return
        log.warning("an answer was not said")

    async def open(self, trigger: str, view: Block) -> bool:
        """Whether the form is before them: a trigger is good for three seconds, and once."""
        try:
            async with asyncio.timeout(2):
                await self._api.call("views.open", trigger_id=trigger, view=view)
        except (DeliveryFailed, TimeoutError) as closed:
            log.warning("a form was not opened", why=type(closed).__name__)
            return False
        return True

    async def redraw(self, view_id: str, view: Block) -> None:
        await self._api.call("views.update", view_id=view_id, view=view)

    async def publish(self, user: str, view: Block) -> None:
        await self._api.call("views.publish", user_id=user, view=view)

    async def _page(self, place: Place, page: Page) -> None:
        """For their eyes only where others read too; where that cannot be, among their messages."""
        try:
            await (self._among(place, page) if place.direct else self._apart(place, page))
        except (TryLater, InDoubt):
            raise
        except DeliveryFailed:
            await self._post(place.user, "", page)

    async def _among(self, place: Place, page: Page) -> None:
        await self._post(place.channel or place.user, place.thread, page)

    async def _post(self, channel: str, thread: str, page: Page) -> None:
        below = {"thread_ts": thread} if thread else {}
        await self._api.call(
            "chat.postMessage", channel=channel, text=page.text, blocks=page.blocks, unfurl_links=False,
            unfurl_media=False, **below,
        )  # fmt: skip

    async def _apart(self, place: Place, page: Page) -> None:
        below = {"thread_ts": place.thread} if place.thread else {}
        said = {"text": page.text, "blocks": page.blocks, **below}
        if place.response_url:
            own = {"response_type": "ephemeral", "replace_original": False}
            await self._api.respond(place.response_url, own | said)
        else:
            await self._api.call("chat.postEphemeral", channel=place.channel, user=place.user, **said)


def drawn(said: Said, token: Token) -> list[Page]:
    """The card, or the way to the form, and then the words that go back to whoever wrote them."""
    reply, found = said.reply, []
    if reply.form:
        found = [_offer(reply.form, token)]
    elif reply.card:
        found = render.parted(reply.card, render.blocks(reply.card, token, said.extra))
    return [*found, *(render.words(said.returned, YOURS) if said.returned.strip() and found else [])]


def _offer(form: Form, token: Token) -> Page:
    """A form can only be opened by a press."""
    said = [form.intro, *form.errors.values()]
    lines = [render.rich(render.section(render.text(words))) for words in said if words]
    opener = render.opener(form.title, token(form.action), modal.filled(form))
    return Page(render.escaped(form.title), [*lines, opener])
