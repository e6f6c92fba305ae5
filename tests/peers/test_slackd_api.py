import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.peers.slackd import App, Conversation, Error, Fault, NotThere, Person, Slack
from tests.peers.slackd.samples import Json, home, modal, section
from tests.peers.slackd.tinybot import TinyBot, over_http

NOON = 1_790_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Slack]:
    async with Slack(clock=clock).open() as opened:
        yield opened


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[TinyBot]:
    async with over_http(slack) as made:
        yield made


@pytest.fixture
def ana(slack: Slack) -> Person:
    return slack.person("ana", email="Ana@ward.example", real_name="Ana Ruiz")


@pytest.fixture
def ward(slack: Slack, ana: Person) -> Conversation:
    return slack.channel("4-west", ana)


# --------------------------------------------------------------------------------------------------- who may call


async def test_it_takes_nothing_that_it_does_not_know(slack: Slack, bot: TinyBot, ward: Conversation) -> None:
    assert (await bot.call("chat.shout", channel=ward.id))["error"] == "unknown_method"
    assert (await bot.call("auth.test", token=""))["error"] == "not_authed"
    assert (await bot.call("auth.test", token="xoxb-of-another"))["error"] == "invalid_auth"
    assert (await bot.call("apps.connections.open"))["error"] == "not_allowed_token_type"
    assert (await bot.call("users.info", token=slack.app_token))["error"] == "not_allowed_token_type"
    assert (await bot.call("users.info"))["error"] == "invalid_arguments"
    assert (await bot.posts(ward.id, as_user=True))["error"] == "invalid_arg_name"
    assert (await bot.posts(ward.id, reply_broadcast="perhaps"))["error"] == "invalid_arguments"
    assert (await bot.posts(ward.id, team_id="T1"))["error"] == "team_not_found"
    assert slack.history(ward) == []


async def test_a_scope_that_was_not_asked_for_is_not_there() -> None:
    async with Slack(App(scopes=frozenset({"users:read"}))).open() as slack, over_http(slack) as bot:
        ana = slack.person("ana", email="ana@ward.example")
        refused = await bot.posts(ana.id)
        assert (refused["error"], refused["needed"]) == ("missing_scope", "chat:write")
        assert (await bot.call("users.lookupByEmail", email="ana@ward.example"))["error"] == "missing_scope"
        assert (await bot.call("conversations.history", channel=ana.dm_id))["needed"] == "im:history"
        assert "email" not in (await bot.call("users.info", user=ana.id))["user"]["profile"]


async def test_arguments_come_in_the_query_as_a_form_or_as_json(bot: TinyBot, ana: Person) -> None:
    asked = {"user": ana.id, "include_locale": "1"}
    answers = [await bot.read("users.info", **asked), await bot.form("users.info", **asked)]
    assert [each["user"]["real_name"] for each in answers] == ["Ana Ruiz"] * 2
    assert answers[0] == await bot.call("users.info", user=ana.id, include_locale=True)


async def test_people_are_found_by_mail_while_their_account_lives(slack: Slack, bot: TinyBot, ana: Person) -> None:
    assert (await bot.read("users.lookupByEmail", email="ana@WARD.example"))["user"]["id"] == ana.id
    await slack.changes(ana, deleted=True)
    assert bot.heard[-1]["event"]["user"]["deleted"]
    assert (await bot.read("users.lookupByEmail", email="ana@ward.example"))["error"] == "users_not_found"
    assert (await bot.posts(ana.id))["error"] == "channel_not_found"
    with pytest.raises(NotThere, match="no account"):
        await ana.command("report x")


async def test_bots_are_among_the_people_and_get_no_post(slack: Slack, bot: TinyBot) -> None:
    robots = {user["id"]: user["is_bot"] for user in (await bot.read("users.list"))["members"]}
    assert robots == {slack.bot: True, "USLACKBOT": False}
    assert (await bot.posts(slack.bot))["error"] == "cannot_dm_bot"


