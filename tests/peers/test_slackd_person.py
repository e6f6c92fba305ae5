import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from tests.peers.slackd import App, Conversation, NoAck, NotThere, Person, Slack, labels, markup, shown
from tests.peers.slackd.samples import (
    Json,
    actions,
    app,
    asks,
    button,
    modal,
    of,
    option,
    options,
    plain,
    rich,
    section,
    select,
    typed,
)
from tests.peers.slackd.tinybot import Said, TinyBot, over_http, over_socket

Way = Callable[[Slack], AbstractAsyncContextManager[TinyBot]]


@pytest.fixture(params=[over_http, over_socket], ids=["http", "socket"])
async def bot(request: pytest.FixtureRequest) -> AsyncIterator[TinyBot]:
    way: Way = request.param
    async with Slack().open() as slack, way(slack) as made:
        yield made


@pytest.fixture
def ana(bot: TinyBot) -> Person:
    return bot.slack.person("ana", real_name="Ana Ruiz")


@pytest.fixture
def ben(bot: TinyBot) -> Person:
    return bot.slack.person("ben")


@pytest.fixture
def ward(bot: TinyBot, ana: Person, ben: Person) -> Conversation:
    return bot.slack.channel("4-west", ana, ben)


def form(**more: object) -> Json:
    words = asks(
        of("plain_text_input", action_id="v", max_length=10), block_id="words", label=plain("What went wrong?")
    )
    level = asks(of("radio_buttons", options=options(3)), label=plain("How bad is it?"))
    tick = asks(of("checkboxes", options=[option()]), label=plain("Without my name"), optional=True)
    return modal(words, level, tick, callback_id="report", private_metadata="kept", **more)


async def opened(bot: TinyBot, who: Person, **more: object) -> None:
    trigger = bot.slack.payloads.grants.trigger(who.id)
    assert (await bot.call("views.open", trigger_id=trigger, view=form(**more)))["ok"]


# ------------------------------------------------------------------------------------------------------------ commands


async def test_a_command_brings_what_slack_brings(bot: TinyBot, ana: Person, ben: Person, ward: Conversation) -> None:
    await ana.command(f"report <b> & {ben.tag} @here <!channel>", at=ward)
    [heard] = bot.heard
    assert heard["text"] == f"report &lt;b&gt; &amp; <@{ben.id}|ben> @here &lt;!channel&gt;"
    assert (heard["command"], heard["user_id"], heard["channel_name"]) == ("/pilot", ana.id, "4-west")
    assert {"trigger_id", "response_url", "team_id", "api_app_id", "is_enterprise_install"} <= set(heard)


async def test_what_a_command_is_answered_with_is_for_one_person(
    bot: TinyBot, ana: Person, ben: Person, ward: Conversation
) -> None:
    bot.answers({"text": "Noted", "blocks": [section(text=plain("Noted by block"))]}, "Words alone")
    await ana.command("report x", at=ward)
    await ana.command("report y", at=ward)
    assert (ana.reads(), ben.reads()) == (["Noted by block", "Words alone"], [])


async def test_whoever_is_not_answered_in_time_or_with_200_has_no_ack(bot: TinyBot, ana: Person) -> None:
    bot.answers(Said(status=500), Said(silent=True))
    bot.slack.post.patience = 0.5
    for _ in range(2):
        with pytest.raises(NoAck):
            await ana.command("report x")
    bot.slack.post.patience = 3.0
    assert len(bot.heard) == 2  # never repeated
    await ana.command("report x")


async def test_what_is_not_installed_cannot_be_used(ward: Conversation, ana: Person) -> None:
    with pytest.raises(NotThere):
        await ana.command("x", name="/other")
    message = await ana.writes("Look", at=ward)
    with pytest.raises(NotThere):
        await ana.uses("Delete everything", on=message)


# --------------------------------------------------------------------------------------------------- presses and picks


async def test_a_button_is_pressed_where_it_is_posted_and_nowhere_else(
    bot: TinyBot, ana: Person, ben: Person, ward: Conversation
) -> None:
    said = await bot.posts(ward.id, "MAR-142", blocks=[section(), actions(button(), select(action_id="more"))])
    message = await ana.sees("Words", at=ward)
    await ana.presses("Take", on=message)
    pressed = bot.heard[-1]
    assert [(each["action_id"], each["value"], each["type"]) for each in pressed["actions"]] == [
        ("take", "token", "button")
    ]
    assert (pressed["container"]["message_ts"], pressed["message"]["ts"]) == (said["ts"], said["ts"])
    assert (pressed["user"]["id"], pressed["channel"]["id"]) == (ana.id, ward.id)
    await ben.picks("more", "V1", on=message)
    assert bot.heard[-1]["actions"][0]["selected_option"]["value"] == "v1"
    for name in ("Drop", "more"):
        with pytest.raises(NotThere):
            await ana.presses(name, on=message)
    with pytest.raises(NotThere):
        await ben.picks("more", "Another", on=message)
    with pytest.raises(NotThere):
        await bot.slack.person("eve").presses("Take", on=message)


