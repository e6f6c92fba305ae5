"""The sealed chain over the audit: each link holds the one before, so no row can be changed, moved or left out."""

from typing import Any

from sqlalchemy import BigInteger, Row, and_, exists, func, insert, select, type_coerce

from bot.ports import Verdict
from storage.scope import Scope, mine, of
from storage.tables import AuditRow, AuditSealRow, table_of

_AUDIT = table_of(AuditRow)
_SEAL = table_of(AuditSealRow)
_SLICE = 5_000  # rows sealed in one transaction at most
_LATE = 10_000  # on PostgreSQL a row may be committed after rows with higher ids; by so many at most

_CONTENT = (
    _AUDIT.c.id,
    type_coerce(_AUDIT.c.at, BigInteger).label("at"),
    _AUDIT.c.actor,
    _AUDIT.c.action,
    _AUDIT.c.subject,
    _AUDIT.c.allowed,
)
_LAST = select(_SEAL.c.seq, _SEAL.c.mac, _SEAL.c.audit_id).where(mine(_SEAL)).order_by(_SEAL.c.seq.desc()).limit(1)
_HIGHEST = select(func.coalesce(func.max(_SEAL.c.audit_id), 0).label("id")).where(mine(_SEAL))
_SEALED = exists().where(_SEAL.c.tenant == _AUDIT.c.tenant, _SEAL.c.audit_id == _AUDIT.c.id)
_UNSEALED = (
    select(*_CONTENT).where(mine(_AUDIT), _AUDIT.c.id > of("floor"), ~_SEALED).order_by(_AUDIT.c.id).limit(_SLICE)
)
_ADD = insert(_SEAL)
_ON_AUDIT = and_(_AUDIT.c.tenant == _SEAL.c.tenant, _AUDIT.c.id == _SEAL.c.audit_id)
_WALK = (
    select(_SEAL.c.seq, _SEAL.c.mac, *_CONTENT)
    .select_from(_SEAL.outerjoin(_AUDIT, _ON_AUDIT))
    .where(mine(_SEAL))
    .order_by(_SEAL.c.seq)
    .execution_options(yield_per=5_000)
)
_COUNT_UNSEALED = select(func.count().label("many")).where(mine(_AUDIT), ~_SEALED)


def seal_new(scope: Scope) -> int:
    """Give the rows that have none their place in the chain; how many there were."""
    last = scope.row(_LAST)
    seq, mac = (last.seq, last.mac) if last else (0, b"")
    links = []
    for row in scope.rows(_UNSEALED, of_floor=scope.one(_HIGHEST).id - _LATE):
        seq += 1
        mac = scope.keys.link(_message(scope.tenant, seq, mac, row))
        links.append({"seq": seq, "audit_id": row.id, "mac": mac})
    scope.add_all(_ADD, links)
    return len(links)


def verify(scope: Scope, head: str | None = None) -> Verdict:
    """Walk the whole chain. `head` is an older one, as a former verdict named it."""
    count, mac, broken_at, seen = 0, b"", None, head is None
    with scope.connection.execute(_WALK, {"of_tenant": scope.tenant}) as links:
        for link in links:
            seq = count + 1
            if link.seq != seq or not scope.keys.links(_message(scope.tenant, seq, mac, link), link.mac):
                broken_at = seq
                break
            count, mac = seq, link.mac
            seen = seen or _head(count, mac) == head
    unsealed = scope.one(_COUNT_UNSEALED).many
    return Verdict(count, unsealed, _head(count, mac), broken_at, missing=not seen)


def _message(tenant: str, seq: int, before: bytes, row: Row[Any]) -> bytes:
    """A row's content and its place, in one spelling only. A row that is gone has none, and fits no link."""
    action, subject = row.action or "", row.subject or ""  # with their lengths, or one could pass for part of the other
    words = f"{len(tenant)}:{tenant} {len(action)}:{action} {len(subject)}:{subject}"
    return before + f"{seq} {row.id} {row.at} {row.actor} {row.allowed} {words}".encode()


def _head(count: int, mac: bytes) -> str:
    return f"{count}:{mac.hex()}"
