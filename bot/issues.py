"""The use cases of an issue: reported, taken, fixed, confirmed or still broken, and what the clock does to it.

Each reads, decides, writes rows (the messages to send among them) and returns what the person is shown. None commits.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot import deadline, ladder, lifecycle, messages, routing
from bot.actions import ChangeSeverity, FixIt, Take
from bot.cards import Card
from bot.errors import Denied
from bot.model import (
    Audience,
    Deed,
    Due,
    Event,
    Fix,
    FixKind,
    Happening,
    Issue,
    IssueId,
    Needs,
    Outcome,
    Person,
    PersonId,
    Reader,
    Role,
    Severity,
    Status,
    Step,
)
from bot.permissions import Deed as Leave
from bot.permissions import authorize
from bot.ports import Living, Notice, Transaction

AGENDA = "issue"  # the kind of agenda entry that points at an issue's next step
FIXED = "fix"  # what a notice settles when a fix has reached its reporter


# ------------------------------------------------------------------------------------------------ what people do


def report(tx: Transaction, reporter: Person, words: str, level: Severity, now: datetime, start: datetime) -> Card:
    """Open an issue, put it before those who can fix it, and tell the reporter who that is.

    `start` is when the server first received the words; the deadline counts from it.
    """
    pilot = tx.pilots.get(reporter.pilot)
    authorize(reporter, Leave.REPORT, pilot)
    issue = Issue(
        id=IssueId(tx.new_id()), pilot=pilot.id, unit=reporter.unit, key=pilot.key,
        number=tx.pilots.next_number(pilot.id), reporter=reporter.id, owner=None, fixer=None, summary=words,
        severity=level, status=Status.REPORTED, version=1, reported_at=start,
        due_at=deadline.due_at(start, pilot.target), events=1,
    )  # fmt: skip
    steps = ladder.plan(level, start, issue.due_at)
    tx.issues.add(issue)
    tx.issues.add_steps(issue.id, steps)
    _write(tx, issue, Event.REPORT, reporter.id, now, before=Status.REPORTED)
    _plan_next(tx, issue, steps)
    unit = tx.pilots.unit(issue.unit)
    told = routing.first_to_hear(level, issue.unit, partial(tx.people.having, pilot.id))
    about = messages.About(issue, pilot, unit, reporter, None, None, steps, ladder.planned(steps, issue))
    card = messages.issue_card(about, pilot.reader, now, None)
    tx.outbox.post(unit.channel, card, now, key=_key(issue, "unit"), issue=issue.id)
    for person in told:
        _put(tx, issue, person, messages.issue_card(about, person.reader, now, person), now, "told")
    receipt = messages.receipt(about, told, _lead(tx, issue), reporter.reader, now)
    _put(tx, issue, reporter, receipt, now, "receipt")
    return receipt


def take(tx: Transaction, who: Person, wanted: Take, now: datetime) -> Card:
    """Own the issue."""
    issue = tx.issues.get(wanted.issue)
    authorize(who, Event.TAKE, issue)
    stale = _stale(tx, issue, wanted.version, Event.TAKE, who.reader, now)
    if stale:
        return stale
    issue = _take(tx, issue, who, now)
    return _show_owner(tx, issue, who, now)


def ask_for_fix(tx: Transaction, who: Person, wanted: FixIt, now: datetime) -> Issue | Card:
    """The issue that the form is about; a card instead where there is nothing to fill in now."""
    issue = tx.issues.get(wanted.issue)
    authorize(who, Event.FIX, issue)
    return _stale(tx, issue, wanted.version, Event.FIX, who.reader, now) or issue


def fix(tx: Transaction, who: Person, wanted: FixIt, words: str, kind: FixKind, now: datetime) -> Card:
    """Deliver what was done to the reporter and ask whether it helped. It counts once it has arrived."""
    issue = tx.issues.get(wanted.issue)
    authorize(who, Event.FIX, issue)
    stale = _stale(tx, issue, wanted.version, Event.FIX, who.reader, now)
    if stale:
        return stale
    if issue.status is Status.REPORTED:
        issue = _take(tx, issue, who, now)
    pilot = tx.pilots.get(issue.pilot)
    issue = _happen(tx, replace(issue, fixer=who.id), Event.FIX, who.id, now)
    done = Fix(issue.id, issue.events, who.id, now, kind, words)
    tx.issues.add_fix(done)
    tx.issues.add_steps(issue.id, ladder.follow_up(now, first=len(tx.issues.steps(issue.id)) + 1))
    _plan_next(tx, issue, tx.issues.steps(issue.id))
    reporter = tx.people.get(issue.reporter)
    question = messages.fixed_for_you(issue, pilot, done, who, reporter.reader)
    settles = f"{FIXED}:{done.n}"
    tx.outbox.post(reporter.address, question, now, key=_key(issue, "question"), issue=issue.id, settles=settles)
    _say_in_thread(tx, issue, messages.fixed_in_thread(done, who, pilot.reader), now)
    redraw(tx, issue, now)
    return messages.fix_on_its_way(issue, who.reader)


def confirm(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    """The reporter says that it is fixed; nobody else can."""
    authorize(who, Event.CONFIRM, issue)
    if not lifecycle.possible(issue, Event.CONFIRM):
        return messages.not_now(issue, who.reader)
    if issue.fixer == who.id:
        return messages.cannot_verify_own(issue, who.reader)
    # The question was evidently read, so the fix has arrived, whatever the courier knows of it so far.
    issue = replace(deadline.addressed(issue, now), verified_at=now)
    issue = _happen(tx, issue, Event.CONFIRM, who.id, now)
    pilot = tx.pilots.get(issue.pilot)
    for concerned in _concerned(tx, issue):
        _put(tx, issue, concerned, messages.confirmed_for_owner(issue, concerned.reader), now, "confirmed")
    _say_in_thread(tx, issue, messages.confirmed_in_thread(pilot.reader), now)
    redraw(tx, issue, now)
    return messages.confirmed(issue, who.reader)


def still_broken(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    """It did not help: the stamp is void and the first clock goes on, with the same owner."""
    authorize(who, Event.STILL_BROKEN, issue)
    if not lifecycle.possible(issue, Event.STILL_BROKEN):
        return messages.not_now(issue, who.reader)
    missed_before = issue.missed_at is not None
    issue = _happen(tx, deadline.voided(issue, now), Event.STILL_BROKEN, who.id, now)
    _end_steps(tx, issue, {Needs.UNANSWERED}, now)
    pilot = tx.pilots.get(issue.pilot)
    owner = _person(tx, issue.owner)
    for concerned in _concerned(tx, issue):
        if concerned.id != who.id:
            _put(tx, issue, concerned, messages.still_broken_for_owner(issue, concerned.reader, now), now, "broken")
    _say_in_thread(tx, issue, messages.still_broken_in_thread(pilot.reader), now)
    if issue.missed_at and not missed_before:
        issue = _miss(tx, issue, Step(0, issue.due_at, Needs.UNADDRESSED, Deed.MISS, (Audience.LEAD,)), now)
    redraw(tx, issue, now)
    return messages.still_broken_noted(issue, owner, who.reader, now)


def ask_for_severity(tx: Transaction, who: Person, wanted: ChangeSeverity) -> Issue:
    issue = tx.issues.get(wanted.issue)
    authorize(who, Event.CHANGE_SEVERITY, issue)
    return issue


def may_change(issue: Issue, who: Person, level: Severity) -> bool:
    """Worse is for anyone; milder for the reporter until somebody has taken it, and for a lead."""
    own = who.id == issue.reporter and issue.status is Status.REPORTED
    return level <= issue.severity or own or who.has(Role.LEAD)


def change_severity(tx: Transaction, who: Person, wanted: ChangeSeverity, level: Severity, now: datetime) -> Card:
    """Say how bad it really is; the ladder is planned anew from now."""
    issue = tx.issues.get(wanted.issue)
    authorize(who, Event.CHANGE_SEVERITY, issue)
    if not lifecycle.possible(issue, Event.CHANGE_SEVERITY):
        return messages.not_now(issue, who.reader)
    if who.id != issue.reporter and wanted.version != issue.version:
        return _overtaken(tx, issue, who.reader, now)
    if level == issue.severity:
        return messages.severity_changed(issue, who.reader)
    if not may_change(issue, who, level):
        raise Denied(Event.CHANGE_SEVERITY, issue.reference)
    milder = level > issue.severity
    issue = _happen(tx, replace(issue, severity=level), Event.CHANGE_SEVERITY, who.id, now)
    _plan_anew(tx, issue, now)
    reporter = tx.people.get(issue.reporter)
    if milder and who.id != reporter.id:
        _put(tx, issue, reporter, messages.severity_lowered(issue, who, reporter.reader), now, "milder")
    _tell_more(tx, issue, now)
    redraw(tx, issue, now)
    return messages.severity_changed(issue, who.reader)


def show(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    """The issue as it stands, to read now: not a card that is kept up to date."""
    authorize(who, Leave.SEE_ISSUE, issue)
    about = _about(tx, issue)
    team = who.has(Role.CHAMPION, Role.RESPONDER, Role.LEAD, Role.SAFETY)
    card = _card(about, who, now) if team else _receipt(tx, about, tx.outbox.living(issue.id), now)
    return replace(card, slot=None)


# ------------------------------------------------------------------------------------------- what the clock does


def step_due(tx: Transaction, subject: int, now: datetime) -> None:
    """Take the steps that have come due. Found late, each is recorded and only the highest notifies, besides a miss."""
    issue = tx.issues.get(IssueId(subject))
    steps = tx.issues.steps(issue.id)
    due = sorted((s for s in steps if s.outcome is None and s.due_at <= now), key=lambda s: (s.due_at, s.n))
    wanted = [step for step in due if ladder.needed(step, issue)]
    highest = {step.needs is Needs.UNANSWERED: step for step in wanted}  # of the ladder, of the questions
    for step in due:
        if not ladder.needed(step, issue):
            outcome = Outcome.NOT_NEEDED
        elif step.deed in {Deed.TELL, Deed.ASK_AGAIN} and step not in highest.values():
            outcome = Outcome.OVERTAKEN
        else:
            outcome = Outcome.DONE
        settled = replace(step, done_at=now, outcome=outcome)
        tx.issues.settle_step(issue.id, settled)
        if outcome is Outcome.DONE:
            issue = _do(tx, issue, settled, now)
        if step.every and issue.is_open:
            _repeat(tx, issue, step, now)
    redraw(tx, issue, now)
    _plan_next(tx, issue, tx.issues.steps(issue.id))


def arrived(tx: Transaction, notice: Notice, now: datetime) -> None:
    """A notice that settles something has reached its reader: a fix that did so counts as help from then on."""
    issue, n = _settled(tx, notice)
    if issue is None or issue.addressed_at is not None or issue.status is not Status.FIXED:
        return
    last = tx.issues.last_fix(issue.id)
    if last and last.n == n:
        issue = _happen(tx, deadline.addressed(issue, now), Event.ADDRESSED, None, now)
        redraw(tx, issue, now)


def undelivered(tx: Transaction, notice: Notice, now: datetime) -> None:
    """A notice that would have settled something could not be delivered: whoever sent it hears so."""
    issue, n = _settled(tx, notice)
    last = tx.issues.last_fix(issue.id) if issue else None
    if issue is None or last is None or last.n != n or issue.status is not Status.FIXED:
        return
    issue = _happen(tx, issue, Event.UNDELIVERED, None, now)
    author = tx.people.get(last.author)
    _put(tx, issue, author, messages.fix_not_delivered(issue, author.reader), now, "undelivered")


# ------------------------------------------------------------------------------------------------------- drawing


def redraw(tx: Transaction, issue: Issue, now: datetime) -> None:
    """Draw every card about the issue anew where it stands."""
    about = _about(tx, issue)
    living = tx.outbox.living(issue.id)
    for slot in (each.slot.split(":") for each in living):
        kind, _, whose = slot
        if kind == messages.RECEIPT:
            card = _receipt(tx, about, living, now)
        elif kind == messages.QUESTION:
            card = _question(tx, about, int(whose))
        else:
            card = _card(about, None if whose == "unit" else tx.people.get(PersonId(int(whose))), now)
        tx.outbox.redraw(card, now)


def _about(tx: Transaction, issue: Issue) -> messages.About:
    steps = tx.issues.steps(issue.id)
    return messages.About(
        issue, tx.pilots.get(issue.pilot), tx.pilots.unit(issue.unit), tx.people.get(issue.reporter),
        _person(tx, issue.owner), tx.issues.last_fix(issue.id), steps, ladder.planned(steps, issue),
    )  # fmt: skip


def _receipt(tx: Transaction, about: messages.About, living: Sequence[Living], now: datetime) -> Card:
    slots = [each.slot.split(":") for each in living]
    told = [tx.people.get(PersonId(int(w))) for kind, _, w in slots if kind == messages.CARD and w != "unit"]
    return messages.receipt(about, told, _lead(tx, about.issue), about.reporter.reader, now)


def _question(tx: Transaction, about: messages.About, n: int) -> Card:
    issue, reader = about.issue, about.reporter.reader
    asked = next(each for each in tx.issues.fixes(issue.id) if each.n == n)
    latest = about.fix == asked
    if issue.status is Status.FIXED and latest:
        return messages.fixed_for_you(issue, about.pilot, asked, tx.people.get(asked.author), reader)
    return messages.question_over(issue, asked, reader, latest=latest)


def _card(about: messages.About, viewer: Person | None, now: datetime) -> Card:
    return messages.issue_card(about, viewer.reader if viewer else about.pilot.reader, now, viewer)


# ------------------------------------------------------------------------------------------------------- helpers


def _take(tx: Transaction, issue: Issue, who: Person, now: datetime) -> Issue:
    issue = _happen(tx, replace(issue, owner=who.id), Event.TAKE, who.id, now)
    pilot = tx.pilots.get(issue.pilot)
    _say_in_thread(tx, issue, messages.taken_in_thread(who, pilot, pilot.reader), now)
    redraw(tx, issue, now)
    return issue


def _show_owner(tx: Transaction, issue: Issue, who: Person, now: datetime) -> Card:
    """The owner's own card, posted where they have none so far."""
    card = _card(_about(tx, issue), who, now)
    if card.slot not in {living.slot for living in tx.outbox.living(issue.id)}:
        _put(tx, issue, who, card, now, "owner")
    return card


