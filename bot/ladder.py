"""The escalation ladder: what is planned for an issue when it is reported or fixed, and which step is needed (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.model import Audience, Deed, Issue, Needs, Rung, Severity, Status, Step

DAY = timedelta(hours=24)
WEEK = timedelta(days=7)
Rungs = Mapping[Severity, Sequence[Rung]]


def _hours(hours: float, needs: Needs, *tell: Audience) -> Rung:
    return Rung(timedelta(hours=hours), needs, tell)


def _every(hours: float, needs: Needs, *tell: Audience) -> Rung:
    return Rung(timedelta(hours=hours), needs, tell, timedelta(hours=hours))


# The defaults; a pilot may bring its own numbers before it starts.
RUNGS: Rungs = {
    Severity.PATIENT_AT_RISK: (
        _hours(5 / 60, Needs.UNOWNED, Audience.RESPONDERS),
        _hours(15 / 60, Needs.UNOWNED, Audience.EVERYBODY, Audience.SPONSOR),
        _every(0.5, Needs.UNADDRESSED, Audience.OWNER),  # the reporter is owed an update
        _hours(1, Needs.UNADDRESSED, Audience.OWNER, Audience.LEAD, Audience.SAFETY),  # the goal for a workaround
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
        _hours(8, Needs.UNOWNED, Audience.SECOND_CHAMPION),
        _hours(22, Needs.UNADDRESSED, Audience.LEAD),
    ),
}

ASKED_AGAIN = (timedelta(hours=24), timedelta(hours=72))
LEAD_DECIDES = timedelta(hours=96)  # nothing was heard from the reporter: never closed by silence, so the lead must
SLOW = timedelta(hours=72)
NEXT_CHECK = {Severity.PATIENT_AT_RISK: timedelta(hours=4), Severity.BLOCKS_WORK: DAY}  # else every 72 hours
SAFETY_CHECK = timedelta(hours=4)
IDEA = timedelta(days=14)


def rungs(severity: Severity, start: datetime, due_at: datetime, first: int, table: Rungs = RUNGS) -> tuple[Step, ...]:
    """Whom an issue this bad is put before, numbered from `first`; where nobody owns it, past the deadline too."""
    before = [rung for rung in table[severity] if rung.needs is Needs.UNOWNED or start + rung.after < due_at]
    return tuple(
        Step(n, start + rung.after, rung.needs, Deed.TELL, rung.tell, rung.every)
        for n, rung in enumerate(before, first)
    )


def plan(
    severity: Severity, start: datetime, due_at: datetime, first: int = 1, table: Rungs = RUNGS
) -> tuple[Step, ...]:
    """All that is planned for a new issue: its rungs, the miss and the days after it, the weekly why."""
    told = rungs(severity, start, due_at, first, table)
    missed = Step(first + len(told), due_at, Needs.UNADDRESSED, Deed.MISS, (Audience.LEAD, Audience.OWNER))
    daily = Step(missed.n + 1, due_at + DAY, Needs.UNADDRESSED, Deed.TELL, (Audience.LEAD, Audience.OWNER), every=DAY)
    why = Step(missed.n + 2, start + WEEK, Needs.OPEN, Deed.SAY_WHY, every=WEEK)
    return (*told, missed, daily, why)


def follow_up(asked_at: datetime, first: int, silent_at: datetime, *, may_confirm: bool) -> tuple[Step, ...]:
    """What happens while the reporter has not said whether the fix works; who may not confirm is not asked again.

    `silent_at` is when silence closes it; see `calendar.silent_at`.
    """
    waits = ASKED_AGAIN if may_confirm else ()
    again = [Step(n, asked_at + wait, Needs.UNANSWERED, Deed.ASK_AGAIN) for n, wait in enumerate(waits, first)]
    return (*again, Step(first + len(again), silent_at, Needs.UNANSWERED, Deed.SILENCE))


def info_asked(at: datetime, first: int) -> tuple[Step, ...]:
    """While the reporter has not replied to a question: asked again twice, then the lead must decide."""
    again = [Step(n, at + wait, Needs.UNINFORMED, Deed.ASK_AGAIN) for n, wait in enumerate(ASKED_AGAIN, first)]
    return (*again, Step(first + 2, at + LEAD_DECIDES, Needs.UNINFORMED, Deed.TELL, (Audience.LEAD,), every=SLOW))


def with_vendor(severity: Severity, at: datetime, first: int) -> tuple[Step, ...]:
    """The next checks of what a vendor was asked."""
    every = NEXT_CHECK.get(severity, SLOW)
    return (Step(first, at + every, Needs.WITH_VENDOR, Deed.TELL, (Audience.OWNER,), every=every),)


def worked_around(severity: Severity, at: datetime, expires_at: datetime, first: int) -> tuple[Step, ...]:
    """While only a workaround holds: the owner is asked for the cause and a date, the reporter whether it serves."""
    every = timedelta(hours=4) if severity is Severity.PATIENT_AT_RISK else SLOW
    return (
        Step(first, at + every, Needs.WORKED_AROUND, Deed.TELL, (Audience.OWNER,), every=every),
        Step(first + 1, expires_at, Needs.WORKED_AROUND, Deed.ASK_STILL_SERVES, every=SLOW),
    )


def unchecked(at: datetime, first: int) -> tuple[Step, ...]:
    """A workaround that could harm waits for the safety officer or a lead."""
    tell = (Audience.SAFETY, Audience.LEAD)
    return (Step(first, at + SAFETY_CHECK, Needs.UNCHECKED, Deed.TELL, tell, every=SAFETY_CHECK),)


def idea(at: datetime, first: int) -> tuple[Step, ...]:
    """A decision is owed within fourteen days; then the lead must decide."""
    return (Step(first, at + IDEA, Needs.UNDECIDED, Deed.TELL, (Audience.LEAD,), every=SLOW),)


_WAITS = {
    Needs.UNINFORMED: Status.NEEDS_INFO,
    Needs.WITH_VENDOR: Status.WAITING_VENDOR,
}
_HELD = frozenset({Status.FIXED, Status.MERGED})


def needed(step: Step, issue: Issue, *, around: bool = False, unchecked: bool = False) -> bool:
    """Whether the step has to be taken, the issue being as it is.

    `around`: a workaround was delivered and holds. `unchecked`: one waits for the safety officer.
    """
    if not issue.is_open:
        return False
    helped = issue.addressed_at is not None or issue.idea or issue.status is Status.MERGED
    match step.needs:
        case Needs.UNOWNED:
            return issue.status is Status.REPORTED and not helped
        case Needs.UNADDRESSED:
            return not helped and not (step.deed is Deed.MISS and issue.missed_at is not None)
        case Needs.UNANSWERED:
            return issue.status in _HELD
        case Needs.WORKED_AROUND:
            return around and issue.status not in _HELD
        case Needs.UNCHECKED:
            return unchecked
        case Needs.UNDECIDED:
            return issue.idea and issue.status not in _HELD
        case Needs.OPEN:
            return issue.status not in _HELD
        case _:
            return issue.status is _WAITS[step.needs]


def planned(steps: Iterable[Step], issue: Issue, *, around: bool = False, unchecked: bool = False) -> tuple[Step, ...]:
    """Steps still ahead that would be taken if nothing changed."""
    return tuple(s for s in steps if s.outcome is None and needed(s, issue, around=around, unchecked=unchecked))


def next_due(steps: Sequence[Step]) -> datetime | None:
    """When the issue must be looked at again."""
    return min((step.due_at for step in steps if step.outcome is None), default=None)
