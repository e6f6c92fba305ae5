"""The small hospital of the demo in a local Slack, over real sockets, in simulated time."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import uvicorn
from starlette.applications import Starlette

from adapters.slack.api import Api, session
from adapters.slack.edge import PATH, Edge, Keys
from adapters.slack.tiers import RATES
from bot import agenda, hospital
from bot.courier import Courier
from bot.desk import Desk
from bot.model import Address, Event, Happening, Issue, Person
from bot.ports import Pace, Transaction
from bot.simulation import SimulatedClock, Simulation
from storage.database import SqlDatabase
from storage.dispatch import InProcessDispatch
from tests.peers.slackd import FREE, App, Conversation, Rates, Slack
from tests.peers.slackd import Person as Member
from tests.world import ADA, ANA, BEN, LEE, MAYA, OMAR, ROSA, SAM, VERA

CAST = (MAYA, ANA, BEN, SAM, ROSA, LEE, VERA, OMAR, ADA)
WEST, ICU, TEAM = "4 West", "ICU", "All units"


async def _unsaved(now: datetime) -> None:
    assert now.tzinfo


@dataclass
class World:
    """A workspace with the bot in it. Its people are those of `bot.hospital`, under their e-mail."""

    database: SqlDatabase
    slack: Slack
    edge: Edge
    desk: Desk
    clock: SimulatedClock
    simulation: Simulation
    courier: Courier
    members: Mapping[str, Member]
    channels: Mapping[str, Conversation]
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def __getitem__(self, name: str) -> Member:
        return self.members[name]

    async def settle(self) -> None:
        """What was answered is said, and what is on its way has arrived."""
        await self.quiet()
        await self.simulation.settle()
        await self.quiet()

    async def quiet(self) -> None:
        while self.edge.errands.under_way:
            await asyncio.wait(self.edge.errands.under_way)

    async def pass_time(self, hours: float) -> None:
        await self.settle()
        await self.simulation.advance(timedelta(hours=hours))

    # ------------------------------------------------------------------------------------------- what became of it

    async def issue(self, number: int = 1) -> Issue:
        def look(tx: Transaction) -> Issue:
            (pilot,) = tx.pilots.all()
            found = tx.issues.find(pilot.id, number)
            assert found is not None
            return found

        return await self.database.read(look)

    async def issues(self) -> list[Issue]:
        def look(tx: Transaction) -> list[Issue]:
            (pilot,) = tx.pilots.all()
            return list(tx.issues.reported_in(pilot.id))

        return await self.database.read(look)

    async def history(self, number: int = 1) -> list[Happening]:
        issue = await self.issue(number)
        return await self.database.read(lambda tx: list(tx.issues.history(issue.id)))

    async def happened(self, number: int = 1) -> list[Event]:
        return [row.event for row in await self.history(number)]

    async def roster(self) -> list[Person]:
        def look(tx: Transaction) -> list[Person]:
            (pilot,) = tx.pilots.all()
            return list(tx.people.everybody(pilot.id))

        return await self.database.read(look)


@asynccontextmanager
async def opened(
    database: SqlDatabase, *, http: bool, rates: Rates = FREE, app: App | None = None, pace: Pace | None = None
) -> AsyncIterator[World]:
    """Over HTTP with signatures, or over Socket Mode."""
    slack = Slack(app, rates=rates)
    async with slack.open(), session() as calls:
        members = {name: slack.person(name, email=f"{name}@hospital.example", real_name=_name(name)) for name in CAST}
        channels = {name: slack.channel(_slug(name), *members.values()) for name in (WEST, ICU, TEAM)}
        await database.run(lambda tx: _seed(tx, channels))
        clock = SimulatedClock(hospital.BEGINS, _unsaved)
        keys = Keys(
            slack.bot_token,
            signing=slack.signing_secret if http else "",
            app="" if http else slack.app_token,
            url=slack.api_url,
        )
        free = {} if rates is FREE else RATES  # where the clock stands still nobody could wait
        edge = Edge(Api(calls, keys.url, keys.bot, free), keys, database.keys, clock, ping=1)
        edge.platform.pace = pace or Pace()
        desk = Desk(database, clock, database.keys)
        courier = Courier(database, clock, {edge.platform.name: edge.platform})
        dispatch = InProcessDispatch(database, clock)
        simulation = Simulation(database, clock, courier, dispatch, _never)
        application = Starlette(routes=list(edge.mounted(desk)))
        async with edge.running(), _web(application) as url:
            if http:
                slack.listener = f"{url}{PATH}"
            else:
                await slack.socket.connected()
            await _known(edge)
            yield World(database, slack, edge, desk, clock, simulation, courier, members, channels)


async def _never() -> datetime:
    raise AssertionError


async def _known(edge: Edge) -> None:
    """Until Slack has told us who we are."""
    while await edge.check():  # noqa: ASYNC110 - it is looked at from outside, as an operator does
        await asyncio.sleep(0.01)


@asynccontextmanager
async def _web(application: Starlette) -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def _seed(tx: Transaction, channels: Mapping[str, Conversation]) -> None:
    hospital.seed(tx)
    agenda.standing(tx, hospital.BEGINS)
    (pilot,) = tx.pilots.all()
    for unit in tx.pilots.units(pilot.id):
        tx.pilots.save_unit(replace(unit, channel=Address("slack", "channel", channels[unit.name].id)))
    for person in tx.people.everybody(pilot.id):
        tx.people.save(replace(person, address=Address("slack", "person", person.email)))


def _name(account: str) -> str:
    return account.replace("-", " ").title()


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
