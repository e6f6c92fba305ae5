"""What a payload may look like, put together from small rules; each says what it finds wrong and where."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule that one place in a payload breaks; `pointer` is a JSON pointer."""

    code: str
    message: str
    pointer: str
    constraint: object = None


Rule = Callable[[object, str], Iterable[Problem]]
Shape = Mapping[str, object]


def length(words: str) -> int:
    """The larger of code points and UTF-16 units."""
    return max(len(words), len(words.encode("utf-16-le", "surrogatepass")) // 2)


def mapping(value: object) -> Shape:
    return cast("Shape", value) if isinstance(value, dict) else {}


def listed(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def words(most: int, least: int = 1, pattern: str = "") -> Rule:
    """A string of so many characters, that has this form from its first to its last."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem("wrong_type", "must be a string", at, "string")
        elif length(value) > most:
            yield Problem("too_long", f"{length(value)} characters, {most} at most", at, most)
        elif length(value) < least:
            yield Problem("too_short", f"{length(value)} characters, {least} at least", at, least)
        elif pattern and not re.fullmatch(pattern, value):
            yield Problem("bad_format", "has not the form it must have", at, pattern)

    return rule


def number(low: float = -math.inf, high: float = math.inf, *, whole: bool = True) -> Rule:
    def rule(value: object, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int | float) or (whole and not isinstance(value, int)):
            yield Problem("wrong_type", "must be a number", at, "integer" if whole else "number")
        elif not math.isfinite(value):
            yield Problem("bad_format", "must be finite", at, "finite")
        elif value < low:
            yield Problem("too_small", f"{value}, {low} at least", at, low)
        elif value > high:
            yield Problem("too_big", f"{value}, {high} at most", at, high)

    return rule


def flag(value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem("wrong_type", "must be true or false", at, "boolean")


def one_of(*allowed: object) -> Rule:
    def rule(value: object, at: str) -> Iterator[Problem]:
        if value not in allowed or isinstance(value, bool) != isinstance(allowed[0], bool):
            yield Problem("not_allowed", f"{str(value)[:40]!r} is none of what is allowed", at, allowed)

    return rule


def each(item: Rule, least: int, most: int, *further: Rule) -> Rule:
    """A list of so many; `further` look at the list as a whole."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("wrong_type", "must be a list", at, "array")
            return
        if len(value) > most:
            yield Problem("too_many", f"{len(value)} items, {most} at most", at, most)
        if len(value) < least:
            yield Problem("too_few", f"{len(value)} items, {least} at least", at, least)
        for place, one in enumerate(value):
            yield from item(one, f"{at}/{place}")
        for whole in further:
            yield from whole(value, at)

    return rule


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule], *further: Rule) -> Rule:
    """An object with these keys and no other; `further` look at it as a whole."""
    known = {**required, **optional}

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("wrong_type", "must be an object", at, "object")
            return
        for key in required:
            if key not in value:
                yield Problem("missing", f"needs {key}", at, key)
        for key, one in value.items():
            if key in known:
                yield from known[key](one, f"{at}/{key}")
            else:
                yield Problem("unknown_key", f"{key} is not known here", f"{at}/{key}", tuple(known))
        for whole in further:
            yield from whole(value, at)

    return rule


def kinds(table: Mapping[str, Rule], known: Iterable[str] = ()) -> Rule:
    """An object of one of these types; `known` are types that exist and have no place here."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        kind = mapping(value).get("type")
        if not isinstance(value, dict):
            yield Problem("wrong_type", "must be an object", at, "object")
        elif kind is None:
            yield Problem("missing", "needs type", at, "type")
        elif not isinstance(kind, str) or (kind not in table and kind not in known):
            yield Problem("unknown_type", f"nothing is of type {str(kind)[:40]!r}", f"{at}/type", tuple(table))
        elif kind not in table:
            yield Problem("misplaced", f"{kind} has no place here", at, tuple(table))
        else:
            yield from table[kind](value, at)

    return rule


def any_value(value: object, at: str) -> Iterable[Problem]:  # noqa: ARG001 - nothing can be wrong with it
    return ()


def exactly_one(*keys: str) -> Rule:
    def rule(value: object, at: str) -> Iterator[Problem]:
        if sum(key in mapping(value) for key in keys) != 1:
            yield Problem("conflict", f"exactly one of {', '.join(keys)}", at, keys)

    return rule


def at_least_one(*keys: str) -> Rule:
    def rule(value: object, at: str) -> Iterator[Problem]:
        if not any(key in mapping(value) for key in keys):
            yield Problem("missing", f"at least one of {', '.join(keys)}", at, keys)

    return rule


def at_most(low: str, high: str) -> Rule:
    """What stands under `low` is no greater than what stands under `high`, as numbers."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        lower, upper = as_number(mapping(value).get(low)), as_number(mapping(value).get(high))
        if lower is not None and upper is not None and lower > upper:
            yield Problem("conflict", f"{low} is more than {high}", at, (low, high))

    return rule


def as_number(value: object) -> float | None:
    try:
        return None if isinstance(value, bool) else float(cast("float | str", value))
    except (TypeError, ValueError):
        return None


def unique(of: Callable[[object], object], what: str) -> Rule:
    """No two of a list say the same `what`; those that say nothing do not count."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        seen: list[object] = []
        for place, one in enumerate(listed(value)):
            said = of(one)
            if said is not None and said in seen:
                yield Problem("not_unique", f"{what} {str(said)[:40]!r} is there twice", f"{at}/{place}", what)
            seen.append(said)

    return rule
