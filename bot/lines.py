"""A typed line becomes one use case."""

from datetime import datetime

from bot import (
    drafts,
    duty,
    issues,
    lifecycle,
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
from bot.commands import COMMANDS, Instead
from bot.model import Event, Issue, IssueId, MessageRef, Person
from bot.parser import Kind, Line, unmarked
from bot.permissions import Deed, authorize, may
from bot.ports import Transaction

Answer = Card | Form

# Words of an issue's thread: what each means, and the field of its form that the words after the colon are for.
THREAD: dict[str, tuple[Event, str]] = {
    "take": (Event.TAKE, ""),
    "release": (Event.RELEASE, ""),
    "escalate": (Event.ESCALATE, ""),
    "resume": (Event.RESUME, ""),
    "split": (Event.UNMERGE, ""),
    "undo": (Event.UNDO, ""),
    "idea": (Event.MARK_IDEA, ""),
    "answer": (Event.FIX, "words"),
    "workaround": (Event.WORK_AROUND, "words"),
    "fixed": (Event.FIX, "words"),
    "info": (Event.ASK, "words"),
    "vendor": (Event.SEND_TO_VENDOR, "vendor"),
    "decline": (Event.DECLINE, "words"),
    "reply": (Event.RELAY, "words"),
    "explain": (Event.EXPLAIN, "cause"),
    "check": (Event.CHECK, "words"),
    "dup": (Event.MERGE, "into"),
    "sev": (Event.CHANGE_SEVERITY, "severity"),
    "hand": (Event.HAND_OVER, "to"),
}
# Answers to the bot, given to the one thing that waits for them.
ANSWERS = {
    "yes": Event.CONFIRM,
    "broken": Event.STILL_BROKEN,
    "next shift": Event.NEXT_SHIFT,
    "different": Event.UNMERGE,
    "withdraw": Event.WITHDRAW,
}


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
            return _answer(tx, who, said.verb, thread, now)
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
    return drafts.keep(tx, who, said.words, now, severity=level)


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
    wanted = Do(event, issue.id, issue.version)
    opened = presses.PRESSED[event](tx, who, wanted, now)
    value = _argument(said)
    if not isinstance(opened, Form) or not value:
        return opened
    filled = {each.name: each.value for each in opened.fields} | {field: value}
    if said.verb == "answer":
        filled["kind"] = "answer"
    return submits.submit(tx, who, wanted, filled, now)


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


def _answer(tx: Transaction, who: Person, verb: str, thread: MessageRef | None, now: datetime) -> Answer:
    if verb == "me too":
        issue = _of_thread(tx, thread) if thread else None
        return merges.me_too(tx, who, issue, now) if issue else _which_outage(tx, who, now)
    event = ANSWERS[verb]
    waiting = _waiting(tx, who, event, now)
    if len(waiting) != 1:
        return messages.which_one(waiting, who.reader) if waiting else messages.nothing_to_answer(who.reader)
    (issue,) = waiting
    if issue.nameless:
        voice, wanted = presses.speaking(tx, who, DoAs(event, issue.id, issue.reporter))
        return presses.PRESSED[event](tx, voice, wanted, now)
    return presses.PRESSED[event](tx, who, Do(event, issue.id, issue.version), now)


def _waiting(tx: Transaction, who: Person, event: Event, now: datetime) -> list[Issue]:
    """This person's issues to which such an answer can be meant."""
    if event in {Event.UNMERGE, Event.WITHDRAW}:
        return [each for each in screens.own(tx, who) if lifecycle.possible(each, event, now)]
    return screens.awaiting(tx, who)


def _which_outage(tx: Transaction, who: Person, now: datetime) -> Answer:
    """Said alone it can only mean what everybody was told of."""
    outages = tx.issues.outages(who.pilot)
    if len(outages) == 1:
        return merges.me_too(tx, who, outages[0], now)
    return messages.which_one(outages, who.reader) if outages else messages.nothing_to_answer(who.reader)
