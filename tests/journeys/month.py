"""A month of a pilot with four hundred people, played from a seed number at the front desk, in simulated time."""

import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import NamedTuple

from typing_extensions import override

from bot import agenda, auditor
from bot.actions import Action, Do, DoAs, More, SendDraft, SendNameless
from bot.cards import Button, Card, Reply
from bot.model import Address, Event, Issue, IssueId, MessageRef, Person, PersonId, Role
from bot.ports import Transaction
from bot.simulation import SimulatedClock
from storage.database import SqlDatabase
from tests.journeys import wards
from tests.journeys.wards import Wards
from tests.peers.chat import Chat, Message
from tests.world import World

REPORTS = 700  # some of which become "me too", or are never sent
DOWN = timedelta(days=15, hours=9), timedelta(days=16, hours=9)  # nothing runs in between
BEGINS = wards.BEGINS.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new message as it came."""

    at: datetime
    place: Address
    key: str
    card: Card


async def _unsaved(now: datetime) -> None:
    assert now.tzinfo


@dataclass
class Platform(Chat):
    """The chat of tests, quick enough for a month, that knows when what came, and what can be pressed where."""

    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(BEGINS, _unsaved))
    arrivals: list[Arrival] = field(default_factory=list)

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self._by_ref: dict[str, Message] = {}
        self._by_key: dict[tuple[str, str], Message] = {}
        self._about: defaultdict[int, dict[str, Message]] = defaultdict(dict)
        self._fleeting = count(1)
        self.drawn: Counter[str] = Counter()  # edits that changed something, and that did not

    @override
    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:
        heard = len(self.history)
        try:
            return await super().deliver(to, card, key=key)
        finally:
            for message in self.history[heard:]:
                self.arrivals.append(Arrival(await self.clock.now(), to, key, card))
                self._by_ref[message.ref.id] = self._by_key[key, to.id] = message
                self._note(message)

    @override
    async def replace(self, message: MessageRef, card: Card) -> None:
        self._call(message.place)
        standing = self._by_ref[message.id]
        self.drawn["alike" if standing.card == card else "anew"] += 1
        standing.card = card
        standing.edits += 1
        self._note(standing)

    @override
    async def find(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        assert since.tzinfo
        found = self._by_key.get((key, to.id))
        return found.ref if found else None

    def shown(self, who: Address, card: Card) -> None:
        """An answer that somebody sees for the moment."""
        self._note(Message(MessageRef(who, f"fleeting {next(self._fleeting)}"), "", card))

    def _note(self, message: Message) -> None:
        for button in buttons(message.card):
            about = getattr(button.action, "issue", None)
            if about is not None:
                self._about[about].pop(message.ref.id, None)
                self._about[about][message.ref.id] = message

    def pressable(self, issue: IssueId, places: Iterable[Address]) -> Iterable[Action]:
        """What buttons about the issue say that stand in these places, the newest first."""
        ids = {each.id for each in places}
        for message in reversed(self._about[issue].values()):
            if message.ref.place.id in ids:
                for button in buttons(message.card):
                    if getattr(button.action, "issue", None) == issue:
                        yield button.action

    def thread(self, issue: Issue, channel: Address) -> MessageRef | None:
        """The unit's card, under which its thread hangs."""
        slot = f"card:{issue.id}:unit"
        found = (each for each in self._about[issue.id].values() if each.card.slot == slot)
        return next((each.ref for each in found if each.ref.place.id == channel.id), None)


def buttons(card: Card | None) -> list[Button]:
    return [button for part in card.parts if part.part == "buttons" for button in part.buttons] if card else []


class Stand(NamedTuple):
    """How the issues stood at some instant."""

    at: datetime
    issues: list[Issue]


class Turn(NamedTuple):
    """Something that somebody is going to do."""

    at: datetime
    n: int
    do: Callable[[], Awaitable[None]]


