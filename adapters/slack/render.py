"""Draws cards as Slack's blocks. Pure: what it is given is all it knows.

Words go into the `text` elements of `rich_text`, where Slack reads no markup: nothing that somebody typed can mention,
link or format. A button's label and the notification's line are the bot's own words.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.actions import Action
from bot.cards import Button, Buttons, Card, Facts, Lines, Mark, Part, Quote, Text, clip, length
from bot.desk import HomePage

Block = dict[str, Any]
Token = Callable[[Action], str]

BLOCKS = 50  # of a message
SERIALISED = 11_900  # characters of a message's blocks; Slack refuses somewhat more than that, and does not say when
PIECE = 2_500  # of one text element; as many again where every character is escaped
VALUE = 2_000  # of a button
FALLBACK = 200  # of the line that notifications show
PRESS, OPEN, PAGE = "press", "open", "page"  # how the ids of our buttons begin

_SYMBOLS = {Mark.NONE: "", Mark.WAITING: "… ", Mark.WARNING: "! ", Mark.MISSED: "× ", Mark.DONE: "✓ "}
_STATES = {"past": "✓ ", "planned": "○ ", "plain": "• "}


@dataclass(frozen=True, slots=True)
class Page:
    """What one message can hold: its blocks, and the line for notifications."""

    text: str
    blocks: list[Block]


def message(card: Card, token: Token) -> list[Page]:
    """The card, in as many messages as it takes; all but the first belong into its thread."""
    return parted(card, blocks(card, token))


def parted(card: Card, blocks: Sequence[Block]) -> list[Page]:
    return _pages(fallback(card), blocks)


def words(said: str, text: str) -> list[Page]:
    """What somebody typed, handed back to them."""
    return _pages(text, [quoted(piece) for piece in pieces(said)])


def blocks(card: Card, token: Token, extra: Mapping[str, str] | None = None) -> list[Block]:
    """`extra` goes along with every button and comes back with its press, where it fits."""
    title = rich(section(strong(_SYMBOLS[card.mark] + card.title)))
    return [title, *(block for part in card.parts for block in _part(part, token, extra or {}))]


def fallback(card: Card) -> str:
    """One line for notifications: the title alone, since a locked phone shows it to anybody."""
    return escaped(clip(card.title, FALLBACK))


def escaped(text: str) -> str:
    """Slack reads markup from this line: three characters stand for all of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ------------------------------------------------------------------------------------------------------------- a person


def home(pages: Sequence[HomePage], shown: str, token: Token) -> Block:
    """Somebody's own page; where there are several, a row of buttons leads from one to another."""
    page = next((each for each in pages if each.key == shown), pages[0])
    tabs = [_tab(each, chosen=each is page) for each in pages]
    cards = [block for card in page.cards for block in [*_joined(blocks(card, token)), {"type": "divider"}]]
    switch: list[Block] = [{"type": "actions", "elements": tabs}] if len(tabs) > 1 else []
    return {"type": "home", "callback_id": "home", "private_metadata": page.key, "blocks": [*switch, *cards[:-1]]}


def _tab(page: HomePage, *, chosen: bool) -> Block:
    button: Block = {"type": "button", "action_id": f"{PAGE}:{page.key}", "text": plain(page.name), "value": page.key}
    return button | ({"style": "primary"} if chosen else {})


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """Neighbours in one block: a Home holds a hundred, and has more than one card to show."""
    found: list[Block] = []
    for block in blocks:
        if found and block["type"] == found[-1]["type"] == "rich_text":
            found[-1] = rich(*found[-1]["elements"], *block["elements"])
        else:
            found.append(block)
    return found


# -------------------------------------------------------------------------------------------------------------- buttons


def pack(token: str, extra: Mapping[str, str]) -> str:
    """A button's value. What does not fit is left out: then its words are where they were typed."""
    packed = f"{token}\n{json.dumps(extra, ensure_ascii=False, separators=(',', ':'))}"
    return packed if extra and length(packed) <= VALUE else token


