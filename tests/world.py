"""A small hospital in simulated time: the bot on a real SQLite file, with a chat platform in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select, update

from bot import hospital
from bot.actions import Action, Do, encode
from bot.cards import Card, Reply, strings
from bot.courier import Courier
from bot.desk import Desk
from bot.model import Address, Event, Happening, Issue, Person, Role
from bot.ports import Transaction
from bot.simulation import SimulatedClock, Simulation
from storage.database import SqlDatabase
from storage.dispatch import InProcessDispatch
from storage.tables import AuditRow, PilotRow, table_of
from storage.transaction import SqlTransaction
from tests import builders
from tests.peers.chat import Chat, Fault

_AUDIT = table_of(AuditRow)

MAYA = "maya-sample"  # a nurse on 4 West
ANA = "ana-fable"  # the champion of 4 West
BEN = "ben-storybook"  # the champion of the ICU
SAM = "sam-pretend"  # fix team
ROSA = "rosa-specimen"  # fix team
LEE = "dr-lee-madeup"  # lead
VERA = "vera-fable"  # safety officer
OMAR = "omar-sample"  # sponsor
ADA = "ada-fable"  # a nurse in the ICU
WEST, ICU = "4-west", "icu"
CAST = (MAYA, ANA, BEN, SAM, ROSA, LEE, VERA, OMAR)


def place(name: str, platform: str = hospital.PLATFORM) -> Address:
    return Address(platform, "person", name)


async def _unsaved(now: datetime) -> None:
    assert now.tzinfo


@dataclass
class World:
    """Everything that a test of the bot speaks to. Its people are those of `bot.hospital`."""

    database: SqlDatabase
    chat: Chat = field(default_factory=Chat)
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(hospital.BEGINS, _unsaved))
    start: datetime = hospital.BEGINS

    def __post_init__(self) -> None:
        self._keys = count(1)
        self.desk = Desk(self.database, self.clock, self.database.keys)
        self.courier = Courier(self.database, self.clock, {self.chat.name: self.chat})
        self.dispatch = InProcessDispatch(self.database, self.clock)
        self.simulation = Simulation(self.database, self.clock, self.courier, self.dispatch, self._start_over)

    async def _start_over(self) -> datetime:
        return self.start

    # -- what people do
    async def types(self, who: str, line: str, *, key: str | None = None) -> Reply:
        reply = await self.desk.line(place(who), line, key=key or self.key())
        await self.simulation.settle()
        return reply

    async def presses(self, who: str, action: Action, *, key: str | None = None) -> Reply:
        reply = await self.desk.press(place(who), await self.token(action), key=key or self.key())
        await self.simulation.settle()
        return reply

    async def submits(self, who: str, action: Action, values: Mapping[str, str], *, key: str | None = None) -> Reply:
        reply = await self.desk.submit(place(who), await self.token(action), values, key=key or self.key())
        await self.simulation.settle()
        return reply

    async def says_in_thread(self, who: str, line: str, number: int = 1) -> Reply:
        """Under the card of that issue in its unit's channel."""
        slot = f"card:{(await self.issue(number)).id}:unit"
        thread = next(message.ref for message in self.chat.history if message.card.slot == slot)
        reply = await self.desk.line(place(who), line, key=self.key(), thread=thread)
        await self.simulation.settle()
        return reply

    async def pass_time(self, hours: float) -> None:
        await self.simulation.advance(timedelta(hours=hours))

    async def fix(self, who: str, faults: Sequence[Fault] = ()) -> None:
        """Take the first issue, then deliver its fix; so many deliveries of it to its reporter fail."""
        issue = await self.issue()
        await self.presses(who, Do(Event.TAKE, issue.id, issue.version))
        issue = await self.issue()
        self.chat.fails(MAYA, *faults)
        await self.desk.submit(
            place(who),
            await self.token(Do(Event.FIX, issue.id, issue.version)),
            {"words": "a new battery", "kind": "process"},
            key=self.key(),
        )
        await self.simulation.settle()

    async def sleep(self, hours: float) -> None:
        """The bot is down for so long, and then it wakes up."""
        await self.clock.set(await self.clock.now() + timedelta(hours=hours))
        await self.simulation.advance(timedelta(0))

    async def token(self, action: Action) -> str:
        return encode(action, self.database.keys, await self.clock.now())

    def key(self) -> str:
        return f"event {next(self._keys)}"

    # -- what has become of it
    async def person(self, name: str) -> Person:
        return await self.database.read(lambda tx: _found(tx, name))

    async def issue(self, number: int = 1) -> Issue:
        def look(tx: Transaction) -> Issue:
            found = tx.issues.find(_found(tx, MAYA).pilot, number)
            assert found is not None
            return found

        return await self.database.read(look)

    async def issues(self) -> list[Issue]:
        return await self.database.read(lambda tx: list(tx.issues.reported_in(_found(tx, MAYA).pilot)))

    async def history(self, number: int = 1) -> list[Happening]:
        issue = await self.issue(number)
        return await self.database.read(lambda tx: list(tx.issues.history(issue.id)))

    async def happened(self, event: Event, number: int = 1) -> list[float]:
        """The hours after the start at which it happened."""
        return [self.hours(row.at) for row in await self.history(number) if row.event is event]

    async def hire(self, *roles: Role) -> None:
        """More people for 4 West, on duty, with long names."""
        maya = await self.person(MAYA)

        def add(tx: Transaction) -> None:
            for role in roles:
                new = builders.person(role, pilot=maya.pilot, unit=maya.unit)
                tx.people.add(replace(new, name=f"Maximiliane-Aurelia von Beispielhausen {new.id}"))

        await self.database.run(add)

    async def change_target(self, target: timedelta) -> None:
        table = table_of(PilotRow)
        await self.database.run(lambda tx: tx.scope.connection.execute(update(table).values(target=target)))

    async def add_a_stranger(self) -> str:
        """Somebody with every role in another pilot; the name of their address."""

        def add(tx: Transaction) -> None:
            pilot = builders.pilot(key="ICU", name="Another pilot")
            unit = builders.unit(pilot=pilot.id)
            tx.pilots.add(pilot)
            tx.pilots.add_unit(unit)
            tx.people.add(builders.person(*Role, pilot=pilot.id, unit=unit.id, address=place("stranger")))

        await self.database.run(add)
        return "stranger"

    def hours(self, at: datetime) -> float:
        return (at - self.start) / timedelta(hours=1)


def _found(tx: Transaction, name: str) -> Person:
    person = tx.people.at(place(name))
    assert person is not None
    return person


async def audited(world: World) -> list[tuple[str, str, bool]]:
    """What the audit holds: the deed, of what, and whether it was allowed."""

    def look(tx: SqlTransaction) -> list[tuple[str, str, bool]]:
        columns = (_AUDIT.c.action, _AUDIT.c.subject, _AUDIT.c.allowed)
        return [(row.action, row.subject, row.allowed) for row in tx.scope.connection.execute(select(*columns))]

    return await world.database.read(look)


def labels(card: Card | None) -> list[str]:
    """What can be pressed on a card."""
    return [button.label for part in card.parts if part.part == "buttons" for button in part.buttons] if card else []


def pressable(card: Card | None) -> dict[str, Action]:
    """The same, with what each button means."""
    parts = card.parts if card else ()
    return {button.label: button.action for part in parts if part.part == "buttons" for button in part.buttons}


def text(card: Card | None) -> str:
    """Everything that a card says."""
    assert card is not None
    return "\n".join([card.title, *(words for part in card.parts for words in strings(part))])
