"""The grammar of a typed line: one parser for every platform."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.model import Severity
from bot.typed import fold

_REFERENCE = r"(?:([a-z]{2,6})\s?[-\u2010-\u2015\u2212]\s?|#)0*([1-9][0-9]{0,8})"  # phones turn hyphens into dashes
_PERSON = r"@(?:[\"“”„«»]([^\"“”„«»\n]+)[\"“”„«»]|([^\s:,;]*[^\s:,;.]))"
_HOUR = r"[0-9]{1,2}(?:[:.][0-9]{2})?\s?(?:[ap]\.?m\.?)?"

# Verbs, and what may follow each. All are compared folded, so they stand here in plain small letters.
REPORTING = {"report": Severity.SLOWS_WORK, "ask": Severity.QUESTION}  # these take any words
COMMANDS = {
    "known": "",
    "mine": "",
    "help": "",
    "queue": "",
    "pilot": "",
    "here": "",
    "back": "",
    "duty": rf"(?:on|off|(?:(?:on|off)\s+)?until\s+{_HOUR})?",
    "away": r"(?:until\s+\S.*)?",
    "code": r"[a-z0-9]{4}(?:-[a-z0-9]{4})+",
    "admin": r"[a-z0-9]{4}-?[a-z0-9]{4}",
}
TAKING_WORDS = {"known", "here"}  # with a colon; "Queue: the third one is stuck" is somebody's report
THREAD_WORDS = {  # with a colon each takes any words
    "take": "",
    "release": "",
    "escalate": "",
    "resume": "",
    "split": "",
    "undo": "",
    "check": "",
    "idea": "",
    "answer": "",
    "workaround": "",
    "fixed": "",
    "info": "",
    "vendor": "",
    "decline": "",
    "reply": "",
    "explain": "",
    "dup": rf"(?:{_REFERENCE})?",
    "sev": "[1-4]?",
    "hand": f"(?:{_PERSON})?",
    "vendor replied": "",
    "propose decline": "",
    "declare outage": "",
}
ANSWERS = {  # alone on the line
    "yes": "yes",
    "yes, fixed": "yes",
    "broken": "broken",
    "still broken": "broken",
    "next shift": "next shift",
    "ask me next shift": "next shift",
    "me too": "me too",
    "mine is different": "different",
    "no, mine is different": "different",
    "withdraw": "withdraw",
    "workaround fails": "fails",
    "the workaround fails": "fails",
    "how bad is it?": "severity",
}
# Answers that with a colon take any words. In a thread they are the team's: there "answer: …" goes to the reporter.
TAKING_ANSWERS = {
    "reply": "reply",
    "answer": "reply",
    "object": "object",
    "appeal": "object",
    "detail": "detail",
    "details": "detail",
}
SYNONYMS = {"issue": "report", "bug": "report", "problem": "report", "status": "mine", "question": "ask"}
THREAD_SYNONYMS = {
    "merge": "dup",
    "unmerge": "split",
    "the vendor replied": "vendor replied",
    "propose to decline": "propose decline",
    "declare an outage": "declare outage",
}
NAMELESS = {"anon", "anonymous", "anonymously", "anonimo", "anonima"}
NAMELESS_IF_PARTED = {"no name", "without my name"}  # "no name on the wristband" is a report like any other

_VERB = re.compile(r"([^\s:!]+)(:|\s+:(?=\s|$))?\s*")  # a colon of ":(" or ":pill:" parts nothing
_PHRASE = re.compile(
    r"([^\s:!]+(?:\s+[^\s:!]+)+?)(?:(:|\s+:(?=\s|$))\s*|\s*$)"
)  # several words, up to a colon or the end
_BANGS = re.compile(r"(?:!\s*)+")
_FIRST_WORDS = [re.compile(r"[^\s:;,.!]+" + r"\s+[^\s:;,.!]+" * more) for more in range(3)]
_PARTED = re.compile(r"(?::|\s+:(?=\s|$)|[;,.]+(?=\s|$)|\s+[-–—]+(?=\s))\s*")
_ENDS = re.compile(r"\s*$|[^\S\n]*\n\s*|\s*(?=!)")
_SPACE = re.compile(r"\s+|$|(?=!)")
_PERHAPS = re.compile(r"[\W_]*(?:anon(?:ymous(?:ly)?|im[oa])?|no[\s-]*name|without my name)\b")
_FOR = re.compile(r"for\s+" + _PERSON, re.IGNORECASE)
_QUOTES = ' "“”„«»'


class Kind(StrEnum):
    """What a line turned out to be."""

    REPORT = "report"  # words to file at once (or, without words, the form)
    COMMAND = "command"
    REFERENCE = "reference"
    THREAD = "thread"  # take, fixed: …
    ANSWER = "answer"  # yes, still broken, me too, object: …
    WORDS = "words"  # anything else: a draft in a direct message, team talk in a thread


@dataclass(frozen=True, slots=True)
class Line:
    """A line understood.

    `words` are exactly as typed: of WORDS the whole line, else all that stands after marks and verb ("on until 19:00").
    `severity` is what the marks say, or else the verb; of WORDS the marks alone. `nameless` is the wish to go without
    a name, `behalf` whoever stands after the @ of `report for` and `hand`, `level` what `sev` asks for; `key` and
    `number` are a reference, alone on the line or after `dup`. `whole` is the line of an answer with words, which is
    somebody's words after all where nothing waits for it.
    """

    kind: Kind
    verb: str = ""
    words: str = ""
    severity: Severity | None = None
    key: str = ""
    number: int = 0
    nameless: bool = False
    behalf: str = ""
    level: Severity | None = None
    whole: str = ""


def parse(line: str, *, thread: bool = False, command: bool = False) -> Line:
    """What the line says. Never a guess: what is not plainly a command is somebody's words, all of them."""
    if command and not line.strip():
        return Line(Kind.REPORT, "report", severity=REPORTING["report"])
    return (
        _reference(line)
        or _answer(line)
        or (_in_thread(line) if thread else _taking_answer(line))
        or _report(line, thread=thread)
        or _command(line)
        or Line(Kind.WORDS, words=line)
    )


