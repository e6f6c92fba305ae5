"""Opens the database that a URL names."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import Misconfigured
from storage.database import SqlDatabase
from storage.seal import KeyRing
from storage.sqlite import SqliteDatabase

_PATIENCE = timedelta(seconds=5)


def open_database(
    url: str,
    keys: KeyRing,
    tenant: str = "main",
    *,
    exclusive: bool = False,
    busy_timeout: timedelta = _PATIENCE,
) -> SqlDatabase:
    """`exclusive` refuses a second process on the same SQLite file; PostgreSQL takes any number."""
    known = parse(url)
    if known.get_backend_name() == "sqlite":
        return SqliteDatabase(path_of(known), keys, tenant, exclusive=exclusive, busy_timeout=busy_timeout)
    from storage.postgresql import PostgresDatabase

    return PostgresDatabase(known, keys, tenant, busy_timeout=busy_timeout)


def parse(url: str) -> URL:
    """The URL with the driver that we use."""
    try:
        found = make_url(url)
    except ArgumentError:
        raise Misconfigured(
            "CHECKBACK_DATABASE_URL is no URL. Examples: sqlite:///data/checkback.db, postgresql://user@host/db"
        ) from None
    if found.drivername.split("+")[0] in {"postgresql", "postgres"}:
        return found.set(drivername="postgresql+psycopg")
    if found.get_backend_name() == "sqlite" and found.database not in {None, "", ":memory:"}:
        return found
    raise Misconfigured(
        f"CHECKBACK_DATABASE_URL begins with {found.drivername}: "
        "only a SQLite file (sqlite:///…) and postgresql:// serve."
    )


def path_of(url: URL) -> Path:
    return Path(url.database or "")
