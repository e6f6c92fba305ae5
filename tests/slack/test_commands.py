"""What an administrator types in a terminal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.settings import PREFIX, Settings
from tests.examples import EXAMPLES
from tests.peers.slackd.blockkit import check_manifest, check_message, check_view

PUBLIC = "https://checkback.hospital.example"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_manifest_can_be_pasted_at_slack_as_it_is_printed() -> None:
    printed = json.loads(run("manifest", "slack"))
    assert check_manifest(printed) == []
    assert printed["settings"]["socket_mode_enabled"]


def test_the_manifest_follows_the_settings_and_goes_into_a_folder_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKBACK_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("CHECKBACK_COMMAND", "/ward")
    assert "out/slack.json" in run("manifest", "slack", "--out", "out")
    written = json.loads(Path("out/slack.json").read_text(encoding="utf-8"))
    assert written["features"]["slash_commands"][0]["command"] == "/ward"
    assert written["settings"]["interactivity"]["request_url"] == f"{PUBLIC}/slack/events"


def test_the_gallery_holds_every_message_as_slack_receives_it() -> None:
    run("gallery", "--out", "gallery")
    files = list(Path("gallery/slack").iterdir())
    assert len(files) == len(EXAMPLES)
    for file in files:
        found = json.loads(file.read_text(encoding="utf-8"))
        for each in found if isinstance(found, list) else [found]:
            problems = check_view(each) if each.get("type") == "modal" else check_message(each)
            assert [one for one in problems if one.code != "not_unique"] == []
