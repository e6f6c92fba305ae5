"""Everything a database holds, row by row, in words that two installations share."""

import re
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from bot.ports import Transaction
from storage.database import SqlDatabase
from storage.transaction import SqlTransaction

# What is the platform's and not the bot's: the workspace's own messages, how fast one may write, seals and marks.
ELSEWHERE = {"feed", "lane", "bucket", "meta", "audit_seal", "admin"}
RANDOM = re.compile(r"\b[0-9a-f]{10,}\b")


async def rows(database: SqlDatabase) -> dict[str, list[str]]:
    """Sealed words are left out: each installation has a key of its own."""
    named = await database.read(_named)

    def look(tx: SqlTransaction) -> dict[str, list[str]]:
        found = {}
        for name, table in SQLModel.metadata.tables.items():
            if name not in ELSEWHERE:
                some = tx.scope.connection.execute(select(table)).mappings()
                found[name] = sorted(_told(dict(row), named) for row in some)
        return found

    return await database.read(look)


def _told(row: dict[str, Any], named: dict[str, str]) -> str:
    said = {name: value for name, value in row.items() if not isinstance(value, bytes) and name not in _APART}
    words = repr(said).replace("'slack'", "'local'")
    return RANDOM.sub(lambda found: named.get(found[0], "#"), words)


_APART = {"id", "lane", "seq"}  # given in the order of writing, or made from the platform's own names


def _named(tx: Transaction) -> dict[str, str]:
    """What random ids stand for."""
    found: dict[str, str] = {}
    for pilot in tx.pilots.all():
        found[str(pilot.id)] = pilot.key
        found |= {str(unit.id): unit.name for unit in tx.pilots.units(pilot.id)}
        found |= {str(person.id): person.email for person in tx.people.everybody(pilot.id)}
        found |= {str(issue.id): issue.reference for issue in tx.issues.reported_in(pilot.id)}
    return found
