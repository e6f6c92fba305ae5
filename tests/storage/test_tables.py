from dataclasses import fields
from typing import Any

import pytest
from sqlmodel import SQLModel

from bot import model
from storage import tables
from storage.tables import table_of

# What a row has beside the fields of its value, and the fields that lie elsewhere.
PAIRS: list[tuple[type[Any], type[SQLModel], set[str], set[str]]] = [
    (model.Pilot, tables.PilotRow, {"last_number"}, set()),
    (model.Unit, tables.UnitRow, set(), set()),
    (model.Rung, tables.RungRow, {"pilot", "since", "severity", "n"}, set()),
    (model.Person, tables.PersonRow, {"address_index", "email_index"}, {"roles", "nameless"}),
    (model.Handle, tables.HandleRow, {"code_index"}, set()),
    (model.Shift, tables.ShiftRow, {"id", "pilot"}, set()),
    (model.Issue, tables.IssueRow, set(), set()),
    (model.Happening, tables.HappeningRow, {"id"}, set()),
    (model.Fix, tables.FixRow, set(), set()),
    (model.Workaround, tables.WorkaroundRow, set(), set()),
    (model.VendorWait, tables.VendorWaitRow, set(), set()),
    (model.Asked, tables.AskedRow, set(), set()),
    (model.Follower, tables.FollowerRow, set(), set()),
    (model.KnownAnswer, tables.KnownAnswerRow, set(), set()),
    (model.Held, tables.HeldRow, set(), set()),
    (model.Step, tables.StepRow, {"issue"}, set()),
    (model.Draft, tables.DraftRow, set(), set()),
    (model.Due, tables.AgendaRow, {"retry_at", "failures"}, set()),
]


@pytest.mark.parametrize(("value", "row", "more", "elsewhere"), PAIRS, ids=lambda found: getattr(found, "__name__", ""))
def test_columns_are_the_fields_of_the_value(
    value: type[Any], row: type[SQLModel], more: set[str], elsewhere: set[str]
) -> None:
    columns = set(table_of(row).c.keys())
    assert columns == {field.name for field in fields(value)} - elsewhere | more | {"tenant"}


def test_a_tenant_stands_on_every_row() -> None:
    assert all("tenant" in table.c for table in SQLModel.metadata.tables.values())
