import pytest

from tests.peers.slackd.blockkit import check_manifest, check_message, check_view
from tests.peers.slackd.samples import (
    Broken,
    Json,
    actions,
    app,
    asks,
    button,
    card,
    group,
    home,
    message,
    modal,
    mrkdwn,
    of,
    option,
    options,
    plain,
    section,
    select,
    table,
    told,
)
from tests.peers.test_slackd_validator import BROKEN as BROKEN_MESSAGES
from tests.peers.test_slackd_validator import POSTS

OPTIONS = [
    Broken(
        "an option of 76",
        message(actions(select(options=[option() | {"text": plain("x" * 76)}]))),
        "too_long /blocks/0/elements/0/options/0/text/text",
    ),
    Broken(
        "an option's value of 151",
        message(actions(select(options=[option("x" * 151) | {"text": plain()}]))),
        "too_long /blocks/0/elements/0/options/0/value",
    ),
    Broken(
        "an option's description of 76",
        message(actions(select(options=[option(description=plain("x" * 76))]))),
        "too_long /blocks/0/elements/0/options/0/description/text",
    ),
    Broken(
        "an option with markup",
        message(actions(select(options=[option() | {"text": mrkdwn()}]))),
        "misplaced /blocks/0/elements/0/options/0/text",
    ),
    Broken(
        "an option with an address",
        message(actions(select(options=[option(url="https://x.example")]))),
        "unknown_key /blocks/0/elements/0/options/0/url",
    ),
    Broken("no option", message(actions(select(options=[]))), "too_few /blocks/0/elements/0/options"),
    Broken("101 options", message(actions(select(options=options(101)))), "too_many /blocks/0/elements/0/options"),
    Broken("options and groups", message(actions(select(option_groups=[group("x")]))), "conflict /blocks/0/elements/0"),
    Broken("neither options nor groups", message(actions(of("static_select"))), "conflict /blocks/0/elements/0"),
    Broken(
        "an empty group",
        message(actions(of("static_select", option_groups=[group()]))),
        "too_few /blocks/0/elements/0/option_groups/0/options",
    ),
    Broken(
        "a group's label of 76",
        message(actions(of("static_select", option_groups=[group("x") | {"label": plain("x" * 76)}]))),
        "too_long /blocks/0/elements/0/option_groups/0/label/text",
    ),
    Broken(
        "101 groups",
        message(actions(of("static_select", option_groups=[group(f"{n}") for n in range(101)]))),
        "too_many /blocks/0/elements/0/option_groups",
    ),
    Broken(
        "11 ticks", message(actions(of("checkboxes", options=options(11)))), "too_many /blocks/0/elements/0/options"
    ),
    Broken(
        "11 choices",
        message(actions(of("radio_buttons", options=options(11)))),
        "too_many /blocks/0/elements/0/options",
    ),
    Broken(
        "an overflow of 6",
        message(actions(of("overflow", options=options(6)))),
        "too_many /blocks/0/elements/0/options",
    ),
    Broken(
        "a choice at first that is not offered",
        message(actions(select(initial_option=option("z")))),
        "not_offered /blocks/0/elements/0/initial_option",
    ),
    Broken(
        "a tick at first that reads differently",
        message(actions(of("checkboxes", options=[option()], initial_options=[option() | {"text": plain("a")}]))),
        "not_offered /blocks/0/elements/0/initial_options/0",
    ),
    Broken(
        "two options of one value",
        message(actions(select(options=[option(), option()]))),
        "not_unique /blocks/0/elements/0/options/1",
    ),
    Broken(
        "one value in two groups",
        message(actions(of("static_select", option_groups=[group("x"), group("x")]))),
        "not_unique /blocks/0/elements/0/option_groups/1",
    ),
    Broken(
        "at most none chosen",
        message(actions(of("multi_static_select", options=options(2), max_selected_items=0))),
        "too_small /blocks/0/elements/0/max_selected_items",
    ),
]

