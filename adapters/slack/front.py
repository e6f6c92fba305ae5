"""The door for what Slack sends over HTTP: nothing is parsed before its size and its signature are right."""

import hmac
import re
import time
from collections.abc import Callable
from http import HTTPStatus

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from starlette.requests import Request
from starlette.responses import Response

BODY = 1024 * 1024
STALE = 300  # seconds
_SECONDS = re.compile(r"[0-9]{1,12}")
UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)  # what Bolt makes of a body that it cannot read


class Front:
    """Takes a request of Slack's and hands it to Bolt; every other one is turned away without a word."""

    def __init__(self, app: AsyncApp, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._app = app
        self._secret = secret.encode()
        self._clock = clock

    async def take(self, request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers={"Connection": "close"})
        if not self._signed(request, body):
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        try:
            asked = AsyncBoltRequest(body=body.decode("utf-8", "replace"), headers=dict(request.headers))
        except UNREADABLE:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        answer = await self._app.async_dispatch(asked)
        return Response(answer.body, answer.status, dict(answer.first_headers()))

    def _signed(self, request: Request, body: bytes) -> bool:
        at = request.headers.get("x-slack-request-timestamp", "")
        given = request.headers.get("x-slack-signature", "").encode()
        if not _SECONDS.fullmatch(at) or abs(self._clock() - int(at)) > STALE:
            return False
        wanted = hmac.new(self._secret, b"v0:" + at.encode() + b":" + body, "sha256").hexdigest()
        return hmac.compare_digest(given, f"v0={wanted}".encode())


async def _read(request: Request) -> bytes | None:
    """All of it; None where there is too much."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > BODY:
            return None
    return bytes(found)
