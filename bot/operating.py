"""What an operator's commands do beside serving: look it over, keep the roster."""

import asyncio
import http.client
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bot import erasures, hospital, messages, pilots
from bot.app import (
    NEWER,
    NO_SECRET,
    TERMINAL,
    database_of,
    demo_key,
    demo_key_file,
    not_the_demo,
    prepare,
    slack_keys,
)
from bot.cards import Card
from bot.doctor import Check, Finding, examine
from bot.errors import Misconfigured
from bot.model import Address, Role
from bot.ports import Transaction, Verdict
from bot.server import listen
from bot.settings import Settings, load
from storage.database import SqlDatabase
from storage.migrate import State, state
from storage.server import described

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
        return await asyncio.to_thread(described, load().database_url)

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
    own: dict[str, Check] = {
        "settings": settings, "secret key": secret, "database": database, "audit": record, "port": port, **outside
    }  # fmt: skip
    async with _slack_checks() as slack:
        return await examine({**own, **slack})


@asynccontextmanager
async def _slack_checks() -> AsyncIterator[Mapping[str, Check]]:
    """Where it is configured, and the settings are understood at all."""
    try:
        settings = load()
    except Misconfigured:
        yield {}
        return
    if not settings.has_slack:
        yield {}
        return
    from adapters.slack.api import Api, session
    from adapters.slack.checks import Doctor

    keys = slack_keys(settings)
    async with session() as calls:
        yield Doctor(Api(calls, keys.url, keys.bot), keys.app, keys.signing).checks()


async def reachable(settings: Settings) -> list[Finding]:
    """Who of the roster would hear from us, and who would not: `checkback reach`."""
    async with _keeping(settings) as database:
        now = await database.now()
        places = await database.read(lambda tx: _places(tx, now))
    asked = any(place.platform == "slack" for _, place in places) and settings.has_slack
    if not asked:
        return [Finding(name, _not_set_up(place)) for name, place in places]
    from adapters.slack.api import Api, session
    from adapters.slack.checks import Reach

    keys = slack_keys(settings)
    async with session() as calls:
        reach = Reach(Api(calls, keys.url, keys.bot))
        return [
            Finding(name, await reach.why_not(place) if place.platform == "slack" else _not_set_up(place))
            for name, place in places
        ]


def _places(tx: Transaction, now: datetime) -> list[tuple[str, Address]]:
    """Every channel and everybody on a roster, with what is known of their hours."""
    pilots = [pilot.id for pilot in tx.pilots.all()]
    channels = [(f"the channel of {unit.name}", unit.channel) for each in pilots for unit in tx.pilots.units(each)]
    people = [person for each in pilots for person in tx.people.everybody(each)]
    hours = {True: "duty hours known", False: "no shift on the rota"}
    return [*channels, *((f"{p.name}, {hours[bool(tx.rota.of(p.id, now, 1))]}", p.address) for p in people)]


def _not_set_up(place: Address) -> str | None:
    return None if place.platform == hospital.PLATFORM else f"{place.platform} is not set up here"


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
    async with database_of(settings, keys, exclusive=False) as database:
        return await database.read(lambda tx: tx.audit.verify(head))


def _own_keys(settings: Settings) -> tuple[str, ...]:
    if settings.on_sqlite and demo_key_file(settings.database_url).exists():
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
    async with database_of(settings, settings.keys, exclusive=False) as database:
        await not_the_demo(database)
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


async def erase_person(settings: Settings, email: str, pilot: str, *, dry_run: bool) -> Card:
    """What was done, or in a dry run would be."""
    async with _keeping(settings) as database:
        now = await database.now()
        try:
            return await database.run(lambda tx: erasures.erase(tx, email, pilot, TERMINAL, now, dry_run=dry_run))
        except erasures.NotDone as rehearsed:
            return rehearsed.card