def is_nameless(words: str) -> bool:
    """Whether the words ask to be reported without a name."""
    return _opening(words).nameless


def unmarked(words: str) -> str:
    """The words alone, without what stands in front of them to say how they are to be sent."""
    return _opening(words).rest or words


def may_be_nameless(words: str) -> bool:
    """Whether the words can be read as such a wish, and as part of what is reported just as well."""
    return _perhaps(_opening(words))


def _reference(line: str) -> Line | None:
    found = re.fullmatch(_REFERENCE, fold(line).strip())
    return Line(Kind.REFERENCE, key=(found[1] or "").upper(), number=int(found[2])) if found else None


def _answer(line: str) -> Line | None:
    verb = ANSWERS.get(" ".join(fold(line).split()))
    return Line(Kind.ANSWER, verb) if verb else None


def _taking_answer(line: str) -> Line | None:
    verb, rest, colon = _split(line.strip())
    fits = verb in TAKING_ANSWERS and (colon or not rest)
    return Line(Kind.ANSWER, TAKING_ANSWERS[verb], rest, whole=line if rest else "") if fits else None


def _in_thread(line: str) -> Line | None:
    verb, rest, colon = _phrase(line.strip()) or _split(line.strip())
    verb = THREAD_SYNONYMS.get(verb, verb)
    if verb not in THREAD_WORDS or not (colon or re.fullmatch(THREAD_WORDS[verb], fold(rest))):
        return None
    said = Line(Kind.THREAD, verb, rest)
    if verb == "dup" and (other := _reference(rest)):
        return replace(said, key=other.key, number=other.number)
    if verb == "sev" and fold(rest) in {"1", "2", "3", "4"}:
        return replace(said, level=Severity(int(fold(rest))))
    return replace(said, behalf=rest.lstrip("@").strip(_QUOTES)) if verb == "hand" else said


