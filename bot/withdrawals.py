"""A report is withdrawn by its reporter, or joins one that is there already; what others have too stays open."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot import gate, lifecycle, living, merges, messages, steps, work
from bot.actions import Do
from bot.cards import Card
from bot.history import IDENTITY, happen
from bot.model import Due, Event, Issue, Person, Status
from bot.permissions import authorize
from bot.ports import Transaction


def withdraw(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """The reporter takes it back; where others have it too, it stays open for them."""
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else withdrawn(tx, who, issue, now)


def withdrawn(tx: Transaction, who: Person, issue: Issue, now: datetime, words: str = "") -> Card:
    heir = _heir(tx, issue)
    if heir is not None:
        return _handed_on(tx, who, issue, heir, now, words)
    survivor, owner = gate.survivor(tx, issue), living.person(tx, issue.owner)
    closed = happen(tx, replace(issue, merged_into=None), Event.WITHDRAW, who, now, words)
    work.end_waits(tx, closed, now)
    steps.plan_next(tx, closed)
    if owner is not None and owner.id != who.id:
        living.tell(tx, closed, owner, messages.withdrawn_for_owner(closed, owner.reader), now, "withdrawn")
    living.say_in_thread(tx, closed, messages.withdrawn_in_thread(tx.pilots.get(issue.pilot).reader), now)
    if survivor is not None:
        living.redraw(tx, merges.left(tx, survivor, issue, now), now)
    living.redraw(tx, merges.freed(tx, closed, now), now)
    return messages.withdrawn(closed, who.reader)


def same(tx: Transaction, who: Person, issue: Issue, into: Issue, now: datetime) -> Card:
    """The reporter joins what is there already: me too on that one, and their own is withdrawn."""
    authorize(who, Event.WITHDRAW, issue)
    if not lifecycle.possible(issue, Event.WITHDRAW, now):
        return messages.not_now(issue, who.reader)
    survivor = merges.survivor_of(tx, into)
    why = merges.against(issue, survivor, who)
    if why:
        return messages.not_merged(issue, why, who.reader)
    if issue.severity < survivor.severity:
        survivor = merges.worse(tx, survivor, issue, now)
    known = merges.me_too(tx, who, survivor, now)
    withdrawn(tx, who, issue, now, survivor.reference)
    if who.nameless:
        tx.agenda.drop(f"{IDENTITY}:{who.id}")  # they can be told what becomes of the other one
    return messages.same_now(known, issue, survivor, who.reader)


def _heir(tx: Transaction, issue: Issue) -> Person | None:
    """The earliest who said "me too" and is still there."""
    people: Iterable[Person] = (tx.people.get(each.person) for each in tx.issues.followers(issue.id))
    return next((each for each in people if each.active), None)


def _handed_on(tx: Transaction, who: Person, issue: Issue, heir: Person, now: datetime, words: str) -> Card:
    """It stays as it is, with somebody else as its reporter."""
    tx.issues.drop_follower(issue.id, heir.id)
    theirs = replace(issue, reporter=heir.id, nameless=heir.nameless)
    issue = happen(tx, theirs, Event.WITHDRAW, who, now, words, back_to=issue.status)
    if who.nameless:
        keeps = tx.pilots.get(issue.pilot).keeps_identity
        tx.agenda.put(Due(f"{IDENTITY}:{who.id}", IDENTITY, who.id, now + keeps))
    living.put(tx, issue, heir, messages.yours_now(issue, heir.reader), now, "heir")
    receipt = living.receipt(tx, living.about(tx, issue), tx.outbox.living(issue.id), now)
    living.put(tx, issue, heir, receipt, now, "receipt")
    _ask_heir(tx, issue, heir, now)
    living.redraw(tx, issue, now)
    return messages.lives_on(issue, who.reader)


def _ask_heir(tx: Transaction, issue: Issue, heir: Person, now: datetime) -> None:
    """What the former reporter was asked and has not answered."""
    pilot, asked = tx.pilots.get(issue.pilot), living.open_question(tx, issue)
    if issue.status is Status.NEEDS_INFO and asked is not None:
        author = tx.people.get(asked.author)
        living.put(tx, issue, heir, messages.asked_you(issue, pilot, asked, author, heir.reader), now, "asked")
    fix, survivor = living.judged(tx, issue), gate.survivor(tx, issue)
    if survivor is not None and fix is not None and lifecycle.possible(issue, Event.SILENCE, now, survivor):
        merges.ask(tx, issue, fix, now)
