"""What an operator is told of the database's server."""

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.errors import Misconfigured
from storage.engine import parse

PER_REPLICA = 19  # connections: 13 for works, 4 for procrastinate, and one each to hear of jobs and of messages
_ASKED = text(
    "SELECT current_setting('server_version') AS version, "
    "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS connections"
)


def described(url: str) -> str:
    """Raises Misconfigured where not one replica could work with it."""
    known = parse(url)
    if known.get_backend_name() == "sqlite":
        return "reachable, tables up to date"
    try:
        with create_engine(known, poolclass=NullPool).connect() as connection:
            asked = connection.execute(_ASKED).one()
    except DBAPIError as error:
        raise Misconfigured(f"The database cannot be read: {error.orig}") from error
    if asked.connections < PER_REPLICA:
        raise Misconfigured(
            f"PostgreSQL gives out {asked.connections} connections, and a replica holds up to {PER_REPLICA}. "
            "Raise its max_connections."
        )
    version = asked.version.partition(" ")[0]
    return (
        f"PostgreSQL {version}, tables up to date; "
        f"each replica holds up to {PER_REPLICA} of its {asked.connections} connections"
    )
