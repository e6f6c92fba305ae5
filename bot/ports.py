"""What the bot needs from the edges: a platform to speak on, a database to remember in, a clock, and a seal."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.cards import Card
from bot.model import (
    Address,
    AnswerId,
    Asked,
    Draft,
    DraftId,
    Due,
    Event,
    Fix,
    Follower,
    Handle,
    Happening,
    Held,
    Issue,
    IssueId,
    KnownAnswer,
    MessageRef,
    Person,
    PersonId,
    Pilot,
    PilotId,
    Role,
    Rung,
    Severity,
    Shift,
    Step,
    Unit,
    UnitId,
    VendorWait,
    Workaround,
)

T = TypeVar("T")


# ---------------------------------------------------------------------------------------------------- platforms


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform may be written to: the shortest time between two messages of a lane, and of a bucket."""

    lane: timedelta = timedelta(0)
    bucket: timedelta = timedelta(0)


_AT_ONCE = timedelta(0)
BOX = "box"  # the platform of those who can only fetch what was said to them


class ChatPlatform(Protocol):
    """All that an adapter owes the bot, outward. Every call raises Unreachable, TryLater, Rejected or InDoubt."""

    name: str
    pace: Pace

    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:
        """Put a new message, marked with `key` where the platform can carry a mark."""
        ...

    async def replace(self, message: MessageRef, card: Card) -> None:
        """Draw a card anew in place. Never notifies."""
        ...

    async def find(self, to: Address, key: str, since: datetime) -> MessageRef | None:
        """The message marked `key`, if it arrived. Raises Unsupported where a platform cannot be asked."""
        ...


# ------------------------------------------------------------------------------------------------------- secrets


class Seal(Protocol):
    """Closes words so that the database file alone does not give them away, and signs with the installation's key."""

    def close(self, words: str, *, place: str) -> bytes:
        """Sealed for one place only: the same bytes moved to another column or row do not open."""
        ...

    def open(self, sealed: bytes, *, place: str) -> str: ...

    def sign(self, message: bytes) -> bytes:
        """HMAC-SHA256 under a key used for nothing but signing tokens."""
        ...


class Clock(Protocol):
    """What time it is, in UTC: the database's clock, or the demo's own."""

    async def now(self) -> datetime: ...


# ----------------------------------------------------------------------------------------------------- repositories


class Pilots(Protocol):
    """Pilots, their units and their ladder."""

    def add(self, pilot: Pilot) -> None: ...
    def save(self, pilot: Pilot) -> None: ...
    def get(self, pilot: PilotId) -> Pilot: ...
    def all(self) -> Sequence[Pilot]: ...
    def add_unit(self, unit: Unit) -> None: ...
    def save_unit(self, unit: Unit) -> None: ...
    def drop_unit(self, unit: UnitId) -> None:
        """Nothing may stand on it any more."""
        ...

    def unit(self, unit: UnitId) -> Unit: ...
    def units(self, pilot: PilotId) -> Sequence[Unit]:
        """By name; the wide one last."""
        ...

    def wide_unit(self, pilot: PilotId) -> Unit:
        """The whole pilot, whose channel is the fix team's queue."""
        ...

    def rungs(self, pilot: PilotId, at: datetime) -> Mapping[Severity, Sequence[Rung]]:
        """The pilot's own ladder as it was at that time; empty where it had the defaults."""
        ...

    def set_rungs(self, pilot: PilotId, rungs: Mapping[Severity, Sequence[Rung]], since: datetime) -> None:
        """From then on; what was reported before keeps the ladder it was reported under."""
        ...

    def next_number(self, pilot: PilotId) -> int:
        """The number of the pilot's next issue; never given twice, no gaps."""
        ...