TEXT = "plain_text_input"

INPUTS = [
    Broken("a least length of 3001", modal(asks(of(TEXT, min_length=3001))), "too_big /blocks/0/element/min_length"),
    Broken("a greatest length of 3001", modal(asks(of(TEXT, max_length=3001))), "too_big /blocks/0/element/max_length"),
    Broken("a greatest length of none", modal(asks(of(TEXT, max_length=0))), "too_small /blocks/0/element/max_length"),
    Broken(
        "the least above the greatest", modal(asks(of(TEXT, min_length=9, max_length=8))), "conflict /blocks/0/element"
    ),
    Broken(
        "3001 characters at first",
        modal(asks(of(TEXT, initial_value="x" * 3001))),
        "too_long /blocks/0/element/initial_value",
    ),
    Broken(
        "many lines, said in words", modal(asks(of(TEXT, multiline="yes"))), "wrong_type /blocks/0/element/multiline"
    ),
    Broken(
        "no event that tells",
        modal(asks(of(TEXT, dispatch_action_config={"trigger_actions_on": []}))),
        "too_few /blocks/0/element/dispatch_action_config/trigger_actions_on",
    ),
    Broken("a number that says not whether decimal", modal(asks(of("number_input"))), "missing /blocks/0/element"),
    Broken(
        "a number above its greatest",
        modal(asks(of("number_input", is_decimal_allowed=True, min_value="2", max_value="1.5"))),
        "conflict /blocks/0/element",
    ),
    Broken(
        "a number's least as a number",
        modal(asks(of("number_input", is_decimal_allowed=True, min_value=2))),
        "wrong_type /blocks/0/element/min_value",
    ),
    Broken(
        "a decimal where none is allowed",
        modal(asks(of("number_input", is_decimal_allowed=False, max_value="1.5"))),
        "conflict /blocks/0/element/max_value",
    ),
    Broken(
        "the 13th month",
        modal(asks(of("datepicker", initial_date="2026-13-01"))),
        "bad_format /blocks/0/element/initial_date",
    ),
    Broken(
        "a day in another order",
        modal(asks(of("datepicker", initial_date="22-11-2026"))),
        "bad_format /blocks/0/element/initial_date",
    ),
    Broken(
        "the 24th hour",
        modal(asks(of("timepicker", initial_time="24:00"))),
        "bad_format /blocks/0/element/initial_time",
    ),
    Broken(
        "a moment of nine digits",
        modal(asks(of("datetimepicker", initial_date_time=999_999_999))),
        "too_small /blocks/0/element/initial_date_time",
    ),
    Broken("eleven files", modal(asks(of("file_input", max_files=11))), "too_big /blocks/0/element/max_files"),
    Broken("no file", modal(asks(of("file_input", max_files=0))), "too_small /blocks/0/element/max_files"),
    Broken(
        "an address of mail without @",
        modal(asks(of("email_text_input", initial_value="ana"))),
        "bad_format /blocks/0/element/initial_value",
    ),
    Broken(
        "an address of the web without one",
        modal(asks(of("url_text_input", initial_value="x"))),
        "bad_format /blocks/0/element/initial_value",
    ),
    Broken(
        "a person who is no id",
        modal(asks(of("users_select", initial_user="ana"))),
        "bad_format /blocks/0/element/initial_user",
    ),
    Broken("a question of 2001", modal(asks(of(TEXT), label=plain("x" * 2001))), "too_long /blocks/0/label/text"),
    Broken("a question with markup", modal(asks(of(TEXT), label=mrkdwn())), "misplaced /blocks/0/label"),
    Broken("a hint of 2001", modal(asks(of(TEXT), hint=plain("x" * 2001))), "too_long /blocks/0/hint/text"),
    Broken("nothing to fill in", modal(of("input", label=plain())), "missing /blocks/0"),
    Broken(
        "a response_url outside of an input",
        modal(actions(of("channels_select", response_url_enabled=True))),
        "misplaced /blocks/0/elements/0/response_url_enabled",
    ),
]

