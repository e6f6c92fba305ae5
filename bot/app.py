"""The composition root: settings -> database -> platforms -> desk, courier, ticker. Read this first.

Here alone the edges are chosen and joined to the bot; everything below is handed what it needs.
"""

import asyncio
import http.client
import os
import secrets
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from adapters import web
from adapters.local.hub import Hub
from adapters.local.inbound import routes
from adapters.local.outbound import LocalPlatform
from bot import agenda, hospital, messages, pilots
from bot.cards import Card
from bot.courier import Courier
from bot.desk import Desk
from bot.doctor import Finding, examine
from bot.errors import BotError, Misconfigured
from bot.health import Health
from bot.life import Life
from bot.model import Reader, Role
from bot.ports import ChatPlatform, Clock, Feed, Transaction, Verdict
from bot.server import listen
from bot.settings import Settings, load
from bot.simulation import SimulatedClock, Simulation
from bot.ticker import Ticker
from storage import demo, meta
from storage.database import SqlDatabase
from storage.dispatch import InProcessDispatch
from storage.engine import open_database
from storage.feed import SqlFeed
from storage.migrate import State, migrate, state
from storage.seal import KeyRing

if TYPE_CHECKING:
    from adapters.heartbeat import Heartbeat

log = structlog.get_logger()

DEMO_DATABASE = "sqlite:///data/demo.db"
NO_SECRET = "CHECKBACK_SECRET_KEY is not set. Make one with `openssl rand -hex 32` and keep it safe."  # noqa: S105 - a sentence
OPEN_DOOR = "In the workspace one can act as anyone, so it is on loopback only. Set CHECKBACK_HOST to 127.0.0.1{}."
NOT_THE_DEMOS = "This database is not the demo's: its people are real. Set CHECKBACK_DATABASE_URL to another."
NEWER = "The database is newer than this Checkback. Install the newer version of Checkback."
TERMINAL = Reader("UTC")  # for whom a command's sentences are written
DRAIN = 10.0  # seconds that a stop waits for what is on its way


@dataclass(frozen=True, slots=True)
class App:
    """A running installation."""

    database: SqlDatabase
    clock: Clock
    desk: Desk
    feed: Feed
    courier: Courier
    dispatch: InProcessDispatch
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
    prepare(settings.database_url)
    async with _database(settings, settings.keys) as database:
        await _not_the_demo(database)
        clock = DatabaseClock(database)
        await _opened(database, settings, await clock.now())
        async with _outside(settings, clock) as outside:
            parts = _courier_parts(database, clock, *outside.platforms)
            app = _join(settings, database, clock, parts, workspace=settings.local_workspace)
            async with _beating(app, outside.heartbeat):
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
    async with _database(settings, (key,)) as database:
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
    _on_sqlite(url)
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
            "Checkback is served from SQLite: set CHECKBACK_DATABASE_URL to sqlite:///data/checkback.db."
        )


# ----------------------------------------------------------------------------------------------------- the joints


@asynccontextmanager
async def _database(settings: Settings, keys: tuple[str, ...], *, exclusive: bool = True) -> AsyncIterator[SqlDatabase]:
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


async def _not_the_demo(database: SqlDatabase) -> None:
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


@dataclass(frozen=True, slots=True)
class _Delivery:
    hub: Hub
    feed: SqlFeed
    courier: Courier
    dispatch: InProcessDispatch


def _courier_parts(database: SqlDatabase, clock: Clock, *others: ChatPlatform) -> _Delivery:
    hub, feed = Hub(), SqlFeed(database)
    platforms = {each.name: each for each in (LocalPlatform(feed, clock, hub), *others)}
    return _Delivery(hub, feed, Courier(database, clock, platforms), InProcessDispatch(database, clock))


def _join(
    settings: Settings, database: SqlDatabase, clock: Clock, parts: _Delivery, *, workspace: bool, lived: bool = False
) -> App:
    desk = Desk(database, clock, database.keys)
    simulation = ticker = lives = None
    if isinstance(clock, SimulatedClock):
        simulation = Simulation(database, clock, parts.courier, parts.dispatch, lambda: _start_over(database, lives))
        lives = Life(database, desk, clock, simulation, database.keys) if lived else None
    else:
        ticker = Ticker(database, clock)
    mounted: list[BaseRoute] = []
    if workspace:
        mounted += routes(
            desk, parts.feed, parts.hub, database.keys, clock, simulation, hospital.MAIN if simulation else ()
        )
    health = Health(database, clock, parts.dispatch, ticker, lambda: _schema(settings.database_url))
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


# ------------------------------------------------------------------------------------------------- looking it over