def _happen(tx: Transaction, issue: Issue, event: Event, who: PersonId | None, now: datetime, words: str = "") -> Issue:
    """Move the issue as the event does, save it, and write the history and the audit."""
    before = issue.status
    after = lifecycle.after(issue, event) if event in lifecycle.TABLE else before
    issue = replace(issue, status=after, version=issue.version + (event in lifecycle.TABLE), events=issue.events + 1)
    tx.issues.save(issue)
    _write(tx, issue, event, who, now, before, words)
    return issue


def _write(
    tx: Transaction, issue: Issue, event: Event, who: PersonId | None, now: datetime, before: Status, words: str = ""
) -> None:
    tx.issues.record(Happening(issue.id, issue.events, now, who, event, before, issue.status, words))
    tx.audit.write(who, f"issue.{event}", issue.reference, now)


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
    issue = _happen(tx, issue, Event.ESCALATED, None, now, messages.step(step, pilot, pilot.reader))
    for person in told:
        _put(tx, issue, person, messages.step_taken(issue, step, told, person.reader, now), now, "step")
    _say_in_thread(tx, issue, messages.step_in_thread(issue, step, told, pilot.reader), now)
    return issue


def _miss(tx: Transaction, issue: Issue, step: Step, now: datetime) -> Issue:
    """Dated at the deadline whenever it is noticed. The lead hears, and so does the reporter."""
    pilot = tx.pilots.get(issue.pilot)
    told = _audience(tx, issue, step)
    issue = _happen(tx, issue, Event.MISSED, None, now)
    for person in told:
        _put(tx, issue, person, messages.step_taken(issue, step, told, person.reader, now), now, "missed")
    reporter = tx.people.get(issue.reporter)
    leads = tx.people.having(issue.pilot, Role.LEAD)
    sorry = messages.missed_for_reporter(issue, pilot, leads, _person(tx, issue.owner), reporter.reader, now)
    _put(tx, issue, reporter, sorry, now, "sorry")
    _say_in_thread(tx, issue, messages.step_in_thread(issue, step, told, pilot.reader), now)
    return issue


