"""Every method of the Web API that is there: its arguments, the scopes of which it needs one, its tier, its token."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from tests.peers.slackd import chat, files, people, rooms, views
from tests.peers.slackd.blockkit import check_message
from tests.peers.slackd.grants import Grants
from tests.peers.slackd.state import BOT, BOT_ID, TEAM, ApiError, Json, State

Kind = Literal["text", "flag", "number", "json"]


@dataclass(frozen=True)
class Method:
    run: Callable[[State, Json], Json]
    tier: int = 0
    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    token: Literal["bot", "app", "any", "none"] = "bot"

    def read(self, given: Mapping[str, object]) -> Json:
        """The arguments as what they are, whichever way they came."""
        kinds = {**self.required, **self.optional, **_TEAM}
        if unknown := sorted(set(given) - set(kinds)):
            raise ApiError("invalid_arg_name", response_metadata={"messages": [f"[ERROR] unknown: {unknown}"]})
        if missing := sorted(set(self.required) - set(given)):
            raise ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing: {missing}"]})
        if given.get("team_id", TEAM) != TEAM:
            raise ApiError("team_not_found")
        return {name: _as(kinds[name], name, value) for name, value in given.items() if name not in _TEAM}


_TEAM: Mapping[str, Kind] = {"team_id": "text"}  # a client that serves several workspaces adds it to every call


def _as(kind: Kind, name: str, value: object) -> object:
    wrong = ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {name} is no {kind}"]})
    match kind, value:
        case ("flag", bool()) | ("json", list() | dict()) | ("text", str()):
            return value
        case "flag", str() | int():
            flags = {"1": True, "true": True, "0": False, "false": False}
            if str(value).lower() not in flags:
                raise wrong
            return flags[str(value).lower()]
        case "number", int() | str():
            if isinstance(value, bool) or not str(value).isdecimal():
                raise wrong
            return int(value)
        case "json", str():
            try:
                return json.loads(value)
            except ValueError:
                raise wrong from None
        case _:
            raise wrong


def _auth(state: State, given: Json) -> Json:  # noqa: ARG001 - takes no argument
    return {
        "url": "https://hospital.slack.example/",
        "team": "Hospital",
        "user": state.app.name.lower(),
        "team_id": TEAM,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def _validate(state: State, given: Json) -> Json:  # noqa: ARG001 - looks at nothing but what it is given
    found = check_message({"text": "-", "blocks": given["blocks"]})
    if found:
        raise ApiError("invalid_blocks", errors=[asdict(each) for each in found])
    return {}


_CURSOR: Mapping[str, Kind] = {"cursor": "text", "limit": "number"}
_TIMES: Mapping[str, Kind] = {"oldest": "text", "latest": "text", "inclusive": "flag", "include_all_metadata": "flag"}
_WORDS: Mapping[str, Kind] = {"blocks": "json", "thread_ts": "text", "mrkdwn": "flag", "text": "text"}
_CHAT = ("chat:write",)
_CHANNEL: Mapping[str, Kind] = {"channel": "text"}
_OPENS: Mapping[str, Kind] = {"trigger_id": "text", "interactivity_pointer": "text"}


def table(grants: Grants) -> dict[str, Method]:
    return {
        "auth.test": Method(_auth, token="any"),
        "blocks.validate": Method(_validate, 0, {"blocks": "json"}, token="none"),
        "chat.postMessage": Method(
            chat.post,
            0,
            _CHANNEL,
            {
                **_WORDS,
                "metadata": "json",
                "unfurl_links": "flag",
                "unfurl_media": "flag",
                "reply_broadcast": "flag",
            },
            _CHAT,
        ),
        "chat.update": Method(
            chat.update, 3, {**_CHANNEL, "ts": "text"}, {"text": "text", "blocks": "json", "metadata": "json"}, _CHAT
        ),
        "chat.postEphemeral": Method(chat.ephemeral, 4, {**_CHANNEL, "user": "text"}, _WORDS, _CHAT),
        "chat.delete": Method(chat.delete, 3, {**_CHANNEL, "ts": "text"}, {}, _CHAT),
        "chat.getPermalink": Method(chat.permalink, 0, {**_CHANNEL, "message_ts": "text"}),
        "conversations.open": Method(
            rooms.opened, 3, {}, {**_CHANNEL, "users": "text", "return_im": "flag", "prevent_creation": "flag"}
        ),
        "conversations.list": Method(rooms.listing, 2, {}, {**_CURSOR, "types": "text", "exclude_archived": "flag"}),
        "conversations.info": Method(
            rooms.info, 3, _CHANNEL, {"include_locale": "flag", "include_num_members": "flag"}
        ),
        "conversations.members": Method(rooms.members, 4, _CHANNEL, _CURSOR),
        "conversations.history": Method(rooms.history, 3, _CHANNEL, {**_CURSOR, **_TIMES}),
        "conversations.replies": Method(rooms.replies, 3, {**_CHANNEL, "ts": "text"}, {**_CURSOR, **_TIMES}),
        "users.list": Method(people.listing, 2, {}, {**_CURSOR, "include_locale": "flag"}, ("users:read",)),
        "users.info": Method(people.info, 4, {"user": "text"}, {"include_locale": "flag"}, ("users:read",)),
        "users.lookupByEmail": Method(people.by_email, 3, {"email": "text"}),
        "views.open": Method(lambda state, given: views.open_view(state, grants, given), 4, {"view": "json"}, _OPENS),
        "views.push": Method(lambda state, given: views.push_view(state, grants, given), 4, {"view": "json"}, _OPENS),
        "views.update": Method(
            views.update_view, 4, {"view": "json"}, {"view_id": "text", "external_id": "text", "hash": "text"}
        ),
        "views.publish": Method(views.publish, 4, {"view": "json", "user_id": "text"}, {"hash": "text"}),
        "reactions.add": Method(
            chat.react, 3, {**_CHANNEL, "name": "text", "timestamp": "text"}, {}, ("reactions:write",)
        ),
        "files.info": Method(files.info, 4, {"file": "text"}, _CURSOR, ("files:read",)),
    }
