"""The words of the field as frozen values: who and where, an issue, its history, and the steps that come due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NewType

PilotId = NewType("PilotId", int)
UnitId = NewType("UnitId", int)
PersonId = NewType("PersonId", int)
IssueId = NewType("IssueId", int)
DraftId = NewType("DraftId", int)
AnswerId = NewType("AnswerId", int)


class Role(StrEnum):
    """What somebody is to a pilot; one person may have several."""

    CLINICIAN = "clinician"
    CHAMPION = "champion"
    RESPONDER = "responder"
    LEAD = "lead"
    SPONSOR = "sponsor"
    SAFETY = "safety officer"
    ADMIN = "admin"  # keeps the roster and the roles; nothing else


class Severity(IntEnum):
    """How bad it is, in the reporter's words; a lower number is worse."""

    PATIENT_AT_RISK = 1
    BLOCKS_WORK = 2
    SLOWS_WORK = 3
    QUESTION = 4


class Status(StrEnum):
    """Where an issue stands."""

    REPORTED = "reported"
    TAKEN = "taken"
    NEEDS_INFO = "needs info"  # waits for the reporter's answer
    WAITING_VENDOR = "waiting for vendor"
    FIXED = "fixed"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    DECLINED = "declined"
    MERGED = "merged"  # follows another issue
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({Status.VERIFIED, Status.UNVERIFIED, Status.DECLINED, Status.WITHDRAWN})


class FixKind(StrEnum):
    """What kind of change a fix was."""

    CONFIGURATION = "configuration"
    TRAINING = "training"
    PROCESS = "process"
    VENDOR = "vendor"
    CODE = "code"
    ANSWER = "answer"  # nothing was changed: a question was answered


class Tag(StrEnum):
    """What a fix changes; the three move together."""

    TECHNOLOGY = "technology"
    PEOPLE = "people"
    PROCESS = "process"


class Help(StrEnum):
    """What addressed an issue."""

    FIX = "fix"
    ANSWER = "answer"
    WORKAROUND = "workaround"


class NonUse(StrEnum):
    """Why somebody does without the new technology; asked, and shown apart."""

    FRICTION = "friction"
    TRAINING = "training"
    MISSING = "missing function"
    OTHER = "other"


class Nameless(StrEnum):
    """How a pilot takes reports without a name."""

    HANDLE = "handle"  # the identity is sealed, so that answers find their way
    STRICT = "strict"  # no identity is kept: a one-time code, and answers are fetched with it


@dataclass(frozen=True, slots=True)
class Address:
    """A place on a platform where a message can be put: somebody's direct messages, a channel, or a thread in it.

    One that stands `behind` a handle is somebody who reported without a name: its `id` is empty until the courier
    has it opened, and nothing is ever found by it but through the handle.
    """

    platform: str
    kind: str  # "person", "channel" or "webhook"
    id: str
    thread: str | None = None  # the external id of the message that the thread hangs on
    behind: PersonId | None = None


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message that a platform has accepted: where it is, and the platform's own id for it."""

    place: Address
    id: str


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a text is written: the IANA time zone and the language it is read in."""

    zone: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Pilot:
    """One technology tried for some weeks by some units."""

    id: PilotId
    key: str  # the letters before an issue's number: MAR in MAR-142
    name: str
    zone: str
    language: str
    target: timedelta  # from the first words to something that helps; frozen when the pilot starts
    fix_team: str  # what people read for the responders: "rapid response" runs to bedsides
    emergency: str  # the hospital's emergency number, as it is dialled
    incident_link: str  # where a patient-safety incident is filed
    starts_at: datetime | None = None  # go-live of the first wave
    nameless: Nameless = Nameless.HANDLE
    keeps_identity: timedelta = timedelta(days=30)  # how long after its close a nameless report can still be answered
    pager: bool = False  # whether a pager webhook is told of patients at risk

    @property
    def reader(self) -> Reader:
        return Reader(self.zone, self.language)


@dataclass(frozen=True, slots=True)
class Unit:
    """A ward or clinic, and the channel its people share.

    Every pilot has one that is `wide`: the whole of it, whose channel is the fix team's queue. A report stands there
    when naming its unit would name its reporter.
    """

    id: UnitId
    pilot: PilotId
    name: str
    channel: Address
    wide: bool = False
    wave: int = 1
    live_at: datetime | None = None  # when its wave starts to work with the new technology


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the roster."""

    id: PersonId
    pilot: PilotId
    unit: UnitId
    name: str
    job: str  # nurse, pharmacist, …: what the unit's channel may read about a reporter
    roles: frozenset[Role]
    address: Address
    zone: str
    language: str
    on_duty: bool
    email: str = ""  # how the roster knows them
    units: tuple[UnitId, ...] = ()  # all they work on; `unit` is where they are now
    trained: bool = True  # a champion who is not gets no routing
    duty_until: datetime | None = None  # said by themselves; the rota does the rest
    away_until: datetime | None = None
    deputy: PersonId | None = None  # who hears in their place while they are away
    wrote_at: datetime | None = None  # when they last wrote with their name
    active: bool = True  # False: no longer on the roster
    nameless: bool = False  # not a person of the roster, but the handle of a report without a name

    @property
    def reader(self) -> Reader:
        return Reader(self.zone, self.language)

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def works_on(self, unit: UnitId) -> bool:
        return unit == self.unit or unit in self.units

    def away(self, now: datetime) -> bool:
        return self.away_until is not None and now < self.away_until


