"""What the clock does to an issue: its steps come due, each in its order and at its own instant."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot import deadline, ladder, living, messages, routing
from bot.history import happen
from bot.model import Audience, Deed, Due, Event, Issue, IssueId, Needs, Outcome, Person, Role, Step
from bot.ports import Transaction

AGENDA = "issue"  # the kind of agenda entry that points at an issue's next step


def step_due(tx: Transaction, subject: int, now: datetime) -> None:
    """Take the steps that have come due. Found late, each is recorded and only the highest notifies, besides a miss."""
    issue = tx.issues.get(IssueId(subject))
    steps = tx.issues.steps(issue.id)
    due = sorted((s for s in steps if s.outcome is None and s.due_at <= now), key=lambda s: (s.due_at, s.n))
    wanted = [step for step in due if ladder.needed(step, issue)]
    highest = {step.needs is Needs.UNANSWERED: step for step in wanted}  # of the ladder, of the questions
    passed_over = tuple(each for step in wanted if step.deed is Deed.TELL for each in step.tell)
    for step in due:
        if not ladder.needed(step, issue):
            outcome = Outcome.NOT_NEEDED
        elif step.deed in {Deed.TELL, Deed.ASK_AGAIN} and step not in highest.values():
            outcome = Outcome.OVERTAKEN
        else:
            outcome = Outcome.DONE
        # Found late together, the highest speaks to everybody whom those passed over would have told.
        told = (*step.tell, *passed_over) if step in highest.values() else step.tell
        settled = replace(step, tell=_present(told, issue), done_at=now, outcome=outcome)
        tx.issues.settle_step(issue.id, settled)
        if outcome is Outcome.DONE:
            issue = _do(tx, issue, settled, now)
        if step.every and issue.is_open:
            _repeat(tx, issue, step, now)
    living.redraw(tx, issue, now)
    plan_next(tx, issue, tx.issues.steps(issue.id))


def _present(tell: Sequence[Audience], issue: Issue) -> tuple[Audience, ...]:
    """Each once; where nobody owns the issue, the fix team stands in for its owner."""
    stand_in = {Audience.OWNER: Audience.RESPONDERS} if issue.owner is None else {}
    return tuple(dict.fromkeys(stand_in.get(each, each) for each in tell))


def _do(tx: Transaction, issue: Issue, step: Step, now: datetime) -> Issue:
    match step.deed:
        case Deed.TELL:
            return _tell(tx, issue, step, now)
        case Deed.MISS:
            return _miss(tx, deadline.passed(issue), step, now)
        case Deed.ASK_AGAIN:
            return _ask_again(tx, issue, now)
        case Deed.SILENCE:
            return _silence(tx, issue, now)


def _tell(tx: Transaction, issue: Issue, step: Step, now: datetime) -> Issue:
    told = _audience(tx, issue, step)
    pilot = tx.pilots.get(issue.pilot)
    issue = happen(tx, issue, Event.ESCALATED, None, now, ",".join(step.tell))
    for person in told:
        living.put(tx, issue, person, messages.step_taken(issue, step, told, person, now), now, "step")
    living.say_in_thread(tx, issue, messages.step_in_thread(issue, step, told, pilot.reader), now)
    return issue


def noticed(tx: Transaction, before: Issue, issue: Issue, now: datetime) -> Issue:
    """Where what somebody did has brought a miss to light, it is written down and told like any other."""
    if before.missed_at or not issue.missed_at:
        return issue
    return _miss(tx, issue, Step(0, issue.due_at, Needs.UNADDRESSED, Deed.MISS, (Audience.LEAD, Audience.OWNER)), now)


def _miss(tx: Transaction, issue: Issue, step: Step, now: datetime) -> Issue:
    """Dated at the deadline whenever it is noticed. The lead hears, and so does the reporter."""
    pilot = tx.pilots.get(issue.pilot)
    told = _audience(tx, issue, step)
    issue = happen(tx, issue, Event.MISSED, None, now)
    for person in told:
        living.put(tx, issue, person, messages.step_taken(issue, step, told, person, now), now, "missed")
    reporter = tx.people.get(issue.reporter)
    leads = tx.people.having(issue.pilot, Role.LEAD)
    sorry = messages.missed_for_reporter(issue, pilot, leads, living.person(tx, issue.owner), reporter.reader, now)
    living.put(tx, issue, reporter, sorry, now, "sorry")
    living.say_in_thread(tx, issue, messages.step_in_thread(issue, step, told, pilot.reader), now)
    return issue


def _ask_again(tx: Transaction, issue: Issue, now: datetime) -> Issue:
    asked = tx.issues.last_fix(issue.id)
    if asked is None:
        return issue
    issue = happen(tx, issue, Event.ASKED_AGAIN, None, now)
    reporter, author = tx.people.get(issue.reporter), tx.people.get(asked.author)
    card = messages.fixed_for_you(issue, tx.pilots.get(issue.pilot), asked, author, reporter.reader, again=True)
    again = replace(card, slot=messages.again_slot(issue, asked))
    living.put(tx, issue, reporter, again, now, "again")
    return issue


def _silence(tx: Transaction, issue: Issue, now: datetime) -> Issue:
    issue = happen(tx, issue, Event.SILENCE, None, now)
    reporter = tx.people.get(issue.reporter)
    living.put(tx, issue, reporter, messages.closed_by_silence(issue, reporter.reader), now, "silence")
    return issue


def _repeat(tx: Transaction, issue: Issue, step: Step, now: datetime) -> None:
    every = step.every
    due = step.due_at
    while every and due <= now:
        due += every
    tx.issues.add_steps(issue.id, [replace(step, n=len(tx.issues.steps(issue.id)) + 1, due_at=due)])


def plan_anew(tx: Transaction, issue: Issue, now: datetime) -> None:
    """The rungs of another severity, from now on; the deadline, the miss and what follows it stay."""
    steps = tx.issues.steps(issue.id)
    for step in steps:
        if step.outcome is None and step.deed is Deed.TELL and not step.every:
            tx.issues.settle_step(issue.id, replace(step, done_at=now, outcome=Outcome.NOT_NEEDED))
    tx.issues.add_steps(issue.id, ladder.rungs(issue.severity, now, issue.due_at, first=len(steps) + 1))
    plan_next(tx, issue, tx.issues.steps(issue.id))


def end(tx: Transaction, issue: Issue, needs: set[Needs], now: datetime) -> None:
    for step in tx.issues.steps(issue.id):
        if step.outcome is None and step.needs in needs:
            tx.issues.settle_step(issue.id, replace(step, done_at=now, outcome=Outcome.NOT_NEEDED))


def plan_next(tx: Transaction, issue: Issue, steps: Sequence[Step]) -> None:
    """One agenda entry per issue points at its next step."""
    due = ladder.next_due(steps) if issue.is_open else None
    key = f"{AGENDA}:{issue.id}"
    if due is None:
        tx.agenda.drop(key)
    else:
        tx.agenda.put(Due(key, AGENDA, issue.id, due))


def _audience(tx: Transaction, issue: Issue, step: Step) -> tuple[Person, ...]:
    return routing.audience(step.tell, issue, partial(tx.people.having, issue.pilot), living.person(tx, issue.owner))
