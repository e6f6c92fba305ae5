"""The front desk: a typed line, a press or a submitted form becomes one use case in one transaction.

Every edge speaks to this and to nothing behind it. What cannot be done comes back as a card that says what to do,
with the person's own words whenever these were not kept.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex

import structlog

from bot import actions, drafts, duty, lines, living, messages, newcomers, presses, privacy, screens, submits
from bot.actions import Action, Here, NewReport
from bot.cards import Card, Form, Reply
from bot.commands import Instead
from bot.errors import BotError, Denied, Gone, Unavailable, UnknownAction
from bot.history import blurred
from bot.limits import DailyLimit
from bot.model import Address, MessageRef, Person, Pilot, Reader, Role, Severity, Unit
from bot.parser import Kind, Line, parse
from bot.permissions import Deed, may
from bot.ports import Clock, Database, Seal, Transaction
from bot.screens import HomePage
from bot.typed import scrub

__all__ = ["Desk", "HomePage", "LogLine", "Room"]

log = structlog.get_logger()

Answer = Card | Form
UseCase = Callable[[Transaction, Person, datetime], Answer]


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
        self._nameless = DailyLimit()

    # ------------------------------------------------------------------------------------------------ speaking

    async def line(self, who: Address, text: str, *, key: str, thread: MessageRef | None = None) -> Reply:
        """A typed line. `key` is the platform's id of the event; `thread` the message it was written under."""
        line = parse(scrub(text), thread=thread is not None)
        said, count = "" if line.nameless else privacy.mask(scrub(text)).words, _Count(self._nameless, who.id)
        talk = line.kind is Kind.WORDS or (line.kind is Kind.ANSWER and line.verb != "me too")
        if talk and thread is not None:
            return Reply(said=said)  # the team talking among themselves

        def use(tx: Transaction, person: Person, now: datetime) -> Answer:
            nonlocal said
            if _perhaps_unnamed(tx, person, line):
                said = ""
            elif not _unnamed(line):
                person = _wrote(tx, person, now)
            answer = lines.line(tx, person, line, thread, now)
            at_risk = line.severity is Severity.PATIENT_AT_RISK  # always taken
            if line.nameless and not at_risk and isinstance(answer, Card):
                count.one_more(person.reader, now)
            return answer

        reply = count.settled(await self._serve(who, key, use, text))
        return reply if reply.words else replace(reply, said=said)

    async def press(self, who: Address, token: str, *, key: str) -> Reply:
        """A button."""
        return await self._act(who, token, key, presses.press, "")

    async def submit(self, who: Address, token: str, values: Mapping[str, str], *, key: str) -> Reply:
        """A form. Where something is wrong with it, it comes back with a sentence beside each field and the values."""
        cleaned = {name: scrub(value) for name, value in values.items()}
        untouched, count = False, _Count(self._nameless, who.id)

        def submitted(tx: Transaction, person: Person, action: Action, now: datetime) -> Answer:
            nonlocal untouched
            before = _stands(tx, action)
            answer = submits.submit(tx, person, action, cleaned, now)
            untouched = before is not None and before == _stands(tx, action)
            if isinstance(answer, Card) and isinstance(action, NewReport) and submits.counts(cleaned):
                count.one_more(person.reader, now)
            return answer

        words = values.get("words", "")
        reply = count.settled(await self._act(who, token, key, submitted, words))
        return replace(reply, words=words) if untouched and reply.card else reply

    # ------------------------------------------------------------------------------------------------- arriving

    async def recognised(self, places: Sequence[Address], email: str) -> Address | None:
        """Where a roster knows somebody whose e-mail their platform has verified; None where none does.

        Whoever is on it under that e-mail with an account on another platform has moved to the last of these places.
        """

        def look(tx: Transaction) -> tuple[Address | None, Person | None]:
            known = next((each for each in places if tx.people.at(each)), None)
            return known, None if known else newcomers.known_as(tx, email)

        known, person = await self._database.read(look)
        if known or person is None:
            return known
        if person.address.platform == places[-1].platform:
            return person.address
        who, now = person.id, await self._clock.now()
        return await self._database.run(lambda tx: newcomers.move(tx, who, places[-1], now))

    async def welcome(self, who: Address, name: str, email: str, token: str = "") -> Reply:
        """For somebody on no roster: they are asked once for their unit; `token` is the button they answer with."""
        now = await self._clock.now()
        try:
            action = actions.decode(token, self._seal, now)
        except UnknownAction:
            action = None
        unit = action.unit if isinstance(action, Here) else None

        async def ask() -> Reply:
            return Reply(await self._database.run(lambda tx: newcomers.welcome(tx, who, name, email, unit, now)))

        return await self._safely(who, "", ask())

    # ------------------------------------------------------------------------------------------------- looking

    async def home(self, who: Address) -> Sequence[HomePage]:
        """What this person's own page shows."""
        now = await self._clock.now()

        def look(tx: Transaction) -> Sequence[HomePage]:
            person = tx.people.at(who)
            return screens.home(tx, person, now) if person else [HomePage("home", "Home", (messages.unknown_person(),))]

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
        return await self._safely(who, words, self._one_transaction(who, key, use, words))

    async def _safely(self, who: Address, words: str, answer: Awaitable[Reply]) -> Reply:
        """The one wrapper round everything a platform hands in: it always answers, and never with a fault's text."""
        try:
            return await answer
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
        except Instead as refused:
            return Reply(refused.card, words=words)
        except (UnknownAction, Gone):
            reader = await self._database.read(lambda tx: _known(tx, who).reader)
            return Reply(messages.out_of_date(reader), words=words)
        except Denied as denied:
            deed, subject = denied.deed, denied.subject
            return Reply(await self._database.run(lambda tx: _deny(tx, who, deed, subject, now)), words=words)
        return Reply(card, kept=card.slot is not None)


