"""What the clock does to an issue: its steps come due, each in its order and at its own instant."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot import deadline, gate, ladder, lifecycle, living, messages, noise, routing
from bot.history import happen
from bot.model import (
    Audience,
    Deed,
    Due,
    Event,
    Issue,
    IssueId,
    Needs,
    Outcome,
    Person,
    Role,
    Severity,
    Step,
)
from bot.ports import Transaction

AGENDA = "issue"  # the kind of agenda entry that points at an issue's next step
LADDER = frozenset({Needs.UNOWNED, Needs.UNADDRESSED})


def step_due(tx: Transaction, subject: int, now: datetime) -> None:
    """Take the steps that have come due. Found late, each is recorded and only the highest notifies, besides a miss."""
    issue = tx.issues.get(IssueId(subject))
    due = sorted(
        (s for s in tx.issues.steps(issue.id) if s.outcome is None and s.due_at <= now), key=lambda s: (s.due_at, s.n)
    )
    wanted = _needed(tx, issue, due)
    highest = {_kind(step): step for step in wanted}
    passed_over = tuple(each for step in wanted if _is_rung(step) for each in step.tell)
    for step in due:
        if step not in _needed(tx, issue, [step]):
            if step.every and issue.is_open:  # it may be needed the next time
                tx.issues.settle_step(issue.id, replace(step, due_at=_next_time(step, now)))
                continue
            outcome = Outcome.NOT_NEEDED
        elif step.deed in {Deed.TELL, Deed.ASK_AGAIN} and step not in highest.values():
            outcome = Outcome.OVERTAKEN
        else:
            outcome = Outcome.DONE
        # Found late together, the highest speaks to everybody whom those passed over would have told.
        told = (*step.tell, *passed_over) if _is_rung(step) and step in highest.values() else step.tell
        settled = replace(step, tell=_present(told, issue), done_at=now, outcome=outcome)
        tx.issues.settle_step(issue.id, settled)
        if outcome is Outcome.DONE:
            issue = _do(tx, issue, settled, now)
        if step.every and issue.is_open:
            add(tx, issue, [replace(step, due_at=_next_time(step, now))])
    if wanted:  # else every card stands as it should
        living.redraw(tx, issue, now, acted=False)
    plan_next(tx, issue)


def _kind(step: Step) -> tuple[Needs | None, Deed]:
    """Steps of one kind speak for each other when they are found late together."""
    return (None if step.needs in LADDER else step.needs, step.deed)


def _is_rung(step: Step) -> bool:
    return step.deed is Deed.TELL and step.needs in LADDER


def _needed(tx: Transaction, issue: Issue, steps: Sequence[Step]) -> Sequence[Step]:
    ways = tx.issues.workarounds(issue.id)
    around, unchecked = living.holding(ways) is not None, any(way.waits_for_check for way in ways)
    return [step for step in steps if ladder.needed(step, issue, around=around, unchecked=unchecked)]


def _present(tell: Sequence[Audience], issue: Issue) -> tuple[Audience, ...]:
    """Each once; where nobody owns the issue, the fix team stands in for its owner."""
    stand_in = {Audience.OWNER: Audience.RESPONDERS} if issue.owner is None else {}
    return tuple(dict.fromkeys(stand_in.get(each, each) for each in tell))


def _do(tx: Transaction, issue: Issue, step: Step, now: datetime) -> Issue:
    match step.deed:
        case Deed.TELL if _is_rung(step):
            return _tell(tx, issue, step, now)
        case Deed.TELL:
            return _remind(tx, issue, step, now)
        case Deed.MISS:
            return _miss(tx, deadline.passed(issue), step, now)
        case Deed.ASK_AGAIN:
            return _ask_again(tx, issue, step, now)
        case Deed.SILENCE:
            return _silence(tx, issue, now)
        case Deed.ASK_STILL_SERVES:
            return _ask_still_serves(tx, issue, now)
        case Deed.SAY_WHY:
            return _say_why(tx, issue, now)


def _tell(tx: Transaction, issue: Issue, step: Step, now: datetime) -> Issue:
    told = _audience(tx, issue, step.tell, now)
    issue = happen(tx, issue, Event.ESCALATED, None, now, ",".join(step.tell))
    for person in told:
        living.tell(tx, issue, person, messages.step_taken(issue, step, told, person, now), now, "step")
    pilot = tx.pilots.get(issue.pilot)
    living.say_in_thread(tx, issue, messages.step_in_thread(issue, step, told, pilot.reader), now)
    return issue


def _remind(tx: Transaction, issue: Issue, step: Step, now: datetime) -> Issue:
    """Something is owed besides help: a decision, a next check, a cause and a date, a look at a risky workaround."""
    issue = happen(tx, issue, Event.REMINDED, None, now, step.needs)
    for person in _audience(tx, issue, step.tell, now):
        card = messages.reminder(issue, step, living.about(tx, issue), person, now)
        if issue.severity is Severity.PATIENT_AT_RISK:
            living.put(tx, issue, person, card, now, "reminder")
        elif step.needs is Needs.UNCHECKED:
            if noise.by_day(person, now) is None:  # or it would be one of several that wait for the morning
                living.put(tx, issue, person, card, now, "reminder")
        else:
            noise.nudge(tx, person, card, now, key=f"{living.key(issue, 'reminder')}:{person.id}", issue=issue.id)
    return issue


def noticed(tx: Transaction, before: Issue, issue: Issue, now: datetime) -> Issue:
    """Where what somebody did has brought a miss to light, it is written down and told like any other."""
    if before.missed_at or not issue.missed_at:
        return issue
    return _miss(tx, issue, Step(0, issue.due_at, Needs.UNADDRESSED, Deed.MISS, (Audience.LEAD, Audience.OWNER)), now)


def _miss(tx: Transaction, issue: Issue, step: Step, now: datetime) -> Issue:
    pilot = tx.pilots.get(issue.pilot)
    told = _audience(tx, issue, step.tell, now)
    issue = happen(tx, issue, Event.MISSED, None, now)
    for person in told:
        living.tell(tx, issue, person, messages.step_taken(issue, step, told, person, now), now, "missed")
    reporter = tx.people.get(issue.reporter)
    sorry = messages.missed_for_reporter(issue, pilot, told, living.person(tx, issue.owner), reporter.reader, now)
    living.put(tx, issue, reporter, sorry, now, "sorry")
    living.say_in_thread(tx, issue, messages.step_in_thread(issue, step, told, pilot.reader), now)
    if issue.severity is Severity.BLOCKS_WORK:
        for sponsor in tx.people.having(issue.pilot, Role.SPONSOR):
            noise.digest(tx, sponsor, messages.missed_line(issue, sponsor.reader), now, issue)
    return issue


def _ask_again(tx: Transaction, issue: Issue, step: Step, now: datetime) -> Issue:
    reporter = tx.people.get(issue.reporter)
    if step.needs is Needs.UNINFORMED:
        asked = living.open_question(tx, issue)
        if asked is None:
            return issue
        issue = happen(tx, issue, Event.ASKED_AGAIN, None, now)
        living.put(tx, issue, reporter, messages.asked_again(issue, asked, reporter.reader), now, "again")
        return issue
    fix = living.judged(tx, issue)
    if fix is None or not lifecycle.possible(issue, Event.SILENCE, now, gate.survivor(tx, issue)):
        return issue
    issue = happen(tx, issue, Event.ASKED_AGAIN, None, now)
    author, pilot = tx.people.get(fix.author), tx.pilots.get(issue.pilot)
    card = messages.fixed_for_you(issue, pilot, fix, author, reporter.reader, again=True)
    living.put(tx, issue, reporter, replace(card, slot=messages.again_slot(issue, fix)), now, "again")
    return issue


def _silence(tx: Transaction, issue: Issue, now: datetime) -> Issue:
    if not lifecycle.possible(issue, Event.SILENCE, now, gate.survivor(tx, issue)):
        return issue
    issue = happen(tx, issue, Event.SILENCE, None, now)
    reporter = tx.people.get(issue.reporter)
    living.put(tx, issue, reporter, messages.closed_by_silence(issue, reporter.reader), now, "silence")
    return issue


def _ask_still_serves(tx: Transaction, issue: Issue, now: datetime) -> Issue:
    way = living.holding(tx.issues.workarounds(issue.id))
    if way is None:
        return issue
    issue = happen(tx, issue, Event.ASKED_AGAIN, None, now, Deed.ASK_STILL_SERVES)
    reporter = tx.people.get(issue.reporter)
    living.put(tx, issue, reporter, messages.still_serves(issue, way, reporter.reader), now, "serves")
    return issue


def _say_why(tx: Transaction, issue: Issue, now: datetime) -> Issue:
    issue = happen(tx, issue, Event.SAID_WHY, None, now)
    reporter = tx.people.get(issue.reporter)
    living.put(tx, issue, reporter, messages.why_still_open(living.about(tx, issue), reporter.reader, now), now, "why")
    return issue


def _next_time(step: Step, now: datetime) -> datetime:
    due = step.due_at
    while step.every and due <= now:
        due += step.every
    return due


def add(tx: Transaction, issue: Issue, steps: Iterable[Step]) -> None:
    """Plan more, numbered after those there are."""
    first = len(tx.issues.steps(issue.id)) + 1
    tx.issues.add_steps(issue.id, [replace(step, n=n) for n, step in enumerate(steps, first)])


def plan_anew(tx: Transaction, issue: Issue, now: datetime, needs: frozenset[Needs] = LADDER) -> None:
    """The rungs of the ladder it was reported under, from now on: of another severity, or without its owner."""
    _drop(
        tx,
        issue,
        (s for s in tx.issues.steps(issue.id) if _is_rung(s) and s.needs in needs and s.every != ladder.DAY),
        now,
    )
    table = tx.pilots.rungs(issue.pilot, issue.reported_at) or ladder.RUNGS
    add(tx, issue, [s for s in ladder.rungs(issue.severity, now, issue.due_at, 1, table) if s.needs in needs])
    plan_next(tx, issue)


def plan_clock(tx: Transaction, issue: Issue, now: datetime) -> None:
    """Another clock counts now, by a merge or its end: the miss and the days after it move with it."""
    daily = (s for s in tx.issues.steps(issue.id) if s.deed is Deed.MISS or (_is_rung(s) and s.every == ladder.DAY))
    _drop(tx, issue, daily, now)
    tell = (Audience.LEAD, Audience.OWNER)
    missed = Step(0, issue.due_at, Needs.UNADDRESSED, Deed.MISS, tell)
    after = Step(0, max(issue.due_at, now) + ladder.DAY, Needs.UNADDRESSED, Deed.TELL, tell, every=ladder.DAY)
    add(tx, issue, [after] if issue.missed_at else [missed, after])
    plan_next(tx, issue)


def end(tx: Transaction, issue: Issue, needs: Iterable[Needs], now: datetime) -> None:
    """What is no longer awaited is not asked for any more."""
    over = frozenset(needs)
    _drop(tx, issue, (step for step in tx.issues.steps(issue.id) if step.needs in over), now)
    plan_next(tx, issue)


def _drop(tx: Transaction, issue: Issue, steps: Iterable[Step], now: datetime) -> None:
    for step in steps:
        if step.outcome is None:
            tx.issues.settle_step(issue.id, replace(step, done_at=now, outcome=Outcome.NOT_NEEDED))


def plan_next(tx: Transaction, issue: Issue) -> None:
    """One agenda entry per issue points at its next step."""
    due = ladder.next_due(tx.issues.steps(issue.id)) if issue.is_open else None
    key = f"{AGENDA}:{issue.id}"
    if due is None:
        tx.agenda.drop(key)
    else:
        tx.agenda.put(Due(key, AGENDA, issue.id, due))


def _audience(tx: Transaction, issue: Issue, tell: Sequence[Audience], now: datetime) -> tuple[Person, ...]:
    return routing.audience(tell, issue, living.roster(tx, issue, now), living.person(tx, issue.owner))
