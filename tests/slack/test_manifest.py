import pytest

from adapters.slack.inbound import EVENTS as HANDLED
from adapters.slack.manifest import BOT_SCOPES, EVENTS, manifest
from storage.database import SqlDatabase
from tests.peers.slackd import App
from tests.peers.slackd.blockkit import check_manifest
from tests.slack.players import in_slack
from tests.slack.test_journeys import fixed_twice, handed_over
from tests.slack.world import WEST, opened
from tests.world import ANA, MAYA


@pytest.mark.parametrize("url", ["", "https://checkback.hospital.example", "https://checkback.hospital.example/"])
def test_slack_takes_the_manifest(url: str) -> None:
    assert check_manifest(manifest("/pilot", url)) == []


def test_without_an_address_it_is_socket_mode_and_with_one_everything_goes_there() -> None:
    own, http = manifest("/pilot", ""), manifest("/ward", "https://checkback.hospital.example")
    assert own["settings"]["socket_mode_enabled"]
    assert "request_url" not in repr(own)
    assert not http["settings"]["socket_mode_enabled"]
    assert repr(http).count("https://checkback.hospital.example/slack/events") == 3
    assert http["features"]["slash_commands"][0]["command"] == "/ward"


def test_what_is_heard_of_is_what_is_handled() -> None:
    assert {name.partition(".")[0] for name in EVENTS} == set(HANDLED)


@pytest.mark.slow
async def test_what_the_manifest_declares_is_enough_for_everything_that_people_do(sqlite: SqlDatabase) -> None:
    app = App.of(manifest("/pilot", ""))
    assert set(app.scopes) == set(BOT_SCOPES)
    async with opened(sqlite, http=False, app=app) as world:
        stage = in_slack(world, by_command=True)
        await fixed_twice(stage)
        await handed_over(stage)
        ana, ward = world[ANA], world.channels[WEST]
        await ana.opens_home()
        await ana.mentions("help", at=ward)
        await world[MAYA].uses("Report this message", on=await ana.writes("the pump beeps", at=ward))
        await world[MAYA].writes("mine")
        await world.settle()
        refused = {call.error for call in world.slack.calls} - {"", None}
        assert refused == set()
