"""What the bot says, neutral of any platform: a Card to read and a Form to fill in.

Strings are literal text: no markup is ever read from them, emphasis is structure. The limits are those of the
tightest platform and are checked here, where a card is made, so that no renderer ever has to cut anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bot.actions import Action

TITLE = 150  # Slack: header block, plain text
WORDS = 3_000  # Slack: one text object
LABEL = 40  # a button that fits a phone; Slack's own limit is 75
BUTTONS = 5  # Slack draws more, but five is what fits a phone in one glance
PARTS = 40  # Slack: 50 blocks a message; a renderer may need a few of its own
CARD = 9_000  # Slack refuses about 13,200 serialised characters, Teams 28 KB; this leaves room for their frames
FORM_TITLE = 24  # Slack: modal title, submit
FIELD_LABEL = 150
OPTIONS = 10  # Slack: radio buttons
OPTION = 75
TYPED = 12_000  # what a person may write and we store whole
SHOWN = 300  # how much of it a card shows


class Mark(StrEnum):
    """How a card stands, drawn as a symbol beside its title; the title always says it in words too."""

    NONE = ""
    WAITING = "waiting"
    WARNING = "warning"
    MISSED = "missed"
    DONE = "done"


def length(words: str) -> int:
    """The larger of code points and UTF-16 units: platforms count differently."""
    return len(words) if words.isascii() else len(words.encode("utf-16-le", "surrogatepass")) // 2


def clip(words: str, limit: int = SHOWN) -> str:
    """`words`, or as much as fits with an ellipsis; never cuts a UTF-16 pair."""
    if length(words) <= limit:
        return words
    kept = words[: limit - 1]
    while length(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _within(what: str, words: str, limit: int) -> None:
    if not words.strip():
        message = f"{what} is empty"
        raise ValueError(message)
    if length(words) > limit:
        message = f"{what} is {length(words)} long, the limit is {limit}"
        raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph in the bot's own words."""

    words: str
    weight: Literal["normal", "strong", "quiet"] = "normal"
    part: Literal["text"] = "text"

    def __post_init__(self) -> None:
        _within("a text", self.words, WORDS)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a person typed, shown as theirs."""

    words: str
    part: Literal["quote"] = "quote"

    def __post_init__(self) -> None:
        _within("a quote", self.words, WORDS)


@dataclass(frozen=True, slots=True)
class Facts:
    """Short labelled values, at most ten."""

    pairs: tuple[tuple[str, str], ...]
    part: Literal["facts"] = "facts"

    def __post_init__(self) -> None:
        if not 1 <= len(self.pairs) <= 10:  # noqa: PLR2004 - Slack: fields of a section
            message = f"{len(self.pairs)} facts: one to ten fit"
            raise ValueError(message)
        for label, value in self.pairs:
            _within("a fact's label", label, 150)
            _within("a fact", value, 1_000)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list; `state` is drawn as a symbol, and the words say it too where it matters."""

    words: str
    state: Literal["past", "planned", "plain"] = "plain"

    def __post_init__(self) -> None:
        _within("a line", self.words, 500)


