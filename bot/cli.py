"""The command `checkback`. Heavy imports wait inside the commands, so that `--help` answers at once."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bot import __version__
from bot.errors import BotError, Misconfigured

if TYPE_CHECKING:
    from bot.app import App
    from bot.cards import Card
    from bot.model import Role
    from bot.ports import Verdict
    from bot.settings import Settings
    from storage.seal import KeyRing

PORT = click.option("--port", type=click.IntRange(0, 65535), help="Listen here instead; 0 takes a free port.")
PILOT = click.option("--pilot", default="", metavar="KEY", help="Which one is meant, where there are several.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Checkback: hospitals pilot new technology, and the nurse's report gets an answer she can confirm."""


def main() -> NoReturn:
    """Run it; what is wrong on purpose is one sentence, not a traceback."""
    try:
        sys.exit(cli(standalone_mode=False))  # click gives back the code of its Exit, None where a command just ended
    except click.Abort:
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except BotError as wrong:
        click.echo(f"checkback: {wrong}", err=True)
        sys.exit(1)


@cli.command()
@PORT
def serve(port: int | None) -> None:
    """Serve the pilot: the chat platforms and the web, until stopped."""
    from bot import logs
    from bot.app import first_admin, serving

    logs.configure()
    asyncio.run(_serve(_settings(port), serving, lambda url: click.echo(f"Checkback is ready on {url}"), first_admin))


@cli.command()
@PORT
@click.option("--script", is_flag=True, help="Tell the story in this terminal instead of in a browser.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def demo(port: int | None, script: bool, no_browser: bool) -> None:  # noqa: FBT001 - click's way
    """See the whole loop on this machine, with made-up people and a clock that you move."""
    from bot import logs
    from bot.app import demonstrating, for_demo

    logs.configure()
    if script:
        from bot.story import tell

        asyncio.run(tell(click.echo))
        return

    def ready(url: str) -> None:
        click.echo(f"Checkback's demo is on {url}\nEverybody in it is made up. Stop it with Ctrl-C.")
        if not no_browser:
            click.launch(url)

    asyncio.run(_serve(for_demo(_settings(port)), partial(demonstrating, lived=True), ready))


@cli.command()
def migrate() -> None:
    """Bring the database's tables up to this version."""
    from storage.migrate import State, state
    from storage.migrate import migrate as bring_up

    url = _settings(None).database_url
    before = state(url)
    bring_up(url)
    done = {
        State.EMPTY: "The database was empty; its tables are made.",
        State.BEHIND: "The database was older than this Checkback; it is up to date now.",
    }
    click.echo(done.get(before, "The database is up to date; nothing had to be done."))


@cli.command()
def doctor() -> None:
    """Check this installation, and say what to do about each thing that is wrong."""
    from bot.operating import examination

    findings = asyncio.run(examination())
    for finding in findings:
        click.echo(f"{'ok   ' if finding.remedy is None else 'WRONG'}  {finding.what}")
        if finding.remedy is not None:
            click.echo(f"       {finding.remedy}")
    if any(finding.remedy is not None for finding in findings):
        raise click.exceptions.Exit(1)


@cli.command()
def reach() -> None:
    """Say who of the roster would hear from the bot, and what to do about whoever would not."""
    from bot.operating import reachable

    findings = asyncio.run(reachable(_settings(None)))
    for finding in findings:
        click.echo(f"{'ok   ' if finding.remedy is None else 'WRONG'}  {finding.what}")
        if finding.remedy is not None:
            click.echo(f"       {finding.remedy}")
    missed = sum(finding.remedy is not None for finding in findings)
    click.echo(f"{len(findings) - missed} of {len(findings)} can be reached.")
    if missed:
        raise click.exceptions.Exit(1)


@cli.command()
@click.argument("platform", type=click.Choice(["slack"]))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write it into this folder instead.")
def manifest(platform: str, out: Path | None) -> None:
    """Print the app as the chat platform has to know it, to be pasted there."""
    import json

    from adapters.slack.manifest import manifest as written

    settings = _settings(None)
    text = json.dumps(written(settings.command, str(settings.public_url or "")), indent=2)
    if out is None:
        click.echo(text)
        return
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{platform}.json"
    file.write_text(text + "\n", encoding="utf-8")
    click.echo(f"{file} is written.")


@cli.command()
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Into this folder.")
def gallery(out: Path) -> None:
    """Write every message as the chat platforms receive it, one file each, to be looked at."""
    from adapters.slack.gallery import gallery as drawn

    try:
        from tests.examples import EXAMPLES
        from tests.examples.scene import Scene
    except ModuleNotFoundError:
        raise Misconfigured(
            "The examples of the messages come with the source, not with an installation. Run it in a checkout."
        ) from None
    scene = Scene(words="The scanner does not read wristbands.", name="Ada Sample")
    folder = out / "slack"
    folder.mkdir(parents=True, exist_ok=True)
    files = drawn({name: example(scene) for name, example in EXAMPLES.items()}, repr)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(files)} messages are in {folder}.")


def _reachable(_: click.Context, __: click.Parameter, url: str) -> str:
    from storage.engine import parse

    try:
        parse(url)
    except BotError:
        raise click.BadParameter("write sqlite:///FILE or postgresql://USER@HOST/DATABASE.") from None
    return url


