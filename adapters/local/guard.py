"""What every request to the workspace passes: it is asked for under a name of this machine, and sent by its own pages.

That keeps other sites in this machine's browser out, whatever name they made resolve to it. It does not keep other
machines out: whoever reaches the port can write any name. For that it is served on loopback only; see `bot.app`.
"""

import base64
import hmac
import secrets
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.actions import Signer

BODY = 128 * 1024  # two fields of 12,000 characters of four bytes each, and their frame
COOKIE = "checkback"
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OUT_OF_DATE = "This page is out of date. Please load it again."
TOO_LONG = "This is too long to be taken in one go. Nothing was sent; please shorten it."


class Guard:
    def __init__(self, app: ASGIApp, signer: Signer) -> None:
        self._app = app
        self._signer = signer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        send = _with_headers(send)
        refusal = self._refusal(Request(scope))
        if refusal:
            await refusal(scope, receive, send)
        else:
            await self._app(scope, _capped(receive), send)

    def _refusal(self, request: Request) -> Response | None:
        if not _is_loopback(request.headers):
            return PlainTextResponse("This page is served under localhost only.", HTTPStatus.MISDIRECTED_REQUEST)
        if request.method in {"GET", "HEAD"}:
            return None
        if not _is_own_page(request):
            return PlainTextResponse("Only this workspace's own pages may send.", HTTPStatus.FORBIDDEN)
        if not self._knows(request):
            return PlainTextResponse(OUT_OF_DATE, HTTPStatus.FORBIDDEN)
        return None

    def _knows(self, request: Request) -> bool:
        session = request.cookies.get(COOKIE, "")
        given = request.headers.get("x-csrf-token", "")
        return bool(session) and hmac.compare_digest(given.encode(), csrf(session, self._signer).encode())


def session_of(request: Request) -> str:
    """The browser's session, or a new one; it holds nothing, it only ties the CSRF token to this browser."""
    return request.cookies.get(COOKIE) or secrets.token_urlsafe(32)


def csrf(session: str, signer: Signer) -> str:
    return base64.urlsafe_b64encode(signer.sign(b"workspace csrf\0" + session.encode())).decode()


def _is_loopback(headers: Headers) -> bool:
    host = headers.get("host", "").lower()
    name, _, port = host.rpartition(":")
    return host in LOOPBACK or (name in LOOPBACK and port.isdigit())


def _is_own_page(request: Request) -> bool:
    own = f"{request.url.scheme}://{request.headers['host']}"
    return request.headers.get("origin", own) == own and request.headers.get("sec-fetch-site") in {None, "same-origin"}


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return wrapped


def _capped(receive: Receive) -> Receive:
    taken = 0

    async def wrapped() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LONG)
        return message

    return wrapped
