"""The use cases of an issue: reported, taken, fixed, confirmed or still broken. The clock's part is in `bot/steps.py`.

Each reads, decides, writes rows (the messages to send among them) and returns what the person is shown. None commits.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial

from bot import deadline, ladder, lifecycle, living, messages, routing, steps
from bot.actions import ChangeSeverity, FixIt, ShowWords, Take
from bot.cards import Card
from bot.errors import Denied
from bot.history import happen, write
from bot.model import (
    Event,
    Fix,
    FixKind,
    Issue,
    IssueId,
    Needs,
    Person,
    Reader,
    Role,
    Severity,
    Status,
)
from bot.permissions import Deed as Leave
from bot.permissions import authorize
from bot.ports import Notice, Transaction

FIXED = "fix"  # what a notice settles when a fix has reached its reporter


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
    planned = ladder.plan(level, start, issue.due_at)
    tx.issues.add(issue)
    tx.issues.add_steps(issue.id, planned)
    write(tx, issue, Event.REPORT, reporter.id, now, before=Status.REPORTED)
    steps.plan_next(tx, issue, planned)
    unit = tx.pilots.unit(issue.unit)
    told = routing.first_to_hear(level, issue.unit, reporter.id, partial(tx.people.having, pilot.id))
    about = messages.About(issue, pilot, unit, reporter, None, None, planned, ladder.planned(planned, issue))
    card = messages.issue_card(about, pilot.reader, now, None)
    tx.outbox.post(unit.channel, card, now, key=living.key(issue, "unit"), issue=issue.id)
    for person in told:
        living.put(tx, issue, person, messages.issue_card(about, person.reader, now, person), now, "told")
    receipt = messages.receipt(about, told, living.lead(tx, issue), reporter.reader, now)
    living.put(tx, issue, reporter, receipt, now, "receipt")
    return receipt


def take(tx: Transaction, who: Person, wanted: Take, now: datetime) -> Card:
    """Own the issue."""
    issue = tx.issues.get(wanted.issue)
    authorize(who, Event.TAKE, issue)
    stale = _stale(tx, issue, wanted.version, Event.TAKE, who.reader, now)
    if stale:
        return stale
    issue = _take(tx, issue, who, now)
    return living.show_owner(tx, issue, who, now)


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
    issue = happen(tx, replace(issue, fixer=who.id), Event.FIX, who.id, now)
    done = Fix(issue.id, issue.events, who.id, now, kind, words)
    tx.issues.add_fix(done)
    first = len(tx.issues.steps(issue.id)) + 1
    tx.issues.add_steps(issue.id, ladder.follow_up(now, first, may_confirm=who.id != issue.reporter))
    steps.plan_next(tx, issue, tx.issues.steps(issue.id))
    reporter = tx.people.get(issue.reporter)
    question = messages.fixed_for_you(issue, pilot, done, who, reporter.reader)
    settles = f"{FIXED}:{done.n}"
    tx.outbox.post(reporter.address, question, now, key=living.key(issue, "question"), issue=issue.id, settles=settles)
    living.say_in_thread(tx, issue, messages.fixed_in_thread(done, who, pilot.reader), now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.fix_on_its_way(issue, who.reader), who)


def confirm(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    """The reporter says that it is fixed; nobody else can."""
    authorize(who, Event.CONFIRM, issue)
    if not lifecycle.possible(issue, Event.CONFIRM):
        return messages.not_now(issue, who.reader)
    if issue.fixer == who.id:
        return messages.cannot_verify_own(issue, who.reader)
    # The question was evidently read, so the fix has arrived, whatever the courier knows of it so far.
    closed = replace(deadline.addressed(issue, now), verified_at=now)
    issue = steps.noticed(tx, issue, happen(tx, closed, Event.CONFIRM, who.id, now), now)
    pilot = tx.pilots.get(issue.pilot)
    for concerned in _concerned(tx, issue):
        living.put(tx, issue, concerned, messages.confirmed_for_owner(issue, concerned.reader), now, "confirmed")
    living.say_in_thread(tx, issue, messages.confirmed_in_thread(pilot.reader), now)
    living.redraw(tx, issue, now)
    return messages.confirmed(issue, who.reader)


def still_broken(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    """It did not help: the stamp is void and the first clock goes on, with the same owner."""
    authorize(who, Event.STILL_BROKEN, issue)
    if not lifecycle.possible(issue, Event.STILL_BROKEN):
        return messages.not_now(issue, who.reader)
    reopened = happen(tx, deadline.voided(issue, now), Event.STILL_BROKEN, who.id, now)
    steps.end(tx, reopened, {Needs.UNANSWERED}, now)
    for concerned in _concerned(tx, reopened):
        if concerned.id != who.id:
            told = messages.still_broken_for_team(reopened, who, concerned, now)
            living.put(tx, reopened, concerned, told, now, "broken")
    reporter = tx.people.get(issue.reporter)
    if reporter.id != who.id:
        told = messages.reopened_for_reporter(reopened, who, reporter.reader, now)
        living.put(tx, reopened, reporter, told, now, "reopened")
    pilot = tx.pilots.get(issue.pilot)
    living.say_in_thread(tx, reopened, messages.still_broken_in_thread(reopened, who, pilot.reader), now)
    issue = steps.noticed(tx, issue, reopened, now)
    living.redraw(tx, issue, now)
    owner = living.person(tx, issue.owner)
    return living.guarded(tx, issue, messages.still_broken_noted(issue, owner, who.reader, now), who)


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
    issue = happen(tx, replace(issue, severity=level), Event.CHANGE_SEVERITY, who.id, now)
    steps.plan_anew(tx, issue, now)
    reporter = tx.people.get(issue.reporter)
    if milder and who.id != reporter.id:
        living.put(tx, issue, reporter, messages.severity_lowered(issue, who, reporter.reader), now, "milder")
    if not milder:
        _tell_worse(tx, issue, who, now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.severity_changed(issue, who.reader), who)


def show(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    """The issue as it stands, to read now: not a card that is kept up to date."""
    authorize(who, Leave.SEE_ISSUE, issue)
    about = living.about(tx, issue)
    team = who.has(Role.CHAMPION, Role.RESPONDER, Role.LEAD, Role.SAFETY, Role.SPONSOR)
    card = living.card(about, who, now) if team else living.receipt(tx, about, tx.outbox.living(issue.id), now)
    return messages.with_all_words(replace(card, slot=None), issue, who.reader)


def show_words(tx: Transaction, who: Person, wanted: ShowWords) -> Card:
    """All that was written, a page at a time: cards show only how it begins."""
    issue = tx.issues.get(wanted.issue)
    authorize(who, Leave.SEE_ISSUE, issue)
    return messages.all_words(issue, wanted.page, who.reader)


# --------------------------------------------------------------------------------------- what the courier reports


def arrived(tx: Transaction, notice: Notice, now: datetime) -> None:
    """A notice that settles something has reached its reader: a fix that did so counts as help from then on."""
    issue, n = _settled(tx, notice)
    if issue is None or issue.addressed_at is not None or issue.status is not Status.FIXED:
        return
    last = tx.issues.last_fix(issue.id)
    if last and last.n == n:
        helped = happen(tx, deadline.addressed(issue, now), Event.ADDRESSED, None, now)
        living.redraw(tx, steps.noticed(tx, issue, helped, now), now)


def undelivered(tx: Transaction, notice: Notice, now: datetime) -> None:
    """A fix that could not be delivered is none: the issue is open again, and whoever made the fix hears so."""
    issue, n = _settled(tx, notice)
    last = tx.issues.last_fix(issue.id) if issue else None
    if issue is None or last is None or last.n != n or issue.status is not Status.FIXED:
        return
    author = tx.people.get(last.author)
    issue = happen(tx, issue, Event.UNDELIVERED, None, now)
    steps.end(tx, issue, {Needs.UNANSWERED}, now)
    for concerned in _concerned(tx, issue):
        told = messages.fix_not_delivered(issue, author, concerned)
        living.put(tx, issue, concerned, told, now, "undelivered")
    living.redraw(tx, issue, now)


# ------------------------------------------------------------------------------------------------------- helpers


def _take(tx: Transaction, issue: Issue, who: Person, now: datetime) -> Issue:
    issue = happen(tx, replace(issue, owner=who.id), Event.TAKE, who.id, now)
    pilot = tx.pilots.get(issue.pilot)
    living.say_in_thread(tx, issue, messages.taken_in_thread(who, pilot, pilot.reader), now)
    living.redraw(tx, issue, now)
    return issue


def _tell_worse(tx: Transaction, issue: Issue, by: Person, now: datetime) -> None:
    """Whoever should hear of an issue this bad gets its card; whoever has it already, and its owner, are told."""
    have = {each.slot for each in tx.outbox.living(issue.id)}
    about = living.about(tx, issue)
    hear = routing.first_to_hear(issue.severity, issue.unit, issue.reporter, partial(tx.people.having, issue.pilot))
    owner = (about.owner,) if about.owner else ()
    for person in {each.id: each for each in (*hear, *owner)}.values():
        card = living.card(about, person, now)
        if card.slot not in have:
            living.put(tx, issue, person, card, now, "told")
        elif person.id != by.id:
            living.put(tx, issue, person, messages.severity_raised(issue, by, person, now), now, "worse")


def _stale(tx: Transaction, issue: Issue, version: int, event: Event, reader: Reader, now: datetime) -> Card | None:
    """A press on a card that showed an earlier state does nothing and draws it anew."""
    if version != issue.version:
        return _overtaken(tx, issue, reader, now)
    possible = lifecycle.possible(issue, event) or (event is Event.FIX and issue.status is Status.REPORTED)
    return None if possible else messages.not_now(issue, reader)


def _overtaken(tx: Transaction, issue: Issue, reader: Reader, now: datetime) -> Card:
    living.redraw(tx, issue, now)
    return messages.overtaken(issue, reader)


def _concerned(tx: Transaction, issue: Issue) -> tuple[Person, ...]:
    """Whose work a reporter's word is about: the owner, and who made the fix where that was somebody else."""
    ids = dict.fromkeys(each for each in (issue.owner, issue.fixer) if each is not None)
    return tuple(tx.people.get(each) for each in ids)


def _settled(tx: Transaction, notice: Notice) -> tuple[Issue | None, int]:
    kind, _, n = (notice.settles or "").partition(":")
    if notice.issue is None or kind != FIXED:
        return None, 0
    return tx.issues.get(notice.issue), int(n)
