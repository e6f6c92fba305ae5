import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import modal, plain, render
from adapters.slack.modal import Origin
from bot.actions import Action, NewReport
from bot.cards import (
    Button,
    Buttons,
    Card,
    ChoiceField,
    Facts,
    Form,
    Line,
    Lines,
    ManyField,
    Mark,
    Option,
    Quote,
    Text,
    TextField,
    clip,
    strings,
)
from bot.desk import HomePage
from tests.local.test_render import HOSTILE, cards
from tests.peers.slackd.blockkit import check_message, check_view

MENTIONS = [
    *HOSTILE,
    "<!channel> <!here> <!everyone> <@U00000001> <#C00000010> <!subteam^S1>",
    "<https://evil.example|your bank> https://evil.example",
    "*bold* _italic_ ~gone~ `code` ```block``` > quote :smile:",
    "&lt;!channel&gt; &amp;lt;",
    "\u200bzero\u200d \u202eright to left\u202c",
]


def token(action: Action) -> str:
    return action.act


def inside(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from inside(each)
    elif isinstance(value, list):
        for each in value:
            yield from inside(each)


def kinds(blocks: list[dict[str, Any]]) -> set[str]:
    return {str(each["type"]) for each in inside(blocks) if "type" in each}


def read(blocks: list[dict[str, Any]]) -> str:
    """All that stands in rich text."""
    return "".join(each["text"] for each in inside(blocks) if each.get("type") == "text")


@given(cards)
def test_slack_takes_whatever_card_the_bot_makes(card: Card) -> None:
    for page in render.message(card, token):
        assert check_message({"text": page.text, "blocks": page.blocks}) == []


@given(cards)
def test_the_words_of_a_card_are_literal_text_and_all_there(card: Card) -> None:
    blocks = [block for page in render.message(card, token) for block in page.blocks]
    found = kinds(blocks)
    assert found <= {
        "rich_text", "rich_text_section", "rich_text_quote", "text", "actions", "button", "plain_text"
    }  # fmt: skip
    for part in card.parts:
        if not isinstance(part, Buttons):
            for words in strings(part):
                assert words in read(blocks)
    labels = [each["text"] for each in inside(blocks) if each.get("type") == "plain_text"]
    assert labels == [b.label for part in card.parts if isinstance(part, Buttons) for b in part.buttons]


@pytest.mark.parametrize("hostile", MENTIONS)
def test_what_somebody_typed_is_no_markup_wherever_it_stands(hostile: str) -> None:
    said = clip(hostile, 300)
    card = Card(
        clip(hostile, 150),
        (Text(said), Quote(said), Facts((("They say", said),)), Lines("Steps", (Line(said),)), Text(said, "quiet")),
        Mark.WARNING,
    )
    [page] = render.message(card, token)
    assert kinds(page.blocks) == {"rich_text", "rich_text_section", "rich_text_quote", "text"}
    assert "<" not in page.text
    assert ">" not in page.text


def test_the_line_for_notifications_shows_nothing_but_the_title() -> None:
    [page] = render.message(Card("MAR-1: fixed", (Quote("she is dying"),)), token)
    assert page.text == "MAR-1: fixed"


def test_a_long_card_goes_on_in_more_messages_and_loses_nothing() -> None:
    words = '"' * 2_850
    card = Card("Long", (Quote(words), Quote(words), Quote(words)))
    pages = render.message(card, token)
    assert len(pages) == 2
    assert "".join(read(page.blocks) for page in pages) == "Long" + words * 3
    assert all(len(json.dumps(page.blocks, separators=(",", ":"))) <= 12_000 for page in pages)


@given(st.text(min_size=1, max_size=9_000), st.integers(10, 3_000))
def test_pieces_are_all_of_it(words: str, limit: int) -> None:
    found = render.pieces(words, limit)
    assert "".join(found) == words
    assert all(0 < len(each.encode("utf-16-le", "surrogatepass")) // 2 <= limit for each in found)


def test_what_goes_along_with_a_button_comes_back_and_what_is_too_much_stays_behind() -> None:
    assert render.unpack(render.pack("token", {"words": "a\nb"})) == ("token", {"words": "a\nb"})
    assert render.unpack(render.pack("token", {"words": "x" * 2_000})) == ("token", {})
    assert render.unpack("token\nno json") == ("token", {})


# ----------------------------------------------------------------------------------------------------------------- home


def test_a_home_shows_one_page_and_the_way_to_the_others() -> None:
    button = Buttons((Button("Take", NewReport()),))
    pages = [
        HomePage("home", "Now", (Card("Yours", (Text("a"), button, Text("b"))), Card("Queue", (button,)))),
        HomePage("owed", "Owed", (Card("Owed", (Text("c"),)),)),
    ]
    first = render.home(pages, "", token)
    assert check_view(first) == []
    assert "Yours" in read(first["blocks"])
    assert "Owed" not in read(first["blocks"])
    assert [each.get("style") for each in first["blocks"][0]["elements"]] == ["primary", None]
    assert "Owed" in read(render.home(pages, "owed", token)["blocks"])


# ---------------------------------------------------------------------------------------------------------------- forms


FORM = Form(
    "Report a problem",
    "Send",
    NewReport(),
    (
        TextField("words", "What went wrong?", "no names"),
        ChoiceField("severity", "How bad is it?", (Option("1", "Harm"), Option("2", "Slow")), value="2"),
        ManyField("nameless", "Who sends it", (Option("yes", "Without my name"),), value="yes"),
    ),
    "We read this.",
)


def sent(view: dict[str, Any], **typed: dict[str, Any]) -> dict[str, Any]:
    """As Slack sends it: what was there at first, and what was typed over it."""
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element, name = block["element"], block["block_id"].partition(":")[2]
            first = {
                "plain_text_input": {"value": element.get("initial_value")},
                "radio_buttons": {"selected_option": element.get("initial_option")},
                "checkboxes": {"selected_options": element.get("initial_options", [])},
            }[element["type"]]
            given = typed.get(name.partition(":")[2], {})
            state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **first, **given}}
    return {**view, "state": {"values": dict(reversed(state.items()))}}


