from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cards
from bot.actions import NewReport
from bot.cards import (
    Button,
    Buttons,
    Card,
    ChoiceField,
    Facts,
    Form,
    Line,
    Lines,
    Option,
    Part,
    Quote,
    Text,
    TextField,
    clip,
    length,
    size,
)

PAIR = "\U0001f637"  # one code point, two UTF-16 units
WHOLE = st.text(st.characters(exclude_categories=["Cs"]))


@given(WHOLE, st.integers(1, 50))
def test_clipped_words_are_never_longer_than_asked(words: str, limit: int) -> None:
    assert length(clip(words, limit)) <= limit


@given(WHOLE, st.integers(1, 50))
def test_clipping_never_cuts_a_pair(words: str, limit: int) -> None:
    clip(words, limit).encode("utf-16")  # half a pair could not be written


@given(st.text(alphabet=PAIR + "ab ", max_size=60), st.integers(1, 50))
def test_what_fits_stays_and_what_does_not_ends_in_an_ellipsis(words: str, limit: int) -> None:
    clipped = clip(words, limit)
    assert clipped == words if length(words) <= limit else clipped.endswith("…")
    assert words.startswith(clipped.removesuffix("…")) or clipped == words


def test_length_counts_as_the_strictest_platform_does() -> None:
    assert length("abc") == 3
    assert length(PAIR) == 2
    assert length("\ud83d") == 1


Make = Callable[[str], object]


@pytest.mark.parametrize(
    ("make", "limit"),
    [
        (Card, 150),
        (Text, 3_000),
        (Quote, 3_000),
        (lambda words: Facts(((words, "value"),)), 150),
        (lambda words: Facts((("label", words),)), 1_000),
        (Line, 500),
        (lambda words: Lines(words, (Line("x"),)), 150),
        (lambda words: Button(words, NewReport()), 40),
        (lambda words: Option("1", words), 75),
        (lambda words: TextField("name", words), 150),
        (lambda words: ChoiceField("name", words, (Option("1", "one"), Option("2", "two"))), 150),
        (lambda words: Form(words, "Send", NewReport(), ()), 24),
        (lambda words: Form("Report", words, NewReport(), ()), 24),
    ],
)
def test_words_too_long_for_the_tightest_platform_cannot_be_drawn(make: Make, limit: int) -> None:
    make("x" * limit)
    make(PAIR * (limit // 2))
    for words in ("x" * (limit + 1), PAIR * (limit // 2 + 1)):
        with pytest.raises(ValueError, match=f"the limit is {limit}"):
            make(words)


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_an_empty_string_cannot_be_drawn(blank: str) -> None:
    for make in (Text, Quote, Line, Card):
        with pytest.raises(ValueError, match="is empty"):
            make(blank)


@pytest.mark.parametrize(
    ("make", "least", "most"),
    [
        (lambda n: Buttons((Button("Take", NewReport()),) * n), 1, 5),
        (lambda n: Facts((("a", "b"),) * n), 1, 10),
        (lambda n: ChoiceField("f", "Label", (Option("1", "one"),) * n), 2, 10),
        (lambda n: Card("title", (Text("x"),) * n), 0, 40),
    ],
)
def test_no_more_parts_than_fit(make: Callable[[int], object], least: int, most: int) -> None:
    make(least)
    make(most)
    for wrong in (least - 1, most + 1):
        if wrong >= 0:
            with pytest.raises(ValueError, match=str(wrong)):
                make(wrong)


def test_a_list_has_lines() -> None:
    with pytest.raises(ValueError, match="no line"):
        Lines("Steps", ())


def test_a_card_as_a_whole_fits_the_tightest_platform() -> None:
    full = tuple(Text("x" * 2_800) for _ in range(3))
    assert size(Card("title", full)) <= cards.CARD
    with pytest.raises(ValueError, match="about"):
        Card("title", (*full, Text("x" * 2_800)))


def test_size_counts_every_string_of_every_part() -> None:
    parts: tuple[Part, ...] = (
        Text("aa"),
        Quote("bb"),
        Facts((("cc", "dd"), ("ee", "ff"))),
        Lines("gg", (Line("hh"),)),
        Buttons((Button("ii", NewReport()),)),
    )
    assert [word for part in parts for word in cards.strings(part)] == [
        "aa",
        "bb",
        "cc",
        "dd",
        "ee",
        "ff",
        "gg",
        "hh",
        "ii",
    ]
    assert size(Card("tt", parts)) == 2 + 5 * 120 + 18
