"""One transaction and the repositories in it, each made when it is first asked for."""

import secrets
from datetime import datetime
from functools import cached_property

from sqlalchemy.dialects.postgresql import insert

from storage.agenda import SqlAgenda
from storage.audit import SqlAudit
from storage.drafts import SqlDrafts
from storage.handles import SqlHandles
from storage.held import SqlHeldBack
from storage.issues import SqlIssues
from storage.known import SqlKnownAnswers
from storage.outbox import SqlOutbox
from storage.people import SqlPeople
from storage.pilots import SqlPilots
from storage.rota import SqlRota
from storage.scope import Scope
from storage.search import SqlSearch
from storage.tables import InboxRow, table_of
from storage.watch import SqlWatch

_ACCEPT = insert(table_of(InboxRow)).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


class SqlTransaction:
    """`bot.ports.Transaction` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @cached_property
    def pilots(self) -> SqlPilots:
        return SqlPilots(self.scope)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self.scope)

    @cached_property
    def issues(self) -> SqlIssues:
        return SqlIssues(self.scope)

    @cached_property
    def drafts(self) -> SqlDrafts:
        return SqlDrafts(self.scope)

    @cached_property
    def handles(self) -> SqlHandles:
        return SqlHandles(self.scope)

    @cached_property
    def rota(self) -> SqlRota:
        return SqlRota(self.scope)

    @cached_property
    def known(self) -> SqlKnownAnswers:
        return SqlKnownAnswers(self.scope)

    @cached_property
    def search(self) -> SqlSearch:
        return SqlSearch(self.scope)

    @cached_property
    def held(self) -> SqlHeldBack:
        return SqlHeldBack(self.scope)

    @cached_property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self.scope)

    @cached_property
    def agenda(self) -> SqlAgenda:
        return SqlAgenda(self.scope)

    @cached_property
    def audit(self) -> SqlAudit:
        return SqlAudit(self.scope)

    @cached_property
    def watch(self) -> SqlWatch:
        return SqlWatch(self.scope)

    def first_time(self, key: str, now: datetime) -> bool:
        return self.scope.add(_ACCEPT, {"key": self.scope.index("inbox", key), "at": now}) == 1

    def new_id(self) -> int:
        return 1 + secrets.randbelow(2**63 - 1)
