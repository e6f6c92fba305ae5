import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stems import MOST, _stem, sent_twice, stems
from bot.typed import scrub


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("the wristband won't scan", "Wristbands are not scanning"),
        ("armband unreadable", "can't read the ID-bands"),
        ("bar code on pt's label", "patient barcode: sticker"),
        ("kicked me out of the EHR", "logged out of the chart"),
        ("WOW is dead", "workstation on wheels, battery"),
        ("blood sugars in the eMAR", "glucose on the MAR"),
        ("Sign in takes forever", "slow login"),
        ("the medication cabinet", "the med Pyxis"),
        ("ANÓNIMO", "anonimo"),
    ],
)
def test_what_means_the_same_on_a_ward_has_the_same_stems(words: str, others: str) -> None:
    assert set(stems(words)) == set(stems(others))


def test_words_that_say_nothing_are_left_out() -> None:
    assert stems("it doesn't work again and I can’t do anything about that") == ()
    assert stems("") == stems(" .,;!? ") == stems("5 0900 12") == ()


def test_what_was_masked_is_left_out() -> None:
    assert stems("scanner fails for [patient name], [record number]") == stems("scanner fails for")


def test_each_stem_stands_once_in_the_order_of_the_words() -> None:
    assert stems("pump alarm, pumps alarming, pump stopped") == ("pump", "alert", "stop")


def test_other_languages_have_stems_and_an_unknown_one_its_words() -> None:
    assert stems("las bombas", "es") == stems("las bomba", "es")
    assert stems("die Pumpen", "de") == stems("die Pumpe", "de")
    assert stems("pumpok pumpoknak", "xx") == ("pumpok", "pumpoknak")


def test_a_long_text_has_no_more_stems_than_help() -> None:
    assert len(stems(" ".join(f"word{n}" for n in range(2_000)))) == MOST


def test_threads_do_not_mix_up_their_words() -> None:
    texts = [" ".join(f"{word}{n}ings" for word in ("scann", "medicat", "print")) for n in range(200)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(stems, texts, ["fr"] * len(texts)))
    finally:
        sys.setswitchinterval(before)
    _stem.cache_clear()
    assert found == [stems(text, "fr") for text in texts]


@given(st.text(st.characters()))
def test_any_text_has_stems_that_are_words(typed: str) -> None:
    found = stems(scrub(typed))
    assert len(found) == len(set(found)) <= MOST
    assert all(stem.strip() for stem in found)


@pytest.mark.parametrize(
    "again",
    [
        "scanner in the med room won't read wristbands",
        "SCANNER IN THE MED ROOM WON’T READ WRISTBANDS",
        "the scanner in our med room is not reading wristbands, please help",
        "scanner in med room wont read wristbands since this morning",
        "med room scanner does not read wristband",
    ],
)
def test_what_is_sent_twice_is_known_again(again: str) -> None:
    assert sent_twice(again, "scanner in the med room won't read wristbands")


@pytest.mark.parametrize(
    ("words", "before"),
    [
        ("label missing on bed 4", "label missing on bed 3"),
        ("the pump beeps", "the scanner in the med room beeps"),
        ("scanner in the med room has a broken cable", "scanner in the med room won't read wristbands"),
        ("it does not", "it will not"),
    ],
)
def test_another_report_is_not_taken_for_the_same(words: str, before: str) -> None:
    assert not sent_twice(words, before)


def test_words_that_say_nothing_are_the_same_only_letter_by_letter() -> None:
    assert sent_twice("It does not", "it does NOT")
