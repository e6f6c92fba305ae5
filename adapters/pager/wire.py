"""What goes over the wire: the body that a pager shows, and its signature by the Standard Webhooks scheme."""

import base64
import hmac
import json
import re
from collections.abc import Iterable
from datetime import datetime

from bot.cards import Buttons, Card, Facts, Part, strings

TYPE = "issue.patient_at_risk"
_REFERENCE = re.compile(r"\b[A-Z]{2,6}-\d{1,9}\b")


def body(card: Card, now: datetime) -> bytes:
    """The card as JSON; without its buttons, as nothing can be pressed on a pager."""
    reference = _REFERENCE.search(card.title)
    data = {
        "reference": reference and reference[0],
        "title": card.title,
        "lines": [line for part in card.parts for line in _lines(part)],
    }
    said = {"type": TYPE, "timestamp": now.isoformat(timespec="seconds"), "data": data}
    return json.dumps(said, separators=(",", ":")).encode()


def identity(secret: bytes, key: str) -> str:
    """The same for every try of a message. Keyed, as the key of a message may tell what it is about."""
    return f"msg_{hmac.new(secret, b'identity ' + key.encode(), 'sha256').hexdigest()}"


def headers(secret: bytes, identity: str, now: datetime, content: bytes) -> dict[str, str]:
    """What proves to the receiver that the content is ours and of now."""
    timestamp = str(int(now.timestamp()))
    signature = hmac.digest(secret, f"{identity}.{timestamp}.".encode() + content, "sha256")
    return {
        "Content-Type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _lines(part: Part) -> Iterable[str]:
    match part:
        case Buttons():
            return ()
        case Facts(pairs=pairs):
            return (f"{label}: {value}" for label, value in pairs)
        case _:
            return strings(part)
