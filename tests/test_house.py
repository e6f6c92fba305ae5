import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.pofile import read_po

import dev
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent
PACKAGES = ("adapters", "bot", "storage", "surveys")


# ------------------------------------------------------------------------------------------ who may import whom


class Breach(NamedTuple):
    """An import that a contract forbids, in a file that is really there."""

    contract: str
    file: str
    line: str


BREACHES = (
    Breach("floors", "bot/deadline.py", "import bot.desk"),
    Breach("adapters-apart", "adapters/local/hub.py", "import adapters.web"),
    Breach("bot-alone", "bot/courier.py", "import storage.engine"),
    Breach("adapters-translate", "adapters/local/render.py", "import bot.issues"),
    Breach("storage-keeps", "storage/outbox.py", "import bot.issues"),
    Breach("surveys-floor", "surveys/statistics.py", "import bot.desk"),
    Breach("rules-below-surveys", "bot/deadline.py", "import surveys.statistics"),
    Breach("one-door", "bot/desk.py", "import click"),
)


@pytest.mark.slow
def test_each_import_contract_is_seen_to_fail_when_it_is_broken(tmp_path: Path) -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(lambda breach: broken(tmp_path, breach), BREACHES))
    for breach, (code, said) in zip(BREACHES, outcomes, strict=True):
        assert code == 1, said
        assert f"{contracts()[breach.contract]} BROKEN" in said
        module, imported = breach.file.removesuffix(".py").replace("/", "."), breach.line.removeprefix("import ")
        assert re.search(rf"{re.escape(module)} -> {re.escape(imported)}\b", said), said


@pytest.mark.slow
def test_a_new_file_of_the_bot_needs_its_floor(tmp_path: Path) -> None:
    house = copied(tmp_path / "house")
    (house / "bot/newcomer.py").write_text('"""Stands nowhere so far."""\n')
    code, said = linted(house, "floors")
    assert code == 1
    assert "newcomer" in said


@pytest.mark.slow
def test_a_copy_in_which_nothing_is_broken_passes(tmp_path: Path) -> None:
    code, said = linted(copied(tmp_path / "house"), *contracts())
    assert (code, f"{len(contracts())} kept, 0 broken" in said) == (0, True), said


def test_no_contract_is_left_unbroken() -> None:
    assert [breach.contract for breach in BREACHES] == list(contracts())


def contracts() -> dict[str, str]:
    """The name of each, by its id."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract["name"] for contract in known}


def broken(folder: Path, breach: Breach) -> tuple[int, str]:
    house = copied(folder / breach.contract)
    with (house / breach.file).open("a", encoding="utf-8") as file:
        file.write(f"\n{breach.line}\n")
    return linted(house, breach.contract)


def copied(house: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, house / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)
    return house


def linted(house: Path, *wanted: str) -> tuple[int, str]:
    chosen = [argument for contract in wanted for argument in ("--contract", contract)]
    environment = {**os.environ, "COLUMNS": "300", "PYTHONPATH": str(house)}
    run = [str(TOOLS / "lint-imports"), "--no-cache", *chosen]
    done = subprocess.run(run, cwd=house, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode, done.stdout + done.stderr


# --------------------------------------------------------------------------------------------------- where things are


def test_every_behaviour_is_where_the_readme_says_it_is() -> None:
    rows = where_is()
    assert len(rows) >= 20
    assert [row for row in rows if row[2] not in defined(ROOT / row[1])] == []


def test_no_behaviour_is_listed_twice() -> None:
    behaviours = [behaviour for behaviour, _, _ in where_is()]
    assert len(behaviours) == len(set(behaviours))


def where_is() -> list[tuple[str, str, str]]:
    """Behaviour, file and name, of every row of the table."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, found, after = readme.partition("\n## Where is…?\n")
    assert found, "README.md has no part called Where is…?"
    rows = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("|")][2:]
    return [row_of(line) for line in rows]


def row_of(line: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"\| (.+) \| `([\w/]+\.py):(\w+)` \|", line)
    assert found, f"a row of README.md is not | behaviour | `file.py:name` |: {line}"
    return found[1], found[2], found[3]


def defined(file: Path) -> set[str]:
    """The names that stand at the top of a file; of what it imports, those that it hands on."""
    names: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body if file.is_file() else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names if alias.name == alias.asname}
    return names


