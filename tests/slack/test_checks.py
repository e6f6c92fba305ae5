"""What an administrator is told before anybody relies on it."""

from collections.abc import AsyncIterator, Mapping

import pytest

from adapters.slack.api import Api, session
from adapters.slack.checks import Check, Doctor, Reach
from adapters.slack.manifest import BOT_SCOPES
from bot.doctor import examine
from bot.model import Address
from tests.peers.slackd import FREE, App, Error, Slack


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    made = Slack(rates=FREE)
    async with made.open():
        yield made


async def said(checks: Mapping[str, Check]) -> dict[str, str | None]:
    """What is wrong, by check."""
    return {each.what.partition(":")[0]: each.remedy for each in await examine(dict(checks))}


async def looked_over(
    slack: Slack, *, url: str = "", app: str = "xapp-of-the-app", signing: str = ""
) -> dict[str, str | None]:
    async with session() as calls:
        return await said(Doctor(Api(calls, url or slack.api_url, slack.bot_token), app, signing).checks())


async def test_where_all_is_well_nothing_is_wrong(slack: Slack) -> None:
    assert await looked_over(slack) == dict.fromkeys(["slack", "slack scopes", "slack clock", "slack line"])


async def test_a_wrong_token_is_named_with_its_remedy(slack: Slack) -> None:
    slack.faults.weather = lambda _: Error("invalid_auth")
    found = await looked_over(slack)
    assert "CHECKBACK_SLACK_BOT_TOKEN (invalid_auth)" in str(found["slack"])
    assert "CHECKBACK_SLACK_APP_TOKEN (invalid_auth)" in str(found["slack line"])


async def test_slack_out_of_reach_is_said_with_what_to_open(slack: Slack) -> None:
    found = await looked_over(slack, url="http://127.0.0.1:9/api/")
    assert "on port 443" in str(found["slack"])


async def test_without_a_way_for_slack_to_speak_to_us_both_ways_are_named(slack: Slack) -> None:
    found = await looked_over(slack, app="")
    assert "CHECKBACK_SLACK_APP_TOKEN" in str(found["slack line"])
    assert "CHECKBACK_SLACK_SIGNING_SECRET" in str(found["slack line"])
    assert (await looked_over(slack, app="", signing="s"))["slack line"] is None


async def test_a_missing_scope_and_a_wrong_clock_are_told(monkeypatch: pytest.MonkeyPatch, slack: Slack) -> None:
    async with session() as calls:
        doctor = Doctor(Api(calls, slack.api_url, slack.bot_token), "", "s")

        async def answer(*_: object) -> dict[str, str]:
            return {"scopes": ",".join(BOT_SCOPES[1:]), "date": "Mon, 02 Mar 2026 12:00:00 GMT"}

        monkeypatch.setattr(doctor, "_asked", answer)
        found = await said(doctor.checks())
    assert BOT_SCOPES[0] in str(found["slack scopes"])
    assert "network time" in str(found["slack clock"])


async def test_who_can_be_reached_is_told_with_a_remedy_for_whoever_cannot(slack: Slack) -> None:
    ana = slack.person("ana", email="Ana@ward.example")
    slack.person("gone", email="gone@ward.example", deleted=True)
    slack.person("doubt", email="doubt@ward.example", email_confirmed=False)
    for n in range(250):
        slack.person(f"p{n}", email=f"p{n}@ward.example")
    ours, theirs = slack.channel("4-west", ana), slack.channel("icu", ana, bot=False)
    async with session() as calls:
        reach = Reach(Api(calls, slack.api_url, slack.bot_token))

        async def why(kind: str, account: str) -> str:
            return await reach.why_not(Address("slack", kind, account)) or ""

        assert await why("person", "ana@ward.example") == ""
        assert await why("person", ana.id) == ""
        assert await why("person", "p249@ward.example") == ""
        assert "deactivated" in await why("person", "gone@ward.example")
        assert "mend the roster" in await why("person", "doubt@ward.example")
        assert "mend the roster" in await why("person", "nobody@ward.example")
        assert await why("channel", ours.id) == ""
        assert "/invite @Checkback" in await why("channel", theirs.id)
        assert "write its id" in await why("channel", "4-west")
    assert len(slack.called("users.list")) == 2


async def test_an_app_without_its_scopes_is_not_silent() -> None:
    slack = Slack(App(scopes=frozenset({"chat:write"})), rates=FREE)
    async with slack.open(), session() as calls:
        reach = Reach(Api(calls, slack.api_url, slack.bot_token))
        with pytest.raises(Exception, match="checkback doctor"):
            await reach.why_not(Address("slack", "person", "ana@ward.example"))
