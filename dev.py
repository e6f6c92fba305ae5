#!/usr/bin/env python3
"""Checkback from a bare checkout: make .venv from a lock file, then run the demo or the checks. Needs Python alone.

    python3 dev.py demo [arguments of `checkback demo`]
    python3 dev.py test | quick [arguments of pytest]
    python3 dev.py lint | fix | env | bench | faults
    python3 dev.py catalogue        (the sentences for translators, bot/locale/checkback.pot)

A virtual environment with the developer's tools (requirements-dev.lock) serves the demo as well; the demo alone
installs no more than the application needs (requirements.lock). It is made once, and again when the lock has changed.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - the sentence for whoever runs an older one
    sys.exit(f"Checkback needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parent
RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
LOCK_STAMP = VENV / "lock.stamp"
PROJECT_STAMP = VENV / "project.stamp"

STYLE = [["ruff", "check"], ["ruff", "format", "--check"]]
PYTEST = ["pytest", "--numprocesses=auto", "--maxprocesses=4", "--dist=loadgroup"]
LINT = [*STYLE, ["mypy"], ["lint-imports"]]
STEPS = {  # in order, stopping at the first that fails; what follows on the command line goes to the last
    "test": [*LINT, [*PYTEST]],
    "quick": [*STYLE, ["mypy"], [*PYTEST, "-m", "not browser and not slow"]],
    "lint": LINT,
    "fix": [["ruff", "check", "--fix", "--exit-zero"], ["ruff", "format"]],
    "env": [],
    "bench": [["python", "-m", "benchmarks"]],
    "faults": [["pytest", "tests/faults", "--full"]],
    "catalogue": [[
        "pybabel", "--quiet", "extract", "--no-default-keywords", "--keyword=_", "--keyword=gettext",
        "--keyword=ngettext:1,2", "--omit-header", "--no-location", "--no-wrap",
        "--output-file=bot/locale/checkback.pot", "bot/messages",
    ]],
}  # fmt: skip


def main(arguments: list[str]) -> int:
    command, *rest = arguments or ["help"]
    if command == "demo":
        prepare(RUNTIME_LOCK)
        return become("checkback", "demo", *rest)
    if command in STEPS:
        prepare(DEV_LOCK)
        return run_in_order(STEPS[command], rest)
    print((__doc__ or "").strip())
    return 0 if command in {"help", "-h", "--help"} else 2


def prepare(lock: Path) -> None:
    """Bring .venv up to the lock, and the project into it; both are instant when nothing has changed."""
    if not any(reads(LOCK_STAMP, identity(each)) for each in (lock, DEV_LOCK)):
        make_environment(lock)
        LOCK_STAMP.write_text(identity(lock), encoding="utf-8")
    project = digest(ROOT / "pyproject.toml")
    if not reads(PROJECT_STAMP, project):
        install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        PROJECT_STAMP.write_text(project, encoding="utf-8")


def make_environment(lock: Path) -> None:
    if VENV.exists() and not (VENV / "pyvenv.cfg").exists():
        sys.exit(f"{VENV} is not a virtual environment; move it away and run this again.")
    uv = find_uv()
    if not importlib.util.find_spec("venv") or not (uv or importlib.util.find_spec("ensurepip")):
        sys.exit("Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv; then try again.")
    print(f"Making .venv from {lock.name}; this happens once.", flush=True)
    without_pip = ["--without-pip"] if uv else []
    check([sys.executable, "-m", "venv", "--clear", *without_pip, str(VENV)])
    install("--require-hashes", "--requirement", str(lock))


def install(*what: str) -> None:
    python = str(BIN / "python")
    uv = find_uv()
    if uv:
        if subprocess.call([uv, "pip", "install", "--quiet", "--python", python, *what], cwd=ROOT) == 0:
            return
        print("uv did not manage that; pip tries.", flush=True)
        check([python, "-m", "ensurepip"])
    check([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what])


def find_uv() -> str | None:
    """Find uv, which installs in seconds what takes pip half a minute; a shim that leads nowhere does not count."""
    uv = shutil.which("uv")
    works = uv and subprocess.call([uv, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    return uv if works else None


def identity(lock: Path) -> str:
    """Tell what .venv was made of: the lock, the Python, and the folder, as scripts in .venv hold its path."""
    return f"{lock.name} {digest(lock)} {sys.version} {ROOT}"


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def reads(stamp: Path, text: str) -> bool:
    return stamp.exists() and stamp.read_text(encoding="utf-8") == text


def run_in_order(steps: list[list[str]], rest: list[str]) -> int:
    for step in steps:
        command = [*step, *rest] if step is steps[-1] else step
        print("\n$", *command, flush=True)
        code = subprocess.call([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=environment())
        if code:
            print(f"\n{command[0]} failed.", file=sys.stderr)
            return code
    return 0


def become(program: str, *arguments: str) -> int:
    """Hand over to the program, so that Ctrl-C and SIGTERM reach it and nobody else."""
    command = [str(BIN / program), *arguments]
    if os.name == "posix":
        os.execve(command[0], command, environment())  # noqa: S606 - no shell wanted
    return subprocess.call(command, env=environment())


def environment() -> dict[str, str]:
    return {**os.environ, "VIRTUAL_ENV": str(VENV), "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", "")])}


def check(command: list[str]) -> None:
    code = subprocess.call(command, cwd=ROOT)
    if code:
        sys.exit(f"Could not make .venv: this command ended with {code}: {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
