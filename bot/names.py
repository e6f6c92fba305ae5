"""Names of patients in a text: those in lists, those with data after them, and those that a cue announces."""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from bot.cues import CUES, any_of, words
from bot.identifiers import BLOT, BLOTS, Identifier

_GIVEN, _FAMILY, _PARTICLES = words("given"), words("family"), words("particle")
_NO_NAME, _NEVER = words("no name"), words("never")
_SEVERAL, _WITH_A_DOT = CUES["several"].split("|"), CUES["with a dot"].split("|")
_LONGEST = 6  # words of a name, particles among them
_ACRONYM = 4  # so many capitals are more often ICU or EMAR than a name

_DATA = "".join(BLOTS[kind] for kind in (Identifier.RECORD, Identifier.BIRTH, Identifier.ENCOUNTER))
_DATA_CUE = any_of("record", "birth", "encounter")
_PART = r"(?:['-](?!s(?!\w))[^\W\d_]{1,24})?"
_TOKEN = rf"[^\W\d_]{{1,24}}{_PART}{_PART}(?![\w{BLOT}])"
_SMALL = rf"(?:(?i:{'|'.join(sorted(_PARTICLES))}) )?"
_BEFORE = rf"(?<![\w'@{BLOT}-])"

_WORD, _AFTER_WORD, _AFTER_INITIAL = re.compile(_TOKEN), re.compile(r" {1,2}"), re.compile(r"\.? ?")
_LAST_FIRST = re.compile(rf"{_BEFORE}(?P<last>{_SMALL}{_SMALL}{_TOKEN}), ?(?P<first>{_TOKEN})")
_AGE = rf"\d{{1,3}} ?-?{any_of('age')}"
_DATA_AFTER = re.compile(rf"[ ,(]{{1,3}}(?:[{_DATA}]|{_DATA_CUE}|\d{{1,2}}[/.-]\d|\d{{6}}|{_AGE})", re.IGNORECASE)
_DATA_BEFORE = re.compile(rf"[{_DATA}][ ,;|/-]{{1,3}}$")
_STAFF_BEFORE = re.compile(rf"(?<![a-z\d]){any_of('staff')}[.:]? {{0,2}}$", re.IGNORECASE)
_STAFF_AFTER = re.compile(rf",? ?{any_of('staff')}", re.IGNORECASE)
_CAPITALS_BEFORE, _CAPITALS_AFTER = re.compile(r"[A-Z]{2}[ /-]$"), re.compile(rf"[ /-](?!(?i:{_DATA_CUE}))[A-Z]{{2}}")
_FULL_NAME = re.compile(rf"{_BEFORE}(?=[A-Z][^\W\d_]){_TOKEN}")
_PLAINLY = re.compile(
    rf"\.?[ ,(]{{1,3}}(?:{_DATA_CUE}[\s:;#.]{{0,3}})?[{_DATA}]|'s {any_of('relative')}| {any_of('household')}",
    re.IGNORECASE,
)
_MID_SENTENCE = re.compile(r"[a-z,] $")
_DESCRIBED = re.compile(
    rf"\.?(?:[ ,(]{{1,3}}(?:[{_DATA}]|{_DATA_CUE})"
    rf"|,? (?:{any_of('is')} )?(?:{any_of('whose')} )?\(?{_AGE}"
    rf"|,? (?:{any_of('is')} )?{any_of('whose')} {any_of('relative')}|'s {any_of('relative')}| \({any_of('relative')})",
    re.IGNORECASE,
)
_CUE = re.compile(
    rf"(?<![a-z\d@])(?:(?P<title>{any_of('title')})[.:]?\s{{0,2}}"
    rf"|(?<!\d)(?<!\d )(?P<perhaps>{any_of('perhaps a title')})(?P<dot>\.?)\s{{1,2}}"
    rf"|(?P<patient>{any_of('patient', 'relative')})(?P<gap>(?:'s)?[\s.,:;#(\"'\[-]{{1,3}}(?P<is>{any_of('is')} )?)"
    rf"|(?P<belongs>{any_of('belongs')} {any_of('to whom')}) {{1,2}}|{any_of('sex')}[ ,(]{{1,3}})",
    re.IGNORECASE,
)
_COMMA, _JOIN = re.compile(r", ?"), re.compile(rf" ?(?:[,&/]|(?<= ){any_of('join')}) ?")