VIEWS = [
    Broken("a modal of no kind", modal(section(), type="dialog"), "unknown_type /type"),
    Broken("a modal without title", modal(section(), title=None), "missing "),
    Broken("a title of 25", modal(section(), title=plain("x" * 25)), "too_long /title/text"),
    Broken("a title with markup", modal(section(), title=mrkdwn()), "misplaced /title"),
    Broken("submit of 25", modal(section(), submit=plain("x" * 25)), "too_long /submit/text"),
    Broken("close of 25", modal(section(), close=plain("x" * 25)), "too_long /close/text"),
    Broken("a question that cannot be sent", modal(asks(of(TEXT)), submit=None), "missing "),
    Broken("no block", modal(), "too_few /blocks"),
    Broken("101 blocks", modal(*[of("divider")] * 101), "too_many /blocks"),
    Broken("private_metadata of 3001", modal(section(), private_metadata="x" * 3001), "too_long /private_metadata"),
    Broken("a callback_id of 256", modal(section(), callback_id="x" * 256), "too_long /callback_id"),
    Broken("an external_id of 256", modal(section(), external_id="x" * 256), "too_long /external_id"),
    Broken("notify_on_close in words", modal(section(), notify_on_close="yes"), "wrong_type /notify_on_close"),
    Broken("more than 250 KB", modal(*[section(text=plain("x" * 2600)) for _ in range(100)]), "too_long "),
    Broken("markdown in a modal", modal(of("markdown", text="x")), "misplaced /blocks/0"),
    Broken("a table in a modal", modal(table()), "misplaced /blocks/0"),
    Broken("a key of a message in a modal", modal(section(), text="x"), "unknown_key /text"),
    Broken("a home with a title", home(section(), title=plain()), "unknown_key /title"),
    Broken("a home with submit", home(section(), submit=plain()), "unknown_key /submit"),
    Broken("a home with close", home(section(), close=plain()), "unknown_key /close"),
    Broken("a home of 101 blocks", home(*[of("divider")] * 101), "too_many /blocks"),
    Broken("an alert at home", home(of("alert", text=plain())), "misplaced /blocks/0"),
    Broken("markdown at home", home(of("markdown", text="x")), "misplaced /blocks/0"),
    Broken("a file asked for at home", home(asks(of("file_input"))), "misplaced /blocks/0/element"),
    Broken("an alert of 201", modal(of("alert", text=plain("x" * 201))), "too_long /blocks/0/text/text"),
]

COMMAND = {"command": "/pilot", "description": "Report"}
SHORTCUT = {"name": "Report", "callback_id": "r", "description": "Report", "type": "message"}
SETTINGS = {"socket_mode_enabled": True}


def commands(*many: Json) -> Json:
    return app(features={"slash_commands": list(many)})


def bot_may(*scopes: str) -> Json:
    return app(oauth_config={"scopes": {"bot": list(scopes)}})


