"""The identifiers that are numbers or written like them: what each looks like, and after which cues it is believed."""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from bot.cues import any_of, word, words


class Identifier(StrEnum):
    """What points to a patient; the value stands in brackets where it was found."""

    RECORD = "record number"
    SSN = "social security number"
    NHS = "NHS number"
    MEDICARE = "Medicare number"
    PHONE = "phone number"
    FAX = "fax number"
    EMAIL = "e-mail address"
    ADDRESS = "address"
    BIRTH = "date of birth"
    ENCOUNTER = "encounter number"
    NAME = "name"


# What was found is blotted out, each kind with a character of its own: nothing is found in it, or across it, again.
# What looks like an identifier and stays is blotted with KEPT.
KEPT = "\ue000"
BLOTS = {kind: chr(ord(KEPT) + n) for n, kind in enumerate(Identifier, 1)}
BLOT = f"{KEPT}-{max(BLOTS.values())}"

# Every repeat is bounded and none of them stands within another: time grows with the length of the text, no faster.
_START, _END = rf"(?<![\w{BLOT}])", rf"(?![\w{BLOT}])(?![.-][\d{BLOT}])"
_ALONE = rf"(?<![\w.+{BLOT}-])"
_MARKS = r"[\s:;#=.,'\"({<>|*_~\[-]{0,4}"
_SAYS = rf"(?:{any_of('is', 'says', 'whose')}(?!\d){_MARKS})?"
_NUMBER = rf"{_MARKS}(?:{any_of('number')}{_MARKS})?"
_NEAR = f"{_NUMBER}{_SAYS}{_SAYS}"
_FAR = rf"(?P<gap>[^\d\n{BLOT}]{{0,30}}?)(?<![a-z\d])"  # anything but numbers, on the same line
_WHOSE = rf"[ ,:(=-]{{1,3}}(?:{any_of('is')} )?(?:{any_of('whose')} )?"
_AND = rf"(?: ?[,/&>-]{{1,2}} ?| )(?:{any_of('and')} #?)?"
_ON = f" (?:{any_of('born on')} )?(?:{any_of('whose')} )?"
_UNMEASURED = rf"(?! ?(?:%|{any_of('measure')}))"

_YEAR = r"(?:19|20)\d{2}"
_NO_DATE = rf"(?!{_YEAR}-\d\d?-\d\d?(?!\d)|\d\d?-\d\d?-{_YEAR}(?!\d))"
_CODE = (
    rf"{_NO_DATE}(?:[a-z]{{0,5}}-?\d{{1,5}}(?P<by>[.-])\d{{2,6}}(?:(?P=by)\d{{2,5}})?(?:(?P=by)\d{{2,5}})?"
    r"|\d{2,4} \d{2,4} \d{2,4}(?: \d{2,4})?|\d{3,4} \d{3,5}|(?:[a-z]{1,5}-)?[a-z]{0,4}\d[a-z\d]{3,15}(?:-[a-z]{1,4})?)"
)
_LONG_CODE = rf"{_NO_DATE}(?:[a-z]{{0,3}}\d{{6,14}}[a-z]?|\d{{2,5}}-\d{{2,5}}-\d{{2,5}})"

_MONTH, _DAY = rf"{any_of('month')}\.?", rf"\d{{1,2}}(?:{any_of('day')})?"
_SHORT_YEAR = rf"(?:{_YEAR}|'?\d{{2}})"
_DATE = (
    rf"\d{{1,2}} ?[/.-] ?\d{{1,2}} ?[/.-] ?(?:{_YEAR}|\d{{2}})|{_YEAR}[/.-]\d{{1,2}}[/.-]\d{{1,2}}"
    rf"|{_DAY}[ -]?(?:of )?{_MONTH}[ ,-]{{0,2}}{_SHORT_YEAR}|{_MONTH}[ -]?{_DAY}[ ,]{{1,2}}{_SHORT_YEAR}"
)
_BIRTHDAY = rf"{_DATE}|{_DAY}[ -]?(?:of )?{_MONTH}|{_MONTH}[ -]?{_DAY}|{_MONTH}[ ,]{{0,2}}{_YEAR}|\d{{8}}"

