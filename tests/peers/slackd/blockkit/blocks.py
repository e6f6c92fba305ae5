"""Every block, and which of them a message, a modal and App Home may hold."""

from collections.abc import Mapping
from typing import Literal

from tests.peers.slackd.blockkit import elements, texts
from tests.peers.slackd.blockkit.charts import CHART
from tests.peers.slackd.blockkit.richtext import RICH_TEXT
from tests.peers.slackd.blockkit.rules import (
    Rule,
    any_value,
    at_least_one,
    each,
    exactly_one,
    flag,
    kinds,
    one_of,
    shape,
    words,
)
from tests.peers.slackd.blockkit.tables import DATA_TABLE, TABLE

Surface = Literal["message", "modal", "home"]


def _of(kind: str, required: Mapping[str, Rule], optional: Mapping[str, Rule], *further: Rule) -> Rule:
    return shape({"type": one_of(kind), **required}, {"block_id": texts.block_id, **optional}, *further)


_TASK: Mapping[str, Rule] = {"task_id": words(255), "title": words(255)}
_TASK_MORE: Mapping[str, Rule] = {
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": each(shape({"type": one_of("url"), "url": texts.url, "text": words(3000)}, {}), 1, 50),
}
_RUNNING, _DONE = ("pending",), ("in_progress", "complete", "error")

CARD = _of(
    "card",
    {},
    {
        "hero_image": elements.IMAGE,
        "icon": elements.IMAGE,
        "slack_icon": any_value,
        "title": texts.text(150),
        "subtitle": texts.text(150),
        "body": texts.text(200),
        "subtext": texts.text(200),
        "actions": each(elements.BUTTON, 1, 3),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)

PLAIN: Mapping[str, Rule] = {
    "actions": _of("actions", {"elements": each(elements.ACTION, 1, 25)}, {}),
    "context": _of("context", {"elements": each(elements.CONTEXT, 1, 10)}, {}),
    "divider": _of("divider", {}, {}),
    "header": _of("header", {"text": texts.plain(150)}, {}),
    "image": _of(
        "image",
        {"alt_text": words(2000)},
        {"image_url": texts.url, "slack_file": texts.slack_file, "title": texts.plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "input": _of(
        "input",
        {"label": texts.plain(2000), "element": elements.INPUT},
        {"hint": texts.plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": RICH_TEXT,
    "section": _of(
        "section",
        {},
        {
            "text": texts.text(3000),
            "fields": each(texts.text(2000), 1, 10),
            "accessory": elements.ACCESSORY,
            "expand": flag,
        },
        at_least_one("text", "fields"),
    ),
    "table": TABLE,
    "video": _of(
        "video",
        {
            "alt_text": words(200),
            "title": texts.plain(199),
            "thumbnail_url": texts.https,
            "video_url": texts.https,
        },
        {
            "author_name": words(49),
            "description": texts.plain(200),
            "provider_icon_url": texts.https,
            "provider_name": words(50),
            "title_url": texts.https,
        },
    ),
}

BLOCKS: Mapping[str, Rule] = {
    **PLAIN,
    "alert": _of(
        "alert",
        {"text": texts.text(200)},
        {"level": one_of("default", "info", "success", "warning", "error")},
    ),
    "card": CARD,
    "carousel": _of("carousel", {"elements": each(kinds({"card": CARD}, PLAIN), 1, 10)}, {}),
    "container": _of(
        "container",
        {"title": texts.plain(150), "child_blocks": each(kinds(PLAIN, ("card", "alert", "markdown")), 1, 10)},
        {
            "subtitle": texts.text(150),
            "icon": elements.IMAGE,
            "width": words(20),
            "is_collapsible": flag,
            "default_collapsed": flag,
            "has_header_divider": flag,
        },
    ),
    "context_actions": _of("context_actions", {"elements": each(elements.CONTEXT_ACTION, 1, 5)}, {}),
    "data_table": DATA_TABLE,
    "data_visualization": CHART,
    "markdown": shape({"type": one_of("markdown"), "text": words(12_000)}, {"block_id": texts.block_id}),
    "plan": _of(
        "plan",
        {"title": words(255)},
        {"tasks": each(shape({**_TASK, "status": one_of(*_RUNNING, *_DONE)}, _TASK_MORE), 1, 50)},
    ),
    "task_card": _of("task_card", {**_TASK, "status": one_of(*_DONE)}, _TASK_MORE),
}

KNOWN = (*BLOCKS, "file")  # files are drawn by Slack alone

_NOT_IN_HOME = {"alert", "markdown", "context_actions", "plan", "task_card"}
_IN_MODALS = {
    "actions",
    "alert",
    "card",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "video",
}

ON: Mapping[Surface, Rule] = {
    "message": kinds({name: rule for name, rule in BLOCKS.items() if name != "alert"}, KNOWN),
    "modal": kinds({name: rule for name, rule in BLOCKS.items() if name in _IN_MODALS}, KNOWN),
    "home": kinds({name: rule for name, rule in BLOCKS.items() if name not in _NOT_IN_HOME}, KNOWN),
}
