"""The command `checkback`. Heavy imports wait inside the commands, so that `--help` answers at once."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bot import __version__
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.app import App
    from bot.model import Role
    from bot.settings import Settings

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
    from bot.app import examination

    findings = asyncio.run(examination())
    for finding in findings:
        click.echo(f"{'ok   ' if finding.remedy is None else 'WRONG'}  {finding.what}")
        if finding.remedy is not None:
            click.echo(f"       {finding.remedy}")
    if any(finding.remedy is not None for finding in findings):
        raise click.exceptions.Exit(1)


@cli.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@click.option("--head", help="A head printed earlier: prove that nothing up to it has been taken away.")
def verify(head: str | None) -> None:
    """Walk the whole chain and say whether every row is as it was written."""
    from bot.app import audited

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
    from bot.app import import_roster

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


@cli.command()
def version() -> None:
    """Say which Checkback this is, and on what it runs."""
    import platform
    import sqlite3

    click.echo(f"checkback {__version__} on Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")


def _set_role(email: str, name: str, pilot: str, *, give: bool) -> None:
    from bot.app import set_role
    from bot.cards import Mark, strings

    card = asyncio.run(set_role(_settings(None), email, _role(name), pilot, give=give))
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
