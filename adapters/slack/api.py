"""Calls Slack: one shared session, nothing sent twice of its own accord, and each failure as the bot knows it."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.tiers import METHODS, RATES, Bucket
from bot.errors import DeliveryFailed, InDoubt, Rejected, TryLater, Unreachable

PATIENCE = 10.0  # seconds that an answer may take
LANES = 64  # connections at a time
PAUSE = timedelta(seconds=10)  # where Slack asks to be spared, and does not say for how long
AWAY = timedelta(seconds=30)  # where it cannot be reached at all
BROKEN = timedelta(minutes=5)  # where the installation itself has to be mended; nothing is lost meanwhile
LONGEST = timedelta(minutes=15)

Answer = dict[str, Any]

# What Slack says where a place or person cannot be written to, where our token is no good, and where it failed itself.
NOWHERE = {
    "account_inactive_user", "cannot_dm_bot", "channel_not_found", "is_archived", "is_inactive",
    "messages_tab_disabled", "not_in_channel", "restricted_action", "user_disabled", "user_not_found",
    "user_not_in_channel", "user_not_visible", "users_not_found",
}  # fmt: skip
UNINSTALLED = {
    "access_denied", "account_inactive", "ekm_access_denied", "enterprise_is_restricted", "invalid_auth",
    "missing_scope", "no_permission", "not_allowed_token_type", "not_authed", "org_login_required",
    "team_access_not_granted", "token_expired", "token_revoked", "two_factor_setup_required",
}  # fmt: skip
FAILED = {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}


def session(patience: float = PATIENCE) -> ClientSession:
    """One for everything that is sent to Slack: a connection is used again and again."""
    return ClientSession(
        timeout=ClientTimeout(total=patience), connector=TCPConnector(limit=LANES), cookie_jar=DummyCookieJar()
    )


class Api:
    """Slack's methods with one token."""

    def __init__(self, session: ClientSession, url: str, token: str, rates: Mapping[str, int] = RATES) -> None:
        self.session = session
        self.url = url
        self.client = AsyncWebClient(token=token, base_url=url, session=session, retry_handlers=[])
        self._buckets = {name: Bucket(rate) for name, rate in rates.items()}

    async def call(self, method: str, **arguments: Any) -> Answer:  # noqa: ANN401 - whatever the method takes
        """Its answer. Raises Unreachable, TryLater, Rejected, InDoubt."""
        bucket = self._buckets.get(method)
        wait = bucket.take() if bucket else None
        if wait:
            raise TryLater(wait)
        try:
            return await self._call(method, arguments)
        except TryLater as later:
            if bucket:
                bucket.shut(later.after)
            raise

    async def _call(self, method: str, arguments: Answer) -> Answer:
        reads = METHODS[method].reads
        given: Answer = {"http_verb": "GET", "params": arguments} if reads else {"json": arguments}
        try:
            answer = await self.client.api_call(method, **given)
        except SlackApiError as error:
            raise judged(error) from None
        except ClientConnectorError as away:  # nothing was sent
            raise _away(away) from None
        except (ClientError, TimeoutError, ValueError) as lost:
            raise InDoubt(type(lost).__name__) from None
        found: Answer = answer.data if isinstance(answer.data, dict) else {}
        return found

    async def respond(self, url: str, body: Answer) -> None:
        """Say something through the address that an interaction brought along. Raises as `call` does."""
        try:
            async with self.session.post(url, json=body, proxy=self.client.proxy, allow_redirects=False) as answer:
                if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                    raise TryLater(_wait(answer.headers.get("Retry-After", "")))
                if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise InDoubt(f"HTTP {answer.status}")
                if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
                    raise Rejected(f"HTTP {answer.status}")
        except ClientConnectorError as away:
            raise _away(away) from None
        except (ClientError, TimeoutError) as lost:  # by its name alone: the address is a secret
            raise InDoubt(type(lost).__name__) from None


def judged(error: SlackApiError) -> DeliveryFailed:
    """What Slack's answer means for a message: it is lost, late, refused, or nobody knows."""
    answer = error.response
    status: int = getattr(answer, "status_code", 0) or getattr(answer, "status", 0)
    data = getattr(answer, "data", None)
    reason = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == HTTPStatus.TOO_MANY_REQUESTS or reason in {"ratelimited", "rate_limited"}:
        return TryLater(_wait(answer.headers.get("Retry-After", "")))
    if not reason or status >= HTTPStatus.INTERNAL_SERVER_ERROR or reason in FAILED:
        return InDoubt(reason or f"HTTP {status}")
    if reason in UNINSTALLED:
        return TryLater(BROKEN)
    return Unreachable(reason) if reason in NOWHERE else Rejected(reason)


def _away(_error: ClientConnectorError) -> DeliveryFailed:
    return TryLater(AWAY)


def _wait(retry_after: str) -> timedelta:
    return min(timedelta(seconds=int(retry_after)), LONGEST) if retry_after.isdecimal() else PAUSE