async def test_blocks_are_validated_for_anybody_who_asks(bot: TinyBot) -> None:
    refused = await bot.call("blocks.validate", token="", blocks=[section(text={"type": "plain_text", "text": ""})])
    assert [(each["code"], each["pointer"], each["constraint"]) for each in refused["errors"]] == [
        ("too_short", "/blocks/0/text/text", 1)
    ]
    assert (await bot.call("blocks.validate", token="", blocks=[section()]))["ok"]


async def test_lists_come_in_pages(slack: Slack, bot: TinyBot) -> None:
    everybody = [slack.bot, "USLACKBOT", *[slack.person(f"nurse-{number}").id for number in range(4)]]
    found, cursor = list[str](), ""
    for _ in range(3):
        page = await bot.read("users.list", limit="2", cursor=cursor)
        found += [user["id"] for user in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
    assert (found, cursor) == (everybody, "")
    assert (await bot.read("users.list", cursor="2"))["error"] == "invalid_cursor"


# ------------------------------------------------------------------------------------------------------- what is said


async def test_a_post_goes_where_the_bot_is(slack: Slack, bot: TinyBot, ana: Person, ward: Conversation) -> None:
    assert (await bot.posts(ward.id, "To the ward"))["ok"]
    assert (await bot.posts(ana.id, "To Ana"))["channel"] == ana.dm_id
    assert ana.reads() == ["To the ward", "To Ana"]
    elsewhere = slack.channel("5-east", ana, bot=False)
    assert (await bot.posts(elsewhere.id))["error"] == "not_in_channel"
    assert (await bot.posts(slack.channel("hidden", ana, private=True, bot=False).id))["error"] == "channel_not_found"
    assert (await bot.posts(ward.id, thread_ts="1780000000.000000"))["error"] == "cannot_reply_to_message"


async def test_what_is_badly_made_is_refused_and_remembered(slack: Slack, bot: TinyBot, ward: Conversation) -> None:
    refused = await bot.posts(ward.id, blocks=[{"type": "section"}])
    assert refused["error"] == "invalid_blocks"
    assert refused["errors"] == ["at least one of text, fields [json-pointer:/blocks/0]"]
    assert (await bot.posts(ward.id, ""))["error"] == "no_text"
    many = [section(text={"type": "plain_text", "text": "x" * 2900})] * 5
    assert (await bot.posts(ward.id, blocks=json.dumps(many)))["error"] == "msg_blocks_too_long"
    said = await bot.posts(ward.id)
    edit = {"channel": ward.id, "ts": said["ts"], "text": "x" * 4001}
    assert (await bot.call("chat.update", **edit))["error"] == "msg_too_long"
    assert [problem.code for problem in slack.complaints] == ["missing", "too_short", "too_long", "too_long"]
    assert len(slack.history(ward)) == 1


async def test_a_message_is_edited_and_deleted_by_whoever_wrote_it(
    slack: Slack, bot: TinyBot, ana: Person, ward: Conversation
) -> None:
    said = await bot.posts(ward.id, "First", metadata={"event_type": "card", "event_payload": {"key": "k"}})
    assert (await bot.call("chat.update", channel=ward.id, ts=said["ts"], text="Second"))["ok"]
    [message] = slack.history(ward)
    assert (message.text, message.edited, message.metadata) == (
        "Second", True, {"event_type": "card", "event_payload": {"key": "k"}},
    )  # fmt: skip
    hers = await ana.writes("Mine", at=ward)
    refused = await bot.call("chat.update", channel=ward.id, ts=hers.ts, text="Not hers")
    assert refused["error"] == "cant_update_message"
    assert (await bot.call("chat.delete", channel=ward.id, ts=said["ts"]))["ok"]
    assert ana.reads(ward) == ["Mine"]
    assert (await bot.call("chat.delete", channel=ward.id, ts=said["ts"]))["error"] == "message_not_found"


async def test_what_one_person_alone_sees_is_kept_nowhere(
    slack: Slack, bot: TinyBot, ana: Person, ward: Conversation
) -> None:
    ben = slack.person("ben")
    whispered = await bot.call("chat.postEphemeral", channel=ward.id, user=ana.id, text="For Ana")
    assert (ana.reads(ward), slack.history(ward)) == (["For Ana"], [])
    edit = {"channel": ward.id, "ts": whispered["message_ts"], "text": "x"}
    assert (await bot.call("chat.update", **edit))["error"] == "message_not_found"
    refused = await bot.call("chat.postEphemeral", channel=ward.id, user=ben.id, text="For Ben")
    assert refused["error"] == "user_not_in_channel"


async def test_the_app_hears_its_own_words_as_a_bots(slack: Slack, bot: TinyBot, ward: Conversation) -> None:
    said = await bot.posts(ward.id)
    await bot.call("chat.update", channel=ward.id, ts=said["ts"], text="Edited")
    await slack.events.settled()
    posted, edited = (payload["event"] for payload in bot.heard)
    assert (posted["type"], posted["bot_id"], posted["channel_type"]) == ("message", slack.bot_id, "channel")
    assert (edited["subtype"], edited["message"]["text"]) == ("message_changed", "Edited")


# ----------------------------------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        (Fault.RESETS, 0),
        (Fault.RESETS_LATE, 1),
        (Fault.FAILS, 0),
        (Fault.FAILS_LATE, 1),
        (Fault.DENIES, 0),
        (Fault.MUMBLES, 1),
        (Fault.STALLS, 1),
    ],
)
async def test_a_fault_takes_the_message_or_does_not_and_history_tells(
    slack: Slack, bot: TinyBot, ward: Conversation, fault: Fault, taken: int
) -> None:
    slack.faults.on("chat.postMessage", fault)
    with pytest.raises((aiohttp.ClientError, TimeoutError, ValueError)):
        async with asyncio.timeout(0.5 if fault is Fault.STALLS else 10):
            await bot.posts(ward.id, metadata={"event_type": "card", "event_payload": {"key": "k"}})
    found = await bot.read("conversations.history", channel=ward.id, include_all_metadata="true")
    assert [each["metadata"]["event_payload"] for each in found["messages"]] == [{"key": "k"}] * taken
    assert (await bot.posts(ward.id))["ok"]
    bare = await bot.read("conversations.history", channel=ward.id)
    assert not any("metadata" in each for each in bare["messages"])


