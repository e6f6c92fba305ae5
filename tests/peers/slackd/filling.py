"""What somebody types, picks and ticks, as Slack keeps it and sends it; a client's own refusals come first."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.peers.slackd import files
from tests.peers.slackd.blockkit.rules import length
from tests.peers.slackd.ids import elements, flat
from tests.peers.slackd.state import Json, NotThere, State, View

TYPED = 3000
_FORMS = {
    "plain_text_input": r"[\s\S]*",
    "number_input": r"-?\d+(\.\d+)?",
    "email_text_input": r"\S+@\S+\.\S+",
    "url_text_input": r"https?://\S+",
    "datepicker": r"\d{4}-\d{2}-\d{2}",
    "timepicker": r"\d{2}:\d{2}",
}
_PICKED = {"users": "user", "channels": "channel", "conversations": "conversation"}
_UNKEPT = {"button", "overflow"}


def key(element: Json) -> str:
    """Under which name its value stands."""
    kind: str = element["type"]
    known = {"datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time"}
    if kind in known:
        return known[kind]
    if kind in {"radio_buttons", "overflow", "static_select", "external_select"}:
        return "selected_option"
    if kind in {"checkboxes", "multi_static_select", "multi_external_select"}:
        return "selected_options"
    if kind == "file_input":
        return "files"
    if kind == "rich_text_input":
        return "rich_text_value"
    if kind.endswith("_select"):
        many, of = kind.startswith("multi_"), kind.removeprefix("multi_").removesuffix("_select")
        return f"selected_{of if many else _PICKED[of]}"
    return "value"


def initial(element: Json) -> Json:
    """What stands there before anybody touches it."""
    given = [value for name, value in element.items() if name.startswith("initial_")]
    empty: object = [] if key(element) in {"selected_options", "files"} else None
    return {"type": element["type"], key(element): given[0] if given else empty}


def value(state: State, user: str, element: Json, wanted: object) -> Json:
    """What is kept once somebody has put `wanted` there: words, an option's words, several, or yes."""
    kind = element["type"]
    if kind in {"checkboxes", "multi_static_select", "radio_buttons", "static_select", "overflow"}:
        kept = _chosen(element, wanted)
    elif kind == "file_input":
        kept = [files.made(state, user, str(name)) for name in _several(wanted)][: element.get("max_files", 10)]
    elif kind.endswith("_select") and kind != "external_select":
        kept = [str(one) for one in _several(wanted)] if kind.startswith("multi_") else str(wanted)
    elif kind == "datetimepicker" and isinstance(wanted, int):
        kept = wanted
    elif kind in _FORMS:
        kept = _typed(element, str(wanted))
    else:
        raise NotThere(f"a {kind} cannot be filled in here")
    return {"type": kind, key(element): kept}


def _typed(element: Json, words: str) -> str | None:
    if length(words) > element.get("max_length", TYPED):
        raise NotThere(f"only {element.get('max_length', TYPED)} characters can be typed there")
    if words and not re.fullmatch(_FORMS[element["type"]], words):
        raise NotThere(f"a {element['type']} does not take '{words}'")
    return words or None


def _several(wanted: object) -> list[object]:
    return list(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else [wanted]


def _chosen(element: Json, wanted: object) -> object:
    """One option or several, by their words or values; True ticks them all, False none."""
    grouped = [one for group in element.get("option_groups", ()) for one in group["options"]]
    offered: list[Json] = [*element.get("options", ()), *grouped]
    if isinstance(wanted, bool):
        return offered if wanted else []
    found = [_offered(offered, str(name)) for name in _several(wanted)]
    if key(element) == "selected_option":
        return found[0]
    if len(found) > element.get("max_selected_items", len(offered)):
        raise NotThere(f"only {element['max_selected_items']} can be chosen there")
    return found


def _offered(offered: list[Json], name: str) -> Json:
    for option in offered:
        if name in {option["text"]["text"], option["value"]}:
            return option
    raise NotThere(f"'{name}' is none of {[option['text']['text'] for option in offered]}")


def values(blocks: Iterable[Json], typed: Mapping[str, Mapping[str, Json]]) -> dict[str, dict[str, Json]]:
    """The state of a surface: what was put there, and what stood there at first."""
    kept: dict[str, dict[str, Json]] = {}
    for block in flat(blocks):
        for element in elements(block):
            if element["type"] not in _UNKEPT:
                put = typed.get(block["block_id"], {}).get(element["action_id"])
                kept.setdefault(block["block_id"], {})[element["action_id"]] = put or initial(element)
    return kept


def _empty(said: Mapping[str, Any]) -> bool:
    return all(not one for name, one in said.items() if name != "type")


def unready(view: View) -> str:
    """Why a client would not send it yet; empty where it would."""
    if "submit" not in view.body or view.body.get("submit_disabled"):
        return "it cannot be submitted"
    said = values(view.blocks, view.values)
    for block in flat(view.blocks):
        if block["type"] == "input":
            element = block["element"]
            put = said[block["block_id"]][element["action_id"]]
            if _empty(put) and not block.get("optional", False):
                return f"'{block['label']['text']}' is not filled in"
            if not _empty(put) and length(str(put.get("value", ""))) < element.get("min_length", 0):
                return f"'{block['label']['text']}' is too short"
    return ""
