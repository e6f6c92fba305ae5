"""A card as text and back, exactly."""

import json
from dataclasses import fields
from enum import Enum
from typing import Any, get_args

from bot.actions import Action
from bot.cards import Button, Buttons, Card, Facts, Line, Lines, Mark, Part

_KINDS: tuple[type[Any], ...] = (Card, Line, Button, *get_args(Part), *get_args(Action))
_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in _KINDS}
_PARTS = {kind.__dataclass_fields__["part"].default: kind for kind in get_args(Part)}
_WORDS: dict[type[Any], dict[str, type[Enum]]] = {  # fields that hold a word of a list
    kind: {field.name: field.type for field in fields(kind) if isinstance(field.type, type(Enum))}
    for kind in get_args(Action)
}
_ACTIONS = {kind.__dataclass_fields__["act"].default: kind for kind in get_args(Action)}


def dump(card: Card) -> str:
    # Not escaped to ASCII: two halves of a surrogate pair, each on its own, would come back as one character.
    return json.dumps(card, default=_plain, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Card:
    card = json.loads(text, object_hook=_build)
    if not isinstance(card, Card):
        raise TypeError("this is no card")
    return card


def _plain(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in _NAMES[type(value)]}


def _build(found: dict[str, Any]) -> object:
    """The value that these fields make; what it holds was built before it."""
    if "part" in found:
        return _part(_PARTS[found["part"]], found)
    if "act" in found:
        return _action(_ACTIONS[found["act"]], found)
    if "parts" in found:
        return Card(**found | {"parts": tuple(found["parts"]), "mark": Mark(found["mark"])})
    return Button(**found) if "action" in found else Line(**found)


def _part(kind: type[Any], found: dict[str, Any]) -> object:
    if kind is Facts:
        found["pairs"] = tuple((label, value) for label, value in found["pairs"])
    elif kind is Lines:
        found["lines"] = tuple(found["lines"])
    elif kind is Buttons:
        found["buttons"] = tuple(found["buttons"])
    return kind(**found)


def _action(kind: type[Any], found: dict[str, Any]) -> object:
    return kind(**found | {name: word(found[name]) for name, word in _WORDS[kind].items()})
