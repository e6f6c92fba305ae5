"""What somebody in Slack wants, put before the desk under the name by which the roster knows them.

Whoever is on no roster and may join it is asked for their unit first; what they began with waits in the buttons.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from adapters.slack import modal, plain, render
from adapters.slack.answers import Said
from adapters.slack.identity import PLATFORM, Directory, User
from adapters.slack.render import OPEN, Token
from bot.actions import NewReport
from bot.cards import Reply
from bot.desk import Desk, HomePage
from bot.model import Address, MessageRef

WORDS = "words"  # the field of the report form that takes the text
LINE = ""  # what goes along with a newcomer's buttons: the line they began with

Json = Mapping[str, Any]


class Asking:
    def __init__(self, desk: Desk, directory: Directory, token: Callable[[], Awaitable[Token]]) -> None:
        self._desk = desk
        self._directory = directory
        self._token = token

    async def line(
        self, member: str, text: str, *, key: str, thread: MessageRef | None = None, returns: bool = False
    ) -> Said:
        user, who = await self._who(member)
        said = plain.words(text, await self._directory.names(plain.mentioned(text)))
        if who is None and _may_join(user):
            return await self._welcome(user, said)
        reply = await self._desk.line(who or _unknown(user), said, key=key, thread=thread)
        return Said(reply, returned=reply.words if returns else "")

    async def press(self, member: str, pressed: Json, key: str) -> Said:
        token, extra = render.unpack(str(pressed.get("value", "")))
        user, who = await self._who(member)
        if who is None and _may_join(user):
            return await self._join(user, token, extra, key)
        reply = await self._desk.press(who or _unknown(user), token, key=key)
        if reply.form and pressed["action_id"].startswith(f"{OPEN}:"):
            return Said(Reply(form=modal.opened_with(reply.form, extra)))
        return Said(reply)

    async def submit(self, member: str, token: str, values: Mapping[str, str], key: str) -> Said:
        user, who = await self._who(member)
        reply = await self._desk.submit(who or _unknown(user), token, values, key=key)
        return Said(reply, returned=reply.words)

    async def report(self, member: str, text: str, key: str) -> Said:
        user, who = await self._who(member)
        said = plain.words(text, await self._directory.names(plain.mentioned(text)))
        if who is None and _may_join(user):
            return await self._welcome(user, said)
        reply = await self._desk.press(who or _unknown(user), (await self._token())(NewReport()), key=key)
        form = modal.opened_with(reply.form, {WORDS: said}) if reply.form else None
        return Said(Reply(reply.card, form))

    async def _who(self, member: str) -> tuple[User, Address | None]:
        user = await self._directory.user(member)
        return user, await self._desk.recognised(user.addresses, "" if user.guest else user.email)

    async def _welcome(self, user: User, line: str) -> Said:
        """They are asked for their unit; what they began with goes along, and is done once they have said it."""
        reply = await self._desk.welcome(user.addresses[-1], user.name, user.email)
        return Said(reply, {LINE: line} if line.strip() else {})

    async def _join(self, user: User, token: str, extra: Mapping[str, str], key: str) -> Said:
        reply = await self._desk.welcome(user.addresses[-1], user.name, user.email, token)
        who = await self._desk.recognised(user.addresses, user.email)
        if who is None:
            return Said(reply, extra)
        line = extra.get(LINE, "")
        return Said(await self._desk.line(who, line, key=f"{key} line") if line else reply)

    async def pages(self, member: str) -> list[HomePage]:
        user, who = await self._who(member)
        if who is None and _may_join(user):
            card = (await self._welcome(user, "")).reply.card
            return [HomePage("home", "Home", (card,) if card else ())]
        return list(await self._desk.home(who or _unknown(user)))


def _may_join(user: User) -> bool:
    """A member of this workspace whose e-mail it has verified."""
    return bool(user.email) and not user.guest


def _unknown(user: User) -> Address:
    return Address(PLATFORM, "person", user.id)
