"""A way to go on meanwhile: offered, checked where it could harm, delivered, and asked after when it expires.

It counts as help once it has reached the reporter; `bot.fixes` hands on what the courier reports, and a fix takes its
place.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot import calendar, deadline, gate, ladder, living, merges, messages, routing, steps, work
from bot.actions import Do, StillServes
from bot.cards import Card, Form
from bot.history import happen
from bot.lifecycle import possible
from bot.model import (
    Audience,
    Deed,
    Event,
    Help,
    Issue,
    Needs,
    Person,
    Workaround,
)
from bot.permissions import authorize
from bot.ports import Transaction
from bot.risks import risky

WAY = "way"  # what a notice settles when a workaround has reached its reporter
LASTS = timedelta(days=7)
AT_MOST = timedelta(days=30)
_IN_PLACE = frozenset({Needs.WORKED_AROUND})
_TO_CHECK = frozenset({Needs.UNCHECKED})


# ---------------------------------------------------------------------------------------------------------- offered


def form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.workaround_form(issue, who.reader, {}, {})


def offer(tx: Transaction, who: Person, wanted: Do, words: str, until: str, now: datetime) -> Card | Form:
    """What the reporter can do until it is fixed; `until` is the day as it was typed, empty for a week."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    expires_at = calendar.moment(until, now, who.zone) if until else now + LASTS
    errors = _wrong(who, words, expires_at, now)
    if errors or expires_at is None:
        values = {"words": words, "until": until}
        return messages.workaround_form(issue, who.reader, values, errors)
    pilot = tx.pilots.get(issue.pilot)
    issue = happen(tx, work.taken(tx, issue, who, now), Event.WORK_AROUND, who, now)
    way = Workaround(issue.id, issue.events, who.id, now, words, expires_at, risky(words, pilot.language))
    tx.issues.save_workaround(way)
    reply = _to_be_checked(tx, issue, way, who, now) if way.risky else _sent(tx, issue, way, who, now)
    living.say_in_thread(tx, issue, messages.way_in_thread(way, who, pilot.reader), now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, reply, who)


def _wrong(who: Person, words: str, expires_at: datetime | None, now: datetime) -> dict[str, str]:
    errors = {} if words else {"words": messages.no_way(who.reader)}
    if expires_at is None:
        errors["until"] = messages.not_ahead(who.reader)
    elif expires_at > now + AT_MOST:
        errors["until"] = messages.until_too_far(AT_MOST.days, who.reader)
    return errors


def _sent(tx: Transaction, issue: Issue, way: Workaround, who: Person, now: datetime) -> Card:
    _deliver(tx, issue, way, now)
    return messages.way_on_its_way(issue, who.reader)


def _to_be_checked(tx: Transaction, issue: Issue, way: Workaround, who: Person, now: datetime) -> Card:
    """It could harm: the safety officer and the lead hear the same day, nobody else is told to do it."""
    hear = (Audience.SAFETY, Audience.LEAD)
    told = routing.audience(hear, issue, living.roster(tx, issue, now), None)
    for person in told:
        living.tell_today(tx, issue, person, messages.check_this(issue, way, who, person), now, "check")
    if not any(each.needs in _TO_CHECK and each.outcome is None for each in tx.issues.steps(issue.id)):
        steps.add(tx, issue, ladder.unchecked(now, 1))
        steps.plan_next(tx, issue)
    return messages.way_waits(issue, told, who.reader)


def _deliver(tx: Transaction, issue: Issue, way: Workaround, now: datetime) -> None:
    """To the reporter, whom it has to reach, and to everybody else whom it concerns."""
    pilot, author = tx.pilots.get(issue.pilot), tx.people.get(way.author)
    reporter = tx.people.get(issue.reporter)
    card = messages.way_for_reporter(issue, pilot, way, author, reporter.reader, now)
    living.put(tx, issue, reporter, card, now, f"way-{way.n}", settles=f"{WAY}:{way.n}")
    for known_as, person in merges.others(tx, issue):
        too = messages.way_for_others(known_as, pilot, way, author, person.reader, now)
        living.put(tx, known_as, person, too, now, f"way-{issue.id}-{way.n}")


# ---------------------------------------------------------------------------------------------------------- checked


