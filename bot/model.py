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


class Role(StrEnum):
    """What somebody is to a pilot; one person may have several."""

    CLINICIAN = "clinician"
    CHAMPION = "champion"
    RESPONDER = "responder"
    LEAD = "lead"
    SPONSOR = "sponsor"
    SAFETY = "safety officer"


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
    FIXED = "fixed"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class FixKind(StrEnum):
    """What kind of change a fix was."""

    CONFIGURATION = "configuration"
    TRAINING = "training"
    PROCESS = "process"
    VENDOR = "vendor"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Address:
    """A place on a platform where a message can be put: somebody's direct messages, a channel, or a thread in it."""

    platform: str
    kind: str  # "person" or "channel"
    id: str
    thread: str | None = None  # the external id of the message that the thread hangs on


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

    @property
    def reader(self) -> Reader:
        return Reader(self.zone, self.language)


@dataclass(frozen=True, slots=True)
class Unit:
    """A ward or clinic, and the channel its people share."""

    id: UnitId
    pilot: PilotId
    name: str
    channel: Address


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

    @property
    def reader(self) -> Reader:
        return Reader(self.zone, self.language)

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Issue:
    """A problem somebody reported. Every time is UTC."""

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
    reported_at: datetime  # when the server first received the words
    due_at: datetime
    addressed_at: datetime | None = None  # something that helps was delivered; void again when it did not help
    missed_at: datetime | None = None  # written once, never unwritten; dated at the deadline
    verified_at: datetime | None = None
    asked_at: datetime | None = None  # when the first fix reached the reporter, who was asked about it
    waiting_since: datetime | None = None  # since when it waits for its reporter
    waited: timedelta = timedelta(0)  # how long it has waited for its reporter before
    events: int = 0  # rows of its history

    @property
    def reference(self) -> str:
        return f"{self.key}-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status not in {Status.VERIFIED, Status.UNVERIFIED}


class Event(StrEnum):
    """What can happen to an issue; each is a row of its history."""

    REPORT = "report"
    TAKE = "take"
    FIX = "fix"
    CONFIRM = "confirm"
    STILL_BROKEN = "still broken"
    SILENCE = "silence"
    CHANGE_SEVERITY = "change severity"
    ADDRESSED = "addressed"
    UNDELIVERED = "undelivered"
    ESCALATED = "escalated"
    ASKED_AGAIN = "asked again"
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


class Needs(StrEnum):
    """What must still be true of the issue for a step to be taken when it comes due."""

    UNOWNED = "nobody owns it"
    UNADDRESSED = "not addressed"
    UNANSWERED = "reporter has not answered"


class Deed(StrEnum):
    """What a step does."""

    TELL = "tell"
    MISS = "miss"
    ASK_AGAIN = "ask again"
    SILENCE = "close unverified"


class Audience(StrEnum):
    """Whom a step tells; routing turns it into people."""

    CHAMPIONS = "champions"
    RESPONDERS = "responders"
    OWNER = "owner"
    LEAD = "lead"
    SAFETY = "safety officer"
    SPONSOR = "sponsor"
    REPORTER = "reporter"


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
    person: PersonId
    words: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """An agenda entry that has come due: `kind` names the use case, `subject` what it is about."""

    key: str
    kind: str
    subject: int
    due_at: datetime
