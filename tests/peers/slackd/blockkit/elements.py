"""What stands inside blocks: buttons, choices, inputs, pictures; and which may stand where."""

from collections.abc import Iterator, Mapping

from tests.peers.slackd.blockkit import texts
from tests.peers.slackd.blockkit.rules import (
    Problem,
    Rule,
    any_value,
    at_most,
    each,
    exactly_one,
    flag,
    kinds,
    mapping,
    number,
    one_of,
    shape,
    words,
)

DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
TIME = r"([01]\d|2[0-3]):[0-5]\d"
USER, CONVERSATION, CHANNEL = r"[UW][A-Z0-9]+", r"[CDG][A-Z0-9]+", r"[CG][A-Z0-9]+"
MOMENT = number(1_000_000_000, 9_999_999_999)  # ten digits

_style = one_of("primary", "danger")
_pressed: Mapping[str, Rule] = {"action_id": texts.action_id}
_asked: Mapping[str, Rule] = {**_pressed, "confirm": texts.confirm, "focus_on_load": flag}
_held: Mapping[str, Rule] = {**_asked, "placeholder": texts.placeholder}
_typed: Mapping[str, Rule] = {
    **_pressed,
    "placeholder": texts.placeholder,
    "focus_on_load": flag,
    "dispatch_action_config": texts.dispatch,
}


def _of(kind: str, required: Mapping[str, Rule], optional: Mapping[str, Rule], *further: Rule) -> Rule:
    return shape({"type": one_of(kind), **required}, optional, *further)


_offered: Mapping[str, Rule] = {"options": texts.options(100), "option_groups": texts.groups}

SELECTS: Mapping[str, Rule] = {
    "static_select": _of(
        "static_select",
        {},
        {**_held, **_offered, "initial_option": any_value},
        texts.either_options_or_groups,
        texts.initial_offered,
    ),
    "multi_static_select": _of(
        "multi_static_select",
        {},
        {**_held, **_offered, "initial_options": each(any_value, 1, 100), "max_selected_items": number(1)},
        texts.either_options_or_groups,
        texts.initial_offered,
    ),
    "external_select": _of(
        "external_select", {}, {**_held, "min_query_length": number(0), "initial_option": texts.option()}
    ),
    "multi_external_select": _of(
        "multi_external_select",
        {},
        {
            **_held,
            "min_query_length": number(0),
            "initial_options": each(texts.option(), 1, 100),
            "max_selected_items": number(1),
        },
    ),
    "users_select": _of("users_select", {}, {**_held, "initial_user": words(255, pattern=USER)}),
    "multi_users_select": _of(
        "multi_users_select",
        {},
        {**_held, "initial_users": each(words(255, pattern=USER), 1, 100), "max_selected_items": number(1)},
    ),
    "channels_select": _of(
        "channels_select",
        {},
        {**_held, "initial_channel": words(255, pattern=CHANNEL), "response_url_enabled": flag},
    ),
    "multi_channels_select": _of(
        "multi_channels_select",
        {},
        {**_held, "initial_channels": each(words(255, pattern=CHANNEL), 1, 100), "max_selected_items": number(1)},
    ),
    "conversations_select": _of(
        "conversations_select",
        {},
        {
            **_held,
            "initial_conversation": words(255, pattern=CONVERSATION),
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": texts.conversation_filter,
        },
    ),
    "multi_conversations_select": _of(
        "multi_conversations_select",
        {},
        {
            **_held,
            "initial_conversations": each(words(255, pattern=CONVERSATION), 1, 100),
            "default_to_current_conversation": flag,
            "filter": texts.conversation_filter,
            "max_selected_items": number(1),
        },
    ),
}


def _decimals(value: object, at: str) -> Iterator[Problem]:
    element = mapping(value)
    for name in ("min_value", "max_value", "initial_value"):
        if element.get("is_decimal_allowed") is False and "." in str(element.get(name, "")):
            yield Problem("conflict", "a decimal where none is allowed", f"{at}/{name}", "is_decimal_allowed")


_number = words(255, pattern=r"-?\d+(\.\d+)?")

