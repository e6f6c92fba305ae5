"""What reaches the bot: signed requests to its listener, or envelopes on a socket; and how it acknowledged them."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.peers.slackd.ack import Ack, Kind
from tests.peers.slackd.socketmode import SocketMode
from tests.peers.slackd.state import Json


@dataclass(frozen=True)
class Delivery:
    """One request as it was sent; `body` and `headers` are empty where it went over a socket."""

    kind: Kind
    payload: Mapping[str, Any]
    body: bytes
    headers: Mapping[str, str]
    ack: Ack


@dataclass
class Post:
    """The way to the bot: over HTTP where it has a listener, else over its socket."""

    secret: str
    socket: SocketMode
    patience: float
    listener: str | None = None
    sent: list[Delivery] = field(default_factory=list)
    session: ClientSession | None = None

    def sign(self, body: bytes, at: float | None = None) -> dict[str, str]:
        stamp = str(int(time.time() if at is None else at))
        digest = hmac.new(self.secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    async def send(self, kind: Kind, payload: Json, retry: int = 0, reason: str = "") -> Ack:
        """The n-th repeat says so, and why."""
        if self.listener is None:
            ack = await self.socket.send(kind, payload, self.patience, retry, reason)
            body, headers = b"", dict[str, str]()
        else:
            body, headers = self._request(kind, payload)
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
            ack = await self.raw(body, headers)
        self.sent.append(Delivery(kind, payload, body, headers, ack))
        return ack

    async def again(self, delivery: Delivery) -> Ack:
        """The same once more: the same bytes under the same signature, or the same payload in a new envelope."""
        if delivery.body:
            return await self.raw(delivery.body, delivery.headers)
        return await self.socket.send(delivery.kind, dict(delivery.payload), self.patience)

    def _request(self, kind: Kind, payload: Json) -> tuple[bytes, dict[str, str]]:
        match kind:
            case "slash_commands":
                body, form = urlencode(payload).encode(), "application/x-www-form-urlencoded"
            case "interactive":
                body, form = urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"
            case "events_api":
                body, form = json.dumps(payload).encode(), "application/json"
        agent = {"Content-Type": form, "User-Agent": "Slackbot 1.0", "Accept": "*/*"}
        return body, {**agent, **self.sign(body)}

    async def raw(self, body: bytes, headers: Mapping[str, str]) -> Ack:
        """Any request at all."""
        assert self.session, "not open"
        assert self.listener, "no listener over HTTP"
        timeout = ClientTimeout(total=self.patience)
        try:
            async with self.session.post(self.listener, data=body, headers=headers, timeout=timeout) as answer:
                text = (await answer.read()).decode(errors="replace")
                lost: Literal["", "http_error"] = "" if 200 <= answer.status < 300 else "http_error"
                return Ack(answer.status, text, dict(answer.headers), lost)
        except TimeoutError:
            return Ack(0, lost="http_timeout")
        except ClientError:
            return Ack(0, lost="connection_failed")