@cli.command("copy")
@click.option("--from", "source", required=True, metavar="URL", callback=_reachable, help="Where everything is now.")
@click.option("--to", "target", required=True, metavar="URL", callback=_reachable, help="An empty database.")
def copy_(source: str, target: str) -> None:
    """Copy everything into another, empty database: from a SQLite file to PostgreSQL, or back. Nothing is sent."""
    from storage.copy import copy

    copied = copy(source, target, _keys())
    _show(copied.rows, copied.verdict)
    click.echo("Everything is copied. Serve the new database only: set CHECKBACK_DATABASE_URL to it.")
    _insist(copied.verdict)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Keep the whole SQLite database in FILE, also while Checkback is serving."""
    from storage.backup import backup

    kept = backup(_settings(None).database_url, file, _keys())
    _show(kept.rows, kept.verdict)
    click.echo(f"{file} is a backup. It opens with the same CHECKBACK_SECRET_KEY: keep the key too, but elsewhere.")
    _insist(kept.verdict)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Put the backup in FILE back, while Checkback is not running; what was there before is kept beside it."""
    from datetime import UTC, datetime

    from storage.backup import restore

    restored = restore(_settings(None).database_url, file, _keys(), datetime.now(UTC))
    _show(restored.kept.rows, restored.kept.verdict)
    if restored.doubted:
        click.echo(f"Notices that may have been sent since: {restored.doubted}. Each is looked for before it is sent.")
    if restored.before:
        click.echo(f"What was there before: {restored.before}")
    click.echo(f"{file} is restored.")
    _insist(restored.kept.verdict)


@cli.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@click.option("--head", help="A head printed earlier: prove that nothing up to it has been taken away.")
def verify(head: str | None) -> None:
    """Walk the whole chain and say whether every row is as it was written."""
    from bot.operating import audited

    verdict = asyncio.run(audited(_settings(None), head))
    click.echo(verdict.words)
    if not verdict.holds:
        raise click.exceptions.Exit(1)


@cli.group()
def roster() -> None:
    """Who takes part in a pilot, kept in a spreadsheet."""


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, readable=True, path_type=Path))
@PILOT
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_(file: Path, pilot: str, dry_run: bool) -> None:  # noqa: FBT001 - click's way
    """Open a pilot, or make its roster what FILE says: an .xlsx workbook, a folder of CSV files, or one of them."""
    from bot.operating import import_roster

    taken, said = asyncio.run(import_roster(_settings(None), file, pilot, dry_run=dry_run))
    for line in said:
        click.echo(line)
    if not taken:
        raise click.exceptions.Exit(1)


@cli.group()
def role() -> None:
    """Who may do what in a pilot."""


@role.command()
@click.argument("email")
@click.argument("name", metavar="ROLE")
@PILOT
def grant(email: str, name: str, pilot: str) -> None:
    """Give somebody of the roster a role, such as lead, safety-officer or admin."""
    _set_role(email, name, pilot, give=True)


@role.command()
@click.argument("email")
@click.argument("name", metavar="ROLE")
@PILOT
def revoke(email: str, name: str, pilot: str) -> None:
    """Take a role from somebody of the roster."""
    _set_role(email, name, pilot, give=False)


@cli.group()
def person() -> None:
    """What is kept about somebody."""


@person.command()
@click.argument("email")
@PILOT
@click.option("--yes", is_flag=True, help="Do it; without this it only says what would be done. It cannot be undone.")
def erase(email: str, pilot: str, yes: bool) -> None:  # noqa: FBT001 - click's way
    """Take somebody off the roster for good, and destroy what says who they were."""
    from bot.operating import erase_person

    _print(asyncio.run(erase_person(_settings(None), email, pilot, dry_run=not yes)))


@cli.command()
def version() -> None:
    """Say which Checkback this is, and on what it runs."""
    import platform
    import sqlite3

    click.echo(f"checkback {__version__} on Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")


def _set_role(email: str, name: str, pilot: str, *, give: bool) -> None:
    from bot.operating import set_role

    _print(asyncio.run(set_role(_settings(None), email, _role(name), pilot, give=give)))


def _print(card: "Card") -> None:
    """A card in a terminal; a warning is a failure."""
    from bot.cards import Mark, strings

    for words in (card.title, *(words for part in card.parts for words in strings(part))):
        click.echo(words)
    if card.mark is Mark.WARNING:
        raise click.exceptions.Exit(1)


def _role(name: str) -> "Role":
    from bot.model import Role

    roles = {each.replace(" ", "-"): each for each in Role}
    try:
        return roles[name.lower().replace(" ", "-")]
    except KeyError:
        raise click.BadParameter(f"{name} is none. Write one of: {', '.join(roles)}.", param_hint="ROLE") from None


def _settings(port: int | None) -> "Settings":
    from bot.settings import load

    return load(**({} if port is None else {"port": port}))


def _keys() -> "KeyRing":
    from bot.app import NO_SECRET
    from storage.seal import KeyRing

    keys = _settings(None).keys
    if not keys:
        raise Misconfigured(NO_SECRET)
    return KeyRing(keys)


def _show(rows: Mapping[str, int], verdict: "Verdict") -> None:
    """How many rows each table has, and whether the audit holds."""
    for table, many in rows.items():
        click.echo(f"{table:<16}{many:>10,}")
    click.echo(f"{'rows in all':<16}{sum(rows.values()):>10,}\nAudit: {verdict.words}")


def _insist(verdict: "Verdict") -> None:
    """It was done all the same: whoever runs this has to know."""
    if not verdict.holds:
        raise click.exceptions.Exit(1)


async def _serve(
    settings: "Settings",
    start: "Callable",  # type: ignore[type-arg] # a context manager that yields the App
    ready: Callable[[str], None],
    greet: "Callable[[App], Awaitable[str]] | None" = None,
) -> None:
    from bot.server import listen, serve_web

    listening = listen(settings)
    with listening:
        async with start(settings) as app:
            host, port = listening.getsockname()[:2]
            url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            greeting = await greet(app) if greet else ""

            def say() -> None:
                ready(url)
                if greeting:
                    click.echo(greeting)

            await serve_web(app.web, listening, ready=say, let_go=app.hub.close)


if __name__ == "__main__":
    main()
