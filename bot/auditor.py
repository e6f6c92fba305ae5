"""What should have been done and was not: found, seen to once, and if that has not helped, reported; and the promises.

What is compared is planned with done: steps, misses, ends of identities, shifts, recurrences, and notices. Seeing to it
means planning it for now: it is then done as all due work is, each on its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import structlog

from bot import coverage, deadline, messages, noise, routing, shifts, steps
from bot.history import IDENTITY
from bot.messages import Gap
from bot.model import Due, IssueId, Pilot, PilotId, Role
from bot.ports import Database, Promises, Transaction

log = structlog.get_logger()

MEND = "mend"  # the kind of agenda entry, about an issue, that writes down a miss
GRACE = timedelta(minutes=1)  # what is later than this should have been done
STUCK = timedelta(minutes=5)  # of a notice that may be sent
DAY = timedelta(hours=24)
PROMPT = timedelta(seconds=10), timedelta(minutes=5)
LOOKED_AT = 1_000
_LEFT_ALONE = frozenset({Gap.STUCK, Gap.NOBODY})  # nothing that is due could put them right


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was not done; `since` is when it should have been."""

    gap: Gap
    pilot: PilotId | None  # None: everybody's
    subject: int
    since: datetime

    @property
    def words(self) -> str:
        """For an operator."""
        return f"{self.gap}, due {self.since:%Y-%m-%d %H:%M} UTC"


# ------------------------------------------------------------------------------------------------------------- finding


def find(tx: Transaction, now: datetime) -> tuple[Finding, ...]:
    """Everything that should have been done by now, or is not planned."""
    every = tx.pilots.all()
    return (
        *_unplanned(tx, now),
        *_stuck(tx, now),
        *(found for pilot in every for found in _of(tx, pilot, now)),
    )


def overdue(tx: Transaction, now: datetime) -> tuple[Finding, ...]:
    """Of these what is late, and was not put right when it was seen to."""
    return tuple(each for each in find(tx, now) if each.since < now - 2 * GRACE)


def _unplanned(tx: Transaction, now: datetime) -> Iterator[Finding]:
    """Open issues whose next step is past, or would be passed over."""
    planned = tx.watch.planned(steps.AGENDA)
    for issue, due_at in tx.watch.next_steps().items():
        if due_at < now - GRACE:
            yield Finding(Gap.LATE, None, issue, due_at)
        elif planned.get(issue) is None or planned[issue] > due_at:
            yield Finding(Gap.UNPLANNED, None, issue, due_at)


def _stuck(tx: Transaction, now: datetime) -> Iterator[Finding]:
    since = tx.outbox.next_release()
    if since is not None and since < now - STUCK:
        yield Finding(Gap.STUCK, None, 0, since)


def _of(tx: Transaction, pilot: Pilot, now: datetime) -> Iterator[Finding]:
    owed = tx.issues.due_before(pilot.id, now - GRACE, LOOKED_AT)
    yield from (Finding(Gap.UNMISSED, pilot.id, each.id, each.due_at) for each in owed if each.missed_at is None)
    kept = pilot.keeps_identity
    closed = tx.watch.outlived(pilot.id, now - GRACE - kept)
    yield from (Finding(Gap.IDENTITY, pilot.id, handle, at + kept) for handle, at in closed.items())
    behind = shifts.behind(tx, pilot, now)
    yield from (Finding(Gap.SHIFT, pilot.id, who, at) for who, at in behind.items() if at < now - GRACE)
    if any(pilot.id not in tx.watch.planned(kind) for kind in (shifts.HANDOVER, coverage.CHECK)):
        yield Finding(Gap.RECURRENCE, pilot.id, pilot.id, now)
    if not (tx.people.having(pilot.id, Role.LEAD) or tx.people.having(pilot.id, Role.SPONSOR)):
        waiting = tx.issues.open_in(pilot.id, 1)
        yield from (Finding(Gap.NOBODY, pilot.id, pilot.id, each.reported_at) for each in waiting)


# ----------------------------------------------------------------------------------------------- seen to, and reported


