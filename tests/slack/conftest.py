"""The hospital in a local Slack, once over HTTP and once over Socket Mode."""

from collections.abc import AsyncIterator

import pytest

from storage.database import SqlDatabase
from tests.slack.world import World, opened


@pytest.fixture(params=["http", "socket"])
async def world(request: pytest.FixtureRequest, sqlite: SqlDatabase) -> AsyncIterator[World]:
    """All that the bot posted was as Slack demands it."""
    async with opened(sqlite, http=request.param == "http") as made:
        yield made
        assert made.slack.complaints == []
