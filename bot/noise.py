"""Limits on noise: six messages that the bot begins, per person and week, in their hours; the rest is kept together.

Outside of this are the steps of the ladder, whatever an issue owes its reporter, and replies. What is kept is never
lost: it goes along with the next message, or as one that says it all.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import calendar, messages
from bot.calendar import WEEK
from bot.cards import Card
from bot.messages import Kept
from bot.model import Due, Held, Issue, IssueId, Person, PersonId, Severity
from bot.ports import Transaction

# Kinds of agenda entries, each about one person.
HELD = "held"
DIGEST = "digest"
BURST = "burst"
TOLD = "told"  # how marks begin that say whose card went along in a bundle

MOST = 6  # in a week
DIGEST_AT = 8, 0
MOMENT = timedelta(minutes=2)
AT_ONCE = 2  # cards in that time that come on their own


# ------------------------------------------------------------------------------------------- what the bot begins


def nudge(
    tx: Transaction, person: Person, card: Card, now: datetime, *, key: str, issue: IssueId | None = None
) -> None:
    """A message that the bot begins: posted where they may be written to now, else its title is kept until then."""
    at = free_at(tx, person, now)
    if at <= now:
        at_once(tx, person, card, now, key=key, issue=issue)
    else:
        tx.held.put(Held(key, person.id, issue, card.title, now))
        _plan(tx, HELD, person, at)


def at_once(
    tx: Transaction, person: Person, card: Card, now: datetime, *, key: str, issue: IssueId | None = None
) -> None:
    """The same, whatever the hour."""
    _post(tx, person, card, now, now, key, issue)


def whole(tx: Transaction, person: Person, card: Card, now: datetime, *, key: str) -> None:
    """The same, but all of it is kept until then, not the title alone."""
    _post(tx, person, card, now, free_at(tx, person, now), key, None)


def _post(
    tx: Transaction, person: Person, card: Card, now: datetime, at: datetime, key: str, issue: IssueId | None
) -> None:
    """It counts, and what was kept before goes along. Nothing is counted by whom nobody knows."""
    if not person.nameless:
        card = along(tx, person, card, now)
        tx.held.count(person.id, at)
    tx.outbox.post(person.address, card, now, key=key, issue=issue, release_at=at if at > now else None)


def along(tx: Transaction, person: Person, card: Card, now: datetime) -> Card:
    """The card, with what was kept for them."""
    waiting = lines(tx, person)
    card, many = messages.with_kept(card, _kept(tx, waiting), person.reader)
    if many:
        let_go(tx, person, waiting[:many])
        _plan_rest(tx, person, now)
    return card


def digest(tx: Transaction, person: Person, line: str, now: datetime, issue: Issue) -> None:
    """A line for what they read once a day."""
    tx.held.put(Held(f"{DIGEST}:{issue.id}:{issue.events}:{person.id}", person.id, issue.id, line, now))
    _plan(tx, DIGEST, person, calendar.next_time(*DIGEST_AT, now, person.zone))


def free_at(tx: Transaction, person: Person, now: datetime) -> datetime:
    """The next time at which the bot may begin to write to somebody."""
    at = max(now, person.away_until) if person.away_until else now
    at = _allowed_at(tx, person, at)
    return at if at == now and hours(tx, person, now) is None else _reachable(tx, person, at)


def _allowed_at(tx: Transaction, person: Person, now: datetime) -> datetime:
    """When they will have had fewer than six in a week."""
    sixth = tx.held.nth_last(person.id, MOST)
    return now if sixth is None else max(now, sixth + WEEK)


def hours(tx: Transaction, person: Person, now: datetime) -> datetime | None:
    """When they may be written to by the clock on the wall; None is now."""
    if person.on_duty and not person.away(now) and not (person.duty_until and person.duty_until <= now):
        return None
    at = _reachable(tx, person, now)
    return at if at > now else None


def by_day(person: Person, now: datetime) -> datetime | None:
    """When they may hear of what is for the same day, whatever their hours are; None is now."""
    if person.on_duty and not person.away(now):
        return None
    at = calendar.by_day(now, person.zone)
    return at if at > now else None


def _reachable(tx: Transaction, person: Person, at: datetime) -> datetime:
    return calendar.reachable(at, person.zone, tx.rota.of(person.id, at), person.wrote_at)


# --------------------------------------------------------------------------------------------- many cards in a moment


def burst(
    tx: Transaction, issue: Issue, person: Person, card: Card, at: datetime, now: datetime, *, key: str, outage: bool
) -> bool:
    """Whether this is one card too many about `at`: then it is kept for the one that comes two minutes later.

    Never what keeps somebody from their work or puts a patient at risk, but for reports of a declared outage.
    """
    urgent = issue.severity <= Severity.BLOCKS_WORK
    known = outage and issue.severity is Severity.PATIENT_AT_RISK
    if (urgent and not known) or tx.outbox.lately(person.address, at - MOMENT, at) < AT_ONCE:
        return False
    tx.held.put(Held(f"{BURST}:{key}", person.id, issue.id, messages.kept_line(card, issue), now))
    if card.slot is not None:  # else it is news about a card that they have
        mark = f"{TOLD}:{issue.id}:{person.id}"
        tx.held.put(Held(mark, issue.reporter, issue.id, "", issue.reported_at))
    _plan(tx, BURST, person, at + MOMENT)
    return True


def bundled(tx: Transaction, issue: Issue) -> list[PersonId]:
    """Who was told of it in a bundle, and so has no card of it: kept for its reporter, who reads that they know."""
    return [PersonId(int(each.key.rpartition(":")[2])) for each in _marks(tx, issue)]


def forget_bundled(tx: Transaction, issue: Issue) -> None:
    """Its reporter is not told any more who knows of it."""
    marks = _marks(tx, issue)
    if marks:
        let_go(tx, tx.people.get(issue.reporter), marks)


def _marks(tx: Transaction, issue: Issue) -> list[Held]:
    begins = f"{TOLD}:{issue.id}:"
    return [each for each in tx.held.of(issue.reporter) if each.key.startswith(begins)]


# ------------------------------------------------------------------------------------------------ what was kept goes


def held_due(tx: Transaction, subject: int, now: datetime) -> None:
    """They may be written to again."""
    person = tx.people.get(PersonId(subject))
    at = free_at(tx, person, now)
    if at > now:
        _plan(tx, HELD, person, at)
    elif _send(tx, person, now):
        tx.held.count(person.id, now)


def digest_due(tx: Transaction, subject: int, now: datetime) -> None:
    """It has its own hour, which is theirs."""
    person = tx.people.get(PersonId(subject))
    at = _allowed_at(tx, person, now)
    if at > now:
        _plan(tx, DIGEST, person, calendar.next_time(*DIGEST_AT, at - timedelta(seconds=1), person.zone))
    elif _send(tx, person, now):
        tx.held.count(person.id, now)


def burst_due(tx: Transaction, subject: int, now: datetime) -> None:
    """Two minutes have passed; cards of issues are no part of the six."""
    _send(tx, tx.people.get(PersonId(subject)), now)


def _send(tx: Transaction, person: Person, now: datetime) -> bool:
    waiting = lines(tx, person)[: messages.TOGETHER]
    if not person.active:
        tx.held.clear(person.id)
    if not waiting or not person.active:
        return False
    card = messages.bundle(_kept(tx, waiting), person.reader)
    if any(each.issue is not None and _at_risk(tx.issues.get(each.issue)) for each in waiting):
        card = messages.with_bedside(card, tx.pilots.get(person.pilot), person.reader)
    tx.outbox.post(person.address, card, now, key=f"{HELD}:{person.id}:{now.isoformat()}")
    let_go(tx, person, waiting)
    _plan_rest(tx, person, now)
    return True


def _at_risk(issue: Issue) -> bool:
    return issue.severity is Severity.PATIENT_AT_RISK and issue.is_open


def lines(tx: Transaction, person: Person) -> Sequence[Held]:
    """What is kept for them. A row without words is a mark of somebody else's."""
    return [each for each in tx.held.of(person.id) if each.words]


def _kept(tx: Transaction, waiting: Sequence[Held]) -> list[Kept]:
    return [
        Kept(each.words, each.issue, tx.issues.get(each.issue).reference if each.issue is not None else "")
        for each in waiting
    ]


def let_go(tx: Transaction, person: Person, told: Sequence[Held]) -> None:
    """These wait no longer; the rest goes on waiting."""
    gone = {each.key for each in told}
    rest = [each for each in tx.held.of(person.id) if each.key not in gone]
    tx.held.clear(person.id)
    for each in rest:
        tx.held.put(each)


def _plan_rest(tx: Transaction, person: Person, now: datetime) -> None:
    """What did not fit comes as soon as it may."""
    if lines(tx, person):
        _plan(tx, HELD, person, max(free_at(tx, person, now), now + MOMENT))


def _plan(tx: Transaction, kind: str, person: Person, at: datetime) -> None:
    """Never later than it was planned before."""
    planned = tx.watch.planned(kind).get(person.id, at)
    tx.agenda.put(Due(f"{kind}:{person.id}", kind, person.id, min(at, planned)))
