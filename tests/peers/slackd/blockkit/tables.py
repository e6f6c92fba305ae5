"""The table and data_table blocks: their cells, and that every row is as long as the first."""

from collections.abc import Iterator, Mapping

from tests.peers.slackd.blockkit import texts
from tests.peers.slackd.blockkit.richtext import RICH_TEXT
from tests.peers.slackd.blockkit.rules import (
    Problem,
    Rule,
    each,
    flag,
    kinds,
    listed,
    mapping,
    number,
    one_of,
    shape,
    words,
)

COLUMNS = 20

_raw: Mapping[str, Rule] = {
    "raw_text": shape({"type": one_of("raw_text"), "text": words(3000)}, {}),
    "raw_number": shape({"type": one_of("raw_number"), "value": number(whole=False)}, {"text": words(255)}),
}
_cell = kinds({**_raw, "rich_text": RICH_TEXT})


def _rectangular(value: object, at: str) -> Iterator[Problem]:
    rows = listed(value)
    for place, row in enumerate(rows):
        if len(listed(row)) != len(listed(rows[0])):
            yield Problem("not_rectangular", "not as long as the first row", f"{at}/{place}", len(listed(rows[0])))


def _heading(value: object, at: str) -> Iterator[Problem]:
    for place, cell in enumerate(listed(value)[:1] and listed(listed(value)[0])):
        if mapping(cell).get("type") == "rich_text":
            yield Problem("misplaced", "a heading is not rich_text", f"{at}/0/{place}", tuple(_raw))


def _row_header(value: object, at: str) -> Iterator[Problem]:
    table = mapping(value)
    index, rows = table.get("row_header_column_index"), listed(table.get("rows"))
    if isinstance(index, int) and rows and index >= len(listed(rows[0])):
        yield Problem("too_big", "there is no such column", f"{at}/row_header_column_index", len(listed(rows[0])))


TABLE = shape(
    {"type": one_of("table"), "rows": each(each(_cell, 1, COLUMNS), 1, 100, _rectangular)},
    {
        "block_id": texts.block_id,
        "column_settings": each(
            shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag}), 1, COLUMNS
        ),
    },
)

DATA_TABLE = shape(
    {
        "type": one_of("data_table"),
        "rows": each(each(_cell, 1, COLUMNS), 2, 201, _rectangular, _heading),
        "caption": words(3000),
    },
    {"block_id": texts.block_id, "page_size": number(1, 100), "row_header_column_index": number(0)},
    _row_header,
)
