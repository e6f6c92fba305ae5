"""A typed line becomes one use case."""

from datetime import datetime

from bot import (
    drafts,
    duty,
    issues,
    lifecycle,
    living,
    merges,
    messages,
    nameless,
    pilots,
    presses,
    questions,
    screens,
    submits,
)
from bot.actions import Do, DoAs
from bot.cards import TYPED, Card, Form
from bot.commands import COMMANDS, THREAD, Instead
from bot.model import Event, Issue, IssueId, MessageRef, Person
from bot.parser import Kind, Line, unmarked
from bot.permissions import Deed, authorize, may
from bot.ports import Transaction

Answer = Card | Form

# Answers to the bot, given to the one thing that they can mean; and the field for the words after a colon.
ANSWERS = {
    "yes": Event.CONFIRM,
    "broken": Event.STILL_BROKEN,
    "next shift": Event.NEXT_SHIFT,
    "different": Event.UNMERGE,
    "withdraw": Event.WITHDRAW,
    "fails": Event.WORKAROUND_FAILS,
    "severity": Event.CHANGE_SEVERITY,
    "reply": Event.REPLY,
    "object": Event.APPEAL,
    "detail": Event.DETAIL,
}
TAKING = {"reply": "words", "object": "words", "detail": "place"}
_VERDICTS = frozenset({Event.CONFIRM, Event.STILL_BROKEN, Event.NEXT_SHIFT})


def line(tx: Transaction, who: Person, said: Line, thread: MessageRef | None, now: datetime) -> Answer:
    """What the line says. Raises Denied, Instead."""
    if len(said.words) > TYPED:
        raise Instead(messages.words_too_long(len(said.words), who.reader))
    match said.kind:
        case Kind.COMMAND:
            return _command(tx, who, said, now)
        case Kind.REFERENCE:
            return _reference(tx, who, said, now)
        case Kind.THREAD if thread is not None:
            return _in_thread(tx, who, said, thread, now)
        case Kind.ANSWER:
            return _answer(tx, who, said, thread, now)
        case _:
            return _words(tx, who, said, now)


def _words(tx: Transaction, who: Person, said: Line, now: datetime) -> Answer:
    if not said.words.strip():
        return messages.report_form(who.reader, _preset(said), {})
    if said.nameless:
        marked = said.kind is Kind.REPORT
        words = said.words if marked else unmarked(said.words)
        return nameless.keep(tx, who, words, said.severity if marked else None, now)
    level = said.severity
    if said.kind is Kind.REPORT and level is not None:
        if said.behalf:
            return drafts.report_for(tx, who, said.behalf, said.words, level, now)
        return drafts.take_in(tx, who, said.words, level, now)
    return drafts.keep(tx, who, said.words, now, severity=level, behind=drafts.asked_behind(tx, who))


def _preset(said: Line) -> dict[str, str]:
    level = {} if said.severity is None else {"severity": str(int(said.severity))}
    return level | ({"nameless": "yes"} if said.nameless else {})


# ------------------------------------------------------------------------------------------------------- commands


def _command(tx: Transaction, who: Person, said: Line, now: datetime) -> Answer:
    words = said.words.strip()
    match said.verb:
        case "code":
            return nameless.pull(tx, who, words, now)
        case "admin":
            return pilots.become_admin(tx, who, words, now)
        case "known" if words:
            authorize(who, Deed.SEE_KNOWN, tx.pilots.get(who.pilot))
            return questions.known(tx, who, words, now)
        case "here" if words:
            return duty.here_named(tx, who, words, now)
        case "duty" if words:
            return duty.said(tx, who, words, now)
        case "away" if words:
            return duty.away_until(tx, who, words.removeprefix("until").strip(), now)
    return COMMANDS[said.verb].screen(tx, who, now)


