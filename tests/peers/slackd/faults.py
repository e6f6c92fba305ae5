"""What goes wrong with calls, as it is told to."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto


class Fault(Enum):
    """What becomes of one call."""

    TOO_MANY = auto()  # 429, with Retry-After
    FAILS = auto()  # 500, nothing taken
    FAILS_LATE = auto()  # 500, and yet taken
    RESETS = auto()  # the connection is cut before anything is taken
    RESETS_LATE = auto()  # taken, and then cut
    STALLS = auto()  # taken, and silent until the caller leaves
    MUMBLES = auto()  # taken, and answered with half a JSON
    DENIES = auto()  # 200 with a page, as a proxy answers; nothing taken


@dataclass(frozen=True)
class Error:
    """An error of the Web API, by its code; nothing taken."""

    code: str


TAKEN = frozenset({None, Fault.FAILS_LATE, Fault.RESETS_LATE, Fault.STALLS, Fault.MUMBLES})

Weather = Callable[[str], Fault | Error | None]


@dataclass
class Faults:
    """Per method, `*` for any, `response_url` for those; what is not told goes well, unless the weather is bad."""

    weather: Weather = lambda _: None
    retry_after: int = 30
    _next: dict[str, deque[Fault | Error | None]] = field(default_factory=dict)

    def on(self, method: str, *faults: Fault | Error | None) -> None:
        """The next calls of it fail so, in this order; None is one that goes well."""
        self._next.setdefault(method, deque()).extend(faults)

    def storm(self, method: str, calls: int) -> None:
        self.on(method, *[Fault.TOO_MANY] * calls)

    def next(self, method: str) -> Fault | Error | None:
        for name in (method, "*"):
            if self._next.get(name):
                return self._next[name].popleft()
        return self.weather(method)
