from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.actions import Action
from bot.cards import Button, Buttons, Card, Facts, Line, Lines, Mark, Quote, Text
from bot.model import Event, Severity
from storage.cards import dump, load

WORDS = st.text(st.characters(), min_size=1, max_size=30).filter(lambda words: bool(words.strip()))
NUMBERS = st.integers(0, 2**63 - 1)
TYPES: dict[object, st.SearchStrategy[object]] = {
    str: WORDS,
    bool: st.booleans(),
    Severity: st.sampled_from(Severity),
    Event: st.sampled_from(Event),
}
ACTIONS = st.one_of(
    *(
        st.builds(
            kind,
            **{
                name: TYPES.get(field.type, NUMBERS)
                for name, field in kind.__dataclass_fields__.items()
                if name != "act"
            },
        )
        for kind in get_args(Action)
    )
)
BUTTONS = st.builds(Button, WORDS, ACTIONS, st.sampled_from(["plain", "primary", "danger"]))
LINES = st.builds(Line, WORDS, st.sampled_from(["past", "planned", "plain"]))
PARTS = st.one_of(
    st.builds(Text, WORDS, st.sampled_from(["normal", "strong", "quiet"])),
    st.builds(Quote, WORDS),
    st.builds(Facts, st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4).map(tuple)),
    st.builds(Lines, WORDS, st.lists(LINES, min_size=1, max_size=4).map(tuple)),
    st.builds(Buttons, st.lists(BUTTONS, min_size=1, max_size=5).map(tuple)),
)
CARDS = st.builds(
    Card, WORDS, st.lists(PARTS, max_size=5).map(tuple), st.sampled_from(Mark), st.one_of(st.none(), WORDS)
)


@given(CARDS)
def test_every_card_comes_back_exactly(card: Card) -> None:
    assert load(dump(card)) == card


def test_two_halves_of_a_pair_stay_two() -> None:
    card = Card("\ud83d\ude00")
    assert load(dump(card)).title == card.title


def test_anything_else_is_refused() -> None:
    with pytest.raises(TypeError):
        load("[]")