class Month:
    """The pilot while it is played. What people do is in `tests.journeys.moves`."""

    def __init__(self, database: SqlDatabase, number: int) -> None:
        clock = SimulatedClock(BEGINS, _unsaved)
        self.chat = Platform(clock=clock)
        self.world = World(database, chat=self.chat, clock=clock, start=BEGINS)
        self.database = database
        self.wards: Wards = wards.build(number)
        self.number = number
        self.dice = Random(number)  # noqa: S311 - a made-up month
        self.people: dict[PersonId, Person] = {each.id: each for each in self.wards.people}
        self.wide = self.wards.wide
        self.channels = {unit.id: unit.channel for unit in (*self.wards.units, self.wide)}
        self.speaks: dict[PersonId, Person] = {}  # whose a handle is
        self.heard: dict[tuple[IssueId, int], datetime] = {}  # exact times of rows that were rounded down
        self.acted: defaultdict[PersonId, list[datetime]] = defaultdict(list)
        self.typed: defaultdict[PersonId, list[datetime]] = defaultdict(list)
        self.duties: defaultdict[PersonId, list[tuple[datetime, bool]]] = defaultdict(list)  # as they said themselves
        self.wrong: list[str] = []
        self.ways: Counter[str] = Counter()
        self.forms: Counter[str] = Counter()
        self.found: Counter[str] = Counter()  # by the auditor
        self.stood: list[Stand] = []
        self._turns: list[Turn] = []
        self._order = count()

    # ------------------------------------------------------------------------------------------------------ time

    async def now(self) -> datetime:
        return await self.world.clock.now()

    def plan(self, at: datetime, do: Callable[[], Awaitable[None]]) -> None:
        """Nobody is served while the bot is down: they come back when it is up again."""
        down, up = (BEGINS + each for each in DOWN)
        if down <= at < up:
            at = up + timedelta(minutes=1 + self.dice.random() * 240)
        heappush(self._turns, Turn(at, next(self._order), do))

    async def play(self) -> None:
        def open_it(tx: Transaction) -> None:
            wards.write(tx, self.wards)
            agenda.standing(tx, BEGINS)

        await self.database.run(open_it)
        down, up = (BEGINS + each for each in DOWN)
        end = BEGINS + timedelta(days=wards.DAYS + wards.TAIL)
        slept = False
        while self._turns and self._turns[0].at < end:
            turn = heappop(self._turns)
            if turn.at >= up and not slept:
                await self._advance(down)
                await self.world.sleep((up - down) / timedelta(hours=1))
                slept = True
            await self._advance(turn.at)
            await turn.do()
        await self._advance(end)
        await self.look_over()

    async def _advance(self, to: datetime) -> None:
        await self.world.simulation.advance(max(to - await self.now(), timedelta(0)))

    # ------------------------------------------------------------------------------------------------ what people do

    async def types(self, who: Person, line: str, *, thread: MessageRef | None = None, named: bool = True) -> Reply:
        if named:
            self.typed[who.id].append(await self.now())
        reply = await self.world.desk.line(who.address, line, key=self.world.key(), thread=thread)
        return await self._answered(who, reply)

    async def presses(self, who: Person, action: Action, values: Mapping[str, str] | None = None) -> Reply:
        """Press it; where that opens a form, fill it in."""
        token = await self.world.token(action)
        reply = await self._answered(who, await self.world.desk.press(who.address, token, key=self.world.key()))
        return await self.fills(who, reply, values) if reply.form and values is not None else reply

    async def fills(self, who: Person, reply: Reply, values: Mapping[str, str]) -> Reply:
        """With what stands in it already, and these values."""
        form = reply.form
        assert form is not None
        filled = {each.name: each.value for each in form.fields} | dict(values)
        token = await self.world.token(form.action)
        again = await self.world.desk.submit(who.address, token, filled, key=self.world.key())
        if again.form is not None:
            self.forms[f"{form.title}: {sorted(again.form.errors.values())}"] += 1
        return await self._answered(who, again)

    async def _answered(self, who: Person, reply: Reply) -> Reply:
        self.acted[who.id].append(await self.now())
        if reply.card is not None:
            self.chat.shown(who.address, reply.card)
            if "went wrong" in reply.card.title.lower():
                self.wrong.append(reply.card.title)
        await self.world.simulation.settle()
        return reply

    async def does(self, who: Person, event: Event, issue: Issue, values: Mapping[str, str] | None = None) -> Reply:
        """By a button that was posted, or behind "More…" of one, else as one drawn just now would say it."""
        before = (await self.issue(issue.id)).events
        reply = await self.presses(who, await self.way(who, event, issue), values or {})
        await self._note_times(issue.id, before)
        return reply

    async def way(self, who: Person, event: Event, issue: Issue) -> Action:
        """The action of a button that says so."""
        places = [who.address, self.channels[issue.unit], self.wide.channel]
        seen = list(self.chat.pressable(issue.id, places))
        for action in seen:
            mine = issue.nameless and self.speaks.get(issue.reporter) == who
            if isinstance(action, DoAs if mine else Do) and action.event is event:
                return self._by("posted", action)
        for action in seen:
            if isinstance(action, More):
                reply = await self.presses(who, action)
                for button in buttons(reply.card):
                    if isinstance(button.action, Do) and button.action.event is event:
                        return self._by("more", button.action)
                break
        if issue.nameless and self.speaks.get(issue.reporter) == who:
            return self._by(f"made {event}", DoAs(event, issue.id, issue.reporter))
        return self._by(f"made {event}", Do(event, issue.id, (await self.issue(issue.id)).version))

    def _by(self, way: str, action: Action) -> Action:
        self.ways[way] += 1
        return action

    async def _note_times(self, issue: IssueId, before: int) -> None:
        after = await self.issue(issue)
        for n in range(before + 1, after.events + 1 if after.nameless else 0):
            self.heard[issue, n] = await self.now()

    # -------------------------------------------------------------------------------------------------- what is there

    async def issue(self, issue: IssueId) -> Issue:
        return await self.database.read(lambda tx: tx.issues.get(issue))

    async def issues(self) -> list[Issue]:
        return await self.database.read(lambda tx: list(tx.issues.reported_in(self.wards.pilot.id)))

    async def person(self, who: PersonId) -> Person:
        """As they are now; behind a handle, who they are."""
        if who in self.speaks:
            return self.speaks[who]
        return await self.database.read(lambda tx: tx.people.get(who))

    async def having(self, *roles: Role) -> list[Person]:
        """As they are now."""
        pilot = self.wards.pilot.id
        return await self.database.read(lambda tx: [each for role in roles for each in tx.people.having(pilot, role)])

    async def newest(self, reporter: PersonId) -> IssueId | None:
        found = await self.database.read(lambda tx: tx.issues.of_reporter(reporter, 1))
        return found[0].id if found else None

    async def look_over(self) -> None:
        """What the auditor would find now, and how every issue stands."""
        now = await self.now()
        for each in await self.database.read(lambda tx: auditor.find(tx, now)):
            self.found[each.words] += 1
        self.stood.append(Stand(now, await self.issues()))


def receipt_of(card: Card | None) -> IssueId | None:
    """Whose receipt it is."""
    found = re.match(r"receipt:(\d+):", card.slot or "") if card else None
    return IssueId(int(found[1])) if found else None


def sends(card: Card | None) -> list[SendDraft | SendNameless]:
    return [each.action for each in buttons(card) if isinstance(each.action, SendDraft | SendNameless)]
