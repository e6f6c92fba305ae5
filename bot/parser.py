"""The grammar of a typed line: one parser for every platform."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.model import Severity
from bot.typed import fold

REPORTING = {"report": Severity.SLOWS_WORK, "ask": Severity.QUESTION}
ALONE = {"mine", "queue", "pilot", "help", "yes", "broken", "still broken"}
SYNONYMS = {"issue": "report", "bug": "report", "problem": "report", "status": "mine", "question": "ask"}
TALK = {"take", "fixed"}  # what the words of an issue's thread may do
_REFERENCE = re.compile(r"(?:([a-z]{2,6})\s?-\s?|#)(\d{1,9})", re.ASCII)
_NAMELESS = re.compile(r"(?:anon|anonymous|anonimo|without my name)\b|no name\s*(?:[:;,.\n-]|$)")
_PERHAPS = re.compile(r"no name\b")  # "no name on the wristband" is a report like any other


class Kind(StrEnum):
    """What a line turned out to be."""

    REPORT = "report"  # words to file at once (or, without words, the form)
    COMMAND = "command"
    REFERENCE = "reference"
    THREAD = "thread"  # take, fixed: …
    NAMELESS = "nameless"
    WORDS = "words"  # anything else: a draft in a direct message, team talk in a thread


@dataclass(frozen=True, slots=True)
class Line:
    """A line understood. `words` are kept exactly as typed."""

    kind: Kind
    verb: str = ""
    words: str = ""
    severity: Severity | None = None
    key: str = ""
    number: int = 0


def parse(line: str, *, thread: bool = False) -> Line:
    """What the line says. Never a guess: what is not plainly a command is somebody's words, all of them."""
    reference = _REFERENCE.fullmatch(fold(line).strip())
    if reference:
        return Line(Kind.REFERENCE, key=(reference[1] or "").upper(), number=int(reference[2]))
    verb, rest, colon = _verb(line)
    if thread and verb in TALK and (colon or not rest):
        return Line(Kind.THREAD, verb, rest)
    if verb in REPORTING:
        return _report(verb, rest)
    if not rest and verb in ALONE:
        return Line(Kind.COMMAND, verb)
    if thread:
        return Line(Kind.WORDS, words=line)
    if line.startswith("!"):
        return _report("report", line)
    if is_nameless(line):
        return Line(Kind.NAMELESS, words=line)
    return Line(Kind.WORDS, words=line)


def is_nameless(words: str) -> bool:
    """Whether the words ask to be reported without a name."""
    return bool(_NAMELESS.match(fold(words.lstrip("! "))))


def may_be_nameless(words: str) -> bool:
    """Whether the words can be read as such a wish, and as part of what is reported just as well."""
    return bool(_PERHAPS.match(fold(words.lstrip("! "))))


def _verb(line: str) -> tuple[str, str, bool]:
    """The line's first word as a verb, the rest, and whether a colon parts them."""
    folded = fold(line).strip()
    if folded in ALONE:
        return folded, "", False
    head, colon, rest = line.partition(":")
    if colon and len(head.split()) == 1:
        verb = fold(head.strip())
        return SYNONYMS.get(verb, verb), rest.strip(), True
    first, *more = line.split(maxsplit=1) or [""]
    verb, rest = fold(first), "".join(more).strip()
    return verb if rest else SYNONYMS.get(verb, verb), rest, False


def _report(verb: str, words: str) -> Line:
    """A mark at the front says how bad it is: `!` I can't work, `!!` or more a patient could be harmed."""
    if is_nameless(words):
        return Line(Kind.NAMELESS, verb, words)
    if may_be_nameless(words) and not words.startswith("!!"):
        return Line(Kind.WORDS, words=words)  # asked about, since it would carry a name
    marks = len(words) - len(words.lstrip("!"))
    severity = REPORTING[verb]
    if marks:
        severity = Severity.BLOCKS_WORK if marks == 1 else Severity.PATIENT_AT_RISK
    return Line(Kind.REPORT, verb, words if words.strip("! ") else "", severity)
