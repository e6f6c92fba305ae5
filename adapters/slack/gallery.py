"""Every message as the JSON that Slack receives, to be looked at."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack import modal, render
from adapters.slack.render import Token
from bot.cards import Card, Form


def drawn(message: Card | Form, token: Token) -> list[dict[str, Any]]:
    """A card as the messages it takes, a form as its modal."""
    if isinstance(message, Form):
        return [modal.modal(message, token, modal.Origin())]
    return [{"text": page.text, "blocks": page.blocks} for page in render.message(message, token)]


def gallery(messages: Mapping[str, Card | Form], token: Token) -> Mapping[str, str]:
    """By the name of its file: what Slack receives, or a list of it where it takes several messages."""
    return {_file(name): _json(drawn(each, token)) for name, each in messages.items()}


def _file(name: str) -> str:
    return f"{name.replace(': ', '-').replace(' ', '-')}.json"


def _json(drawn: Sequence[dict[str, Any]]) -> str:
    return json.dumps(drawn[0] if len(drawn) == 1 else drawn, ensure_ascii=False, indent=2) + "\n"
