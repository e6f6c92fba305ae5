import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack.api import Api, session
from adapters.slack.identity import Directory
from adapters.slack.outbound import SlackPlatform
from bot.cards import Card, Quote
from bot.errors import DeliveryFailed, InDoubt, Rejected, TryLater, Unreachable
from bot.model import Address, MessageRef
from storage.seal import KeyRing
from tests.builders import card
from tests.peers.slackd import FREE, Conversation, Error, Fault, Person, Slack, shown

LONG = Card("Long", tuple(Quote(c + '"' * 2_800) for c in "abc"))
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
DOUBTFUL = [Fault.FAILS, Fault.FAILS_LATE, Fault.RESETS, Fault.RESETS_LATE, Fault.MUMBLES, Fault.DENIES]


class Now:
    async def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Side:
    slack: Slack
    platform: SlackPlatform
    directory: Directory
    ana: Person
    ward: Conversation

    @property
    def direct(self) -> Address:
        return Address("slack", "person", self.ana.user.email)

    @property
    def channel(self) -> Address:
        return Address("slack", "channel", self.ward.id)

    def there(self, to: Address) -> list[str]:
        return [shown(each) for each in self.slack.history(self.ana.dm_id if to.kind == "person" else to.id)]


@pytest.fixture
async def side(keys: KeyRing) -> AsyncIterator[Side]:
    slack = Slack(rates=FREE)
    async with slack.open(), session() as calls:
        ana = slack.person("ana", email="ana@ward.example", real_name="Ana Fable")
        ward = slack.channel("4-west", ana)
        api = Api(calls, slack.api_url, slack.bot_token)
        directory = Directory(api, lambda: slack.team)
        yield Side(slack, SlackPlatform(api, directory, keys, Now()), directory, ana, ward)
        assert slack.complaints == []


@pytest.fixture(params=["direct", "channel"])
def to(request: pytest.FixtureRequest, side: Side) -> Address:
    found: Address = getattr(side, request.param)
    return found


async def test_a_message_arrives_and_its_card_is_replaced_in_place(side: Side, to: Address) -> None:
    message = await side.platform.deliver(to, card("before"), key="k")
    assert message.place == to
    await side.platform.replace(message, card("after"))
    assert side.there(to) == ["after\nwith a paragraph"]


async def test_a_message_is_found_by_its_key_and_by_no_other(side: Side, to: Address) -> None:
    message = await side.platform.deliver(to, card(), key="k")
    assert await side.platform.find(to, "k", SINCE) == message
    assert await side.platform.find(to, "another", SINCE) is None
    assert await side.platform.find(to, "k", datetime.now(UTC) + timedelta(hours=1)) is None


async def test_a_message_is_found_among_many_that_came_later(side: Side) -> None:
    message = await side.platform.deliver(side.channel, card(), key="k")
    for n in range(250):
        await side.platform.deliver(side.channel, card(), key=f"later {n}")
    assert await side.platform.find(side.channel, "k", SINCE) == message


async def test_a_reply_hangs_in_the_thread_and_is_found_there(side: Side, to: Address) -> None:
    parent = await side.platform.deliver(to, card("parent"), key="parent")
    below = replace(to, thread=parent.id)
    reply = await side.platform.deliver(below, card("reply"), key="reply")
    [_, there] = side.slack.history(side.ana.dm_id if to.kind == "person" else to.id)
    assert there.thread_ts == parent.id.partition("/")[2]
    assert await side.platform.find(below, "reply", SINCE) == reply
    assert await side.platform.find(below, "parent reply", SINCE) is None


async def test_the_key_itself_is_not_shown_to_slack(side: Side) -> None:
    await side.platform.deliver(side.channel, card(), key="answer to maya about MAR-1")
    [said] = side.slack.called("chat.postMessage")
    assert "maya" not in repr(said.arguments)


async def test_a_message_that_is_not_there_cannot_be_replaced(side: Side) -> None:
    with pytest.raises(Rejected):
        await side.platform.replace(MessageRef(side.channel, f"{side.ward.id}/1700000000.000001"), card())
    with pytest.raises(Rejected):
        await side.platform.replace(MessageRef(side.channel, "7"), card())


@pytest.mark.parametrize("fault", DOUBTFUL, ids=lambda fault: fault.name)
async def test_after_an_unknown_outcome_nothing_is_sent_twice_by_itself_and_what_arrived_is_found(
    side: Side, to: Address, fault: Fault
) -> None:
    side.slack.faults.on("chat.postMessage", fault)
    with pytest.raises(InDoubt):
        await side.platform.deliver(to, card(), key="k")
    assert len(side.slack.called("chat.postMessage")) == 1
    arrived = fault in {Fault.FAILS_LATE, Fault.RESETS_LATE, Fault.MUMBLES}
    assert len(side.there(to)) == arrived
    assert (await side.platform.find(to, "k", SINCE) is not None) == arrived


