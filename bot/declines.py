"""An issue is declined, by a lead alone and always with a reason; its reporter can object."""

from dataclasses import replace
from datetime import datetime

from bot import deadline, gate, lifecycle, living, merges, messages, routing, steps, work
from bot.actions import Do
from bot.cards import Card, Form
from bot.history import happen
from bot.model import Audience, Event, Issue, Person, Role
from bot.ports import Transaction


def propose_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.propose_form(issue, who.reader, {}, {})


def propose(tx: Transaction, who: Person, wanted: Do, words: str, now: datetime) -> Card | Form:
    """A lead is asked to decline it."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    if not words:
        return messages.propose_form(issue, who.reader, {}, {"words": messages.no_reason(who.reader)})
    issue = happen(tx, work.taken(tx, issue, who, now), Event.PROPOSE_DECLINE, who, now, words)
    leads = routing.audience((Audience.LEAD,), issue, living.roster(tx, issue, now), None)
    for lead in leads:
        living.tell(tx, issue, lead, messages.proposal(issue, who, words, lead), now, "proposal")
    reader = tx.pilots.get(issue.pilot).reader
    living.say_in_thread(tx, issue, messages.proposed_in_thread(who, words, reader), now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.proposed(issue, leads, who.reader), who)


def decline_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    """Begins with the reason that was proposed, if one was."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    rows = reversed(tx.issues.history(issue.id))
    proposed = next((each.words for each in rows if each.event is Event.PROPOSE_DECLINE), "")
    return messages.decline_form(issue, who.reader, {"words": proposed}, {})


def decline(tx: Transaction, who: Person, wanted: Do, words: str, instead: str, now: datetime) -> Card | Form:
    """Say no, why, and where it goes instead. Whoever declines it owns it if its reporter objects."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    errors = {} if words else {"words": messages.no_reason(who.reader)}
    errors |= {} if instead else {"instead": messages.no_place(who.reader)}
    if errors:
        return messages.decline_form(issue, who.reader, {"words": words, "instead": instead}, errors)
    before = work.taken(tx, issue, who, now)
    late = deadline.passed(before) if now >= before.due_at else before
    issue = happen(tx, replace(late, owner=who.id), Event.DECLINE, who, now, f"{words}\n{instead}")
    work.end_waits(tx, issue, now)
    _say_declined(tx, issue, who, words, instead, now)
    former = living.person(tx, before.owner)
    if former is not None and former.id != who.id:
        living.tell(tx, issue, former, messages.declined_for_owner(issue, who, words, former.reader), now, "former")
    issue = merges.freed(tx, issue, now)
    issue = steps.noticed(tx, before, issue, now)
    living.redraw(tx, issue, now)
    return messages.declined(issue, now + lifecycle.APPEAL, who.reader, now)


def _say_declined(tx: Transaction, issue: Issue, by: Person, words: str, instead: str, now: datetime) -> None:
    """The reporter is owed the reason and the way to object; those who said "me too" hear why as well."""
    pilot, reporter = tx.pilots.get(issue.pilot), tx.people.get(issue.reporter)
    until = now + lifecycle.APPEAL
    told = messages.declined_for_reporter(issue, pilot, by, words, instead, until, reporter.reader, now)
    living.put(tx, issue, reporter, told, now, "declined")
    for follower in tx.issues.followers(issue.id):
        person = tx.people.get(follower.person)
        card = messages.declined_for_follower(issue, pilot, by, words, instead, person.reader)
        living.put(tx, issue, person, card, now, "declined")
    living.say_in_thread(tx, issue, messages.declined_in_thread(by, words, instead, pilot.reader), now)


def appeal_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.appeal_form(issue, who.reader, {})


def appeal(tx: Transaction, who: Person, wanted: Do, words: str, now: datetime) -> Card:
    """It is open again, and the first clock has gone on all the while. The lead who declined it owns it, if there."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    owner = _hears_objection(tx, issue, now)
    running = replace(deadline.voided(issue, now), owner=owner.id if owner else None)
    opened = happen(tx, running, Event.APPEAL, who, now, words)
    steps.plan_anew(tx, opened, now)
    if owner is not None:
        living.tell(tx, opened, owner, messages.appealed(opened, words, owner, now), now, "appeal")
    living.say_in_thread(tx, opened, messages.appealed_in_thread(tx.pilots.get(issue.pilot).reader), now)
    opened = steps.noticed(tx, issue, opened, now)
    living.redraw(tx, opened, now)
    return living.guarded(tx, opened, messages.appeal_noted(opened, owner, who.reader, now), who)


def _hears_objection(tx: Transaction, issue: Issue, now: datetime) -> Person | None:
    """The lead who declined it where they are there, else their deputy, else another lead."""
    declined_by = living.person(tx, issue.owner)
    deputy = living.person(tx, declined_by.deputy) if declined_by else None
    for each in (declined_by, deputy, *tx.people.having(issue.pilot, Role.LEAD)):
        if each is not None and each.active and not each.away(now):
            return each
    return living.lead(tx, issue, now)
