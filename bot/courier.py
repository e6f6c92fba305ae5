"""The outbox's sender: claim, send, settle. In effect once wherever a platform can be asked what arrived.

The intent is committed before the call and the outcome after it, and no transaction is open in between. An attempt
whose outcome nobody knows is looked up by its key before anything is sent again.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot import fixes
from bot.errors import (
    DeliveryFailed,
    Gone,
    InDoubt,
    Rejected,
    TryLater,
    Unavailable,
    Unreachable,
    Unsupported,
)
from bot.mailbox import Mailbox
from bot.model import MessageRef
from bot.ports import BOX, ChatPlatform, Clock, Database, Later, Notice, NoticeState, Pace, Transaction, Turn

log = structlog.get_logger()

# The pause after an unanswered try; when they are used up, after some twenty minutes, the notice is set aside. A try is
# counted before the call, so a notice that kills its worker comes to that end too.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 60, 300, 900))
Ending = Callable[[Transaction], None]
Consequence = Callable[[Transaction, Notice, datetime], None]
AHEAD = timedelta(seconds=1)  # for which turns are given out, so that a busy platform is written to without a gap
LOOK_BACK = timedelta(minutes=1)  # a platform's clock may differ from ours


class Courier:
    """Sends a lane's notices in order until it is empty or paused.

    For its turn it waits no longer than `ahead`: not at all where the clock is moved by hand.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, ChatPlatform],
        ahead: timedelta = timedelta(0),
    ) -> None:
        self._database = database
        self._clock = clock
        self._ahead = ahead
        self._platforms: Mapping[str, ChatPlatform] = {**platforms, BOX: Mailbox()}
        self._paces: dict[str, Pace] = {name: platform.pace for name, platform in self._platforms.items()}

    async def send_lane(self, lane: str) -> None:
        """Returns when nothing of the lane can be sent now. A failing platform is no error of the caller's."""
        while True:
            notice = await self._claim(lane)
            if not isinstance(notice, Notice) or not await self._send(lane, notice):
                return

    async def _claim(self, lane: str, turn: Turn | None = None) -> Notice | Later | None:
        now = await self._clock.now()
        claimed = await self._database.run(
            lambda tx: tx.outbox.claim(lane, now, self._paces, turn=turn, ahead=self._ahead)
        )
        if not isinstance(claimed, Turn):
            return claimed
        await asyncio.sleep((claimed.at - await self._clock.now()) / timedelta(seconds=1))
        return await self._claim(lane, claimed)

    async def _send(self, lane: str, notice: Notice) -> bool:
        """Whether the lane may go on at once."""
        if not notice.readable:
            return await self._give_up(notice, NoticeState.DEAD, "its words cannot be opened")
        if notice.to.platform not in self._platforms:
            return await self._give_up(notice, NoticeState.DEAD, f"no platform {notice.to.platform} is set up here")
        try:
            message = await self._arrived_before(notice)
            if message is None and notice.attempts > len(PAUSES):
                return await self._give_up(notice, NoticeState.DEAD, f"tried {len(PAUSES)} times")
            message = message or await self._call(notice)
        except Unsupported:
            return await self._give_up(notice, NoticeState.UNKNOWN, "this platform cannot say whether it arrived")
        except (Unreachable, Rejected) as refused:
            return await self._give_up(notice, NoticeState.DEAD, f"{type(refused).__name__}: {refused}")
        except TryLater as later:
            return await self._hold(lane, notice, later.after, in_doubt=False)
        except (InDoubt, DeliveryFailed) as doubt:
            log.warning("delivery in doubt", notice=notice.id, why=type(doubt).__name__)
            return await self._hold(lane, notice, _pause(notice), in_doubt=True)
        except Exception:
            log.exception("delivery failed", notice=notice.id)
            if notice.attempts > len(PAUSES):
                return await self._give_up(notice, NoticeState.UNKNOWN, f"tried {len(PAUSES)} times")
            return await self._hold(lane, notice, _pause(notice), in_doubt=True)
        return await self._settle(notice, message)

    async def _arrived_before(self, notice: Notice) -> MessageRef | None:
        # Drawing a card anew is the same done twice, so only a new message has to be looked for.
        if notice.doubted_since is None or notice.replaces is not None:
            return None
        platform = self._platforms[notice.to.platform]
        return await platform.find(notice.to, notice.key, notice.doubted_since - LOOK_BACK)

    async def _call(self, notice: Notice) -> MessageRef:
        platform = self._platforms[notice.to.platform]
        if notice.replaces is None:
            return await platform.deliver(notice.to, notice.card, key=notice.key)
        await platform.replace(notice.replaces, notice.card)
        return notice.replaces

    async def _settle(self, notice: Notice, message: MessageRef) -> bool:
        now = await self._clock.now()
        await self._end(notice, lambda tx: tx.outbox.settle(notice, message, now), fixes.arrived, now)
        return True

    async def _give_up(self, notice: Notice, state: NoticeState, reason: str) -> bool:
        log.error("notice set aside", notice=notice.id, state=state.value)
        now = await self._clock.now()
        await self._end(notice, lambda tx: tx.outbox.give_up(notice, state, reason, now), fixes.undelivered, now)
        return True

    async def _end(self, notice: Notice, close: Ending, consequence: Consequence, now: datetime) -> None:
        """Close it together with what follows from that; alone where that fails, or the lane would never pass it."""

        def both(tx: Transaction) -> None:
            close(tx)
            if notice.settles:
                consequence(tx, notice, now)

        try:
            await self._database.run(both)
        except Unavailable:
            raise
        except Gone:  # the demo was started over meanwhile: there is nothing left that could follow
            log.info("what the notice was about is gone", notice=notice.id)
            await self._database.run(close)
        except Exception:
            log.exception("nothing followed from the notice", notice=notice.id)
            await self._database.run(close)

    async def _hold(self, lane: str, notice: Notice, pause: timedelta, *, in_doubt: bool) -> bool:
        now = await self._clock.now()

        def hold(tx: Transaction) -> None:
            tx.outbox.put_back(notice, in_doubt=in_doubt)
            tx.outbox.pause(lane, now + pause)

        await self._database.run(hold)
        return False


def _pause(notice: Notice) -> timedelta:
    return PAUSES[min(notice.attempts, len(PAUSES)) - 1]