def _reference(tx: Transaction, who: Person, said: Line, now: datetime) -> Card:
    issue = find(tx, who, said.key, said.number)
    if issue:
        voice = presses.own_voice(tx, who, issue.reporter)
        follows = any(each.person == voice.id for each in tx.issues.followers(issue.id))
        if may(voice, Deed.SEE_ISSUE, issue, follows=follows):
            return issues.show(tx, voice, issue, now)
        tx.audit.write(who.id, Deed.SEE_ISSUE, issue.reference, now, allowed=False)
    key = said.key or tx.pilots.get(who.pilot).key
    return messages.unknown_reference(f"{key}-{said.number}", who.reader)


def find(tx: Transaction, who: Person, key: str, number: int) -> Issue | None:
    """The issue of that reference in this person's pilot."""
    pilot = tx.pilots.get(who.pilot)
    return tx.issues.find(pilot.id, number) if key in {"", pilot.key} else None


# --------------------------------------------------------------------------------------------- threads and answers


def _in_thread(tx: Transaction, who: Person, said: Line, thread: MessageRef, now: datetime) -> Answer:
    issue = _of_thread(tx, thread)
    if issue is None:
        return messages.out_of_date(who.reader)
    event, field = THREAD[said.verb]
    more = {"kind": "answer"} if said.verb == "answer" else {}
    return _done(tx, who, Do(event, issue.id, issue.version), more | {field: _argument(said)}, now)


def _done(tx: Transaction, who: Person, wanted: Do | DoAs, said: dict[str, str], now: datetime) -> Answer:
    """What the button does; where it opens a form and the words were said with it, what the form does."""
    opened = presses.press(tx, who, wanted, now)
    if not isinstance(opened, Form) or not said or not all(said.values()):
        return opened
    return submits.submit(tx, who, wanted, {each.name: each.value for each in opened.fields} | said, now)


def _argument(said: Line) -> str:
    match said.verb:
        case "sev":
            return str(int(said.level)) if said.level else ""
        case "hand":
            return said.behalf
        case _:
            return said.words.strip()


def _of_thread(tx: Transaction, thread: MessageRef) -> Issue | None:
    kind, _, rest = (tx.outbox.slot_at(thread) or "").partition(":")
    return tx.issues.get(IssueId(int(rest.partition(":")[0]))) if kind == messages.CARD else None


def _answer(tx: Transaction, who: Person, said: Line, thread: MessageRef | None, now: datetime) -> Answer:
    if said.verb == "me too":
        issue = _of_thread(tx, thread) if thread else None
        return merges.me_too(tx, who, issue, now) if issue else _which_outage(tx, who, now)
    event = ANSWERS[said.verb]
    meant = _meant(tx, who, event, now)
    if len(meant) == 1:
        (issue,) = meant
        wanted = DoAs(event, issue.id, issue.reporter) if issue.nameless else Do(event, issue.id, issue.version)
        return _done(tx, who, wanted, {TAKING[said.verb]: said.words} if said.verb in TAKING else {}, now)
    if said.words and not meant:
        return drafts.keep(tx, who, said.whole, now, behind=drafts.asked_behind(tx, who))
    if said.words:
        raise Instead(messages.which_one(meant, who.reader))  # so that the words are not lost
    return messages.which_one(meant, who.reader) if meant else _nothing(event, who)


def _nothing(event: Event, who: Person) -> Card:
    return messages.nothing_to_answer(who.reader) if event in _VERDICTS else messages.none_meant(who.reader)


def _meant(tx: Transaction, who: Person, event: Event, now: datetime) -> list[Issue]:
    """This person's issues to which such an answer can be meant."""
    if event in _VERDICTS:
        return screens.awaiting(tx, who)
    found = [each for each in screens.own(tx, who) if lifecycle.possible(each, event, now)]
    if event is Event.WORKAROUND_FAILS:
        return [each for each in found if living.holding(tx.issues.workarounds(each.id))]
    return found


def _which_outage(tx: Transaction, who: Person, now: datetime) -> Answer:
    """Said alone it can only mean what everybody was told of."""
    outages = tx.issues.outages(who.pilot)
    if len(outages) == 1:
        return merges.me_too(tx, who, outages[0], now)
    return messages.which_one(outages, who.reader) if outages else messages.nothing_to_answer(who.reader)