@dataclass(frozen=True, slots=True)
class Handle:
    """A way back to somebody who reported without a name. `identity` is sealed apart, and destroyed after the close."""

    id: PersonId
    pilot: PilotId
    unit: UnitId
    job: str
    zone: str
    language: str
    platform: str
    identity: Address | None  # None: in strict mode, and once it was destroyed
    away_from_champion: bool = False  # they asked that their own champion is not told


@dataclass(frozen=True, slots=True)
class Issue:
    """A problem somebody reported. Every time is UTC. Where it came without a name, `reporter` is a handle."""

    id: IssueId
    pilot: PilotId
    unit: UnitId
    key: str
    number: int
    reporter: PersonId
    owner: PersonId | None
    fixer: PersonId | None  # who delivered the fix that is being judged: never the one who verifies it
    summary: str
    severity: Severity
    status: Status
    version: int  # counts changes of status, owner and severity; a button carries the version it was drawn from
    reported_at: datetime  # when the server first received the words: its own first clock
    due_at: datetime  # of the clock that counts: the earliest of all that were merged into it
    target: timedelta  # the pilot's, when it was reported
    addressed_at: datetime | None = None  # something that helps was delivered; void again when it did not help
    addressed_by: Help | None = None
    addressed_n: int | None = None  # the row of history of what counted
    missed_at: datetime | None = None  # written once, never unwritten; dated at the deadline
    verified_at: datetime | None = None
    asked_at: datetime | None = None  # when the first fix reached the reporter, who was asked about it
    waiting_since: datetime | None = None  # since when it waits for its reporter or a vendor
    waited: timedelta = timedelta(0)  # how long it has waited for them before
    waited_after: timedelta = timedelta(0)  # and since something helped: that counts too where it did not
    closed_at: datetime | None = None
    nameless: bool = False
    merged_into: IssueId | None = None
    again_of: IssueId | None = None  # the closed issue that has come back
    idea: bool = False  # a decision is owed, no help: no ladder and no 24 hours
    outage: bool = False  # declared by a lead: later reports are offered "me too"
    queued: bool = False  # in the fix team's queue
    cause: str = ""  # why it happened, or why it was missed
    expected_at: datetime | None = None  # when a fix is expected
    place: str = ""
    instead: str = ""  # what its reporter does instead
    non_use: NonUse | None = None
    events: int = 0  # rows of its history

    @property
    def reference(self) -> str:
        return f"{self.key}-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status not in CLOSED

    @property
    def started_at(self) -> datetime:
        """The start of the clock that counts: its own, or an earlier one that was merged into it."""
        return self.due_at - self.target