MANIFESTS = [
    Broken("a part nobody knows", app(functions={}), "unknown_key /functions"),
    Broken("no name", app(display_information={}), "missing /display_information"),
    Broken("a name of 36", app(display_information={"name": "x" * 36}), "too_long /display_information/name"),
    Broken(
        "a description of 141",
        app(display_information={"name": "x", "description": "x" * 141}),
        "too_long /display_information/description",
    ),
    Broken(
        "a colour in words",
        app(display_information={"name": "x", "background_color": "red"}),
        "bad_format /display_information/background_color",
    ),
    Broken(
        "a command without its stroke",
        commands(COMMAND | {"command": "pilot"}),
        "bad_format /features/slash_commands/0/command",
    ),
    Broken(
        "a command in capitals",
        commands(COMMAND | {"command": "/Pilot"}),
        "bad_format /features/slash_commands/0/command",
    ),
    Broken(
        "a command of 33",
        commands(COMMAND | {"command": "/" + "x" * 32}),
        "too_long /features/slash_commands/0/command",
    ),
    Broken(
        "51 commands",
        commands(*[COMMAND | {"command": f"/c{n}"} for n in range(51)]),
        "too_many /features/slash_commands",
    ),
    Broken("one command twice", commands(COMMAND, COMMAND), "not_unique /features/slash_commands/1"),
    Broken(
        "a shortcut's name of 25",
        app(features={"shortcuts": [SHORTCUT | {"name": "x" * 25}]}),
        "too_long /features/shortcuts/0/name",
    ),
    Broken(
        "a shortcut to nowhere",
        app(features={"shortcuts": [SHORTCUT | {"type": "file"}]}),
        "not_allowed /features/shortcuts/0/type",
    ),
    Broken("a scope that is none", bot_may("chat write"), "bad_format /oauth_config/scopes/bot/0"),
    Broken("one scope twice", bot_may("chat:write", "chat:write"), "not_unique /oauth_config/scopes/bot/1"),
    Broken(
        "one event twice",
        app(settings=SETTINGS | {"event_subscriptions": {"bot_events": ["message.im"] * 2}}),
        "not_unique /settings/event_subscriptions/bot_events/1",
    ),
    Broken(
        "no address for what is pressed",
        app(features={}, settings={"interactivity": {"is_enabled": True}}),
        "missing /settings/interactivity",
    ),
    Broken("no address for a command", commands(COMMAND) | {"settings": {}}, "missing /features/slash_commands/0"),
]


@pytest.mark.parametrize("broken", OPTIONS, ids=lambda broken: broken.name)
def test_options_that_break_one_rule_are_refused_for_that_and_nothing_else(broken: Broken) -> None:
    assert told(check_message(broken.payload)) == [broken.problem]


@pytest.mark.parametrize("broken", [*INPUTS, *VIEWS], ids=lambda broken: broken.name)
def test_a_view_that_breaks_one_rule_is_refused_for_that_and_nothing_else(broken: Broken) -> None:
    assert told(check_view(broken.payload)) == [broken.problem]


@pytest.mark.parametrize("broken", MANIFESTS, ids=lambda broken: broken.name)
def test_a_manifest_that_breaks_one_rule_is_refused_for_that_and_nothing_else(broken: Broken) -> None:
    assert told(check_manifest(broken.payload)) == [broken.problem]


def test_far_more_than_a_hundred_rules_are_broken_one_by_one() -> None:
    tables = (BROKEN_MESSAGES, POSTS, OPTIONS, INPUTS, VIEWS, MANIFESTS)
    names = [broken.name for rules in tables for broken in rules]
    assert len(names) == len(set(names)) > 180


@pytest.mark.parametrize(
    "view",
    [
        modal(section(), submit=None),
        modal(of("divider"), *[section()] * 99),
        modal(
            asks(of(TEXT, min_length=0, max_length=3000), dispatch_action=True),
            asks(of("number_input", is_decimal_allowed=False, min_value="-1", max_value="9")),
            asks(of("file_input", filetypes=["jpg"], max_files=10)),
            asks(of("email_text_input")),
            asks(of("url_text_input", initial_value="https://x.example")),
            asks(of("datetimepicker", initial_date_time=1_790_000_000)),
            asks(of("conversations_select", response_url_enabled=True, default_to_current_conversation=True)),
            asks(of("radio_buttons", options=options(10), initial_option=option("v3") | {"text": plain("V3")})),
        ),
        modal(of("alert", text=plain(), level="warning"), card(), private_metadata="x" * 3000, notify_on_close=True),
        home(section(), asks(of(TEXT)), table(), actions(button()), private_metadata=""),
    ],
)
def test_a_view_that_is_well_made_passes(view: Json) -> None:
    assert told(check_view(view)) == []


def test_a_manifest_that_is_well_made_passes() -> None:
    assert told(check_manifest(app())) == []
