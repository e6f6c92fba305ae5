"""An issue is reported, put before those who can help, and looked at.

As with all use cases: they read, decide, write rows (the messages to send among them) and return what the person is
shown. None commits.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot import deadline, gate, ladder, living, merges, messages, risks, routing, steps
from bot.actions import Do, More, ShowWords
from bot.cards import Card, Form
from bot.history import blurred, happen, write
from bot.model import Audience, Event, Issue, IssueId, NonUse, Person, Pilot, Severity, Status
from bot.permissions import Deed as Leave
from bot.permissions import authorize, may
from bot.ports import Transaction
from bot.stems import stems

ISSUE = "issue"  # what search knows them as
HELD = timedelta(hours=1)  # a small shift: the time at which a card appears must not name its reporter


def report(
    tx: Transaction,
    reporter: Person,
    words: str,
    level: Severity,
    now: datetime,
    *,
    start: datetime,
    again_of: IssueId | None = None,
) -> Card:
    """Open an issue, put it before those who can fix it, and tell the reporter who that is.

    `start` is when the server first received the words; the deadline counts from it.
    """
    pilot = tx.pilots.get(reporter.pilot)
    authorize(reporter, Leave.REPORT, pilot)
    likely = merges.likely(tx, pilot, words)
    issue = _opened(tx, pilot, reporter, words, level, now, start, again_of)
    about = living.about(tx, issue)
    told = hear(tx, about, now, outage=any(each.outage for each in likely))
    receipt = messages.receipt(about, told, living.lead(tx, issue, now), reporter.reader, now)
    receipt = messages.with_likely(receipt, issue, likely, reporter.reader)
    living.put(tx, issue, reporter, receipt, now, "receipt")
    return receipt


def _opened(
    tx: Transaction,
    pilot: Pilot,
    reporter: Person,
    words: str,
    level: Severity,
    now: datetime,
    start: datetime,
    again_of: IssueId | None,
) -> Issue:
    start = blurred(start) if reporter.nameless else start
    issue = Issue(
        id=IssueId(tx.new_id()), pilot=pilot.id, unit=reporter.unit, key=pilot.key,
        number=tx.pilots.next_number(pilot.id), reporter=reporter.id, owner=None, fixer=None, summary=words,
        severity=level, status=Status.REPORTED, version=1, reported_at=start,
        due_at=deadline.due_at(start, pilot.target), target=pilot.target, nameless=reporter.nameless,
        again_of=again_of, queued=level <= Severity.BLOCKS_WORK, events=1,
    )  # fmt: skip
    tx.issues.add(issue)
    own = tx.pilots.rungs(pilot.id, start) or ladder.RUNGS
    tx.issues.add_steps(issue.id, ladder.plan(level, start, issue.due_at, table=own))
    write(tx, issue, Event.REPORT, reporter, now, before=Status.REPORTED, words=str(int(level)))
    steps.plan_next(tx, issue)
    tx.search.index(pilot.id, ISSUE, issue.id, stems(words, pilot.language))
    return issue


def hear(tx: Transaction, about: messages.About, now: datetime, *, outage: bool) -> tuple[Person, ...]:
    """Put it before those who can help; who they are. A small shift's report appears at a time that names nobody.

    Many reports of a declared `outage` come as one, also where a patient is at risk.
    """
    issue, unit = about.issue, about.unit
    later = _later(tx, issue, now) if issue.nameless and unit.wide else None
    told = routing.first_to_hear(issue.severity, issue.unit, issue.reporter, living.roster(tx, issue, now))
    card = living.card(about, None, now)
    tx.outbox.post(unit.channel, card, now, key=living.key(issue, "unit"), issue=issue.id, release_at=later)
    for person in told:
        living.tell(tx, issue, person, living.card(about, person, now), now, "told", after=later, outage=outage)
    if issue.queued:
        living.show_team(tx, issue, now)
    living.page(tx, issue, now)
    return told


def _later(tx: Transaction, issue: Issue, now: datetime) -> datetime | None:
    urgent = issue.severity <= Severity.BLOCKS_WORK
    return None if urgent else now + timedelta(seconds=tx.new_id() % int(HELD.total_seconds()))


def show(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    """The issue as it stands, to read now: not a card that is kept up to date."""
    follows = any(each.person == who.id for each in tx.issues.followers(issue.id))
    authorize(who, Leave.SEE_ISSUE, issue, follows=follows)
    about = living.about(tx, issue)
    if may(who, Leave.SEE_ISSUE, issue) and who.id != issue.reporter:
        card = living.card(about, who, now)
    elif who.id == issue.reporter:
        card = living.receipt(tx, about, tx.outbox.living(issue.id), now)
    else:
        card = messages.for_follower(about, who.reader, now)
    return messages.with_all_words(replace(card, slot=None), issue, who.reader)


def show_words(tx: Transaction, who: Person, wanted: ShowWords) -> Card:
    """All that was written, a page at a time: cards show only how it begins."""
    issue = tx.issues.get(wanted.issue)
    authorize(who, Leave.SEE_ISSUE, issue)
    return messages.all_words(issue, wanted.page, who.reader)


def more(tx: Transaction, who: Person, wanted: More, now: datetime) -> Card:
    """Everything that this person can do about the issue now."""
    issue = tx.issues.get(wanted.issue)
    authorize(who, Leave.SEE_ISSUE, issue)
    return messages.more(living.about(tx, issue), who, now)


def detail_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.detail_form(issue, who.reader, {}, {})


def detail(
    tx: Transaction, who: Person, wanted: Do, place: str, instead: str, why: NonUse | None, now: datetime
) -> Card:
    """Where it happens, and what the reporter does instead; an unsafe way reaches the safety officer the same day."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    issue = replace(issue, place=place or issue.place, instead=instead or issue.instead, non_use=why or issue.non_use)
    issue = happen(tx, issue, Event.DETAIL, who, now, why or "")
    if risks.risky(instead, tx.pilots.get(issue.pilot).language):
        _warn_safety(tx, issue, now)
    living.redraw(tx, issue, now)
    return messages.detail_noted(issue, who.reader)


def _warn_safety(tx: Transaction, issue: Issue, now: datetime) -> None:
    safety = routing.audience((Audience.SAFETY,), issue, living.roster(tx, issue, now), None)
    for person in safety:
        living.tell_today(tx, issue, person, messages.unsafe_instead(issue, person), now, "unsafe")
