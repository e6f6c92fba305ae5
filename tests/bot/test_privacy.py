import re
import unicodedata
from collections.abc import Iterator
from re import _parser  # type: ignore[attr-defined] # the one way to look into a regular expression
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import identifiers, names, privacy
from bot.cues import CUES, WORDS
from bot.privacy import Identifier, Masked, mask
from tests.bot.identifiers import CLEAN, SPELLINGS, expected, marks, typed

NAMELESS_MARK = re.compile("|".join(re.escape(f"[{kind}]") for kind in Identifier))


# ------------------------------------------------------------------------------------------------------ what is masked


@pytest.mark.parametrize("marked", SPELLINGS)
def test_an_identifier_is_replaced_by_its_kind_and_the_rest_stays(marked: str) -> None:
    masked = mask(typed(marked))
    assert masked.words == expected(marked)
    assert masked.found == tuple(dict.fromkeys(kind for kind, _ in marks(marked)))


@pytest.mark.parametrize("marked", SPELLINGS)
def test_nothing_of_an_identifier_is_left(marked: str) -> None:
    left = NAMELESS_MARK.sub("", mask(typed(marked)).words)
    for _, value in marks(marked):
        assert value not in left


@pytest.mark.parametrize("words", CLEAN)
def test_ward_speech_stays_exactly_as_typed(words: str) -> None:
    assert mask(words) == Masked(words, ())


@pytest.mark.parametrize("words", [typed(marked) for marked in SPELLINGS])
def test_masked_words_are_clean(words: str) -> None:
    masked = mask(words).words
    assert mask(masked) == Masked(masked, ())


def test_every_kind_is_spelt_in_many_ways() -> None:
    spelt = [kind for marked in SPELLINGS for kind, _ in marks(marked)]
    assert {kind: spelt.count(kind) for kind in Identifier if spelt.count(kind) < 5} == {}


def test_what_was_found_is_told_once_and_in_order() -> None:
    found = mask("dob 3/4/1960, Mr Alvarez, MRN 12345678 or MRN 12345679, Mrs Diaz").found
    assert found == (Identifier.BIRTH, Identifier.NAME, Identifier.RECORD)


@pytest.mark.parametrize("kind", Identifier)
def test_a_kind_in_brackets_stays_what_it_is(kind: Identifier) -> None:
    words = f"pt [{kind}] MRN [{kind}] dob [{kind}] 4 beds"
    assert mask(words) == Masked(words, ())


@pytest.mark.parametrize(
    "words",
    [
        "the name on the label was Okoye",
        "Okoye in bed 4 has no band",
        "Maria Lopez helped us with the scanner",
    ],
)
def test_a_name_that_nothing_announces_is_not_found(words: str) -> None:
    """A hole of the net, known and said to those who use it."""
    assert mask(words).found == ()


# --------------------------------------------------------------------------------------------------- numbers that count


@given(st.integers(0, 999_999_999))
@example(844_000_000)  # begins like a toll-free number
def test_the_check_digit_of_an_nhs_number_decides(nine: int) -> None:
    fitting = [last for last in range(10) if _adds_up(f"{nine:09}{last}")]
    masked = [last for last in range(10) if mask(f"NHS no {nine:09}{last} not traced").found == (Identifier.NHS,)]
    untouched = [last for last in range(10) if not mask(f"NHS no {nine:09}{last} not traced").found]
    assert masked == fitting
    assert untouched == [last for last in range(10) if last not in fitting]


def _adds_up(ten: str) -> bool:
    """All ten digits, weighed from ten down to one, divide by eleven."""
    return sum((10 - place) * int(digit) for place, digit in enumerate(ten)) % 11 == 0


@pytest.mark.parametrize("number", ["000-12-3456", "666-12-3456", "912-34-5678", "123-00-4567", "123-45-0000"])
def test_a_social_security_number_that_nobody_has_is_none(number: str) -> None:
    assert mask(f"it prints {number} on top").found == ()


def test_nine_digits_are_a_social_security_number_after_the_cue_alone() -> None:
    assert mask("SSN 123456789").found == (Identifier.SSN,)
    assert mask("the counter says 123456789").found == ()


@pytest.mark.parametrize("letter", "SLOIBZ")
def test_letters_that_look_like_digits_are_in_no_medicare_number(letter: str) -> None:
    assert mask(f"typed 1{letter}G4TE5MK72 into it").found == ()
    assert mask("typed 1EG4TE5MK72 into it").found == (Identifier.MEDICARE,)


# ------------------------------------------------------------------------------------------------------------- any text

