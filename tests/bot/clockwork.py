"""The floor of `tests.bot.floor` on which all due work is done at its own time, and messages go out at theirs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from typing_extensions import override

from bot.agenda import run_due
from bot.cards import Card
from bot.model import Due, Held, Shift
from storage.database import SqlDatabase
from tests.bot.floor import Floor, open_floor
from tests.builders import NOON
from tests.peers.chat import Message

ZONE = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Line:
    """A message: in which hour since the beginning, to whom, and as what it was posted."""

    hour: float
    place: str
    title: str
    what: list[str]


@dataclass
class Clockwork(Floor):
    """It begins on Monday 2 March 2026 at 07:00 on the ward's own clocks, with everybody on duty."""

    log: list[Line] = field(default_factory=list)

    @override
    async def deliver(self) -> None:
        before = len(self.chat.history)
        await super().deliver()
        at = (self.now - NOON) / timedelta(hours=1)
        for each in self.chat.history[before:]:
            self.log.append(Line(round(at, 2), each.ref.place.id, each.card.title, each.key.split(":")[2:3]))

    @override
    async def pass_time(self, hours: float) -> None:
        """Due work and messages alike, each at its own time."""
        until = self.now + timedelta(hours=hours)
        await self.tick()
        while (at := await self._next()) is not None and at <= until:
            self.now = at
            await self.tick()
        self.now = until

    async def _next(self) -> datetime | None:
        found = await self.read(lambda tx: (tx.agenda.next_due(self.now), tx.outbox.next_release(self.now)))
        return min((each for each in found if each), default=None)

    async def tick(self) -> None:
        await run_due(self.database, self.now)
        await self.deliver()

    async def sleep(self, hours: float) -> None:
        """The bot is down for so long, and then it wakes up."""
        self.now += timedelta(hours=hours)
        await self.tick()

    async def until(self, clock: str, days: int = 0) -> None:
        """Go on until the ward's clocks show that, so many days later."""
        hour, minute = map(int, clock.split(":"))
        there = self.now.astimezone(ZONE) + timedelta(days=days)
        there = there.replace(hour=hour, minute=minute, second=0, microsecond=0)
        await self.pass_time((there - self.now) / timedelta(hours=1))

    @property
    def clock(self) -> str:
        return f"{self.now.astimezone(ZONE):%a %H:%M}"

    # -- who is there
    async def off(self, *names: str, **given: Any) -> None:  # noqa: ANN401 - any field of a person
        for name in names:
            await self.change(name, on_duty=False, **given)

    async def rota(self, *shifts: tuple[str, str, float, float]) -> None:
        """Who works where, in hours from now."""
        found = [
            Shift(self.ids[who], self.units[unit].id, self.now + timedelta(hours=a), self.now + timedelta(hours=b))
            for who, unit, a, b in shifts
        ]
        far = timedelta(days=99)
        await self.run(lambda tx: tx.rota.replace(self.pilot.id, self.now - far, self.now + far, found))

    # -- what is said
    def cards(self, name: str) -> list[Card]:
        return self.chat.cards(name)

    def titles(self, name: str) -> list[str]:
        return self.chat.at(name)

    def sent(self) -> list[Message]:
        return self.chat.history

    async def held(self, name: str) -> list[Held]:
        return await self.read(lambda tx: list(tx.held.of(self.ids[name])))

    async def planned(self, kind: str) -> list[Due]:
        later = self.now + timedelta(days=999)
        return [each for each in await self.read(lambda tx: tx.agenda.due(later, 999)) if each.kind == kind]


async def wind_up(database: SqlDatabase) -> Clockwork:
    floor = await open_floor(database)
    return Clockwork(**{name: getattr(floor, name) for name in floor.__dataclass_fields__})