class Auditor:
    """Looks every minute. It remembers what it has seen to, so that each is seen to once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tried: Mapping[tuple[Gap, int], bool] = {}  # whether it has been reported too

    async def look(self, now: datetime) -> bool:
        """Whether something was put on the agenda that is to be done now, before looking again."""
        found = {(each.gap, each.subject): each for each in await self._database.read(lambda tx: find(tx, now))}
        new = [each for name, each in found.items() if name not in self._tried]
        stays = [each for name, each in found.items() if self._tried.get(name) is False]

        def act(tx: Transaction) -> None:
            for each in new:
                see_to(tx, each, now)
            for each in stays:
                report(tx, each, now)

        if new or stays:
            await self._database.run(act)
        self._tried = {name: name in self._tried for name in found}
        return any(each.gap not in _LEFT_ALONE for each in new)


def see_to(tx: Transaction, found: Finding, now: datetime) -> None:
    """Plan it for now."""
    log.warning("seen to by the auditor", gap=found.gap, subject=found.subject)
    tx.audit.write(None, f"auditor.{found.gap}", str(found.subject), now)
    match found.gap:
        case Gap.LATE | Gap.UNPLANNED:
            tx.agenda.put(Due(f"{steps.AGENDA}:{found.subject}", steps.AGENDA, found.subject, found.since))
        case Gap.UNMISSED:
            tx.agenda.put(Due(f"{MEND}:{found.subject}", MEND, found.subject, now))
        case Gap.IDENTITY:
            tx.agenda.put(Due(f"{IDENTITY}:{found.subject}", IDENTITY, found.subject, now))
        case Gap.SHIFT:
            tx.agenda.put(Due(f"{shifts.DUTY}:{found.subject}", shifts.DUTY, found.subject, now))
        case Gap.RECURRENCE:
            pilot = tx.pilots.get(PilotId(found.subject))
            shifts.standing(tx, pilot, now)
            coverage.standing(tx, pilot, now)


def mend(tx: Transaction, subject: int, now: datetime) -> None:
    """A deadline has passed and nobody has written it down."""
    issue = tx.issues.get(IssueId(subject))
    if issue.is_open and issue.due_at <= now:
        steps.noticed(tx, issue, deadline.passed(issue), now)


def report(tx: Transaction, found: Finding, now: datetime) -> None:
    """It was seen to and is still so: put on record, and the leads hear of it at once."""
    log.error("not done in time", gap=found.gap, subject=found.subject, since=found.since.isoformat())
    tx.audit.write(None, f"auditor.{found.gap}.stays", str(found.subject), now)
    about_issue = found.gap in {Gap.LATE, Gap.UNPLANNED, Gap.UNMISSED}
    issue = tx.issues.get(IssueId(found.subject)) if about_issue else None
    pilot = issue.pilot if issue else found.pilot
    key = f"auditor:{found.gap}:{found.subject}:{found.since.isoformat()}"
    for of in [pilot] if pilot is not None else [each.id for each in tx.pilots.all()]:
        for lead in routing.present(tx.people.having(of, Role.LEAD), tx.people.get, now):
            reference = issue.reference if issue else ""
            card = messages.not_kept(found.gap, reference, found.since, lead.reader, now)
            noise.at_once(tx, lead, card, now, key=f"{key}:{lead.id}", issue=issue.id if issue else None)


# ------------------------------------------------------------------------------------------------------- the promises


def promises(tx: Transaction, now: datetime) -> Promises:
    """How they were kept in the last 24 hours."""
    since = now - DAY
    notices, at_once, soon = tx.watch.handed(since, PROMPT)
    late = tx.watch.late(since)
    return Promises(
        accepted=tx.watch.accepted(since), notices=notices, at_once=at_once, soon=soon, timers=len(late),
        timers_late=p99(late), overdue=sum(each.since < now - GRACE for each in find(tx, now)),
    )  # fmt: skip


def p99(late: Sequence[timedelta]) -> timedelta | None:
    """By nearest rank; what was early was not late."""
    ordered = sorted(max(each, timedelta(0)) for each in late)
    return ordered[ceil(0.99 * len(ordered)) - 1] if ordered else None


def gauges(kept: Promises) -> Mapping[str, float]:
    """Metric name to present value; what there is no case of has none."""
    shares = {"10_seconds": kept.at_once, "5_minutes": kept.soon} if kept.notices else {}
    values = {f"checkback_notices_within_{name}_share": many / kept.notices for name, many in shares.items()}
    if kept.timers_late is not None:
        values["checkback_timers_late_p99_seconds"] = kept.timers_late.total_seconds()
    return values | {"checkback_accepted_events": kept.accepted, "checkback_promises_overdue": kept.overdue}
