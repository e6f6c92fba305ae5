"""A ward on a real database, on which use cases are called one by one and delivered to a chat in memory."""
# ruff: noqa: ANN401 - whatever a use case takes may be given

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot import deadline, ladder, living, messages, steps
from bot.actions import Action, Do, DoAs
from bot.agenda import run_due
from bot.cards import Button, Card, Form, strings
from bot.courier import Courier
from bot.history import write
from bot.model import (
    Address,
    Event,
    Follower,
    Happening,
    Issue,
    IssueId,
    Needs,
    Person,
    PersonId,
    Pilot,
    Role,
    Severity,
    Status,
    Step,
    Unit,
)
from bot.ports import Transaction
from storage.database import SqlDatabase
from tests import builders
from tests.builders import NOON
from tests.peers.chat import Chat, Fault

T = TypeVar("T")

MAYA, ANA, BEN, SAM, ROSA, LEE, VERA, OMAR, ADA = (
    "maya", "ana", "ben", "sam", "rosa", "lee", "vera", "omar", "ada"
)  # fmt: skip
WEST, ICU, ALL = "4-west", "icu", "all-units"
_CAST = {
    MAYA: ("Maya Sample", WEST, (Role.CLINICIAN,)),
    ANA: ("Ana Fable", WEST, (Role.CHAMPION,)),
    BEN: ("Ben Storybook", ICU, (Role.CHAMPION,)),
    SAM: ("Sam Pretend", WEST, (Role.RESPONDER,)),
    ROSA: ("Rosa Specimen", WEST, (Role.RESPONDER,)),
    LEE: ("Dr Lee Madeup", WEST, (Role.LEAD,)),
    VERA: ("Vera Fable", WEST, (Role.SAFETY,)),
    OMAR: ("Omar Sample", WEST, (Role.SPONSOR,)),
    ADA: ("Ada Fable", ICU, (Role.CLINICIAN,)),
}


@dataclass(frozen=True, slots=True)
class Still:
    """A clock that shows one time."""

    shows: datetime

    async def now(self) -> datetime:
        return self.shows


