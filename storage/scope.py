"""What the repositories of one transaction share: its connection, whose rows they are, and the seal."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Executable, FromClause, Row, bindparam

from bot.errors import Gone
from bot.model import Address, PersonId
from storage.prepared import prepared
from storage.seal import KeyRing

_PART = "\x1f"  # the unit separator: in no platform's ids


def of(name: str) -> BindParameter[Any]:
    """A value that a statement looks for; the prefix keeps it apart from the column that an update writes."""
    return bindparam(f"of_{name}")


def mine(table: FromClause) -> ColumnElement[bool]:
    """Rows of this tenant: a condition of every statement."""
    return table.c.tenant == of("tenant")


@cache
def names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a dataclass
    return tuple(each.name for each in fields(kind))


def values(thing: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the frozen values
    """The fields of a frozen value, one level deep."""
    kind: Any = type(thing)
    return {name: getattr(thing, name) for name in names(kind)}


@dataclass(slots=True)
class Scope:
    """Statements are built once, at the top of each file; here they meet their values."""

    connection: Connection
    tenant: str
    keys: KeyRing
    raw: sqlite3.Connection | None = None  # SQLite's own, where it is SQLite
    posted: set[str] = field(default_factory=set)  # lanes in which something waits that did not before

    def add(self, statement: Executable, row: Mapping[str, object]) -> int:
        """How many rows an insert added."""
        return self._count(statement, {"tenant": self.tenant, **row})

    def add_all(self, statement: Executable, rows: Sequence[Mapping[str, object]]) -> None:
        if not rows:
            return
        given = [{"tenant": self.tenant, **row} for row in rows]
        if self.raw is None:
            self.connection.execute(statement, given)
        else:
            prepared(statement, tuple(given[0])).many(self.raw, given)

    def change(self, statement: Executable, **given: object) -> int:
        """How many rows an update or a delete touched."""
        return self._count(statement, {"of_tenant": self.tenant, **given})

    def rows(self, statement: Executable, **given: object) -> Sequence[Row[Any]]:
        values = {"of_tenant": self.tenant, **given}
        if self.raw is None:
            return self.connection.execute(statement, values).all()
        return prepared(statement, tuple(values)).rows(self.raw, values)

    def row(self, statement: Executable, **given: object) -> Row[Any] | None:
        return next(iter(self.rows(statement, **given)), None)

    def one(self, statement: Executable, **given: object) -> Row[Any]:
        """The row that must be there."""
        found = self.row(statement, **given)
        if found is None:
            raise Gone("no such row")
        return found

    def _count(self, statement: Executable, values: Mapping[str, object]) -> int:
        if self.raw is None:
            return self.connection.execute(statement, values).rowcount
        return prepared(statement, tuple(values)).count(self.raw, values)

    def close(self, column: str, row: object, words: str) -> bytes:
        """Seal words for `table.column` and the row's own name."""
        return self.keys.close(words, place=f"{column}|{row}|{self.tenant}")

    def open(self, column: str, row: object, sealed: bytes) -> str:
        return self.keys.open(sealed, place=f"{column}|{row}|{self.tenant}")

    def close_some(self, column: str, row: object, words: str) -> bytes | None:
        """Words that are mostly missing: nothing is kept of empty ones."""
        return self.close(column, row, words) if words else None

    def open_some(self, column: str, row: object, sealed: bytes | None) -> str:
        return "" if sealed is None else self.open(column, row, sealed)

    def close_address(self, column: str, row: object, address: Address) -> bytes:
        return self.close(column, row, address_words(address))

    def open_address(self, column: str, row: object, sealed: bytes) -> Address:
        return address_of(self.open(column, row, sealed))

    def index(self, *words: str) -> bytes:
        """By what a row is found whose words are sealed."""
        return self.keys.index("|".join((self.tenant, *words)))

    def place(self, address: Address, label: str = "") -> bytes:
        """The index of an address; a thread is in the same place as the messages around it.

        Each table has a label of its own, or whose lane or pane it is could be read off the roster without the key.
        """
        labels = (label,) if label else ()  # the roster has none
        if address.behind is not None:
            return self.index(*labels, "handle", str(address.behind))
        return self.index(*labels, address.platform, address.kind, address.id)


def address_words(address: Address) -> str:
    """An address in one line; of one behind a handle, who it is stays out."""
    if address.behind is None:
        return _PART.join((address.platform, address.kind, address.id, address.thread or ""))
    return _PART.join((address.platform, address.kind, "", address.thread or "", str(address.behind)))


def address_of(words: str) -> Address:
    platform, kind, place, thread, *behind = words.split(_PART)
    return Address(platform, kind, place, thread or None, PersonId(int(behind[0])) if behind else None)
