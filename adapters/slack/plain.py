"""What people typed in Slack, as the words they saw: Slack sends its own marks for people, channels and links."""

import re
from collections.abc import Mapping

_MARK = re.compile(r"<([^<>]*)>")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
SOMEBODY = "somebody"


def words(text: str, names: Mapping[str, str]) -> str:
    """Without Slack's marks: names and labels in their place, and the three characters that it escapes."""
    shown = _MENTION.sub(lambda mark: f'@"{_name(names.get(mark[1], SOMEBODY))}"', text)
    shown = _MARK.sub(lambda mark: _shown(mark[1]), shown)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mentioned(text: str) -> list[str]:
    """The ids of the people it names."""
    return list(dict.fromkeys(_MENTION.findall(text)))


def without(text: str, user: str) -> str:
    """What was said to somebody who was mentioned first."""
    mention = re.compile(rf"<@{re.escape(user)}(?:\|[^<>]*)?>")
    return mention.sub(" ", text, count=1).strip()


def _name(name: str) -> str:
    return name.replace('"', "").replace("<", "").replace(">", "").strip() or SOMEBODY


def _shown(mark: str) -> str:
    inner, _, label = mark.partition("|")
    if inner[:1] == "#":
        return f"#{label or inner[1:]}"
    if inner[:1] == "!":
        return label or f"@{inner[1:].partition('^')[0]}"
    return label or inner.removeprefix("mailto:").removeprefix("tel:")