async def test_a_storm_of_429_says_when_to_come_again(
    slack: Slack, bot: TinyBot, clock: Clock, ward: Conversation
) -> None:
    slack.faults.storm("chat.postMessage", 2)
    for _ in range(2):
        assert (await bot.posts(ward.id))["retry_after"] == "30"
    assert (slack.too_many, slack.early) == (2, [f"chat.postMessage {ward.id}"])
    clock.now += 30
    assert (await bot.posts(ward.id))["ok"]
    assert (len(slack.early), len(slack.history(ward))) == (1, 1)


async def test_a_channel_takes_a_burst_and_then_one_a_second(
    slack: Slack, bot: TinyBot, clock: Clock, ana: Person, ward: Conversation
) -> None:
    answers = [await bot.posts(ward.id) for _ in range(6)]
    assert [answer.get("retry_after") for answer in answers] == [None] * 5 + ["1"]
    assert (await bot.posts(ana.id))["ok"]
    clock.now += 1
    assert (await bot.posts(ward.id))["ok"]
    assert (await bot.posts(ward.id))["error"] == "ratelimited"
    assert slack.early == []


async def test_each_method_has_the_bucket_of_its_tier(bot: TinyBot, clock: Clock) -> None:
    answers = [await bot.read("users.list") for _ in range(21)]
    assert [answer["ok"] for answer in answers] == [True] * 20 + [False]
    assert (await bot.read("conversations.list"))["ok"]
    clock.now += 3
    assert (await bot.read("users.list"))["ok"]


