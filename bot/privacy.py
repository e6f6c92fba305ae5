"""Patient identifiers in what people type, found and masked: a safety net with holes, no promise about what is left."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot import names
from bot.identifiers import AFTER_A_NAME, BLOTS, KEPT, RULES, Rule
from bot.identifiers import Identifier as Identifier  # noqa: PLC0414 - for those who mask


@dataclass(frozen=True, slots=True)
class Masked:
    """Words without the identifiers that were in them; `found` is distinct and in order of appearance."""

    words: str
    found: tuple[Identifier, ...]


class _Span(NamedTuple):
    start: int
    end: int
    kind: Identifier


def mask(words: str) -> Masked:
    """Each identifier replaced by its kind in brackets; everything else stays as typed."""
    plain, places = _plain(words)
    spans = sorted(_spans(plain))
    pieces, at = [], 0
    for start, end, kind in spans:
        pieces += [words[at : places[start]], f"[{kind}]"]
        at = max(places[end], places[end - 1] + 1)
    return Masked("".join(pieces) + words[at:], tuple(dict.fromkeys(span.kind for span in spans)))


# ---------------------------------------------------------------------------------------------------- what is in a text

_Step = tuple[Identifier | None, Callable[[str], Iterator[tuple[int, int]]]]


def _step(rule: Rule) -> _Step:
    return rule.kind, rule.find


_NUMBERS: list[_Step] = [_step(rule) for rule in RULES]
_NAMES: list[_Step] = [
    (Identifier.NAME, names.listed),
    (Identifier.NAME, names.described),
    (Identifier.NAME, names.announced),
    *(_step(rule) for rule in AFTER_A_NAME),
]
_NUMBER_OR_MAIL = re.compile(r"[\d@]")
_PLACEHOLDER = re.compile("|".join(re.escape(f"[{kind}]") for kind in Identifier))


def _spans(plain: str) -> Iterator[_Span]:
    """What each step finds in what the steps before it have left."""
    text = _PLACEHOLDER.sub(lambda found: BLOTS[Identifier(found[0][1:-1])] * len(found[0]), plain)
    for kind, find in (_NUMBERS if _NUMBER_OR_MAIL.search(text) else []) + _NAMES:
        pieces, at = [], 0
        for start, end in find(text):
            pieces += [text[at:start], (BLOTS[kind] if kind else KEPT) * (end - start)]
            at = end
            if kind:
                yield _Span(start, end, kind)
        text = "".join(pieces) + text[at:]


# ------------------------------------------------------------------------------------------------------ plain letters

_QUOTES = str.maketrans("‘’‛ʼ´`“”„«»", "''''''\"\"\"\"\"")  # noqa: RUF001 - typed where a plain one is meant


def _plain(words: str) -> tuple[str, Sequence[int]]:
    """The words in plain letters, digits, blanks and quotes, for finding alone; and where each of them was typed."""
    if words.isascii():
        return words, range(len(words) + 1)
    plain, places = [], []
    for place, typed in enumerate(words):
        for letter in typed if typed.isascii() else _plain_letters(typed):
            plain.append(letter)
            places.append(place)
    return "".join(plain), [*places, len(words)]


def _plain_letters(typed: str) -> str:
    """What a letter is without accents and width; nothing, where it is an accent or takes no room."""
    category = unicodedata.category(typed)
    if category in {"Zs", "Co"}:
        return " "
    if category == "Pd":
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(typed))
    letters = unicodedata.normalize("NFKD", typed.translate(_QUOTES))
    return "".join(each for each in letters if unicodedata.category(each) not in {"Mn", "Cf"})
