"""Asking and answering: the reporter is asked and replies; answers that were given are kept for whoever asks next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot import gate, ladder, living, messages, steps, work
from bot.actions import Do
from bot.cards import Card, Form
from bot.errors import Denied
from bot.history import happen
from bot.model import (
    AnswerId,
    Asked,
    DraftId,
    Event,
    Fix,
    Issue,
    KnownAnswer,
    Needs,
    Person,
    Pilot,
    Status,
)
from bot.permissions import Deed, authorize
from bot.ports import Transaction
from bot.stems import LIKELY, stems

ANSWER = "answer"  # what search knows them as
SHOWN = 3
_HELPS = frozenset({Status.FIXED, Status.VERIFIED, Status.UNVERIFIED})  # else its asker has said that it does not


# ---------------------------------------------------------------------------------------------- asking the reporter


def form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.ask_form(issue, who.reader, {}, {})


def ask(tx: Transaction, who: Person, wanted: Do, words: str, now: datetime) -> Card | Form:
    """It waits for the reporter's word; the clock goes on, and silence never closes it."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    if not words:
        return messages.ask_form(issue, who.reader, {}, {"words": messages.no_question(who.reader)})
    issue = happen(tx, work.taken(tx, issue, who, now), Event.ASK, who, now)
    asked = Asked(issue.id, issue.events, who.id, now, words)
    tx.issues.save_asked(asked)
    steps.add(tx, issue, ladder.info_asked(now, 1))
    steps.plan_next(tx, issue)
    reporter, pilot = tx.people.get(issue.reporter), tx.pilots.get(issue.pilot)
    living.put(tx, issue, reporter, messages.asked_you(issue, pilot, asked, who, reporter.reader), now, "asked")
    living.say_in_thread(tx, issue, messages.asked_in_thread(asked, who, pilot.reader), now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.question_sent(issue, who.reader), who)


def reply_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:  # noqa: ARG001 - as all presses
    issue = tx.issues.get(wanted.issue)
    authorize(who, Event.REPLY, issue)
    if not issue.is_open:
        return messages.not_now(issue, who.reader)
    return messages.reply_form(issue, living.open_question(tx, issue), who.reader, {}, {})


def reply(tx: Transaction, who: Person, issue: Issue, words: str, now: datetime) -> Card | Form:
    """The reporter's word: the answer to what was asked, or a line to those who work on it."""
    authorize(who, Event.REPLY, issue)
    if not issue.is_open:
        return messages.not_now(issue, who.reader)
    asked = living.open_question(tx, issue)
    if not words:
        return messages.reply_form(issue, asked, who.reader, {}, {"words": messages.no_reply(who.reader)})
    if issue.status is Status.NEEDS_INFO and asked is not None:
        return _answered(tx, who, issue, replace(asked, answer=words, answered_at=now), now)
    survivor = gate.survivor(tx, issue)
    return (
        work.line(tx, who, issue, words, now) if survivor is None else _passed_up(tx, who, issue, survivor, words, now)
    )


def _answered(tx: Transaction, who: Person, issue: Issue, asked: Asked, now: datetime) -> Card:
    issue = happen(tx, issue, Event.REPLY, who, now)
    tx.issues.save_asked(asked)
    steps.end(tx, issue, {Needs.UNINFORMED}, now)
    owner = living.person(tx, issue.owner)
    if owner is not None:
        living.tell(tx, issue, owner, messages.replied_for_owner(issue, asked, owner, now), now, "replied")
    living.say_in_thread(tx, issue, messages.replied_in_thread(asked, tx.pilots.get(issue.pilot).reader), now)
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.reply_noted(issue, owner, who.reader), who)


def _passed_up(tx: Transaction, who: Person, issue: Issue, survivor: Issue, words: str, now: datetime) -> Card:
    """To those who work on what it follows."""
    issue = happen(tx, issue, Event.RELAY, who, now, words)
    owner = living.person(tx, survivor.owner)
    if owner is not None:
        living.tell(tx, issue, owner, messages.line_from_follower(issue, survivor, words, owner), now, "line")
    else:
        reader = tx.pilots.get(issue.pilot).reader
        living.say_in_thread(tx, issue, messages.from_reporter_in_thread(words, reader), now)
    return messages.line_passed_on(issue, owner, who.reader)


# ------------------------------------------------------------------------------------------------------- kept answers


def keep_answer(tx: Transaction, issue: Issue, fix: Fix, now: datetime) -> None:
    """The next similar question is offered it first."""
    pilot = tx.pilots.get(issue.pilot)
    kept = KnownAnswer(AnswerId(tx.new_id()), pilot.id, issue.id, issue.summary, fix.words, fix.author, now)
    tx.known.save(kept)
    tx.search.index(pilot.id, ANSWER, kept.id, stems(kept.question, pilot.language))


def alike(tx: Transaction, pilot: Pilot, words: str) -> Sequence[KnownAnswer]:
    """Answers to questions like this one, the likest first; none that its own asker found of no help."""
    found = tx.search.alike(pilot.id, ANSWER, stems(words, pilot.language), 2 * SHOWN)
    near = [tx.known.get(AnswerId(subject)) for subject, likeness in found if likeness >= LIKELY]
    return [each for each in near if each is not None and _helps(tx, each)][:SHOWN]


def _helps(tx: Transaction, answer: KnownAnswer) -> bool:
    """It was not taken back and has not failed."""
    fix = tx.issues.last_fix(answer.issue)
    return tx.issues.get(answer.issue).status in _HELPS and fix is not None and fix.words == answer.answer


def known(tx: Transaction, who: Person, words: str, now: datetime) -> Card:
    """What was answered to questions like this one, or else what helped most."""
    pilot = tx.pilots.get(who.pilot)
    authorize(who, Deed.SEE_KNOWN, pilot)
    found = alike(tx, pilot, words)
    return messages.known_answers(found, who.reader, found=True) if found else most_helpful(tx, who, now)


def most_helpful(tx: Transaction, who: Person, now: datetime) -> Card:  # noqa: ARG001 - all screens are called alike
    """The answers that most people said have helped."""
    pilot = tx.pilots.get(who.pilot)
    authorize(who, Deed.SEE_KNOWN, pilot)
    most = tx.known.most_helpful(pilot.id, 2 * SHOWN)
    return messages.known_answers([each for each in most if _helps(tx, each)][:SHOWN], who.reader)


def that_helped(tx: Transaction, who: Person, answer: AnswerId, draft: DraftId, now: datetime) -> Card:
    """It counts for the answer, and the question need not be sent."""
    kept = tx.known.get(answer)
    if kept is None:
        return messages.answer_gone(who.reader)
    if kept.pilot != who.pilot:
        raise Denied(Deed.SEE_KNOWN, tx.pilots.get(kept.pilot).key)
    tx.known.save(replace(kept, helped=kept.helped + 1))
    waiting = tx.drafts.get(draft)
    if waiting is not None and waiting.person in {who.id, *tx.handles.behind(who.address)}:
        tx.drafts.drop(draft)  # whoever would ask about it again finds nothing to ask about
        tx.outbox.redraw(messages.draft_over(waiting, who.reader, sent=False), now)
    return messages.glad_it_helped(who.reader)
