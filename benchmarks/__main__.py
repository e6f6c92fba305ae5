"""Runs the measurements named, or all: `python -m benchmarks [name …]`. Ends with 1 where an aim is missed.

`broadcast`, `scan-postgresql` and `throughput` take longer and are run only where they are named.
"""

import sys

from benchmarks import ack, broadcast, privacy, scan, search, startup, throughput

ALL = {"ack": ack.main, "privacy": privacy.main, "scan": scan.main, "search": search.main, "startup": startup.main}


def run(names: list[str]) -> int:
    known = ALL | {"broadcast": broadcast.main, "scan-postgresql": scan.on_postgresql, "throughput": throughput.main}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No measurement is called {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    met = [known[name]() for name in names or ALL]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
