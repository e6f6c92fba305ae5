"""Who works on an issue: it is taken, escalated, given back, handed over; its cause; lines to and from its reporter.

A use case whose button opens a form returns that form until everything it needs is there, with a sentence beside what
is missing or wrong.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from bot import calendar, gate, living, messages, routing, steps
from bot.actions import Do
from bot.cards import OPTIONS, Card, Form
from bot.history import happen
from bot.model import (
    Asked,
    Audience,
    Event,
    Issue,
    Needs,
    Person,
    Role,
    Status,
)
from bot.ports import Transaction

UNOWNED = frozenset({Needs.UNOWNED})
_WAITS = frozenset({Needs.UNINFORMED, Needs.WITH_VENDOR})


# ------------------------------------------------------------------------------------------------------- who has it


def take(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """Own the issue."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    issue = taken(tx, issue, who, now)
    living.redraw(tx, issue, now)
    return living.show_owner(tx, issue, who, now)


def taken(tx: Transaction, issue: Issue, who: Person, now: datetime) -> Issue:
    """Theirs, where nobody owns it: what somebody of the team does to such an issue takes it first."""
    if issue.status is not Status.REPORTED:
        return issue
    issue = happen(tx, replace(issue, owner=who.id), Event.TAKE, who, now)
    pilot = tx.pilots.get(issue.pilot)
    living.say_in_thread(tx, issue, messages.taken_in_thread(who, pilot, pilot.reader), now)
    living.show_owner(tx, issue, who, now)
    return issue


