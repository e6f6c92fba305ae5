"""Modals, at most three on top of each other, and App Home."""

from dataclasses import replace

from tests.peers.slackd.app import App
from tests.peers.slackd.blockkit import check_view
from tests.peers.slackd.chat import looked_at
from tests.peers.slackd.grants import Grants
from tests.peers.slackd.ids import identified
from tests.peers.slackd.state import BOT_ID, TEAM, ApiError, Json, State, View

STACK = 3


def judged(state: State, body: object, kind: str) -> Json:
    """The body of a view, or what is wrong with it."""
    found = check_view(body)
    if any(each.code == "too_long" and not each.pointer for each in found):
        state.complaints.extend(found)
        raise ApiError("view_too_large")
    looked_at(state, found, "invalid_arguments")
    if not isinstance(body, dict) or body["type"] != kind:
        raise ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] a {kind} view is wanted"]})
    return {**body, "blocks": identified(state, body["blocks"])}


def standing(state: State) -> list[View]:
    return [*state.homes.values(), *(view for stack in state.modals.values() for view in stack)]


def _once(state: State, body: Json, but: str = "") -> None:
    named = body.get("external_id")
    if named and any(view.body.get("external_id") == named and view.id != but for view in standing(state)):
        raise ApiError("duplicate_external_id")


def made(state: State, user: str, body: Json) -> View:
    _once(state, body)
    new = state.number("V")
    return View(id=new, hash=state.ts(), user=user, body=body, root=new)


def changed(state: State, old: View, body: Json) -> View:
    """The same view with another body; what was filled in stays where the same question is still asked."""
    _once(state, body, old.id)
    asked = {block["block_id"] for block in body["blocks"]}
    values = {block: value for block, value in old.values.items() if block in asked}
    return replace(old, body=body, hash=state.ts(), values=values, errors={})


def put(state: State, view: View) -> View:
    """In the place of the view with its id."""
    if view.type == "home":
        state.homes[view.user] = view
    else:
        stack = state.modals[view.user]
        stack[[each.id for each in stack].index(view.id)] = view
    state.changed()
    return view


def push(state: State, user: str, body: Json) -> View:
    stack = state.modals.setdefault(user, [])
    if len(stack) == STACK:
        raise ApiError("push_limit_reached")
    new = made(state, user, body)
    if stack:
        new = replace(new, root=stack[0].id, previous=stack[-1].id)
    stack.append(new)
    state.changed()
    return new


def as_json(view: View) -> Json:
    body = {"private_metadata": "", "callback_id": "", "external_id": "", **view.body}
    if view.type == "modal":
        body = {"clear_on_close": False, "notify_on_close": False, "close": None, "submit": None, **body}
    return {
        **body,
        "id": view.id,
        "team_id": TEAM,
        "hash": view.hash,
        "state": {"values": {block: dict(values) for block, values in view.values.items()}},
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "app_id": App.id,
        "app_installed_team_id": TEAM,
        "bot_id": BOT_ID,
    }


# --------------------------------------------------------------------------------------------------- methods


def open_view(state: State, grants: Grants, given: Json) -> Json:
    body = judged(state, given["view"], "modal")
    user = grants.spend(_trigger(given))
    state.modals[user] = []
    return {"view": as_json(push(state, user, body))}


def push_view(state: State, grants: Grants, given: Json) -> Json:
    body = judged(state, given["view"], "modal")
    user = grants.spend(_trigger(given))
    if not state.modals.get(user):
        raise ApiError("not_found")
    return {"view": as_json(push(state, user, body))}


def _trigger(given: Json) -> str:
    return str(given.get("trigger_id") or given.get("interactivity_pointer") or "")


def update_view(state: State, given: Json) -> Json:
    for view in standing(state):
        if view.id == given.get("view_id") or view.body.get("external_id", "") == given.get("external_id"):
            body = judged(state, given["view"], view.type)
            if given.get("hash", view.hash) != view.hash:
                raise ApiError("hash_conflict")
            return {"view": as_json(put(state, changed(state, view, body)))}
    raise ApiError("not_found")


def publish(state: State, given: Json) -> Json:
    body = judged(state, given["view"], "home")
    if not state.app.home_tab:
        raise ApiError("not_enabled")
    user, old = given["user_id"], state.homes.get(given["user_id"])
    if user not in state.users:
        raise ApiError("invalid_arguments")
    if old and given.get("hash", old.hash) != old.hash:
        raise ApiError("hash_conflict")
    new = changed(state, old, body) if old else made(state, user, body)
    return {"view": as_json(put(state, new))}
