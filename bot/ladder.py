"""The escalation ladder: what is planned for an issue when it is reported or fixed, and which step is needed (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Audience, Deed, Issue, Needs, Severity, Status, Step

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the table: this long after the start, if still needed, these hear of it."""

    after: timedelta
    needs: Needs
    tell: tuple[Audience, ...]


def _hours(hours: float, needs: Needs, *tell: Audience) -> Rung:
    return Rung(timedelta(hours=hours), needs, tell)


_EVERYBODY = (Audience.CHAMPIONS, Audience.RESPONDERS, Audience.LEAD, Audience.SAFETY, Audience.SPONSOR)

RUNGS = {
    Severity.PATIENT_AT_RISK: (
        _hours(5 / 60, Needs.UNOWNED, Audience.RESPONDERS),
        _hours(15 / 60, Needs.UNOWNED, *_EVERYBODY),
        _hours(1, Needs.UNADDRESSED, Audience.OWNER, Audience.LEAD, Audience.SAFETY),
    ),
    Severity.BLOCKS_WORK: (
        _hours(15 / 60, Needs.UNOWNED, Audience.RESPONDERS),
        _hours(1, Needs.UNOWNED, Audience.LEAD),
        _hours(4, Needs.UNADDRESSED, Audience.LEAD),
        _hours(12, Needs.UNADDRESSED, Audience.OWNER),
        _hours(18, Needs.UNADDRESSED, Audience.OWNER),
        _hours(21.6, Needs.UNADDRESSED, Audience.OWNER),
    ),
    Severity.SLOWS_WORK: (
        _hours(2, Needs.UNOWNED, Audience.RESPONDERS),
        _hours(8, Needs.UNOWNED, Audience.LEAD),
        _hours(18, Needs.UNADDRESSED, Audience.OWNER),
        _hours(22, Needs.UNADDRESSED, Audience.LEAD),
    ),
    Severity.QUESTION: (
        _hours(8, Needs.UNOWNED, Audience.CHAMPIONS),
        _hours(22, Needs.UNADDRESSED, Audience.LEAD),
    ),
}

ASKED_AGAIN = (timedelta(hours=24), timedelta(hours=72))
SILENT = timedelta(days=14)  # where no rota is known; see docs/target.md


def rungs(severity: Severity, start: datetime, due_at: datetime, first: int) -> tuple[Step, ...]:
    """Whom an issue this bad is put before, numbered from `first`; where nobody owns it, past the deadline too."""
    before = [rung for rung in RUNGS[severity] if rung.needs is Needs.UNOWNED or start + rung.after < due_at]
    return tuple(Step(n, start + rung.after, rung.needs, Deed.TELL, rung.tell) for n, rung in enumerate(before, first))


def plan(severity: Severity, start: datetime, due_at: datetime) -> tuple[Step, ...]:
    """All that is planned for a new issue: its rungs, the miss, and the lead told every day after it."""
    told = rungs(severity, start, due_at, first=1)
    tell = (Audience.LEAD, Audience.OWNER)
    missed = Step(len(told) + 1, due_at, Needs.UNADDRESSED, Deed.MISS, tell)
    return (*told, missed, Step(missed.n + 1, due_at + DAY, Needs.UNADDRESSED, Deed.TELL, tell, every=DAY))


def follow_up(asked_at: datetime, first: int, *, may_confirm: bool) -> tuple[Step, ...]:
    """What happens while the reporter has not said whether the fix works; who may not confirm is not asked again."""
    waits = ASKED_AGAIN if may_confirm else ()
    again = [Step(n, asked_at + wait, Needs.UNANSWERED, Deed.ASK_AGAIN) for n, wait in enumerate(waits, first)]
    return (*again, Step(first + len(again), asked_at + SILENT, Needs.UNANSWERED, Deed.SILENCE))


def needed(step: Step, issue: Issue) -> bool:
    """Whether the step has to be taken, the issue being as it is."""
    match step.needs:
        case Needs.UNOWNED:
            return issue.status is Status.REPORTED and issue.addressed_at is None
        case Needs.UNADDRESSED:
            done = step.deed is Deed.MISS and issue.missed_at is not None
            return issue.is_open and issue.addressed_at is None and not done
        case Needs.UNANSWERED:
            return issue.status is Status.FIXED


def planned(steps: Iterable[Step], issue: Issue) -> tuple[Step, ...]:
    """Steps still ahead that would be taken if nothing changed."""
    return tuple(step for step in steps if step.outcome is None and needed(step, issue))


def next_due(steps: Sequence[Step]) -> datetime | None:
    """When the issue must be looked at again."""
    return min((step.due_at for step in steps if step.outcome is None), default=None)