async def test_a_card_that_has_changed_is_pressed_as_it_stands_or_as_it_was_shown(
    bot: TinyBot, ana: Person, ward: Conversation
) -> None:
    said = await bot.posts(ward.id, blocks=[actions(button())])
    message = await ana.sees("Take")
    await bot.call("chat.update", channel=ward.id, ts=said["ts"], text="Taken")
    with pytest.raises(NotThere):
        await ana.presses("Take", on=message)
    await ana.presses("Take", on=message, as_shown=True)
    assert bot.heard[-1]["actions"][0]["value"] == "token"
    ack = await ana.forges(message, action_id="take", value="made up")
    assert (ack.status, bot.heard[-1]["actions"][0]["value"]) == (200, "made up")


async def test_of_several_alike_the_one_beside_some_words_is_pressed(
    bot: TinyBot, ana: Person, ward: Conversation
) -> None:
    rows = [(section(text=plain(f"MAR-{n}")), actions(button(value=f"{n}"))) for n in (1, 2)]
    await bot.posts(ward.id, blocks=[block for row in rows for block in row])
    message = await ana.sees("MAR-2")
    assert labels(message) == ["Take", "Take"]
    with pytest.raises(NotThere):
        await ana.presses("Take", on=message)
    await ana.presses("Take", on=message, beside="MAR-2")
    assert bot.heard[-1]["actions"][0]["value"] == "2"


async def test_an_answer_replaces_what_was_pressed(bot: TinyBot, ana: Person, ward: Conversation) -> None:
    bot.answers({"text": "Draft", "blocks": [section(text=plain("Draft")), actions(button())]})
    await ana.command("report x", at=ward)
    await ana.presses("Take", on=await ana.sees("Draft"))
    assert bot.heard[-1]["container"]["is_ephemeral"]
    assert "message" not in bot.heard[-1]
    await bot.responds(bot.heard[-1]["response_url"], text="Sent", replace_original=True)
    assert ana.reads() == ["Sent"]
    await bot.responds(bot.heard[-1]["response_url"], delete_original=True)
    assert ana.reads() == []


# --------------------------------------------------------------------------------------------------------------- forms


async def test_a_form_is_filled_in_as_it_is_shown_and_sent_with_all_it_holds(bot: TinyBot, ana: Person) -> None:
    await opened(bot, ana)
    await ana.shown("Report")
    await ana.fills({"What went wrong?": "Scanner", "How bad is it?": "V1", "Without my name": True})
    await ana.submits()
    view = bot.heard[-1]["view"]
    values = [value for block in view["state"]["values"].values() for value in block.values()]
    assert values[0] == {"type": "plain_text_input", "value": "Scanner"}
    assert values[1]["selected_option"]["value"] == "v1"
    assert [each["value"] for each in values[2]["selected_options"]] == ["a"]
    assert (view["callback_id"], view["private_metadata"]) == ("report", "kept")
    assert ana.modal is None


async def test_a_client_refuses_what_cannot_be_filled_in_or_sent(bot: TinyBot, ana: Person) -> None:
    await opened(bot, ana)
    with pytest.raises(NotThere, match="is not filled in"):
        await ana.submits()
    for question, answer in (
        ("What went wrong?", "x" * 11),
        ("How bad is it?", "Another"),
        ("Your name", "Ana"),
    ):
        with pytest.raises(NotThere):
            await ana.fills({question: answer})
    assert bot.heard == []


async def test_a_form_shows_what_is_wrong_and_keeps_what_was_typed(bot: TinyBot, ana: Person) -> None:
    await opened(bot, ana)
    await ana.fills({"What went wrong?": "Scanner", "How bad is it?": "V1"})
    bot.answers({"response_action": "errors", "errors": {"words": "No names, please"}})
    await ana.submits()
    assert ana.modal
    assert (ana.modal.errors, "No names, please" in shown(ana.modal)) == ({"words": "No names, please"}, True)
    await ana.submits()
    assert bot.heard[0]["view"]["state"] == bot.heard[1]["view"]["state"]


async def test_a_form_gives_way_to_another_on_top_or_in_its_place(bot: TinyBot, ana: Person) -> None:
    await opened(bot, ana)
    await ana.fills({"What went wrong?": "Scanner", "How bad is it?": "V1"})
    other = modal(section(), title=plain("Sure?"))
    bot.answers({"response_action": "push", "view": other}, {"response_action": "update", "view": form()})
    await ana.submits()
    assert (await ana.shown("Sure?")).previous
    await ana.submits()
    assert [view.title for view in bot.slack.state.modals[ana.id]] == ["Report", "Report"]
    await ana.fills({"What went wrong?": "Again", "How bad is it?": "V2"})
    bot.answers({"response_action": "clear"})
    await ana.submits()
    assert ana.modal is None