def escalate(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """Into the fix team's queue; nobody owns it until somebody there takes it."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    pilot, former = tx.pilots.get(issue.pilot), living.person(tx, issue.owner)
    issue = happen(tx, replace(issue, owner=None, queued=True), Event.ESCALATE, who, now)
    steps.plan_anew(tx, issue, now, UNOWNED)
    living.show_team(tx, issue, now)
    heard = routing.audience((Audience.RESPONDERS,), issue, living.roster(tx, issue, now), None)
    told = _others(heard, who)
    put_before(tx, issue, told, lambda one: messages.escalated_to_you(issue, who, one, now), now)
    _tell_former(tx, issue, former, who, None, now)
    living.say_in_thread(tx, issue, messages.escalated_in_thread(who, pilot, pilot.reader), now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.escalated(issue, pilot, told, who.reader), who)


def release(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """Give it back: those who would hear of it if it were new hear of it again."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    former = living.person(tx, issue.owner)
    issue = happen(tx, replace(issue, owner=None), Event.RELEASE, who, now)
    told = _nobodys(tx, issue, former, who, now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.released(issue, told, who.reader), who)


def _nobodys(
    tx: Transaction, issue: Issue, former: Person | None, by: Person | None, now: datetime
) -> tuple[Person, ...]:
    """It has lost its owner: the rungs count anew, and those who hear first hear again, but for whoever had it."""
    steps.plan_anew(tx, issue, now, UNOWNED)
    roster = living.roster(tx, issue, now)
    without = replace(roster, having=lambda role: _but(former, role, roster.having(role)))
    heard = routing.first_to_hear(issue.severity, issue.unit, issue.reporter, without)
    told = _others(heard, by or former)
    put_before(tx, issue, told, lambda one: messages.released_to_you(issue, by, one, now), now)
    _tell_former(tx, issue, former, by, None, now)
    reader = tx.pilots.get(issue.pilot).reader
    living.say_in_thread(tx, issue, messages.released_in_thread(by, reader), now)
    return told


def _but(former: Person | None, role: Role, people: Iterable[Person]) -> tuple[Person, ...]:
    """Whoever gave it back is not who takes it next; a lead always hears."""
    hands_on = role in {Role.CHAMPION, Role.RESPONDER}
    return tuple(each for each in people if not hands_on or former is None or each.id != former.id)


def _others(people: Iterable[Person], who: Person | None) -> tuple[Person, ...]:
    return tuple(each for each in people if who is None or each.id != who.id)


def _tell_former(
    tx: Transaction, issue: Issue, former: Person | None, by: Person | None, to: Person | None, now: datetime
) -> None:
    if former is not None and former.active and (by is None or former.id != by.id):
        told = messages.no_longer_yours(issue, by, to, former.reader)
        living.tell(tx, issue, former, told, now, "former")


def put_before(
    tx: Transaction, issue: Issue, people: Iterable[Person], news: Callable[[Person], Card], now: datetime
) -> None:
    """Whoever has no card of it gets one; whoever has is told what is new, since an edit notifies nobody."""
    have = {each.slot for each in tx.outbox.living(issue.id)}
    about = living.about(tx, issue)
    for person in people:
        card = living.card(about, person, now)
        shown = news(person) if card.slot in have else card
        living.tell(tx, issue, person, shown, now, "told")


# ---------------------------------------------------------------------------------------------------- handing over


def hand_over_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else _hand_over_form(tx, issue, who, now, {}, {})


def hand_over(
    tx: Transaction, who: Person, wanted: Do, to: Person | None, now: datetime, words: str = ""
) -> Card | Form:
    """To a champion of its unit, somebody of the fix team or a lead; `to` None where none was chosen."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    able = can_have(tx, issue, now)
    if to is None or to.id not in {each.id for each in able}:
        values = {"words": words} | ({"to": str(to.id)} if to else {})
        error = messages.cannot_take_it(tx.pilots.get(issue.pilot), who.reader)
        return _hand_over_form(tx, issue, who, now, values, {"to": error})
    issue = handed_over(tx, issue, to, now, by=who, words=words)
    return living.guarded(tx, issue, messages.handed_over(issue, to, who.reader), who)


def handed_over(
    tx: Transaction, issue: Issue, to: Person | None, now: datetime, *, by: Person | None = None, words: str = ""
) -> Issue:
    """Somebody else's from now on; to nobody where nobody is there. `by` None is the clock."""
    former = living.person(tx, issue.owner)
    if to is None:
        issue = happen(tx, replace(issue, owner=None), Event.HAND_OVER, by, now, back_to=Status.REPORTED)
        end_waits(tx, issue, now)
        _nobodys(tx, issue, former, by, now)
    else:
        issue = happen(tx, replace(issue, owner=to.id), Event.HAND_OVER, by, now, str(to.id))
        _tell_owner(tx, issue, to, by, words, now)
        _tell_former(tx, issue, former, by, to, now)
    living.redraw(tx, issue, now)
    return issue


def handed_on(tx: Transaction, issue: Issue, now: datetime, *, by: Person | None = None) -> Issue:
    """What comes back to an owner who is not there goes on to somebody who is."""
    to = who_goes_on(tx, issue, now, by=by)
    return issue if to is not None and to.id == issue.owner else handed_over(tx, issue, to, now)


def who_goes_on(tx: Transaction, issue: Issue, now: datetime, *, by: Person | None = None) -> Person | None:
    """Its owner where they are there, as whoever brings it back is; else the next one."""
    owner = living.person(tx, issue.owner)
    if owner is not None and (_there(owner, now) or (by is not None and by.id == owner.id)):
        return owner
    return next_owner(tx, issue, owner, now)


def _there(person: Person, now: datetime) -> bool:
    return person.active and person.on_duty and not person.away(now)


def next_owner(tx: Transaction, issue: Issue, former: Person | None, now: datetime) -> Person | None:
    """The unit's champion on shift with the least on hand, else of the fix team; never whoever reported it."""
    not_them = {issue.reporter, former.id if former else None}

    def there(role: Role) -> list[Person]:
        return [each for each in tx.people.having(issue.pilot, role) if _there(each, now) and each.id not in not_them]

    champions = [each for each in there(Role.CHAMPION) if each.trained and each.unit == issue.unit]
    able = champions or there(Role.RESPONDER)
    return min(able, key=lambda each: len(tx.issues.owned_by(each.id)), default=None)


def _tell_owner(tx: Transaction, issue: Issue, to: Person, by: Person | None, words: str, now: datetime) -> None:
    if by is None or by.id != to.id:
        living.tell(tx, issue, to, messages.handed_to_you(issue, by, words, to, now), now, "yours")
    living.show_owner(tx, issue, to, now)
    pilot = tx.pilots.get(issue.pilot)
    living.say_in_thread(tx, issue, messages.handed_in_thread(to, pilot, pilot.reader), now)


def can_have(tx: Transaction, issue: Issue, now: datetime) -> tuple[Person, ...]:
    """Who could own it besides its owner: those on duty first, then champions, fix team, leads."""
    found = {
        each.id: each
        for role in (Role.CHAMPION, Role.RESPONDER, Role.LEAD)
        for each in tx.people.having(issue.pilot, role)
        if role is not Role.CHAMPION or (each.trained and each.works_on(issue.unit))
    }
    able = [each for each in found.values() if not each.away(now) and each.id != issue.owner]
    return tuple(sorted(able, key=lambda each: not each.on_duty))


def _hand_over_form(
    tx: Transaction, issue: Issue, who: Person, now: datetime, values: dict[str, str], errors: dict[str, str]
) -> Card | Form:
    able = can_have(tx, issue, now)
    if not able:
        return messages.nobody_to_take_it(issue, who.reader)
    pilot = tx.pilots.get(issue.pilot)
    return messages.hand_over_form(issue, pilot, able[:OPTIONS], who.reader, values, errors)


def resume(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """Go on without the reporter's answer."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    issue = happen(tx, issue, Event.RESUME, who, now)
    end_waits(tx, issue, now)
    owner = living.person(tx, issue.owner)
    if owner is not None and owner.id != who.id:
        living.tell(tx, issue, owner, messages.resumed_for_owner(issue, who, owner, now), now, "resumed")
    reader = tx.pilots.get(issue.pilot).reader
    living.say_in_thread(tx, issue, messages.resumed_in_thread(who, reader), now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.resumed(issue, who.reader), who)


def end_waits(tx: Transaction, issue: Issue, now: datetime) -> None:
    """It waits no longer, neither for its reporter nor for a vendor."""
    steps.end(tx, issue, _WAITS, now)
    for wait in tx.issues.vendor_waits(issue.id):
        if wait.until is None:
            tx.issues.save_vendor_wait(replace(wait, until=now))


# ------------------------------------------------------------------------------------------------- cause and date


def explain_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.explain_form(issue, who.reader, now, {}, {})


def explain(tx: Transaction, who: Person, wanted: Do, cause: str, expected: str, now: datetime) -> Card | Form:
    """Why it happened, or was missed, and when a fix is expected; `expected` empty where nobody knows."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    at, errors = expected_at(expected, who, now)
    if not cause:
        errors["cause"] = messages.no_cause(who.reader)
    if errors:
        values = {"cause": cause, "expected": expected}
        return messages.explain_form(issue, who.reader, now, values, errors)
    issue = happen(tx, replace(issue, cause=cause, expected_at=at), Event.EXPLAIN, who, now, cause)
    reader = tx.pilots.get(issue.pilot).reader
    living.say_in_thread(tx, issue, messages.explained_in_thread(issue, reader, now), now)
    living.redraw(tx, issue, now)
    return messages.explained(issue, who.reader, now)


def expected_at(typed: str, who: Person, now: datetime) -> tuple[datetime | None, dict[str, str]]:
    """The day that was typed, and the sentence for its field where it cannot be read or has passed."""
    at = calendar.moment(typed, now, who.zone) if typed else None
    return at, {"expected": messages.not_ahead(who.reader)} if typed and at is None else {}


# ---------------------------------------------------------------------------------- lines to and from the reporter


def relay_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.relay_form(issue, who, {}, {})


def relay(tx: Transaction, who: Person, wanted: Do, words: str, now: datetime) -> Card | Form:
    """From the team to the reporter, who may have no name; the reporter's own line goes to the owner."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    if not words:
        return messages.relay_form(issue, who, {}, {"words": messages.no_line(who.reader)})
    if who.id == issue.reporter:
        return line(tx, who, issue, words, now)
    issue = happen(tx, issue, Event.RELAY, who, now, words)
    # Answered from the start: it tells, and asks for nothing.
    tx.issues.save_asked(Asked(issue.id, issue.events, who.id, now, words, answered_at=now))
    reporter, pilot = tx.people.get(issue.reporter), tx.pilots.get(issue.pilot)
    living.put(tx, issue, reporter, messages.from_team(issue, pilot, who, words, reporter.reader), now, "relay")
    return messages.relayed(issue, who.reader)


def line(tx: Transaction, who: Person, issue: Issue, words: str, now: datetime) -> Card:
    """The reporter writes to the owner; where nobody owns it, to all who can help."""
    issue = happen(tx, issue, Event.RELAY, who, now, words)
    owner = living.person(tx, issue.owner)
    if owner is not None and owner.id != who.id:
        living.tell(tx, issue, owner, messages.from_reporter(issue, words, owner), now, "line")
    else:
        reader = tx.pilots.get(issue.pilot).reader
        living.say_in_thread(tx, issue, messages.from_reporter_in_thread(words, reader), now)
    return messages.line_passed_on(issue, owner, who.reader)
