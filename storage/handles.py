"""Ways back to those who reported without a name."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bot.errors import Gone
from bot.model import Address, Handle, Person, PersonId, Role
from bot.ports import BOX
from storage.scope import Scope, address_of, address_words, mine, names, of, values
from storage.tables import HandleRow, table_of

_HANDLE = table_of(HandleRow)

_ADD = insert(_HANDLE)
_ALL = select(*(_HANDLE.c[name] for name in names(Handle))).where(mine(_HANDLE))
_GET = _ALL.where(_HANDLE.c.id == of("id"))
_SEALED = select(_HANDLE.c.id, _HANDLE.c.identity).where(mine(_HANDLE), _HANDLE.c.identity.is_not(None))
_ON = _SEALED.where(_HANDLE.c.platform == of("platform"))
_IDENTITY = _SEALED.where(_HANDLE.c.id == of("id"))
_BY_CODE = select(_HANDLE.c.id).where(_HANDLE.c.code_index == of("code"), mine(_HANDLE))
_DESTROY = update(_HANDLE).where(_HANDLE.c.id == of("id"), mine(_HANDLE)).values(identity=None, code_index=None)
_SHUT = _DESTROY.values(platform=BOX)
_DROP = delete(_HANDLE).where(_HANDLE.c.id == of("id"), mine(_HANDLE))


class SqlHandles:
    """`bot.ports.Handles` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, handle: Handle, code: str | None = None) -> None:
        row = values(handle)
        row["identity"] = None if handle.identity is None else self._close(handle.id, handle.identity)
        row["code_index"] = None if code is None else self._code(code)
        self._scope.add(_ADD, row)

    def get(self, handle: PersonId) -> Handle | None:
        row = self._scope.row(_GET, of_id=handle)
        return None if row is None else self._handle(row)

    def person(self, handle: PersonId) -> Person | None:
        """The nameless person who stands in for it; nothing is opened for that."""
        row = self._scope.row(_GET, of_id=handle)
        return None if row is None else _person(row)

    def behind(self, address: Address) -> Sequence[PersonId]:
        # Opens every identity that is kept: about two microseconds each, a millisecond where 500 are. An index would
        # find them at once, and so would whoever has the file and the roster.
        there = _bare(address)
        rows = self._scope.rows(_ON, of_platform=address.platform)
        return [row.id for row in rows if self._open(row) == there]

    def reached(self, address: Address) -> Address:
        """Where a message to this address goes: who stands behind the handle, if one does. Raises Gone."""
        if address.behind is None or address.platform == BOX:  # nobody is written to there
            return address
        row = self._scope.row(_IDENTITY, of_id=address.behind)
        if row is None:
            raise Gone("nobody is behind this handle any more")
        return replace(self._open(row), thread=address.thread, behind=address.behind)

    def by_code(self, code: str) -> PersonId | None:
        row = self._scope.row(_BY_CODE, of_code=self._code(code))
        return None if row is None else row.id

    def destroy(self, handle: PersonId) -> None:
        self._scope.change(_DESTROY, of_id=handle)

    def shut(self, handle: PersonId) -> None:
        self._scope.change(_SHUT, of_id=handle)

    def drop(self, handle: PersonId) -> None:
        self._scope.change(_DROP, of_id=handle)

    def _handle(self, row: Row[Any]) -> Handle:
        return Handle(**row._asdict() | {"identity": None if row.identity is None else self._open(row)})

    def _close(self, handle: PersonId, identity: Address) -> bytes:
        return self._scope.keys.close_identity(address_words(_bare(identity)), place=self._place(handle))

    def _open(self, row: Row[Any]) -> Address:
        return address_of(self._scope.keys.open_identity(row.identity, place=self._place(row.id)))

    def _place(self, handle: PersonId) -> str:
        return f"handle.identity|{handle}|{self._scope.tenant}"

    def _code(self, code: str) -> bytes:
        return self._scope.index("code", code)


def _bare(address: Address) -> Address:
    return replace(address, thread=None, behind=None)


def _person(row: Row[Any]) -> Person:
    return Person(
        row.id,
        row.pilot,
        row.unit,
        "",
        row.job,
        frozenset({Role.CLINICIAN}),
        Address(row.platform, "person", "", behind=row.id),
        row.zone,
        row.language,
        on_duty=False,
        nameless=True,
    )