@dataclass(slots=True)
class _Count:
    """One event among those of a day without a name: counted once, however often the database repeats its work."""

    limit: DailyLimit
    who: str
    at: datetime | None = None

    def one_more(self, reader: Reader, now: datetime) -> None:
        """Raises Instead where that is too many."""
        if self.at is None:
            self.at = now
            if not self.limit.allows(self.who, now):
                raise Instead(messages.too_many_nameless(reader))

    def settled(self, reply: Reply) -> Reply:
        if self.at is not None and reply.words:  # they went back, so nothing of it was kept
            self.limit.give_back(self.who, self.at)
        return reply


class _Asked(BotError):
    """A form has to be filled in first."""

    def __init__(self, form: Form) -> None:
        super().__init__(form.title)
        self.form = form


WROTE = timedelta(hours=1)  # no need to note it more often
_EVERYWHERE = (Role.RESPONDER, Role.LEAD, Role.SAFETY, Role.SPONSOR)


def _known(tx: Transaction, who: Address) -> Person:
    person = tx.people.at(who)
    if person is None:
        raise Instead(messages.unknown_person())
    return person


def _out_of_date(_tx: Transaction, _who: Person, _now: datetime) -> Answer:
    raise UnknownAction


def _stands(tx: Transaction, action: Action) -> int | None:
    """What changes with what a form is about: where it is as before, its words were not taken and go back."""
    match action:
        case actions.Do(issue=issue) | actions.DoAs(issue=issue):
            return tx.issues.get(issue).events
        case actions.EditDraft(draft=draft):
            return int(tx.drafts.get(draft) is not None)
        case _:
            return None


def _unnamed(line: Line) -> bool:
    """It is, or may be, about a report without a name: to note when it was typed would lead to who typed it."""
    return line.nameless or line.kind in {Kind.ANSWER, Kind.REFERENCE} or line.verb == "code"


def _perhaps_unnamed(tx: Transaction, who: Person, line: Line) -> bool:
    """Words that may be the answer about a report without a name."""
    if line.kind is Kind.ANSWER:
        return bool(line.words and tx.handles.behind(who.address))
    return line.kind is Kind.WORDS and drafts.asked_behind(tx, who) is not None


def _wrote(tx: Transaction, who: Person, now: datetime) -> Person:
    """They are awake: without a rota follow-ups land about the hour at which they last typed a line with their name.

    Presses and forms do not count, since among them are those of reports without a name; and no minute is kept, by
    which what they wrote could be told from what somebody wrote without one.
    """
    if who.wrote_at is not None and now - who.wrote_at < WROTE:
        return who
    duty.wakes(tx, who, now)
    awake = replace(who, wrote_at=blurred(now))
    tx.people.save(awake)
    return awake


def _deny(tx: Transaction, who: Address, deed: str, subject: str, now: datetime) -> Card:
    person = _known(tx, who)
    tx.audit.write(_voice(tx, person, subject).id, deed, subject, now, allowed=False)
    return messages.may_not(person.reader)


def _voice(tx: Transaction, who: Person, subject: str) -> Person:
    """Of their own report without a name it is the handle that was refused: the record must not join the two."""
    _, _, number = subject.rpartition("-")
    issue = tx.issues.find(who.pilot, int(number)) if number.isdecimal() else None
    return presses.own_voice(tx, who, issue.reporter) if issue and issue.nameless else who
