"""What a migration could not do, since it does not have the key: it is done once, at the first start after it."""

from collections.abc import Iterator

from sqlalchemy import select, update

from bot.model import Address, Pilot, Unit, UnitId
from storage import facts
from storage.scope import mine, of
from storage.tables import FeedRow, LaneRow, OutboxRow, PersonRow, table_of
from storage.transaction import SqlTransaction

_FEED = table_of(FeedRow)
_OUTBOX = table_of(OutboxRow)
_LANE = table_of(LaneRow)
_PERSON = table_of(PersonRow)
_DONE, _VERSION = "upgraded", "0002"

_ADDRESSES = select(_PERSON.c.id, _PERSON.c.address).where(mine(_PERSON))
_MOVE_FEED = update(_FEED).where(_FEED.c.place == of("old"), mine(_FEED))
_MOVE_OUTBOX = update(_OUTBOX).where(_OUTBOX.c.lane == of("old"), mine(_OUTBOX))
_MOVE_LANE = update(_LANE).where(_LANE.c.lane == of("old"), mine(_LANE))


def finished(tx: SqlTransaction) -> bool:
    return facts.get(tx.scope, _DONE) == _VERSION


def finish(tx: SqlTransaction) -> None:
    if finished(tx):
        return
    pilots = tx.pilots.all()
    units = [unit for pilot in pilots for unit in tx.pilots.units(pilot.id)]
    for address in {*(unit.channel for unit in units), *_people(tx)}:
        _relabel(tx, address)
    for pilot in pilots:
        _widen(tx, pilot, [unit for unit in units if unit.pilot == pilot.id])
    facts.put(tx.scope, _DONE, _VERSION)


def _people(tx: SqlTransaction) -> Iterator[Address]:
    for row in tx.scope.rows(_ADDRESSES):
        yield tx.scope.open_address("person.address", row.id, row.address)


def _relabel(tx: SqlTransaction, address: Address) -> None:
    """Feed and lanes bore the roster's own index of an address; now each has one that is not found elsewhere."""
    old, lane = tx.scope.place(address), tx.scope.place(address, "lane").hex()
    tx.scope.change(_MOVE_FEED, of_old=old, place=tx.scope.place(address, "place"))
    tx.scope.change(_MOVE_OUTBOX, of_old=old.hex(), lane=lane)
    tx.scope.change(_MOVE_LANE, of_old=old.hex(), lane=lane)


def _widen(tx: SqlTransaction, pilot: Pilot, units: list[Unit]) -> None:
    """The unit that is the whole pilot, on the platform of the others."""
    if units and not any(unit.wide for unit in units):
        channel = Address(
            units[0].channel.platform, "channel", f"{pilot.key}-{pilot.fix_team}".lower().replace(" ", "-")
        )
        tx.pilots.add_unit(Unit(UnitId(tx.new_id()), pilot.id, pilot.name, channel, wide=True))