@dataclass
class Floor:
    """Everybody is on duty unless a test sends them home. The time is `now`, and stands still."""

    database: SqlDatabase
    pilot: Pilot
    units: dict[str, Unit]
    ids: dict[str, PersonId]
    chat: Chat = field(default_factory=Chat)
    now: datetime = NOON
    issue_id: IssueId | None = None

    # -- what is there
    async def read(self, look: Callable[[Transaction], T]) -> T:
        return await self.database.read(look)

    async def run(self, work: Callable[[Transaction], T]) -> T:
        """Do it, and deliver what it had to say."""
        done = await self.database.run(work)
        await self.deliver()
        return done

    async def person(self, name: str) -> Person:
        return await self.read(lambda tx: tx.people.get(self.ids[name]))

    async def change(self, name: str, **given: Any) -> None:
        person = await self.person(name)
        await self.database.run(lambda tx: tx.people.save(replace(person, **given)))

    async def alter(self, **given: Any) -> Issue:
        """Another value of the issue, as if it had come so."""
        changed = replace(await self.issue(), **given)
        await self.database.run(lambda tx: tx.issues.save(changed))
        return changed

    async def issue(self, which: IssueId | None = None) -> Issue:
        of = which or self.issue_id
        assert of is not None
        return await self.read(lambda tx: tx.issues.get(of))

    async def history(self, which: IssueId | None = None) -> Sequence[Happening]:
        issue = await self.issue(which)
        return await self.read(lambda tx: tx.issues.history(issue.id))

    async def events(self, which: IssueId | None = None) -> list[Event]:
        return [row.event for row in await self.history(which)]

    async def steps(self, which: IssueId | None = None) -> Sequence[Step]:
        """Those that would be taken if nothing changed."""
        issue = await self.issue(which)
        return await self.read(lambda tx: living.about(tx, issue).ahead)

    async def waiting(self, which: IssueId | None = None) -> set[Needs]:
        """What steps are planned for, be they needed now or not."""
        issue = await self.issue(which)
        planned = await self.read(lambda tx: tx.issues.steps(issue.id))
        return {step.needs for step in planned if step.outcome is None}

    async def hours_ahead(self, which: IssueId | None = None) -> set[tuple[str, float]]:
        """What is planned: what for, and in how many hours."""
        return {(step.needs, self.hours(step.due_at)) for step in await self.steps(which)}

    def hours(self, at: datetime) -> float:
        return round((at - self.now) / timedelta(hours=1), 2)

    # -- what happens
    async def reported(
        self, level: int = 3, who: str = MAYA, words: str = "the pump beeps", unit: str = WEST, **given: Any
    ) -> Issue:
        """An issue with its ladder, card and receipt; the first is the one that tests mean."""
        values: dict[str, Any] = {
            "pilot": self.pilot.id, "unit": self.units[unit].id, "reporter": self.ids[who], "summary": words,
            "severity": Severity(level), "reported_at": self.now,
            "due_at": deadline.due_at(self.now, self.pilot.target),
        }  # fmt: skip
        issue = builders.issue(**values | given)
        await self.run(lambda tx: self._keep(tx, issue))
        self.issue_id = self.issue_id or issue.id
        return issue

    def _keep(self, tx: Transaction, issue: Issue) -> None:
        tx.issues.add(issue)
        tx.issues.add_steps(issue.id, ladder.plan(issue.severity, issue.reported_at, issue.due_at))
        reporter = tx.people.get(issue.reporter)
        write(tx, issue, Event.REPORT, reporter, self.now, before=Status.REPORTED)
        steps.plan_next(tx, issue)
        about = living.about(tx, issue)
        card = living.card(about, None, self.now)
        tx.outbox.post(about.unit.channel, card, self.now, key=living.key(issue, "unit"), issue=issue.id)
        receipt = messages.receipt(about, [], living.lead(tx, issue, self.now), reporter.reader, self.now)
        living.put(tx, issue, reporter, receipt, self.now, "receipt")

    async def follows(self, name: str, which: IssueId | None = None) -> None:
        issue = await self.issue(which)
        await self.database.run(lambda tx: tx.issues.save_follower(Follower(issue.id, self.ids[name], self.now)))

    async def merged(self, who: str = ADA, **given: Any) -> Issue:
        """Another report, by somebody else, that follows the issue."""
        into = await self.issue()
        child = await self.reported(who=who, words="it beeps here too", **given)
        follows = replace(child, status=Status.MERGED, merged_into=into.id)
        await self.database.run(lambda tx: tx.issues.save(follows))
        return follows

    async def does(
        self,
        name: str,
        deed: Callable[..., T],
        event: Event,
        *args: Any,
        which: IssueId | None = None,
        version: int | None = None,
        **given: Any,
    ) -> T:
        """Somebody lets this happen to the issue, from a card that is up to date unless `version` says another."""
        issue = await self.issue(which)
        wanted = Do(event, issue.id, issue.version if version is None else version)
        return await self.run(lambda tx: deed(tx, tx.people.get(self.ids[name]), wanted, *args, self.now, **given))

    async def pass_time(self, hours: float) -> None:
        """Everything that comes due is done at its own time."""
        until = self.now + timedelta(hours=hours)
        while True:
            due = await self.read(lambda tx: tx.agenda.due(until, 1))
            if not due:
                break
            self.now = max(due[0].due_at, self.now)
            await run_due(self.database, self.now)
            await self.deliver()
        self.now = until
        await self.deliver()

    # -- what is said
    async def deliver(self) -> None:
        """Everything that may go out now does, and what follows from that is done."""
        courier = Courier(self.database, Still(self.now), {"local": self.chat, living.PAGER.platform: self.chat})
        while lanes := await self.read(lambda tx: tx.outbox.lanes(self.now)):
            for lane in lanes:
                await courier.send_lane(lane)

    def cannot_be_reached(self, name: str) -> None:
        self.chat.fails(name, Fault.UNREACHABLE)

    def heard(self, words: str) -> set[str]:
        """Where a message says that."""
        return {each.ref.place.id for each in self.chat.history if words in text(each.card)}

    def last(self, name: str) -> Card:
        return self.chat.cards(name)[-1]


async def open_floor(database: SqlDatabase) -> Floor:
    pilot = builders.pilot(fix_team="fix team")
    units = {
        name: builders.unit(pilot=pilot.id, name=name, wide=name == ALL, channel=Address("local", "channel", name))
        for name in (WEST, ICU, ALL)
    }
    people = {
        who: builders.person(
            *roles, pilot=pilot.id, unit=units[unit].id, name=name, address=Address("local", "person", who)
        )
        for who, (name, unit, roles) in _CAST.items()
    }

    def seed(tx: Transaction) -> None:
        tx.pilots.add(pilot)
        for unit in units.values():
            tx.pilots.add_unit(unit)
        for person in people.values():
            tx.people.add(person)

    await database.run(seed)
    return Floor(database, pilot, units, {who: person.id for who, person in people.items()})


def text(shown: Card | Form | object) -> str:
    """Everything that it says."""
    if isinstance(shown, Form):
        return "\n".join([shown.title, shown.intro, *shown.errors.values(), *(each.label for each in shown.fields)])
    assert isinstance(shown, Card)
    return "\n".join([shown.title, *(words for part in shown.parts for words in strings(part))])


def buttons(card: Card) -> list[Button]:
    return [button for part in card.parts if part.part == "buttons" for button in part.buttons]


def events_on(card: Card) -> set[Event]:
    """What can be pressed on it."""
    actions: list[Action] = [button.action for button in buttons(card)]
    return {action.event for action in actions if isinstance(action, Do | DoAs)}