def _ask_again(tx: Transaction, issue: Issue, now: datetime) -> Issue:
    asked = tx.issues.last_fix(issue.id)
    if asked is None:
        return issue
    issue = _happen(tx, issue, Event.ASKED_AGAIN, None, now)
    reporter, author = tx.people.get(issue.reporter), tx.people.get(asked.author)
    card = messages.fixed_for_you(issue, tx.pilots.get(issue.pilot), asked, author, reporter.reader, again=True)
    _put(tx, issue, reporter, replace(card, slot=None), now, "again")
    return issue


def _silence(tx: Transaction, issue: Issue, now: datetime) -> Issue:
    issue = _happen(tx, issue, Event.SILENCE, None, now)
    reporter = tx.people.get(issue.reporter)
    _put(tx, issue, reporter, messages.closed_by_silence(issue, reporter.reader), now, "silence")
    return issue


def _repeat(tx: Transaction, issue: Issue, step: Step, now: datetime) -> None:
    every = step.every
    due = step.due_at
    while every and due <= now:
        due += every
    tx.issues.add_steps(issue.id, [replace(step, n=len(tx.issues.steps(issue.id)) + 1, due_at=due)])


def _plan_anew(tx: Transaction, issue: Issue, now: datetime) -> None:
    """The rungs of another severity, from now on; the deadline, the miss and what follows it stay."""
    steps = tx.issues.steps(issue.id)
    for step in steps:
        if step.outcome is None and step.deed is Deed.TELL and not step.every:
            tx.issues.settle_step(issue.id, replace(step, done_at=now, outcome=Outcome.NOT_NEEDED))
    tx.issues.add_steps(issue.id, ladder.rungs(issue.severity, now, issue.due_at, first=len(steps) + 1))
    _plan_next(tx, issue, tx.issues.steps(issue.id))


