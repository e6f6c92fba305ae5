"""A seeded installation in a folder of its own, on either database, and processes that start at once."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from storage.migrate import migrate
from tests.conftest import made
from tests.faults import figures
from tests.faults.forks import Forks, forking
from tests.faults.installation import Installation

Size = Callable[[int, int], int]
_numbers = count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the fault tests at full size, which takes many minutes")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test found goes along with its report, also to another process."""
    report = yield
    report.user_properties += figures.taken()
    return report


@pytest.fixture(scope="session")
def size(pytestconfig: pytest.Config) -> Size:
    """The first number at full size, the second where all tests are run."""
    full = bool(pytestconfig.getoption("--full", default=False))
    return lambda at_full, short: at_full if full else short


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    with forking() as processes:
        yield processes


@pytest.fixture(scope="session")
def replicas() -> Iterator[list[Forks]]:
    """Four places in which a process can run at the same time as the others."""
    with ExitStack() as four:
        yield [four.enter_context(forking()) for _ in range(4)]


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path, forks: Forks) -> Installation:
    return Installation(tmp_path, sqlite_template, forks)


@pytest.fixture
def fresh_postgres(postgres: str) -> Iterator[str]:
    """A migrated database of its own, since other processes write into it."""
    with made(postgres, f"faults_{next(_numbers)}") as url:
        migrate(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, forks: Forks) -> Installation:
    """An installation, once on each database."""
    if request.param == "sqlite":
        return Installation(tmp_path, request.getfixturevalue("sqlite_template"), forks)
    return Installation(tmp_path, None, forks, url=request.getfixturevalue("fresh_postgres"))


@pytest.fixture
def shared(tmp_path: Path, fresh_postgres: str, forks: Forks) -> Installation:
    """An installation that several replicas can serve."""
    return Installation(tmp_path, None, forks, url=fresh_postgres)