INPUTS: Mapping[str, Rule] = {
    "plain_text_input": _of(
        "plain_text_input",
        {},
        {
            **_typed,
            "initial_value": words(3000, 0),
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
        at_most("min_length", "max_length"),
    ),
    "number_input": _of(
        "number_input",
        {"is_decimal_allowed": flag},
        {**_typed, "initial_value": _number, "min_value": _number, "max_value": _number},
        at_most("min_value", "max_value"),
        _decimals,
    ),
    "email_text_input": _of("email_text_input", {}, {**_typed, "initial_value": words(255, pattern=r"\S+@\S+")}),
    "url_text_input": _of("url_text_input", {}, {**_typed, "initial_value": texts.url}),
    "rich_text_input": _of("rich_text_input", {}, {**_typed, "initial_value": any_value}),
    "file_input": _of(
        "file_input",
        {},
        {**_pressed, "filetypes": each(words(20, pattern=r"[a-z0-9]+"), 1, 100), "max_files": number(1, 10)},
    ),
}

TICKS: Mapping[str, Rule] = {
    "checkboxes": _of(
        "checkboxes",
        {"options": texts.options(10, formatted=True)},
        {**_asked, "initial_options": each(any_value, 1, 10)},
        texts.initial_offered,
    ),
    "radio_buttons": _of(
        "radio_buttons",
        {"options": texts.options(10, formatted=True)},
        {**_asked, "initial_option": any_value},
        texts.initial_offered,
    ),
}

PICKERS: Mapping[str, Rule] = {
    "datepicker": _of("datepicker", {}, {**_held, "initial_date": words(10, pattern=DATE)}),
    "timepicker": _of("timepicker", {}, {**_held, "initial_time": words(5, pattern=TIME), "timezone": words(255)}),
    "datetimepicker": _of("datetimepicker", {}, {**_asked, "initial_date_time": MOMENT}),
}

BUTTON: Rule = _of(
    "button",
    {"text": texts.plain(75)},
    {
        **_pressed,
        "value": words(2000, 0),
        "url": texts.url,
        "style": _style,
        "confirm": texts.confirm,
        "accessibility_label": words(75),
    },
)

PRESSED: Mapping[str, Rule] = {
    "button": BUTTON,
    "overflow": _of("overflow", {"options": texts.options(5, links=True)}, {**_pressed, "confirm": texts.confirm}),
    "workflow_button": _of(
        "workflow_button",
        {"text": texts.plain(75), "workflow": texts.workflow},
        {**_pressed, "style": _style, "accessibility_label": words(75)},
    ),
}

IMAGE: Rule = _of(
    "image",
    {"alt_text": words(2000)},
    {"image_url": texts.url, "slack_file": texts.slack_file},
    exactly_one("image_url", "slack_file"),
)

_judged = shape({"text": texts.plain(75), "value": words(2000)}, {"accessibility_label": words(75)})

FEEDBACK: Mapping[str, Rule] = {
    "feedback_buttons": _of("feedback_buttons", {"positive_button": _judged, "negative_button": _judged}, _pressed),
    "icon_button": _of(
        "icon_button",
        {"icon": words(75), "text": texts.plain(75)},
        {
            **_pressed,
            "value": words(2000),
            "confirm": texts.confirm,
            "accessibility_label": words(75),
            "visible_to_user_ids": each(words(255, pattern=USER), 1, 10),
        },
    ),
}

_ALL: Mapping[str, Rule] = {**SELECTS, **INPUTS, **TICKS, **PICKERS, **PRESSED, **FEEDBACK, "image": IMAGE}
_WORDS = ("plain_text", "mrkdwn")


def _among(table: Mapping[str, Rule]) -> Rule:
    return kinds(table, (*_ALL, *_WORDS))


_SECTION_PICKERS = {name: PICKERS[name] for name in ("datepicker", "timepicker")}
ACCESSORY = _among({**SELECTS, **TICKS, **_SECTION_PICKERS, **PRESSED, "image": IMAGE})
ACTION = _among({**SELECTS, **TICKS, **PICKERS, **PRESSED, "rich_text_input": INPUTS["rich_text_input"]})
INPUT = _among({**SELECTS, **TICKS, **PICKERS, **INPUTS})
CONTEXT_ACTION = _among(FEEDBACK)
CONTEXT = _among(
    {"image": IMAGE, "plain_text": texts.plain(3000), "mrkdwn": texts.mrkdwn(3000)},
)