_INSIDE = rf"(?:,? ?{any_of('inside')}\.? ?\d{{1,6}})?"
_PHONE = (
    r"\+\d{1,3}[ .-]?(?:\(0\) ?)?\d[\d .-]{5,14}\d"
    rf"|(?:(?:\+|00)?1[-. ]?)?(?:\(\d{{3}}\) ?|\d{{3}}[-. ])\d{{3}}[-. ]\d{{4}}{_INSIDE}"
    r"|07\d{3} ?\d{3} ?\d{3}|0\d{4} \d{6}|0\d{4} \d{3} \d{3}|0\d{3} \d{3} \d{4}|02\d \d{4} \d{4}"
)
_LOCAL_PHONE = rf"{_PHONE}|\d{{7,13}}{_INSIDE}|\d{{3}}[-.]\d{{4}}{_INSIDE}"
_TOLL_FREE = r"(?:\+?1[-. ]?)?\(?8(?:00|33|44|55|66|77|88)\)?[-. ]?\d{3}[-. ]?\d{4}|080[08] ?\d{3} ?\d{3,4}"

_POSTCODE = r"[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}"
_STREET_WORD = rf"(?!{any_of('flat')})(?:st\.|[a-z]\.|[a-z][a-z'-]{{0,20}}|\d{{1,3}}{any_of('day')})"
_FLAT = rf"(?:\.?,? ?(?:{any_of('flat')}\.? ?#?|#)(?=[a-z]{{0,2}}\d)[a-z\d-]{{1,5}}(?!\w))?"
_TOWN = rf"(?:\.?,? [a-z]{{2,20}}(?: [a-z]{{2,20}})?,? (?:[a-z]{{2}},? \d{{5}}(?:-\d{{4}})?|{_POSTCODE}))?"
_NO_OTHER_WORD = rf"(?!\.? ?(?!{any_of('flat')})(?-i:[A-Z{BLOT}]))"  # "12 Oak Dr" but not "4 West Dr Kim"
_KIND = rf"(?:(?P<sure>{any_of('surely a street')})|(?P<perhaps>{any_of('perhaps a street')}){_NO_OTHER_WORD})"

_NHS = r"\d{3}[ -]?\d{3}[ -]?\d{4}"
_LETTER, _EITHER = r"[ac-hj-kmnp-rt-y]", r"[ac-hj-kmnp-rt-y\d]"  # none that looks like a digit
_MBI = rf"[1-9]{_LETTER}{_EITHER}\d[ -]?{_LETTER}{_EITHER}\d[ -]?{_LETTER}{{2}}\d{{2}}"


# ------------------------------------------------------------------------------------------------- what decides a case


def _always(_: re.Match[str]) -> bool:
    return True


def _digits(match: re.Match[str]) -> str:
    return "".join(each for each in match["it"] if each.isdigit())


def _has_digits(least: int) -> Callable[[re.Match[str]], bool]:
    return lambda match: len(_digits(match)) >= least


def _was_issued(match: re.Match[str]) -> bool:
    """Whether a social security number can belong to anybody."""
    digits = _digits(match)
    return not digits.startswith(("000", "666", "9")) and digits[3:5] != "00" and digits[5:] != "0000"


def _may_be_tax_number(match: re.Match[str]) -> bool:
    """After "SSN" one that starts with 9, a tax number, points to a person just as well."""
    return _digits(match)[0] == "9" or _was_issued(match)


def _checks(match: re.Match[str]) -> bool:
    """Whether the last digit of an NHS number is what the nine before it demand."""
    *nine, last = map(int, _digits(match))
    weighed = sum(weight * digit for weight, digit in zip(range(10, 1, -1), nine, strict=True))
    return -weighed % 11 == last


def _between_not(*cues: str) -> Callable[[re.Match[str]], bool]:
    """Whether nothing between the cue and the number says that it belongs to something else."""
    other = re.compile(word(*cues), re.IGNORECASE)
    return lambda match: not other.search(match["gap"])