class People(Protocol):
    """The roster. Whoever has left it is found by their id alone."""

    def add(self, person: Person) -> None: ...
    def save(self, person: Person) -> None:
        """Write every changed field of somebody on the roster."""
        ...

    def get(self, person: PersonId) -> Person:
        """Somebody of the roster; or, for a handle's id, a nameless person in their place."""
        ...

    def at(self, address: Address) -> Person | None:
        """Who it is that a platform says is speaking."""
        ...

    def known_as(self, pilot: PilotId, email: str) -> Person | None:
        """By how the roster knows them, whatever the case; also whoever has left it."""
        ...

    def having(self, pilot: PilotId, role: Role) -> Sequence[Person]:
        """Everybody with that role, in the order of their names."""
        ...

    def everybody(self, pilot: PilotId) -> Sequence[Person]: ...
    def set_duty(self, person: PersonId, *, on: bool, until: datetime | None = None) -> None: ...
    def keep_code(self, code: str, until: datetime) -> None:
        """A one-time code that makes whoever says it the first admin; an earlier one is forgotten."""
        ...

    def use_code(self, code: str, now: datetime) -> bool:
        """Whether it was the code; it is none any more."""
        ...


class Handles(Protocol):
    """Ways back to those who reported without a name. Their identity is sealed under a key of its own."""

    def add(self, handle: Handle, code: str | None = None) -> None:
        """`code` is the one-time code of strict mode; only a keyed HMAC of it is kept."""
        ...

    def get(self, handle: PersonId) -> Handle | None: ...
    def behind(self, address: Address) -> Sequence[PersonId]:
        """The handles of whoever is at that address. Found by opening each, since nothing in the rows tells."""
        ...

    def by_code(self, code: str) -> PersonId | None: ...
    def destroy(self, handle: PersonId) -> None:
        """The identity, and the code: from now on nobody can be reached through it."""
        ...

    def shut(self, handle: PersonId) -> None:
        """The same, and what is still sent there goes into a box that nobody opens."""
        ...

    def drop(self, handle: PersonId) -> None:
        """One through which nothing was ever sent: nothing of it is left."""
        ...


class Rota(Protocol):
    """Who is on duty when."""

    def replace(self, pilot: PilotId, start: datetime, end: datetime, shifts: Sequence[Shift]) -> None:
        """These are all the shifts of the pilot that begin from `start` until before `end`."""
        ...

    def of(self, person: PersonId, after: datetime, limit: int = 50) -> Sequence[Shift]:
        """Their shifts that end after that instant, the earliest first."""
        ...

    def within(self, pilot: PilotId, start: datetime, end: datetime) -> Sequence[Shift]:
        """Every shift of the pilot that overlaps [start, end), the earliest first."""
        ...


