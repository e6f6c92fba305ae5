"""A few facts about the database itself, by name."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from storage.scope import Scope, mine, of
from storage.tables import MetaRow, table_of

META = table_of(MetaRow)
_IT = (META.c.key == of("key"), mine(META))
_GET = select(META.c.value).where(*_IT)
_ADD = insert(META)
_PUT = _ADD.on_conflict_do_update(index_elements=["tenant", "key"], set_={"value": _ADD.excluded.value})
_DROP = delete(META).where(*_IT)


def get(scope: Scope, key: str) -> str | None:
    row = scope.row(_GET, of_key=key)
    return None if row is None else row.value


def put(scope: Scope, key: str, value: str) -> None:
    scope.add(_PUT, {"key": key, "value": value})


def drop(scope: Scope, key: str) -> None:
    scope.change(_DROP, of_key=key)
