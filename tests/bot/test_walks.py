"""Random walks of people and time over real issues in a real database: what must hold after every step."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import deadline, gate, lifecycle, living
from bot.actions import Action, Do, DoAs, MergeInto, StillServes
from bot.cards import Reply
from bot.lifecycle import Capacity
from bot.model import Due, Event, FixKind, Happening, Issue, IssueId, NonUse, Person, Severity, Status, Step
from bot.permissions import may
from bot.ports import Transaction
from bot.presses import PRESSED
from bot.submits import SUBMITTED
from storage.engine import open_database
from storage.seal import KeyRing
from tests.peers.chat import Fault
from tests.world import ADA, CAST, ICU, MAYA, WEST, World, text

FAR = datetime(2100, 1, 1, tzinfo=UTC)
EVERYBODY = (*CAST, ADA)
CHANNELS = (WEST, ICU, "fix-team")
NAMELESS_OR_CLINICIANS = ("Maya", "Ada Fable")  # who only ever reports, so no channel has a reason to name them
CLOCKS_OWN = frozenset({Event.SILENCE, Event.UNDELIVERED})
PEOPLE = st.sampled_from([MAYA, *EVERYBODY])
WHICH = st.integers(0, 3)  # of the issues that there are
HOURS = st.sampled_from([0.05, 0.25, 1, 3, 6, 12, 20, 24, 25, 75, 200])
VALUES = st.fixed_dictionaries(
    {
        "words": st.sampled_from(["a new fuse", "skip the scan and type the dose", ""]),
        "kind": st.sampled_from([*FixKind]).map(str),
        "tags": st.sampled_from(["", "people,process", "magic"]),
        "cause": st.sampled_from(["", "the fuse was old"]),
        "to": st.sampled_from([*EVERYBODY, "nobody"]),
        "severity": st.sampled_from([*Severity]).map(lambda level: str(int(level))),
        "into": st.sampled_from(["1", "#2", "MAR-3", "the other one"]),
        "vendor": st.sampled_from(["Invented Scanners", ""]),
        "reference": st.just("case 7"),
        "expected": st.sampled_from(["", "tomorrow", "some day"]),
        "until": st.sampled_from(["", "tomorrow", "yesterday"]),
        "instead": st.sampled_from(["", "we skip the scan"]),
        "place": st.just("bay 2"),
        "why": st.sampled_from([*NonUse]).map(str),
        "ok": st.sampled_from(["yes", "no", ""]),
    }
)
FAULTS = st.sampled_from(
    [[], [], [], [Fault.UNHEARD], [Fault.LOST] * 5, [Fault.UNREACHABLE] * 3, [Fault.REJECTED], [Fault.TOO_MANY] * 2]
)


@dataclass
class Walk:
    """A world, and what was true of its issues after the step before."""

    world: World
    seen: dict[IssueId, Issue] = field(default_factory=dict)
    rows: dict[IssueId, int] = field(default_factory=dict)

    # -- steps
    async def report(self, who: str, line: str) -> None:
        self.answered(await self.world.types(who, line))

    async def say(self, who: str, word: str) -> None:
        self.answered(await self.world.types(who, word))

    async def do(self, which: int, pick: int, who: int, given_: dict[str, str], faults: list[Fault], how: str) -> None:
        """`how`: something that is possible by somebody who may; anything by anybody; or from an old card."""
        for issue in await self.nth(which):
            event, person = await self._choice(issue, pick, who, able=how != "any")
            version = issue.version - (how == "stale")
            self.world.chat.fails(MAYA, *faults)
            own = issue.nameless and Capacity.REPORTER in lifecycle.TABLE[event].who and person == MAYA
            action = DoAs(event, issue.id, issue.reporter) if own else Do(event, issue.id, version)
            self.answered(await self.world.presses(person, action))
            if event in SUBMITTED:
                self.answered(await self.world.submits(person, action, given_))

    async def other(self, who: str, which: int, with_: int) -> None:
        """What is pressed that is no event of the table by itself."""
        for issue in await self.nth(which):
            made: list[Action] = [MergeInto(issue.id, each.id, issue.version) for each in await self.nth(with_)]
            for action in (*made, StillServes(issue.id, with_ + 2, issue.reporter)):
                self.answered(await self.world.presses(who, action))

    async def time(self, hours: float, *, awake: bool) -> None:
        await (self.world.pass_time(hours) if awake else self.world.sleep(hours))
        now = await self.world.clock.now()
        assert all(due.due_at > now for due in await self.world.database.read(_planned)), "overdue work was left"
        for issue in await self.world.issues():
            counts = issue.is_open and not issue.idea and issue.status is not Status.MERGED
            if counts and issue.addressed_at is None and now >= issue.due_at:
                assert issue.missed_at is not None, "a miss went unnoticed"

    async def nth(self, which: int) -> list[Issue]:
        return (await self.world.issues())[which : which + 1]

    async def _choice(self, issue: Issue, pick: int, who: int, *, able: bool) -> tuple[Event, str]:
        now = await self.world.clock.now()

        def look(tx: Transaction) -> tuple[list[Event], list[Person]]:
            survivor = gate.survivor(tx, issue)
            possible = [e for e in PRESSED if lifecycle.possible(issue, e, now, survivor)]
            return possible, [p for p in tx.people.everybody(issue.pilot) if p.address.id in EVERYBODY]

        possible, people = await self.world.database.read(look)
        events = [event for event in possible if able] or list(PRESSED)
        event = events[pick % len(events)]
        allowed = [p.address.id for p in people if not able or may(p, event, issue)] or [MAYA]
        return event, allowed[who % len(allowed)]

    def answered(self, reply: Reply) -> None:
        assert reply.card or reply.form
        assert not reply.card or "Something went wrong" not in text(reply.card)

    # -- what is always true
    async def holds(self) -> None:
        entries = {due.key: due for due in await self.world.database.read(_planned)}
        everything = await self.world.issues()
        for issue in everything:
            history = await self.world.history(issue.number)
            ahead = await self.world.database.read(lambda tx, of=issue: _ahead(tx, of))  # type: ignore[misc]
            self._clock_holds(issue, everything)
            self._moves_as_it_may(issue)
            self._verified_by_its_reporter_alone(issue, history)
            await self._goes_on(issue, ahead, entries.get(f"issue:{issue.id}"))
            assert [row.n for row in history] == list(range(1, issue.events + 1))
            self.seen[issue.id], self.rows[issue.id] = issue, len(history)
        self._no_channel_names_who_reported()

    def _clock_holds(self, issue: Issue, everything: list[Issue]) -> None:
        before = self.seen.get(issue.id, issue)
        joined = [each for each in everything if each.merged_into == issue.id]
        clocks = {each.reported_at + each.target for each in (issue, *joined)}
        assert issue.due_at in clocks, "a deadline moved that no merge has moved"
        assert issue.due_at <= issue.reported_at + issue.target
        assert before.missed_at in {None, issue.missed_at}, "a miss that was on record has changed"
        assert issue.missed_at in {before.missed_at, before.due_at, issue.due_at}
        raw, net = deadline.raw(issue), deadline.net(issue)
        assert (raw is None) is (net is None)
        assert raw is None or net is None or timedelta(0) <= net <= raw

    def _moves_as_it_may(self, issue: Issue) -> None:
        before = self.seen.get(issue.id, issue)
        assert issue.version >= before.version
        assert issue.events >= before.events
        moved = (issue.status, issue.owner, issue.severity) != (before.status, before.owner, before.severity)
        assert not moved or issue.version > before.version, "a card drawn before would still be taken for true"
        if before.status is not issue.status and not before.is_open:
            assert (before.status, issue.status) == (Status.DECLINED, Status.TAKEN), "what was closed was opened"

    def _verified_by_its_reporter_alone(self, issue: Issue, history: list[Happening]) -> None:
        confirmed = [row for row in history if row.event is Event.CONFIRM]
        assert len(confirmed) == (issue.verified_at is not None) == (issue.status is Status.VERIFIED)
        reporter = self.seen.get(issue.id, issue).reporter
        for row in confirmed:
            if row.n > self.rows.get(issue.id, 0):
                assert row.who == reporter != issue.fixer

    async def _goes_on(self, issue: Issue, ahead: list[Step], entry: Due | None) -> None:
        if not issue.is_open:
            return
        assert any(issue.status in move.before for move in lifecycle.TABLE.values())
        if issue.status is Status.MERGED and not ahead:
            survivor = next(each for each in await self.world.issues() if each.id == issue.merged_into)
            assert survivor.is_open, "it follows something that is over, and nobody is asked"
            return
        assert ahead, "an open issue waits for nothing"
        assert entry is not None
        assert entry.due_at <= min(step.due_at for step in ahead)

    def _no_channel_names_who_reported(self) -> None:
        for message in self.world.chat.history:
            if message.ref.place.id in CHANNELS:
                said = text(message.card)
                assert not any(name in said for name in NAMELESS_OR_CLINICIANS), said


def _planned(tx: Transaction) -> list[Due]:
    return list(tx.agenda.due(FAR, 999))


def _ahead(tx: Transaction, issue: Issue) -> list[Step]:
    return list(living.about(tx, issue).ahead)


def test_all_that_people_can_make_happen_is_walked() -> None:
    assert set(PRESSED) == set(lifecycle.TABLE) - CLOCKS_OWN


DO = st.tuples(
    st.just("do"), WHICH, st.integers(0, 99), st.integers(0, 99), VALUES, FAULTS,
    st.sampled_from(["able", "able", "able", "able", "any", "stale"]),
)  # fmt: skip
MOVES = st.one_of(
    st.tuples(
        st.just("report"),
        PEOPLE,
        st.sampled_from(
            [
                "report the cart is dark", "! the cart is dark", "!! the pump ran dry", "ask when is the training",
                "anon !! she skips scans", "report for @maya-sample: the label printer jams",
            ]
        ),
    ),
    DO,
    DO,
    DO,
    st.tuples(st.just("other"), PEOPLE, WHICH, WHICH),
    st.tuples(
        st.just("say"),
        PEOPLE,
        st.sampled_from(["yes", "broken", "next shift", "me too", "withdraw", "duty on", "duty off", "back"]),
    ),
    st.tuples(st.just("time"), HOURS, st.sampled_from([True, True, True, False])),
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MOVES, min_size=8, max_size=24))
def test_wherever_people_and_time_go_the_promises_hold(
    hospital_template: Path, keys: KeyRing, moves: list[tuple[object, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walk.db"
        shutil.copy(hospital_template, path)
        asyncio.run(_walk(path, keys, moves))


async def _walk(path: Path, keys: KeyRing, moves: list[tuple[object, ...]]) -> None:
    database = open_database(f"sqlite:///{path}", keys)
    walk = Walk(World(database))
    try:
        await walk.report(MAYA, "report the scanner is dead")
        for name, *given_ in moves:
            if name == "time":
                hours, awake = given_
                assert isinstance(hours, int | float)
                await walk.time(hours, awake=bool(awake))
            else:
                await getattr(walk, str(name))(*given_)
            await walk.holds()
    finally:
        await database.close()
