"""A chat platform in memory: it keeps its history, and it fails in the way it is told to."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import count

from bot.cards import Card
from bot.errors import InDoubt, Rejected, TryLater, Unreachable, Unsupported
from bot.model import Address, MessageRef
from bot.ports import Pace

RETRY_AFTER = timedelta(seconds=30)


class Fault(Enum):
    """What can go wrong with one call."""

    TOO_MANY = auto()  # 429, with Retry-After
    LOST = auto()  # the connection is reset before the platform has taken it
    UNHEARD = auto()  # the platform has taken it, then the connection is reset
    REJECTED = auto()
    UNREACHABLE = auto()


@dataclass
class Message:
    """One message as it stands there now."""

    ref: MessageRef
    key: str
    card: Card
    edits: int = 0


@dataclass
class Chat:
    """`bot.ports.ChatPlatform`, all in one list."""

    name: str = "local"
    pace: Pace = field(default_factory=Pace)
    can_be_asked: bool = True
    history: list[Message] = field(default_factory=list)
    calls: int = 0
    _faults: dict[str, deque[Fault]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def fails(self, place: str, *faults: Fault) -> None:
        """The next calls for that place fail, in this order."""
        self._faults.setdefault(place, deque()).extend(faults)

    def at(self, place: str) -> list[str]:
        """The titles that stand in a place, oldest first."""
        return [message.card.title for message in self.history if message.ref.place.id == place]

    def cards(self, place: str) -> list[Card]:
        return [message.card for message in self.history if message.ref.place.id == place]

    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:
        heard = self._call(to)
        message = Message(MessageRef(to, str(next(self._numbers))), key, card)
        self.history.append(message)
        if not heard:
            raise InDoubt("the connection was reset")
        return message.ref

    async def replace(self, message: MessageRef, card: Card) -> None:
        heard = self._call(message.place)
        for each in self.history:
            if each.ref == message:
                each.card = card
                each.edits += 1
        if not heard:
            raise InDoubt("the connection was reset")

    async def find(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        assert since.tzinfo
        if not self.can_be_asked:
            raise Unsupported("this platform has no look-up")
        return next((each.ref for each in self.history if each.key == key and each.ref.place.id == to.id), None)

    def _call(self, to: Address) -> bool:
        """Whether the answer will be heard."""
        self.calls += 1
        faults = self._faults.get(to.id)
        fault = faults.popleft() if faults else None
        match fault:
            case Fault.TOO_MANY:
                raise TryLater(RETRY_AFTER)
            case Fault.LOST:
                raise InDoubt("the connection was reset")
            case Fault.REJECTED:
                raise Rejected("invalid blocks")
            case Fault.UNREACHABLE:
                raise Unreachable("the account is closed")
        return fault is not Fault.UNHEARD
