"""The first tables, and the triggers that keep the audit and a missed deadline as they were written."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state IN ('ready', 'sending')")
UNFINISHED = sa.text("status NOT IN ('verified', 'unverified')")


def upgrade() -> None:
    _roster()
    _issues()
    _sending()
    _due_work()
    _audit()
    _local()
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _id() -> "sa.Column[int]":
    return sa.Column("id", COUNTER, primary_key=True, autoincrement=False)


def _counter() -> "sa.Column[int]":
    return sa.Column("id", COUNTER, primary_key=True, autoincrement=True)


def _text(name: str, *, null: bool = False, key: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=null, primary_key=key)


def _sealed(name: str, *, null: bool = False, key: bool = False) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(), nullable=null, primary_key=key)


def _whole(name: str, *, null: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=null)


def _big(name: str, *, null: bool = False, key: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=null, primary_key=key, autoincrement=False)


def _of(name: str, column: str, *, null: bool = False, key: bool = False) -> "sa.Column[int]":
    foreign = sa.ForeignKey(column)
    return sa.Column(name, sa.BigInteger(), foreign, nullable=null, primary_key=key, autoincrement=False)


def _bool(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), nullable=False)


def _index(name: str, table: str, columns: list[str], where: "sa.TextClause | None" = None) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _roster() -> None:
    op.create_table(
        "pilot",
        _id(),
        _text("tenant"),
        _text("key"),
        _text("name"),
        _text("zone"),
        _text("language"),
        _big("target"),
        _text("fix_team"),
        _text("emergency"),
        _text("incident_link"),
        _whole("last_number"),
    )
    op.create_table("unit", _id(), _text("tenant"), _of("pilot", "pilot.id"), _text("name"), _sealed("channel"))
    _index("unit_pilot", "unit", ["tenant", "pilot"])
    op.create_table(
        "person",
        _id(),
        _text("tenant"),
        _of("pilot", "pilot.id"),
        _of("unit", "unit.id"),
        _sealed("name"),
        _text("job"),
        _sealed("address"),
        _sealed("address_index"),
        _text("zone"),
        _text("language"),
        _bool("on_duty"),
        sa.UniqueConstraint("tenant", "address_index", name="person_address"),
    )
    _index("person_pilot", "person", ["tenant", "pilot"])
    op.create_table(
        "person_role",
        _of("person", "person.id", key=True),
        _text("role", key=True),
        _text("tenant"),
        _of("pilot", "pilot.id"),
    )
    _index("person_role_pilot", "person_role", ["tenant", "pilot", "role"])


def _issues() -> None:
    op.create_table(
        "issue",
        _id(),
        _text("tenant"),
        _of("pilot", "pilot.id"),
        _of("unit", "unit.id"),
        _text("key"),
        _whole("number"),
        _of("reporter", "person.id"),
        _of("owner", "person.id", null=True),
        _of("fixer", "person.id", null=True),
        _sealed("summary"),
        _whole("severity"),
        _text("status"),
        _whole("version"),
        _big("reported_at"),
        _big("due_at"),
        _big("addressed_at", null=True),
        _big("missed_at", null=True),
        _big("verified_at", null=True),
        _big("asked_at", null=True),
        _big("waiting_since", null=True),
        _big("waited"),
        _whole("events"),
        sa.UniqueConstraint("tenant", "pilot", "number", name="issue_number"),
    )
    _index("issue_reporter", "issue", ["tenant", "reporter"])
    _index("issue_open", "issue", ["tenant", "pilot", "due_at"], UNFINISHED)
    op.create_table(
        "happening",
        _counter(),
        _text("tenant"),
        _of("issue", "issue.id"),
        _whole("n"),
        _big("at"),
        _of("who", "person.id", null=True),
        _text("event"),
        _text("before"),
        _text("after"),
        _sealed("words"),
        sa.UniqueConstraint("issue", "n", name="happening_n"),
    )
    op.create_table(
        "fix",
        _of("issue", "issue.id", key=True),
        _big("n", key=True),
        _text("tenant"),
        _of("author", "person.id"),
        _big("at"),
        _text("kind"),
        _sealed("words"),
    )
    op.create_table(
        "step",
        _of("issue", "issue.id", key=True),
        _big("n", key=True),
        _text("tenant"),
        _big("due_at"),
        _text("needs"),
        _text("deed"),
        _text("tell"),
        _big("every", null=True),
        _big("done_at", null=True),
        _text("outcome", null=True),
    )
    op.create_table(
        "draft",
        _id(),
        _text("tenant"),
        _of("person", "person.id"),
        _sealed("words"),
        _big("received_at"),
    )


def _sending() -> None:
    op.create_table(
        "outbox",
        _counter(),
        _text("tenant"),
        _text("key"),
        _text("lane"),
        _text("bucket"),
        _sealed("target", null=True),
        _sealed("card", null=True),
        _text("slot", null=True),
        _bool("redraws"),
        _text("below", null=True),
        _big("issue", null=True),
        _text("settles", null=True),
        _text("state"),
        _whole("attempts"),
        _big("created_at"),
        _big("intent_at", null=True),
        _big("doubted_since", null=True),
        _big("settled_at", null=True),
        _sealed("reason", null=True),
        sa.UniqueConstraint("tenant", "key", name="outbox_key"),
    )
    _index("outbox_open", "outbox", ["tenant", "lane", "id"], OPEN)
    op.create_table(
        "living",
        _text("tenant", key=True),
        _text("slot", key=True),
        _big("issue", null=True),
        _sealed("target"),
        _sealed("message", null=True),
        _sealed("message_index", null=True),
    )
    _index("living_issue", "living", ["tenant", "issue"])
    _index("living_message", "living", ["tenant", "message_index"])
    op.create_table("lane", _text("tenant", key=True), _text("lane", key=True), _big("free_at"))
    op.create_table("bucket", _text("tenant", key=True), _text("bucket", key=True), _big("free_at"))
    op.create_table("inbox", _text("tenant", key=True), _sealed("key", key=True), _big("at"))


def _due_work() -> None:
    op.create_table(
        "agenda",
        _text("tenant", key=True),
        _text("key", key=True),
        _text("kind"),
        _big("subject"),
        _big("due_at"),
        _big("retry_at", null=True),
        _whole("failures"),
    )
    _index("agenda_due", "agenda", ["tenant", "due_at"])


def _audit() -> None:
    op.create_table(
        "audit",
        _counter(),
        _text("tenant"),
        _big("at"),
        _big("actor", null=True),
        _text("action"),
        _text("subject"),
        _bool("allowed"),
    )
    op.create_table(
        "audit_seal",
        _text("tenant", key=True),
        _big("seq", key=True),
        _big("audit_id"),
        _sealed("mac"),
        sa.UniqueConstraint("tenant", "audit_id", name="audit_seal_audit"),
    )


def _local() -> None:
    op.create_table(
        "feed",
        _counter(),
        _text("tenant"),
        _text("key"),
        _sealed("place"),
        _text("thread", null=True),
        _sealed("card", null=True),
        _sealed("words"),
        _big("author", null=True),
        _big("at"),
        _big("edited_at", null=True),
        sa.UniqueConstraint("tenant", "key", name="feed_key"),
    )
    _index("feed_place", "feed", ["tenant", "place", "thread", "id"])
    op.create_table("meta", _text("tenant", key=True), _text("key", key=True), _text("value"))


def _guard_sqlite() -> None:
    for table in ("audit", "audit_seal"):
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the audit is only ever appended to'); END"
            )
    op.execute(
        "CREATE TRIGGER issue_missed_once BEFORE UPDATE OF missed_at ON issue "
        "WHEN OLD.missed_at IS NOT NULL AND NEW.missed_at IS NOT OLD.missed_at "
        "BEGIN SELECT RAISE(ABORT, 'a missed deadline is never unwritten'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION checkback_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0]; END $$"
    )
    for table in ("audit", "audit_seal"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION checkback_refuse('the audit is only ever appended to')"
        )
    op.execute(
        "CREATE TRIGGER issue_missed_once BEFORE UPDATE ON issue FOR EACH ROW "
        "WHEN (OLD.missed_at IS NOT NULL AND NEW.missed_at IS DISTINCT FROM OLD.missed_at) "
        "EXECUTE FUNCTION checkback_refuse('a missed deadline is never unwritten')"
    )
