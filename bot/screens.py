"""What people look at: their own reports, the queue, the pilot's figures, an issue, and their Home."""

from datetime import datetime

from bot import figures, messages
from bot.cards import Card
from bot.model import Issue, Person, Role, Status
from bot.permissions import Deed, authorize
from bot.ports import Transaction


def mine(tx: Transaction, who: Person, now: datetime) -> Card:
    """What this person has reported, newest first."""
    authorize(who, Deed.SEE_MINE, tx.pilots.get(who.pilot))
    return messages.mine(tx.issues.of_reporter(who.id, messages.LISTED), who.reader, now)


def queue(tx: Transaction, who: Person, now: datetime) -> Card:
    """Open issues of the pilot, the least time left first."""
    authorize(who, Deed.SEE_QUEUE, tx.pilots.get(who.pilot))
    return messages.queue(tx.issues.open_in(who.pilot, messages.LISTED), who.reader, now)


def pilot(tx: Transaction, who: Person, now: datetime) -> Card:
    """The published numbers as they stand."""
    shown = tx.pilots.get(who.pilot)
    authorize(who, Deed.SEE_FIGURES, shown)
    return messages.figures(shown, figures.of(tx.issues.reported_in(shown.id), now), who.reader)


def home(tx: Transaction, who: Person, now: datetime) -> list[Card]:
    """What a platform shows on somebody's own page, by what they are to the pilot."""
    cards = []
    if who.has(Role.LEAD, Role.SPONSOR):
        cards.append(pilot(tx, who, now))
    if who.has(Role.CHAMPION, Role.RESPONDER, Role.LEAD, Role.SAFETY):
        cards.append(queue(tx, who, now))
    return [*cards, mine(tx, who, now)]


def awaiting(tx: Transaction, who: Person) -> list[Issue]:
    """This person's reports whose fix waits for their word."""
    return [issue for issue in tx.issues.of_reporter(who.id, messages.LISTED) if issue.status is Status.FIXED]
