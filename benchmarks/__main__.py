"""Runs the measurements named, or all: `python -m benchmarks [ack] [startup]`. Ends with 1 where an aim is missed."""

import sys

from benchmarks import ack, startup

ALL = {"ack": ack.main, "startup": startup.main}


def run(names: list[str]) -> int:
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"No measurement is called {', '.join(unknown)}. There are: {', '.join(ALL)}.", file=sys.stderr)
        return 2
    met = [ALL[name]() for name in names or ALL]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