@dataclass(frozen=True, slots=True)
class Lines:
    """A list under a heading: past and planned steps, a person's issues, what one can type."""

    heading: str
    lines: tuple[Line, ...]
    part: Literal["lines"] = "lines"

    def __post_init__(self) -> None:
        _within("a heading", self.heading, TITLE)
        if not self.lines:
            message = f"the list '{self.heading}' has no line"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press; what it means is typed, and adapters carry it as an opaque token."""

    label: str
    action: Action
    style: Literal["plain", "primary", "danger"] = "plain"

    def __post_init__(self) -> None:
        _within("a button's label", self.label, LABEL)


@dataclass(frozen=True, slots=True)
class Buttons:
    """One to five buttons in a row."""

    buttons: tuple[Button, ...]
    part: Literal["buttons"] = "buttons"

    def __post_init__(self) -> None:
        if not 1 <= len(self.buttons) <= BUTTONS:
            message = f"{len(self.buttons)} buttons: one to {BUTTONS} fit"
            raise ValueError(message)


Part = Text | Quote | Facts | Lines | Buttons


@dataclass(frozen=True, slots=True)
class Card:
    """One message. A card with a `slot` is kept up to date: a later card for that slot replaces it in place."""

    title: str
    parts: tuple[Part, ...] = ()
    mark: Mark = Mark.NONE
    slot: str | None = None

    def __post_init__(self) -> None:
        _within("a card's title", self.title, TITLE)
        if len(self.parts) > PARTS:
            message = f"a card of {len(self.parts)} parts, the limit is {PARTS}"
            raise ValueError(message)
        if size(self) > CARD:
            message = f"a card of about {size(self)} characters, the limit is {CARD}"
            raise ValueError(message)


def size(card: Card) -> int:
    """About how many characters a platform's frame for this card takes."""
    return length(card.title) + sum(120 + sum(map(length, strings(part))) for part in card.parts)


def strings(part: Part) -> Iterable[str]:
    """Every string that a part shows."""
    match part:
        case Text(words=words) | Quote(words=words):
            yield words
        case Facts(pairs=pairs):
            for label, value in pairs:
                yield from (label, value)
        case Lines(heading=heading, lines=lines):
            yield heading
            yield from (line.words for line in lines)
        case Buttons(buttons=buttons):
            yield from (button.label for button in buttons)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what is sent back, and what the person reads."""

    value: str
    label: str

    def __post_init__(self) -> None:
        _within("an option", self.label, OPTION)


@dataclass(frozen=True, slots=True)
class TextField:
    """Free text. Its limit is generous on purpose: too long is answered with a sentence, and the words come back."""

    name: str
    label: str
    hint: str = ""
    value: str = ""
    required: bool = True
    field: Literal["text"] = "text"

    def __post_init__(self) -> None:
        _within("a field's label", self.label, FIELD_LABEL)


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of a few options, all visible."""

    name: str
    label: str
    options: tuple[Option, ...]
    value: str = ""
    required: bool = True
    field: Literal["choice"] = "choice"

    def __post_init__(self) -> None:
        _within("a field's label", self.label, FIELD_LABEL)
        if not 2 <= len(self.options) <= OPTIONS:  # noqa: PLR2004
            message = f"{len(self.options)} options: two to {OPTIONS} fit"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class ManyField:
    """Any number of a few options, all visible; sent back as their values with commas between."""

    name: str
    label: str
    options: tuple[Option, ...]
    value: str = ""
    required: bool = False
    field: Literal["many"] = "many"

    def __post_init__(self) -> None:
        _within("a field's label", self.label, FIELD_LABEL)
        if not 1 <= len(self.options) <= OPTIONS:
            message = f"{len(self.options)} options: one to {OPTIONS} fit"
            raise ValueError(message)


Field = TextField | ChoiceField | ManyField


def chosen(value: str) -> tuple[str, ...]:
    """What was ticked in a `ManyField`."""
    return tuple(each for each in value.split(",") if each)


@dataclass(frozen=True, slots=True)
class Form:
    """Something to fill in; submitting it means `action`, with the values by field name."""

    title: str
    submit: str
    action: Action
    fields: tuple[Field, ...]
    intro: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)  # a sentence per field name; "" for the form as a whole

    def __post_init__(self) -> None:
        _within("a form's title", self.title, FORM_TITLE)
        _within("a form's submit button", self.submit, FORM_TITLE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person gets back at once: a card, or a form to open.

    `kept` says that the card is also on its way as a message of its own (it has a slot and stays up to date), so an
    edge that answers in that same place need not draw it twice. `words` are the person's own, handed back whenever
    they could not be taken; `said` is what of a typed line may be kept where it was typed: masked, and nothing of one
    that asks for no name.
    """

    card: Card | None = None
    form: Form | None = None
    kept: bool = False
    words: str = ""
    said: str = ""
