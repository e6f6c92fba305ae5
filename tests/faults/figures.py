"""What the fault tests found, for the table at the end of a run."""

from collections.abc import Iterable

import pytest

FOUND = "fault: "
_rows: list[tuple[str, object]] = []


def found(fault: str, figure: str) -> None:
    _rows.append((FOUND + fault, figure))


def taken() -> list[tuple[str, object]]:
    """Those since the last time, as properties of a report."""
    rows = _rows.copy()
    _rows.clear()
    return rows


def table(reports: Iterable[pytest.TestReport]) -> list[str]:
    own = [each for report in reports for each in report.user_properties if each[0].startswith(FOUND)]
    width = max((len(fault) for fault, _ in own), default=0)
    return [f"{fault:<{width}}  {figure}".removeprefix(FOUND) for fault, figure in own]
