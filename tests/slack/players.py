"""The same people before the browser workspace and in Slack: they type, press what is there, and fill in what opens."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from bot.app import App
from bot.story import Player as Sitting
from tests.peers.slackd import Message, NotThere, labels
from tests.slack.world import World

Values = Mapping[str, str]


class Player(Protocol):
    async def types(self, line: str) -> None: ...
    async def presses(self, label: str, values: Values | None = None) -> None: ...


@dataclass
class Stage:
    """Where a journey is played: whoever is wanted, and time that passes."""

    player: Callable[[str], Player]
    pass_time: Callable[[float], Awaitable[None]]


# ------------------------------------------------------------------------------------------------------- the workspace


@dataclass
class AtHome:
    """Somebody of the workspace."""

    sitting: Sitting

    async def types(self, line: str) -> None:
        await self.sitting.types(line)

    async def presses(self, label: str, values: Values | None = None) -> None:
        await self.sitting.presses(label, values)


def at_home(app: App) -> Stage:
    seats: dict[str, AtHome] = {}

    def player(name: str) -> AtHome:
        return seats.setdefault(name, AtHome(Sitting(app, name, lambda _: None)))

    async def pass_time(hours: float) -> None:
        assert app.simulation
        await app.simulation.advance(timedelta(hours=hours))

    return Stage(player, pass_time)


# --------------------------------------------------------------------------------------------------------------- Slack


@dataclass
class InSlack:
    """Somebody in Slack, who writes to the bot alone and presses the newest button of that label there."""

    world: World
    name: str
    by_command: bool = field(default=False)

    async def types(self, line: str) -> None:
        member = self.world[self.name]
        await (member.command(line) if self.by_command else member.writes(line))
        await self.world.settle()

    async def presses(self, label: str, values: Values | None = None) -> None:
        member = self.world[self.name]
        message = self._newest(label)
        await member.presses(label, on=message, beside=_title(message))
        if values is not None:
            await member.shown()
            await member.fills({f"field:0:{name}": self._said(name, value) for name, value in values.items()})
            await member.submits()
        await self.world.settle()

    def _newest(self, label: str) -> Message:
        for message in reversed(self.world[self.name].visible()):
            if message.user == self.world.slack.bot and label in labels(message) and self._own(message):
                return message
        raise NotThere(f"{self.name} sees no button '{label}'")

    def _own(self, message: Message) -> bool:
        """Among their own messages, or for their eyes only."""
        return message.channel == self.world[self.name].dm_id or bool(message.ephemeral_to)

    def _said(self, name: str, value: str) -> object:
        """What stands beside the option of that value, as somebody sees it."""
        modal = self.world[self.name].modal
        assert modal
        for block in modal.blocks:
            options = block.get("element", {}).get("options", [])
            if block["block_id"].endswith(f":{name}") and options:
                said = [each["text"]["text"] for each in options if _first(each["value"]) in value.split(",")]
                return said if block["element"]["type"] == "checkboxes" else said[0]
        return value


def _first(value: str) -> str:
    """Of a choice that also names what it is about: "no 7"."""
    return value.partition(" ")[0]


def _title(message: Message) -> str:
    first: str = message.blocks[0]["elements"][0]["elements"][0]["text"]
    return first


def in_slack(world: World, *, by_command: bool) -> Stage:
    return Stage(lambda name: InSlack(world, name, by_command), world.pass_time)
