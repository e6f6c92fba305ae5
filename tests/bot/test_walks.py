"""Random walks of people and time over real issues in a real database: what must hold after every step."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import deadline, ladder
from bot.actions import Action, ChangeSeverity, Confirm, FixIt, StillBroken, Take
from bot.cards import Reply
from bot.model import Due, Event, Happening, Issue, IssueId, Step
from bot.ports import Transaction
from storage.engine import open_database
from storage.seal import KeyRing
from tests.peers.chat import Fault
from tests.world import ANA, LEE, MAYA, ROSA, SAM, World, text

FAR = datetime(2100, 1, 1, tzinfo=UTC)
PEOPLE = st.sampled_from([MAYA, MAYA, ANA, SAM, ROSA, LEE])
WHICH = st.integers(0, 2)  # of the issues that there are
HOURS = st.sampled_from([0.05, 0.25, 1, 3, 6, 12, 20, 24, 25, 75, 350])
PRESSES: list[Callable[[Issue], Action]] = [
    lambda issue: Take(issue.id, issue.version),
    lambda issue: Confirm(issue.id),
    lambda issue: StillBroken(issue.id),
]
STALE: Callable[[Issue], Action] = lambda issue: Take(issue.id, issue.version - 1)  # noqa: E731 - a press like the others


@dataclass
class Walk:
    """A world, and what was true of its issues after the step before."""

    world: World
    seen: dict[IssueId, Issue] = field(default_factory=dict)

    async def report(self, who: str, mark: str) -> None:
        self.answered(await self.world.types(who, f"{mark} the cart is dark".strip()))

    async def press(self, who: str, which: int, make: Callable[[Issue], Action]) -> None:
        for issue in await self.nth(which):
            self.answered(await self.world.presses(who, make(issue)))

    async def fix(self, who: str, which: int, faults: list[Fault]) -> None:
        for issue in await self.nth(which):
            self.world.chat.fails(MAYA, *faults)
            values = {"words": "a new fuse", "kind": "process"}
            self.answered(await self.world.submits(who, FixIt(issue.id, issue.version), values))

    async def severity(self, who: str, which: int, level: int) -> None:
        for issue in await self.nth(which):
            action = ChangeSeverity(issue.id, issue.version)
            self.answered(await self.world.submits(who, action, {"severity": str(level)}))

    async def time(self, hours: float, *, awake: bool) -> None:
        await (self.world.pass_time(hours) if awake else self.world.sleep(hours))
        now = await self.world.clock.now()
        assert all(due.due_at > now for due in await self.world.database.read(_planned)), "overdue work was left"
        for issue in await self.world.issues():
            if issue.is_open and issue.addressed_at is None and now >= issue.due_at:
                assert issue.missed_at == issue.due_at, "a miss went unnoticed"

    async def nth(self, which: int) -> list[Issue]:
        return (await self.world.issues())[which : which + 1]

    def answered(self, reply: Reply) -> None:
        assert reply.card or reply.form
        assert not reply.card or "Something went wrong" not in text(reply.card)

    async def holds(self) -> None:
        """Everything that is always true."""
        entries = {due.key: due for due in await self.world.database.read(_planned)}
        for issue in await self.world.issues():
            history = await self.world.history(issue.number)
            steps = await self.world.database.read(lambda tx, of=issue.id: list(tx.issues.steps(of)))  # type: ignore[misc]
            self._never_moves(issue)
            _verified_by_its_reporter_alone(issue, history)
            _something_will_fire(issue, steps, entries.get(f"issue:{issue.id}"))
            assert [row.n for row in history] == list(range(1, issue.events + 1))
            raw, net = deadline.raw(issue), deadline.net(issue)
            assert (raw is None) is (net is None)
            assert raw is None or net is None or timedelta(0) <= net <= raw
            self.seen[issue.id] = issue

    def _never_moves(self, issue: Issue) -> None:
        before = self.seen.get(issue.id, issue)
        assert issue.due_at == before.due_at == issue.reported_at + timedelta(hours=24)
        assert before.missed_at is None or issue.missed_at == before.missed_at
        assert issue.missed_at in {None, issue.due_at}
        assert issue.version >= before.version
        assert issue.events >= before.events
        assert issue.waited >= before.waited
        moved = (issue.status, issue.owner, issue.severity) != (before.status, before.owner, before.severity)
        assert not moved or issue.version > before.version
        assert before.is_open or issue.status is before.status


def _planned(tx: Transaction) -> list[Due]:
    return list(tx.agenda.due(FAR, 999))


def _verified_by_its_reporter_alone(issue: Issue, history: list[Happening]) -> None:
    confirmed = [row for row in history if row.event is Event.CONFIRM]
    assert bool(confirmed) is (issue.verified_at is not None)
    assert all(row.who == issue.reporter != issue.fixer for row in confirmed)


def _something_will_fire(issue: Issue, steps: list[Step], entry: Due | None) -> None:
    if issue.is_open:
        assert entry is not None
        waiting = [step.due_at for step in ladder.planned(steps, issue)]
        assert waiting, "an open issue waits for nothing"
        assert entry.due_at <= min(waiting)


MOVES = st.one_of(
    st.tuples(st.just("report"), PEOPLE, st.sampled_from(["report", "!", "!!", "ask"])),
    st.tuples(st.just("press"), PEOPLE, WHICH, st.sampled_from([*PRESSES, STALE])),
    st.tuples(st.just("press"), st.just(MAYA), WHICH, st.sampled_from(PRESSES)),
    st.tuples(
        st.just("fix"),
        PEOPLE,
        WHICH,
        st.sampled_from([[], [], [], [Fault.UNHEARD], [Fault.LOST] * 5, [Fault.UNREACHABLE] * 3, [Fault.TOO_MANY]]),
    ),
    st.tuples(st.just("severity"), PEOPLE, WHICH, st.integers(1, 4)),
    st.tuples(st.just("time"), HOURS, st.sampled_from([True, True, True, False])),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MOVES, min_size=6, max_size=22))
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
        await walk.report(MAYA, "report")
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
