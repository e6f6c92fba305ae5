"""Runs the measurements named, or all: `python -m benchmarks [name …]`. Ends with 1 where an aim is missed.

`scan-postgresql` takes longer and is run only where it is named.
"""

import sys

from benchmarks import ack, privacy, scan, search, startup

ALL = {"ack": ack.main, "privacy": privacy.main, "scan": scan.main, "search": search.main, "startup": startup.main}


def run(names: list[str]) -> int:
    known = ALL | {"scan-postgresql": scan.on_postgresql}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No measurement is called {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    met = [known[name]() for name in names or ALL]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