def _phrase(text: str) -> tuple[str, str, bool] | None:
    """The same as `_split`, where the verb is several words."""
    found = _PHRASE.match(text)
    verb = " ".join(fold(found[1]).split()) if found else ""
    return (verb, text[found.end() :], bool(found[2])) if found and verb in {*THREAD_WORDS, *THREAD_SYNONYMS} else None


def _report(line: str, *, thread: bool) -> Line | None:
    found = _opening(line)
    if not found.verb and (thread or not (found.bangs or found.nameless)):
        return None
    marked = _marked(found.bangs)
    unsure = _perhaps(found) and marked is not Severity.PATIENT_AT_RISK and not thread  # it would carry a name
    if unsure or (found.rest and not (found.verb or marked)):
        return Line(Kind.WORDS, words=line, severity=marked, nameless=found.nameless, behalf=found.behalf)
    verb = found.verb or "report"
    return Line(Kind.REPORT, verb, found.rest, marked or REPORTING[verb], nameless=found.nameless, behalf=found.behalf)


def _marked(bangs: int) -> Severity | None:
    if bangs > 1:
        return Severity.PATIENT_AT_RISK
    return Severity.BLOCKS_WORK if bangs else None


def _command(line: str) -> Line | None:
    verb, rest, colon = _split(line.strip())
    if verb not in COMMANDS:
        return None
    fits = (colon and verb in TAKING_WORDS) or re.fullmatch(COMMANDS[verb], fold(rest))
    return Line(Kind.COMMAND, verb, rest) if fits else None


def _split(text: str, *, marked: bool = False) -> tuple[str, str, bool]:
    """The text's first word as a verb, the rest, and whether a colon parts them. Behind a mark no word is alone."""
    found = _VERB.match(text)
    if not found:
        return "", text, False
    verb, rest, colon = fold(found[1]), text[found.end() :], bool(found[2])
    return SYNONYMS.get(verb, verb) if colon or not (rest or marked) else verb, rest, colon


# ------------------------------------------------------------------------------------------- the front of a report


@dataclass(frozen=True, slots=True)
class _Opening:
    """What stands before the words of a report, in whatever order, and the words."""

    rest: str
    verb: str = ""
    bangs: int = 0
    nameless: bool = False
    behalf: str = ""


def _opening(line: str) -> _Opening:
    found, further = None, _Opening(line.strip())
    while further != found:
        found, further = further, _further(further)
    return further


def _further(found: _Opening) -> _Opening:
    """One more mark or verb taken off the front of the rest, if one stands there."""
    text = found.rest
    if bangs := _BANGS.match(text):
        return replace(found, rest=text[bangs.end() :], bangs=found.bangs + bangs[0].count("!"))
    if not found.nameless and (end := _wish(text)):
        return replace(found, rest=text[end:], nameless=True)
    if found.verb:
        return found if found.behalf else _for_somebody(found)
    verb, rest, _ = _split(text, marked=found.nameless or found.bangs > 0)
    return replace(found, rest=rest, verb=verb) if verb in REPORTING else found


def _wish(text: str) -> int:
    """How far a plain wish for no name reaches into the text: 0 where none stands at its front."""
    for first_words in _FIRST_WORDS:
        found = first_words.match(text)
        said = " ".join(fold(found[0]).split()) if found else ""
        if found and said in NAMELESS | NAMELESS_IF_PARTED:
            loosely = _SPACE if said in NAMELESS else _ENDS
            parted = _PARTED.match(text, found.end()) or loosely.match(text, found.end())
            return parted.end() if parted else 0
    return 0


def _perhaps(found: _Opening) -> bool:
    return not found.nameless and bool(_PERHAPS.match(fold(found.rest[:60])))


def _for_somebody(found: _Opening) -> _Opening:
    person = _FOR.match(found.rest)
    end = (_PARTED.match(found.rest, person.end()) or _SPACE.match(found.rest, person.end())) if person else None
    if person is None or end is None:
        return found
    return replace(found, rest=found.rest[end.end() :], behalf=person[1] or person[2])
