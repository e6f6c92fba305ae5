"""Draws cards, forms and the page around them as HTML. Pure: what it is given is all it knows.

Whatever is ever placed or replaced has an id: `static/live.js` puts it where that id stands, or at the end of the
element that `data-into` names. Strings are literal text: Jinja escapes every one of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.actions import Action
from bot.cards import Card, Form
from bot.desk import HomePage, LogLine, Room
from bot.model import Person, PersonId, Pilot, Role, Unit
from bot.ports import Posted

SLOTS = ("nurse", "champion", "responder", "lead")  # the panes, by whom they show at first


@dataclass(frozen=True, slots=True)
class Ink:
    """What any drawing needs besides its subject: how an action becomes a token, the readers' zone, and the time."""

    token: Callable[[Action], str]
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True, slots=True)
class Talk:
    """A message and, where it has one, its thread."""

    root: Posted
    replies: Sequence[Posted] = ()


@dataclass(frozen=True, slots=True)
class Pane:
    """One person's side of the conversation."""

    slot: str
    room: Room
    channel: Unit | None
    pages: Sequence[HomePage] = ()
    direct: Sequence[Posted] = ()
    talks: Sequence[Talk] = ()
    tab: str = "messages"  # the one that is open at first


@dataclass(frozen=True, slots=True)
class Page:
    """All that the workspace shows."""

    panes: Sequence[Pane]
    log: Sequence[LogLine]
    show: str  # the slot a phone shows
    theme: str
    csrf: str
    mark: str
    simulated: bool


def page(view: Page, ink: Ink) -> str:
    return _templates.get_template("page.html").render(view=view, ink=ink)


def pane(view: Pane, ink: Ink) -> str:
    """A whole pane, and its link in the phone's switch of persons."""
    return _draw("pane.html", "pane", view, ink) + _draw("pane.html", "link", view)


def lists(panes: Sequence[Pane], csrf: str, ink: Ink) -> str:
    """The messages of every pane, and a fresh CSRF token."""
    drawn = [_draw("pane.html", part, each, ink) for each in panes for part in ("direct", "channel")]
    return "".join([*drawn, _draw("bars.html", "csrf", csrf)])


def around(panes: Sequence[Pane], log: Sequence[LogLine], ink: Ink, *, simulated: bool) -> str:
    """What stands around the messages and follows from them: duty, Home, the event log, the time."""
    drawn = [_draw("pane.html", part, each, ink) for each in panes for part in ("state", "duty", "pages")]
    time = _draw("bars.html", "time", ink) if simulated else ""
    return "".join([*drawn, _draw("bars.html", "log", log, ink), time])


def direct_message(posted: Posted, seat: Pane, ink: Ink) -> str:
    return _draw("card.html", "message", f"{seat.slot}-m", posted, seat.room, ink)


def channel_message(talk: Talk, seat: Pane, ink: Ink) -> str:
    return _draw("card.html", "talk", seat.slot, talk, seat.room, ink)


def thread_message(posted: Posted, replies: int, seat: Pane, ink: Ink) -> str:
    """A reply in a thread, and how many there are now."""
    thread = f"{seat.slot}-c-{ident(posted.ref.place.thread or '')}"
    drawn = _draw("card.html", "message", thread, posted, seat.room, ink, 4)
    return drawn + _draw("card.html", "count", thread, replies)


def edited(slot: str, posted: Posted, ink: Ink) -> str:
    """A message's card as it stands now: it goes where the old one is, and nowhere if that is not shown."""
    place = posted.ref.place
    prefix = f"c-{ident(place.thread)}" if place.thread else "m" if place.kind == "person" else "k"
    level = 4 if place.thread else 3
    return _draw("card.html", "edited", f"{slot}-{prefix}-{ident(posted.ref.id)}", posted, ink, level)


def card(subject: Card, token: Callable[[Action], str], *, id: str = "card") -> str:  # noqa: A002 - HTML's word
    return _draw("card.html", "card", subject, id, token)


def form(subject: Form, token: Callable[[Action], str], *, slot: str, where: str) -> str:
    return _draw("form.html", "dialog", subject, token, slot, where, "~".join(map(str, astuple(subject.action))))


def no_form(slot: str) -> str:
    return _draw("form.html", "closed", slot)


def answer(where: str, shown: Card | None, ink: Ink, *, note: str = "", words: str = "") -> str:
    """What only the person who acted sees, right where they acted; `words` go back to where they were typed."""
    return _draw("card.html", "answer", where, shown, ink, note, words)


# ------------------------------------------------------------------------------------------------ words and times


def ident(raw: str) -> str:
    """A platform's id as part of an HTML id: no white space."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in raw)


def at(moment: datetime, ink: Ink) -> str:
    """Weekday and clock, since the simulated clock jumps over days; the date too where it is not this week."""
    there = moment.astimezone(ink.zone)
    days = abs((there.date() - ink.now.astimezone(ink.zone).date()).days)
    return f"{there:%a %H:%M}" if days < 7 else f"{there:%a} {there.day} {there:%b, %H:%M}"  # noqa: PLR2004 - a week


def long_time(moment: datetime, ink: Ink) -> str:
    there = moment.astimezone(ink.zone)
    return f"{there:%A} {there.day} {there:%B %Y}, {there:%H:%M %Z}"


def name_of(author: PersonId | None, room: Room) -> str:
    return next((each.name for each in room.roster if each.id == author), "Checkback" if author is None else "Somebody")


def unit_of(person: Person, room: Room) -> str:
    return next((each.name for each in room.units if each.id == person.unit), "")


def role_of(person: Person, pilot: Pilot) -> str:
    """What somebody is to the pilot, the most telling role first.

    The workspace's own labels, in as few words as a phone's switch of persons has room for. What the bot says of
    somebody is said by `bot.messages` alone, in full and in the reader's language.
    """
    said = {
        Role.LEAD: "lead",
        Role.SAFETY: "safety officer",
        Role.RESPONDER: pilot.fix_team,
        Role.CHAMPION: "champion",
        Role.SPONSOR: "sponsor",
    }
    return next((words for role, words in said.items() if person.has(role)), person.job)


def initials(name: str) -> str:
    parts = [each for each in name.split() if not each.endswith(".")] or ["?"]
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


_SYMBOLS = {"waiting": "…", "warning": "!", "missed": "×", "done": "✓"}
_STATES = {"past": "✓", "planned": "○", "plain": "•"}

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {"ident": ident, "at": at, "long_time": long_time, "initials": initials}
_templates.globals |= {
    "name_of": name_of,
    "unit_of": unit_of,
    "role_of": role_of,
    "Role": Role,
    "symbols": _SYMBOLS,
    "states": _STATES,
}


def _draw(template: str, macro: str, *values: object) -> str:
    return str(getattr(_templates.get_template(template).module, macro)(*values))