def unpack(value: str) -> tuple[str, dict[str, str]]:
    """The token, and what went along with it."""
    token, _, extra = value.partition("\n")
    try:
        found = json.loads(extra) if extra else {}
    except ValueError:
        found = {}
    return token, {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def opener(title: str, token: str, values: Mapping[str, str]) -> Block:
    """A button that opens a form, where one cannot be opened at once."""
    button = {"type": "button", "action_id": f"{OPEN}:0", "text": plain(title), "value": pack(token, values)}
    return {"type": "actions", "elements": [{**button, "style": "primary"}]}


def _button(n: int, button: Button, token: Token, extra: Mapping[str, str]) -> Block:
    drawn = {
        "type": "button",
        "action_id": f"{PRESS}:{n}",
        "text": plain(button.label),
        "value": pack(token(button.action), extra),
    }
    return drawn if button.style == "plain" else {**drawn, "style": button.style}


# ---------------------------------------------------------------------------------------------------------------- parts


def _part(part: Part, token: Token, extra: Mapping[str, str]) -> list[Block]:
    match part:
        case Text(words=said, weight=weight):
            style = {"strong": strong, "quiet": _quiet, "normal": text}[weight]
            return [rich(section(style(piece))) for piece in pieces(said)]
        case Quote(words=said):
            return [quoted(piece) for piece in pieces(said)]
        case Facts(pairs=pairs):
            return _listed([[strong(f"{label}: "), text(value)] for label, value in pairs])
        case Lines(heading=heading, lines=lines):
            rows = [[text(_STATES[line.state] + line.words)] for line in lines]
            return _listed([[strong(heading)], *rows])
        case Buttons(buttons=buttons):
            return [{"type": "actions", "elements": [_button(n, b, token, extra) for n, b in enumerate(buttons)]}]


def _listed(rows: Sequence[Sequence[Block]]) -> list[Block]:
    """Lines one below the other, in as many blocks as it takes."""
    found: list[list[Block]] = [[]]
    room = PIECE
    for row in rows:
        needed = sum(length(each["text"]) for each in row)
        if found[-1] and needed > room:
            found.append([])
            room = PIECE
        elif found[-1]:
            found[-1].append(text("\n"))
        found[-1].extend(row)
        room -= needed
    return [rich(section(*elements)) for elements in found]


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def section(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def quoted(said: str) -> Block:
    return rich({"type": "rich_text_quote", "elements": [text(said)]})


def text(said: str) -> Block:
    return {"type": "text", "text": said}


def strong(said: str) -> Block:
    return {"type": "text", "text": said, "style": {"bold": True}}


def _quiet(said: str) -> Block:
    return {"type": "text", "text": said, "style": {"italic": True}}


def plain(said: str) -> Block:
    return {"type": "plain_text", "text": said, "emoji": False}


# --------------------------------------------------------------------------------------------------------------- limits


def pieces(said: str, limit: int = PIECE) -> list[str]:
    """All of it, in pieces that fit; parted within a word, since white space at an end may be lost on the way."""
    found = []
    while length(said) > limit:
        cut = len(clip(said, limit)) - 1  # without its ellipsis
        while cut > 1 and (said[cut].isspace() or said[cut - 1].isspace()):
            cut -= 1
        found.append(said[:cut])
        said = said[cut:]
    return [*found, said]


def _pages(line: str, blocks: Sequence[Block]) -> list[Page]:
    """Parted between blocks only, each of which fits by itself."""
    found: list[list[Block]] = [[]]
    room = SERIALISED
    for block in blocks:
        needed = serialised(block)
        if found[-1] and (needed > room or len(found[-1]) == BLOCKS):
            found.append([])
            room = SERIALISED
        found[-1].append(block)
        room -= needed
    return [Page(line, each) for each in found]


def serialised(block: Block) -> int:
    return length(json.dumps(block, ensure_ascii=False, separators=(",", ":"))) + 1
