"""A seeded installation in a folder of its own, and processes that start at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.forks import Forks, forking
from tests.faults.installation import Installation


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    with forking() as processes:
        yield processes


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path, forks: Forks) -> Installation:
    return Installation(tmp_path, sqlite_template, forks)