class _Trust(Enum):
    """How much what stands before a word says about it."""

    TITLED = auto()  # "Mr", "mrs": anything that is not plainly no name, small letters too
    SHOUTED = auto()  # "MR", which may be a scan or a valve: the same with a capital
    CAPITAL = auto()  # "pt", "mother of": a word with a capital, or a name that is known
    KNOWN = auto()  # "label for": a name that is known


class _Name(NamedTuple):
    words: list[str]
    end: int


# ------------------------------------------------------------------------------------------------------------ in lists


def listed(text: str) -> Iterator[tuple[int, int]]:
    """Names as lists have them: "LAST, FIRST"."""
    loud, at = _is_loud(text), 0
    while pair := _LAST_FIRST.search(text, at):
        at = pair.start("first")
        first = _name(text, at, _Trust.CAPITAL, loud=loud)
        if first and _is_listed(pair, first, loud=loud):
            at = first.end
            yield pair.start(), at


def _is_listed(pair: re.Match[str], first: _Name, *, loud: bool) -> bool:
    """Whether it is one: "Epic, Cerner", "thanks, Maria" and "Dr Smith, John" are none."""
    text, last = pair.string, pair["last"].split()[-1]
    if last.lower() in _NO_NAME or _is_staff(text, pair.start(), first.end):
        return False
    given, family = first.words[0].lower() in _GIVEN, last.lower() in _FAMILY
    if given and family:
        return True
    if last.isupper() and not loud:
        shouted = pair["first"].isupper() and not (given or family) and _is_shouted(text, pair.start(), first.end)
        return not shouted and len(last) >= (_ACRONYM if given else _ACRONYM + 1)
    if _DATA_BEFORE.search(text[max(0, pair.start() - 4) : pair.start()]):
        return last[0].isupper()
    has_initial = any(len(word) == 1 for word in first.words[1:])
    return (family or (given and last[0].isupper())) and (has_initial or bool(_DATA_AFTER.match(text, first.end)))


def _is_staff(text: str, start: int, end: int) -> bool:
    return bool(_STAFF_BEFORE.search(text[max(0, start - 16) : start]) or _STAFF_AFTER.match(text, end))


def _is_shouted(text: str, start: int, end: int) -> bool:
    """Whether more capitals stand around: people shout in runs, and list names in pairs."""
    return bool(_CAPITALS_BEFORE.search(text[max(0, start - 3) : start]) or _CAPITALS_AFTER.match(text, end))


# ----------------------------------------------------------------------------------------------------- with data after


def described(text: str) -> Iterator[tuple[int, int]]:
    """Two names or more with data, an age or a relation after them: "Rosa Diaz, MRN …", "Rosa Diaz, 44 y"."""
    loud, at = _is_loud(text), 0
    while first := _FULL_NAME.search(text, at):
        at = first.end()
        name = _name(text, first.start(), _Trust.CAPITAL, loud=loud)
        if name:
            at = name.end
            if _is_described(text, first.start(), name):
                yield first.start(), at


def _is_described(text: str, start: int, name: _Name) -> bool:
    """A single word with a capital may start a sentence: "Wrong MRN"."""
    if _STAFF_BEFORE.search(text[max(0, start - 16) : start]):
        return False
    if len(name.words) > 1:
        return bool(_DESCRIBED.match(text, name.end))
    known = name.words[0].lower() in _FAMILY or _MID_SENTENCE.search(text[max(0, start - 2) : start])
    return bool(known and _PLAINLY.match(text, name.end))


# --------------------------------------------------------------------------------------------------------- after a cue


