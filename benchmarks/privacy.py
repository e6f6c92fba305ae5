"""What the recognisers of identifiers find in texts they were not made with, and what the worst text can cost.

`benchmarks/held_out.py` is small and by the same hand as the recognisers, so its figures say how well they do what was
meant, and nothing about what the people of a hospital will really write: names that nothing announces are not found.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from benchmarks.held_out import CLEAN, MARKED, UNANNOUNCED
from benchmarks.table import Row, show
from bot.privacy import Identifier, mask
from tests.bot.identifiers import MARK, typed

LEAST_RECALL = 0.93
LEAST_PRECISION = 0.97
MOST_MS = 50.0
MOST_TIMES = 20.0  # ten is linear, a hundred quadratic
SHORT, LONG = 1_200, 12_000  # characters; what is ten times as long should take ten times as long
ROUNDS = 7  # of a long text, and seven times as many of a short one; the quickest counts
_PLACED = re.compile("|".join(re.escape(f"[{kind}]") for kind in Identifier))

SHAPES = {
    "digits": "1",
    "digits and blanks": "1 ",
    "digits and dashes": "123-45-",
    "digits and dots": "1.",
    "dots": ".",
    "commas": ",",
    "blanks": " ",
    "lines": "\n",
    "capitals": "A",
    "single capitals": "A ",
    "words with capitals": "Ab ",
    "words with dashes": "Ab-",
    "capitals and commas": "A,",
    "last, first": "Smith, John ",
    "Mr Mr Mr": "Mr ",
    "pt pt pt": "pt ",
    "particles": "Mr de ",
    "pts and pts": "pts A and ",
    "a cue of records": "mrn ",
    "a cue and words": "mrn x ",
    "records": "mrn 1234567 ",
    "a long cue": "medical record number is is ",
    "e-mail without end": "a@",
    "e-mail hosts without end": "a@a.",
    "local parts": "a.",
    "dates": "1/1/60 ",
    "months": "may 1 ",
    "births": "dob 1/1/",
    "prefixes of phones": "+1 (415) ",
    "calls": "call a ",
    "houses": "42 a b c ",
    "streets": "42 Elm St ",
    "masked names": "[name] ",
    "brackets": "[",
    "accents": "e\u0301",
    "full width": "\uff11",
    "Chinese": "\u90ce",
}


class Found(NamedTuple):
    """From where to where, and of what kind."""

    start: int
    end: int
    kind: Identifier


class Score:
    """By kind: how many there are and how many were found, how many were masked and how many of those rightly."""

    def __init__(self) -> None:
        self.there: Counter[Identifier] = Counter()
        self.found: Counter[Identifier] = Counter()
        self.masked: Counter[Identifier] = Counter()
        self.right: Counter[Identifier] = Counter()

    def count(self, marked: str) -> None:
        words = typed(marked)
        there, masked = list(_marked(marked)), list(_masked(words))
        for each in there:
            self.there[each.kind] += 1
            self.found[each.kind] += _letters(words, each) <= _letters(words, *masked)
        for each in masked:
            self.masked[each.kind] += 1
            self.right[each.kind] += _letters(words, each) <= _letters(words, *there)

    def of(self, kind: Identifier) -> str:
        found, right = f"{self.found[kind]:3} of {self.there[kind]:3}", f"{self.right[kind]:3} of {self.masked[kind]:3}"
        return f"{found} found  {right} rightly masked"

    def recall(self, *kinds: Identifier) -> float:
        return sum(self.found[kind] for kind in kinds) / sum(self.there[kind] for kind in kinds)

    def precision(self, *kinds: Identifier) -> float:
        return sum(self.right[kind] for kind in kinds) / max(1, sum(self.masked[kind] for kind in kinds))


def main() -> bool:
    """Measure and print; whether every aim was met."""
    return all([_quality(), _speed()])


# -------------------------------------------------------------------------------------------------------- what is found


def _quality() -> bool:
    score, unannounced = Score(), Score()
    for marked in (*MARKED, *CLEAN):
        score.count(marked)
    for marked in UNANNOUNCED:
        unannounced.count(marked)
    rows = [Row(kind, score.of(kind)) for kind in Identifier]
    recall, precision = score.recall(*Identifier), score.precision(*Identifier)
    touched = sum(bool(mask(words).found) for words in CLEAN)
    rows += [
        Row("recall", f"{recall:.3f}", f"at least {LEAST_RECALL}", met=recall >= LEAST_RECALL),
        Row("precision", f"{precision:.3f}", f"at least {LEAST_PRECISION}", met=precision >= LEAST_PRECISION),
        Row("clean texts touched", f"{touched} of {len(CLEAN)}"),
        Row("names that nothing announces", f"recall {unannounced.recall(Identifier.NAME):.3f}"),
    ]
    return show(f"privacy: {len(MARKED)} texts with identifiers, {len(CLEAN)} without, none of them tuned with", rows)


def _marked(marked: str) -> Iterator[Found]:
    """Where the marks are in the text as typed."""
    added = 0
    for mark in MARK.finditer(marked):
        start = mark.start() - added
        yield Found(start, start + len(mark[2]), Identifier[mark[1].upper()])
        added += len(mark[0]) - len(mark[2])


def _masked(words: str) -> Iterator[Found]:
    """Where the text was masked: what stands where a placeholder stands."""
    left = mask(words).words
    kinds = [Identifier(placed[0][1:-1]) for placed in _PLACED.finditer(left)]
    match = re.fullmatch("(.+?)".join(map(re.escape, _PLACED.split(left))), words, re.DOTALL)
    if match is None:
        raise ValueError(f"More than identifiers changed: {left}")
    for n, kind in enumerate(kinds, 1):
        yield Found(match.start(n), match.end(n), kind)


def _letters(words: str, *found: Found) -> set[int]:
    """The places of letters and digits: whether a dot belongs to a name is nobody's concern."""
    return {place for each in found for place in range(each.start, each.end) if words[place].isalnum()}


# -------------------------------------------------------------------------------------------------------- what it costs


def _speed() -> bool:
    messages = [typed(marked) for marked in (*MARKED, *CLEAN)]
    per_message = median(_quickest(words, ROUNDS) for words in messages)
    costs = {shape: _cost(unit) for shape, unit in SHAPES.items()}
    rows = [Row(shape, f"{ms:5.1f} ms  {times:4.1f} times") for shape, (ms, times) in costs.items()]
    most_ms, most_times = (max(each) for each in zip(*costs.values(), strict=True))
    rows += [
        Row("a message", f"{per_message:.3f} ms"),
        Row("the longest", f"{most_ms:.1f} ms", f"under {MOST_MS:g} ms", met=most_ms < MOST_MS),
        Row("the steepest", f"{most_times:.1f} times", f"at most {MOST_TIMES:g} times", met=most_times <= MOST_TIMES),
    ]
    return show(f"privacy: CPU of {LONG:,} characters without sense, and how many times that of {SHORT:,}", rows)


def _cost(unit: str) -> tuple[float, float]:
    short, long = ((unit * length)[:length] for length in (SHORT, LONG))
    ms = _quickest(long, ROUNDS)
    return ms, ms / _quickest(short, ROUNDS * 7)


def _quickest(words: str, rounds: int) -> float:
    took = []
    for _ in range(rounds):
        before = time.process_time()
        mask(words)
        took.append(time.process_time() - before)
    return min(took) * 1000
