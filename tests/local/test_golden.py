"""Every message as the workspace draws it, beside the file that says how it looked when somebody last agreed to it.

`CHECKBACK_GOLDEN=write` writes the files anew; read the difference before committing it.
"""

import os
from pathlib import Path

import pytest

from adapters.local import render
from bot.actions import Action
from bot.cards import Card
from tests.examples import EXAMPLES
from tests.examples.scene import Scene

FOLDER = Path(__file__).parents[1] / "golden" / "local"
SCENE = Scene(words="The scanner does not read wristbands.", name="Ada Sample")


def token(action: Action) -> str:
    """Readable, where the real one is sealed and changes with the time."""
    return repr(action)


def drawn(name: str) -> str:
    message = EXAMPLES[name](SCENE)
    if isinstance(message, Card):
        return render.card(message, token)
    return render.form(message, token, slot="nurse", where="nurse-messages")


def file(name: str) -> Path:
    return FOLDER / f"{name.replace(': ', '-').replace(' ', '-')}.html"


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_message_is_drawn_as_agreed(name: str) -> None:
    if os.environ.get("CHECKBACK_GOLDEN") == "write":
        FOLDER.mkdir(parents=True, exist_ok=True)
        file(name).write_text(drawn(name), encoding="utf-8")
    assert drawn(name) == file(name).read_text(encoding="utf-8")


def test_no_file_is_left_of_a_message_that_is_gone() -> None:
    assert {each.name for each in FOLDER.iterdir()} == {file(name).name for name in EXAMPLES}
