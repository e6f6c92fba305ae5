"""What the bot says: posts, edits, what one person alone sees; every payload is looked at before it is taken."""

from collections.abc import Mapping
from dataclasses import replace

from tests.peers.slackd import rooms
from tests.peers.slackd.blockkit import Problem, check_message
from tests.peers.slackd.ids import identified
from tests.peers.slackd.state import BOT, SLACKBOT, ApiError, Conversation, Json, Message, State

_CODES = (  # the first whose place and problem fit
    ("/blocks", "too_long", "msg_blocks_too_long"),
    ("/blocks", "", "invalid_blocks"),
    ("/metadata", "", "invalid_metadata_format"),
    ("/text", "too_long", "msg_too_long"),
    ("/text", "", "no_text"),
)


def looked_at(state: State, found: list[Problem], code: str = "") -> None:
    """Take it as it is, or say what is wrong with it, in Slack's own way."""
    if not found:
        return
    state.complaints.extend(found)
    told = [f"{each.message} [json-pointer:{each.pointer}]" for each in found]
    raise ApiError(
        code or _code(found[0]), errors=told, response_metadata={"messages": [f"[ERROR] {each}" for each in told]}
    )


def _code(first: Problem) -> str:
    if first.code == "missing" and not first.pointer:
        return "no_text" if first.constraint == "text" else "invalid_arguments"
    codes = [code for place, kind, code in _CODES if first.pointer.startswith(place) and kind in {"", first.code}]
    return codes[0] if codes else "invalid_arguments"


def _place(state: State, named: str) -> Conversation:
    """Where a post goes: a conversation the bot is in, or somebody by their own id."""
    user = state.users.get(named)
    if user and user.deleted:
        raise ApiError("channel_not_found")
    if user and user.id in {BOT, SLACKBOT}:
        raise ApiError("cannot_dm_bot")
    found = rooms.direct(state, named) if user else rooms.room(state, named)
    if BOT not in found.members:
        raise ApiError("not_in_channel")
    if found.archived:
        raise ApiError("is_archived")
    if found.kind == "im" and not state.app.messages_tab:
        raise ApiError("messages_tab_disabled")
    return found


def post(state: State, given: Json) -> Json:
    looked_at(state, check_message(given, "chat.postMessage"))
    place = _place(state, given["channel"])
    if given.get("thread_ts") and not _threads(state, place.id, given["thread_ts"]):
        raise ApiError("cannot_reply_to_message")
    new = rooms.put(state, _message(state, place.id, given, metadata=given.get("metadata")))
    tell(state, place, rooms.as_json(new))
    return {"channel": place.id, "ts": new.ts, "message": rooms.as_json(new)}


def _threads(state: State, channel: str, ts: str) -> bool:
    return any(each.ts == ts for each in rooms.held(state, channel))


def _message(
    state: State, channel: str, given: Json, *, metadata: Mapping[str, object] | None = None, to: str = ""
) -> Message:
    return Message(
        channel=channel,
        ts=state.ts(),
        user=BOT,
        text=given["text"],
        blocks=tuple(identified(state, given.get("blocks", []))),
        thread_ts=given.get("thread_ts", ""),
        metadata=metadata,
        ephemeral_to=to,
    )


def tell(state: State, place: Conversation, said: Json) -> None:
    """The app hears of what is said where it is, by itself too."""
    if BOT in place.members:
        kind = {"channels": "channel", "groups": "group", "im": "im"}[place.kind]
        event = {**said, "channel": place.id, "channel_type": kind, "event_ts": said["ts"]}
        state.happened.append((f"message.{place.kind}", event))


def update(state: State, given: Json) -> Json:
    looked_at(state, check_message(given, "chat.update"))
    place = rooms.room(state, given["channel"])
    old = rooms.message(state, place.id, given["ts"])
    if old.ephemeral_to:
        raise ApiError("message_not_found")
    if old.user != BOT:
        raise ApiError("cant_update_message")
    new = rooms.put(state, changed(state, old, given))
    tell(
        state,
        place,
        _subtype(state, "message_changed", message=rooms.as_json(new), previous_message=rooms.as_json(old)),
    )
    return {"channel": place.id, "ts": new.ts, "text": new.text, "message": rooms.as_json(new)}


def changed(state: State, old: Message, given: Json) -> Message:
    return replace(
        old,
        text=given["text"],
        blocks=tuple(identified(state, given.get("blocks", []))),
        metadata=given.get("metadata", old.metadata),
        edited=True,
    )


def _subtype(state: State, kind: str, **more: object) -> Json:
    return {"type": "message", "subtype": kind, "hidden": True, "ts": state.ts(), **more}


def delete(state: State, given: Json) -> Json:
    place = rooms.room(state, given["channel"])
    old = rooms.message(state, place.id, given["ts"])
    if old.ephemeral_to:
        raise ApiError("message_not_found")
    if old.user != BOT:
        raise ApiError("cant_delete_message")
    rooms.gone(state, old)
    tell(state, place, _subtype(state, "message_deleted", deleted_ts=old.ts, previous_message=rooms.as_json(old)))
    return {"channel": place.id, "ts": old.ts}


def ephemeral(state: State, given: Json) -> Json:
    looked_at(state, check_message(given, "chat.postEphemeral"))
    place = _place(state, given["channel"])
    if given["user"] not in place.members:
        raise ApiError("user_not_in_channel")
    return {"message_ts": whisper(state, place.id, given["user"], given).ts}


def whisper(state: State, channel: str, user: str, given: Json) -> Message:
    """What one person alone sees there."""
    return rooms.put(state, _message(state, channel, given, to=user))


def aloud(state: State, channel: str, given: Json) -> Message:
    """What everybody sees, also where the bot is no member: the answer to a command, or to a press."""
    new = rooms.put(state, _message(state, channel, given))
    tell(state, state.conversations[channel], rooms.as_json(new))
    return new


def permalink(state: State, given: Json) -> Json:
    place = rooms.room(state, given["channel"])
    found = rooms.message(state, place.id, given["message_ts"])
    link = f"https://hospital.slack.example/archives/{place.id}/p{found.ts.replace('.', '')}"
    return {"channel": place.id, "permalink": link}


def react(state: State, given: Json) -> Json:
    rooms.message(state, rooms.room(state, given["channel"]).id, given["timestamp"])
    return {}
