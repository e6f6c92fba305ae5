"""What an operator asks of a running installation: is it ready, and how much is on its way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot import auditor
from bot.errors import BotError, Unavailable
from bot.model import Due
from bot.ports import Clock, Database, Dispatch, NoticeState, Transaction
from bot.ticker import STALE, Ticker

LATE = timedelta(minutes=1)  # an agenda entry or a notice that waits for longer than this should have been done
PROBE = "probe"
PATIENCE = 5.0  # seconds that a check may take; all are made at once

Check = Callable[[], Awaitable[str | None]]


class Health:
    """Answers `/readyz` and `/metrics`. `ticker` is None where time is simulated: then nothing has to beat."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        dispatch: Dispatch,
        ticker: Ticker | None,
        schema: Check,
        platforms: Mapping[str, Check] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._dispatch = dispatch
        self._ticker = ticker
        self._schema = schema
        self._platforms = platforms or {}

    async def checks(self) -> Mapping[str, str | None]:
        """A sentence per check: what is wrong, or None."""
        checks = {
            "database": self._writable,
            "migrations": self._schema,
            "heartbeat": self._heartbeat,
            "agenda": self._agenda,
            "courier": self._courier,
            "auditor": self._promises,
            **self._platforms,
        }
        answers = await asyncio.gather(*map(_answer, checks.values()))
        return dict(zip(checks, answers, strict=True))

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
                "checkback_agenda_failing": float(tx.agenda.failing()),
                **auditor.gauges(auditor.promises(tx, now)),
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
            await self._database.run(write)
        except Unavailable as wrong:
            return f"the database does not take writes: {wrong}"
        return None

    async def _heartbeat(self) -> str | None:
        if self._ticker is None or self._ticker.last_beat() < STALE:
            return None
        return f"no due work was looked at for {self._ticker.last_beat().total_seconds():.0f} s"

    async def _agenda(self) -> str | None:
        late = await self._clock.now() - LATE
        failing, overdue = await self._database.read(lambda tx: (tx.agenda.failing(), tx.agenda.overdue(late)))
        if failing:
            return f"due work fails and is tried again, {failing} in number: the log says which and why"
        return f"due work was not done for more than a minute, {overdue} in number" if overdue else None

    async def _courier(self) -> str | None:
        """A notice that waits for its lane's pause to end does not count: it may not be sent yet."""
        if not self._dispatch.running():
            return "nothing is being sent: start Checkback again"
        now = await self._clock.now()
        since = await self._database.read(lambda tx: tx.outbox.next_release())
        if since is None or now - since <= LATE:
            return None
        return f"a message that could be sent has waited for {(now - since).total_seconds():.0f} s"

    async def _promises(self) -> str | None:
        """What the auditor has found late and could not put right."""
        now = await self._clock.now()
        found = await self._database.read(lambda tx: auditor.overdue(tx, now))
        if not found:
            return None
        return f"not done in time, {len(found)} in number, first: {found[0].words}"


async def _answer(check: Check) -> str | None:
    """What a check says, or what kept it from saying anything."""
    try:
        return await asyncio.wait_for(check(), PATIENCE)
    except BotError as wrong:
        return str(wrong)
    except TimeoutError:
        return f"no answer within {PATIENCE:.0f} s"
