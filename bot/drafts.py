"""Words that are not yet a report: kept for a day, sent with one tap, asked about after five minutes."""

from datetime import datetime, timedelta

from bot import issues, messages
from bot.cards import Card
from bot.model import Draft, DraftId, Due, Person, Severity
from bot.parser import may_be_nameless
from bot.permissions import Deed, authorize
from bot.ports import Transaction

ASK = "draft"
FORGET = "draft-end"
ASK_AFTER = timedelta(minutes=5)
KEPT = timedelta(hours=24)


def keep(tx: Transaction, who: Person, words: str, now: datetime) -> Card:
    """Keep the words and ask whether they are a report. Nothing is filed by accident, and nothing is lost."""
    pilot = tx.pilots.get(who.pilot)
    authorize(who, Deed.REPORT, pilot)
    draft = Draft(DraftId(tx.new_id()), who.id, words, now)
    tx.drafts.add(draft)
    tx.agenda.put(Due(f"{ASK}:{draft.id}", ASK, draft.id, now + ASK_AFTER))
    tx.agenda.put(Due(f"{FORGET}:{draft.id}", FORGET, draft.id, now + KEPT))
    return messages.draft(draft, pilot, who.reader, named=may_be_nameless(words))


def send(tx: Transaction, who: Person, draft: DraftId, severity: Severity, now: datetime) -> Card:
    """File the draft; its clock runs from the first words."""
    kept = _own(tx, who, draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    _end(tx, kept, who, now, sent=True)
    return issues.report(tx, who, kept.words, severity, now, start=kept.received_at)


def drop(tx: Transaction, who: Person, draft: DraftId, now: datetime) -> Card:
    """Forget the words, as their author wishes."""
    kept = _own(tx, who, draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    _end(tx, kept, who, now, sent=False)
    return messages.draft_dropped(who.reader)


def ask_again(tx: Transaction, subject: int, now: datetime) -> None:
    """Nobody tapped for five minutes: the nurse was called away, so ask once more."""
    draft = tx.drafts.get(DraftId(subject))
    if draft:
        person = tx.people.get(draft.person)
        named = may_be_nameless(draft.words)
        card = messages.draft(draft, tx.pilots.get(person.pilot), person.reader, again=True, named=named)
        tx.outbox.post(person.address, card, now, key=f"{ASK}:{draft.id}")


def forget(tx: Transaction, subject: int, now: datetime) -> None:
    """A day has passed: the words go back to their author, and nothing of them is kept."""
    draft = tx.drafts.get(DraftId(subject))
    if draft:
        person = tx.people.get(draft.person)
        _end(tx, draft, person, now, sent=False)
        tx.outbox.post(person.address, messages.draft_expired(draft, person.reader), now, key=f"{FORGET}:{draft.id}")


def _own(tx: Transaction, who: Person, draft: DraftId) -> Draft | None:
    kept = tx.drafts.get(draft)
    return kept if kept and kept.person == who.id else None


def _end(tx: Transaction, draft: Draft, who: Person, now: datetime, *, sent: bool) -> None:
    tx.drafts.drop(draft.id)
    tx.agenda.drop(f"{ASK}:{draft.id}")
    tx.agenda.drop(f"{FORGET}:{draft.id}")
    tx.outbox.redraw(messages.draft_over(draft, who.reader, sent=sent), now)
