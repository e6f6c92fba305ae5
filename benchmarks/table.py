"""How a measurement is printed: what, how much, and whether that meets its aim."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; without an aim it is there to be read."""

    what: str
    figure: str
    aim: str = ""
    met: bool = True


def show(title: str, rows: Sequence[Row]) -> bool:
    """Print the figures; whether every aim was met."""
    what, figure = (max(len(getattr(row, column)) for row in rows) for column in ("what", "figure"))
    print(f"\n{title}\n{machine()}")
    for row in rows:
        verdict = f"  {'ok  ' if row.met else 'OVER'}  {row.aim}" if row.aim else ""
        print(f"  {row.what:<{what}}  {row.figure:<{figure}}{verdict}".rstrip())
    return all(row.met for row in rows)


def machine() -> str:
    return f"on {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