def check_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    found = _unchecked(tx, who, wanted, now)
    return found if isinstance(found, Card) else messages.check_form(*found, who.reader, {}, {})


def check(tx: Transaction, who: Person, wanted: Do, ok: str, words: str, now: datetime) -> Card | Form:
    """The safety officer or a lead says whether one may be done.

    `ok` is "yes" or "no", the latter with a reason, and which one is meant: "yes 7". Alone, it means the only one.
    """
    found = _unchecked(tx, who, wanted, now)
    if isinstance(found, Card):
        return found
    issue, waiting = found
    said, _, n = ok.partition(" ")
    if n and n not in {str(each.n) for each in waiting}:  # somebody has judged it meanwhile
        return messages.nothing_to_check(issue, who.reader)
    meant = [each for each in waiting if n in {"", str(each.n)}]
    errors = {} if said in {"yes", "no"} and len(meant) == 1 else {"ok": messages.choose_one(who.reader)}
    if said == "no" and not words:
        errors["words"] = messages.why_unsafe(who.reader)
    if errors:
        return messages.check_form(issue, waiting, who.reader, {"ok": ok, "words": words}, errors)
    return _checked(tx, issue, meant[0], who, words, now, refused=said == "no")


def _checked(
    tx: Transaction, issue: Issue, way: Workaround, who: Person, words: str, now: datetime, *, refused: bool
) -> Card:
    issue = happen(tx, issue, Event.CHECK, who, now, words)
    way = replace(way, checked_by=who.id, refused=refused, ended_at=now if refused else None)
    tx.issues.save_workaround(way)
    _end_check(tx, issue, now)
    if not refused:
        _deliver(tx, issue, way, now)
    _tell_checked(tx, issue, way, who, words, now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.way_checked(issue, way, who.reader), who)