def test_a_form_is_drawn_and_read() -> None:
    view = modal.modal(FORM, token, Origin("C1", "1.2"))
    assert check_view(view) == []
    assert modal.metadata(view) == ("new", Origin("C1", "1.2"))
    typed = sent(view, words={"value": "dead"})
    assert modal.values(typed) == {"words": "dead", "severity": "2", "nameless": "yes"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_slack_takes_whatever_stands_in_a_form(hostile: str) -> None:
    label = clip(hostile, 75)
    form = Form(
        clip(hostile, 24), clip(hostile, 24), NewReport(),
        (
            TextField("words", clip(hostile, 150), hostile, hostile),
            ChoiceField("kind", "Kind", (Option("1", label), Option("2", "other")), "1"),
        ),
        hostile, {"": hostile, "words": hostile},
    )  # fmt: skip
    assert check_view(modal.modal(form, token, Origin())) == []


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12_000))
def test_a_text_that_no_box_holds_stands_in_several_and_comes_back_whole(words: str) -> None:
    view = modal.modal(modal.opened_with(FORM, {"words": words}), token, Origin())
    assert check_view(view) == []
    assert modal.values(sent(view))["words"] == words


def test_what_is_wrong_stands_beside_its_field_or_else_on_the_form_drawn_anew() -> None:
    def wrong(**errors: str) -> Form:
        return Form(FORM.title, FORM.submit, FORM.action, FORM.fields, "", errors)

    view = modal.modal(FORM, token, Origin())
    assert modal.errors(wrong(words="Say what"), view) == {"field:0:words": "Say what"}
    assert modal.errors(wrong(**{"": "Not now"}), view) is None
    assert modal.errors(wrong(), view) is None
    other = Form(FORM.title, FORM.submit, FORM.action, (TextField("more", "More"),), "", {"more": "Say more"})
    assert modal.errors(other, view) is None


# ---------------------------------------------------------------------------------------------------------------- typed


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("&amp;lt;!channel&amp;gt;", "&lt;!channel&gt;"),
        ("ask <@U2> now", 'ask @"Ana Fable" now'),
        ("ask <@U2|ana> now", 'ask @"Ana Fable" now'),
        ("ask <@U9>", 'ask @"somebody"'),
        ("see <#C1|4-west> and <#C2>", "see #4-west and #C2"),
        ("<!channel> <!subteam^S1|@team> <!date^1^{date}|today>", "@channel @team today"),
        ("<https://a.example/?b=1&amp;c=2> <https://a.example|here>", "https://a.example/?b=1&c=2 here"),
        ("<mailto:a@b.example|a@b.example> <tel:+1555>", "a@b.example +1555"),
    ],
)
def test_what_was_typed_is_read_as_it_was_seen(sent: str, words: str) -> None:
    assert plain.words(sent, {"U2": "Ana Fable"}) == words


def test_a_mention_of_the_bot_is_no_part_of_what_was_said_to_it() -> None:
    assert plain.without("<@U0> take", "U0") == "take"
    assert plain.without("<@U0|checkback>  hand <@U2>", "U0") == "hand <@U2>"
    assert plain.mentioned("<@U1> <@U2|x> <@U1>") == ["U1", "U2"]
