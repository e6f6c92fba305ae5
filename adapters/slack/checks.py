"""Looks over the installation in Slack before it is relied on: what is wrong, and what to do about it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import Answer, Api
from adapters.slack.identity import User, members, read
from adapters.slack.manifest import BOT_SCOPES
from bot.errors import DeliveryFailed, Misconfigured
from bot.model import Address

APART = timedelta(seconds=60)  # Slack's clock and ours; with five minutes between them nothing is taken any more
BOT = "@Checkback"
ANEW = "Copy it anew from the app's page at Slack"

Check = Callable[[], Awaitable[str]]


class Doctor:
    """Each check answers with what it saw, or raises Misconfigured with a remedy."""

    def __init__(self, api: Api, app_token: str, signing: str) -> None:
        self._api = api
        self._app_token = app_token
        self._signing = signing

    def checks(self) -> Mapping[str, Check]:
        return {
            "slack": self.token,
            "slack scopes": self.scopes,
            "slack clock": self.clock,
            "slack line": self.line,
        }

    async def token(self) -> str:
        said = await self._asked("auth.test", self._api.client, "CHECKBACK_SLACK_BOT_TOKEN")
        return f"we are {said.get('user', '')} in {said.get('team', '')}"

    async def scopes(self) -> str:
        said = await self._asked("auth.test", self._api.client, "CHECKBACK_SLACK_BOT_TOKEN")
        given = {each.strip() for each in str(said["scopes"]).split(",") if each.strip()}
        if not given:
            return "Slack does not say which are granted"
        missing = [each for each in BOT_SCOPES if each not in given]
        if missing:
            raise Misconfigured(
                f"The app lacks {', '.join(missing)}. Paste what `checkback manifest slack` prints as its manifest, "
                "and install it again."
            )
        return "all are granted"

    async def clock(self) -> str:
        said = await self._asked("auth.test", self._api.client, "CHECKBACK_SLACK_BOT_TOKEN")
        try:
            there = parsedate_to_datetime(str(said["date"]))
        except ValueError:
            return "Slack does not say what time it is"
        apart = abs(datetime.now(UTC) - there)
        if apart > APART:
            raise Misconfigured(
                f"This machine's clock is {apart.total_seconds():.0f} s away from Slack's. Let it keep network time: "
                "what is five minutes old is refused."
            )
        return "right to the minute"

    async def line(self) -> str:
        """How Slack speaks to us."""
        if self._app_token:
            own = AsyncWebClient(token=self._app_token, base_url=self._api.url, session=self._api.session)
            await self._asked("apps.connections.open", own, "CHECKBACK_SLACK_APP_TOKEN")
            return "Socket Mode: we call Slack, and need no address of our own"
        if not self._signing:
            raise Misconfigured(
                "Slack cannot speak to us. Set CHECKBACK_SLACK_APP_TOKEN for Socket Mode, "
                "or CHECKBACK_SLACK_SIGNING_SECRET for HTTP."
            )
        return "HTTP: Slack posts to CHECKBACK_PUBLIC_URL, which it must be able to reach"

    async def _asked(self, method: str, client: AsyncWebClient, setting: str) -> Answer:
        try:
            answer = await client.api_call(method)
        except SlackApiError as refused:
            reason = refused.response.get("error") if hasattr(refused.response, "get") else ""
            raise Misconfigured(f"Slack refuses {setting} ({reason or 'no answer'}). {ANEW}.") from None
        except (ClientError, OSError, TimeoutError) as away:
            raise Misconfigured(
                f"Slack cannot be reached ({type(away).__name__}). Let this machine call {self._api.url} on port 443."
            ) from None
        data = answer.data if isinstance(answer.data, dict) else {}
        headers = answer.headers
        return {**data, "scopes": headers.get("x-oauth-scopes", ""), "date": headers.get("Date", "")}


class Reach:
    """Whether messages would arrive. Everybody in the workspace is fetched once: to ask for each would take hours."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._people: dict[str, User] | None = None

    async def why_not(self, place: Address) -> str | None:
        """What keeps a message from arriving there, and what to do about it; None where nothing does."""
        if place.kind == "channel":
            return await self._channel(place.id)
        user = (await self._everybody()).get(place.id)
        if user is None:
            return "nobody in Slack has this verified e-mail or member id: mend the roster"
        return None if user.active else "their Slack account is deactivated: take them off the roster"

    async def _channel(self, channel: str) -> str | None:
        try:
            found = (await self._api.call("conversations.info", channel=channel))["channel"]
        except DeliveryFailed as wrong:
            return f"Slack knows no such channel ({wrong}): write its id (C…) into the roster, and invite {BOT} to it"
        if found.get("is_archived"):
            return "it is archived: choose another one"
        return None if found.get("is_member") else f"type /invite {BOT} there"

    async def _everybody(self) -> Mapping[str, User]:
        """By member id and by verified e-mail. Raises Misconfigured where Slack does not say."""
        if self._people is None:
            try:
                team = (await self._api.call("auth.test"))["team_id"]
                found = [read(each, team) async for each in members(self._api)]
            except DeliveryFailed as wrong:
                raise Misconfigured(f"Slack does not say who is there ({wrong}). Run: checkback doctor") from None
            self._people = {key: user for user in found for key in (user.id, user.email) if key}
        return self._people