def _can_be_dialled(match: re.Match[str]) -> bool:
    """Neither the area nor the exchange of a North American number starts with 0 or 1."""
    found = _AREA_AND_EXCHANGE.match(match["it"])
    return found is None or min(found[1], found[2]) > "1"


_same_matter, _same_line = _between_not("thing", "other date"), _between_not("thing")
_AREA_AND_EXCHANGE = re.compile(r"(?:(?:\+|00)?1[-. ]?)?\(?(\d)\d\d\)?[-. ]?(\d)\d\d[-. ]\d{4}")


def _is_street(match: re.Match[str]) -> bool:
    """Only the plain kinds of street need no capitals: "2 nurses close to bed 4" is none."""
    street = match["street"].split()
    if street[0].lower() in _NO_STREET or not _NO_STREET.isdisjoint(street):
        return False
    return bool(match["sure"]) or (match["perhaps"][0].isupper() and _is_named(street))


def _is_place(match: re.Match[str]) -> bool:
    street = match["street"].split()
    return _NO_STREET.isdisjoint(map(str.lower, street)) and _is_named(street)


def _is_named(street: list[str]) -> bool:
    """Whether it has capitals, and is more than a side: "4 West" is a ward."""
    capitals = all(each[0].isupper() or each[0].isdigit() for each in street)
    return capitals and not _SIDES.issuperset(map(str.lower, street))


_SIDES = words("side")
_NO_STREET = words("no name") - _SIDES


# ---------------------------------------------------------------------------------------------------------- the rules


class Rule(NamedTuple):
    """What to look for; its group `it` is the identifier. Without a kind all of it stays, and later rules skip it."""

    kind: Identifier | None
    pattern: re.Pattern[str]
    holds: Callable[[re.Match[str]], bool] = _always
    more: re.Pattern[str] | None = None  # what may follow at once: "MRN 4410027 and 4410072"

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        at = 0
        while match := self.pattern.search(text, at):
            at = match.start() + 1
            if self.holds(match):
                yield match.span("it") if self.kind else match.span()
                at = match.end("it")
                while self.more and (match := self.more.match(text, at)):
                    yield match.span("it")
                    at = match.end("it")


def _it(value: str, *, before: str = _START, after: str = "") -> re.Pattern[str]:
    return re.compile(rf"{before}(?P<it>{value}){_END}{after}", re.IGNORECASE)


def _after(cue: str, value: str, *, gap: str = _NEAR) -> re.Pattern[str]:
    return _it(value, before=cue + gap)


def _house(count: int, kind: str = "") -> str:
    """A number, as many words of a street, and what may follow them."""
    street = " ".join([_STREET_WORD] * count)
    return rf"\d{{1,5}}[a-z]?,? (?P<street>{street}){kind and ' '}{kind}{_FLAT}{_TOWN}"


_CODES, _DATES = _it(_LONG_CODE, before=_AND), _it(_DATE, before=_AND)
_RECORD, _ENCOUNTER, _BIRTH, _SSN, _LAST_FOUR = map(word, ("record", "encounter", "birth", "ssn", "last four"))

