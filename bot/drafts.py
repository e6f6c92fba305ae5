"""Words that are not yet a report: kept for a day, sent with one tap, asked about after five minutes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import issues, merges, messages, privacy, questions
from bot.actions import ReplyWith, SameAs
from bot.cards import Card, Form
from bot.history import IDENTITY
from bot.model import Draft, DraftId, Due, Handle, Issue, Person, PersonId, Pilot, Severity, Status
from bot.parser import may_be_nameless
from bot.permissions import Deed, authorize
from bot.ports import BOX, Transaction
from bot.stems import sent_twice
from bot.typed import fold

ASK = "draft"
FORGET = "draft-end"
ASK_AFTER = timedelta(minutes=5)
HIDDEN = timedelta(hours=1)  # within which nobody can tell when something without a name was typed
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
    behind: PersonId | None = None,
) -> Card:
    """Keep the words, masked, and ask whether they are a report. Nothing is filed by accident, and nothing is lost.

    `behind` is the handle to which they may be an answer. Then they are kept as its words, or the person's rows would
    lead to it; and asked about at another time, by which it could be told from what else they sent.
    """
    authorize(who, Deed.REPORT, tx.pilots.get(who.pilot))
    masked = privacy.mask(words)
    draft = Draft(DraftId(tx.new_id()), behind or who.id, masked.words, now, severity, behalf)
    plan(tx, draft, now + KEPT, ask_at=now + ASK_AFTER + (_some_time(tx) if behind else timedelta(0)))
    return messages.draft(_view(tx, draft, who, found=masked.found))


def _some_time(tx: Transaction) -> timedelta:
    return timedelta(seconds=tx.new_id() % int(HIDDEN.total_seconds()))


def asked_behind(tx: Transaction, who: Person) -> PersonId | None:
    """The handle of theirs through which they were asked something, and have not answered."""
    handles = tx.handles.behind(who.address)
    return next((each for each in handles if _asked(tx.issues.of_reporter(each, messages.LISTED))), None)


def _asked(own: Iterable[Issue]) -> list[Issue]:
    return [each for each in own if each.status is Status.NEEDS_INFO]


def plan(tx: Transaction, draft: Draft, forget_at: datetime, *, ask_at: datetime | None = None) -> None:
    """Store it, to be asked about soon, if anybody can be, and forgotten after a day."""
    tx.drafts.add(draft)
    tx.agenda.put(Due(f"{FORGET}:{draft.id}", FORGET, draft.id, forget_at))
    if ask_at is not None:
        tx.agenda.put(Due(f"{ASK}:{draft.id}", ASK, draft.id, ask_at))


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
    speaker, issue = _as(tx, kept, who), tx.issues.get(wanted.issue)
    said = merges.me_too(tx, speaker, issue, now)
    followed = tx.issues.followers(merges.survivor_of(tx, issue).id)
    if all(each.person != speaker.id for each in followed):
        return _stays(tx, kept, who, said)
    end(tx, kept, who, now, sent=True)
    return said


def reply_with(tx: Transaction, who: Person, wanted: ReplyWith, now: datetime) -> Card | Form:
    """It is the reporter's word on their issue."""
    kept = own(tx, who, wanted.draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    issue = tx.issues.get(wanted.issue)
    speaker = tx.people.get(issue.reporter) if issue.reporter in tx.handles.behind(who.address) else who
    said = questions.reply(tx, speaker, issue, kept.words, now)
    if isinstance(said, Card) and tx.issues.get(issue.id).events == issue.events:
        return _stays(tx, kept, who, said)
    end(tx, kept, who, now, sent=True)
    return said


def _stays(tx: Transaction, draft: Draft, who: Person, refusal: Card) -> Card:
    """It could not be done, so the words are where they were: what else they may be is asked once more."""
    return messages.draft_stays(refusal, _question(tx, draft, _view(tx, draft, who)))


def ask_again(tx: Transaction, subject: int, now: datetime) -> None:
    """Nobody tapped for five minutes: the nurse was called away, so ask once more."""
    draft = tx.drafts.get(DraftId(subject))
    if draft:
        person = tx.people.get(draft.person)
        card = _question(tx, draft, _view(tx, draft, person, again=True))
        if _behind_a_report(tx, draft):  # not kept up to date: the hour at which it changed would lead to its author
            card = replace(card, slot=None)
        tx.outbox.post(person.address, card, now, key=f"{ASK}:{draft.id}")


def _question(tx: Transaction, draft: Draft, view: messages.DraftView) -> Card:
    nameless = tx.handles.get(draft.person) is not None and not _behind_a_report(tx, draft)
    return messages.nameless_draft(view) if nameless else messages.draft(view)


def _behind_a_report(tx: Transaction, draft: Draft) -> bool:
    """They were typed while a report without a name waited for its reporter's word, and are kept behind its handle."""
    return tx.handles.get(draft.person) is not None and bool(tx.issues.of_reporter(draft.person, 1))


def forget(tx: Transaction, subject: int, now: datetime) -> None:
    """A day has passed: the words go back to their author, if there is a way, and nothing of them is kept."""
    draft = tx.drafts.get(DraftId(subject))
    if draft:
        person = tx.people.get(draft.person)
        end(tx, draft, person, now, sent=False)
        if person.address.platform == BOX:
            return
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
    """A report without a name joins without one; what was typed while another one waited is the person's own word."""
    return who if draft.person == who.id or _behind_a_report(tx, draft) else tx.people.get(draft.person)


def end(tx: Transaction, draft: Draft, who: Person, now: datetime, *, sent: bool) -> None:
    tx.drafts.drop(draft.id)
    tx.agenda.drop(f"{ASK}:{draft.id}")
    tx.agenda.drop(f"{FORGET}:{draft.id}")
    if _behind_a_report(tx, draft):
        return
    handle = tx.handles.get(draft.person)
    if handle and not sent:
        _let_go(tx, handle, now)
    tx.outbox.redraw(messages.draft_over(draft, who.reader, sent=sent), now)


def _let_go(tx: Transaction, handle: Handle, now: datetime) -> None:
    """Nothing will be sent through it. Where somebody is behind it, they are still told what became of their words."""
    if handle.identity is None:
        tx.handles.drop(handle.id)
    else:
        tx.agenda.put(Due(f"{IDENTITY}:{handle.id}", IDENTITY, handle.id, now + KEPT))


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
    reporters = [who.id, *(tx.handles.behind(who.address) if who.address.id else ())]
    hidden = tx.handles.get(draft.person) is not None
    # What lies in the person's own rows is never offered as the answer to a question about a report without a name.
    heard = reporters if hidden else reporters[:1]
    waiting = [each for one in heard for each in _asked(tx.issues.of_reporter(one, messages.LISTED))]
    return messages.DraftView(
        draft, pilot, who.reader,
        likely=[each for each in merges.likely(tx, pilot, draft.words) if each.reporter not in reporters],
        same=_sent_before(tx, who, draft.words, draft.received_at),
        answers=questions.alike(tx, pilot, draft.words),
        waiting=waiting,
        behalf=tx.people.get(draft.behalf) if draft.behalf is not None else None,
        found=found, again=again, named=hidden or may_be_nameless(draft.words),
    )  # fmt: skip
