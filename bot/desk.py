"""The front desk: a typed line, a press or a submitted form becomes one use case in one transaction.

Every edge speaks to this and to nothing behind it. What cannot be done comes back as a card that says what to do,
with the person's own words whenever these were not kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

import structlog

from bot import actions, drafts, issues, living, messages, screens
from bot.actions import (
    Action,
    ChangeSeverity,
    Confirm,
    DropDraft,
    FixIt,
    NewReport,
    SendDraft,
    Show,
    ShowIssue,
    ShowWords,
    StillBroken,
    Take,
)
from bot.cards import TYPED, Card, Form, Reply
from bot.errors import BotError, Denied, Gone, Refused, Unavailable, UnknownAction
from bot.model import (
    Address,
    FixKind,
    Issue,
    IssueId,
    MessageRef,
    Person,
    Pilot,
    Role,
    Severity,
    Unit,
)
from bot.parser import Kind, Line, is_nameless, parse
from bot.permissions import Deed, may
from bot.ports import Clock, Database, Seal, Transaction
from bot.typed import scrub

log = structlog.get_logger()

Answer = Card | Form
UseCase = Callable[[Transaction, Person, datetime], Answer]


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: what it shows, and the leave it needs. Its line of help is in `messages.commands`."""

    screen: Callable[[Transaction, Person, datetime], Card]
    needs: Deed


def show_help(tx: Transaction, who: Person, now: datetime) -> Card:  # noqa: ARG001 - all screens are called alike
    """What this person may write here."""
    pilot = tx.pilots.get(who.pilot)
    meanings = messages.commands(who.reader)
    allowed = [verb for verb, entry in COMMANDS.items() if may(who, entry.needs, pilot)]
    return messages.help_card([(verb, meanings[verb]) for verb in ("report", "ask", *allowed)], who.reader)


COMMANDS = {
    "mine": Entry(screens.mine, Deed.SEE_MINE),
    "queue": Entry(screens.queue, Deed.SEE_QUEUE),
    "pilot": Entry(screens.pilot, Deed.SEE_FIGURES),
    "help": Entry(show_help, Deed.SEE_HELP),
}


@dataclass(frozen=True, slots=True)
class Room:
    """What stands around a conversation: who it is with, their pilot, its units and people."""

    who: Person
    pilot: Pilot
    units: tuple[Unit, ...]
    roster: tuple[Person, ...]
    channels: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a pilot's event log."""

    at: datetime
    reference: str
    words: str