def _end_steps(tx: Transaction, issue: Issue, needs: set[Needs], now: datetime) -> None:
    for step in tx.issues.steps(issue.id):
        if step.outcome is None and step.needs in needs:
            tx.issues.settle_step(issue.id, replace(step, done_at=now, outcome=Outcome.NOT_NEEDED))


def _plan_next(tx: Transaction, issue: Issue, steps: Sequence[Step]) -> None:
    """One agenda entry per issue points at its next step."""
    due = ladder.next_due(steps) if issue.is_open else None
    key = f"{AGENDA}:{issue.id}"
    if due is None:
        tx.agenda.drop(key)
    else:
        tx.agenda.put(Due(key, AGENDA, issue.id, due))


def _tell_more(tx: Transaction, issue: Issue, now: datetime) -> None:
    """Whoever should hear of an issue this bad, and has not so far, gets its card."""
    have = {living.slot for living in tx.outbox.living(issue.id)}
    about = _about(tx, issue)
    for person in routing.first_to_hear(issue.severity, issue.unit, partial(tx.people.having, issue.pilot)):
        card = _card(about, person, now)
        if card.slot not in have:
            _put(tx, issue, person, card, now, "told")


def _audience(tx: Transaction, issue: Issue, step: Step) -> tuple[Person, ...]:
    return routing.audience(step.tell, issue, partial(tx.people.having, issue.pilot), _person(tx, issue.owner))


