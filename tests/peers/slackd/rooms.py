"""Conversations: who is in which, their history, and the methods that tell of them."""

from dataclasses import replace

from tests.peers.slackd.app import App
from tests.peers.slackd.state import BOT, BOT_ID, TEAM, ApiError, Conversation, Json, Message, State

PAGE, MOST = 100, 999


def needs(state: State, *scopes: str) -> None:
    """One of these scopes, or nothing."""
    if not state.app.scopes & set(scopes):
        raise ApiError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(state.app.scopes)))


def direct(state: State, user: str) -> Conversation:
    """The conversation of the bot with somebody."""
    for conversation in state.conversations.values():
        if conversation.kind == "im" and user in conversation.members:
            return conversation
    made = Conversation(id=state.number("D"), name="", kind="im", members=[user, BOT])
    state.conversations[made.id] = made
    return made


def room(state: State, named: str) -> Conversation:
    """A conversation the bot may know of."""
    found = state.conversations.get(named)
    if found is None or (found.kind != "channels" and BOT not in found.members):
        raise ApiError("channel_not_found")
    return found


def read(state: State, named: str) -> Conversation:
    found = room(state, named)
    needs(state, f"{found.kind}:history")
    if BOT not in found.members:
        raise ApiError("not_in_channel")
    return found


def held(state: State, channel: str) -> list[Message]:
    """What everybody in it can see, oldest first."""
    return [each for each in state.messages.get(channel, []) if not each.deleted and not each.ephemeral_to]


def message(state: State, channel: str, ts: str) -> Message:
    for each in state.messages.get(channel, []):
        if each.ts == ts and not each.deleted:
            return each
    raise ApiError("message_not_found")


def put(state: State, new: Message) -> Message:
    """Keep it, in the place of the one with its timestamp where there is one."""
    there = state.messages.setdefault(new.channel, [])
    places = [place for place, each in enumerate(there) if each.ts == new.ts]
    if places:
        there[places[0]] = new
    else:
        there.append(new)
    state.changed()
    return new


def gone(state: State, old: Message) -> None:
    put(state, replace(old, deleted=True))


def as_json(each: Message, *, metadata: bool = True) -> Json:
    said: Json = {"type": "message", "user": each.user, "ts": each.ts, "team": TEAM, "text": each.text}
    if each.user == BOT:
        said |= {"bot_id": BOT_ID, "app_id": App.id, "bot_profile": {"id": BOT_ID, "name": "Checkback"}}
    if each.blocks:
        said["blocks"] = list(each.blocks)
    if each.thread_ts:
        said["thread_ts"] = each.thread_ts
    if each.edited:
        said["edited"] = {"user": each.user, "ts": each.ts}
    if each.files:
        said |= {"files": list(each.files), "upload": True}
    if metadata and each.metadata is not None:
        said["metadata"] = dict(each.metadata)
    return said


# --------------------------------------------------------------------------------------------------- methods


def page(found: list[Json], given: Json, named: str, most: int = MOST) -> Json:
    """A page of it, and where the next begins."""
    limit = given.get("limit", PAGE)
    start = _start(given.get("cursor", ""))
    if not 1 <= limit <= most:
        raise ApiError("invalid_limit")
    after = f"next:{start + limit}" if start + limit < len(found) else ""
    return {named: found[start : start + limit], "response_metadata": {"next_cursor": after}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    said, _, place = cursor.partition(":")
    if said != "next" or not place.isdecimal():
        raise ApiError("invalid_cursor")
    return int(place)


def history(state: State, given: Json) -> Json:
    there = held(state, read(state, given["channel"]).id)
    return _between(given, [each for each in reversed(there) if not each.thread_ts or each.thread_ts == each.ts])


def replies(state: State, given: Json) -> Json:
    there = held(state, read(state, given["channel"]).id)
    found = [each for each in there if given["ts"] in {each.ts, each.thread_ts}]
    if not found:
        raise ApiError("thread_not_found")
    return _between(given, found)


def _between(given: Json, found: list[Message]) -> Json:
    """Of those asked for by time, a page; whatever was sent with them only for those who ask."""
    low, high = given.get("oldest", "0"), given.get("latest", "9999999999")
    for name, ts in (("oldest", low), ("latest", high)):
        if not ts.replace(".", "", 1).isdecimal():
            raise ApiError(f"invalid_ts_{name}")
    edges = given.get("inclusive", False)
    asked = [
        as_json(each, metadata=given.get("include_all_metadata", False))
        for each in found
        if float(low) < float(each.ts) < float(high) or (edges and each.ts in {low, high})
    ]
    paged = page(asked, given, "messages")
    return {**paged, "has_more": bool(paged["response_metadata"]["next_cursor"])}


def opened(state: State, given: Json) -> Json:
    needs(state, "im:write")
    users = given.get("users", "").split(",") if given.get("users") else []
    if not users and "channel" not in given:
        raise ApiError("users_list_not_supplied")
    if len(users) > 1:
        raise ApiError("missing_scope", needed="mpim:write", provided="")
    if users and users[0] not in state.users:
        raise ApiError("user_not_found")
    if users and state.users[users[0]].deleted:
        raise ApiError("user_disabled")
    found = direct(state, users[0]) if users else room(state, given["channel"])
    return {"channel": {"id": found.id}}


def about(found: Conversation) -> Json:
    return {
        "id": found.id,
        "name": found.name,
        "is_channel": found.kind == "channels",
        "is_private": found.kind != "channels",
        "is_group": found.kind == "groups",
        "is_im": found.kind == "im",
        "is_archived": found.archived,
        "is_member": BOT in found.members,
        "num_members": len(found.members),
    }


def info(state: State, given: Json) -> Json:
    found = room(state, given["channel"])
    needs(state, f"{found.kind}:read")
    return {"channel": about(found)}


_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im"}


def listing(state: State, given: Json) -> Json:
    asked = given.get("types", "public_channel").split(",")
    if not set(asked) <= set(_TYPES):
        raise ApiError("invalid_types")
    kinds = {_TYPES[each] for each in asked}
    for kind in kinds:
        needs(state, f"{kind}:read")
    known = [each for each in state.conversations.values() if each.kind == "channels" or BOT in each.members]
    found = [
        about(each)
        for each in known
        if each.kind in kinds and not (given.get("exclude_archived", False) and each.archived)
    ]
    return page(found, given, "channels")


def members(state: State, given: Json) -> Json:
    found = room(state, given["channel"])
    needs(state, f"{found.kind}:read")
    paged = page([{"id": each} for each in found.members], given, "members")
    return {**paged, "members": [each["id"] for each in paged["members"]]}