class Desk:
    """Takes what people type and press, from whatever platform."""

    def __init__(self, database: Database, clock: Clock, seal: Seal) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal

    # ------------------------------------------------------------------------------------------------ speaking

    async def line(self, who: Address, text: str, *, key: str, thread: MessageRef | None = None) -> Reply:
        """A typed line. `key` is the platform's id of the event; `thread` the message it was written under."""
        line = parse(scrub(text), thread=thread is not None)
        if line.kind is Kind.WORDS and thread is not None:
            return Reply()  # the team talking among themselves
        return await self._serve(who, key, lambda tx, person, now: _line(tx, person, line, thread, now), text)

    async def press(self, who: Address, token: str, *, key: str) -> Reply:
        """A button."""
        return await self._act(who, token, key, _press, "")

    async def submit(self, who: Address, token: str, values: Mapping[str, str], *, key: str) -> Reply:
        """A form. Where something is wrong with it, it comes back with a sentence beside each field and the values."""
        cleaned = {name: scrub(value) for name, value in values.items()}

        def submitted(tx: Transaction, person: Person, action: Action, now: datetime) -> Answer:
            return _submit(tx, person, action, cleaned, now)

        return await self._act(who, token, key, submitted, values.get("words", ""))

    # ------------------------------------------------------------------------------------------------- looking

    async def home(self, who: Address) -> Sequence[Card]:
        """What this person's own page shows."""
        now = await self._clock.now()

        def look(tx: Transaction) -> Sequence[Card]:
            person = tx.people.at(who)
            return screens.home(tx, person, now) if person else [messages.unknown_person()]

        return await self._database.read(look)

    async def room(self, who: Address) -> Room:
        """Raises Refused where nobody of that address is on a roster."""

        def look(tx: Transaction) -> Room:
            person = _known(tx, who)
            units = tuple(tx.pilots.units(person.pilot))
            seen = units if person.has(*_EVERYWHERE) else tuple(unit for unit in units if unit.id == person.unit)
            return Room(person, tx.pilots.get(person.pilot), units, tuple(tx.people.everybody(person.pilot)), seen)

        return await self._database.read(look)

    async def everybody(self, platform: str) -> Sequence[Person]:
        """Everybody whom that platform can reach, of whatever pilot: for a workspace in which one may act as anyone."""

        def look(tx: Transaction) -> Sequence[Person]:
            people = (person for pilot in tx.pilots.all() for person in tx.people.everybody(pilot.id))
            return [person for person in people if person.address.platform == platform]

        return await self._database.read(look)

    async def log(self, who: Address, limit: int = 60) -> Sequence[LogLine]:
        """The last happenings of the person's pilot, newest first; nothing for whom it is not."""

        def look(tx: Transaction) -> Sequence[LogLine]:
            reader, pilot = (person := _known(tx, who)).reader, tx.pilots.get(person.pilot)
            if not may(person, Deed.SEE_LOG, pilot):
                return []
            return [
                LogLine(
                    each.at,
                    issue.reference,
                    messages.happening(each, issue, living.person(tx, each.who), pilot, reader),
                )
                for issue, each in tx.issues.latest(pilot.id, limit)
            ]

        return await self._database.read(look)

    # ------------------------------------------------------------------------------------------------- serving

    async def _act(
        self,
        who: Address,
        token: str,
        key: str,
        act: Callable[[Transaction, Person, Action, datetime], Answer],
        words: str,
    ) -> Reply:
        try:
            action = actions.decode(token, self._seal, await self._clock.now())
        except UnknownAction:
            return await self._serve(who, key, _out_of_date, words)
        return await self._serve(who, key, lambda tx, person, now: act(tx, person, action, now), words)

    async def _serve(self, who: Address, key: str, use: UseCase, words: str) -> Reply:
        """The one wrapper round everything a platform hands in: it always answers, and never with a fault's text."""
        try:
            return await self._one_transaction(who, key, use, words)
        except Unavailable:
            log.warning("not saved", platform=who.platform)
            return Reply(messages.not_saved(), words=words)
        except Exception:
            number = token_hex(4)
            log.exception("request failed", number=number, platform=who.platform)
            return Reply(messages.went_wrong(number), words=words)

    async def _one_transaction(self, who: Address, key: str, use: UseCase, words: str) -> Reply:
        now = await self._clock.now()

        def work(tx: Transaction) -> Card:
            person = _known(tx, who)
            if not tx.first_time(f"{who.platform}:{key}", now):
                return messages.already_received(person.reader)
            answer = use(tx, person, now)
            if isinstance(answer, Form):
                raise _Asked(answer)  # nothing was accepted, so the event's key must not be kept either
            return answer

        try:
            card = await self._database.run(work)
        except _Asked as asked:
            return Reply(form=asked.form)
        except _HandedBack as refused:
            return Reply(refused.card, words=words)
        except (UnknownAction, Gone):
            reader = await self._database.read(lambda tx: _known(tx, who).reader)
            return Reply(messages.out_of_date(reader), words=words)
        except Denied as denied:
            deed, subject = denied.deed, denied.subject
            return Reply(await self._database.run(lambda tx: _deny(tx, who, deed, subject, now)), words=words)
        return Reply(card, kept=card.slot is not None)


class _Asked(BotError):
    """A form has to be filled in first."""

    def __init__(self, form: Form) -> None:
        super().__init__(form.title)
        self.form = form


class _HandedBack(Refused):
    """A refusal with its card; the person's words go back to them."""

    def __init__(self, card: Card) -> None:
        super().__init__(card.title)
        self.card = card


_EVERYWHERE = (Role.RESPONDER, Role.LEAD, Role.SAFETY, Role.SPONSOR)


def _known(tx: Transaction, who: Address) -> Person:
    person = tx.people.at(who)
    if person is None:
        raise _HandedBack(messages.unknown_person())
    return person


def _out_of_date(_tx: Transaction, _who: Person, _now: datetime) -> Answer:
    raise UnknownAction


def _deny(tx: Transaction, who: Address, deed: str, subject: str, now: datetime) -> Card:
    person = _known(tx, who)
    tx.audit.write(person.id, deed, subject, now, allowed=False)
    return messages.may_not(person.reader)


# ---------------------------------------------------------------------------------------------------- typed lines


def _line(tx: Transaction, who: Person, line: Line, thread: MessageRef | None, now: datetime) -> Answer:
    match line.kind:
        case Kind.COMMAND:
            return _command(tx, who, line.verb, now)
        case Kind.REFERENCE:
            return _reference(tx, who, line, now)
        case Kind.THREAD if thread is not None:
            return _in_thread(tx, who, line, thread, now)
        case Kind.NAMELESS:
            raise _HandedBack(messages.nameless_refused(who.reader))
    if not line.words:
        return messages.report_form(who.reader, {}, {})
    if len(line.words) > TYPED:
        raise _HandedBack(messages.words_too_long(len(line.words), who.reader))
    if line.kind is Kind.REPORT and line.severity is not None:
        return issues.report(tx, who, line.words, line.severity, now, start=now)
    return drafts.keep(tx, who, line.words, now)


def _command(tx: Transaction, who: Person, verb: str, now: datetime) -> Card:
    if verb in COMMANDS:
        return COMMANDS[verb].screen(tx, who, now)
    waiting = screens.awaiting(tx, who)
    if len(waiting) != 1:
        return messages.which_one(waiting, who.reader) if waiting else messages.nothing_to_answer(who.reader)
    answer = issues.confirm if verb == "yes" else issues.still_broken
    return answer(tx, who, waiting[0], now)


