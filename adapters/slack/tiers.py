"""Every method that we call: how often Slack allows it, which scope it needs, and whether it only reads."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Method:
    """`rate` is calls a minute for the workspace that we hold ourselves to.

    0: none, as the limit is another one, such as that of a channel, or somebody waits for the answer.
    """

    rate: int
    scopes: tuple[str, ...] = ()
    reads: bool = False


TIER_2, TIER_3, TIER_4 = 20, 50, 100
METHODS = {
    "auth.test": Method(0),
    "apps.connections.open": Method(0),  # asked with the app's own token
    "chat.postMessage": Method(0, ("chat:write",)),
    "chat.postEphemeral": Method(TIER_4, ("chat:write",)),
    "chat.update": Method(TIER_3, ("chat:write",)),
    "conversations.history": Method(TIER_3, ("channels:history", "groups:history", "im:history"), reads=True),
    "conversations.info": Method(TIER_3, ("channels:read", "groups:read"), reads=True),
    "conversations.open": Method(TIER_3, ("im:write",)),
    "conversations.replies": Method(TIER_3, ("channels:history", "groups:history", "im:history"), reads=True),
    "users.info": Method(0, ("users:read", "users:read.email"), reads=True),
    "users.list": Method(TIER_2, ("users:read", "users:read.email"), reads=True),
    "users.lookupByEmail": Method(TIER_3, ("users:read.email",), reads=True),
    "views.open": Method(TIER_4),
    "views.publish": Method(TIER_4),
    "views.update": Method(TIER_4),
}
RATES = {name: method.rate for name, method in METHODS.items() if method.rate}
SCOPES = tuple(sorted({scope for method in METHODS.values() for scope in method.scopes}))
_AT_ONCE = 0.2  # of a minute's calls; the others come evenly


def loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Bucket:
    """Calls of one method: never more in a minute than its rate, so that Slack need not tell us to stop."""

    rate: int
    clock: Callable[[], float] = loop_time
    _left: float = field(init=False)
    _since: float = field(init=False)
    _shut: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._left, self._since = self._most, self.clock()

    def take(self) -> timedelta | None:
        """None where one more may be made now, which then counts; else how long to wait."""
        now = self.clock()
        self._left = min(self._most, self._left + (now - self._since) * self._a_second)
        self._since = now
        wait = max(self._shut - now, (1 - self._left) / self._a_second)
        if wait > 0:
            return timedelta(seconds=wait)
        self._left -= 1
        return None

    def shut(self, wait: timedelta) -> None:
        """Slack told us to stop for that long."""
        self._shut = max(self._shut, self.clock() + wait.total_seconds())

    @property
    def _most(self) -> float:
        return self.rate * _AT_ONCE

    @property
    def _a_second(self) -> float:
        return self.rate * (1 - _AT_ONCE) / 60