def test_every_file_opens_with_a_line_of_purpose() -> None:
    assert [str(file) for file in files() if file.suffix == ".py" and not purpose(file)] == []


def purpose(file: Path) -> bool:
    """A test says what it is about in its names, and so does a folder of tests."""
    if file.parts[0] == "tests" and (file.name.startswith("test_") or file.name == "__init__.py"):
        return True
    said = ast.get_docstring(ast.parse((ROOT / file).read_text(encoding="utf-8")))
    return bool(said) and len(str(said).splitlines()[0]) > 10


# ------------------------------------------------------------------------------------------------ what stays outside

# In pieces, so that this file does not hold what it looks for.
_HOSTS = ("pypi" + ".org", "python" + "hosted", "npm" + "js", "crates" + ".io", "docker" + ".io", "artifact" + "ory")
_PATHS = ("/" + "work/", "/" + "root/", "/" + "home/", "/" + "Users/", "C:" + r"\\Users")
OUTSIDE = re.compile("|".join([*map(re.escape, _HOSTS), *(rf"(?<![\w.]){path}\w" for path in _PATHS)]))


def test_no_registry_and_no_path_of_a_machine_is_written_down() -> None:
    assert [f"{file}: {line}" for file in files() for line in lines(file) if OUTSIDE.search(line)] == []


def test_what_stays_outside_would_be_found() -> None:
    for line in (
        f"https://{_HOSTS[0]}/simple",
        f"cd {_PATHS[0]}main",
        f"see {_PATHS[2]}somebody/x",
        f'"{_PATHS[1]}.venv"',
    ):
        assert OUTSIDE.search(line.replace(".venv", "venv")), line
    assert not OUTSIDE.search("docs/work/, and at home/ too")


def lines(file: Path) -> Sequence[str]:
    try:
        return (ROOT / file).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:  # a picture
        return ()


def files() -> Iterator[Path]:
    """What is in the repository, or would be with the next commit; in a tree without one, all but what tools keep."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - git's own place
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.split("\0")  # fmt: skip
        yield from (Path(name) for name in listed if name and (ROOT / name).is_file())
    else:
        found = (file.relative_to(ROOT) for file in ROOT.rglob("*") if file.is_file())
        yield from (file for file in found if not any(part.startswith((".", "__")) for part in file.parts[:-1]))


# --------------------------------------------------------------------------------------------- documents that must hold


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    documented = re.findall(rf"^\| `({PREFIX}[A-Z_]+)` \|", text, re.MULTILINE)
    assert sorted(documented) == sorted(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)


def test_the_catalogues_template_holds_every_sentence(tmp_path: Path) -> None:
    [[tool, *arguments]] = dev.STEPS["catalogue"]
    [kept] = [ROOT / each.removeprefix("--output-file=") for each in arguments if each.startswith("--output-file=")]
    fresh = tmp_path / "fresh.pot"
    run = [str(TOOLS / tool), *arguments, f"--output-file={fresh}"]
    subprocess.run(run, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    assert kept.read_text(encoding="utf-8") == fresh.read_text(encoding="utf-8"), "refresh it: python3 dev.py catalogue"
    known = {sentence for message in template(kept) for sentence in message}
    said = {call: each for package in PACKAGES for call, each in translated(ROOT / package)}
    assert len(said) > 200
    assert [call for call, sentence in said.items() if sentence not in known] == []  # None: what is put together there


def template(file: Path) -> Iterator[list[str]]:
    """The sentences of each entry: its one, or its singular and plural."""
    with file.open("rb") as opened:
        for message in read_po(opened):
            yield [message.id] if isinstance(message.id, str) else list(message.id)


def translated(package: Path) -> Iterator[tuple[str, str | None]]:
    """Every sentence that is asked of a catalogue, however the asking is spelt, and where; None for no plain string."""
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                for sentence in node.args[: {"_": 1, "gettext": 1, "ngettext": 2}.get(name, 0)]:
                    where = f"{file.relative_to(ROOT)}:{sentence.lineno}:{sentence.col_offset}"
                    literal = sentence.value if isinstance(sentence, ast.Constant) else None
                    yield where, literal if isinstance(literal, str) else None
