"""A seeded hospital for each test that wants one, copied from a file made once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import hospital
from storage.engine import open_database
from storage.seal import KeyRing
from tests.world import World


@pytest.fixture(scope="session")
def hospital_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, keys: KeyRing) -> Path:
    """A file with the made-up hospital in it."""
    path = tmp_path_factory.mktemp("hospital") / "checkback.db"
    shutil.copy(sqlite_template, path)

    async def seed() -> None:
        database = open_database(f"sqlite:///{path}", keys)
        await database.run(hospital.seed)
        await database.close()

    asyncio.run(seed())
    return path


@pytest.fixture
async def world(tmp_path: Path, hospital_template: Path, keys: KeyRing) -> AsyncIterator[World]:
    path = tmp_path / "hospital.db"
    shutil.copy(hospital_template, path)
    database = open_database(f"sqlite:///{path}", keys)
    yield World(database)
    await database.close()