FRAGMENTS = st.one_of(
    st.sampled_from(sorted({phrase for cue in CUES.values() for phrase in cue.split("|")})),
    st.sampled_from(sorted({word for kind in WORDS.values() for word in kind.split()})).map(str.title),
    st.sampled_from([value for marked in SPELLINGS for _, value in marks(marked)]),
    st.sampled_from([f"[{kind}]" for kind in Identifier]),
    st.sampled_from([" ", " ", " ", ", ", ". ", ": ", "-", "/", "#", " (", ")", "\n", "'s ", "_", "\u00a0", " and "]),
    st.text(max_size=3),
)
ANY_TEXT = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=20).map("".join), st.sampled_from(CLEAN))


@settings(max_examples=500)
@given(ANY_TEXT)
def test_masking_twice_is_masking_once(words: str) -> None:
    masked = mask(words)
    assert mask(masked.words) == Masked(masked.words, ())


@settings(max_examples=500)
@given(ANY_TEXT)
def test_what_is_not_masked_stays_as_typed(words: str) -> None:
    masked = mask(words)
    assert bool(masked.found) == (masked.words != words)
    around = map(re.escape, NAMELESS_MARK.split(masked.words))
    placed = NAMELESS_MARK.findall(masked.words)
    assert len(placed) >= len(masked.found)
    assert re.fullmatch(".+?".join(around), words, re.DOTALL)


@given(st.sampled_from([marked for marked in SPELLINGS if typed(marked).isascii()]))
def test_full_width_letters_and_digits_are_found_like_plain_ones(marked: str) -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in typed(marked))
    assert mask(wide).found == mask(typed(marked)).found
    assert unicodedata.normalize("NFKC", mask(wide).words) == mask(typed(marked)).words


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("“Mrs O’Neil” is “lost”", "“Mrs [name]” is “lost”"),
        ("Mrs Zoe\u0308 Diaz, 37\u00a0°C — “ok”", "Mrs [name], 37\u00a0°C — “ok”"),
        ("MRN\u200912345678\u2009… ½ dose", "MRN\u2009[record number]\u2009… ½ dose"),
        ("call (415)\u00a0555\u20110132 👩🏽\u200d⚕️", "call [phone number] 👩🏽\u200d⚕️"),
        ("MRN ١٢٣٤٥٦٧٨", "MRN [record number]"),
        ("born in ١٩٦٠", "born in [date of birth]"),
        ("Mrs Jose\u0301 fell", "Mrs [name] fell"),
    ],
)
def test_the_rest_of_a_text_keeps_its_letters(words: str, left: str) -> None:
    assert mask(words).words == left


# --------------------------------------------------------------------------------------------------------- its patterns


def test_no_repeat_is_unbounded_or_within_another() -> None:
    """So that no text takes longer than its length: the figures are in the benchmark."""
    patterns = list(_patterns())
    assert len(patterns) > 40
    assert [
        pattern.pattern for pattern in patterns if not _is_tame(_parser.parse(pattern.pattern, pattern.flags))
    ] == []


@pytest.mark.parametrize("wild", ["a+", "(?:a{0,3}b){2,4}", "(?:(?:a{2}b)?c){0,2}", "(?=a*)", "[^a]*?"])
def test_a_wild_repeat_would_be_seen(wild: str) -> None:
    assert not _is_tame(_parser.parse(wild))


def _patterns() -> Iterator[re.Pattern[str]]:
    kept = [each for module in (identifiers, names, privacy) for each in vars(module).values()]
    yield from (each for each in kept if isinstance(each, re.Pattern))
    for rule in (*identifiers.RULES, *identifiers.AFTER_A_NAME):
        yield rule.pattern


def _is_tame(part: Any, *, repeated: bool = False) -> bool:  # noqa: ANN401 - a tree of tuples and lists of its own
    if isinstance(part, tuple) and str(part[0]) in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        _, most, within = part[1]
        many = most > 1
        return most < 1000 and not (many and repeated) and _is_tame(within, repeated=many or repeated)
    if isinstance(part, tuple | list | _parser.SubPattern):
        return all(_is_tame(each, repeated=repeated) for each in part)
    return True


def test_no_cue_is_listed_twice_or_in_capitals() -> None:
    for phrases in CUES.values():
        listed = phrases.split("|")
        assert len(listed) == len(set(listed))
        assert phrases == phrases.lower()


def test_no_word_is_both_a_known_name_and_none() -> None:
    names_known = {*WORDS["given"].split(), *WORDS["family"].split()}
    assert names_known & set(WORDS["no name"].split()) <= {"hall"}  # a family, and a place in every hospital
