"""An issue waits for a vendor: who has it, under which reference, and when somebody asks again."""

from datetime import datetime

from bot import gate, ladder, living, messages, steps, work
from bot.actions import Do
from bot.cards import Card, Form
from bot.history import happen
from bot.model import Event, Issue, Person, VendorWait
from bot.ports import Transaction


def form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.vendor_form(issue, who.reader, {}, {})


def send(
    tx: Transaction, who: Person, wanted: Do, vendor: str, reference: str, expected: str, now: datetime
) -> Card | Form:
    """Wait for a vendor; the clock goes on. `expected` is the day they named, as it was typed; empty where none."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    at, errors = work.expected_at(expected, who, now)
    if not vendor:
        errors["vendor"] = messages.no_vendor(who.reader)
    if errors:
        values = {"vendor": vendor, "reference": reference, "expected": expected}
        return messages.vendor_form(issue, who.reader, values, errors)
    issue = happen(tx, work.taken(tx, issue, who, now), Event.SEND_TO_VENDOR, who, now, vendor)
    wait = VendorWait(issue.id, issue.events, vendor, reference, at, now)
    tx.issues.save_vendor_wait(wait)
    checks = ladder.with_vendor(issue.severity, now, 1)
    steps.add(tx, issue, checks)
    steps.plan_next(tx, issue)
    _say_sent(tx, issue, wait, who, now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.sent_to_vendor(issue, wait, checks[0].due_at, who.reader, now), who)


def _say_sent(tx: Transaction, issue: Issue, wait: VendorWait, who: Person, now: datetime) -> None:
    reporter, reader = tx.people.get(issue.reporter), tx.pilots.get(issue.pilot).reader
    living.put(tx, issue, reporter, messages.with_vendor(issue, wait, reporter.reader, now), now, "vendor")
    living.say_in_thread(tx, issue, messages.sent_in_thread(wait, who, reader, now), now)


def replied(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """The vendor has answered: it is worked on again."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    issue = came_back(tx, issue, who, now)
    return living.guarded(tx, issue, messages.vendor_replied(issue, who.reader, now), who)


def came_back(tx: Transaction, issue: Issue, by: Person | None, now: datetime) -> Issue:
    """It waits for the vendor no longer; `by` None is the clock."""
    issue = happen(tx, issue, Event.VENDOR_REPLIED, by, now)
    work.end_waits(tx, issue, now)
    owner = living.person(tx, issue.owner)
    if owner is not None and (by is None or owner.id != by.id):
        living.tell(tx, issue, owner, messages.vendor_replied_for_owner(issue, by, owner, now), now, "replied")
    living.say_in_thread(tx, issue, messages.vendor_replied_in_thread(tx.pilots.get(issue.pilot).reader), now)
    living.redraw(tx, issue, now)
    return issue