def _stale(tx: Transaction, issue: Issue, version: int, event: Event, reader: Reader, now: datetime) -> Card | None:
    """A press on a card that showed an earlier state does nothing and draws it anew."""
    if version != issue.version:
        return _overtaken(tx, issue, reader, now)
    possible = lifecycle.possible(issue, event) or (event is Event.FIX and issue.status is Status.REPORTED)
    return None if possible else messages.not_now(issue, reader)


def _overtaken(tx: Transaction, issue: Issue, reader: Reader, now: datetime) -> Card:
    redraw(tx, issue, now)
    return messages.overtaken(issue, reader)


def _put(tx: Transaction, issue: Issue, person: Person, card: Card, now: datetime, what: str) -> None:
    # The key names the row of history that caused it, so a repeated transaction cannot send it twice.
    tx.outbox.post(person.address, card, now, key=f"{_key(issue, what)}:{person.id}", issue=issue.id)


def _say_in_thread(tx: Transaction, issue: Issue, card: Card, now: datetime) -> None:
    unit = tx.pilots.unit(issue.unit)
    below = f"{messages.CARD}:{issue.id}:unit"
    tx.outbox.post(unit.channel, card, now, key=_key(issue, "thread"), issue=issue.id, below=below)


def _key(issue: Issue, what: str) -> str:
    return f"{issue.id}:{issue.events}:{what}"


def _person(tx: Transaction, person: PersonId | None) -> Person | None:
    return tx.people.get(person) if person is not None else None


def _concerned(tx: Transaction, issue: Issue) -> tuple[Person, ...]:
    """Whose work a reporter's word is about: the owner, and who made the fix where that was somebody else."""
    ids = dict.fromkeys(each for each in (issue.owner, issue.fixer) if each is not None)
    return tuple(tx.people.get(each) for each in ids)


def _lead(tx: Transaction, issue: Issue) -> Person | None:
    return next(iter(tx.people.having(issue.pilot, Role.LEAD)), None)


def _settled(tx: Transaction, notice: Notice) -> tuple[Issue | None, int]:
    kind, _, n = (notice.settles or "").partition(":")
    if notice.issue is None or kind != FIXED:
        return None, 0
    return tx.issues.get(notice.issue), int(n)
