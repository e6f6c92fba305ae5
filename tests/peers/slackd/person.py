"""Somebody in Slack: acts on what the bot really posted, and on nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.peers.slackd import chat, files, filling, rooms, views
from tests.peers.slackd.ack import Ack, Kind
from tests.peers.slackd.api import said
from tests.peers.slackd.blockkit import check_message
from tests.peers.slackd.delivery import Post
from tests.peers.slackd.events import Events
from tests.peers.slackd.grants import Reply
from tests.peers.slackd.payloads import Payloads
from tests.peers.slackd.screen import Control, Seen, find, shown
from tests.peers.slackd.state import BOT, ApiError, Conversation, Json, Message, NotThere, State, User, View

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")


class NoAck(AssertionError):
    """The bot did not take what somebody did, within three seconds, with a 200."""


@dataclass
class Person:
    user: User
    state: State
    payloads: Payloads
    post: Post
    events: Events

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def tag(self) -> str:
        """Mentions them, wherever it is typed."""
        return f"<@{self.id}>"

    @property
    def dm_id(self) -> str:
        return rooms.direct(self.state, self.id).id

    # ------------------------------------------------------------------------------------------------------- says

    async def command(self, words: str = "", *, at: Conversation | None = None, name: str = "") -> Ack:
        commands = self.state.app.commands
        name = name or (commands[0] if commands else "/")
        if name not in commands:
            raise NotThere(f"there is no command {name}")
        channel = self._in(at)
        return await self._commanded(name, self._typed(words, command=True), channel)

    async def _commanded(self, name: str, words: str, channel: str) -> Ack:
        ack = await self._acts("slash_commands", self.payloads.command(self.user, name, words, channel))
        if ack.body:
            given = ack.json() or {"text": ack.body}
            chat.looked_at(self.state, check_message(given, "reply"))
            said(self.state, Reply(channel, self.id), given)
            self.events.flush()
        return ack

    async def writes(
        self, words: str, *, at: Conversation | None = None, thread: str = "", with_files: tuple[str, ...] = ()
    ) -> Message:
        """A message, to the bot alone or where the bot may hear it too."""
        channel = self._in(at)
        if at is None and not self.state.app.messages_tab:
            raise NotThere("nothing can be written to the bot")
        new = Message(
            channel=channel,
            ts=self.state.ts(),
            user=self.id,
            text=self._typed(words),
            blocks=self._typed_blocks(words),
            thread_ts=thread,
            files=tuple(files.made(self.state, self.id, name) for name in with_files),
        )
        rooms.put(self.state, new)
        event = rooms.as_json(new) | {"client_msg_id": self.state.number("m"), "event_ts": new.ts}
        place = self.state.conversations[channel]
        if BOT in place.members:
            kind = {"channels": "channel", "groups": "group", "im": "im"}[place.kind]
            shared = {"subtype": "file_share"} if with_files else {}
            heard = {**event, **shared, "channel": channel, "channel_type": kind}
            await self.events.tell(f"message.{place.kind}", heard)
            if f"<@{BOT}>" in new.text and place.kind != "im":
                await self.events.tell("app_mention", {**event, "type": "app_mention", "channel": channel})
        return new

    async def mentions(self, words: str, *, at: Conversation, thread: str = "") -> Message:
        return await self.writes(f"<@{BOT}> {words}", at=at, thread=thread)

    def _typed(self, words: str, *, command: bool = False) -> str:
        """As Slack sends what was typed: nothing in it is markup but the mentions of people."""
        escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"&lt;@([UW][A-Z0-9]+)&gt;", lambda found: self._mention(found, command=command), escaped)

    def _mention(self, found: re.Match[str], *, command: bool) -> str:
        known = self.state.users.get(found[1])
        if known is None:
            return found[0]
        if not command:
            return f"<@{known.id}>"
        return f"<@{known.id}|{known.name}>" if self.state.app.escapes else f"@{known.name}"

    def _typed_blocks(self, words: str) -> tuple[Json, ...]:
        parts = [{"type": "text", "text": words}] if words else []
        section = {"type": "rich_text_section", "elements": parts}
        return ({"type": "rich_text", "block_id": self.state.number("b"), "elements": [section]},)

    def _is_let_in(self) -> None:
        if self.user.deleted:
            raise NotThere(f"{self.user.name} has no account any more")

    def _in(self, at: Conversation | None) -> str:
        self._is_let_in()
        if at is None:
            return self.dm_id
        if self.id not in at.members:
            raise NotThere(f"{self.user.name} is not in {at.name}")
        return at.id

    # ------------------------------------------------------------------------------------------------------- sees

    def visible(self, at: Conversation | None = None) -> list[Message]:
        """Every message on their screen, oldest first."""
        mine = [each for each in self.state.conversations.values() if self.id in each.members]
        there = [
            message for each in mine if at is None or at is each for message in self.state.messages.get(each.id, [])
        ]
        seen = [each for each in there if not each.deleted and each.ephemeral_to in {"", self.id}]
        return sorted(seen, key=lambda each: each.ts)

    def reads(self, at: Conversation | None = None) -> list[str]:
        return [shown(message) for message in self.visible(at)]

    async def sees(self, words: str, *, at: Conversation | None = None) -> Message:
        """The newest message of the bot that shows these words, as soon as there is one."""

        def look() -> Message | None:
            newest = (each for each in reversed(self.visible(at)) if each.user == BOT)
            return next((each for each in newest if words in shown(each)), None)

        return await self.state.until(look, f"{self.user.name} sees no '{words}'")

    def sees_none(self, words: str) -> None:
        seen: list[Seen] = [*self.visible(), *self._views()]
        found = [shown(each) for each in seen if words in shown(each)]
        if found:
            raise AssertionError(f"{self.user.name} sees '{words}': {found}")

    def _views(self) -> list[View]:
        """Their home, and the form on top."""
        return [view for view in (self.home, self.modal) if view]

    @property
    def home(self) -> View | None:
        return self.state.homes.get(self.id)

    @property
    def modal(self) -> View | None:
        """The form on top."""
        stack = self.state.modals.get(self.id, [])
        return stack[-1] if stack else None

    async def shown(self, title: str = "") -> View:
        """The form on top, as soon as it is the one with this title."""

        def look() -> View | None:
            return self.modal if self.modal and title in self.modal.title else None

        return await self.state.until(look, f"{self.user.name} sees no form '{title}'")

    async def opens_home(self) -> View | None:
        """What is there once the bot has heard of it."""
        if not self.state.app.home_tab:
            raise NotThere("the app has no home")
        before = {"view": self.payloads.view(self.home)} if self.home else {}
        event = {"type": "app_home_opened", "user": self.id, "channel": self.dm_id, "tab": "home", **before}
        await self.events.tell("app_home_opened", {**event, "event_ts": self.state.ts()})
        return self.home

    # ------------------------------------------------------------------------------------------------------- acts

    async def presses(self, name: str, *, on: Seen | None, beside: str = "", as_shown: bool = False) -> Ack:
        """A button by its words; on what it looks like now, or as it was shown when it has changed since."""
        seen = self._now(on, as_shown=as_shown)
        control = find(seen, name, beside, ("button", "icon_button", "workflow_button"))
        said_by = {key: value for key, value in control.element.items() if key in {"text", "value", "style", "url"}}
        return await self._used(control, said_by, seen)

    async def picks(
        self, name: str, wanted: object, *, on: Seen | None, beside: str = "", as_shown: bool = False
    ) -> Ack:
        """Something of a menu, of ticks or dates, that is told at once."""
        seen = self._now(on, as_shown=as_shown)
        control = find(seen, name, beside)
        value = filling.value(self.state, self.id, control.element, wanted)
        if isinstance(seen, View) and seen.type == "modal":
            views.put(self.state, _filled(seen, control, value))
        return await self._used(control, value, self._now(seen, as_shown=as_shown))

    async def forges(self, on: Seen, *, action_id: str, value: str = "", block_id: str = "forged") -> Ack:
        """A press of what is not there; nothing is demanded of the answer."""
        element = {"type": "button", "action_id": action_id, "block_id": block_id, "value": value}
        return await self.post.send("interactive", self.payloads.pressed(self.user, element, on))

    async def uses(self, name: str, *, on: Message) -> Ack:
        """A message's shortcut, by its name."""
        if name not in self.state.app.shortcuts:
            raise NotThere(f"there is no shortcut '{name}'")
        seen = self._now(on, as_shown=False)
        if not isinstance(seen, Message) or seen.ephemeral_to:
            raise NotThere("a shortcut is used on a message that stays")
        return await self._interacts(self.payloads.shortcut(self.user, self.state.app.shortcuts[name], seen))

    async def fills(self, given: Mapping[str, object]) -> View:
        """The form on top: each question by its label."""
        for name, wanted in given.items():
            view = self._form()
            control = find(view, name)
            value = filling.value(self.state, self.id, control.element, wanted)
            views.put(self.state, _filled(view, control, value))
            if control.block.get("dispatch_action"):
                await self._used(control, value, self._form())
        return self._form()

    async def submits(self) -> Ack:
        """Sends the form on top, and shows what the bot makes of it."""
        view = self._form()
        if why := filling.unready(view):
            raise NotThere(f"{why}: {shown(view)}")
        ack = await self._interacts(self.payloads.submitted(self.user, view))
        self._answered(view, ack.json())
        return ack

    async def closes(self) -> None:
        """Leaves the form on top."""
        view = self._form()
        stack = self.state.modals[self.id]
        cleared = bool(view.body.get("clear_on_close"))
        left = stack[:] if cleared else [view]
        del stack[0 if cleared else len(stack) - 1 :]
        self.state.changed()
        for each in reversed(left):
            if each.body.get("notify_on_close"):
                await self._interacts(self.payloads.closed(self.user, each, cleared=cleared))

    def _form(self) -> View:
        if self.modal is None:
            raise NotThere(f"{self.user.name} has no form open")
        return self.modal

    def _now(self, on: Seen | None, *, as_shown: bool) -> Seen:
        """As it stands there now, if they can see it at all."""
        if on is None:
            raise NotThere("there is nothing to act on")
        now: list[Seen]
        if isinstance(on, View):
            now = [view for view in self._views() if view.id == on.id]
        else:
            now = [each for each in self.visible() if (each.channel, each.ts) == (on.channel, on.ts)]
        if not now and not as_shown:
            raise NotThere(f"{self.user.name} does not see it any more: {shown(on)}")
        return on if as_shown else now[0]

    async def _used(self, control: Control, said_by: Json, seen: Seen) -> Ack:
        ids = {"block_id": control.block["block_id"], "action_id": control.element["action_id"]}
        action = {"type": control.element["type"], **ids, **said_by}
        return await self._interacts(self.payloads.pressed(self.user, action, seen))

    async def _interacts(self, payload: Json) -> Ack:
        self._is_let_in()
        if not self.state.app.interactive:
            raise NotThere("interactivity is switched off")
        return await self._acts("interactive", payload)

    async def _acts(self, kind: Kind, payload: Json) -> Ack:
        ack = await self.post.send(kind, payload)
        if ack.status != 200:
            raise NoAck(f"{kind}: {ack.status} {ack.lost} {ack.body[:200]}")
        return ack

    def _answered(self, view: View, answer: Json) -> None:
        stack = self.state.modals[self.id]
        match answer.get("response_action"):
            case None:
                stack[:] = [each for each in stack if each.id != view.id]
            case "clear":
                stack.clear()
            case "errors":
                asked = {block["block_id"] for block in view.blocks if block["type"] == "input"}
                if not answer["errors"] or not set(answer["errors"]) <= asked:
                    raise ApiError("errors name no input block of the form")
                views.put(self.state, replace(view, errors=answer["errors"]))
            case "update":
                body = views.judged(self.state, answer["view"], "modal")
                views.put(self.state, views.changed(self.state, view, body))
            case "push":
                views.push(self.state, self.id, views.judged(self.state, answer["view"], "modal"))
            case other:
                raise ApiError(f"there is no response_action {other}")
        self.state.changed()


def _filled(view: View, control: Control, value: Json) -> View:
    block, action = control.block["block_id"], control.element["action_id"]
    return replace(view, values={**view.values, block: {**view.values.get(block, {}), action: value}})
