"""Who somebody in Slack is: matched to the roster by the e-mail that Slack has verified, without any linking.

On the roster a person of Slack is known by their e-mail there, or by their member id (U…) where that is another one.
"""

import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.api import Api
from bot.errors import DeliveryFailed, Unreachable
from bot.model import Address

PLATFORM = "slack"
FRESH = 24 * 3600.0  # seconds for which we believe what Slack said of somebody; of most changes we hear at once
KEPT = 20_000  # people
PAGE = 200
_MEMBER = re.compile(r"[UW][A-Z0-9]{2,}")


@dataclass(frozen=True, slots=True)
class User:
    """What Slack says of somebody. `email` is empty where it is not verified, or not ours to believe."""

    id: str
    name: str
    email: str = ""
    active: bool = True
    guest: bool = False

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where the roster may know them, the surest first."""
        return tuple(Address(PLATFORM, "person", each) for each in (self.id, self.email) if each)


@dataclass(slots=True)
class Directory:
    """Asks Slack about people, and remembers the answer for a while."""

    api: Api
    team: Callable[[], str]  # whose verified e-mails we believe; empty until Slack has told us
    clock: Callable[[], float] = time.monotonic
    _users: dict[str, tuple[float, User]] = field(default_factory=dict)
    _ids: dict[str, tuple[float, str]] = field(default_factory=dict)

    async def user(self, member: str) -> User:
        """Raises DeliveryFailed where Slack cannot say, and never could."""
        known = self._users.get(member)
        if known and self.clock() - known[0] < FRESH:
            return known[1]
        try:
            return self._learnt((await self.api.call("users.info", user=member))["user"])
        except DeliveryFailed:
            if known is None:
                raise
            return known[1]

    async def learn(self) -> None:
        """Everybody at once, so that a busy morning need not ask for each."""
        async for said in members(self.api):
            if len(self._users) < KEPT:
                self._learnt(said)

    async def id_of(self, account: str) -> str:
        """Whom a message for that account goes to. Raises Unreachable where nobody is there any more."""
        if _MEMBER.fullmatch(account):
            return account
        known = self._ids.get(account)
        if known and self.clock() - known[0] < FRESH:
            return known[1]
        user = self._learnt((await self.api.call("users.lookupByEmail", email=account))["user"])
        if not user.active:
            raise Unreachable("the account is deactivated")
        _keep(self._ids, account, (self.clock(), user.id))
        return user.id

    async def names(self, members: Sequence[str]) -> dict[str, str]:
        return {each: (await self.user(each)).name for each in members}

    def forget(self, member: str) -> None:
        self._users.pop(member, None)
        self._ids = {account: known for account, known in self._ids.items() if known[1] != member}

    def _learnt(self, said: Any) -> User:  # noqa: ANN401 - Slack's JSON
        user = read(said, self.team())
        _keep(self._users, user.id, (self.clock(), user))
        return user


async def members(api: Api) -> AsyncIterator[Any]:
    """Everybody in the workspace, as Slack tells of them."""
    more: dict[str, str] = {}
    while True:
        answer = await api.call("users.list", limit=PAGE, **more)
        for said in answer["members"]:
            yield said
        more = {"cursor": answer.get("response_metadata", {}).get("next_cursor", "")}
        if not more["cursor"]:
            return


def read(said: Any, team: str) -> User:  # noqa: ANN401 - Slack's JSON
    """An e-mail counts where this workspace has verified it: another one's member says of themselves what they like."""
    profile = said.get("profile", {})
    ours = not said.get("is_stranger") and (not team or said.get("team_id", team) == team)
    verified = ours and said.get("is_email_confirmed", True)
    return User(
        id=said["id"],
        name=profile.get("real_name") or said.get("real_name") or said.get("name", ""),
        email=str(profile.get("email") or "").strip().casefold() if verified else "",
        active=not said.get("deleted", False),
        guest=bool(said.get("is_restricted") or said.get("is_ultra_restricted") or not ours),
    )


def _keep(kept: dict[str, Any], key: str, value: object) -> None:
    """The newest at the end; the oldest goes where there are too many."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > KEPT:
        del kept[next(iter(kept))]
