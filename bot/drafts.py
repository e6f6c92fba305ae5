"""Words that are not yet a report: kept for a day, sent with one tap, asked about after five minutes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import issues, merges, messages, privacy, questions
from bot.actions import ReplyWith, SameAs
from bot.cards import Card, Form
from bot.history import IDENTITY
from bot.model import Draft, DraftId, Due, Issue, Person, PersonId, Pilot, Severity, Status
from bot.parser import may_be_nameless
from bot.permissions import Deed, authorize
from bot.ports import Transaction
from bot.stems import sent_twice
from bot.typed import fold

ASK = "draft"
FORGET = "draft-end"
ASK_AFTER = timedelta(minutes=5)
KEPT = timedelta(hours=24)
LATELY = 5  # reports that somebody may have sent within that time
SOON = timedelta(minutes=10)  # the same words within this time are asked about: an answer that was lost looks like that


def keep(
    tx: Transaction,
    who: Person,
    words: str,
    now: datetime,
    *,
    severity: Severity | None = None,
    behalf: PersonId | None = None,
) -> Card:
    """Keep the words, masked, and ask whether they are a report. Nothing is filed by accident, and nothing is lost."""
    authorize(who, Deed.REPORT, tx.pilots.get(who.pilot))
    masked = privacy.mask(words)
    draft = Draft(DraftId(tx.new_id()), who.id, masked.words, now, severity, behalf)
    plan(tx, draft, now)
    return messages.draft(_view(tx, draft, who, found=masked.found))


def plan(tx: Transaction, draft: Draft, now: datetime) -> None:
    """Store it, to be asked about soon and forgotten after a day."""
    tx.drafts.add(draft)
    tx.agenda.put(Due(f"{ASK}:{draft.id}", ASK, draft.id, now + ASK_AFTER))
    tx.agenda.put(Due(f"{FORGET}:{draft.id}", FORGET, draft.id, now + KEPT))


def take_in(tx: Transaction, who: Person, words: str, level: Severity, now: datetime) -> Card:
    """A line that is plainly a report: filed at once, unless there is something to ask first.

    Masked words are looked at before they are sent, but never where a patient is at risk; a question that was answered
    before is offered that answer; the same words again within minutes are asked about.
    """
    masked = privacy.mask(words)
    if level is not Severity.PATIENT_AT_RISK:
        asked = level is Severity.QUESTION and questions.alike(tx, tx.pilots.get(who.pilot), masked.words)
        if masked.found or asked or _sent_before(tx, who, masked.words, now):
            return keep(tx, who, words, now, severity=level)
    return issues.report(tx, who, masked.words, level, now, start=now)


def _sent_before(tx: Transaction, who: Person, words: str, now: datetime) -> Issue | None:
    """Nearly the same by the same person, minutes ago."""
    language = tx.pilots.get(who.pilot).language
    lately = (each for each in tx.issues.of_reporter(who.id, LATELY) if each.reported_at > now - SOON)
    return next((each for each in lately if sent_twice(words, each.summary, language)), None)


def report_for(tx: Transaction, who: Person, name: str, words: str, level: Severity, now: datetime) -> Card:
    """For somebody who told it at a huddle or by phone: they stay the reporter and are asked."""
    pilot = tx.pilots.get(who.pilot)
    authorize(who, Deed.REPORT_FOR, pilot)
    people = named(tx, pilot, name)
    if len(people) != 1:
        return messages.who_is_that(name, people, who.reader)
    (reporter,) = people
    masked = privacy.mask(words)
    if masked.found and level is not Severity.PATIENT_AT_RISK:
        return keep(tx, who, words, now, severity=level, behalf=reporter.id)
    return _file(tx, who, reporter, masked.words, level, now, now)


def named(tx: Transaction, pilot: Pilot, name: str) -> Sequence[Person]:
    """Who can be meant by what stood after the @: an account, an e-mail, a name or its beginning."""
    wanted = fold(name.lstrip("@").strip())
    everybody = tx.people.everybody(pilot.id)
    exact = [p for p in everybody if wanted and wanted in {fold(p.address.id), fold(p.email), fold(p.name)}]
    return exact or [p for p in everybody if wanted and fold(p.name).startswith(wanted)]


def _file(
    tx: Transaction, who: Person, reporter: Person, words: str, level: Severity, now: datetime, start: datetime
) -> Card:
    receipt = issues.report(tx, reporter, words, level, now, start=start)
    return receipt if who.id == reporter.id else messages.filed_for(receipt, reporter, who.reader)


def send(tx: Transaction, who: Person, draft: DraftId, severity: Severity, now: datetime) -> Card:
    """File the draft; its clock runs from the first words."""
    kept = own(tx, who, draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    end(tx, kept, who, now, sent=True)
    reporter = tx.people.get(kept.behalf) if kept.behalf is not None else who
    return _file(tx, who, reporter, kept.words, severity, now, kept.received_at)


def edit(tx: Transaction, who: Person, draft: DraftId) -> Form | Card:
    """The form with the draft's words; what comes of it takes the draft's place."""
    kept = own(tx, who, draft)
    return messages.draft_form(kept, who.reader, {}, {}) if kept else messages.draft_gone(who.reader)


def edited(tx: Transaction, who: Person, draft: DraftId, words: str, level: Severity, now: datetime) -> Card:
    """Sent from that form; masked again, since it was typed again."""
    kept = own(tx, who, draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    end(tx, kept, who, now, sent=True)
    reporter = tx.people.get(kept.behalf) if kept.behalf is not None else who
    return _file(tx, who, reporter, privacy.mask(words).words, level, now, kept.received_at)


def drop(tx: Transaction, who: Person, draft: DraftId, now: datetime) -> Card:
    """Forget the words, as their author wishes."""
    kept = own(tx, who, draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    end(tx, kept, who, now, sent=False)
    return messages.draft_dropped(who.reader)


def same_as(tx: Transaction, who: Person, wanted: SameAs, now: datetime) -> Card:
    """It says what an issue says: me too."""
    kept = own(tx, who, wanted.draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    end(tx, kept, who, now, sent=True)
    return merges.me_too(tx, _as(tx, kept, who), tx.issues.get(wanted.issue), now)


def reply_with(tx: Transaction, who: Person, wanted: ReplyWith, now: datetime) -> Card | Form:
    """It is the reporter's word on their issue."""
    kept = own(tx, who, wanted.draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    end(tx, kept, who, now, sent=True)
    issue = tx.issues.get(wanted.issue)
    speaker = tx.people.get(issue.reporter) if issue.reporter in tx.handles.behind(who.address) else who
    return questions.reply(tx, speaker, issue, kept.words, now)


def ask_again(tx: Transaction, subject: int, now: datetime) -> None:
    """Nobody tapped for five minutes: the nurse was called away, so ask once more."""
    draft = tx.drafts.get(DraftId(subject))
    if draft:
        person = tx.people.get(draft.person)
        view = _view(tx, draft, person, again=True)
        card = messages.nameless_draft(view) if person.nameless else messages.draft(view)
        tx.outbox.post(person.address, card, now, key=f"{ASK}:{draft.id}")


def forget(tx: Transaction, subject: int, now: datetime) -> None:
    """A day has passed: the words go back to their author, and nothing of them is kept."""
    draft = tx.drafts.get(DraftId(subject))
    if draft:
        person = tx.people.get(draft.person)
        end(tx, draft, person, now, sent=False)
        tx.outbox.post(person.address, messages.draft_expired(draft, person.reader), now, key=f"{FORGET}:{draft.id}")


def own(tx: Transaction, who: Person, draft: DraftId) -> Draft | None:
    """Their draft; one without a name through their handle, or, where no identity is kept, by its token alone."""
    kept = tx.drafts.get(draft)
    if kept is None or kept.person == who.id:
        return kept
    handle = tx.handles.get(kept.person)
    if handle is None or (handle.identity is not None and handle.id not in tx.handles.behind(who.address)):
        return None
    return kept


def _as(tx: Transaction, draft: Draft, who: Person) -> Person:
    return tx.people.get(draft.person) if draft.person != who.id else who


def end(tx: Transaction, draft: Draft, who: Person, now: datetime, *, sent: bool) -> None:
    tx.drafts.drop(draft.id)
    if not sent and tx.handles.get(draft.person):  # after what is still said of it, no way back is needed
        tx.agenda.put(Due(f"{IDENTITY}:{draft.person}", IDENTITY, draft.person, now + KEPT))
    tx.agenda.drop(f"{ASK}:{draft.id}")
    tx.agenda.drop(f"{FORGET}:{draft.id}")
    tx.outbox.redraw(messages.draft_over(draft, who.reader, sent=sent), now)


def _view(
    tx: Transaction,
    draft: Draft,
    who: Person,
    *,
    found: Sequence[privacy.Identifier] = (),
    again: bool = False,
) -> messages.DraftView:
    """Everything that the question is drawn from."""
    pilot = tx.pilots.get(who.pilot)
    reporters = {who.id, *tx.handles.behind(who.address)} if who.address.id else {who.id}
    waiting = [each for one in reporters for each in tx.issues.of_reporter(one, messages.LISTED)]
    return messages.DraftView(
        draft, pilot, who.reader,
        likely=[each for each in merges.likely(tx, pilot, draft.words) if each.reporter not in reporters],
        same=_sent_before(tx, who, draft.words, draft.received_at),
        answers=questions.alike(tx, pilot, draft.words),
        waiting=[each for each in waiting if each.status is Status.NEEDS_INFO],
        behalf=tx.people.get(draft.behalf) if draft.behalf is not None else None,
        found=found, again=again, named=may_be_nameless(draft.words),
    )  # fmt: skip
