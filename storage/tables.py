"""Every table. Rows are read and written by Core statements; these classes only say what a row is made of.

`tenant` stands on every row and in every statement. Columns of type `bytes` are sealed words (see `storage.seal`) or
keyed HMACs that find a row by something that must not be readable in it. Times are UTC.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.model import Deed, Event, FixKind, Needs, Outcome, Role, Severity, Status
from bot.ports import NoticeState
from storage.types import Counter, Instant, Level, Span, Word

# Written into statements as it stands here, or SQLite would not see that the partial index serves them.
OPEN = "state IN ('ready', 'sending')"


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
    last_number: int  # of its issues


class UnitRow(SQLModel, table=True):
    __tablename__ = "unit"
    __table_args__ = (Index("unit_pilot", "tenant", "pilot"),)
    id: int = _key(Counter)
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")
    name: str = _col(Text)
    channel: bytes = _col(LargeBinary)


class PersonRow(SQLModel, table=True):
    __tablename__ = "person"
    __table_args__ = (
        Index("person_pilot", "tenant", "pilot"),
        UniqueConstraint("tenant", "address_index", name="person_address"),
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


class PersonRoleRow(SQLModel, table=True):
    __tablename__ = "person_role"
    __table_args__ = (Index("person_role_pilot", "tenant", "pilot", "role"),)
    person: int = Field(sa_column=Column(BigInteger, ForeignKey("person.id"), primary_key=True, autoincrement=False))
    role: Role = _key(Word(Role))
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")


class IssueRow(SQLModel, table=True):
    __tablename__ = "issue"
    __table_args__ = (
        UniqueConstraint("tenant", "pilot", "number", name="issue_number"),
        Index("issue_reporter", "tenant", "reporter"),
        Index(
            "issue_open",
            "tenant",
            "pilot",
            "due_at",
            sqlite_where=text("status NOT IN ('verified', 'unverified')"),
            postgresql_where=text("status NOT IN ('verified', 'unverified')"),
        ),
    )
    id: int = _key(Counter)
    tenant: str = _col(Text)
    pilot: int = _of("pilot.id")
    unit: int = _of("unit.id")
    key: str = _col(Text)
    number: int
    reporter: int = _of("person.id")
    owner: int | None = _of("person.id", null=True)
    fixer: int | None = _of("person.id", null=True)
    summary: bytes = _col(LargeBinary)
    severity: Severity = _col(Level(Severity))
    status: Status = _col(Word(Status))
    version: int
    reported_at: datetime = _col(Instant)
    due_at: datetime = _col(Instant)
    addressed_at: datetime | None = _col(Instant, null=True)
    missed_at: datetime | None = _col(Instant, null=True)
    verified_at: datetime | None = _col(Instant, null=True)
    asked_at: datetime | None = _col(Instant, null=True)
    waiting_since: datetime | None = _col(Instant, null=True)
    waited: timedelta = _col(Span)
    events: int


class HappeningRow(SQLModel, table=True):
    __tablename__ = "happening"
    __table_args__ = (UniqueConstraint("issue", "n", name="happening_n"),)
    id: int | None = _counter()
    tenant: str = _col(Text)
    issue: int = _of("issue.id")
    n: int
    at: datetime = _col(Instant)
    who: int | None = _of("person.id", null=True)
    event: Event = _col(Word(Event))
    before: Status = _col(Word(Status))
    after: Status = _col(Word(Status))
    words: bytes = _col(LargeBinary)


class FixRow(SQLModel, table=True):
    __tablename__ = "fix"
    issue: int = Field(sa_column=Column(BigInteger, ForeignKey("issue.id"), primary_key=True, autoincrement=False))
    n: int = _key(BigInteger)
    tenant: str = _col(Text)
    author: int = _of("person.id")
    at: datetime = _col(Instant)
    kind: FixKind = _col(Word(FixKind))
    words: bytes = _col(LargeBinary)


class StepRow(SQLModel, table=True):
    __tablename__ = "step"
    issue: int = Field(sa_column=Column(BigInteger, ForeignKey("issue.id"), primary_key=True, autoincrement=False))
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
    person: int = _of("person.id")
    words: bytes = _col(LargeBinary)
    received_at: datetime = _col(Instant)


class OutboxRow(SQLModel, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("tenant", "key", name="outbox_key"),
        Index("outbox_open", "tenant", "lane", "id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
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
    __table_args__ = (Index("agenda_due", "tenant", "due_at"),)
    tenant: str = _key()
    key: str = _key()
    kind: str = _col(Text)
    subject: int = _col(BigInteger)
    due_at: datetime = _col(Instant)
    retry_at: datetime | None = _col(Instant, null=True)  # it failed, and is not tried before
    failures: int


class InboxRow(SQLModel, table=True):
    __tablename__ = "inbox"
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
    key: str = _col(Text)
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