async def test_a_bot_that_answers_a_form_wrongly_is_told(bot: TinyBot, ana: Person) -> None:
    await opened(bot, ana)
    await ana.fills({"What went wrong?": "Scanner", "How bad is it?": "V1"})
    for wrong in ({"errors": {"nothing": "x"}, "response_action": "errors"}, {"response_action": "shout"}):
        bot.answers(wrong)
        with pytest.raises(Exception, match=r"input block|response_action"):
            await ana.submits()
    bot.answers({"response_action": "update", "view": modal()})
    with pytest.raises(Exception, match="invalid_arguments"):
        await ana.submits()
    assert [problem.code for problem in bot.slack.complaints] == ["too_few"]


async def test_whoever_leaves_a_form_is_heard_where_it_asks_to(bot: TinyBot, ana: Person) -> None:
    await opened(bot, ana)
    await ana.closes()
    assert (ana.modal, bot.heard) == (None, [])
    await opened(bot, ana, notify_on_close=True)
    await ana.closes()
    assert [payload["type"] for payload in bot.heard] == ["view_closed"]


# ------------------------------------------------------------------------------------------------------- what is heard


async def test_what_is_written_is_heard_where_the_bot_is(
    bot: TinyBot, ana: Person, ben: Person, ward: Conversation
) -> None:
    await ana.writes("a < b", with_files=("scanner.jpg",))
    first = await ana.mentions("take", at=ward)
    await ben.writes("So it is", at=ward, thread=first.ts)
    await ana.writes("Not for you", at=bot.slack.channel("5-east", ana, bot=False))
    heard = [payload["event"] for payload in bot.heard]
    assert [event["type"] for event in heard] == ["message", "message", "app_mention", "message"]
    assert (heard[0]["text"], heard[0]["channel_type"], heard[0]["files"][0]["name"]) == (
        "a &lt; b",
        "im",
        "scanner.jpg",
    )
    assert (heard[2]["text"], heard[3]["thread_ts"]) == (f"<@{bot.slack.bot}> take", first.ts)


async def test_home_and_shortcuts_bring_what_they_are_about(bot: TinyBot, ana: Person, ward: Conversation) -> None:
    message = await ana.writes("The scanner is dead", at=ward)
    await ana.uses("Report this message", on=message)
    used = bot.heard[-1]
    assert (used["type"], used["callback_id"]) == ("message_action", "report_message")
    assert used["message"]["text"] == "The scanner is dead"
    assert await ana.opens_home() is None
    assert bot.heard[-1]["event"]["type"] == "app_home_opened"


async def test_what_the_manifest_does_not_ask_for_is_not_told() -> None:
    installed = App.of(app())
    assert (installed.commands, installed.shortcuts) == (("/pilot",), {"Report this message": "r"})
    async with Slack(installed).open() as slack, over_http(slack) as bot:
        ana = slack.person("ana")
        await ana.writes("Heard")
        await ana.mentions("not heard", at=slack.channel("4-west", ana))
        assert [payload["event"]["text"] for payload in bot.heard] == ["Heard"]
        with pytest.raises(NotThere):
            await ana.opens_home()


# -------------------------------------------------------------------------------------------------------- what is seen


async def test_markup_is_told_from_words(bot: TinyBot, ana: Person, ward: Conversation) -> None:
    hostile = "<!channel> <@U1> `x` *y*"
    await bot.posts(ward.id, "&lt;!channel&gt;", blocks=[rich(typed(hostile)), section(text=plain(hostile))])
    message = await ana.sees(hostile)
    assert (shown(message), markup(message)) == (f"{hostile}\n{hostile}", [])
    loose = of("mrkdwn", text="see <https://x.example|this>")
    await bot.posts(ward.id, f"Hello {ana.tag}", blocks=[section(text=loose), rich(of("user", user_id=ana.id))])
    assert len(markup(ana.visible(ward)[-1])) == 3


async def test_whoever_sees_nothing_says_so(ana: Person, ward: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.peers.slackd.state.PATIENCE", 0.05)
    with pytest.raises(NotThere, match="ana sees no 'MAR-142'"):
        await ana.sees("MAR-142", at=ward)
    with pytest.raises(NotThere):
        await ana.shown("Report")
    ana.sees_none("MAR-142")


# ---------------------------------------------------------------------------------------------------------- signatures


async def test_every_request_is_signed_and_can_be_replayed_to_the_letter() -> None:
    async with Slack().open() as slack, over_http(slack) as bot:
        await slack.person("ana").command("report x")
        headers = bot.headers[0]
        signed = f"v0:{headers['X-Slack-Request-Timestamp']}:".encode() + bot.raw[0]
        digest = hmac.new(slack.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["X-Slack-Signature"] == f"v0={digest}"
        assert abs(time.time() - int(headers["X-Slack-Request-Timestamp"])) < 300
        assert (await slack.replay(slack.sent[0])).status == 200
        assert bot.raw[0] == bot.raw[1]
        assert bot.headers[1]["X-Slack-Signature"] == headers["X-Slack-Signature"]
        assert (await slack.verifies_url()).status == 200
        assert bot.heard[-1]["type"] == "url_verification"
