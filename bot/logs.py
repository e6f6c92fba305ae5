"""Logging: one JSON line an event on standard error, ids and fixed words only. Redaction is a step, not a habit."""

import io
import logging
import sys
import traceback
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger
from typing_extensions import override

KNOWN = {
    "event", "level", "timestamp", "exception", "number", "platform", "notice", "state", "reason", "why", "entry",
    "seconds", "error", "port", "signal", "lane",
}  # fmt: skip


def configure(level: int = logging.INFO) -> None:
    """For the process; what a library logs through the standard module passes the same steps."""
    steps: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        where_only,
        known_only,
    ]
    structlog.configure(
        processors=[*steps, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Willing())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(), foreign_pre_chain=[template_only, *steps]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _Willing(io.TextIOBase):
    """Standard error as it is now; where it cannot be written, as on a full disk, a line is lost and nothing else."""

    @override
    def write(self, text: str) -> int:
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    @override
    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


def template_only(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What a library says, without what it puts into it: the first line of its message, before the values."""
    event["event"] = str(event["_record"].msg).partition("\n")[0]
    return event


def where_only(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its type and where it was raised: its message may quote what a person typed."""
    raised = event.pop("exc_info", None)
    if raised:
        given = raised[1] if isinstance(raised, tuple) else raised
        error = given if isinstance(given, BaseException) else sys.exc_info()[1]
        if error:
            frames = traceback.extract_tb(error.__traceback__)
            event["exception"] = [type(error).__qualname__, *(f"{f.name}:{f.lineno}" for f in frames)]
    return event


def known_only(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Whatever is not on the list of known fields does not leave the process."""
    return {key: value for key, value in event.items() if key in KNOWN or key.startswith("_")}
