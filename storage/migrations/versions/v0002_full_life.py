"""The full life of an issue: reports without a name, workarounds, waits, followers, rota, known answers, dead letters.

What is sealed or found by a keyed HMAC waits for `storage.upgrade`, which has the key.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

revision = "0002"
down_revision = "0001"

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNFINISHED = "status NOT IN ('verified', 'unverified', 'declined', 'withdrawn', 'merged')"
MONTH = 30 * 24 * 3600 * 1_000_000  # microseconds
# The names that PostgreSQL gave to the keys of revision 0001; SQLite is told them.
NAMES = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}


def upgrade() -> None:
    _roster()
    _issue()
    _parts()
    _search()
    _messages()
    _sending()


def _id() -> "sa.Column[int]":
    return sa.Column("id", COUNTER, primary_key=True, autoincrement=False)


def _counter() -> "sa.Column[int]":
    return sa.Column("id", COUNTER, primary_key=True, autoincrement=True)


def _text(name: str, *, null: bool = False, key: bool = False, default: str | None = None) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=null, primary_key=key, server_default=default)


def _sealed(name: str, *, null: bool = False) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(), nullable=null)


def _whole(name: str, *, null: bool = False, key: bool = False, default: str | None = None) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=null, primary_key=key, autoincrement=False, server_default=default)


def _big(name: str, *, null: bool = False, key: bool = False, default: str | None = None) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), nullable=null, primary_key=key, autoincrement=False, server_default=default)


def _of(name: str, column: str, *, null: bool = False, key: bool = False) -> "sa.Column[int]":
    foreign = sa.ForeignKey(column)
    return sa.Column(name, sa.BigInteger(), foreign, nullable=null, primary_key=key, autoincrement=False)


def _bool(name: str, *, default: bool | None = None, null: bool = False) -> "sa.Column[bool]":
    server = None if default is None else sa.true() if default else sa.false()
    return sa.Column(name, sa.Boolean(), nullable=null, server_default=server)


def _index(name: str, table: str, columns: list[str], where: str | None = None, *, unique: bool = False) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(
        name, table, ["tenant", *columns], unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def _add(table: str, *columns: "sa.Column[Any]") -> None:
    for column in columns:
        op.add_column(table, column)


def _roster() -> None:
    _add(
        "pilot",
        _big("starts_at", null=True),
        _text("nameless", default="handle"),
        _big("keeps_identity", default=str(MONTH)),
        _bool("pager", default=False),
    )
    _add("unit", _bool("wide", default=False), _whole("wave", default="1"), _big("live_at", null=True))
    _index("unit_wide", "unit", ["pilot"], "wide", unique=True)
    op.create_table(
        "rung",
        _of("pilot", "pilot.id", key=True),
        _big("since", key=True),
        _whole("severity", key=True),
        _big("n", key=True),
        _text("tenant"),
        _big("after"),
        _text("needs"),
        _text("tell"),
        _big("every", null=True),
    )
    with op.batch_alter_table("person", naming_convention=NAMES) as batch:  # an account may be given to somebody new
        batch.drop_constraint("person_address", type_="unique")
    _add(
        "person",
        _sealed("email", null=True),
        _sealed("email_index", null=True),
        _text("units", default=""),
        _bool("trained", default=True),
        _big("duty_until", null=True),
        _big("away_until", null=True),
        _big("deputy", null=True),
        _big("wrote_at", null=True),
        _bool("active", default=True),
    )
    _index("person_email", "person", ["pilot", "email_index"], unique=True)
    _index("person_address", "person", ["address_index"], "active", unique=True)
    op.create_table(
        "handle",
        _id(),
        _text("tenant"),
        _of("pilot", "pilot.id"),
        _of("unit", "unit.id"),
        _text("job"),
        _text("zone"),
        _text("language"),
        _text("platform"),
        _bool("away_from_champion"),
        _sealed("identity", null=True),
        _sealed("code_index", null=True),
    )
    _index("handle_platform", "handle", ["platform"])
    _index("handle_code", "handle", ["code_index"], unique=True)
    op.create_table(
        "shift",
        _counter(),
        _text("tenant"),
        _of("pilot", "pilot.id"),
        _of("person", "person.id"),
        _of("unit", "unit.id"),
        _big("starts_at"),
        _big("ends_at"),
    )
    _index("shift_pilot", "shift", ["pilot", "ends_at"])
    _index("shift_person", "shift", ["person", "ends_at"])


def _issue() -> None:
    op.drop_index("issue_open", "issue")
    _add(
        "issue",
        _big("target", null=True),
        _text("addressed_by", null=True),
        _whole("addressed_n", null=True),
        _big("waited_after", default="0"),
        _big("closed_at", null=True),
        _bool("nameless", default=False),
        _big("merged_into", null=True),
        _big("again_of", null=True),
        _bool("idea", default=False),
        _bool("outage", default=False),
        _bool("queued", default=False),
        _sealed("cause", null=True),
        _big("expected_at", null=True),
        _sealed("place", null=True),
        _sealed("instead", null=True),
        _text("non_use", null=True),
    )
    op.execute("UPDATE issue SET target = due_at - reported_at")
    _free("issue", "reporter", lambda batch: batch.alter_column("target", nullable=False))
    if op.get_bind().dialect.name == "sqlite":  # it went with the table that was made anew
        op.execute(
            "CREATE TRIGGER issue_missed_once BEFORE UPDATE OF missed_at ON issue "
            "WHEN OLD.missed_at IS NOT NULL AND NEW.missed_at IS NOT OLD.missed_at "
            "BEGIN SELECT RAISE(ABORT, 'a missed deadline is never unwritten'); END"
        )
    _index("issue_open", "issue", ["pilot", "due_at"], UNFINISHED)
    _index("issue_owed", "issue", ["pilot", "due_at"], f"addressed_at IS NULL AND NOT idea AND {UNFINISHED}")
    _index("issue_unit", "issue", ["unit", "due_at"], UNFINISHED)
    _index("issue_owner", "issue", ["owner", "due_at"], f"owner IS NOT NULL AND {UNFINISHED}")
    _index("issue_outage", "issue", ["pilot", "due_at"], "outage")
    _index("issue_unexplained", "issue", ["pilot", "missed_at"], "missed_at IS NOT NULL AND cause IS NULL")
    _index("issue_asked", "issue", ["pilot", "asked_at"], "status = 'fixed' AND asked_at IS NOT NULL")
    _index("issue_merged", "issue", ["merged_into", "reported_at"], "status = 'merged' AND merged_into IS NOT NULL")


def _free(table: str, column: str, more: Callable[[BatchOperations], None] = lambda _batch: None) -> None:
    """That column may name a handle from now on: it is no key of `person` any more."""
    with op.batch_alter_table(table, naming_convention=NAMES) as batch:
        batch.drop_constraint(f"{table}_{column}_fkey", type_="foreignkey")
        more(batch)


def _parts() -> None:
    _free("happening", "who")
    _add(
        "fix",
        _text("tags", default=""),
        _sealed("before", null=True),
        _sealed("after", null=True),
        _bool("undone", default=False),
    )
    op.create_table(
        "workaround",
        _of("issue", "issue.id", key=True),
        _big("n", key=True),
        _text("tenant"),
        _of("author", "person.id"),
        _big("at"),
        _sealed("words"),
        _big("expires_at"),
        _bool("risky"),
        _of("checked_by", "person.id", null=True),
        _bool("refused"),
        _big("delivered_at", null=True),
        _big("ended_at", null=True),
    )
    op.create_table(
        "vendor_wait",
        _of("issue", "issue.id", key=True),
        _big("n", key=True),
        _text("tenant"),
        _sealed("vendor"),
        _sealed("reference"),
        _big("expected_at", null=True),
        _big("since"),
        _big("until", null=True),
    )
    op.create_table(
        "asked",
        _of("issue", "issue.id", key=True),
        _big("n", key=True),
        _text("tenant"),
        _big("author"),
        _big("at"),
        _sealed("words"),
        _sealed("answer", null=True),
        _big("answered_at", null=True),
    )
    op.create_table(
        "follower",
        _of("issue", "issue.id", key=True),
        _big("person", key=True),
        _text("tenant"),
        _big("since"),
        _bool("says_fixed", null=True),
    )
    _index("follower_person", "follower", ["person"])
    op.create_table(
        "known_answer",
        _id(),
        _text("tenant"),
        _of("pilot", "pilot.id"),
        _of("issue", "issue.id"),
        _sealed("question"),
        _sealed("answer"),
        _of("author", "person.id"),
        _big("at"),
        _whole("helped"),
    )
    _index("known_answer_helped", "known_answer", ["pilot", "helped"])


def _search() -> None:
    op.create_table(
        "stem",
        _text("tenant", key=True),
        _text("kind", key=True),
        _big("subject", key=True),
        sa.Column("stem", sa.LargeBinary(), primary_key=True),
        _big("pilot"),
    )
    _index("stem_pilot", "stem", ["pilot", "kind", "stem", "subject"])


def _messages() -> None:
    _free("draft", "person")
    _add("draft", _whole("severity", null=True), _big("behalf", null=True))
    op.create_table(
        "held",
        _text("tenant", key=True),
        _text("key", key=True),
        _big("person"),
        _big("issue", null=True),
        _sealed("words"),
        _big("at"),
    )
    _index("held_person", "held", ["person", "at"])
    op.create_table("contact", _counter(), _text("tenant"), _big("person"), _big("at"))
    _index("contact_person", "contact", ["person", "at"])


def _sending() -> None:
    _add("outbox", _big("release_at", null=True))
    _index("outbox_set_aside", "outbox", ["id"], "state IN ('dead', 'unknown')")
    _index("outbox_settled", "outbox", ["settled_at"], "settled_at IS NOT NULL")
    _index("step_done", "step", ["done_at"])
    _index("inbox_at", "inbox", ["at"])
    _add("living", _big("drawn_at", null=True))
    op.drop_index("agenda_due", "agenda")  # without the key, what is due had to be sorted
    _index("agenda_due", "agenda", ["due_at", "key"])
