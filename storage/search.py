"""Finds what was written alike, in an index that holds no words: keyed HMACs of their stems, in an ordinary table."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate

from sqlalchemy import Double, case, cast, delete, func, insert, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from bot.model import PilotId
from storage.scope import Scope, mine, of
from storage.tables import StemRow, table_of

COMMON = 1_000  # subjects: a stem that stands in so many is not counted to the end, nor read
_CANDIDATES = 32  # that are looked at in full
_STEMS = 16  # that one statement asks for
_LEAST = 0.1  # likeness; below it two texts share a common word at most

_STEM = table_of(StemRow)
_ASKED = [of(f"stem{n}") for n in range(_STEMS)]
_OF_SUBJECT = (mine(_STEM), _STEM.c.kind == of("kind"), _STEM.c.subject == of("subject"))
_OF_PILOT = (mine(_STEM), _STEM.c.pilot == of("pilot"), _STEM.c.kind == of("kind"))


def _count(n: int) -> ColumnElement[int]:
    """In how many subjects a stem stands; of a common one they are not counted to the end."""
    some = select(_STEM.c.subject).where(*_OF_PILOT, _STEM.c.stem == _ASKED[n]).limit(COMMON).subquery()
    return select(func.count()).select_from(some).scalar_subquery().label(f"n{n}")


_ADD = insert(_STEM)
_FORGET = delete(_STEM).where(*_OF_SUBJECT)
_COUNTS = select(*(_count(n) for n in range(_STEMS)))
_RARE = select(_STEM.c.subject, _STEM.c.stem).where(*_OF_PILOT, _STEM.c.stem.in_(_ASKED))
_NEXT = select(_STEM.c.subject, _STEM.c.stem).where(*_OF_PILOT, _STEM.c.stem == of("next")).limit(COMMON).subquery()
_EITHER = union_all(_RARE, select(_NEXT)).subquery()
_WEIGHT = case(*((_EITHER.c.stem == stem, of(f"weight{n}")) for n, stem in enumerate(_ASKED)), else_=of("weight"))
_CLOSEST = (
    select(_EITHER.c.subject)
    .group_by(_EITHER.c.subject)
    .order_by(func.sum(cast(_WEIGHT, Double)).desc(), _EITHER.c.subject)
    .limit(_CANDIDATES)
)
_IN_FULL = select(_STEM.c.subject, _STEM.c.stem).where(
    mine(_STEM), _STEM.c.kind == of("kind"), _STEM.c.subject.in_([of(f"subject{n}") for n in range(_CANDIDATES)])
)


class SqlSearch:
    """`bot.ports.Search` in SQL."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def index(self, pilot: PilotId, kind: str, subject: int, stems: Collection[str]) -> None:
        self.forget(kind, subject)
        subject_of = {"pilot": pilot, "kind": kind, "subject": subject}
        self._scope.add_all(_ADD, [{**subject_of, "stem": mark} for mark in self._marks(stems)])

    def forget(self, kind: str, subject: int) -> None:
        self._scope.change(_FORGET, of_kind=kind, of_subject=subject)

    def alike(self, pilot: PilotId, kind: str, stems: Collection[str], limit: int) -> Sequence[tuple[int, float]]:
        counts = self._counts(pilot, kind, self._marks(stems))
        weights = {mark: math.log1p(COMMON / max(count, 1)) for mark, count in counts.items()}
        candidates = self._candidates(pilot, kind, counts, weights)
        found = ((subject, _likeness(weights, marks)) for subject, marks in self._in_full(kind, candidates).items())
        likest = sorted((-likeness, subject) for subject, likeness in found if likeness >= _LEAST)
        return [(subject, -likeness) for likeness, subject in likest[:limit]]

    def _counts(self, pilot: PilotId, kind: str, marks: Sequence[bytes]) -> Mapping[bytes, int]:
        counts: dict[bytes, int] = {}
        for some in _batches(marks):
            row = self._scope.one(_COUNTS, of_pilot=pilot, of_kind=kind, **_named("stem", some, _STEMS, b""))
            counts.update(zip(some, row, strict=False))
        return counts

    def _candidates(
        self, pilot: PilotId, kind: str, counts: Mapping[bytes, int], weights: Mapping[bytes, float]
    ) -> Sequence[int]:
        """The subjects that share the most with it, as far as its rarest stems tell."""
        rare, after = _rarest(counts)
        stems = _named("stem", rare, _STEMS, b"")
        weighed = _named("weight", [weights[mark] for mark in rare], _STEMS, 0.0)
        rows = self._scope.rows(
            _CLOSEST, of_pilot=pilot, of_kind=kind, of_next=after, of_weight=weights.get(after, 0.0), **stems, **weighed
        )
        return [row.subject for row in rows]

    def _in_full(self, kind: str, subjects: Sequence[int]) -> Mapping[int, set[bytes]]:
        marks: dict[int, set[bytes]] = defaultdict(set)
        if subjects:
            for row in self._scope.rows(_IN_FULL, of_kind=kind, **_named("subject", subjects, _CANDIDATES, 0)):
                marks[row.subject].add(row.stem)
        return marks

    def _marks(self, stems: Collection[str]) -> Sequence[bytes]:
        """In an order that tells nothing of the order of the words."""
        return sorted({self._scope.index("stem", stem)[:8] for stem in stems})


def _rarest(counts: Mapping[bytes, int]) -> tuple[Sequence[bytes], bytes]:
    """The rarest stems, as many as may be read in full, and the next, of which as much is read as may be."""
    known = sorted((mark for mark, count in counts.items() if count), key=counts.__getitem__)
    rows = accumulate(counts[mark] for mark in known)
    fit = sum(sofar < COMMON for sofar in rows)
    return known[: min(fit, _STEMS)], next(iter(known[fit:]), b"")


def _likeness(weights: Mapping[bytes, float], marks: set[bytes]) -> float:
    """What both say, of what either says.

    A stem that only the other has weighs as much as one of ours on average, and not by its own rarity: an odd word
    that one person happened to use would hide what the two have in common.
    """
    shared = sum(weight for mark, weight in weights.items() if mark in marks)
    ours = sum(weights.values())
    theirs = shared + len(marks - weights.keys()) * ours / len(weights)
    return shared / math.sqrt(ours * theirs)


def _batches(marks: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (marks[n : n + _STEMS] for n in range(0, len(marks), _STEMS))


def _named(name: str, given: Sequence[object], width: int, nothing: object) -> dict[str, object]:
    """A statement asks for a fixed number of values; those that are too few are filled up with what no row has."""
    return {f"of_{name}{n}": given[n] if n < len(given) else nothing for n in range(width)}
