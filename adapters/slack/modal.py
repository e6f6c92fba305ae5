"""Draws forms as Slack's modals, and reads what was filled in. Pure.

Slack takes 3,000 characters in one box, and people may write more: a longer text stands in several boxes, one below
the other, and comes back as one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack.render import Block, Token, blocks, pieces, plain, rich, section, strong, text
from bot.cards import Card, ChoiceField, Field, Form, ManyField, Option, TextField, chosen, length

BOX = 2_900  # characters of one box
FORM, SHOWN = "form", "shown"  # callback ids: to be filled in, and only to be read
NAME = "Checkback"
_FIELD = "field"
_VALUE = "value"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where somebody was when a form was opened for them: there the answer goes."""

    channel: str = ""
    thread: str = ""


def modal(form: Form, token: Token, origin: Origin) -> Block:
    drawn: list[Block] = []
    if form.errors.get(""):
        drawn.append(rich(section(strong(f"! {form.errors['']}"))))
    if form.intro:
        drawn.append(rich(section(text(form.intro))))
    for field in form.fields:
        if form.errors.get(field.name):
            drawn.append(rich(section(strong(f"! {form.errors[field.name]}"))))
        drawn += _field(field)
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain(form.title),
        "submit": plain(form.submit),
        "private_metadata": "\n".join([token(form.action), origin.channel, origin.thread]),
        "blocks": drawn,
    }


def reading(card: Card, token: Token) -> Block:
    """A card to read where the form was."""
    return {"type": "modal", "callback_id": SHOWN, "title": plain(NAME), "blocks": blocks(card, token)}


def kept(card: Card, view: Mapping[str, Any], token: Token) -> Block:
    """The form as it was sent, with the card that says why it was not taken above it: nothing typed is lost."""
    typed = view.get("state", {}).get("values", {})
    inputs = [each for each in view["blocks"] if each.get("type") == "input"]
    again = [{**each, "element": _refilled(each["element"], typed.get(each["block_id"], {}))} for each in inputs]
    same = {key: view[key] for key in ("type", "callback_id", "title", "submit", "private_metadata")}
    return {**same, "blocks": [*blocks(card, token), *again]}


def _refilled(element: Block, typed: Mapping[str, Any]) -> Block:
    bare = {key: value for key, value in element.items() if not key.startswith("initial_")}
    now = typed.get(element["action_id"], {})
    given = {
        "initial_value": now.get("value"),
        "initial_option": now.get("selected_option"),
        "initial_options": now.get("selected_options"),
    }
    return bare | {key: value for key, value in given.items() if value}


def opened_with(form: Form, values: Mapping[str, str]) -> Form:
    """The form with what is known already."""
    return replace(form, fields=tuple(replace(f, value=values.get(f.name, f.value)) for f in form.fields))


def filled(form: Form) -> dict[str, str]:
    """What is known of a form already."""
    return {field.name: field.value for field in form.fields if field.value}


def metadata(view: Mapping[str, Any]) -> tuple[str, Origin]:
    """The token that a form carries, and where it was opened."""
    token, channel, thread = (*str(view.get("private_metadata", "")).split("\n"), "", "", "")[:3]
    return token, Origin(channel, thread)


def values(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by field."""
    found: dict[str, str] = {}
    for block, elements in sorted(view.get("state", {}).get("values", {}).items()):  # boxes of one text by their number
        name = _name(block)
        if name is not None:
            found[name] = found.get(name, "") + _typed(elements.get(_VALUE, {}))
    return found


def errors(form: Form, view: Mapping[str, Any]) -> dict[str, str] | None:
    """What is wrong, by the block it stands at; None where the form has to be drawn anew to say it."""
    there = {str(each.get("block_id", "")) for each in view.get("blocks", [])}
    wanted = {_block(name): sentence for name, sentence in form.errors.items()}
    same = {_block(field.name) for field in form.fields} <= there
    return wanted if wanted and "" not in form.errors and same and set(wanted) <= there else None


def _block(name: str, n: int = 0) -> str:
    return f"{_FIELD}:{n}:{name}"


def _name(block: str) -> str | None:
    kind, _, rest = block.partition(":")
    return rest.partition(":")[2] if kind == _FIELD else None


def _typed(element: Mapping[str, Any]) -> str:
    match element.get("type"):
        case "radio_buttons":
            return str((element.get("selected_option") or {}).get("value", ""))
        case "checkboxes":
            return ",".join(str(each.get("value", "")) for each in element.get("selected_options") or [])
        case _:
            return element.get("value") or ""


def _field(field: Field) -> Iterable[Block]:
    match field:
        case TextField():
            boxes = pieces(field.value, BOX)
            return [_input(field, n, _box(value), required=field.required and n == 0) for n, value in enumerate(boxes)]
        case ChoiceField():
            return [_input(field, 0, _radio(field), required=field.required)]
        case ManyField():
            return [_input(field, 0, _boxes(field), required=field.required)]


def _input(field: Field, n: int, element: Block, *, required: bool) -> Block:
    drawn = {
        "type": "input",
        "block_id": _block(field.name, n),
        "label": plain(field.label if n == 0 else f"{field.label} ({n + 1})"),
        "optional": not required,
        "element": {**element, "action_id": _VALUE},
    }
    hint = field.hint if isinstance(field, TextField) and n == 0 else ""
    return {**drawn, "hint": plain(hint)} if hint else drawn


def _box(value: str) -> Block:
    drawn: Block = {"type": "plain_text_input", "multiline": True}
    return {**drawn, "initial_value": value} if length(value) else drawn


def _radio(field: ChoiceField) -> Block:
    initial = [_option(each) for each in field.options if each.value == field.value]
    drawn: Block = {"type": "radio_buttons", "options": [_option(each) for each in field.options]}
    return {**drawn, "initial_option": initial[0]} if initial else drawn


def _boxes(field: ManyField) -> Block:
    ticked = set(chosen(field.value))
    initial = [_option(each) for each in field.options if each.value in ticked]
    drawn: Block = {"type": "checkboxes", "options": [_option(each) for each in field.options]}
    return {**drawn, "initial_options": initial} if initial else drawn


def _option(option: Option) -> Block:
    return {"text": plain(option.label), "value": option.value}
