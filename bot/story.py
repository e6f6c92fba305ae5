"""The demo's story, told in a terminal: the same loop that the browser shows, played on what the bot really posted."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.actions import Action, encode
from bot.app import App, demonstrating
from bot.cards import Buttons, Card, Facts, Line, Lines, Quote, Reply, Text
from bot.hospital import MAIN, PLATFORM, ZONE
from bot.model import Address
from bot.settings import load

Echo = Callable[[str], None]
WIDTH = 100
COLLEAGUE, SAFETY = "ada-fable", "vera-fable"  # a nurse on the other unit, and the safety officer
_SIGNS = {"past": "x", "planned": "o", "plain": "-"}


async def tell(echo: Echo) -> None:
    """Play it from beginning to end in a database of its own, which is thrown away."""
    with tempfile.TemporaryDirectory(prefix="checkback-story-") as folder:
        url = f"sqlite:///{Path(folder) / 'demo.db'}"
        async with demonstrating(load(database_url=url, host="127.0.0.1")) as app:
            await _play(app, echo)


async def _play(app: App, echo: Echo) -> None:
    maya, ana, sam, lee = (Player(app, name, echo) for name in MAIN)
    await _fixed_twice(app, echo, maya, ana, sam)
    await _reported_by_two(maya, ana, Player(app, COLLEAGUE, echo), Player(app, SAFETY, echo))
    await _without_a_name(maya)
    await lee.types("pilot")


async def _fixed_twice(app: App, echo: Echo, maya: "Player", ana: "Player", sam: "Player") -> None:
    """A miss, and a fix that only its reporter can call one."""
    await maya.types("report scanner won't read wristbands")
    await ana.reads()
    await ana.presses("Take")
    await _pass(app, echo, timedelta(hours=20))
    await sam.types("queue")
    await sam.presses("Show MAR-1")
    await sam.presses("Fixed…", {"words": "Put a new battery into the scanner", "kind": "process"})
    await maya.reads()
    await _pass(app, echo, timedelta(hours=1))
    await maya.presses("Still broken")
    await _pass(app, echo, timedelta(hours=4))
    await maya.reads()
    await ana.presses(
        "Fixed…", {"words": "Turned the wristband codes on again in the settings", "kind": "configuration"}
    )
    await maya.reads()
    await maya.presses("Yes, fixed")


async def _reported_by_two(maya: "Player", ana: "Player", ada: "Player", vera: "Player") -> None:
    """Patient data is taken out, somebody says "me too", and both can work on meanwhile, safely."""
    await maya.types("report the label printer jams on every label, last for MRN 00481516")
    await maya.presses("Send this")
    await ada.types("our label printer jams on every label too")
    await ada.presses("Same as MAR-2")
    await ana.presses("Workaround…", {"words": "Print in the supply room, it takes the same labels"})
    await vera.reads()
    await vera.presses("Check the workaround…", {"ok": "yes"})
    await maya.reads()
    await ada.reads()


async def _without_a_name(maya: "Player") -> None:
    """What stays hidden is said before anything is sent."""
    await maya.types("anon nobody dares to say that the night list is wrong")
    await maya.presses("It slows me down")


async def _pass(app: App, echo: Echo, time: timedelta) -> None:
    assert app.simulation is not None  # noqa: S101 - this is the demo
    before = await app.clock.now()
    echo(f"\n=== {time.total_seconds() / 3600:g} hours pass ===")
    await app.simulation.advance(time)
    for line in reversed(await app.desk.log(Address(PLATFORM, "person", MAIN[-1]))):
        if line.at > before:
            echo(f"  {line.at.astimezone(ZoneInfo(ZONE)):%a %H:%M}  {line.reference}  {line.words}")


@dataclass
class Player:
    """Somebody in front of a chat: they can press only what the bot really put there."""

    app: App
    name: str
    echo: Echo

    def __post_init__(self) -> None:
        self.address = Address(PLATFORM, "person", self.name)
        self._keys = count()
        self._read = 0
        self._answer: Card | None = None

    async def types(self, line: str) -> Reply:
        """A line to the bot."""
        self.echo(f"\n--- {await self._who()} types: {line}")
        return await self._shown(await self.app.desk.line(self.address, line, key=self._key()))

    async def reads(self) -> None:
        """Whatever has come since they last looked."""
        posted = await self.app.feed.page(self.address, limit=100)
        fresh = [each.card for each in posted[self._read :] if each.card]
        self._read = len(posted)
        if fresh:
            self.echo(f"\n--- {await self._who()} reads:")
        for card in fresh:
            self.echo(drawn(card))

    async def presses(self, label: str, values: Mapping[str, str] | None = None) -> Reply:
        """The newest button of that label; where it opens a form, fill it in."""
        self.echo(f"\n--- {await self._who()} presses: {label}")
        reply = await self.app.desk.press(self.address, await self._token(await self._find(label)), key=self._key())
        if reply.form and values is not None:
            for field in reply.form.fields:
                if field.name in values:
                    self.echo(f"    {field.label} {values[field.name]}")
            token = await self._token(reply.form.action)
            reply = await self.app.desk.submit(self.address, token, values, key=self._key())
        return await self._shown(reply)

    async def _find(self, label: str) -> Action:
        posted = await self.app.feed.page(self.address, limit=100)
        for card in (self._answer, *(each.card for each in reversed(posted))):
            for part in card.parts if card else ():
                for button in part.buttons if isinstance(part, Buttons) else ():
                    if button.label == label:
                        return button.action
        message = f"{self.name} sees no button «{label}»"
        raise LookupError(message)

    async def _shown(self, reply: Reply) -> Reply:
        if self.app.simulation:
            await self.app.simulation.settle()
        self._answer = None if reply.kept else reply.card
        if self._answer:
            self.echo(drawn(self._answer))
        await self.reads()
        return reply

    async def _token(self, action: Action) -> str:
        return encode(action, self.app.database.keys, await self.app.clock.now())

    async def _who(self) -> str:
        return (await self.app.desk.room(self.address)).who.name

    def _key(self) -> str:
        return f"story:{self.name}:{next(self._keys)}"


def drawn(card: Card) -> str:
    """A card as plain text."""
    mark = f"[{card.mark.value}] " if card.mark else ""
    return "\n".join([f"    {mark}{card.title}", *(f"      {line}" for part in card.parts for line in _lines(part))])


def _lines(part: Text | Quote | Facts | Lines | Buttons) -> list[str]:
    match part:
        case Text(words=words):
            return [words]
        case Quote(words=words):
            return [f"“{words}”"]
        case Facts(pairs=pairs):
            return [f"{label}: {value}" for label, value in pairs]
        case Lines(heading=heading, lines=lines):
            return [f"{heading}:", *(_line(line) for line in lines)]
        case Buttons(buttons=buttons):
            return ["  ".join(f"[{button.label}]" for button in buttons)]


def _line(line: Line) -> str:
    return f"  {_SIGNS[line.state]} {line.words}"