class Issues(Protocol):
    """Issues, their history, fixes and planned steps."""

    def add(self, issue: Issue) -> None: ...
    def save(self, issue: Issue) -> None:
        """Write every changed field of an issue that exists."""
        ...

    def get(self, issue: IssueId) -> Issue: ...
    def find(self, pilot: PilotId, number: int) -> Issue | None: ...
    def of_reporter(self, person: PersonId, limit: int) -> Sequence[Issue]:
        """Newest first."""
        ...

    def followed_by(self, person: PersonId, limit: int) -> Sequence[Issue]:
        """Those to which this person said "me too", newest first."""
        ...

    def owned_by(self, person: PersonId) -> Sequence[Issue]:
        """Open ones, the earliest deadline first."""
        ...

    def open_in(self, pilot: PilotId, limit: int) -> Sequence[Issue]:
        """Open issues that do not follow another one, the earliest deadline first."""
        ...

    def open_on(self, unit: UnitId) -> Sequence[Issue]: ...
    def due_before(self, pilot: PilotId, before: datetime, limit: int) -> Sequence[Issue]:
        """Open, owed help and without it, due by then or before; no ideas. The earliest deadline first."""
        ...

    def missed_without_cause(self, pilot: PilotId, limit: int) -> Sequence[Issue]:
        """Oldest miss first, closed ones too."""
        ...

    def waiting_for_word(self, pilot: PilotId, limit: int) -> Sequence[Issue]:
        """Fixed and not verified so far, longest asked first."""
        ...

    def outages(self, pilot: PilotId) -> Sequence[Issue]:
        """Open ones that a lead declared."""
        ...

    def merged_into(self, issue: IssueId) -> Sequence[Issue]:
        """Those that follow it now, the earliest report first."""
        ...

    def reported_in(self, pilot: PilotId) -> Sequence[Issue]:
        """Every issue of the pilot, oldest first."""
        ...

    def count_with(self, pilot: PilotId, event: Event) -> int:
        """How many issues of the pilot such an event has ever happened to."""
        ...

    def record(self, happening: Happening) -> None:
        """Append to the history."""
        ...

    def history(self, issue: IssueId) -> Sequence[Happening]: ...
    def latest(self, pilot: PilotId, limit: int) -> Sequence[tuple[Issue, Happening]]:
        """The last happenings of a whole pilot, newest first."""
        ...

    def add_fix(self, fix: Fix) -> None: ...
    def save_fix(self, fix: Fix) -> None: ...
    def last_fix(self, issue: IssueId) -> Fix | None:
        """The last one that was not taken back."""
        ...

    def fixes(self, issue: IssueId) -> Sequence[Fix]:
        """Oldest first."""
        ...

    def save_workaround(self, workaround: Workaround) -> None:
        """A new one, or one that has changed; by its `n`."""
        ...

    def workarounds(self, issue: IssueId) -> Sequence[Workaround]:
        """Oldest first."""
        ...

    def save_vendor_wait(self, wait: VendorWait) -> None: ...
    def vendor_waits(self, issue: IssueId) -> Sequence[VendorWait]: ...
    def save_asked(self, asked: Asked) -> None: ...
    def asked(self, issue: IssueId) -> Sequence[Asked]: ...
    def save_follower(self, follower: Follower) -> None: ...
    def followers(self, issue: IssueId) -> Sequence[Follower]:
        """The earliest first."""
        ...

    def drop_follower(self, issue: IssueId, person: PersonId) -> None: ...
    def steps(self, issue: IssueId) -> Sequence[Step]: ...
    def add_steps(self, issue: IssueId, steps: Sequence[Step]) -> None: ...
    def settle_step(self, issue: IssueId, step: Step) -> None:
        """Write the outcome of a step."""
        ...


class Drafts(Protocol):
    """Words that are not yet a report."""

    def add(self, draft: Draft) -> None: ...
    def get(self, draft: DraftId) -> Draft | None: ...
    def drop(self, draft: DraftId) -> None: ...
    def forget(self, person: PersonId) -> int:
        """All of theirs, or of a handle's; how many there were."""
        ...


class KnownAnswers(Protocol):
    """Answers that were given, kept for the next similar question; `Search` finds them."""

    def save(self, answer: KnownAnswer) -> None: ...
    def get(self, answer: AnswerId) -> KnownAnswer | None: ...
    def most_helpful(self, pilot: PilotId, limit: int) -> Sequence[KnownAnswer]: ...


class Search(Protocol):
    """What was written alike, found by the stems of its words (see `bot.stems`), of which only HMACs are kept."""

    def index(self, pilot: PilotId, kind: str, subject: int, stems: Collection[str]) -> None:
        """In place of what stood there for that subject."""
        ...

    def forget(self, kind: str, subject: int) -> None: ...
    def alike(self, pilot: PilotId, kind: str, stems: Collection[str], limit: int) -> Sequence[tuple[int, float]]:
        """Subjects and likeness, from 0 to 1, the likest first; those with next to nothing in common are left out.

        Whatever is indexed is found, itself and what has long been closed included: ask for more than is needed.
        """
        ...


class HeldBack(Protocol):
    """Messages kept back, and how many somebody had lately."""

    def put(self, held: Held) -> None:
        """Once per key."""
        ...

    def of(self, person: PersonId) -> Sequence[Held]:
        """The oldest first."""
        ...

    def clear(self, person: PersonId) -> None: ...
    def count(self, person: PersonId, at: datetime) -> None:
        """One more message that the bot began."""
        ...

    def since(self, person: PersonId, since: datetime) -> int:
        """How many of them since then."""
        ...

    def nth_last(self, person: PersonId, n: int) -> datetime | None:
        """When the last one was that they had, or the last but one and so on; None where there were fewer."""
        ...


