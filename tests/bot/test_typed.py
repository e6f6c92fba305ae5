import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.typed import fold, scrub

ANYTHING = st.text(st.characters())  # lone surrogates too
HIDDEN = st.sampled_from([*"\x00\x07\x1b\u200b\u200e\u202e\u2066\u2069\ufeff\u00ad\U000e0041", "\x7f", "\x85"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("the pump\x00 ran dry", "the pump ran dry"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("abc\u202edef\u202c", "abcdef"),
        ("\u2066isolated\u2069", "isolated"),
        ("zero\u200bwidth", "zerowidth"),
        ("\ufeffwith a mark", "with a mark"),
        ("soft\u00adhyphen", "softhyphen"),
        ("tag\U000e0041ged", "tagged"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("a pair \ud83d\ude37", "a pair \U0001f637"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("tab\tstays", "tab\tstays"),
        ("  round  about  ", "round  about"),
        ("\u200b \u200b", ""),
    ],
)
def test_what_cannot_be_seen_goes_and_the_words_stay(typed: str, kept: str) -> None:
    assert scrub(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "👩\u200d⚕️ ist da", "क्\u200dष", "naïve Ångström", "é\u0301"],
)
def test_joiners_and_accents_carry_meaning_and_stay(typed: str) -> None:
    assert scrub(typed) == typed


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in "\n\t\u200c\u200d"


@given(ANYTHING)
def test_nothing_invisible_is_left(typed: str) -> None:
    assert not any(map(_hidden, scrub(typed)))


@given(ANYTHING)
def test_scrubbing_twice_is_scrubbing_once(typed: str) -> None:
    assert scrub(scrub(typed)) == scrub(typed)


@given(ANYTHING)
def test_no_letter_is_lost(typed: str) -> None:
    def letters(words: str) -> list[str]:
        return [c for c in words if unicodedata.category(c)[0] in "LNMPS"]

    whole = typed.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert letters(scrub(typed)) == letters(whole)


@given(st.lists(st.sampled_from("report x!:ab")), HIDDEN)
def test_a_hidden_character_changes_nothing(typed: list[str], hidden: str) -> None:
    assert scrub(hidden.join(["", *typed, ""])) == scrub("".join(typed))


@given(ANYTHING)
def test_folding_never_fails_and_forgets_case(typed: str) -> None:
    assert fold(scrub(typed)) == fold(scrub(typed).casefold())


def test_folding_forgets_accents() -> None:
    assert fold("Anónimo MÍNE") == "anonimo mine"
