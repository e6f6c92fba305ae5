"""Notices that were set aside: what a lead reads of them, and sending them once more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, text, update

from bot.errors import BotError
from bot.ports import DeadLetter, NoticeState
from storage import cards
from storage.scope import Scope, mine, of
from storage.tables import OPEN, SET_ASIDE, LivingRow, OutboxRow, table_of

_OUTBOX = table_of(OutboxRow)
_LIVING = table_of(LivingRow)

# What comes of words that were changed, moved, sealed under a key that is gone, or written by another version.
UNREADABLE = (BotError, ValueError, TypeError, LookupError, AttributeError)

_DEAD = select(_OUTBOX).where(mine(_OUTBOX), text(SET_ASIDE))
_NEWEST = _DEAD.order_by(_OUTBOX.c.id.desc()).limit(of("limit"))
_ONE = _DEAD.where(_OUTBOX.c.id == of("id"))
_SEEN = (
    update(_OUTBOX)
    .where(mine(_OUTBOX), text(SET_ASIDE), _OUTBOX.c.id == of("id"))
    .values(state=NoticeState.SEEN, card=None, target=None)
)
_TAKE_OUT = delete(_OUTBOX).where(_OUTBOX.c.id == of("id"), mine(_OUTBOX))
_PUT_IN = insert(_OUTBOX).inline()
_DRAWN_SINCE = select(_LIVING.c.slot).where(
    mine(_LIVING), _LIVING.c.slot == of("slot"), _LIVING.c.drawn_at > of("since")
)
_BEING_DRAWN = select(_OUTBOX.c.id).where(mine(_OUTBOX), text(OPEN), _OUTBOX.c.slot == of("slot"))
_ANEW = {
    "state": NoticeState.READY,
    "attempts": 0,
    "release_at": None,
    "intent_at": None,
    "settled_at": None,
    "reason": None,
}


class DeadLetters:
    """The part of `bot.ports.Outbox` that is about notices set aside."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        return [self._dead_letter(row) for row in self._scope.rows(_NEWEST, of_limit=limit)]

    def send_again(self, notice: int, now: datetime) -> bool:
        row = self._scope.row(_ONE, of_id=notice)
        if row is None:
            return False
        if row.redraws and self._overtaken(row):
            self.set_aside(notice)  # it would draw the card as it no longer stands
            return False
        again = {name: value for name, value in row._asdict().items() if name not in {"id", "tenant"}}
        again |= _ANEW | {"created_at": now}
        if row.state is NoticeState.UNKNOWN:  # whoever asks for it takes it upon themselves that it arrives twice
            again["doubted_since"] = None
        self._scope.change(_TAKE_OUT, of_id=notice)
        self._scope.add(_PUT_IN, again)  # a new row stands at the end of its lane
        self._scope.posted.add(row.lane)
        return True

    def set_aside(self, notice: int) -> bool:
        return self._scope.change(_SEEN, of_id=notice) == 1

    def _overtaken(self, row: Row[Any]) -> bool:
        drawn = self._scope.row(_DRAWN_SINCE, of_slot=row.slot, of_since=row.settled_at)
        return drawn is not None or self._scope.row(_BEING_DRAWN, of_slot=row.slot) is not None

    def _dead_letter(self, row: Row[Any]) -> DeadLetter:
        """Without words where they cannot be opened: that may be why it is here."""
        try:
            title = cards.load(self._scope.open("outbox.card", row.key, row.card)).title
        except UNREADABLE:
            title = ""
        reason = self._scope.open("outbox.reason", row.key, row.reason)
        return DeadLetter(row.id, row.issue, title, reason, row.settled_at)
