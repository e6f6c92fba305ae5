"""Every message as Slack receives it, beside the file that says how it looked when somebody last agreed to it.

`CHECKBACK_GOLDEN=write` writes the files anew; read the difference before committing it.
"""

import json
import os
from pathlib import Path

import pytest

from adapters.slack.gallery import drawn, gallery
from bot.actions import Action
from bot.cards import Card, Form
from tests.examples import EXAMPLES
from tests.examples.scene import Scene
from tests.peers.slackd.blockkit import check_message, check_view

FOLDER = Path(__file__).parents[1] / "golden" / "slack"
SCENE = Scene(words="The scanner does not read wristbands.", name="Ada Sample")


def token(action: Action) -> str:
    """Readable, where the real one is sealed and changes with the time."""
    return repr(action)


def message(name: str) -> Card | Form:
    return EXAMPLES[name](SCENE)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_message_is_drawn_as_agreed(name: str) -> None:
    [(file, text)] = gallery({name: message(name)}, token).items()
    if os.environ.get("CHECKBACK_GOLDEN") == "write":
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / file).write_text(text, encoding="utf-8")
    assert text == (FOLDER / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(EXAMPLES))
@pytest.mark.parametrize(
    "words", ["x" * 12_000, "\U0001f637" * 6_000, '"\\\n' * 4_000], ids=["letters", "pairs", "escapes"]
)
def test_slack_takes_every_message_whatever_people_wrote(name: str, words: str) -> None:
    example = EXAMPLES[name](Scene(words=words, name="Maximiliane-Aurelia von und zu Beispielhausen " * 3))
    for each in drawn(example, lambda _: "t" * 120):
        problems = check_view(each) if isinstance(example, Form) else check_message(each)
        assert [
            one for one in problems if one.code != "not_unique"
        ] == []  # an example lists the same issue several times


def test_no_file_is_left_of_a_message_that_is_gone() -> None:
    assert {each.name for each in FOLDER.iterdir()} == set(gallery({name: message(name) for name in EXAMPLES}, token))


def test_a_file_is_what_slack_receives() -> None:
    [text] = gallery({"may_not": message("may_not")}, token).values()
    assert [json.loads(text)] == drawn(message("may_not"), token)