async def examination() -> list[Finding]:  # noqa: C901 - a list of small checks
    """What `checkback doctor` looks at."""

    async def settings() -> str:
        load()
        return "every one is understood"

    async def secret() -> str:
        if not load().keys:
            raise Misconfigured(NO_SECRET)
        return "set"

    async def database() -> str:
        match await asyncio.to_thread(state, load().database_url):
            case State.EMPTY:
                return "not there yet; it will be made at the first start"
            case State.AHEAD:
                raise Misconfigured(NEWER)
            case State.BEHIND:
                raise Misconfigured("The database is older than this Checkback. Run: checkback migrate")
        return "reachable, tables up to date"

    async def record() -> str:
        if await asyncio.to_thread(state, load().database_url) is State.EMPTY:
            return "nothing to verify yet"
        verdict = await audited(load(), None)
        if not verdict.holds:
            raise Misconfigured(verdict.words)
        return verdict.words

    async def port() -> str:
        settings = load()
        if await asyncio.to_thread(_answers, settings):
            return f"Checkback answers on {settings.port}"
        with listen(settings) as listening:
            return f"{listening.getsockname()[1]} is free"

    outside = {name: partial(_known, name, url) for name, url in _addresses().items()}
    return await examine(
        {"settings": settings, "secret key": secret, "database": database, "audit": record, "port": port, **outside}
    )


def _addresses() -> dict[str, str]:
    """Those outside that are set; none where the settings are not understood, which their own check says."""
    try:
        settings = load()
    except Misconfigured:
        return {}
    found = {"pager": settings.pager_url, "heartbeat": settings.heartbeat_url}
    return {name: str(url) for name, url in found.items() if url}


async def _known(name: str, url: str) -> str:
    """Its host is looked up; nothing is sent, as whoever is there might take that for an alarm."""
    host = urlsplit(url).hostname
    try:
        await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, UnicodeError):
        setting = f"CHECKBACK_{name.upper()}_URL"
        raise Misconfigured(
            f"This machine does not know the host {host}. Mend {setting}, or the name service."
        ) from None
    return f"{host} is known; nothing was sent"


def _answers(settings: Settings) -> bool:
    """Whether it is a running Checkback that uses the port."""
    asked = http.client.HTTPConnection(settings.host, settings.port, timeout=2)
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().read(16) == b"ok"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


async def audited(settings: Settings, head: str | None) -> Verdict:
    """Walk the audit's chain; `head` is one printed earlier. The demo's database is opened with the demo's own key."""
    found = state(settings.database_url)
    if found is State.AHEAD:
        raise Misconfigured(NEWER)
    if found is not State.CURRENT:
        raise Misconfigured(
            "There is nothing to verify: the database has no tables of this version. Run: checkback migrate"
        )
    keys = _own_keys(settings)
    async with _database(settings, keys, exclusive=False) as database:
        return await database.read(lambda tx: tx.audit.verify(head))


def _own_keys(settings: Settings) -> tuple[str, ...]:
    if demo_key_file(settings.database_url).exists():
        return (demo_key(settings.database_url),)
    if not settings.keys:
        raise Misconfigured(NO_SECRET)
    return settings.keys


# ----------------------------------------------------------------------------------------------- keeping the roster


@asynccontextmanager
async def _keeping(settings: Settings) -> AsyncIterator[SqlDatabase]:
    """The database of an installation that may be serving at the same time."""
    if not settings.keys:
        raise Misconfigured(NO_SECRET)
    prepare(settings.database_url)
    async with _database(settings, settings.keys, exclusive=False) as database:
        await _not_the_demo(database)
        yield database


async def import_roster(settings: Settings, file: Path, pilot: str, *, dry_run: bool) -> tuple[bool, list[str]]:
    """Whether it could be taken, and what to say of it. In a dry run nothing is written."""
    from adapters import sheets

    try:
        book = sheets.read(file)
    except sheets.Unreadable as wrong:
        raise Misconfigured(messages.roster_unreadable(wrong.fault, wrong.file, TERMINAL)) from wrong
    async with _keeping(settings) as database:
        now = await database.now()
        run = database.read if dry_run else database.run
        report = await run(lambda tx: pilots.import_roster(tx, book, pilot, now, dry_run=dry_run))
    said = messages.roster_report(report, TERMINAL)
    return not report.problems, [*said, "", messages.first_admin(report.code, TERMINAL)] if report.code else said


async def set_role(settings: Settings, email: str, role: Role, pilot: str, *, give: bool) -> Card:
    async with _keeping(settings) as database:
        now = await database.now()
        return await database.run(lambda tx: pilots.set_role(tx, email, role, pilot, TERMINAL, now, give=give))


async def first_admin(app: App) -> str:
    """The sentence with a new one-time code, where there are people and no admin; else nothing."""
    if not await app.database.read(pilots.wanting_admin):
        return ""
    now = await app.clock.now()
    return messages.first_admin(await app.database.run(lambda tx: pilots.new_code(tx, now)), TERMINAL)