def _unchecked(tx: Transaction, who: Person, wanted: Do, now: datetime) -> tuple[Issue, list[Workaround]] | Card:
    """Those that wait, the longest first."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    waiting = [each for each in tx.issues.workarounds(issue.id) if each.waits_for_check]
    return (issue, waiting) if waiting else messages.nothing_to_check(issue, who.reader)


def _end_check(tx: Transaction, issue: Issue, now: datetime) -> None:
    if not any(each.waits_for_check for each in tx.issues.workarounds(issue.id)):
        steps.end(tx, issue, _TO_CHECK, now)


def _tell_checked(tx: Transaction, issue: Issue, way: Workaround, by: Person, words: str, now: datetime) -> None:
    for person in _concerned(tx, issue, way).values():
        if person.id != by.id:
            told = messages.way_judged(issue, way, by, words, person, now)
            living.tell(tx, issue, person, told, now, "checked")
    reader = tx.pilots.get(issue.pilot).reader
    living.say_in_thread(tx, issue, messages.way_judged_in_thread(way, by, reader), now)


def _concerned(tx: Transaction, issue: Issue, way: Workaround) -> Mapping[object, Person]:
    """Its author, and the owner."""
    people = (tx.people.get(way.author), living.person(tx, issue.owner))
    return {each.id: each for each in people if each}


# --------------------------------------------------------------------------------------- what the courier reports


def arrived(tx: Transaction, issue: Issue, n: int, now: datetime) -> None:
    """It has reached the reporter: from then on it is in place, and counts as help where nothing had helped before."""
    way = _of_row(tx, issue, n)
    if way is None or way.delivered_at:
        return
    tx.issues.save_workaround(replace(way, delivered_at=now))
    if way.ended_at or not issue.is_open:  # a fix has taken its place meanwhile
        return
    issue = _in_its_place(tx, issue, way, now)
    if issue.addressed_at is None:
        stamped = happen(
            tx, deadline.addressed(issue, now, Help.WORKAROUND, n), Event.ADDRESSED, None, now, f"{Help.WORKAROUND}:{n}"
        )
        issue = steps.noticed(tx, issue, stamped, now)
    steps.end(tx, issue, _IN_PLACE, now)
    steps.add(tx, issue, ladder.worked_around(issue.severity, now, way.expires_at, 1))
    steps.plan_next(tx, issue)
    living.redraw(tx, issue, now)


def _in_its_place(tx: Transaction, issue: Issue, way: Workaround, now: datetime) -> Issue:
    """What was in place before is no more; where that is what counted, the newer one stands for it now."""
    counted = issue.addressed_n
    for each in tx.issues.workarounds(issue.id):
        if each.holds and each.n != way.n:
            tx.issues.save_workaround(replace(each, ended_at=now))
            counted = way.n if issue.addressed_n == each.n else counted
    if counted != issue.addressed_n:
        issue = replace(issue, addressed_n=counted)
        tx.issues.save(issue)
    return issue


def undelivered(tx: Transaction, issue: Issue, n: int, now: datetime) -> None:
    """It has not reached the reporter, so it is none: its author and the owner hear so."""
    way = _of_row(tx, issue, n)
    if way is None or way.delivered_at or way.ended_at:
        return
    tx.issues.save_workaround(replace(way, ended_at=now))
    issue = happen(tx, issue, Event.UNDELIVERED, None, now, back_to=issue.status)
    for person in _concerned(tx, issue, way).values():
        told = messages.way_not_delivered(issue, way, person, now)
        living.tell(tx, issue, person, told, now, f"undelivered-{n}")
    living.redraw(tx, issue, now)


def _of_row(tx: Transaction, issue: Issue, n: int) -> Workaround | None:
    return next((each for each in tx.issues.workarounds(issue.id) if each.n == n), None)


# -------------------------------------------------------------------------------------------------- whether it serves


def fails(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """The reporter says so: it is over, and where it is what counted, the stamp is void and the first clock goes on."""
    before = gate.enter(tx, who, wanted, now)
    if isinstance(before, Card):
        return before
    way = living.holding(tx.issues.workarounds(before.id))
    if way is None:
        return messages.way_is_over(before, who.reader)
    tx.issues.save_workaround(replace(way, ended_at=now))
    counted = before.addressed_by is Help.WORKAROUND and before.addressed_n == way.n
    issue = deadline.voided(before, now) if counted else before
    issue = happen(tx, issue, Event.WORKAROUND_FAILS, who, now)
    steps.end(tx, issue, _IN_PLACE, now)
    _tell_failed(tx, issue, way, now)
    issue = steps.noticed(tx, before, issue, now)
    living.redraw(tx, issue, now)
    owner = living.person(tx, issue.owner)
    return living.guarded(tx, issue, messages.way_fails_noted(issue, owner, who.reader, now), who)


def _tell_failed(tx: Transaction, issue: Issue, way: Workaround, now: datetime) -> None:
    for person in _concerned(tx, issue, way).values():
        told = messages.way_fails_for_owner(issue, way, person, now)
        living.tell(tx, issue, person, told, now, "fails")
    for known_as, person in merges.others(tx, issue):
        warned = messages.way_fails_for_others(known_as, way, person.reader)
        living.put(tx, known_as, person, warned, now, f"fails-{issue.id}-{way.n}")
    reader = tx.pilots.get(issue.pilot).reader
    living.say_in_thread(tx, issue, messages.way_fails_in_thread(way, reader), now)


def still_serves(tx: Transaction, who: Person, wanted: StillServes, now: datetime) -> Card:
    """As long again from now; its history says since when it has been in place."""
    issue = tx.issues.get(wanted.issue)
    authorize(who, Event.WORKAROUND_FAILS, issue)
    way = _of_row(tx, issue, wanted.n)
    if way is None or not way.holds or not possible(issue, Event.WORKAROUND_FAILS, now):
        return messages.way_is_over(issue, who.reader)
    way = replace(way, at=now, expires_at=now + (way.expires_at - way.at))
    tx.issues.save_workaround(way)
    issue = happen(tx, issue, Event.WORK_AROUND, who, now, "still serves")
    _ask_later(tx, issue, way, now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.serves_until(issue, way, who.reader, now), who)


def _ask_later(tx: Transaction, issue: Issue, way: Workaround, now: datetime) -> None:
    """The reporter when it expires; the owner's reminders stay as they were planned."""
    planned = [each for each in tx.issues.steps(issue.id) if each.needs in _IN_PLACE and each.outcome is None]
    steps.end(tx, issue, _IN_PLACE, now)
    asks = Deed.ASK_STILL_SERVES
    steps.add(tx, issue, [replace(each, due_at=way.expires_at) if each.deed is asks else each for each in planned])
    steps.plan_next(tx, issue)
