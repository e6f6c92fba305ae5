"""Messages kept back, and how many somebody had lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from bot.model import Held, PersonId
from storage.scope import Scope, mine, names, of, values
from storage.tables import ContactRow, HeldRow, table_of

_HELD = table_of(HeldRow)
_CONTACT = table_of(ContactRow)
_COUNTED = timedelta(days=30)  # further back nobody looks: a budget is that of a week

_PUT = insert(_HELD).on_conflict_do_nothing(index_elements=["tenant", "key"])
_OF_PERSON = (_HELD.c.person == of("person"), mine(_HELD))
_OF = select(*(_HELD.c[name] for name in names(Held))).where(*_OF_PERSON).order_by(_HELD.c.at, _HELD.c.key)
_CLEAR = delete(_HELD).where(*_OF_PERSON)

_COUNT = plain_insert(_CONTACT).inline()
_FORGET = delete(_CONTACT).where(_CONTACT.c.person == of("person"), mine(_CONTACT), _CONTACT.c.at < of("before"))
_SINCE = select(func.count().label("many")).where(
    _CONTACT.c.person == of("person"), mine(_CONTACT), _CONTACT.c.at >= of("since")
)
_BACK = (
    select(_CONTACT.c.at)
    .where(_CONTACT.c.person == of("person"), mine(_CONTACT))
    .order_by(_CONTACT.c.at.desc(), _CONTACT.c.id.desc())
    .limit(1)
    .offset(of("before"))
)


class SqlHeldBack:
    """`bot.ports.HeldBack` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, held: Held) -> None:
        self._scope.add(_PUT, {**values(held), "words": self._scope.close("held.words", held.key, held.words)})

    def of(self, person: PersonId) -> Sequence[Held]:
        rows = self._scope.rows(_OF, of_person=person)
        return [Held(**row._asdict() | {"words": self._scope.open("held.words", row.key, row.words)}) for row in rows]

    def clear(self, person: PersonId) -> None:
        self._scope.change(_CLEAR, of_person=person)

    def count(self, person: PersonId, at: datetime) -> None:
        self._scope.change(_FORGET, of_person=person, of_before=at - _COUNTED)
        self._scope.add(_COUNT, {"person": person, "at": at})

    def since(self, person: PersonId, since: datetime) -> int:
        count: int = self._scope.one(_SINCE, of_person=person, of_since=since).many
        return count

    def nth_last(self, person: PersonId, n: int) -> datetime | None:
        row = self._scope.row(_BACK, of_person=person, of_before=n - 1)
        return None if row is None else row.at
