"""Checkback: the bot itself. It knows no platform and no database driver; `app.py` is where to start reading."""

from importlib.util import find_spec
from pathlib import Path

__version__ = "0.1.0"

_HOME = Path(__file__).resolve().parent.parent
for _sibling in ("adapters", "storage", "surveys"):
    _found = find_spec(_sibling)
    if _found is None or _found.origin is None or Path(_found.origin).resolve().parent.parent != _HOME:
        # Two packages on the public registry claim the names `adapters` and `storage`.
        message = (
            f"The package '{_sibling}' that Python finds is not Checkback's. "
            "Install Checkback into an environment of its own: make demo, or python3 dev.py demo."
        )
        raise ImportError(message)
