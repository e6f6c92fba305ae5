from pathlib import Path

import pytest

from bot.errors import Misconfigured
from bot.settings import FILE, PREFIX, Settings, load

CANARY = "canary-7d1f"
LONG = "an-invented-secret-of-the-tests-long-enough"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, with none of our variables set."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_without_anything_set_it_listens_on_loopback_and_shows_no_workspace() -> None:
    found = load()
    assert (found.host, found.port, found.keys, found.local_workspace) == ("127.0.0.1", 8080, (), False)
    assert found.on_loopback


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    FILE.write_text('port = 9001\nhost = "0.0.0.0"\n', encoding="utf-8")
    monkeypatch.setenv("CHECKBACK_PORT", "9002")
    found = load()
    assert (found.port, found.host, found.database_url) == (9002, "0.0.0.0", "sqlite:///data/checkback.db")  # noqa: S104
    assert not found.on_loopback


def test_what_the_command_line_gives_goes_before_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKBACK_PORT", "9002")
    assert load(port=9003).port == 9003


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DATABASE_URL", CANARY, "begins with sqlite:/// or postgresql://"),
        ("DATABASE_URL", f"mysql://{CANARY}", "begins with sqlite:/// or postgresql://"),
        ("SECRET_KEY", CANARY, "openssl rand -hex 32"),
        ("SECRET_KEY", f"{LONG} {CANARY}", "at least 32 characters"),
        ("SECRET_KEY", " ", "at least 32 characters"),
        ("PORT", CANARY, "valid integer"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("PORT", "-1", "greater than or equal to 0"),
        ("LOCAL_WORKSPACE", CANARY, "valid boolean"),
        ("COMMAND", CANARY, "it is a slash and then"),
        ("COMMAND", f"/{CANARY.upper()}", "small letters"),
        ("SLACK_BOT_TOKEN", CANARY, "begins with xoxb-"),
        ("SLACK_APP_TOKEN", CANARY, "begins with xapp-"),
        ("SLACK_API_URL", f"http://{CANARY}.example", "it begins with https://"),
        ("PUBLIC_URL", f"http://{CANARY}.example", "it begins with https://"),
    ],
)
def test_a_wrong_setting_names_itself_and_its_remedy_and_never_its_value(
    name: str, value: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(Misconfigured) as wrong:
        load()
    assert f"CHECKBACK_{name}: " in str(wrong.value)
    assert remedy in str(wrong.value)
    assert "Mend it in the environment or in checkback.toml" in str(wrong.value)
    assert CANARY not in str(wrong.value)
    assert wrong.value.__suppress_context__


def test_several_wrong_settings_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKBACK_PORT", "x")
    monkeypatch.setenv("CHECKBACK_SECRET_KEY", "short")
    with pytest.raises(Misconfigured, match=r"CHECKBACK_PORT.*CHECKBACK_SECRET_KEY"):
        load()


@pytest.mark.parametrize("content", [b"port = ", b"port 8080", b'secret_key = "canary-7d1f', b"\xff\xfe"])
def test_a_file_that_cannot_be_read_says_so_without_what_is_in_it(content: bytes) -> None:
    FILE.write_bytes(content)
    with pytest.raises(Misconfigured, match=r"checkback\.toml cannot be read") as wrong:
        load()
    assert CANARY not in str(wrong.value)


def test_several_secrets_are_for_rotation_the_first_one_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKBACK_SECRET_KEY", f"{'a' * 32} {'b' * 32}")
    assert load().keys == ("a" * 32, "b" * 32)


def test_a_secret_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKBACK_SECRET_KEY", LONG)
    assert LONG not in repr(load())
    assert LONG not in str(load())


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is_for(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description
    assert description[0].isupper()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_is_known_by_each_of_its_names(host: str) -> None:
    assert load(host=host).on_loopback