async def test_no_answer_in_time_is_an_unknown_outcome(side: Side, keys: KeyRing) -> None:
    side.slack.faults.on("chat.postMessage", Fault.STALLS)
    async with session(0.2) as calls:
        api = Api(calls, side.slack.api_url, side.slack.bot_token)
        with pytest.raises(InDoubt):
            await SlackPlatform(api, side.directory, keys, Now()).deliver(side.channel, card(), key="k")


async def test_slack_says_for_how_long_a_lane_has_to_wait(side: Side) -> None:
    side.slack.faults.retry_after = 7
    side.slack.faults.on("chat.postMessage", Fault.TOO_MANY)
    with pytest.raises(TryLater) as later:
        await side.platform.deliver(side.channel, card(), key="k")
    assert later.value.after == timedelta(seconds=7)
    await side.platform.deliver(side.direct, card(), key="k")  # another lane is not held up


async def test_a_method_that_was_asked_to_wait_is_not_called_again_before(side: Side) -> None:
    message = await side.platform.deliver(side.channel, card(), key="k")
    side.slack.faults.on("chat.update", Fault.TOO_MANY)
    for _ in range(3):
        with pytest.raises(TryLater) as later:
            await side.platform.replace(message, card("after"))
        assert timedelta(seconds=29) < later.value.after <= timedelta(seconds=30)
    assert len(side.slack.called("chat.update")) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("is_archived", Unreachable),
        ("not_in_channel", Unreachable),
        ("user_disabled", Unreachable),
        ("token_revoked", TryLater),
        ("missing_scope", TryLater),
        ("invalid_blocks", Rejected),
        ("msg_too_long", Rejected),
        ("something_new", Rejected),
        ("internal_error", InDoubt),
        ("ratelimited", TryLater),
    ],
)
async def test_what_slack_says_is_understood(side: Side, code: str, error: type[DeliveryFailed]) -> None:
    side.slack.faults.on("chat.postMessage", Error(code))
    with pytest.raises(error):
        await side.platform.deliver(side.channel, card(), key="k")


async def test_where_slack_cannot_be_reached_at_all_nothing_was_sent(side: Side, keys: KeyRing) -> None:
    async with session() as calls:
        api = Api(calls, "http://127.0.0.1:9/api/", "xoxb")
        platform = SlackPlatform(api, Directory(api, str), keys, Now())
        with pytest.raises(TryLater):
            await platform.deliver(side.channel, card(), key="k")


async def test_whoever_is_not_there_or_no_more_cannot_be_reached(side: Side) -> None:
    side.slack.person("gone", email="gone@ward.example", deleted=True)
    for account in ("gone@ward.example", "never@ward.example", "U0NOBODY"):
        with pytest.raises(Unreachable):
            await side.platform.deliver(Address("slack", "person", account), card(), key=account)


async def test_somebody_is_looked_up_once_and_a_member_id_needs_no_look_up(side: Side) -> None:
    for n in range(3):
        await side.platform.deliver(side.direct, card(), key=f"{n}")
    await side.platform.deliver(Address("slack", "person", side.ana.id), card(), key="by id")
    assert len(side.slack.called("users.lookupByEmail")) == 1
    assert len(side.there(side.direct)) == 4


async def test_a_long_card_goes_on_in_its_thread_and_loses_nothing(side: Side, to: Address) -> None:
    message = await side.platform.deliver(to, LONG, key="k")
    first, *more = side.slack.history(side.ana.dm_id if to.kind == "person" else to.id)
    assert message.id.endswith(first.ts)
    assert {each.thread_ts for each in more} == {first.ts}
    assert re.sub(r"[^abc]", "", shown(first) + "".join(map(shown, more))).endswith("abc")
    assert await side.platform.find(to, "k", SINCE) == message


@pytest.mark.parametrize("fault", [*DOUBTFUL, Fault.TOO_MANY], ids=lambda fault: fault.name)
@pytest.mark.parametrize("page", [0, 1])
async def test_a_long_card_that_was_broken_off_is_finished_and_not_begun_again(
    side: Side, to: Address, fault: Fault, page: int
) -> None:
    side.slack.faults.on("chat.postMessage", *[None] * page, fault)
    with pytest.raises((InDoubt, TryLater)):
        await side.platform.deliver(to, LONG, key="k")
    found = None if fault is Fault.TOO_MANY else await side.platform.find(to, "k", SINCE)
    if found is None:
        found = await side.platform.deliver(to, LONG, key="k")
    first, *more = side.slack.history(side.ana.dm_id if to.kind == "person" else to.id)
    assert found.id.endswith(first.ts)
    assert len(more) == 1
    assert more[0].thread_ts == first.ts


async def test_over_the_tiers_limit_the_bot_stops_by_itself(side: Side) -> None:
    message = await side.platform.deliver(side.channel, card(), key="k")
    redraws = [side.platform.replace(message, card("after")) for _ in range(60)]
    told = [each for each in await asyncio.gather(*redraws, return_exceptions=True) if each]
    assert {type(each) for each in told} == {TryLater}
    assert len(side.slack.called("chat.update")) == 60 - len(told) < 50