def announced(text: str) -> Iterator[tuple[int, int]]:
    """Names after "Mr", "pt", "mother of" and their like."""
    loud, at = _is_loud(text), 0
    while cue := _CUE.search(text, at):
        at = cue.start() + 1
        name = _name(text, cue.end(), _trust(cue), loud=loud)
        if name and not _is_doubtful(cue, name):
            for start, end in _with_more(cue, name, loud=loud):
                at = end
                yield start, end


def _trust(cue: re.Match[str]) -> _Trust:
    if cue["title"]:
        return _Trust.SHOUTED if cue["title"].isupper() else _Trust.TITLED
    if cue["perhaps"]:  # a title, or to miss, milliseconds, a disease, a drug, a firm
        if cue["perhaps"].istitle():
            return _Trust.SHOUTED
        return _Trust.KNOWN if cue["dot"] else _Trust.CAPITAL
    return _Trust.CAPITAL if cue["patient"] else _Trust.KNOWN


def _is_doubtful(cue: re.Match[str], name: _Name) -> bool:
    """Whether a single word is none, since a sentence may end before it, or since staff too have first names."""
    first = name.words[0].lower()
    if len(name.words) > 1 or first in _FAMILY:
        return False
    if cue["belongs"]:
        return True
    gap = cue["gap"] or ""
    ends = "." in gap and cue["patient"].lower() not in _WITH_A_DOT
    apart = ends or "," in gap or ";" in gap or ("\n" in gap and ":" not in gap)
    return bool(apart or cue["is"]) and first not in _GIVEN


def _with_more(cue: re.Match[str], name: _Name, *, loud: bool) -> Iterator[tuple[int, int]]:
    """The name, with a first name after a comma; after "pts" the names that follow as well."""
    text, end = cue.string, name.end
    several = (cue["patient"] or "").lower() in _SEVERAL
    comma = None if several else _COMMA.match(text, end)
    first = _name(text, comma.end(), _Trust.CAPITAL, loud=loud) if comma else None
    if first and first.words[0].lower() in _GIVEN:
        end = first.end
    yield cue.end(), end
    while several and (join := _JOIN.match(text, end)):
        other = _name(text, join.end(), _Trust.CAPITAL, loud=loud)
        if not other:
            return
        end = other.end
        yield join.end(), end


# -------------------------------------------------------------------------------------------------------------- a name


def _name(text: str, at: int, trust: _Trust, *, loud: bool) -> _Name | None:
    """The name that starts there: words, initials, and particles between them."""
    found: list[str] = []
    start = end = at
    for _ in range(_LONGEST):
        word = _WORD.match(text, at)
        if not word:
            break
        if word[0] not in _PARTICLES:
            if not _may_be_name(word[0], _Trust.CAPITAL if found else trust, loud=loud):
                break
            found.append(word[0])
            end = word.end()
        short = len(word[0]) == 1 or word[0].lower() in _PARTICLES  # "St. Clair"
        gap = (_AFTER_INITIAL if short else _AFTER_WORD).match(text, word.end())
        if not gap:
            break
        at = gap.end()
    initials = len(found) > 1 and "." in text[start:end]
    return _Name(found, end) if initials or any(len(each) > 1 for each in found) else None


def _may_be_name(word: str, trust: _Trust, *, loud: bool) -> bool:
    small = word.lower()
    if trust is _Trust.TITLED and word.istitle():
        return small not in _NEVER
    if trust in {_Trust.TITLED, _Trust.SHOUTED} and small in _FAMILY:
        return True
    if len(word) == 1 and word.isupper():
        return trust is not _Trust.KNOWN
    if small in _NO_NAME or small.partition("-")[0] in _NO_NAME:
        return False
    if trust is _Trust.TITLED or small in _GIVEN or small in _FAMILY:
        return True
    if trust is _Trust.KNOWN or not word[0].isupper():
        return False
    return trust is _Trust.SHOUTED or not (loud or (word.isupper() and 1 < len(word) <= _ACRONYM))


def _is_loud(text: str) -> bool:
    """Whether nothing is in small letters, so that capitals say nothing."""
    return text == text.upper()
