"""A pilot that is worth moving: reports, a fix that waits to be sent, work that is due, and an audit with a chain."""

from datetime import timedelta

from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from bot import agenda, hospital
from bot.ports import Transaction
from storage.database import SqlDatabase
from storage.engine import open_database, parse
from storage.meta import check_secret
from storage.seal import KeyRing
from tests.peers.chat import Chat, Fault
from tests.world import ANA, MAYA, World

CANARY = "zebrafinch"  # typed by somebody; nowhere else
FIXED = "MAR-1: fixed for you?"
Rows = dict[str, list[tuple[object, ...]]]


async def lived(url: str, keys: KeyRing, chat: Chat) -> None:
    """The fix of the first report is ready to be sent, and refused so far."""
    database = open_database(url, keys)
    await database.run(_seed)
    await check_secret(database)
    world = World(database, chat)
    await world.types(MAYA, f"report the {CANARY} cart is dark")
    await world.types(MAYA, "report no label is printed")
    await world.pass_time(1)
    await world.fix(ANA, [Fault.TOO_MANY])
    assert FIXED not in chat.at(MAYA)
    await database.close()


def _seed(tx: Transaction) -> None:
    hospital.seed(tx)
    agenda.standing(tx, hospital.BEGINS)


async def goes_on(url: str, keys: KeyRing, chat: Chat, hours: float) -> None:
    """The same people, chat and clock on that database, so long after the beginning."""
    database = open_database(url, keys)
    await World(database, chat, start=hospital.BEGINS).sleep(hours)
    await database.close()


async def reports(database: SqlDatabase, chat: Chat) -> str:
    """One more; the number that it is given."""
    world = World(database, chat)
    await world.clock.set(hospital.BEGINS + timedelta(hours=2))
    await world.types(MAYA, "report the drug list is empty", key="a later event")
    return [f"{issue.key}-{issue.number}" for issue in await world.issues()][-1]


def sent_once(chat: Chat) -> bool:
    keys = [message.key for message in chat.history]
    return len(keys) == len(set(keys))


def rows(url: str) -> Rows:
    """All that stands there, as the tables' types read it."""
    with create_engine(parse(url), poolclass=NullPool).connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        return {
            each.name: sorted((tuple(row) for row in connection.execute(select(each))), key=repr) for each in tables
        }
