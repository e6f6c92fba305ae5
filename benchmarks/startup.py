"""How soon the command answers and the server is ready, and what it holds of the memory when nobody needs it."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.table import Row, show

RUNS = 7
SERVED = 5  # runs of the server, each with five idle seconds
IDLE = 5.0
COMMAND = Path(sys.executable).with_name("checkback")
MOST_HELP = 300.0  # ms
MOST_READY = 3.0  # s
MOST_MEMORY = 150.0  # MB


def main() -> bool:
    """Measure and print; whether every aim was met."""
    helped = median(_help() for _ in range(RUNS))
    with tempfile.TemporaryDirectory(prefix="checkback-bench-") as folder:
        environment = _environment(Path(folder))
        subprocess.run([COMMAND, "migrate"], env=environment, check=True, capture_output=True)  # noqa: S603 - ours
        served = [_serve(environment) for _ in range(SERVED)]
    ready, memory = (median(each) for each in zip(*served, strict=True))
    return show(
        "startup: medians",
        [
            Row("checkback --help", f"{helped:.0f} ms", f"under {MOST_HELP:.0f} ms", met=helped < MOST_HELP),
            Row("serve until /readyz is 200", f"{ready:.2f} s", f"under {MOST_READY:.0f} s", met=ready < MOST_READY),
            Row("resident, idle", f"{memory:.0f} MB", f"under {MOST_MEMORY:.0f} MB", met=memory < MOST_MEMORY),
        ],
    )


def _help() -> float:
    before = time.perf_counter()
    subprocess.run([COMMAND, "--help"], env=_others(), check=True, capture_output=True)  # noqa: S603 - ours
    return (time.perf_counter() - before) * 1000


def _serve(environment: dict[str, str]) -> tuple[float, float]:
    """Seconds until it was ready, and megabytes resident once it has idled."""
    before = time.perf_counter()
    with _serving(environment) as (process, url):
        while not _is_ready(url):
            time.sleep(0.02)
        ready = time.perf_counter() - before
        time.sleep(IDLE)
        return ready, _resident(process.pid)


@contextmanager
def _serving(environment: dict[str, str]) -> "Iterator[tuple[subprocess.Popen[bytes], str]]":
    with subprocess.Popen([COMMAND, "serve"], env=environment, stdout=subprocess.PIPE) as process:  # noqa: S603 - ours
        try:
            assert process.stdout  # noqa: S101 - tells the type checker
            yield process, process.stdout.readline().decode().split()[-1]
        finally:
            process.terminate()


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz") as answer:  # noqa: S310 - this machine
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP
    except urllib.error.HTTPError:
        return False


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _environment(folder: Path) -> dict[str, str]:
    return _others() | {
        "CHECKBACK_DATABASE_URL": f"sqlite:///{folder}/checkback.db",
        "CHECKBACK_SECRET_KEY": "an-invented-secret-for-measuring-only",
        "CHECKBACK_LOCAL_WORKSPACE": "1",
        "CHECKBACK_PORT": "0",
    }


def _others() -> dict[str, str]:
    """Python may keep what it compiles, as everywhere but in some sandboxes: each start would compile it all anew."""
    ours = ("CHECKBACK_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
