"""What somebody sees of a message or a view: its words, what can be pressed, and whatever is no plain text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.peers.slackd.ids import elements, flat
from tests.peers.slackd.state import Json, Message, NotThere, View

Seen = Message | View

_TEXTS = {"plain_text", "mrkdwn", "raw_text", "raw_number", "text", "markdown"}
_MARKUP = re.compile(r"<[^<>]+>")
_SPECIAL = {"user", "channel", "usergroup", "broadcast", "link", "date", "team"}


@dataclass(frozen=True)
class Control:
    """Something that can be used, and the block it stands in; `words` are all that block shows."""

    element: Json
    block: Json
    label: str
    words: str

    def called(self, name: str) -> bool:
        return name in {self.label, self.element["action_id"], self.block["block_id"]}


def plain(words: str) -> str:
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def words_of(value: object) -> Iterator[str]:
    """Every word that is drawn, in the order in which it stands there."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from words_of(one)
    elif isinstance(value, dict):
        yield from _words_of(value)


def _words_of(value: dict[str, Any]) -> Iterator[str]:
    kind = value.get("type")
    said = value.get("text")
    if isinstance(said, str) and kind in _TEXTS | {"link"}:
        yield plain(said) if kind == "mrkdwn" else said
        return
    if kind in {"data_visualization", "plan", "task_card"}:
        yield str(value["title"])
    yield from (
        str(value[name]) for name in ("alt_text", "caption", "name", "label") if isinstance(value.get(name), str)
    )
    for name, one in value.items():
        if name not in {"confirm", "placeholder", "value"}:
            yield from words_of(one)


def shown(what: Seen) -> str:
    """Everything one reads of it, line by line; a message without blocks is its text."""
    if isinstance(what, Message):
        names = [file["name"] for file in what.files]
        return "\n".join([*(words_of(what.blocks) if what.blocks else [plain(what.text)]), *names])
    heading = [what.title] if what.title else []
    return "\n".join([*heading, *words_of(what.blocks), *what.errors.values()])


def labels(what: Seen) -> list[str]:
    """The buttons, as they are labelled."""
    return [control.label for control in controls(what) if control.element["type"] == "button"]


def controls(what: Seen) -> list[Control]:
    return [
        Control(element, block, _label(element, block), " ".join(words_of(block)))
        for block in flat(what.blocks)
        for element in elements(block)
    ]


def _label(element: Json, block: Json) -> str:
    """What it is called: by its own words, by its block's label, or by what stands before it to be filled in."""
    if "text" in element:
        return str(element["text"]["text"])
    if "label" in block:
        return str(block["label"]["text"])
    return str(element.get("placeholder", {}).get("text", ""))


def find(what: Seen, name: str, beside: str = "", kinds: Iterable[str] = ()) -> Control:
    """The one that is called so; where there are several, the first from the words `beside` on."""
    found = controls(what)
    if beside:
        blocks = list(flat(what.blocks))
        starts = [place for place, block in enumerate(blocks) if beside in " ".join(words_of(block))]
        if not starts:
            raise NotThere(f"'{beside}' is not shown there: {shown(what)}")
        after = {block["block_id"] for block in blocks[starts[0] :]}
        found = [control for control in found if control.block["block_id"] in after]
    fitting = [each for each in found if each.called(name) and (not kinds or each.element["type"] in kinds)]
    if not fitting:
        raise NotThere(f"nothing is called '{name}' among {[each.label for each in found]}: {shown(what)}")
    if len(fitting) > 1 and not beside:
        raise NotThere(f"{len(fitting)} are called '{name}': say beside which words")
    return fitting[0]


def markup(what: Seen) -> list[str]:
    """Whatever in it mentions, links, or calls a channel: nothing that somebody typed may be among it."""
    return [*_special(what.blocks), *(_MARKUP.findall(what.text) if isinstance(what, Message) else ())]


def _special(value: object) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _special(one)
    elif isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "markdown"}:
            yield from _MARKUP.findall(str(value.get("text", "")))
        elif value.get("type") in _SPECIAL:
            yield str(value.get("url") or value)
        for one in value.values():
            yield from _special(one)
