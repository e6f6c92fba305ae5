"""Files: what they are called and where they are; their bytes are nowhere."""

from tests.peers.slackd.state import ApiError, Json, State


def made(state: State, user: str, name: str) -> Json:
    """A file that somebody has put there."""
    new = state.number("F")
    ending = name.rpartition(".")[2].lower()
    mimetype = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}.get(ending, "application/octet-stream")
    state.files[new] = {
        "id": new,
        "name": name,
        "title": name,
        "mimetype": mimetype,
        "filetype": ending,
        "user": user,
        "size": 1024,
        "mode": "hosted",
        "url_private": f"https://files.slack.example/files-pri/{new}/{name}",
        "permalink": f"https://hospital.slack.example/files/{user}/{new}/{name}",
    }
    return state.files[new]


def info(state: State, given: Json) -> Json:
    if given["file"] not in state.files:
        raise ApiError("file_not_found")
    return {"file": state.files[given["file"]], "comments": [], "response_metadata": {"next_cursor": ""}}
