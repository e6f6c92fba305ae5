"""The whole installation as it is served, with Slack set up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.routing import Route

from bot import hospital
from bot.app import serving
from bot.errors import Misconfigured
from bot.model import Address, Shift
from bot.operating import reachable
from bot.ports import Transaction
from bot.settings import Settings, load
from storage.engine import open_database
from storage.seal import KeyRing
from tests.peers.slackd import FREE, Slack
from tests.world import ANA, MAYA

DAY = timedelta(days=1)
SECRET = "an-invented-secret-of-the-tests-long-enough"


def settings(folder: Path, **given: object) -> Settings:
    return load(database_url=f"sqlite:///{folder}/checkback.db", secret_key=SECRET, **given)


async def ready(app: object) -> dict[str, str]:
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type] # an ASGI application
    async with httpx.AsyncClient(transport=transport, base_url="http://checkback") as client:
        answer: dict[str, str] = (await client.get("/readyz")).json()["checks"]
        return answer


@pytest.mark.parametrize("line", ["http", "socket"])
async def test_slack_is_mounted_spoken_with_and_watched(tmp_path: Path, line: str) -> None:
    slack = Slack(rates=FREE)
    keys = {"slack_signing_secret": "s"} if line == "http" else {"slack_app_token": slack.app_token}
    async with slack.open():
        given = settings(tmp_path, slack_bot_token=slack.bot_token, slack_api_url=slack.api_url, **keys)
        async with serving(given) as app:
            paths = [each.path for each in app.web.routes if isinstance(each, Route)]
            assert ("/slack/events" in paths) == (line == "http")
            while (await ready(app.web))["slack"] != "ok":
                assert slack.complaints == []
            if line == "socket":
                await slack.socket.connected()
        assert slack.socket.connections == 0


async def test_where_slack_refuses_us_the_start_goes_on_and_readyz_says_so(tmp_path: Path) -> None:
    given = settings(
        tmp_path, slack_bot_token="xoxb-1", slack_signing_secret="s", slack_api_url="http://127.0.0.1:9/api/"
    )
    async with serving(given) as app:
        assert "checkback doctor" in (await ready(app.web))["slack"]


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({}, "CHECKBACK_SLACK_APP_TOKEN"),
        ({"slack_app_token": "xapp-1", "local_workspace": True}, "CHECKBACK_LOCAL_WORKSPACE"),
    ],
)
async def test_a_start_that_cannot_serve_slack_says_what_to_set(
    tmp_path: Path, given: dict[str, object], remedy: str
) -> None:
    with pytest.raises(Misconfigured, match=remedy):
        async with serving(settings(tmp_path, slack_bot_token="xoxb-1", **given)):
            pass


async def test_reach_tells_who_would_hear_and_who_would_not(tmp_path: Path) -> None:
    slack = Slack(rates=FREE)
    given = settings(tmp_path, slack_bot_token=slack.bot_token)
    async with serving(settings(tmp_path)):
        pass  # which makes the tables

    def seed(tx: Transaction) -> None:
        hospital.seed(tx)
        (pilot,) = tx.pilots.all()
        maya, ana, *_ = (tx.people.known_as(pilot.id, f"{name}@hospital.example") for name in (MAYA, ANA))
        for person in filter(None, (maya, ana)):
            tx.people.save(replace(person, address=Address("slack", "person", person.email)))
        now = datetime.now(UTC)
        if ana:
            tx.rota.replace(pilot.id, now, now + DAY, [Shift(ana.id, ana.unit, now + DAY / 2, now + DAY)])

    database = open_database(given.database_url, KeyRing(given.keys))
    await database.run(seed)
    await database.close()
    async with slack.open():
        slack.person("ana", email=f"{ANA}@hospital.example")
        findings = await reachable(settings(tmp_path, slack_bot_token="xoxb-of-the-bot", slack_api_url=slack.api_url))
    assert len(findings) == hospital.STAFF + 3
    assert [each.what for each in findings if each.remedy] == ["Maya Sample, no shift on the rota"]
    assert "Ana Fable, duty hours known" in [each.what for each in findings]
    without = await reachable(settings(tmp_path))
    assert {each.remedy for each in without} == {None, "slack is not set up here"}
