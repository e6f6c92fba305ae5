"""Checks of an installation, each with what to do where it is wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.errors import BotError

Check = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and found; `remedy` None where all is well."""

    what: str
    remedy: str | None = None


async def examine(checks: dict[str, Check]) -> list[Finding]:
    """Run every check, whatever the others found; a check answers with what it saw, or raises what is wrong."""
    findings = []
    for name, check in checks.items():
        try:
            findings.append(Finding(f"{name}: {await check()}"))
        except BotError as wrong:
            findings.append(Finding(name, str(wrong)))
    return findings
