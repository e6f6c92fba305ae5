"""A lock beside the database file: one process at a time. The system lets go of it when its holder dies."""

import os
import sys
from pathlib import Path

from bot.errors import Misconfigured

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class LockFile:
    """Held from its making until `release`, or until the process ends, however that happens."""

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + ".lock")
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Misconfigured(
                f"{path} cannot be written ({error.strerror}). "
                "Make its folder writable, or set CHECKBACK_DATABASE_URL to another place."
            ) from None
        try:
            _lock(self._handle)
        except OSError:
            os.close(self._handle)
            raise Misconfigured(
                f"Another Checkback is running on {database}. "
                "Stop it first, or give this one its own CHECKBACK_DATABASE_URL."
            ) from None

    def release(self) -> None:
        os.close(self._handle)
