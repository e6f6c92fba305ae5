"""Gathers what the workspace shows from the desk and the feed: who sits in which pane, and what lies before them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from zoneinfo import ZoneInfo

from adapters.local.render import SLOTS, Ink, Pane, Talk
from bot import actions
from bot.actions import Signer
from bot.desk import Desk, LogLine, Room
from bot.errors import Refused
from bot.model import Address, MessageRef, Person, Role, Unit
from bot.ports import Clock, Feed

PLATFORM = "local"
SHOWN = 200  # messages of a place that a page shows
THREAD = 50


@dataclass(frozen=True, slots=True)
class Scene:
    """A link into the workspace: whose side a phone shows, which of their tabs is open, and who sits where."""

    show: str
    tab: str
    seats: Mapping[str, str] = field(default_factory=dict)


SCENES = {
    "report": Scene("nurse", "messages"),
    "mine": Scene("nurse", "home"),
    "queue": Scene("champion", "home"),
    "unit": Scene("champion", "channel"),
    "fix-team": Scene("responder", "channel", {"responder-channel": "fix-team"}),
    "overdue": Scene("lead", "owed"),
    "people": Scene("lead", "people"),
    "numbers": Scene("lead", "numbers"),
    "safety": Scene("lead", "messages", {"lead": "vera-fable"}),
}


def staged(query: Mapping[str, str]) -> Mapping[str, str]:
    """The query with what its scene asks for, where it names one."""
    scene = SCENES.get(query.get("scene", ""))
    return {**query, "show": scene.show, **scene.seats} if scene else query


@dataclass(frozen=True, slots=True)
class Views:
    desk: Desk
    feed: Feed
    signer: Signer
    clock: Clock
    cast: Sequence[str] = ()  # whom the panes show at first, by the id of their address; else one of each trade

    async def seats(self, query: Mapping[str, str]) -> list[Pane]:
        """Panes with nothing in them so far: the persons and channels that the query asks for."""
        people = {each.address.id: each for each in await self.desk.everybody(PLATFORM)}
        if not people:
            raise Refused("Nobody is on the roster yet.")
        usual = _usual(list(people.values()))
        cast = dict(zip(SLOTS, self.cast, strict=False))
        seats = []
        for slot in SLOTS:
            person = people.get(query.get(slot, "")) or people.get(cast.get(slot, "")) or usual[slot]
            room = await self.desk.room(person.address)
            seats.append(Pane(slot, room, _channel(room, query.get(f"{slot}-channel", ""))))
        return seats

    async def panes(self, query: Mapping[str, str]) -> list[Pane]:
        """Panes with all that they show."""
        scene = SCENES.get(query.get("scene", ""))
        return [
            replace(
                seat,
                pages=await self.desk.home(seat.room.who.address),
                direct=await self.feed.page(seat.room.who.address, SHOWN),
                talks=await self._talks(seat.channel),
                tab=scene.tab if scene and scene.show == seat.slot else "messages",
            )
            for seat in await self.seats(query)
        ]

    async def homes(self, query: Mapping[str, str]) -> list[Pane]:
        """Panes with their Home alone."""
        return [replace(seat, pages=await self.desk.home(seat.room.who.address)) for seat in await self.seats(query)]

    async def log(self, panes: Sequence[Pane]) -> Sequence[LogLine]:
        """The event log as the last pane's person, the lead, sees it."""
        return await self.desk.log(panes[-1].room.who.address)

    async def ink(self, room: Room) -> Ink:
        now = await self.clock.now()
        return Ink(partial(actions.encode, signer=self.signer, now=now), ZoneInfo(room.pilot.zone), now)

    async def _talks(self, channel: Unit | None) -> list[Talk]:
        if channel is None:
            return []
        roots = await self.feed.page(channel.channel, SHOWN)
        return [Talk(root, await self.feed.page(thread_under(root.ref), THREAD)) for root in roots]


def thread_under(message: MessageRef) -> Address:
    return replace(message.place, thread=message.id)


def _channel(room: Room, wanted: str) -> Unit | None:
    """The channel asked for, else the person's own unit's, else the first they see."""
    own = sorted(room.channels, key=lambda each: (each.channel.id != wanted, each.id != room.who.unit))
    return own[0] if own else None


def _usual(people: Sequence[Person]) -> dict[str, Person]:
    """One of each trade, on duty if possible, the champion from the nurse's unit."""

    def first(role: Role, unit: object = None) -> Person:
        return min(people, key=lambda each: (not each.has(role), unit not in {None, each.unit}, not each.on_duty))

    nurse = min(people, key=lambda each: (each.roles != {Role.CLINICIAN}, each.job != "nurse", not each.on_duty))
    found = (nurse, first(Role.CHAMPION, nurse.unit), first(Role.RESPONDER), first(Role.LEAD))
    return dict(zip(SLOTS, found, strict=True))
