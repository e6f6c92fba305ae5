"""Every table. Rows are read and written by Core statements; these classes only say what a row is made of.

`tenant` stands on every row and in every statement. Columns of type `bytes` are sealed words (see `storage.seal`) or
keyed HMACs that find a row by something that must not be readable in it; sealed words that may be missing are NULL
where they are empty. Times are UTC. Whoever a column of numbers names may be a handle unless it is a key of `person`.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.model import Deed, Event, FixKind, Help, Nameless, Needs, NonUse, Outcome, Role, Severity, Status
from bot.ports import NoticeState
from storage.types import Counter, Instant, Level, Span, Word

# Written into statements as they stand here, or SQLite would not see that the partial indexes serve them.
OPEN = "state IN ('ready', 'sending')"
SETTLED = "settled_at IS NOT NULL"  # partial, or SQLite would take it for those that are open
SET_ASIDE = "state IN ('dead', 'unknown')"
UNFINISHED = "status NOT IN ('verified', 'unverified', 'declined', 'withdrawn', 'merged')"
OWED = f"addressed_at IS NULL AND NOT idea AND {UNFINISHED}"
UNEXPLAINED = "missed_at IS NOT NULL AND cause IS NULL"
ASKED = "status = 'fixed' AND asked_at IS NOT NULL"
ACTIVE = "active"
FOLLOWING = "status = 'merged' AND merged_into IS NOT NULL"


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a class, as Core knows it."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def _key(kind: Any = Text) -> Any:  # noqa: ANN401 - SQLModel's Field is untyped by design
    return Field(sa_column=Column(kind, primary_key=True, autoincrement=False))


def _counter() -> Any:  # noqa: ANN401
    return Field(default=None, sa_column=Column(Counter, primary_key=True, autoincrement=True))


def _col(kind: Any, *args: Any, null: bool = False) -> Any:  # noqa: ANN401
    return Field(sa_column=Column(kind, *args, nullable=null))


def _of(column: str, *, null: bool = False) -> Any:  # noqa: ANN401
    return Field(sa_column=Column(BigInteger, ForeignKey(column), nullable=null))


def _key_of(column: str) -> Any:  # noqa: ANN401
    return Field(sa_column=Column(BigInteger, ForeignKey(column), primary_key=True, autoincrement=False))


def _partial(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    where = text(condition)
    return Index(name, "tenant", *columns, unique=unique, sqlite_where=where, postgresql_where=where)


class PilotRow(SQLModel, table=True):
    __tablename__ = "pilot"
    id: int = _key(Counter)
    tenant: str = _col(Text)
    key: str = _col(Text)
    name: str = _col(Text)
    zone: str = _col(Text)
    language: str = _col(Text)
    target: timedelta = _col(Span)
    fix_team: str = _col(Text)
    emergency: str = _col(Text)
    incident_link: str = _col(Text)
    starts_at: datetime | None = _col(Instant, null=True)
    nameless: Nameless = _col(Word(Nameless))
    keeps_identity: timedelta = _col(Span)
    pager: bool
    last_number: int  # of its issues


class UnitRow(SQLModel, table=True):
    __tablename__ = "unit"
    __table_args__ = (
        Index("unit_pilot", "tenant", "pilot"),
        _partial("unit_wide", "wide", "pilot", unique=True),
    )
    id: int = _key(Counter)
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")
    name: str = _col(Text)
    channel: bytes = _col(LargeBinary)
    wide: bool
    wave: int
    live_at: datetime | None = _col(Instant, null=True)


class RungRow(SQLModel, table=True):
    __tablename__ = "rung"
    pilot: int = _key_of("pilot.id")
    since: datetime = _key(Instant)
    severity: Severity = _key(Level(Severity))
    n: int = _key(BigInteger)
    tenant: str = _col(Text)
    after: timedelta = _col(Span)
    needs: Needs = _col(Word(Needs))
    tell: str = _col(Text)
    every: timedelta | None = _col(Span, null=True)


class PersonRow(SQLModel, table=True):
    __tablename__ = "person"
    __table_args__ = (
        Index("person_pilot", "tenant", "pilot"),
        _partial("person_address", ACTIVE, "address_index", unique=True),  # whose account it was has left it
        Index("person_email", "tenant", "pilot", "email_index", unique=True),
    )
    id: int = _key(Counter)
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")
    unit: int = _of("unit.id")
    name: bytes = _col(LargeBinary)
    job: str = _col(Text)
    address: bytes = _col(LargeBinary)
    address_index: bytes = _col(LargeBinary)
    zone: str = _col(Text)
    language: str = _col(Text)
    on_duty: bool
    email: bytes | None = _col(LargeBinary, null=True)
    email_index: bytes | None = _col(LargeBinary, null=True)
    units: str = _col(Text)
    trained: bool
    duty_until: datetime | None = _col(Instant, null=True)
    away_until: datetime | None = _col(Instant, null=True)
    deputy: int | None = _col(BigInteger, null=True)
    wrote_at: datetime | None = _col(Instant, null=True)
    active: bool


class PersonRoleRow(SQLModel, table=True):
    __tablename__ = "person_role"
    __table_args__ = (Index("person_role_pilot", "tenant", "pilot", "role"),)
    person: int = _key_of("person.id")
    role: Role = _key(Word(Role))
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")


class HandleRow(SQLModel, table=True):
    """No column of it, nor its place among the others, tells who it is: no time, no count, a random id.

    `identity` is sealed under a key of its own, and as long as any other.
    """

    __tablename__ = "handle"
    __table_args__ = (
        Index("handle_platform", "tenant", "platform"),
        Index("handle_code", "tenant", "code_index", unique=True),
    )
    id: int = _key(Counter)
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")
    unit: int = _of("unit.id")
    job: str = _col(Text)
    zone: str = _col(Text)
    language: str = _col(Text)
    platform: str = _col(Text)
    away_from_champion: bool
    identity: bytes | None = _col(LargeBinary, null=True)
    code_index: bytes | None = _col(LargeBinary, null=True)


class ShiftRow(SQLModel, table=True):
    __tablename__ = "shift"
    __table_args__ = (
        Index("shift_pilot", "tenant", "pilot", "ends_at"),
        Index("shift_person", "tenant", "person", "ends_at"),
    )
    id: int | None = _counter()
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")
    person: int = _of("person.id")
    unit: int = _of("unit.id")
    starts_at: datetime = _col(Instant)
    ends_at: datetime = _col(Instant)


class IssueRow(SQLModel, table=True):
    __tablename__ = "issue"
    __table_args__ = (
        UniqueConstraint("tenant", "pilot", "number", name="issue_number"),
        Index("issue_reporter", "tenant", "reporter"),
        _partial("issue_open", UNFINISHED, "pilot", "due_at"),
        _partial("issue_owed", OWED, "pilot", "due_at"),
        _partial("issue_unit", UNFINISHED, "unit", "due_at"),
        _partial("issue_owner", f"owner IS NOT NULL AND {UNFINISHED}", "owner", "due_at"),
        _partial("issue_outage", "outage", "pilot", "due_at"),
        _partial("issue_unexplained", UNEXPLAINED, "pilot", "missed_at"),
        _partial("issue_asked", ASKED, "pilot", "asked_at"),
        _partial("issue_merged", FOLLOWING, "merged_into", "reported_at"),
    )
    id: int = _key(Counter)
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")
    unit: int = _of("unit.id")
    key: str = _col(Text)
    number: int
    reporter: int = _col(BigInteger)
    owner: int | None = _of("person.id", null=True)
    fixer: int | None = _of("person.id", null=True)
    summary: bytes = _col(LargeBinary)
    severity: Severity = _col(Level(Severity))
    status: Status = _col(Word(Status))
    version: int
    reported_at: datetime = _col(Instant)
    due_at: datetime = _col(Instant)
    target: timedelta = _col(Span)
    addressed_at: datetime | None = _col(Instant, null=True)
    addressed_by: Help | None = _col(Word(Help), null=True)
    addressed_n: int | None
    missed_at: datetime | None = _col(Instant, null=True)
    verified_at: datetime | None = _col(Instant, null=True)
    asked_at: datetime | None = _col(Instant, null=True)
    waiting_since: datetime | None = _col(Instant, null=True)
    waited: timedelta = _col(Span)
    waited_after: timedelta = _col(Span)
    closed_at: datetime | None = _col(Instant, null=True)
    nameless: bool
    merged_into: int | None = _col(BigInteger, null=True)
    again_of: int | None = _col(BigInteger, null=True)
    idea: bool
    outage: bool
    queued: bool
    cause: bytes | None = _col(LargeBinary, null=True)
    expected_at: datetime | None = _col(Instant, null=True)
    place: bytes | None = _col(LargeBinary, null=True)
    instead: bytes | None = _col(LargeBinary, null=True)
    non_use: NonUse | None = _col(Word(NonUse), null=True)
    events: int


class HappeningRow(SQLModel, table=True):
    __tablename__ = "happening"
    __table_args__ = (UniqueConstraint("issue", "n", name="happening_n"),)
    id: int | None = _counter()
    tenant: str = _col(Text)
    issue: int = _of("issue.id")
    n: int
    at: datetime = _col(Instant)
    who: int | None = _col(BigInteger, null=True)
    event: Event = _col(Word(Event))
    before: Status = _col(Word(Status))
    after: Status = _col(Word(Status))
    words: bytes = _col(LargeBinary)


class FixRow(SQLModel, table=True):
    __tablename__ = "fix"
    issue: int = _key_of("issue.id")
    n: int = _key(BigInteger)
    tenant: str = _col(Text)
    author: int = _of("person.id")
    at: datetime = _col(Instant)
    kind: FixKind = _col(Word(FixKind))
    words: bytes = _col(LargeBinary)
    tags: str = _col(Text)
    before: bytes | None = _col(LargeBinary, null=True)
    after: bytes | None = _col(LargeBinary, null=True)
    undone: bool


class WorkaroundRow(SQLModel, table=True):
    __tablename__ = "workaround"
    issue: int = _key_of("issue.id")
    n: int = _key(BigInteger)
    tenant: str = _col(Text)
    author: int = _of("person.id")
    at: datetime = _col(Instant)
    words: bytes = _col(LargeBinary)
    expires_at: datetime = _col(Instant)
    risky: bool
    checked_by: int | None = _of("person.id", null=True)
    refused: bool
    delivered_at: datetime | None = _col(Instant, null=True)
    ended_at: datetime | None = _col(Instant, null=True)


class VendorWaitRow(SQLModel, table=True):
    __tablename__ = "vendor_wait"
    issue: int = _key_of("issue.id")
    n: int = _key(BigInteger)
    tenant: str = _col(Text)
    vendor: bytes = _col(LargeBinary)
    reference: bytes = _col(LargeBinary)
    expected_at: datetime | None = _col(Instant, null=True)
    since: datetime = _col(Instant)
    until: datetime | None = _col(Instant, null=True)


class AskedRow(SQLModel, table=True):
    __tablename__ = "asked"
    issue: int = _key_of("issue.id")
    n: int = _key(BigInteger)
    tenant: str = _col(Text)
    author: int = _col(BigInteger)
    at: datetime = _col(Instant)
    words: bytes = _col(LargeBinary)
    answer: bytes | None = _col(LargeBinary, null=True)
    answered_at: datetime | None = _col(Instant, null=True)


class FollowerRow(SQLModel, table=True):
    __tablename__ = "follower"
    __table_args__ = (Index("follower_person", "tenant", "person"),)
    issue: int = _key_of("issue.id")
    person: int = _key(BigInteger)
    tenant: str = _col(Text)
    since: datetime = _col(Instant)
    says_fixed: bool | None


class KnownAnswerRow(SQLModel, table=True):
    __tablename__ = "known_answer"
    __table_args__ = (Index("known_answer_helped", "tenant", "pilot", "helped"),)
    id: int = _key(Counter)
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")
    issue: int = _of("issue.id")
    question: bytes = _col(LargeBinary)
    answer: bytes = _col(LargeBinary)
    author: int = _of("person.id")
    at: datetime = _col(Instant)
    helped: int


class StemRow(SQLModel, table=True):
    __tablename__ = "stem"
    __table_args__ = (Index("stem_pilot", "tenant", "pilot", "kind", "stem", "subject"),)
    tenant: str = _key()
    kind: str = _key()
    subject: int = _key(BigInteger)  # the id of an issue, or of whatever else `kind` says
    stem: bytes = _key(LargeBinary)  # a keyed HMAC
    pilot: int = _col(BigInteger)


class StepRow(SQLModel, table=True):
    __tablename__ = "step"
    __table_args__ = (Index("step_done", "tenant", "done_at"),)
    issue: int = _key_of("issue.id")
    n: int = _key(BigInteger)
    tenant: str = _col(Text)
    due_at: datetime = _col(Instant)
    needs: Needs = _col(Word(Needs))
    deed: Deed = _col(Word(Deed))
    tell: str = _col(Text)
    every: timedelta | None = _col(Span, null=True)
    done_at: datetime | None = _col(Instant, null=True)
    outcome: Outcome | None = _col(Word(Outcome), null=True)


class DraftRow(SQLModel, table=True):
    __tablename__ = "draft"
    id: int = _key(Counter)
    tenant: str = _col(Text)
    person: int = _col(BigInteger)
    words: bytes = _col(LargeBinary)
    received_at: datetime = _col(Instant)
    severity: Severity | None = _col(Level(Severity), null=True)
    behalf: int | None = _col(BigInteger, null=True)


class HeldRow(SQLModel, table=True):
    __tablename__ = "held"
    __table_args__ = (Index("held_person", "tenant", "person", "at"),)
    tenant: str = _key()
    key: str = _key()
    person: int = _col(BigInteger)
    issue: int | None = _col(BigInteger, null=True)
    words: bytes = _col(LargeBinary)
    at: datetime = _col(Instant)


class ContactRow(SQLModel, table=True):
    """A message that the bot began."""

    __tablename__ = "contact"
    __table_args__ = (Index("contact_person", "tenant", "person", "at"),)
    id: int | None = _counter()
    tenant: str = _col(Text)
    person: int = _col(BigInteger)
    at: datetime = _col(Instant)


class OutboxRow(SQLModel, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("tenant", "key", name="outbox_key"),
        _partial("outbox_open", OPEN, "lane", "id"),
        _partial("outbox_set_aside", SET_ASIDE, "id"),
        _partial("outbox_settled", SETTLED, "settled_at"),
    )
    id: int | None = _counter()
    tenant: str = _col(Text)
    key: str = _col(Text)
    lane: str = _col(Text)  # a keyed HMAC: the lane of a direct message would otherwise be an identity
    bucket: str = _col(Text)
    target: bytes | None = _col(LargeBinary, null=True)  # none for a redraw, and none once it was sent
    card: bytes | None = _col(LargeBinary, null=True)  # none once it was sent
    slot: str | None = _col(Text, null=True)
    redraws: bool
    below: str | None = _col(Text, null=True)
    issue: int | None = _col(BigInteger, null=True)
    settles: str | None = _col(Text, null=True)
    state: NoticeState = _col(Word(NoticeState))
    attempts: int
    created_at: datetime = _col(Instant)
    release_at: datetime | None = _col(Instant, null=True)
    intent_at: datetime | None = _col(Instant, null=True)
    doubted_since: datetime | None = _col(Instant, null=True)
    settled_at: datetime | None = _col(Instant, null=True)
    reason: bytes | None = _col(LargeBinary, null=True)


class LivingRow(SQLModel, table=True):
    __tablename__ = "living"
    __table_args__ = (
        Index("living_issue", "tenant", "issue"),
        Index("living_message", "tenant", "message_index"),
    )
    tenant: str = _key()
    slot: str = _key()
    issue: int | None = _col(BigInteger, null=True)
    target: bytes = _col(LargeBinary)
    message: bytes | None = _col(LargeBinary, null=True)  # none until the platform has accepted it
    message_index: bytes | None = _col(LargeBinary, null=True)
    drawn_at: datetime | None = _col(Instant, null=True)


class LaneRow(SQLModel, table=True):
    __tablename__ = "lane"
    tenant: str = _key()
    lane: str = _key()
    free_at: datetime = _col(Instant)  # by our own pace, or because the platform asked for a pause


class BucketRow(SQLModel, table=True):
    __tablename__ = "bucket"
    tenant: str = _key()
    bucket: str = _key()
    free_at: datetime = _col(Instant)


class AgendaRow(SQLModel, table=True):
    __tablename__ = "agenda"
    __table_args__ = (Index("agenda_due", "tenant", "due_at", "key"),)
    tenant: str = _key()
    key: str = _key()
    kind: str = _col(Text)
    subject: int = _col(BigInteger)
    due_at: datetime = _col(Instant)
    retry_at: datetime | None = _col(Instant, null=True)  # it failed, and is not tried before
    failures: int


class InboxRow(SQLModel, table=True):
    __tablename__ = "inbox"
    __table_args__ = (Index("inbox_at", "tenant", "at"),)
    tenant: str = _key()
    key: bytes = _key(LargeBinary)
    at: datetime = _col(Instant)


class AuditRow(SQLModel, table=True):
    __tablename__ = "audit"
    id: int | None = _counter()
    tenant: str = _col(Text)
    at: datetime = _col(Instant)
    actor: int | None = _col(BigInteger, null=True)
    action: str = _col(Text)
    subject: str = _col(Text)
    allowed: bool


class AuditSealRow(SQLModel, table=True):
    __tablename__ = "audit_seal"
    __table_args__ = (UniqueConstraint("tenant", "audit_id", name="audit_seal_audit"),)
    tenant: str = _key()
    seq: int = _key(BigInteger)
    audit_id: int = _col(BigInteger)
    mac: bytes = _col(LargeBinary)


class FeedRow(SQLModel, table=True):
    __tablename__ = "feed"
    __table_args__ = (
        UniqueConstraint("tenant", "key", name="feed_key"),
        Index("feed_place", "tenant", "place", "thread", "id"),
    )
    id: int | None = _counter()
    tenant: str = _col(Text)
    key: str = _col(Text)  # a keyed HMAC: it names people
    place: bytes = _col(LargeBinary)
    thread: str | None = _col(Text, null=True)
    card: bytes | None = _col(LargeBinary, null=True)
    words: bytes = _col(LargeBinary)
    author: int | None = _col(BigInteger, null=True)
    at: datetime = _col(Instant)
    edited_at: datetime | None = _col(Instant, null=True)


class MetaRow(SQLModel, table=True):
    __tablename__ = "meta"
    tenant: str = _key()
    key: str = _key()
    value: str = _col(Text)
