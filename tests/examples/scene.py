"""What examples are made of: who reads, and what people wrote.

Everything that a person or an installation has chosen (words, names, numbers) is in `Scene.own`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot import ladder, messages
from bot.cards import Card, Form, clip
from bot.model import (
    CLOSED,
    Address,
    Asked,
    Deed,
    Draft,
    DraftId,
    Fix,
    FixKind,
    Issue,
    IssueId,
    Outcome,
    Person,
    PersonId,
    Pilot,
    PilotId,
    Reader,
    Role,
    Severity,
    Status,
    Step,
    Unit,
    UnitId,
    VendorWait,
    Workaround,
)

START = datetime(2026, 5, 1, 18, tzinfo=UTC)
NOW = START + timedelta(hours=5)
LATER = NOW + timedelta(days=7)
TARGET = timedelta(hours=24)
CROWD = 40
_ADDRESSED = {Status.FIXED, *CLOSED}


@dataclass(frozen=True, slots=True)
class Scene:
    """Who reads, and what people wrote. `name` is what everybody and everything is called."""

    reader: Reader = field(default_factory=lambda: Reader("America/New_York"))
    words: str = "4711 4712"
    name: str = "0815"

    @property
    def own(self) -> tuple[str, ...]:
        clips = [clip(self.words, n) for n in (80, 100, 200)]
        return (self.words, self.name, "MAR-7", "https://1.2", clip(self.words), *clips)

    @property
    def pilot(self) -> Pilot:
        return Pilot(PilotId(1), "MAR", self.name, "Europe/Paris", "en", TARGET, self.name, "5555", "https://1.2")

    @property
    def unit(self) -> Unit:
        return Unit(UnitId(1), PilotId(1), self.name, Address("local", "channel", "1"))

    def person(self, number: int = 1, *roles: Role, on_duty: bool = True) -> Person:
        return Person(
            PersonId(number), PilotId(1), UnitId(1), self.name, self.name, frozenset(roles or {Role.CLINICIAN}),
            Address("local", "person", str(number)), "Europe/Paris", "en", on_duty,
        )  # fmt: skip

    @property
    def viewer(self) -> Person:
        """A champion who reads as this scene's reader does."""
        return replace(self.person(5, Role.CHAMPION), zone=self.reader.zone, language=self.reader.language)

    @property
    def crowd(self) -> list[Person]:
        return [self.person(number, Role.CHAMPION) for number in range(CROWD)]

    def issue(self, status: Status = Status.REPORTED, *, missed: bool = False, level: int = 3) -> Issue:
        helped = status in _ADDRESSED
        return replace(
            _PLAIN,
            summary=self.words,
            status=status,
            severity=Severity(level),
            owner=None if status is Status.REPORTED else PersonId(2),
            fixer=PersonId(2) if helped else None,
            addressed_at=START if helped else None,
            missed_at=START + TARGET if missed else None,
            asked_at=START if helped else None,
            cause=self.words if missed else "",
            expected_at=LATER if missed else None,
            merged_into=IssueId(9) if status is Status.MERGED else None,
        )

    @property
    def fix(self) -> Fix:
        return Fix(IssueId(2**62), 3, PersonId(2), NOW, FixKind.CONFIGURATION, self.words)

    @property
    def way(self) -> Workaround:
        return Workaround(IssueId(2**62), 4, PersonId(2), NOW, self.words, LATER, risky=False, delivered_at=NOW)

    @property
    def wait(self) -> VendorWait:
        return VendorWait(IssueId(2**62), 5, self.name, self.name, LATER, START)

    @property
    def asked(self) -> Asked:
        return Asked(IssueId(2**62), 6, PersonId(2), START, self.words)

    @property
    def draft(self) -> Draft:
        return Draft(DraftId(2**62), PersonId(1), self.words, START)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The first is taken, the sixth is the miss."""
        first, *rest = ladder.plan(Severity.BLOCKS_WORK, START, START + TARGET)
        (miss,) = (step for step in rest if step.deed is Deed.MISS)
        asked = ladder.follow_up(NOW, len(rest) + 2, LATER, may_confirm=True)
        return (replace(first, outcome=Outcome.DONE, done_at=NOW), *rest[:4], miss, *asked)

    def about(self, status: Status = Status.REPORTED, *, missed: bool = False, level: int = 3) -> messages.About:
        """The issue with everything that comes with its state; missed, with a workaround and followers."""
        issue = self.issue(status, missed=missed, level=level)
        return messages.About(
            issue,
            self.pilot,
            self.unit,
            self.person(),
            self.person(2, Role.RESPONDER) if issue.owner else None,
            self.fix if status in _ADDRESSED else None,
            self.steps,
            self.steps[1:],
            workaround=self.way if missed and issue.is_open else None,
            vendor=self.wait if status is Status.WAITING_VENDOR else None,
            asked=self.asked if status is Status.NEEDS_INFO else None,
            followers=2 if missed else 0,
            survivor=replace(self.issue(), id=IssueId(9)) if status is Status.MERGED else None,
            judged=self.fix if status in _ADDRESSED else None,
        )


_PLAIN = Issue(
    id=IssueId(2**62), pilot=PilotId(1), unit=UnitId(1), key="MAR", number=7, reporter=PersonId(1), owner=None,
    fixer=None, summary="x", severity=Severity.SLOWS_WORK, status=Status.REPORTED, version=3, reported_at=START,
    due_at=START + TARGET, target=TARGET,
)  # fmt: skip

Example = Callable[[Scene], Card | Form]
