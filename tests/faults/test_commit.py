"""Killed within a commit, and while the tables are being made or brought up."""

import random
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from storage.migrate import State, migrate, state
from storage.seal import KeyRing
from tests.builders import Ward
from tests.conftest import made
from tests.faults.conftest import Size
from tests.faults.figures import found
from tests.faults.forks import STDOUT, Forks
from tests.faults.installation import Installation
from tests.faults.people import parts
from tests.storage.test_upgrade import as_the_first_release_left_it
from tests.storage.test_upgrade import ward as ward  # noqa: PLC0414 - a fixture of these tests

pytestmark = pytest.mark.slow
LONGEST = 4_000  # microseconds after a commit was asked for


def test_killed_within_a_commit_what_was_acknowledged_is_there_and_the_rest_is_whole_or_not(
    house: Installation, forks: Forks, size: Size
) -> None:
    dice, kills, acknowledged = random.Random(), size(200, 15), 0  # noqa: S311 - instants, not secrets
    for _ in range(kills):
        given = (house.url, "--after", dice.randrange(2, 12), "--then", dice.randrange(LONGEST))
        forks.start("commits", *given, folder=house.folder, environment=house.environment())
        assert forks.ended() == -9
        acknowledged += len((house.folder / STDOUT).read_text().splitlines())
        counts = parts(house)
        assert len(set(counts.values())) == 1, counts
        assert counts["issues"] >= acknowledged
    verdict = house.run("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout
    if house.on_sqlite:
        assert house.sql("PRAGMA integrity_check") == [("ok",)]
    found(
        f"kill -9 within a commit ({house.kind})",
        f"{kills} kills, {acknowledged} reports acknowledged, 0 lost, "
        f"{counts['issues'] - acknowledged} kept and not acknowledged, 0 in part; audit holds",
    )


@pytest.mark.parametrize("before", ["nothing", "the first release"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_while_migrating_it_is_done_at_the_next_try(
    kind: str,
    before: str,
    request: pytest.FixtureRequest,
    forks: Forks,
    tmp_path: Path,
    keys: KeyRing,
    ward: Ward,
    size: Size,
) -> None:
    dice, kills = random.Random(), size(25, 4)  # noqa: S311 - instants, not secrets
    instants = [0.0] + [dice.uniform(0.2, 1) for _ in range(kills)]
    killed, takes = 0, 0.0
    for n, instant in enumerate(instants):
        folder = tmp_path / str(n)
        folder.mkdir()
        with ExitStack() as made_for_it:
            url = f"sqlite:///{folder}/checkback.db"
            if kind == "postgresql":
                name = f"migrated_{before.rsplit(maxsplit=1)[-1]}_{n}"
                url = made_for_it.enter_context(made(request.getfixturevalue("postgres"), name))
            house = begun(url, before, folder, forks, keys, ward)
            if takes:
                killed += was_killed(house, forks, instant * takes, before)
            else:  # the first is not killed: it shows how long one has
                takes = seconds_of(forks)
    found(f"kill -9 while migrating from {before} ({kind})", f"{killed} of {kills} before it was done, 0 left in part")
    assert killed


def begun(url: str, before: str, folder: Path, forks: Forks, keys: KeyRing, ward: Ward) -> Installation:
    """A migration that runs."""
    if before != "nothing":
        if url.startswith("sqlite:"):
            (folder / "checkback.db").touch()
        as_the_first_release_left_it(url, keys, ward)
    house = Installation.bare(folder, forks, url)
    forks.start("checkback", "migrate", folder=folder, environment=house.environment())
    return house


def seconds_of(forks: Forks) -> float:
    began = time.monotonic()
    assert forks.ended() == 0
    return time.monotonic() - began


def was_killed(house: Installation, forks: Forks, after: float, before: str) -> bool:
    """Kill it, look and finish. Whether the kill came before it was done."""
    time.sleep(after)
    early = forks.kill() != 0
    stands = state(house.url)
    assert stands in {State.EMPTY if before == "nothing" else State.BEHIND, State.CURRENT}
    assert early or stands is State.CURRENT
    migrate(house.url)
    assert state(house.url) is State.CURRENT
    if before != "nothing":
        for table in ("issue", "person", "outbox"):
            assert house.number(f"SELECT count(*) FROM {table}") == 2  # noqa: S608 - our own names
    return early and stands is not State.CURRENT
