"""How the bot acknowledged what reached it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.peers.slackd.state import Json

Kind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True)
class Ack:
    """200 and what it said; over a socket an acknowledgement is 200. No answer in time is status 0."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: Literal["", "http_timeout", "connection_failed", "http_error"] = ""

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Json:
        """What it says, empty where that is no object."""
        try:
            said = json.loads(self.body or "{}")
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}