RULES = (
    Rule(
        Identifier.EMAIL,
        _it(r"[\w.+'-]{1,64}@[a-z\d-]{1,63}\.[a-z\d.-]{0,120}[a-z]{2}", before=rf"(?<![\w.+'{BLOT}-])"),
    ),
    Rule(Identifier.RECORD, _after(_RECORD, _CODE), _has_digits(4), _CODES),
    Rule(Identifier.ENCOUNTER, _after(_ENCOUNTER, _CODE), _has_digits(5), _CODES),
    # Before the toll-free numbers, some of which begin as it does.
    Rule(Identifier.NHS, _after(word("nhs"), _NHS), _checks),
    Rule(None, _after(word("nhs"), _NHS)),
    # Three to six digits after "x" or "pager" lead nowhere outside the hospital: a desk, like a room. They stay.
    # Whose a whole number is cannot be seen, so it is masked even after "pager". Toll-free ones are help desks.
    Rule(None, _after(word("inside line"), r"\d{3,6}(?! \d{3})", gap=r"[ .:#-]{0,2}")),
    Rule(None, _it(_TOLL_FREE)),
    Rule(None, _after(word("thing"), r"[a-z]{0,6}-?\d[a-z\d.-]{0,24}", gap=_NUMBER)),
    Rule(Identifier.SSN, _it(r"\d{3}-\d{2}-\d{4}", before=_ALONE), _was_issued),
    Rule(Identifier.SSN, _after(_SSN, r"\d{3}[-. ]?\d{2}[-. ]?\d{4}"), _may_be_tax_number),
    Rule(Identifier.SSN, _after(f"{_SSN}{_MARKS}{_LAST_FOUR}", r"\d{4}")),
    Rule(Identifier.SSN, _after(f"{_LAST_FOUR} {_SAYS}{_SAYS}{_SSN}", r"\d{4}")),
    Rule(Identifier.MEDICARE, _it(_MBI)),
    Rule(Identifier.MEDICARE, _after(word("medicare"), rf"\d{{4}} \d{{5}} \d|{_CODE}"), _has_digits(6)),
    Rule(Identifier.FAX, _after(word("fax"), _LOCAL_PHONE, gap=_FAR), _same_line),
    Rule(Identifier.PHONE, _after(word("phone"), _LOCAL_PHONE, gap=_FAR), _same_line),
    Rule(Identifier.NHS, _it(r"\d{3} \d{3} \d{4}"), _checks),
    Rule(Identifier.BIRTH, _after(_BIRTH, rf"{_BIRTHDAY}|\d{{6}}|{_YEAR}|\d{{1,2}}[/.-]\d{{1,2}}"), more=_DATES),
    Rule(Identifier.BIRTH, _after(_BIRTH, _DATE, gap=_FAR), _same_matter, _DATES),
    Rule(Identifier.BIRTH, _after(word("born"), rf"{_BIRTHDAY}|{_YEAR}{_UNMEASURED}", gap=_ON)),
    Rule(Identifier.BIRTH, _it(_DATE, after=_WHOSE + _BIRTH)),
    Rule(Identifier.RECORD, _after(_RECORD, _LONG_CODE, gap=_FAR), _same_matter, _CODES),
    Rule(Identifier.ENCOUNTER, _after(_ENCOUNTER, _LONG_CODE, gap=_FAR), _same_matter, _CODES),
    Rule(Identifier.RECORD, _after(word("perhaps a record"), rf"(?:{_LONG_CODE}){_UNMEASURED}"), more=_CODES),
    Rule(Identifier.RECORD, _it(_LONG_CODE, after=_WHOSE + _RECORD)),
    Rule(Identifier.PHONE, _it(_PHONE, before=_ALONE), _can_be_dialled),
    Rule(Identifier.ADDRESS, _it(rf"{any_of('box')} ?#?\d{{1,6}}")),
    Rule(Identifier.ADDRESS, _after(word("zip"), rf"\d{{5}}(?:-\d{{4}})?|{_POSTCODE}")),
    *(
        Rule(Identifier.ADDRESS, _it(_house(count, _KIND), before=f"{_ALONE}(?<![,:/#])"), _is_street)
        for count in (1, 2, 3)
    ),
    *(Rule(Identifier.ADDRESS, _after(word("lives"), _house(count)), _is_place) for count in (3, 2, 1)),
)
_AND_THEN = r"[ ,(;|/-]{1,3}"
_NAMED = BLOTS[Identifier.NAME] + _AND_THEN
_LISTED = rf"{_NAMED}{BLOTS[Identifier.RECORD]}{{1,16}}{_AND_THEN}"
AFTER_A_NAME = (
    Rule(Identifier.BIRTH, _it(_DATE, before=_NAMED)),
    Rule(Identifier.RECORD, _it(r"\d{6,10}", before=_NAMED)),
    Rule(Identifier.BIRTH, _it(_DATE, before=_LISTED)),
)
