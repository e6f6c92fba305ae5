"""Real processes without the seconds that imports take: each is forked from one that has done them already.

`python -m tests.faults.forks` reads what to run, a line of JSON each, and answers `runs` and the process id, then
`ended` and what it ended with. One at a time.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import bot.app  # noqa: F401 - what `checkback serve` waits for
from bot import cli, logs
from tests.faults import commits, courier, replica

ROOT = Path(__file__).parents[2]


def checkback(arguments: Sequence[str]) -> None:
    """The command, as its script calls it."""
    sys.argv = ["checkback", *arguments]
    cli.main()


STDOUT, STDERR = "stdout", "stderr"
RUNS: dict[str, Callable[[Sequence[str]], None]] = {
    "checkback": checkback,
    "commits": commits.main,
    "courier": courier.main,
    "replica": replica.main,
}


def main() -> None:
    logs.configure()
    for line in sys.stdin:
        pid = os.fork() or _become(json.loads(line))
        print("runs", pid, flush=True)  # noqa: T201 - the answers
        _, status = os.waitpid(pid, 0)
        print("ended", os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _become(what: dict[str, Any]) -> int:
    """Never returns: it must not go on as the process that it was forked from."""
    code = 1
    try:
        os.chdir(what["folder"])
        for stream, name in ((1, STDOUT), (2, STDERR)):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), stream)
        os.environ.clear()
        os.environ.update(what["environment"])
        RUNS[what["run"]](what["arguments"])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - see above
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


class Forks:
    """What a test has of them."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._pid = 0

    def start(self, run: str, *arguments: object, folder: Path, environment: Mapping[str, str]) -> None:
        """In that folder, where what it says is kept as well."""
        assert self._process.stdin
        what = {
            "run": run,
            "arguments": list(map(str, arguments)),
            "folder": str(folder),
            "environment": dict(environment),
        }
        print(json.dumps(what), file=self._process.stdin, flush=True)
        self._pid = self._answer("runs")

    def ended(self) -> int:
        """Wait for the end; the exit code, or the signal that ended it as a negative number."""
        self._pid = 0
        return self._answer("ended")

    def stop(self) -> int:
        """As a service manager does; what it ended with."""
        assert self._pid
        os.kill(self._pid, signal.SIGTERM)
        return self.ended()

    def kill(self) -> int:
        """As the power goes; what it had ended with if it was quicker."""
        assert self._pid
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        return self.ended()

    def _answer(self, to: str) -> int:
        assert self._process.stdout
        said, number = self._process.stdout.readline().split()
        assert said == to
        return int(number)


@contextmanager
def forking() -> Iterator[Forks]:
    run = [sys.executable, "-m", "tests.faults.forks"]
    with subprocess.Popen(run, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield Forks(process)


if __name__ == "__main__":
    main()
