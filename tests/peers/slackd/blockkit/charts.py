"""The data_visualization block: pies of segments; bars, lines and areas of series over categories."""

from collections.abc import Iterator

from tests.peers.slackd.blockkit import texts
from tests.peers.slackd.blockkit.rules import (
    Problem,
    Rule,
    each,
    kinds,
    listed,
    mapping,
    number,
    one_of,
    shape,
    unique,
    words,
)

_label, _value = words(20), number(whole=False)


def _above_nothing(value: object, at: str) -> Iterator[Problem]:
    if isinstance(value, int | float) and value <= 0:
        yield Problem("too_small", "a segment is more than nothing", at, 0)


def _segment_value(value: object, at: str) -> Iterator[Problem]:
    yield from _value(value, at)
    yield from _above_nothing(value, at)


_point = shape({"label": _label, "value": _value}, {})
_series = shape({"name": _label, "data": each(_point, 1, 20)}, {})
_axes = shape({"categories": each(_label, 1, 20)}, {"x_label": words(50), "y_label": words(50)})


def _labelled_alike(value: object, at: str) -> Iterator[Problem]:
    chart = mapping(value)
    categories = listed(mapping(chart.get("axis_config")).get("categories"))
    for place, series in enumerate(listed(chart.get("series"))):
        if [mapping(point).get("label") for point in listed(mapping(series).get("data"))] != categories:
            yield Problem("conflict", "its labels are not the categories", f"{at}/series/{place}/data", categories)


def _over_axes(kind: str) -> Rule:
    named_once = unique(lambda one: mapping(one).get("name"), "name")
    series = each(_series, 1, 12, named_once)
    return shape({"type": one_of(kind), "series": series, "axis_config": _axes}, {}, _labelled_alike)


_segments = each(shape({"label": _label, "value": _segment_value}, {}), 1, 12)

CHART = shape(
    {
        "type": one_of("data_visualization"),
        "title": words(50),
        "chart": kinds(
            {
                "pie": shape({"type": one_of("pie"), "segments": _segments}, {}),
                **{kind: _over_axes(kind) for kind in ("bar", "line", "area")},
            }
        ),
    },
    {"block_id": texts.block_id},
)
