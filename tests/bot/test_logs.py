"""What a process writes, seen from outside: each example runs in one of its own, set up as `checkback serve` is."""

import json
import subprocess
import sys
from textwrap import dedent
from typing import Any

CANARY = "canary-7d1f"
BEFORE = """
import asyncio, gc, logging, structlog
from bot import logs
CANARY = "canary-7d1f"
logs.configure()
log, library = structlog.get_logger(), logging.getLogger("a.library")
def fail():
    raise ValueError(CANARY)
"""


def logged(code: str) -> list[dict[str, Any]]:
    """The lines that this writes to standard error; nothing that it was given may be in them."""
    script = BEFORE + dedent(code)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == ""
    assert CANARY not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_an_event_is_one_line_of_json_and_only_known_fields_leave_the_process() -> None:
    one, two = logged("""
        log.warning("not saved", platform="slack")
        log.info("posted", words=CANARY, name=CANARY, number=7)
    """)
    assert (one["event"], one["level"], one["platform"]) == ("not saved", "warning", "slack")
    assert one["timestamp"].endswith("Z")
    assert set(two) == {"event", "level", "timestamp", "number"}


def test_an_exception_is_its_type_and_where_it_was_raised_never_its_message() -> None:
    one, two = logged("""
        try:
            fail()
        except ValueError as raised:
            log.exception("request failed", number="1a")
            kept = raised
        log.error("beat failed", exc_info=kept)
    """)
    assert one["exception"][0] == two["exception"][0] == "ValueError"
    assert one["exception"][-1].startswith("fail:")


def test_what_a_library_logs_passes_the_same_steps() -> None:
    one, two, three, four = logged("""
        library.info("chatter %s", CANARY)
        library.warning("could not parse %s", CANARY)
        library.warning("could not parse\\n%s", CANARY)
        try:
            fail()
        except ValueError as raised:
            library.exception("it failed", extra={"body": CANARY})
            kept = (type(raised), raised, raised.__traceback__)
        library.error("it had failed", exc_info=kept)
    """)
    assert [line["event"] for line in (one, two, three, four)] == [
        "could not parse %s",
        "could not parse",
        "it failed",
        "it had failed",
    ]
    assert three["exception"][0] == four["exception"][0] == "ValueError"


def test_a_task_that_nobody_awaits_does_not_tell_what_was_typed() -> None:
    (line,) = logged("""
        async def forgotten():
            fail()
        async def main():
            task = asyncio.create_task(forgotten())
            await asyncio.sleep(0.01)
            del task
            gc.collect()
        asyncio.run(main())
    """)
    assert (line["event"], line["exception"][0]) == ("Task exception was never retrieved", "ValueError")
