"""The composition root: settings -> database -> platforms -> desk, courier, ticker. Read this first.

Here alone the edges are chosen and joined to the bot; everything below is handed what it needs.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from adapters import web
from adapters.local.hub import Hub
from adapters.local.inbound import routes
from adapters.local.outbound import LocalPlatform
from bot import agenda, hospital, messages, pilots
from bot.actions import Signer
from bot.courier import AHEAD, Courier
from bot.desk import Desk
from bot.errors import BotError, Misconfigured
from bot.health import Health
from bot.life import Life
from bot.model import MessageRef, Reader
from bot.ports import ChatPlatform, Clock, Dispatch, Feed, Transaction
from bot.settings import Settings
from bot.simulation import SimulatedClock, Simulation
from bot.ticker import Ticker
from storage import demo, meta
from storage.database import SqlDatabase
from storage.dispatch import dispatch_for
from storage.engine import open_database
from storage.feed import SqlFeed
from storage.migrate import State, migrate, state
from storage.seal import KeyRing

if TYPE_CHECKING:
    from adapters.heartbeat import Heartbeat
    from adapters.slack.edge import Edge, Keys
    from storage.echo import Echo

log = structlog.get_logger()

DEMO_DATABASE = "sqlite:///data/demo.db"
NO_SECRET = "CHECKBACK_SECRET_KEY is not set. Make one with `openssl rand -hex 32` and keep it safe."  # noqa: S105 - a sentence
OPEN_DOOR = "In the workspace one can act as anyone, so it is on loopback only. Set CHECKBACK_HOST to 127.0.0.1{}."
NOT_THE_DEMOS = "This database is not the demo's: its people are real. Set CHECKBACK_DATABASE_URL to another."
NEWER = "The database is newer than this Checkback. Install the newer version of Checkback."
TERMINAL = Reader("UTC")  # for whom a command's sentences are written
TWO_DOORS = "In the workspace one can act as anyone, also as people of Slack. Turn CHECKBACK_LOCAL_WORKSPACE off."
DRAIN = 10.0  # seconds that a stop waits for what is on its way


@dataclass(frozen=True, slots=True)
class App:
    """A running installation."""

    database: SqlDatabase
    clock: Clock
    desk: Desk
    feed: Feed
    courier: Courier
    dispatch: Dispatch
    ticker: Ticker | None
    simulation: Simulation | None
    hub: Hub
    health: Health
    web: Starlette

    async def well(self) -> bool:
        """Whether no check finds anything wrong."""
        return all(wrong is None for wrong in (await self.health.checks()).values())


class DatabaseClock:
    """What time it is, as the database says."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    async def now(self) -> datetime:
        return await self._database.now()


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[App]:
    """A real installation: real time, real secrets. Raises Misconfigured with the remedy where it must not start."""
    if not settings.keys:
        raise Misconfigured(NO_SECRET)
    if settings.local_workspace and not settings.keeps_to_itself:
        raise Misconfigured(OPEN_DOOR.format(", or turn CHECKBACK_LOCAL_WORKSPACE off"))
    if settings.local_workspace and settings.has_slack:
        raise Misconfigured(TWO_DOORS)
    prepare(settings.database_url)
    async with database_of(settings, settings.keys) as database:
        await not_the_demo(database)
        clock = DatabaseClock(database)
        await _opened(database, settings, await clock.now())
        async with _outside(settings, clock) as outside, _slack(settings, database.keys, clock) as slack:
            echo = _echo(settings, database)
            others = (*outside.platforms, *([slack.platform] if slack else []))
            parts = _courier_parts(database, clock, *others, echo=echo)
            app = _join(settings, database, clock, parts, workspace=settings.local_workspace, slack=slack)
            line = slack.running() if slack else nullcontext()
            async with _echoing(echo, app.hub), _beating(app, outside.heartbeat), line:
                yield app


@asynccontextmanager
async def demonstrating(settings: Settings, *, lived: bool = False) -> AsyncIterator[App]:
    """The demo: its own database with made-up people, and a clock that is moved by hand. It calls nobody outside.

    Where it is to have `lived`, ten days have gone by in its hospital before it begins.
    """
    if not settings.keeps_to_itself:
        raise Misconfigured(OPEN_DOOR.format(""))
    key = demo_key(settings.database_url)
    prepare(settings.database_url)
    async with database_of(settings, (key,)) as database:
        clock = SimulatedClock(await _seeded(database), lambda now: demo.set_simulated_now(database, now))
        app = _join(settings, database, clock, _courier_parts(database, clock), workspace=True, lived=lived)
        if app.simulation and lived and not await demo.has_lived(database):
            await app.simulation.start_over()
        async with _beating(app):
            yield app


def for_demo(settings: Settings) -> Settings:
    """The demo's database, unless another was asked for."""
    named = "database_url" in settings.model_fields_set
    return settings if named else settings.model_copy(update={"database_url": DEMO_DATABASE})


