"""An example of every message, by the name of its function in `bot.messages`; `name: variant` where one is not enough.

Everything in a scene that a person or an installation has chosen (words, names, numbers) is in `Scene.own`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot import ladder, messages
from bot.cards import Card, Form, clip
from bot.figures import Figures, Share
from bot.model import (
    Address,
    Draft,
    DraftId,
    Event,
    Fix,
    FixKind,
    Happening,
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
)

START = datetime(2026, 5, 1, 18, tzinfo=UTC)
NOW = START + timedelta(hours=5)
CROWD = 40


@dataclass(frozen=True, slots=True)
class Scene:
    """Who reads, and what people wrote. `name` is what everybody and everything is called."""

    reader: Reader = field(default_factory=lambda: Reader("America/New_York"))
    words: str = "4711 4712"
    name: str = "0815"

    @property
    def own(self) -> tuple[str, ...]:
        return (self.words, self.name, "MAR-7", "https://1.2", clip(self.words), clip(self.words, 80))

    @property
    def pilot(self) -> Pilot:
        return Pilot(
            PilotId(1), "MAR", self.name, "Europe/Paris", "en", timedelta(hours=24), self.name, "5555", "https://1.2"
        )

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
        closed = not replace(_PLAIN, status=status).is_open
        return replace(
            _PLAIN,
            summary=self.words,
            status=status,
            severity=Severity(level),
            owner=None if status is Status.REPORTED else PersonId(2),
            fixer=PersonId(2) if status is Status.FIXED or closed else None,
            addressed_at=START if status is Status.FIXED or closed else None,
            missed_at=START + timedelta(hours=24) if missed else None,
        )

    @property
    def fix(self) -> Fix:
        return Fix(IssueId(2**62), 3, PersonId(2), NOW, FixKind.CONFIGURATION, self.words)

    @property
    def draft(self) -> Draft:
        return Draft(DraftId(2**62), PersonId(1), self.words, START)

    @property
    def steps(self) -> tuple[Step, ...]:
        first, *rest = (*ladder.plan(Severity.BLOCKS_WORK, START, START + timedelta(hours=24)),)
        asked = ladder.follow_up(NOW, first=len(rest) + 2, may_confirm=True)
        return (replace(first, outcome=Outcome.DONE, done_at=NOW), *rest[:4], rest[-2], *asked)

    def about(self, status: Status = Status.REPORTED, *, missed: bool = False, level: int = 3) -> messages.About:
        issue = self.issue(status, missed=missed, level=level)
        owner = self.person(2, Role.RESPONDER) if issue.owner else None
        fix = None if status is Status.REPORTED else self.fix
        return messages.About(issue, self.pilot, self.unit, self.person(), owner, fix, self.steps, self.steps[1:])


_PLAIN = Issue(
    id=IssueId(2**62), pilot=PilotId(1), unit=UnitId(1), key="MAR", number=7, reporter=PersonId(1), owner=None,
    fixer=None, summary="x", severity=Severity.SLOWS_WORK, status=Status.REPORTED, version=3, reported_at=START,
    due_at=START + timedelta(hours=24),
)  # fmt: skip

Example = Callable[[Scene], Card | Form]
HOUR = timedelta(hours=1)
NO_CASE = Figures(Share(0, 0), Share(0, 0), Share(0, 0), 0, 2, None, None, None)
CASES = Figures(Share(4, 5), Share(3, 5), Share(3, 4), 5, 2, 5 * HOUR, 23.5 * HOUR, timedelta(minutes=40))


def _steps_taken(scene: Scene, told: Sequence[Person], issue: Issue, n: int = 0) -> Card:
    return messages.step_taken(issue, scene.steps[n], told, scene.viewer, NOW)


def _thread(scene: Scene, told: Sequence[Person], issue: Issue, n: int = 0) -> Card:
    return messages.step_in_thread(issue, scene.steps[n], told, scene.reader)


def _help(scene: Scene) -> Card:
    return messages.help_card(list(messages.commands(scene.reader).items()), scene.reader)


MISS = 5  # which of a scene's steps it is


def _receipt(status: Status, level: int, *, missed: bool) -> Example:
    return lambda s: messages.receipt(
        s.about(status, missed=missed, level=level), [s.person(2, Role.CHAMPION)], s.person(3), s.reader, NOW
    )


def _card(status: Status, *, missed: bool) -> Example:
    return lambda s: messages.issue_card(s.about(status, missed=missed, level=1), s.reader, NOW, None)


def _taken(role: Role) -> Example:
    return lambda s: messages.taken_in_thread(s.person(2, role), s.pilot, s.reader)


def _not_now(status: Status) -> Example:
    return lambda s: messages.not_now(s.issue(status), s.reader)


EXAMPLES: Mapping[str, Example] = {
    **{
        f"receipt: {status}{level}{' missed' * missed}": _receipt(status, level, missed=missed)
        for status in Status
        for missed in (False, True)
        for level in (1, 3)
    },
    "receipt": lambda s: messages.receipt(s.about(), s.crowd, s.person(3, Role.LEAD), s.reader, NOW),
    "receipt: off shift": lambda s: messages.receipt(
        s.about(), [s.person(2, Role.LEAD, on_duty=False)], None, s.reader, NOW
    ),
    **{
        f"issue_card: {status}{' missed' * missed}": _card(status, missed=missed)
        for status in Status
        for missed in (False, True)
    },
    "issue_card": lambda s: messages.issue_card(s.about(Status.TAKEN), s.reader, NOW, s.person(2, Role.RESPONDER)),
    "step_taken": lambda s: _steps_taken(s, s.crowd, s.issue()),
    "step_taken: owned": lambda s: _steps_taken(s, [s.person()], s.issue(Status.TAKEN)),
    "step_taken: miss": lambda s: _steps_taken(s, [s.person(), s.person(2)], s.issue(missed=True), MISS),
    "step_taken: past": lambda s: _steps_taken(s, [s.person()], s.issue(missed=True)),
    "step_in_thread": lambda s: _thread(s, s.crowd, s.issue()),
    "step_in_thread: owned": lambda s: _thread(s, [s.person()], s.issue(Status.TAKEN)),
    "step_in_thread: miss": lambda s: _thread(s, [s.person()], s.issue(), MISS),
    "missed_for_reporter": lambda s: messages.missed_for_reporter(
        s.issue(missed=True, level=1), s.pilot, s.crowd, s.person(2), s.reader, NOW
    ),
    "missed_for_reporter: unowned": lambda s: messages.missed_for_reporter(
        s.issue(missed=True), s.pilot, [s.person()], None, s.reader, NOW
    ),
    "taken_in_thread": lambda s: messages.taken_in_thread(s.person(2, Role.RESPONDER), s.pilot, s.reader),
    **{f"taken_in_thread: {role}": _taken(role) for role in Role},
    "fixed_for_you": lambda s: messages.fixed_for_you(
        s.issue(Status.FIXED, level=1), s.pilot, s.fix, s.person(2, Role.CHAMPION), s.reader
    ),
    "fixed_for_you: again": lambda s: messages.fixed_for_you(
        s.issue(Status.FIXED), s.pilot, s.fix, s.person(2), s.reader, again=True
    ),
    "question_over": lambda s: messages.question_over(s.issue(Status.VERIFIED), s.fix, s.reader, latest=True),
    "question_over: broken": lambda s: messages.question_over(s.issue(Status.TAKEN), s.fix, s.reader, latest=False),
    "question_over: silence": lambda s: messages.question_over(
        s.issue(Status.UNVERIFIED), s.fix, s.reader, latest=True
    ),
    "fixed_in_thread": lambda s: messages.fixed_in_thread(s.fix, s.person(2), s.reader),
    "fix_on_its_way": lambda s: messages.fix_on_its_way(s.issue(Status.FIXED), s.reader),
    "fix_not_delivered": lambda s: messages.fix_not_delivered(s.issue(Status.TAKEN), s.viewer, s.viewer),
    "still_broken_for_team": lambda s: messages.still_broken_for_team(s.issue(Status.TAKEN), s.person(), s.viewer, NOW),
    "still_broken_for_team: missed": lambda s: messages.still_broken_for_team(
        s.issue(Status.TAKEN, missed=True), s.person(2), s.viewer, NOW
    ),
    "still_broken_in_thread": lambda s: messages.still_broken_in_thread(s.issue(Status.TAKEN), s.person(), s.reader),
    "reopened_for_reporter": lambda s: messages.reopened_for_reporter(
        s.issue(Status.TAKEN), s.person(2), s.reader, NOW
    ),
    "still_broken_noted": lambda s: messages.still_broken_noted(s.issue(Status.TAKEN), s.person(2), s.reader, NOW),
    "still_broken_noted: missed": lambda s: messages.still_broken_noted(
        s.issue(Status.TAKEN, missed=True), None, s.reader, NOW
    ),
    "confirmed": lambda s: messages.confirmed(s.issue(Status.VERIFIED), s.reader),
    "confirmed_for_owner": lambda s: messages.confirmed_for_owner(s.issue(Status.VERIFIED), s.reader),
    "confirmed_in_thread": lambda s: messages.confirmed_in_thread(s.reader),
    "closed_by_silence": lambda s: messages.closed_by_silence(s.issue(Status.UNVERIFIED), s.reader),
    "severity_lowered": lambda s: messages.severity_lowered(s.issue(), s.person(2, Role.LEAD), s.reader),
    "severity_raised": lambda s: messages.severity_raised(s.issue(Status.TAKEN, level=1), s.person(), s.viewer, NOW),
    "severity_raised: by another": lambda s: messages.severity_raised(
        s.issue(missed=True, level=1), s.person(3), s.viewer, NOW
    ),
    "with_bedside": lambda s: messages.with_bedside(
        messages.severity_changed(s.issue(level=1), s.reader), s.pilot, s.reader
    ),
    "with_all_words": lambda s: messages.with_all_words(
        messages.severity_changed(s.issue(), s.reader), s.issue(), s.reader
    ),
    "all_words": lambda s: messages.all_words(s.issue(), 0, s.reader),
    "all_words: the last": lambda s: messages.all_words(s.issue(), 99, s.reader),
    "fixed_for_you: own": lambda s: messages.fixed_for_you(s.issue(Status.FIXED), s.pilot, s.fix, s.person(), s.reader),
    "fix_not_delivered: another's": lambda s: messages.fix_not_delivered(s.issue(Status.TAKEN), s.person(2), s.viewer),
    "severity_changed": lambda s: messages.severity_changed(s.issue(level=2), s.reader),
    "mine": lambda s: messages.mine([s.issue(status) for status in Status] * 8, s.reader, NOW),
    "mine: nothing": lambda s: messages.mine([], s.reader, NOW),
    "queue": lambda s: messages.queue([s.issue(), s.issue(Status.TAKEN, missed=True)] * 20, s.reader, NOW),
    "queue: nothing": lambda s: messages.queue([], s.reader, NOW),
    "figures": lambda s: messages.figures(s.pilot, CASES, s.reader),
    "figures: no case": lambda s: messages.figures(s.pilot, NO_CASE, s.reader),
    "help_card": _help,
    "draft": lambda s: messages.draft(s.draft, s.pilot, s.reader),
    "draft: again": lambda s: messages.draft(s.draft, s.pilot, s.reader, again=True),
    "draft: with a name": lambda s: messages.draft(s.draft, s.pilot, s.reader, named=True),
    "draft_over": lambda s: messages.draft_over(s.draft, s.reader, sent=False),
    "draft_over: sent": lambda s: messages.draft_over(s.draft, s.reader, sent=True),
    "draft_expired": lambda s: messages.draft_expired(s.draft, s.reader),
    "draft_dropped": lambda s: messages.draft_dropped(s.reader),
    "draft_gone": lambda s: messages.draft_gone(s.reader),
    "report_form": lambda s: messages.report_form(s.reader, {"words": s.words}, {}),
    "report_form: wrong": lambda s: messages.report_form(
        s.reader,
        {"words": s.words},
        {"words": messages.no_words(s.reader), "severity": messages.choose_one(s.reader)},
    ),
    "report_form: nameless": lambda s: messages.report_form(
        s.reader, {}, {"words": messages.nameless_in_form(s.reader), "": messages.too_long(12_001, s.reader)}
    ),
    "fix_form": lambda s: messages.fix_form(s.issue(), s.reader, {"words": s.words}, {}),
    "fix_form: wrong": lambda s: messages.fix_form(
        s.issue(), s.reader, {}, {"words": messages.no_fix_words(s.reader), "kind": messages.choose_one(s.reader)}
    ),
    "severity_form": lambda s: messages.severity_form(s.issue(), s.reader, {}),
    "severity_form: wrong": lambda s: messages.severity_form(
        s.issue(), s.reader, {"severity": messages.only_up(s.issue(), s.reader)}
    ),
    "words_too_long": lambda s: messages.words_too_long(12_001, s.reader),
    "unknown_reference": lambda s: messages.unknown_reference("MAR-7", s.reader),
    **{f"not_now: {status}": _not_now(status) for status in Status},
    "not_now": lambda s: messages.not_now(s.issue(Status.TAKEN, missed=True), s.reader),
    "out_of_date": lambda s: messages.out_of_date(s.reader),
    "overtaken": lambda s: messages.overtaken(s.issue(Status.TAKEN), s.reader),
    "may_not": lambda s: messages.may_not(s.reader),
    "cannot_verify_own": lambda s: messages.cannot_verify_own(s.issue(Status.FIXED), s.reader),
    "nameless_refused": lambda s: messages.nameless_refused(s.reader),
    "nothing_to_answer": lambda s: messages.nothing_to_answer(s.reader),
    "which_one": lambda s: messages.which_one([s.issue(Status.FIXED)] * 9, s.reader),
    "already_received": lambda s: messages.already_received(s.reader),
    "unknown_person": lambda s: messages.unknown_person(),  # noqa: ARG005 - nothing is known of them
    "not_saved": lambda s: messages.not_saved(),  # noqa: ARG005
    "went_wrong": lambda s: messages.went_wrong("0badcafe"),  # noqa: ARG005
}


def happenings() -> list[Happening]:
    """A line of the log for every event."""
    now, taken = START, Status.TAKEN
    return [Happening(IssueId(1), n, now, None, event, taken, taken, "lead,owner") for n, event in enumerate(Event)]
