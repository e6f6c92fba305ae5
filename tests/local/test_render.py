from datetime import timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from adapters.local import render
from adapters.local.render import Ink, Pane
from bot.actions import Action, NewReport, Show
from bot.cards import (
    Button,
    Buttons,
    Card,
    ChoiceField,
    Facts,
    Form,
    Line,
    Lines,
    Mark,
    Option,
    Part,
    Quote,
    Text,
    TextField,
    clip,
    strings,
)
from bot.desk import Room
from bot.model import Address, MessageRef, Person
from bot.ports import Posted
from tests.builders import NOON, person, pilot, unit

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</textarea></dialog><h1>ours now</h1>",
    "{{ 7 * 7 }} {% raw %}",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "<!-- <!DOCTYPE html> ]]>",
    "javascript:alert(1) *bold* _it_ <@U123> <!channel>",
    "\u202eevil\u202c \u2066mixed\u2069 שלום مرحبا",
    "W" * 1_500,
    "👩🏽‍⚕️ 🏳️‍🌈 👨‍👩‍👧‍👦",
    "  two\n\n  lines, and\ttabs  ",
]
words = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
).filter(lambda text: bool(text.strip()))
short = words.map(lambda text: text[:14]).filter(lambda text: bool(text.strip()))
parts = st.one_of(
    st.builds(Text, words, st.sampled_from(["normal", "strong", "quiet"])),
    st.builds(Quote, words),
    st.builds(Facts, st.lists(st.tuples(short, short), min_size=1, max_size=3).map(tuple)),
    st.builds(
        Lines,
        short,
        st.lists(st.builds(Line, short, st.sampled_from(["past", "planned", "plain"])), min_size=1).map(tuple),
    ),
    st.builds(Buttons, st.lists(st.builds(Button, short, st.just(NewReport())), min_size=1, max_size=5).map(tuple)),
)
cards = st.builds(
    lambda title, some, mark: Card(title, tuple(some), mark), short, st.lists(parts, max_size=3), st.sampled_from(Mark)
)


def token(action: Action) -> str:
    return action.act


class Seen(HTMLParser):
    """What a browser would make of it: the elements with their attributes, and the text of each that shows words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.words: list[str] = []
        self._open: list[bool] = []
        self.feed(html)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        if tag in {"input", "img", "meta", "link"}:
            return
        shows = "words" in (dict(attrs).get("class") or "").split() or tag == "textarea"
        self._open.append(shows)
        if shows:
            self.words.append("")

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self._open, tag
        self._open.pop()

    @override
    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1]:
            self.words[-1] += data

    @override
    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def plain(card: Card) -> Card:
    """The same card, said in harmless words."""

    def same(part: Part) -> Part:
        match part:
            case Text(weight=weight):
                return Text("x", weight)
            case Quote():
                return Quote("x")
            case Facts(pairs=pairs):
                return Facts((("x", "x"),) * len(pairs))
            case Lines(lines=lines):
                return Lines("x", tuple(Line("x", line.state) for line in lines))
            case Buttons(buttons=buttons):
                return Buttons((Button("x", NewReport()),) * len(buttons))

    return Card("x", tuple(same(part) for part in card.parts), card.mark)


def a_room(*people: Person) -> Room:
    ward = unit()
    everybody = people or (person(unit=ward.id),)
    return Room(everybody[0], pilot(), (ward,), everybody, (ward,))


INK = Ink(token, ZoneInfo("America/New_York"), NOON)


@given(cards)
def test_the_words_of_a_card_are_shown_as_they_are_and_never_become_markup(card: Card) -> None:
    seen = Seen(render.card(card, token))
    assert seen.words == [card.title, *(each for part in card.parts for each in strings(part))]
    assert seen.elements == Seen(render.card(plain(card), token)).elements


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_words_of_a_form_are_shown_as_they_are_and_never_become_markup(hostile: str) -> None:
    def form(said: str) -> Form:
        fields = (
            TextField("words", clip(said, 150), hint=said, value=said),
            ChoiceField(
                "kind", clip(said, 150), (Option("1", clip(said, 75)), Option("2", "other")), value="1", required=False
            ),
        )
        return Form(clip(said, 24), clip(said, 24), NewReport(), fields, said, {"": said, "words": said, "kind": said})

    seen = Seen(render.form(form(hostile), token, slot="nurse", where="nurse-messages"))
    assert hostile in seen.words  # the intro
    assert "\n" + hostile in seen.words  # the text area: HTML drops the first line break
    assert seen.elements == Seen(render.form(form("x"), token, slot="nurse", where="nurse-messages")).elements


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_somebody_typed_is_shown_and_announced_as_it_is(hostile: str) -> None:
    me, other = person(), person(name=hostile)
    posted = Posted(MessageRef(me.address, "7"), None, hostile, other.id, NOON, None)
    seen = Seen(render.direct_message(posted, Pane("nurse", a_room(me, other), None), INK))
    assert seen.words == [hostile, hostile]  # who, and what
    assert dict(seen.elements[0][1])["data-say"] == f"{me.name}, from {hostile}: {hostile}"
    assert [tag for tag, _ in seen.elements] == ["li", "p", "span", "time", "span", "p"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_words_that_are_handed_back_survive_the_way_through_an_attribute(hostile: str) -> None:
    seen = Seen(render.answer("nurse-messages", Card("Too long"), INK, words=hostile))
    assert dict(seen.elements[0][1])["data-words"] == hostile


def test_a_buttons_token_is_all_that_the_page_knows_of_its_action() -> None:
    card = Card("A card", (Buttons((Button("Mine", Show("mine")),)),))
    buttons = [dict(given) for tag, given in Seen(render.card(card, lambda _: "opaque")).elements if tag == "button"]
    assert [(each["name"], each["value"]) for each in buttons] == [("token", "opaque")]


@pytest.mark.parametrize("mark", [mark for mark in Mark if mark])
def test_a_mark_is_a_symbol_that_the_title_says_in_words(mark: Mark) -> None:
    symbol = {Mark.WAITING: "…", Mark.WARNING: "!", Mark.MISSED: "×", Mark.DONE: "✓"}[mark]
    html = render.card(Card("MAR-1: missed", mark=mark), token)
    assert f'<span class="mark" aria-hidden="true">{symbol}</span>' in html


def test_times_are_the_pilots_and_name_the_day_since_the_demos_clock_jumps() -> None:
    assert render.at(NOON, INK) == "Mon 07:00"
    assert render.at(NOON - timedelta(days=9), INK) == "Sat 21 Feb, 07:00"
    assert render.long_time(NOON, INK) == "Monday 2 March 2026, 07:00 EST"


def test_an_edit_goes_to_the_card_alone_so_that_nobody_is_told_and_the_thread_stays_open() -> None:
    place = Address("local", "channel", "4-west")
    posted = Posted(MessageRef(place, "7"), Card("MAR-1: taken"), "", None, NOON, NOON)
    seen = Seen(render.edited("nurse", posted, INK))
    ids = [dict(given).get("id") for _, given in seen.elements]
    assert ids[0] == "nurse-k-7-card"
    assert "nurse-k-7-edited" in ids
    assert not any("data-say" in dict(given) or "data-into" in dict(given) for _, given in seen.elements)
