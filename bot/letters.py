"""Messages that could not be delivered, and what a lead does about them."""

from collections.abc import Sequence
from datetime import datetime

from bot import messages
from bot.cards import Card
from bot.model import Person
from bot.permissions import Deed, authorize
from bot.ports import DeadLetter, Transaction

_LOOKED_AT = 1_000  # of all pilots, among which those of one are found


def waiting(tx: Transaction, who: Person) -> Sequence[DeadLetter]:
    """Those of this person's pilot, and those that are about no issue."""
    letters = tx.outbox.dead_letters(_LOOKED_AT)
    return [each for each in letters if each.issue is None or tx.issues.get(each.issue).pilot == who.pilot]


def _theirs(tx: Transaction, who: Person, notice: int) -> bool:
    return any(each.id == notice for each in waiting(tx, who))


def send_again(tx: Transaction, who: Person, notice: int, now: datetime) -> Card:
    """Try it once more."""
    authorize(who, Deed.SETTLE_LETTER, tx.pilots.get(who.pilot))
    if not _theirs(tx, who, notice):
        return messages.letter_gone(who.reader)
    tx.audit.write(who.id, "notice.again", str(notice), now)
    tried = tx.outbox.send_again(notice, now)
    return messages.letter_again(who.reader) if tried else messages.letter_gone(who.reader)


def set_aside(tx: Transaction, who: Person, notice: int, now: datetime) -> Card:
    """Somebody has told the person face to face."""
    authorize(who, Deed.SETTLE_LETTER, tx.pilots.get(who.pilot))
    if not _theirs(tx, who, notice):
        return messages.letter_gone(who.reader)
    tx.audit.write(who.id, "notice.seen", str(notice), now)
    return messages.letter_seen(who.reader) if tx.outbox.set_aside(notice) else messages.letter_gone(who.reader)
