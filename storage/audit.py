"""Who did what: rows that are only ever appended, and sealed by `storage.chain`."""

from datetime import datetime

from sqlalchemy import insert

from bot.model import PersonId
from bot.ports import Verdict
from storage import chain
from storage.scope import Scope
from storage.tables import AuditRow, table_of

_WRITE = insert(table_of(AuditRow)).inline()


class SqlAudit:
    """`bot.ports.Audit` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def write(self, actor: PersonId | None, action: str, subject: str, at: datetime, *, allowed: bool = True) -> None:
        row = {"actor": actor, "action": action, "subject": subject, "at": at, "allowed": allowed}
        self._scope.add(_WRITE, row)

    def seal(self) -> int:
        return chain.seal_new(self._scope)

    def verify(self, head: str | None = None) -> Verdict:
        return chain.verify(self._scope, head)
