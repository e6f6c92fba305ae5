"""Buckets of tokens, as Slack is thought to keep them: per method, per channel posted to, and for all posts."""

import math
from dataclasses import dataclass, field

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}  # calls a minute
POST = "chat.postMessage"


@dataclass(frozen=True)
class Rate:
    a_minute: float
    burst: float

    @property
    def a_second(self) -> float:
        return self.a_minute / 60


@dataclass(frozen=True)
class Rates:
    """`free`: nobody is ever asked to wait."""

    channel: Rate = Rate(60, 5)
    posts: Rate = Rate(300, 300)
    free: bool = False

    def of(self, method: str, tier: int, channel: str) -> dict[str, Rate]:
        """The buckets that a call takes from, by name."""
        if self.free:
            return {}
        if method == POST:
            return {POST: self.posts, f"{POST} {channel}": self.channel}
        return {method: Rate(TIERS[tier], TIERS[tier])} if tier else {}


RATES = Rates()
FREE = Rates(free=True)


@dataclass
class Buckets:
    """How full each is, and since when."""

    rates: Rates
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _closed: dict[str, float] = field(default_factory=dict)

    def take(self, method: str, tier: int, channel: str, now: float) -> int:
        """Nothing where the call may pass; else the whole seconds after which it may."""
        wanted = self.rates.of(method, tier, channel)
        left = {name: self._now_in(name, rate, now) for name, rate in wanted.items()}
        wait = max([(1 - left[name]) / rate.a_second for name, rate in wanted.items() if left[name] < 1], default=0.0)
        if wait > 0:
            return math.ceil(wait)
        self._left.update({name: (many - 1, now) for name, many in left.items()})
        return 0

    def closes(self, lane: str, until: float) -> None:
        """A call was told to wait until then."""
        self._closed[lane] = max(until, self._closed.get(lane, 0.0))

    def closed(self, lane: str, now: float) -> bool:
        return now < self._closed.get(lane, 0.0)

    def _now_in(self, name: str, rate: Rate, now: float) -> float:
        many, since = self._left.get(name, (rate.burst, now))
        return min(rate.burst, many + (now - since) * rate.a_second)
