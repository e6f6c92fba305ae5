"""The rich_text block: paragraphs, lists, quotes and code, whose words are never read as markup."""

from collections.abc import Iterator, Mapping

from tests.peers.slackd.blockkit import texts
from tests.peers.slackd.blockkit.rules import Problem, Rule, each, flag, kinds, number, one_of, shape, words

_style = shape({}, {"bold": flag, "italic": flag, "strike": flag, "code": flag, "underline": flag})
_pointing = shape(
    {},
    {
        "bold": flag,
        "italic": flag,
        "strike": flag,
        "highlight": flag,
        "client_highlight": flag,
        "unlink": flag,
        "underline": flag,
    },
)


def _loud(value: object, at: str) -> Iterator[Problem]:  # noqa: ARG001 - whatever its range
    yield Problem("loud", "calls everybody in the channel", at, "broadcast")


def _of(kind: str, required: Mapping[str, Rule], optional: Mapping[str, Rule]) -> Rule:
    return shape({"type": one_of(kind), **required}, optional)


def _id(letters: str) -> Rule:
    return words(255, pattern=rf"[{letters}][A-Z0-9]+")


_text = _of("text", {"text": words(3000)}, {"style": _style})
_link = _of("link", {"url": texts.url}, {"text": words(3000), "unsafe": flag, "style": _style})
_said: Mapping[str, Rule] = {
    "text": _text,
    "link": _link,
    "emoji": _of("emoji", {"name": words(255)}, {"unicode": words(255), "skin_tone": number(2, 6)}),
    "user": _of("user", {"user_id": _id("UW")}, {"style": _pointing}),
    "channel": _of("channel", {"channel_id": _id("CDG")}, {"style": _pointing}),
    "usergroup": _of("usergroup", {"usergroup_id": _id("S")}, {"style": _pointing}),
    "date": _of(
        "date",
        {"timestamp": number(0), "format": words(255)},
        {"url": texts.url, "fallback": words(255), "style": _style},
    ),
    "color": _of("color", {"value": words(7, pattern="#[0-9a-fA-F]{6}")}, {"style": _style}),
    "team": _of("team", {"team_id": _id("T")}, {"style": _style}),
    "broadcast": _loud,
}

_MOST = 3000
_inline = each(kinds(_said), 1, _MOST)
_code = each(kinds({"text": _text, "link": _link}, _said), 1, _MOST)
_section = _of("rich_text_section", {"elements": _inline}, {})
_border: Mapping[str, Rule] = {"border": one_of(0, 1)}

_PARTS: Mapping[str, Rule] = {
    "rich_text_section": _section,
    "rich_text_quote": _of("rich_text_quote", {"elements": _inline}, _border),
    "rich_text_preformatted": _of("rich_text_preformatted", {"elements": _code}, {**_border, "language": words(255)}),
    "rich_text_list": _of(
        "rich_text_list",
        {"elements": each(kinds({"rich_text_section": _section}), 1, _MOST), "style": one_of("bullet", "ordered")},
        {**_border, "indent": number(0, 8), "offset": number(0)},
    ),
}

RICH_TEXT = shape(
    {"type": one_of("rich_text"), "elements": each(kinds(_PARTS, _said), 1, _MOST)},
    {"block_id": texts.block_id},
)
