"""Core statements compiled once and run on SQLite's own cursor: Core's bookkeeping costs more than the statements."""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
_DIALECT = sqlite.dialect(paramstyle="qmark")


class Prepared:
    """One statement for one set of values' names."""

    def __init__(self, statement: Executable, given: tuple[str, ...]) -> None:
        compiled: Any = statement.compile(dialect=_DIALECT, column_keys=list(given))  # type: ignore[attr-defined]
        wanting = {name for name, bind in compiled.binds.items() if bind.required} - set(given)
        if wanting:
            raise TypeError(f"this statement also needs {', '.join(sorted(wanting))}")
        self._sql: str = compiled.string
        fixed = compiled.construct_params(_check=False)  # the values that stand in the statement itself
        self._binds = [(name, fixed[name], _into(compiled.binds[name].type)) for name in compiled.positiontup]
        columns: ReadOnlyColumnCollection[str, Any] = statement.exported_columns  # type: ignore[attr-defined]
        self._row: Any = namedtuple("Row", columns.keys(), rename=True)  # type: ignore[misc] # noqa: PYI024
        self._outof = [_outof(column.type) for column in columns]

    def count(self, raw: sqlite3.Connection, given: Mapping[str, object]) -> int:
        """Run it; how many rows it touched."""
        return raw.execute(self._sql, self._bound(given)).rowcount

    def many(self, raw: sqlite3.Connection, all_given: Iterable[Mapping[str, object]]) -> None:
        raw.executemany(self._sql, map(self._bound, all_given))

    def rows(self, raw: sqlite3.Connection, given: Mapping[str, object]) -> Sequence[Any]:
        found = raw.execute(self._sql, self._bound(given)).fetchall()
        return [self._row._make(self._converted(row)) for row in found]

    def _bound(self, given: Mapping[str, object]) -> list[object]:
        bound = []
        for name, fixed, into in self._binds:
            value = given.get(name, fixed)
            bound.append(value if into is None else into(value))
        return bound

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        return [value if outof is None else outof(value) for outof, value in zip(self._outof, row, strict=True)]


@cache
def prepared(statement: Executable, given: tuple[str, ...]) -> Prepared:
    """Statements are built at the top of their files, so there are never more than a few of these."""
    return Prepared(statement, given)


def _into(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _outof(kind: TypeEngine[Any]) -> Convert | None:
    return kind.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