class NoticeState(StrEnum):
    """Where a notice is on its way."""

    READY = "ready"
    SENDING = "sending"  # the intent is written; if it is found so later, it is in doubt
    SENT = "sent"
    DEAD = "dead"  # refused for good, unreachable, or tried too often; shown to a lead
    UNKNOWN = "unknown"  # in doubt on a platform that cannot be asked
    SEEN = "seen"  # a dead letter that somebody has seen to


@dataclass(frozen=True, slots=True)
class Notice:
    """A card on its way. `replaces` is the message it redraws in place, None for a new message.

    One that is not `readable` can only be set aside: its words do not open, and `to` and `card` stand in for them.
    """

    id: int
    key: str
    to: Address
    card: Card
    attempts: int
    issue: IssueId | None = None
    settles: str | None = None  # what is true once this has arrived; see `bot.issues.arrived`
    replaces: MessageRef | None = None
    doubted_since: datetime | None = None  # an earlier attempt whose outcome nobody knows
    readable: bool = True


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A notice that was set aside."""

    id: int
    issue: IssueId | None
    title: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Later:
    """A lane may not be written to before `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Turn(Later):
    """And then it may: that turn of its bucket is kept for it."""


@dataclass(frozen=True, slots=True)
class Living:
    """A card that has been put somewhere and is kept up to date; `reader` is whose it is, None for a channel."""

    slot: str
    to: Address


class Outbox(Protocol):
    """Messages to send, written in the transaction that decided them and sent by the courier afterwards."""

    def post(
        self,
        to: Address,
        card: Card,
        now: datetime,
        *,
        key: str,
        issue: IssueId | None = None,
        settles: str | None = None,
        below: str | None = None,
        release_at: datetime | None = None,
    ) -> None:
        """A new message; once per `key`. `below` is the slot of the card in whose thread it hangs.

        It is not sent before `release_at`, and holds up nothing that was posted to the same place meanwhile.
        """
        ...

    def redraw(self, card: Card, now: datetime, *, rest: timedelta = timedelta(0)) -> None:
        """Replace the living card of `card.slot`, if there is one; of several that wait, only the newest is sent.

        `rest` is how long after the last drawing the next may be.
        """
        ...

    def living(self, issue: IssueId) -> Sequence[Living]:
        """The cards about this issue that are kept up to date."""
        ...

    def slot_at(self, message: MessageRef) -> str | None:
        """Which living card a platform's message is."""
        ...

    def forget(self, to: Address) -> int:
        """What waits for that place or was set aside is not sent, what stands there not drawn anew; of how many."""
        ...

    def lately(self, to: Address, since: datetime, until: datetime) -> int:
        """How many new messages went to that place after `since` and until then, or are to go there in that time."""
        ...

    # -- the courier's side
    def lanes(self, now: datetime) -> Sequence[str]:
        """Some lanes that may be written to now: those with something about an issue first, then the oldest."""
        ...

    def next_release(self, after: datetime | None = None) -> datetime | None:
        """The earliest instant at which a notice may be sent: when it was posted, or when its pause is over.

        None: nothing waits. With `after`, the earliest that is later than it.
        """
        ...

    def claim(
        self,
        lane: str,
        now: datetime,
        paces: Mapping[str, Pace],
        *,
        turn: Turn | None = None,
        ahead: timedelta = _AT_ONCE,
    ) -> Notice | Later | None:
        """Write the intent to send the lane's oldest notice and return it; None where the lane is empty.

        The attempt is counted even where the notice cannot be opened: then it is not `readable`. Where the bucket alone
        holds it, for no longer than `ahead`, it is given its turn, with which it is claimed once that has come.
        """
        ...

    def settle(self, notice: Notice, message: MessageRef | None, now: datetime) -> None:
        """It arrived."""
        ...

    def give_up(self, notice: Notice, state: NoticeState, reason: str, now: datetime) -> None: ...
    def put_back(self, notice: Notice, *, in_doubt: bool) -> None:
        """To be tried again, in its old place: it did not go out (that try does not count), or nobody knows."""
        ...

    def pause(self, lane: str, until: datetime) -> None: ...
    def counts(self) -> Mapping[NoticeState, int]: ...
    def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        """Set aside and not seen to so far, the newest first."""
        ...

    def send_again(self, notice: int, now: datetime) -> bool:
        """Try a dead letter once more, at the end of its lane; False where it is none any more."""
        ...

    def set_aside(self, notice: int) -> bool:
        """A dead letter that somebody has seen to in person."""
        ...

    def oldest_ready(self) -> datetime | None:
        """Since when the oldest waits, be it paused or not."""
        ...


class Agenda(Protocol):
    """Work that comes due."""

    def put(self, due: Due) -> None:
        """Plan it; an entry with the same key is moved, and any failure of it forgotten."""
        ...

    def drop(self, key: str) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[Due]:
        """What is due, the earliest first; what is put off or held by another replica is left out."""
        ...

    def failures(self, key: str) -> int:
        """How often this entry has failed since it was planned."""
        ...

    def put_off(self, due: Due, until: datetime) -> None:
        """It failed: not to be tried again before `until`. It stays due since when it was, and counts as failing."""
        ...

    def next_due(self, after: datetime | None = None) -> datetime | None:
        """The earliest instant at which an entry may be run; with `after`, the earliest that is later than it."""
        ...

    def failing(self) -> int:
        """How many entries have failed and wait to be tried again."""
        ...

    def overdue(self, before: datetime) -> int:
        """How many entries have been due since before that instant, whatever they wait for."""
        ...


class Watch(Protocol):
    """What is planned beside what was done, for the auditor."""

    def next_steps(self) -> Mapping[IssueId, datetime]:
        """When the next step of each open issue is due, of those that have one ahead."""
        ...

    def planned(self, kind: str) -> Mapping[int, datetime]:
        """When the agenda's entries of that kind are due, by their subject."""
        ...

    def outlived(self, pilot: PilotId, before: datetime) -> Mapping[PersonId, datetime]:
        """Handles that can still be reached though their report was closed before then; and when it was."""
        ...

    def lapsed(self, pilot: PilotId, now: datetime) -> Mapping[PersonId, datetime]:
        """Of whom nobody has looked whether they are on duty since what they, or the rota, said has ended; and when."""
        ...

    def absent(self, pilot: PilotId, now: datetime) -> Mapping[PersonId, datetime]:
        """Whose shift has begun and who are not on duty, though they said nothing else and are not away; and when."""
        ...

    def accepted(self, since: datetime) -> int:
        """How many platform events were accepted since then."""
        ...

    def handed(self, since: datetime, within: tuple[timedelta, timedelta]) -> tuple[int, int, int]:
        """How many notices platforms have taken since then, and how many of them in each of the two times."""
        ...

    def late(self, since: datetime) -> Sequence[timedelta]:
        """How late each step was taken that was taken since then."""
        ...


@dataclass(frozen=True, slots=True)
class Promises:
    """How the engine keeps its word, of the last day."""

    accepted: int  # platform events; each is stored in the transaction that accepts it
    notices: int  # handed to a platform
    at_once: int  # of them within ten seconds
    soon: int  # of them within five minutes
    timers: int  # steps that came due
    timers_late: timedelta | None  # the 99th percentile
    overdue: int  # what should have been done and was not, now


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the audit's chain found. `head` names its end: kept elsewhere, it shows if that is cut off."""

    count: int  # links that hold
    unsealed: int  # rows that no link covers yet
    head: str
    broken_at: int | None  # the first link that does not hold
    missing: bool  # the older head that was given is not in this chain: its end was cut off

    @property
    def holds(self) -> bool:
        return self.broken_at is None and not self.missing

    @property
    def words(self) -> str:
        """The same for an operator."""
        if self.missing:
            return "That head is not in this chain: rows up to it have been taken away."
        if self.broken_at is not None:
            return f"Broken at row {self.broken_at}: it is not as it was written."
        rest = f", {self.unsealed} more are not sealed so far" if self.unsealed else ""
        return f"{self.count} rows hold{rest}. Head: {self.head}"


class Audit(Protocol):
    """Who did what: rows appended in the business transaction, never changed, and chained by the sealer afterwards."""

    def write(self, actor: PersonId | None, action: str, subject: str, at: datetime, *, allowed: bool = True) -> None:
        """`actor` None is the clock. Ids and fixed words only, never what a person typed."""
        ...

    def seal(self) -> int:
        """Give the rows that have none their place in the sealed chain; how many there were."""
        ...

    def verify(self, head: str | None = None) -> Verdict:
        """Walk the whole chain. `head` is an older one, as a former verdict named it."""
        ...


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in the local workspace, as it stands there. `author` None is the bot."""

    ref: MessageRef
    card: Card | None
    words: str
    author: PersonId | None
    at: datetime
    edited_at: datetime | None


class Feed(Protocol):
    """What the local workspace keeps, since it has no platform behind it that would. Each call is a transaction."""

    async def post(self, to: Address, card: Card, key: str, at: datetime) -> MessageRef:
        """Once per key: a second call with it returns the first message."""
        ...

    async def say(self, to: Address, words: str, author: PersonId, key: str, at: datetime) -> MessageRef:
        """A line that a person typed; once per key, as with the bot's own messages."""
        ...

    async def edit(self, message: MessageRef, card: Card, at: datetime) -> bool:
        """False where there is no such message."""
        ...

    async def find(self, to: Address, key: str) -> MessageRef | None: ...
    async def get(self, message: MessageRef) -> Posted | None: ...
    async def page(self, to: Address, limit: int) -> Sequence[Posted]:
        """The last messages of a place, oldest first; with `to.thread` those of that thread, without it none of any."""
        ...


class Transaction(Protocol):
    """One transaction, and everything that can be read and written in it."""

    @property
    def pilots(self) -> Pilots: ...
    @property
    def people(self) -> People: ...
    @property
    def issues(self) -> Issues: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def handles(self) -> Handles: ...
    @property
    def rota(self) -> Rota: ...
    @property
    def known(self) -> KnownAnswers: ...
    @property
    def search(self) -> Search: ...
    @property
    def held(self) -> HeldBack: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def agenda(self) -> Agenda: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def watch(self) -> Watch: ...
    def first_time(self, key: str, now: datetime) -> bool:
        """False where this platform event was accepted before. Only a keyed HMAC of the key is kept."""
        ...

    def new_id(self) -> int:
        """A random 63-bit id: it says nothing about when or in what order."""
        ...


class Database(Protocol):
    """Runs synchronous transactions for the asynchronous edges."""

    async def run(self, work: Callable[[Transaction], T]) -> T:
        """Commit what `work` did and return its result, or roll back and raise. Unavailable: nothing was written."""
        ...

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """The same without writing; never waits for a writer."""
        ...

    async def now(self) -> datetime:
        """The database's clock, UTC."""
        ...


class Dispatch(Protocol):
    """Finds lanes that have something to send and calls `send` for each, one call per lane at a time."""

    async def run(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Until cancelled."""
        ...

    async def drain(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Until nothing is ready that may be sent now."""
        ...

    def running(self) -> bool:
        """Whether `run` is under way."""
        ...


class Probe(Protocol):
    """What an operator asks of a running installation."""

    async def checks(self) -> Mapping[str, str | None]:
        """A sentence per check: what is wrong, or None where all is well."""
        ...

    async def gauges(self) -> Mapping[str, float]:
        """Metric name to present value."""
        ...


class TimeControl(Protocol):
    """The demo's clock, which stands still between presses."""

    async def now(self) -> datetime: ...
    async def advance(self, by: timedelta) -> None:
        """Step from one due instant to the next, doing each one's work at its own time, until `by` has passed."""
        ...

    async def next_event(self) -> None:
        """Step to the next instant at which something is due, and do it."""
        ...

    async def settle(self) -> bool:
        """Deliver what is on its way, for which the clock may have to move by two minutes; whether it has moved."""
        ...

    async def start_over(self) -> None:
        """Empty the demo's database and seed it again."""
        ...
