"""Work that comes due: which use case each kind of agenda entry means, and running them in order."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot import auditor, coverage, drafts, duty, nameless, noise, shifts, steps
from bot.auditor import Auditor
from bot.errors import Unavailable
from bot.history import IDENTITY
from bot.model import Due
from bot.ports import Database, Transaction

log = structlog.get_logger()

KINDS: dict[str, Callable[[Transaction, int, datetime], None]] = {
    steps.AGENDA: steps.step_due,
    drafts.ASK: drafts.ask_again,
    drafts.FORGET: drafts.forget,
    IDENTITY: nameless.destroy,
    noise.HELD: noise.held_due,
    noise.DIGEST: noise.digest_due,
    noise.BURST: noise.burst_due,
    shifts.DUTY: shifts.boundary,
    shifts.HANDOVER: shifts.handover,
    duty.BACK: duty.back_due,
    coverage.CHECK: coverage.check,
    auditor.MEND: auditor.mend,
}
# An entry that fails never holds up the others: it is tried again after a minute, then each time after twice as long.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


async def run_due(database: Database, now: datetime, most: int = 1_000) -> int:
    """Run what is due at `now`, the earliest first, each in a transaction of its own. How many there were."""
    for done in range(most):
        taken: list[Due] = []
        try:
            if not await database.run(lambda tx: _run_next(tx, now, taken)):  # noqa: B023 - awaited at once
                return done
        except Unavailable:
            raise
        except Exception:
            log.exception("agenda entry failed", entry=[due.key for due in taken])
            if not taken:
                raise
            await database.run(lambda tx: _put_off(tx, taken, now))  # noqa: B023
    return most


def _run_next(tx: Transaction, now: datetime, taken: list[Due]) -> bool:
    taken[:] = tx.agenda.due(now, 1)
    for due in taken:
        if due.due_at < now - auditor.GRACE:
            shifts.catch_up(tx, now)
        tx.agenda.drop(due.key)  # the use case plans what comes next, if anything does
        KINDS[due.kind](tx, due.subject, now)
    return bool(taken)


def _put_off(tx: Transaction, failed: Sequence[Due], now: datetime) -> None:
    for due in failed:
        doublings = min(tx.agenda.failures(due.key), 10)
        tx.agenda.put_off(due, now + min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE))


def standing(tx: Transaction, now: datetime) -> None:
    """What comes again without end is planned, and everybody is on or off duty as they should be. Safe to repeat."""
    for pilot in tx.pilots.all():
        shifts.standing(tx, pilot, now)
        coverage.standing(tx, pilot, now)


async def keep_watch(database: Database, watch: Auditor, now: datetime) -> bool:
    """Let the auditor look; what it finds is done at once, and it looks again. Whether it found anything."""
    found = await watch.look(now)
    if found:
        await run_due(database, now)
        await watch.look(now)
    return found
