"""Words that are not yet a report."""

from sqlalchemy import delete, insert, select

from bot.model import Draft, DraftId, PersonId
from storage.scope import Scope, mine, names, of, values
from storage.tables import DraftRow, table_of

_DRAFT = table_of(DraftRow)
_IT = (_DRAFT.c.id == of("id"), mine(_DRAFT))

_ADD = insert(_DRAFT)
_GET = select(*(_DRAFT.c[name] for name in names(Draft))).where(*_IT)
_DROP = delete(_DRAFT).where(*_IT)
_FORGET = delete(_DRAFT).where(_DRAFT.c.person == of("person"), mine(_DRAFT))


class SqlDrafts:
    """`bot.ports.Drafts` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, draft: Draft) -> None:
        self._scope.add(_ADD, {**values(draft), "words": self._scope.close("draft.words", draft.id, draft.words)})

    def get(self, draft: DraftId) -> Draft | None:
        row = self._scope.row(_GET, of_id=draft)
        if row is None:
            return None
        return Draft(**row._asdict() | {"words": self._scope.open("draft.words", row.id, row.words)})

    def drop(self, draft: DraftId) -> None:
        self._scope.change(_DROP, of_id=draft)

    def forget(self, person: PersonId) -> int:
        return self._scope.change(_FORGET, of_person=person)