class Event(StrEnum):
    """What can happen to an issue; each is a row of its history."""

    REPORT = "report"
    # what people do
    TAKE = "take"
    HAND_OVER = "hand over"
    ESCALATE = "escalate"
    RELEASE = "release"
    ASK = "ask reporter"
    REPLY = "reply"  # the reporter answers what was asked
    RESUME = "resume"  # without that answer
    SEND_TO_VENDOR = "send to vendor"
    VENDOR_REPLIED = "vendor replied"
    WORK_AROUND = "workaround"
    CHECK = "workaround checked"  # by the safety officer or a lead, where it touches identity, dose or scanning
    WORKAROUND_FAILS = "workaround fails"
    FIX = "fix"
    CONFIRM = "confirm"
    STILL_BROKEN = "still broken"
    NEXT_SHIFT = "ask next shift"
    UNDO = "undo"
    PROPOSE_DECLINE = "propose decline"
    DECLINE = "decline"
    APPEAL = "appeal"
    MERGE = "merge"
    UNMERGE = "un-merge"
    WITHDRAW = "withdraw"
    CHANGE_SEVERITY = "change severity"
    ME_TOO = "me too"
    MARK_IDEA = "idea"
    EXPLAIN = "explain"  # the cause, and when a fix is expected
    DETAIL = "detail"  # the reporter adds the place, or what they do instead
    RELAY = "relay"  # a line from the team to the reporter, or back
    DECLARE_OUTAGE = "declare outage"
    # what the clock and the courier do
    SILENCE = "silence"
    ADDRESSED = "addressed"
    UNDELIVERED = "undelivered"
    ESCALATED = "escalated"  # a step of the ladder was taken
    ASKED_AGAIN = "asked again"
    REMINDED = "reminded"  # of something else than help that is owed
    SAID_WHY = "said why"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of an issue's history. `who` is None where the clock did it."""

    issue: IssueId
    n: int
    at: datetime
    who: PersonId | None
    event: Event
    before: Status
    after: Status
    words: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """What was done about an issue. `n` is the row of its history that it belongs to."""

    issue: IssueId
    n: int
    author: PersonId
    at: datetime
    kind: FixKind
    words: str
    tags: frozenset[Tag] = frozenset()
    before: str = ""  # a figure before and after it, with how many cases each speaks of
    after: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Workaround:
    """A way to go on meanwhile. A risky one is neither delivered nor counted until it was checked."""

    issue: IssueId
    n: int
    author: PersonId
    at: datetime
    words: str
    expires_at: datetime
    risky: bool
    checked_by: PersonId | None = None
    refused: bool = False  # checked, and not to be used
    delivered_at: datetime | None = None
    ended_at: datetime | None = None  # it failed, or a fix took its place

    @property
    def waits_for_check(self) -> bool:
        return self.risky and self.checked_by is None and self.ended_at is None

    @property
    def holds(self) -> bool:
        return self.delivered_at is not None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class VendorWait:
    """A stretch of waiting for a vendor."""

    issue: IssueId
    n: int
    vendor: str
    reference: str
    expected_at: datetime | None
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Something the reporter was asked, or told through the bot, and what they answered."""

    issue: IssueId
    n: int
    author: PersonId
    at: datetime
    words: str
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody whom an issue also concerns ("me too"): asked too when it is fixed."""

    issue: IssueId
    person: PersonId
    since: datetime
    says_fixed: bool | None = None  # of the last fix


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """An answer that was given, kept for the next similar question."""

    id: AnswerId
    pilot: PilotId
    issue: IssueId
    question: str
    answer: str
    author: PersonId
    at: datetime
    helped: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A message kept back: for the person's hours, or because they had enough this week; bundled into the next one."""

    key: str
    person: PersonId
    issue: IssueId | None
    words: str  # one line
    at: datetime


class Needs(StrEnum):
    """What must still be true of the issue for a step to be taken when it comes due."""

    UNOWNED = "nobody owns it"
    UNADDRESSED = "not addressed"
    UNANSWERED = "reporter has not answered"  # whether the fix works
    UNINFORMED = "reporter has not replied"  # to what was asked
    WITH_VENDOR = "vendor has not replied"
    WORKED_AROUND = "only worked around"  # a workaround holds and no fix so far
    UNCHECKED = "workaround not checked"
    UNDECIDED = "idea not decided"
    OPEN = "still open"


class Deed(StrEnum):
    """What a step does."""

    TELL = "tell"
    MISS = "miss"
    ASK_AGAIN = "ask again"
    SILENCE = "close unverified"
    ASK_STILL_SERVES = "ask whether the workaround still serves"
    SAY_WHY = "tell the reporter why it is still open"


class Audience(StrEnum):
    """Whom a step tells; routing turns it into people."""

    CHAMPIONS = "champions"
    SECOND_CHAMPION = "second champion"
    RESPONDERS = "responders"
    OWNER = "owner"
    LEAD = "lead"
    SAFETY = "safety officer"
    SPONSOR = "sponsor"
    REPORTER = "reporter"
    EVERYBODY = "everybody"  # who can help, off duty too


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the ladder: this long after the start, if still needed, these hear of it."""

    after: timedelta
    needs: Needs
    tell: tuple[Audience, ...]
    every: timedelta | None = None  # and again each time this long has passed


class Outcome(StrEnum):
    """What became of a step that came due."""

    DONE = "done"
    NOT_NEEDED = "not needed"
    OVERTAKEN = "overtaken"  # found late together with a higher one, which spoke for it


@dataclass(frozen=True, slots=True)
class Step:
    """One planned step of an issue: copied onto it, so that later settings do not touch it."""

    n: int
    due_at: datetime
    needs: Needs
    deed: Deed
    tell: tuple[Audience, ...] = ()
    every: timedelta | None = None  # done again this long after, for as long as it is needed
    done_at: datetime | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Words somebody sent that are not yet a report; kept for a day, the clock running from `received_at`."""

    id: DraftId
    person: PersonId  # or the handle of somebody who wants to report without a name
    words: str  # masked
    received_at: datetime
    severity: Severity | None = None  # as a mark at the front said it
    behalf: PersonId | None = None  # for whom it is reported


@dataclass(frozen=True, slots=True)
class Due:
    """An agenda entry that has come due: `kind` names the use case, `subject` what it is about."""

    key: str
    kind: str
    subject: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours in which somebody is on duty, on one unit. UTC."""

    person: PersonId
    unit: UnitId
    starts_at: datetime
    ends_at: datetime
