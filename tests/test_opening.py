"""A pilot opened from the command line, as an implementation lead does it on one laptop."""

import asyncio
import csv
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app import first_admin, serving
from bot.cli import cli
from bot.errors import Misconfigured
from bot.settings import load
from tests.bot.books import LEE, MAYA, OPENS, people

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`checkback`, with an installation that has never been started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHECKBACK_SECRET_KEY", "invented-for-these-tests-" + "x" * 32)
    monkeypatch.setenv("CHECKBACK_DATABASE_URL", f"sqlite:///{tmp_path}/data/checkback.db")
    return lambda *arguments: CliRunner().invoke(cli, [str(each) for each in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pilot"
    made.mkdir()
    for sheet, rows in {**OPENS, "people": people()}.items():
        write(made / f"{sheet}.csv", rows)
    return made


def write(file: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_a_pilot_is_opened_and_the_second_time_nothing_happens(run: Run, folder: Path) -> None:
    first = run("roster", "import", folder)
    assert first.exit_code == 0, first.output
    assert "\nPeople: 5 added\n" in first.output
    assert re.search(r"\nNobody is an admin so far\. .* to the bot within 24 hours: admin [A-Z2-9]{8}\n", first.output)
    second = run("roster", "import", folder)
    assert (second.exit_code, second.output) == (0, "MAR: nothing to change, all of it is there already.\n")


def test_a_dry_run_leaves_everything_to_be_done(run: Run, folder: Path) -> None:
    planned = run("roster", "import", folder, "--dry-run")
    assert planned.output.endswith("\nThis was a dry run: nothing was changed.\n")
    done = run("roster", "import", folder)
    assert done.output.startswith(planned.output.partition("\nThis was")[0])


def test_what_is_wrong_is_printed_and_the_command_fails(run: Run, folder: Path) -> None:
    file = write(folder / "people.csv", people(maya={"units": "4 Wets"}))
    said = run("roster", "import", folder)
    assert said.exit_code == 1
    assert said.output == (
        "People, row 2, units: there is no unit 4 Wets. Write one or several of: 4 West, ICU, All units. "
        "Did you mean 4 West?\n\nNothing was changed.\n"
    )
    file.write_bytes("name;email\nZoë;zoe@hospital.example\n".encode("cp1252"))
    said = run("roster", "import", folder)
    assert isinstance(said.exception, Misconfigured)
    assert str(said.exception).startswith("people.csv is not written in UTF-8")


def test_people_alone_are_a_later_change(run: Run, folder: Path, tmp_path: Path) -> None:
    run("roster", "import", folder)
    later = write(tmp_path / "people.csv", people(maya={"job": "charge nurse"}))
    said = run("roster", "import", later, "--pilot", "mar")
    assert f"\n  ~ Maya Sample ({MAYA}), job: nurse -> charge nurse\n" in said.output


def test_a_role_is_given_and_taken_by_whoever_runs_the_server(run: Run, folder: Path) -> None:
    run("roster", "import", folder)
    given = run("role", "grant", LEE, "safety-officer")
    assert (given.exit_code, given.output) == (0, "Lee Madeup has the role: safety officer\n")
    kept = run("role", "revoke", LEE, "lead")
    assert kept.exit_code == 1
    assert kept.output.startswith("Lee Madeup keeps the role: implementation lead\n")
    assert run("role", "grant", "nobody@hospital.example", "lead").exit_code == 1
    unknown = run("role", "grant", LEE, "boss")
    assert unknown.exit_code == 2
    assert "clinician, champion, responder, lead, sponsor, safety-officer, admin" in unknown.output


def test_somebody_is_erased_only_where_that_is_said(run: Run, folder: Path) -> None:
    run("roster", "import", folder)
    tried = run("person", "erase", MAYA)
    assert (tried.exit_code, tried.output.splitlines()[0]) == (0, f"Maya Sample ({MAYA}) would be erased")
    done = run("person", "erase", MAYA, "--yes")
    assert (done.exit_code, done.output.splitlines()[0]) == (0, f"Maya Sample ({MAYA}) is erased")
    assert run("person", "erase", MAYA, "--yes").output.startswith("Nobody on the roster has the e-mail")
    last = run("person", "erase", LEE, "--yes")
    assert last.exit_code == 1
    assert last.output.startswith("Lee Madeup keeps the role: implementation lead\n")


def test_serve_has_a_code_for_as_long_as_nobody_is_an_admin(run: Run, folder: Path) -> None:
    async def greeting() -> str:
        async with serving(load()) as app:
            return await first_admin(app)

    assert asyncio.run(greeting()) == ""  # nobody is there at all
    run("roster", "import", folder)
    assert ": admin " in asyncio.run(greeting())
    run("role", "grant", LEE, "admin")
    assert asyncio.run(greeting()) == ""