async def test_any_error_can_be_told(slack: Slack, bot: TinyBot, ward: Conversation) -> None:
    slack.faults.on("*", Error("fatal_error"))
    assert (await bot.posts(ward.id))["error"] == "fatal_error"
    slack.faults.weather = lambda method: Fault.TOO_MANY if method == "auth.test" else None
    assert (await bot.call("auth.test"))["error"] == "ratelimited"
    assert (await bot.posts(ward.id))["ok"]


# ---------------------------------------------------------------------------------------------------- forms and answers


async def test_a_trigger_opens_one_form_within_three_seconds(bot: TinyBot, clock: Clock, ana: Person) -> None:
    await ana.command()
    opens: Json = {"trigger_id": bot.heard[0]["trigger_id"], "view": modal(section())}
    assert (await bot.call("views.open", **opens))["ok"]
    assert (await bot.call("views.open", **opens))["error"] == "exchanged_trigger_id"
    assert (await bot.call("views.open", **opens | {"trigger_id": "1.2.x"}))["error"] == "invalid_trigger_id"
    await ana.command()
    clock.now += 3.1
    late = await bot.call("views.open", **opens | {"trigger_id": bot.heard[1]["trigger_id"]})
    assert late["error"] == "expired_trigger_id"
    assert ana.modal is not None


async def test_three_forms_lie_on_top_of_each_other_and_no_more(slack: Slack, bot: TinyBot, ana: Person) -> None:
    grants = slack.payloads.grants
    for method, error in (("open", None), ("push", None), ("push", None), ("push", "push_limit_reached")):
        opens: Json = {"trigger_id": grants.trigger(ana.id), "view": modal(section())}
        assert (await bot.call(f"views.{method}", **opens)).get("error") == error


async def test_a_view_is_updated_by_whoever_knows_how_it_stands(slack: Slack, bot: TinyBot, ana: Person) -> None:
    opens: Json = {"trigger_id": slack.payloads.grants.trigger(ana.id), "view": modal(section(), external_id="report")}
    first = (await bot.call("views.open", **opens))["view"]
    update: Json = {"view_id": first["id"], "hash": first["hash"], "view": modal(section(), external_id="report")}
    assert (await bot.call("views.update", **update))["ok"]
    assert (await bot.call("views.update", **update))["error"] == "hash_conflict"
    assert (await bot.call("views.update", external_id="report", view=modal(section())))["ok"]
    assert (await bot.call("views.update", view_id="V1", view=modal(section())))["error"] == "not_found"
    huge = modal(section(), *[section(text={"type": "plain_text", "text": "x" * 2700})] * 99)
    assert (await bot.call("views.publish", user_id=ana.id, view=huge))["error"] == "view_too_large"
    assert (await bot.call("views.publish", user_id=ana.id, view=home(section())))["ok"]
    assert ana.home is not None


async def test_an_answer_can_be_given_five_times_for_half_an_hour(
    slack: Slack, bot: TinyBot, clock: Clock, ana: Person, ward: Conversation
) -> None:
    ben = slack.person("ben")
    ward.members.append(ben.id)
    await ana.command("report x", at=ward)
    url = bot.heard[0]["response_url"]
    assert await bot.responds(url, text="For Ana") == 200
    assert await bot.responds(url, text="For all", response_type="in_channel") == 200
    assert (ana.reads(ward), ben.reads(ward)) == (["For Ana", "For all"], ["For all"])
    assert [await bot.responds(url, text="x") for _ in range(4)] == [200, 200, 200, 404]
    await ana.command("report x", at=ward)
    clock.now += 1801
    assert await bot.responds(bot.heard[-1]["response_url"], text="Late") == 404
    assert [call.error for call in slack.called("response_url")][-2:] == ["used_url", "expired_url"]
