"""The people of the workspace, as the methods tell of them."""

from tests.peers.slackd.rooms import needs, page
from tests.peers.slackd.state import TEAM, ApiError, Json, State, User


def as_json(state: State, user: User) -> Json:
    profile: Json = {"real_name": user.real_name, "display_name": user.name, "team": TEAM}
    if user.email and "users:read.email" in state.app.scopes:
        profile["email"] = user.email
    return {
        "id": user.id,
        "team_id": TEAM,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "tz": user.tz,
        "tz_offset": 0,
        "profile": profile,
        "is_admin": False,
        "is_bot": user.bot,
        "is_app_user": False,
        "is_restricted": user.guest,
        "is_ultra_restricted": False,
        "is_email_confirmed": user.email_confirmed,
        "updated": 0,
        "locale": "en-US",
    }


def info(state: State, given: Json) -> Json:
    found = state.users.get(given["user"])
    if found is None:
        raise ApiError("user_not_found")
    return {"user": as_json(state, found)}


def listing(state: State, given: Json) -> Json:
    return page([as_json(state, user) for user in state.users.values()], given, "members", 1000)


def by_email(state: State, given: Json) -> Json:
    needs(state, "users:read.email")
    wanted = given["email"].strip().lower()
    for user in state.users.values():
        if user.email.lower() == wanted and not user.deleted:
            return {"user": as_json(state, user)}
    raise ApiError("users_not_found")