def prepare(url: str) -> None:
    """Make the tables of an empty database. Raises Misconfigured where an older one must be migrated first."""
    match state(url):
        case State.EMPTY:
            migrate(url)
        case State.BEHIND:
            raise Misconfigured("The database is older than this Checkback. Back it up, then run: checkback migrate")
        case State.AHEAD:
            raise Misconfigured(NEWER)


def demo_key(url: str) -> str:
    """The demo's own secret, kept beside its database.

    It is made before the database is, and never beside one that is there already: that one is somebody's. So wherever
    the key lies the demo began, also where it was killed before it could mark the database as its own.
    """
    _on_sqlite(url)
    file = demo_key_file(url)
    if not file.exists():
        if state(url) is not State.EMPTY:
            raise Misconfigured(NOT_THE_DEMOS)
        _write_whole(file, secrets.token_hex(32))
    return file.read_text(encoding="ascii")


def demo_key_file(url: str) -> Path:
    database = Path(url.removeprefix("sqlite:///"))
    return database.with_suffix(database.suffix + ".key")


def _write_whole(file: Path, secret: str) -> None:
    """The file is there with all that is in it, or not at all, and nobody else may read it."""
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(fresh, "w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as writing:
            writing.write(secret)
            writing.flush()
            os.fsync(writing.fileno())
        fresh.replace(file)
    except OSError as error:
        raise Misconfigured(
            f"{file} cannot be written ({error.strerror}). "
            "Make its folder writable, or set CHECKBACK_DATABASE_URL to another place."
        ) from error


def _on_sqlite(url: str) -> None:
    if not url.startswith("sqlite:"):
        raise Misconfigured(
            "The demo keeps its people in a SQLite file: leave CHECKBACK_DATABASE_URL out, or set it to one, sqlite:///…"
        )


# ----------------------------------------------------------------------------------------------------- the joints


@asynccontextmanager
async def database_of(
    settings: Settings, keys: tuple[str, ...], *, exclusive: bool = True
) -> AsyncIterator[SqlDatabase]:
    database = open_database(settings.database_url, KeyRing(keys), exclusive=exclusive)
    try:
        await meta.check_secret(database)
        yield database
    finally:
        await database.close()


async def _opened(database: SqlDatabase, settings: Settings, now: datetime) -> None:
    """What comes again is planned, and the pilots know whether there is a pager."""

    def work(tx: Transaction) -> None:
        for pilot in tx.pilots.all():
            if pilot.pager is not settings.has_pager:
                tx.pilots.save(replace(pilot, pager=settings.has_pager))
        agenda.standing(tx, now)

    await database.run(work)


async def not_the_demo(database: SqlDatabase) -> None:
    if await demo.is_demo(database):
        raise Misconfigured("This database lives in the demo's simulated time. Set CHECKBACK_DATABASE_URL to another.")


async def _seeded(database: SqlDatabase) -> datetime:
    """Where the demo's clock stands; a new database is seeded first."""
    pilots = await database.read(lambda tx: tx.pilots.all())
    if pilots and not await demo.is_demo(database):
        raise Misconfigured(NOT_THE_DEMOS)
    if not pilots:
        await demo.mark_demo(database)
        await database.run(_seed)
        await demo.set_simulated_now(database, hospital.BEGINS)
    return await demo.simulated_now(database) or hospital.BEGINS


def _seed(tx: Transaction, now: datetime = hospital.BEGINS) -> None:
    hospital.seed(tx)
    agenda.standing(tx, now)


async def _start_over(database: SqlDatabase, lives: Life | None) -> datetime:
    """Seeded anew; killed while ten days go by, it is done again at the next start."""
    if lives is None:
        await demo.start_over(database, _seed)
    else:
        await demo.start_over(database, partial(_seed, now=lives.begins))
        await lives.play()
        await demo.mark_lived(database)
    return hospital.BEGINS


@dataclass(frozen=True, slots=True)
class _Outside:
    """Who is called out there."""

    platforms: tuple[ChatPlatform, ...] = ()
    heartbeat: "Heartbeat | None" = None


@asynccontextmanager
async def _outside(settings: Settings, clock: Clock) -> AsyncIterator[_Outside]:
    """What is configured, over one session; where nothing is, not even the library for it is loaded."""
    if not (settings.has_pager or settings.heartbeat_url):
        yield _Outside()
        return
    from aiohttp import ClientSession, DummyCookieJar

    from adapters.heartbeat import Heartbeat
    from adapters.pager.outbound import Pager

    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield _Outside(
            (Pager(session, clock, str(settings.pager_url), settings.pager_key),) if settings.has_pager else (),
            Heartbeat(session, str(settings.heartbeat_url)) if settings.heartbeat_url else None,
        )


@asynccontextmanager
async def _slack(settings: Settings, signer: Signer, clock: Clock) -> AsyncIterator["Edge | None"]:
    """Where it is configured; else nothing of it is loaded."""
    if not settings.slack_bot_token:
        yield None
        return
    from adapters.slack.api import Api, session
    from adapters.slack.edge import Edge

    keys = slack_keys(settings)
    if not (keys.app or keys.signing):
        raise Misconfigured(
            "Slack cannot speak to us. Set CHECKBACK_SLACK_APP_TOKEN for Socket Mode, "
            "or CHECKBACK_SLACK_SIGNING_SECRET for HTTP."
        )
    async with session() as calls:
        yield Edge(Api(calls, keys.url, keys.bot), keys, signer, clock)


def slack_keys(settings: Settings) -> "Keys":
    from adapters.slack.edge import Keys

    bot, app, signing = (
        secret.get_secret_value() if secret else ""
        for secret in (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    )
    return Keys(bot, signing, app, *([str(settings.slack_api_url)] if settings.slack_api_url else []))


@dataclass(frozen=True, slots=True)
class _Delivery:
    hub: Hub
    feed: SqlFeed
    courier: Courier
    dispatch: Dispatch


def _courier_parts(database: SqlDatabase, clock: Clock, *others: ChatPlatform, echo: "Echo | None" = None) -> _Delivery:
    hub, feed = Hub(), SqlFeed(database, echo)
    platforms = {each.name: each for each in (LocalPlatform(feed, clock, hub), *others)}
    ahead = timedelta(0) if isinstance(clock, SimulatedClock) else AHEAD
    return _Delivery(hub, feed, Courier(database, clock, platforms, ahead), dispatch_for(database, clock))


def _join(
    settings: Settings,
    database: SqlDatabase,
    clock: Clock,
    parts: _Delivery,
    *,
    workspace: bool,
    lived: bool = False,
    slack: "Edge | None" = None,
) -> App:
    desk = Desk(database, clock, database.keys)
    simulation = ticker = lives = None
    if isinstance(clock, SimulatedClock):
        simulation = Simulation(database, clock, parts.courier, parts.dispatch, lambda: _start_over(database, lives))
        lives = Life(database, desk, clock, simulation, database.keys) if lived else None
    else:
        ticker = Ticker(database, clock)
    mounted: list[BaseRoute] = [*slack.mounted(desk)] if slack else []
    if workspace:
        mounted += routes(
            desk, parts.feed, parts.hub, database.keys, clock, simulation, hospital.MAIN if simulation else ()
        )
    lines = {"slack": slack.check} if slack else {}
    health = Health(database, clock, parts.dispatch, ticker, lambda: _schema(settings.database_url), lines)
    return App(
        database, clock, desk, parts.feed, parts.courier, parts.dispatch, ticker, simulation, parts.hub,
        health, web.create(mounted, health),
    )  # fmt: skip


async def _schema(url: str) -> str | None:
    current = await asyncio.to_thread(state, url)
    return None if current is State.CURRENT else f"the database is {current.value}; run: checkback migrate"


@asynccontextmanager
async def _beating(app: App, heartbeat: "Heartbeat | None" = None) -> AsyncIterator[None]:
    """The heart and the courier run while the web serves; on the way out what is ready is still sent."""
    async with _meanwhile(app.dispatch.run(app.courier.send_lane)):
        if app.ticker:
            app.ticker.start()
        try:
            async with _meanwhile(heartbeat.run(app.well)) if heartbeat else nullcontext():
                yield
        finally:
            await _finish(app)


def _echo(settings: Settings, database: SqlDatabase) -> "Echo | None":
    """How open pages hear of what other replicas write; None where there are no pages, or no other replicas."""
    if not settings.local_workspace or settings.on_sqlite:
        return None
    from storage.echo import echo_among

    return echo_among(database)


@asynccontextmanager
async def _echoing(echo: "Echo | None", hub: Hub) -> AsyncIterator[None]:
    def hear(message: MessageRef, edited: bool) -> None:  # noqa: FBT001 - as the echo calls it
        hub.tell("edited" if edited else "posted", message)

    async with _meanwhile(echo.run(hear, hub.renew)) if echo else nullcontext():
        yield


@asynccontextmanager
async def _meanwhile(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """It goes on in the background, and is cancelled at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _finish(app: App) -> None:
    if app.ticker:
        await app.ticker.stop()
    try:
        await asyncio.wait_for(app.dispatch.drain(app.courier.send_lane), DRAIN)
    except (TimeoutError, BotError) as wrong:  # it is sent after the next start
        log.warning("stopped before everything was sent", error=type(wrong).__name__)


async def first_admin(app: App) -> str:
    """The sentence with a new one-time code, where there are people and no admin; else nothing."""
    if not await app.database.read(pilots.wanting_admin):
        return ""
    now = await app.clock.now()
    return messages.first_admin(await app.database.run(lambda tx: pilots.new_code(tx, now)), TERMINAL)
