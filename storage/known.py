"""Answers that were given, kept for the next similar question."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from bot.model import AnswerId, KnownAnswer, PilotId
from storage.scope import Scope, mine, names, of, values
from storage.tables import KnownAnswerRow, table_of

_KNOWN = table_of(KnownAnswerRow)
_SEALED = ("question", "answer")

_ADD = insert(_KNOWN)
_SAVE = _ADD.on_conflict_do_update(
    index_elements=["id"], set_={name: _ADD.excluded[name] for name in names(KnownAnswer) if name != "id"}
)
_ALL = select(*(_KNOWN.c[name] for name in names(KnownAnswer))).where(mine(_KNOWN))
_GET = _ALL.where(_KNOWN.c.id == of("id"))
_MOST_HELPFUL = (
    _ALL.where(_KNOWN.c.pilot == of("pilot"))
    .order_by(_KNOWN.c.helped.desc(), _KNOWN.c.at.desc(), _KNOWN.c.id)
    .limit(of("limit"))
)


class SqlKnownAnswers:
    """`bot.ports.KnownAnswers` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def save(self, answer: KnownAnswer) -> None:
        row = values(answer)
        for name in _SEALED:
            row[name] = self._scope.close(f"known_answer.{name}", answer.id, row[name])
        self._scope.add(_SAVE, row)

    def get(self, answer: AnswerId) -> KnownAnswer | None:
        row = self._scope.row(_GET, of_id=answer)
        return None if row is None else self._answer(row)

    def most_helpful(self, pilot: PilotId, limit: int) -> Sequence[KnownAnswer]:
        return [self._answer(row) for row in self._scope.rows(_MOST_HELPFUL, of_pilot=pilot, of_limit=limit)]

    def _answer(self, row: Row[Any]) -> KnownAnswer:
        found = row._asdict()
        for name in _SEALED:
            found[name] = self._scope.open(f"known_answer.{name}", row.id, found[name])
        return KnownAnswer(**found)