def _reference(tx: Transaction, who: Person, line: Line, now: datetime) -> Card:
    pilot = tx.pilots.get(who.pilot)
    issue = tx.issues.find(pilot.id, line.number) if line.key in {"", pilot.key} else None
    if issue and may(who, Deed.SEE_ISSUE, issue):
        return issues.show(tx, who, issue, now)
    if issue:
        tx.audit.write(who.id, Deed.SEE_ISSUE, issue.reference, now, allowed=False)
    return messages.unknown_reference(f"{line.key or pilot.key}-{line.number}", who.reader)


def _in_thread(tx: Transaction, who: Person, line: Line, thread: MessageRef, now: datetime) -> Answer:
    slot = tx.outbox.slot_at(thread) or ""
    kind, _, rest = slot.partition(":")
    if kind != messages.CARD:
        return messages.out_of_date(who.reader)
    issue = tx.issues.get(IssueId(int(rest.partition(":")[0])))
    if line.verb == "take":
        return issues.take(tx, who, Take(issue.id, issue.version), now)
    wanted = issues.ask_for_fix(tx, who, FixIt(issue.id, issue.version), now)
    return messages.fix_form(wanted, who.reader, {"words": line.words}, {}) if isinstance(wanted, Issue) else wanted


# ------------------------------------------------------------------------------------------------ presses, forms


def _press(tx: Transaction, who: Person, action: Action, now: datetime) -> Answer:
    match action:
        case NewReport():
            return messages.report_form(who.reader, {}, {})
        case SendDraft(draft=draft, severity=severity):
            return drafts.send(tx, who, draft, severity, now)
        case DropDraft(draft=draft):
            return drafts.drop(tx, who, draft, now)
        case Show(screen=screen):
            return _command(tx, who, screen, now)
        case ChangeSeverity():
            return messages.severity_form(issues.ask_for_severity(tx, who, action), who.reader, {})
        case Take():
            return issues.take(tx, who, action, now)
        case FixIt():
            wanted = issues.ask_for_fix(tx, who, action, now)
            return messages.fix_form(wanted, who.reader, {}, {}) if isinstance(wanted, Issue) else wanted
        case ShowWords():
            return issues.show_words(tx, who, action)
        case ShowIssue() | Confirm() | StillBroken():
            use = {ShowIssue: issues.show, Confirm: issues.confirm, StillBroken: issues.still_broken}[type(action)]
            return use(tx, who, tx.issues.get(action.issue), now)


def _submit(tx: Transaction, who: Person, action: Action, values: Mapping[str, str], now: datetime) -> Answer:
    match action:
        case NewReport():
            return _submit_report(tx, who, values, now)
        case FixIt():
            return _submit_fix(tx, who, action, values, now)
        case ChangeSeverity():
            return _submit_severity(tx, who, action, values, now)
        case _:
            raise UnknownAction


def _submit_report(tx: Transaction, who: Person, values: Mapping[str, str], now: datetime) -> Answer:
    words, level = values.get("words", ""), _severity(values)
    errors = _words_error(words, messages.no_words(who.reader), who)
    if not errors and is_nameless(words):
        errors["words"] = messages.nameless_in_form(who.reader)
    if level is None:
        errors["severity"] = messages.choose_one(who.reader)
    if errors or level is None:
        return messages.report_form(who.reader, values, errors)
    return issues.report(tx, who, words, level, now, start=now)


def _submit_fix(tx: Transaction, who: Person, action: FixIt, values: Mapping[str, str], now: datetime) -> Answer:
    wanted = issues.ask_for_fix(tx, who, action, now)
    if not isinstance(wanted, Issue):
        raise _HandedBack(wanted)  # somebody was quicker, and what was written here is not kept
    words, kind = values.get("words", ""), values.get("kind", "")
    errors = _words_error(words, messages.no_fix_words(who.reader), who)
    if kind not in set(FixKind):
        errors["kind"] = messages.choose_one(who.reader)
    if errors:
        return messages.fix_form(wanted, who.reader, values, errors)
    return issues.fix(tx, who, action, words, FixKind(kind), now)


def _submit_severity(
    tx: Transaction, who: Person, action: ChangeSeverity, values: Mapping[str, str], now: datetime
) -> Answer:
    issue, level = issues.ask_for_severity(tx, who, action), _severity(values)
    if level is None:
        return messages.severity_form(issue, who.reader, {"severity": messages.choose_one(who.reader)})
    if not issues.may_change(issue, who, level):
        return messages.severity_form(issue, who.reader, {"severity": messages.only_up(issue, who.reader)})
    return issues.change_severity(tx, who, action, level, now)


def _words_error(words: str, empty: str, who: Person) -> dict[str, str]:
    if not words:
        return {"words": empty}
    return {"words": messages.too_long(len(words), who.reader)} if len(words) > TYPED else {}


def _severity(values: Mapping[str, str]) -> Severity | None:
    given = values.get("severity", "")
    return Severity(int(given)) if given in {"1", "2", "3", "4"} else None
