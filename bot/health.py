"""What an operator asks of a running installation: is it ready, and how much is on its way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.errors import Unavailable
from bot.model import Due
from bot.ports import Clock, Database, NoticeState, Transaction
from bot.ticker import STALE, Ticker

LATE = timedelta(minutes=1)  # an agenda entry due for longer than this should have been run
PROBE = "probe"
PATIENCE = 5.0  # seconds a probe waits for the database


class Health:
    """Answers `/readyz` and `/metrics`. `ticker` is None where time is simulated: then nothing has to beat."""

    def __init__(
        self, database: Database, clock: Clock, ticker: Ticker | None, schema: Callable[[], Awaitable[str | None]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._ticker = ticker
        self._schema = schema

    async def checks(self) -> Mapping[str, str | None]:
        """A sentence per check: what is wrong, or None."""
        return {
            "database": await self._writable(),
            "migrations": await self._schema(),
            "heartbeat": self._heartbeat(),
        }

    async def gauges(self) -> Mapping[str, float]:
        """Metric name to present value."""
        now = await self._clock.now()

        def look(tx: Transaction) -> Mapping[str, float]:
            counts = tx.outbox.counts()
            oldest = tx.outbox.oldest_ready()
            states = {f"checkback_outbox_{state.value}": float(counts.get(state, 0)) for state in NoticeState}
            return states | {
                "checkback_outbox_oldest_ready_seconds": (now - oldest).total_seconds() if oldest else 0.0,
                "checkback_agenda_overdue": float(tx.agenda.overdue(now - LATE)),
            }

        gauges = dict(await self._database.read(look))
        if self._ticker:
            gauges["checkback_heartbeat_age_seconds"] = self._ticker.last_beat().total_seconds()
        return gauges

    async def _writable(self) -> str | None:
        now = await self._clock.now()

        def write(tx: Transaction) -> None:
            tx.agenda.put(Due(PROBE, PROBE, 0, now))  # to drop what is not there would write nothing, full disk or not
            tx.agenda.drop(PROBE)

        try:
            await asyncio.wait_for(self._database.run(write), PATIENCE)
        except Unavailable as wrong:
            return f"the database does not take writes: {wrong}"
        except TimeoutError:
            return f"the database did not answer within {PATIENCE:.0f} s"
        return None

    def _heartbeat(self) -> str | None:
        if self._ticker is None or self._ticker.last_beat() < STALE:
            return None
        return f"no due work was looked at for {self._ticker.last_beat().total_seconds():.0f} s"
