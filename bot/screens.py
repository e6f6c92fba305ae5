"""What people look at: their own reports, the queue, the pilot's figures, what is owed, and their Home."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import auditor, coverage, duty, figures, letters, messages
from bot.cards import Card
from bot.model import Event, Issue, Person, Role, Status
from bot.permissions import Deed, authorize, may
from bot.ports import Transaction

SOON = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class HomePage:
    """One page of somebody's Home: what it is called among the others, and by its reader."""

    key: str
    name: str
    cards: tuple[Card, ...]


def mine(tx: Transaction, who: Person, now: datetime) -> Card:
    """What this person has reported or follows, newest first; what they reported without a name too."""
    authorize(who, Deed.SEE_MINE, tx.pilots.get(who.pilot))
    followed = tx.issues.followed_by(who.id, messages.LISTED)
    return messages.mine(own(tx, who), followed, who.reader, now)


def own(tx: Transaction, who: Person) -> list[Issue]:
    """Everything this person has reported, newest first; with the name or through a handle."""
    ids = (who.id, *tx.handles.behind(who.address))
    found = [issue for each in ids for issue in tx.issues.of_reporter(each, messages.LISTED)]
    return sorted(found, key=lambda issue: (issue.reported_at, issue.number), reverse=True)[: messages.LISTED]


def queue(tx: Transaction, who: Person, now: datetime) -> Card:
    """Open issues of the pilot, the least time left first, those that are helped last; of a champion's units only."""
    authorize(who, Deed.SEE_QUEUE, tx.pilots.get(who.pilot))
    shown = [each for each in tx.issues.open_in(who.pilot, 10 * messages.LISTED) if may(who, Deed.SEE_ISSUE, each)]
    shown.sort(key=lambda each: each.addressed_at is not None)
    return messages.queue(shown[: messages.LISTED], who.reader, now)


def pilot(tx: Transaction, who: Person, now: datetime) -> Card:
    """The published numbers as they stand."""
    shown = tx.pilots.get(who.pilot)
    authorize(who, Deed.SEE_FIGURES, shown)
    reclassified = tx.issues.count_with(shown.id, Event.CHANGE_SEVERITY)
    return messages.figures(shown, figures.of(tx.issues.reported_in(shown.id), now, reclassified), who.reader)


def home(tx: Transaction, who: Person, now: datetime) -> tuple[HomePage, ...]:
    """What a platform shows on somebody's own page, by what they are to the pilot."""
    names = messages.pages(who.reader)
    now_cards = [mine(tx, who, now)]
    if may(who, Deed.SEE_QUEUE, tx.pilots.get(who.pilot)):
        now_cards.insert(0, queue(tx, who, now))
    if may(who, Deed.BE_ON_DUTY, tx.pilots.get(who.pilot)):
        now_cards.append(duty.look(tx, who, now))
    pages = [HomePage("home", names.now, tuple(now_cards))]
    if who.has(Role.LEAD):
        pages.insert(0, HomePage("owed", names.owed, owed(tx, who, now)))
        pages.append(HomePage("people", names.people, (coverage.look(tx, who, now),)))
    if who.has(Role.LEAD, Role.SPONSOR):
        pages.append(HomePage("numbers", names.numbers, (pilot(tx, who, now), *promises(tx, who, now))))
    return tuple(pages)


def owed(tx: Transaction, who: Person, now: datetime) -> tuple[Card, ...]:
    """What is due within six hours, missed and not explained, never confirmed, not delivered."""
    authorize(who, Deed.SEE_CARE, tx.pilots.get(who.pilot))
    due = tx.issues.due_before(who.pilot, now + SOON, messages.LISTED)
    unexplained = tx.issues.missed_without_cause(who.pilot, messages.LISTED)
    unconfirmed = tx.issues.waiting_for_word(who.pilot, messages.LISTED)
    unsent = letters.waiting(tx, who)[: messages.LISTED]
    return (
        messages.due_soon(due, who.reader, now),
        messages.unexplained(unexplained, who.reader, now),
        messages.unconfirmed(unconfirmed, who.reader, now),
        messages.dead_letters(unsent, who.reader, now),
    )


def promises(tx: Transaction, who: Person, now: datetime) -> tuple[Card, ...]:
    """How the engine keeps its word, to whom the pilot's care is."""
    if not may(who, Deed.SEE_CARE, tx.pilots.get(who.pilot)):
        return ()
    return (messages.promises(auditor.promises(tx, now), who.reader),)


def awaiting(tx: Transaction, who: Person) -> list[Issue]:
    """This person's reports whose fix waits for their word; also those that follow one that is fixed."""
    found = []
    for issue in own(tx, who):
        survivor = tx.issues.get(issue.merged_into) if issue.status is Status.MERGED and issue.merged_into else None
        if issue.status is Status.FIXED or (survivor and survivor.status is Status.FIXED):
            found.append(issue)
    return found
