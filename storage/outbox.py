"""Messages to send: posted by the transaction that decided them, claimed and settled by the courier."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, and_, bindparam, case, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert  # SQLite's compiler writes the same ON CONFLICT

from bot.cards import Card
from bot.model import Address, IssueId, MessageRef
from bot.ports import Later, Living, Notice, NoticeState, Pace, Turn
from storage import cards
from storage.dead_letters import UNREADABLE, DeadLetters
from storage.handles import SqlHandles
from storage.scope import Scope, mine, of
from storage.tables import OPEN, SET_ASIDE, BucketRow, LaneRow, LivingRow, OutboxRow, table_of

_OUTBOX = table_of(OutboxRow)
_LIVING = table_of(LivingRow)
_LANE = table_of(LaneRow)
_BUCKET = table_of(BucketRow)
_NOW = bindparam("now", type_=_LANE.c.free_at.type)

log = structlog.get_logger()

LISTED = 64  # lanes at a time: twice as many as are sent at once, and in a broadcast each person has one
LATE = 2  # messages of a bucket that may follow more quickly, where those before them were late
_NOWHERE, _BLANK = Address("", "", ""), Card("unreadable")

# -- posting
_COUNTED = {"preserve_rowcount": True}  # how many rows an insert added: nought where the key was taken
_POST = insert(_OUTBOX).on_conflict_do_nothing(index_elements=["tenant", "key"]).execution_options(**_COUNTED)
_LIVE = insert(_LIVING).on_conflict_do_nothing().execution_options(**_COUNTED)
_MOVE = update(_LIVING).where(_LIVING.c.slot == of("slot"), mine(_LIVING))
_ALIVE = select(_LIVING.c.target, _LIVING.c.issue, _LIVING.c.drawn_at).where(
    _LIVING.c.slot == of("slot"), mine(_LIVING)
)
_ABOUT = select(_LIVING.c.slot, _LIVING.c.target).where(_LIVING.c.issue == of("issue"), mine(_LIVING))
_SLOT_AT = select(_LIVING.c.slot).where(_LIVING.c.message_index == of("message"), mine(_LIVING))
_WAITING = (  # a card for the slot that nobody can have seen yet
    select(_OUTBOX.c.id, _OUTBOX.c.key, _OUTBOX.c.redraws, _OUTBOX.c.release_at)
    .where(mine(_OUTBOX), _OUTBOX.c.lane == of("lane"), text(OPEN), _OUTBOX.c.slot == of("slot"))
    .where(_OUTBOX.c.state == NoticeState.READY, _OUTBOX.c.doubted_since.is_(None))
    .order_by(_OUTBOX.c.id.desc())
    .limit(1)
)
_IN_LANE = (mine(_OUTBOX), _OUTBOX.c.lane == of("lane"))
_UNSENT = delete(_OUTBOX).where(*_IN_LANE, text(OPEN))
_UNSEEN = delete(_OUTBOX).where(*_IN_LANE, text(SET_ASIDE))
_STANDING = select(_LIVING.c.slot, _LIVING.c.target).where(mine(_LIVING))
_TAKE_DOWN = delete(_LIVING).where(_LIVING.c.slot == of("slot"), mine(_LIVING))
_FORGET = (  # redraws of a card that is being put somewhere anew
    update(_OUTBOX)
    .where(mine(_OUTBOX), text(OPEN), _OUTBOX.c.slot == of("slot"), _OUTBOX.c.redraws)
    .where(_OUTBOX.c.state == NoticeState.READY)
    .values(state=NoticeState.SENT, card=None, settled_at=_NOW)
)

# -- sending
_WRITE = update(_OUTBOX).where(_OUTBOX.c.id == of("id"), mine(_OUTBOX))


def _later(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((other > one, other), else_=one)


def _free_at(table: type[LaneRow | BucketRow], name: str) -> Any:  # noqa: ANN401 - an upsert has no public type
    add = insert(table_of(table))
    latest = _later(table_of(table).c.free_at, add.excluded.free_at)
    return add.on_conflict_do_update(index_elements=["tenant", name], set_={"free_at": latest})


_HOLD_LANE = _free_at(LaneRow, "lane")
_HOLD_BUCKET = _free_at(BucketRow, "bucket")
_ON_LANE = and_(_LANE.c.tenant == _OUTBOX.c.tenant, _LANE.c.lane == _OUTBOX.c.lane)
_ON_BUCKET = and_(_BUCKET.c.tenant == _OUTBOX.c.tenant, _BUCKET.c.bucket == _OUTBOX.c.bucket)
_RELATED = case((_OUTBOX.c.redraws, _OUTBOX.c.slot), else_=_OUTBOX.c.below)
_ON_LIVING = and_(_LIVING.c.tenant == _OUTBOX.c.tenant, _LIVING.c.slot == _RELATED)
_RELEASED = or_(_OUTBOX.c.release_at.is_(None), _OUTBOX.c.release_at <= _NOW)
_OLDEST = (  # of a lane, with the card that it redraws or hangs below
    select(
        _OUTBOX,
        _LANE.c.free_at.label("lane_free_at"),
        _BUCKET.c.free_at.label("bucket_free_at"),
        _LIVING.c.slot.label("related"),
        _LIVING.c.target.label("related_target"),
        _LIVING.c.message.label("related_message"),
    )
    .select_from(_OUTBOX.outerjoin(_LANE, _ON_LANE).outerjoin(_BUCKET, _ON_BUCKET).outerjoin(_LIVING, _ON_LIVING))
    .where(mine(_OUTBOX), _OUTBOX.c.lane == of("lane"), text(OPEN), _RELEASED)
    .order_by(_OUTBOX.c.id)
    .limit(1)
)
_LANES = (
    select(_OUTBOX.c.lane)
    .select_from(_OUTBOX.outerjoin(_LANE, _ON_LANE).outerjoin(_BUCKET, _ON_BUCKET))
    .where(mine(_OUTBOX), text(OPEN), _RELEASED)
    .where(or_(_LANE.c.free_at.is_(None), _LANE.c.free_at <= _NOW))
    .where(or_(_BUCKET.c.free_at.is_(None), _BUCKET.c.free_at <= _NOW))
    .group_by(_OUTBOX.c.lane)
    .order_by(func.min(case((_OUTBOX.c.issue.is_(None), 1), else_=0)), func.min(_OUTBOX.c.id))
    .limit(LISTED)
)
_READY_AT = _later(_OUTBOX.c.created_at, _OUTBOX.c.release_at)
_RELEASED_AT = _later(_later(_READY_AT, _LANE.c.free_at), _BUCKET.c.free_at)
_AFTER = bindparam("of_after", type_=_OUTBOX.c.created_at.type)
_NEXT_RELEASE = (
    select(func.min(_RELEASED_AT).label("at"))
    .select_from(_OUTBOX.outerjoin(_LANE, _ON_LANE).outerjoin(_BUCKET, _ON_BUCKET))
    .where(mine(_OUTBOX), text(OPEN))
)
_NEXT_RELEASE_AFTER = _NEXT_RELEASE.where(_RELEASED_AT > _AFTER)
_LATELY = (  # new messages of a lane: those that wait for a time in that span, and those that went out in it
    select(func.count().label("many")).where(mine(_OUTBOX), _OUTBOX.c.lane == of("lane"), ~_OUTBOX.c.redraws)
)
_LATELY_OPEN = _LATELY.where(text(OPEN), _READY_AT > _AFTER, _READY_AT <= _NOW)
_LATELY_SENT = _LATELY.where(_OUTBOX.c.settled_at > _AFTER, _OUTBOX.c.settled_at <= _NOW)
_COUNTS = select(_OUTBOX.c.state, func.count().label("many")).where(mine(_OUTBOX)).group_by(_OUTBOX.c.state)
_SINCE = select(func.min(_READY_AT).label("since")).where(mine(_OUTBOX), text(OPEN))


class SqlOutbox(DeadLetters):
    """`bot.ports.Outbox` in SQL."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self._handles = SqlHandles(scope)

    def post(
        self,
        to: Address,
        card: Card,
        now: datetime,
        *,
        key: str,
        issue: IssueId | None = None,
        settles: str | None = None,
        below: str | None = None,
        release_at: datetime | None = None,
    ) -> None:
        target = self._scope.close_address("outbox.target", key, to)
        more = {"issue": issue, "settles": settles, "below": below, "release_at": release_at}
        if self._put(to, card, now, key=key, target=target, redraws=False, **more) and card.slot is not None:
            self._live(card.slot, to, issue, now)

    def redraw(self, card: Card, now: datetime, *, rest: timedelta = timedelta(0)) -> None:
        slot = card.slot
        alive = None if slot is None else self._scope.row(_ALIVE, of_slot=slot)
        if alive is None:
            return
        to = self._scope.open_address("living.target", slot, alive.target)
        rested = None if alive.drawn_at is None or alive.drawn_at + rest <= now else alive.drawn_at + rest
        lane = self._lane(to)
        waiting = self._scope.row(_WAITING, of_slot=slot, of_lane=lane)
        if waiting is not None:
            self._draw_over(waiting, lane, card, rested)
            return
        more = {"issue": alive.issue, "settles": None, "below": None, "release_at": rested}
        self._put(to, card, now, key=f"redraw {slot} {secrets.token_hex(8)}", target=None, redraws=True, **more)

    def living(self, issue: IssueId) -> Sequence[Living]:
        rows = self._scope.rows(_ABOUT, of_issue=issue)
        return [Living(row.slot, self._scope.open_address("living.target", row.slot, row.target)) for row in rows]

    def slot_at(self, message: MessageRef) -> str | None:
        row = self._scope.row(_SLOT_AT, of_message=self._message_index(message))
        return None if row is None else row.slot

    def forget(self, to: Address) -> int:
        lane = self._lane(to)
        for row in self._scope.rows(_STANDING):  # sealed each with its own nonce: only opened can they be compared
            if self._lane(self._scope.open_address("living.target", row.slot, row.target)) == lane:
                self._scope.change(_TAKE_DOWN, of_slot=row.slot)
        return sum(self._scope.change(each, of_lane=lane) for each in (_UNSENT, _UNSEEN))

    def lately(self, to: Address, since: datetime, until: datetime) -> int:
        given = {"of_lane": self._lane(to), "of_after": since, "now": until}
        return sum(self._scope.one(statement, **given).many for statement in (_LATELY_OPEN, _LATELY_SENT))

    # -- the courier's side
    def lanes(self, now: datetime) -> Sequence[str]:
        return [row.lane for row in self._scope.rows(_LANES, now=now)]

    def next_release(self, after: datetime | None = None) -> datetime | None:
        row = self._scope.one(_NEXT_RELEASE_AFTER, of_after=after) if after else self._scope.one(_NEXT_RELEASE)
        release: datetime | None = row.at
        return release

    def claim(
        self,
        lane: str,
        now: datetime,
        paces: Mapping[str, Pace],
        *,
        turn: Turn | None = None,
        ahead: timedelta = timedelta(0),
    ) -> Notice | Later | None:
        while row := self._scope.row(_OLDEST, of_lane=lane, now=now):
            pace = paces.get(row.bucket, Pace())
            held = max(filter(None, (row.lane_free_at, None if turn else row.bucket_free_at)), default=now)
            if held > now + ahead or (row.lane_free_at and row.lane_free_at > now) or (held > now and not pace.bucket):
                return Later(held)
            if held > now:
                self._scope.add(_HOLD_BUCKET, {"bucket": row.bucket, "free_at": held + pace.bucket})
                return Turn(held)
            if row.redraws and row.related_message is None:  # what it redraws never arrived: nothing to redraw
                self._scope.change(_WRITE, of_id=row.id, **_gone(now))
                continue
            if pace.bucket and not turn:
                since = max(row.bucket_free_at or now, now - LATE * pace.bucket)
                self._scope.add(_HOLD_BUCKET, {"bucket": row.bucket, "free_at": since + pace.bucket})
            return self._intend(row, now, pace)
        return None

    def settle(self, notice: Notice, message: MessageRef | None, now: datetime) -> None:
        self._scope.change(_WRITE, of_id=notice.id, **_gone(now))
        slot = notice.card.slot
        if slot is None:
            return
        if notice.replaces is not None:
            self._scope.change(_MOVE, of_slot=slot, drawn_at=now)
        elif message is not None:
            place = replace(message.place, behind=notice.to.behind)  # a platform knows nothing of handles
            self._scope.change(
                _MOVE,
                of_slot=slot,
                target=self._scope.close_address("living.target", slot, place),
                message=self._scope.close("living.message", slot, message.id),
                message_index=self._message_index(message),
                drawn_at=now,
            )

    def give_up(self, notice: Notice, state: NoticeState, reason: str, now: datetime) -> None:
        sealed = self._scope.close("outbox.reason", notice.key, reason)
        self._scope.change(_WRITE, of_id=notice.id, state=state, reason=sealed, settled_at=now)

    def put_back(self, notice: Notice, *, in_doubt: bool) -> None:
        """In doubt it stays `sending`, so that whoever claims it next looks first; else the try does not count."""
        if not in_doubt:
            self._scope.change(_WRITE, of_id=notice.id, state=NoticeState.READY, attempts=notice.attempts - 1)

    def pause(self, lane: str, until: datetime) -> None:
        self._scope.add(_HOLD_LANE, {"lane": lane, "free_at": until})

    def counts(self) -> Mapping[NoticeState, int]:
        return dict.fromkeys(NoticeState, 0) | {row.state: row.many for row in self._scope.rows(_COUNTS)}

    def oldest_ready(self) -> datetime | None:
        """Those that were begun count too: they have not arrived yet."""
        since: datetime | None = self._scope.one(_SINCE).since
        return since

    def _put(self, to: Address, card: Card, now: datetime, *, key: str, **columns: object) -> bool:
        """Whether the key is new."""
        lane = self._lane(to)
        row = {
            "key": key,
            "lane": lane,
            "bucket": to.platform,
            "card": self._close_card(key, card),
            "slot": card.slot,
            "state": NoticeState.READY,
            "attempts": 0,
            "created_at": now,
            **columns,
        }
        added = self._scope.add(_POST, row) == 1
        if added:
            self._scope.posted.add(lane)
        return added

    def _live(self, slot: str, to: Address, issue: IssueId | None, now: datetime) -> None:
        """From now on the card of that slot is the one just posted."""
        target = self._scope.close_address("living.target", slot, to)
        if self._scope.add(_LIVE, {"slot": slot, "issue": issue, "target": target}) == 0:
            self._scope.change(_FORGET, of_slot=slot, now=now)
            empty = {"message": None, "message_index": None, "drawn_at": None}
            self._scope.change(_MOVE, of_slot=slot, issue=issue, target=target, **empty)

    def _draw_over(self, waiting: Row[Any], lane: str, card: Card, rested: datetime | None) -> None:
        """Nobody has seen it yet; it goes out when the earlier of the two would have."""
        release: dict[str, object] = {}
        if waiting.redraws and waiting.release_at is not None and (rested is None or rested < waiting.release_at):
            release["release_at"] = rested
            self._scope.posted.add(lane)
        self._scope.change(_WRITE, of_id=waiting.id, card=self._close_card(waiting.key, card), **release)

    def _intend(self, row: Row[Any], now: datetime, pace: Pace) -> Notice:
        doubted = row.doubted_since or (row.intent_at if row.state is NoticeState.SENDING else None)
        attempts = row.attempts + 1
        intent = {"state": NoticeState.SENDING, "attempts": attempts, "intent_at": now, "doubted_since": doubted}
        self._scope.change(_WRITE, of_id=row.id, **intent)
        if pace.lane:
            self._scope.add(_HOLD_LANE, {"lane": row.lane, "free_at": now + pace.lane})
        try:
            card = cards.load(self._scope.open("outbox.card", row.key, row.card))
            to, replaces = self._target(row)
        except UNREADABLE as error:  # not raised, or the attempt would not be counted and the lane never pass it
            log.warning("notice cannot be opened", notice=row.id, error=type(error).__name__)
            return Notice(row.id, row.key, _NOWHERE, _BLANK, attempts, row.issue, row.settles, readable=False)
        return Notice(row.id, row.key, to, card, attempts, row.issue, row.settles, replaces, doubted)

    def _target(self, row: Row[Any]) -> tuple[Address, MessageRef | None]:
        """Where it goes: over the message it redraws, into its parent's thread, or where it was addressed to."""
        if row.redraws:
            place = self._handles.reached(self._scope.open_address("living.target", row.related, row.related_target))
            return place, MessageRef(place, self._scope.open("living.message", row.related, row.related_message))
        to = self._handles.reached(self._scope.open_address("outbox.target", row.key, row.target))
        if row.related_message is None:  # it hangs below nothing, or below a card that never arrived
            return to, None
        thread = self._scope.open("living.message", row.related, row.related_message)
        return replace(to, thread=thread), None

    def _lane(self, address: Address) -> str:
        return self._scope.place(address, "lane").hex()

    def _message_index(self, message: MessageRef) -> bytes:
        place = message.place
        return self._scope.index(place.platform, place.kind, place.id, message.id)

    def _close_card(self, key: str, card: Card) -> bytes:
        return self._scope.close("outbox.card", key, cards.dump(card))


def _gone(now: datetime) -> dict[str, object]:
    """Sent: who got it and what it said is kept no longer."""
    return {"state": NoticeState.SENT, "settled_at": now, "card": None, "target": None}
