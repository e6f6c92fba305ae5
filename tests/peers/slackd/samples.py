"""Payloads that are well made, in their parts; a test takes one and breaks a rule in it."""

from typing import Any, NamedTuple

from tests.peers.slackd.blockkit import Problem

Json = dict[str, Any]


class Broken(NamedTuple):
    """What it is, and all that is to be found: the kind of problem and its place, `too_long /text`."""

    name: str
    payload: Json
    problem: str
    besides: tuple[str, ...] = ()  # what cannot but be broken with it


def plain(words: str = "Words", **more: object) -> Json:
    return {"type": "plain_text", "text": words, **more}


def mrkdwn(words: str = "Words", **more: object) -> Json:
    return {"type": "mrkdwn", "text": words, **more}


def of(kind: str, **more: object) -> Json:
    return {"type": kind, **more}


def option(value: str = "a", **more: object) -> Json:
    return {"text": plain(value.upper()), "value": value, **more}


def options(many: int) -> list[Json]:
    return [option(f"v{each}") for each in range(many)]


def group(*values: str) -> Json:
    return {"label": plain(), "options": [option(value) for value in values]}


def button(**more: object) -> Json:
    return of("button", **({"text": plain("Take"), "action_id": "take", "value": "token"} | more))


def confirm(**more: object) -> Json:
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}


def section(**more: object) -> Json:
    return of("section", **({"text": plain()} | more))


def with_accessory(element: Json) -> Json:
    return section(accessory=element)


def actions(*elements: Json) -> Json:
    return of("actions", elements=list(elements))


def select(**more: object) -> Json:
    return of("static_select", **({"options": options(2)} | more))


def asks(element: Json, **more: object) -> Json:
    return of("input", **({"label": plain(), "element": element} | more))


def rich(*inline: Json) -> Json:
    return of("rich_text", elements=[of("rich_text_section", elements=list(inline))])


def typed(words: str = "Words", **more: object) -> Json:
    return of("text", text=words, **more)


def raw(words: str = "Words") -> Json:
    return of("raw_text", text=words)


def rows(many: int, wide: int = 2) -> list[list[Json]]:
    return [[raw() for _ in range(wide)] for _ in range(many)]


def table(many: int = 2, wide: int = 2, **more: object) -> Json:
    return of("table", rows=rows(many, wide), **more)


def data_table(many: int = 2, wide: int = 2, **more: object) -> Json:
    return of("data_table", **({"rows": rows(many, wide), "caption": "Waits"} | more))


def bars(**more: object) -> Json:
    chart: Json = of("bar", series=[series("Reports")], axis_config={"categories": ["Mon", "Tue"]})
    return of("data_visualization", title="Reports", chart=chart | more)


def series(name: str, *labels: str) -> Json:
    return {"name": name, "data": [{"label": label, "value": 1.5} for label in labels or ("Mon", "Tue")]}


def pie(*values: object, label: str = "Fixed") -> Json:
    segments = [{"label": label, "value": value} for value in values]
    return of("data_visualization", title="Reports", chart=of("pie", segments=segments))


def image(**more: object) -> Json:
    return of("image", **({"image_url": "https://files.example/x.png", "alt_text": "A chart"} | more))


def video(**more: object) -> Json:
    address = "https://video.example/x"
    kept = {"alt_text": "x", "title": plain(), "thumbnail_url": address, "video_url": address}
    return of("video", **(kept | more))


def card(**more: object) -> Json:
    return of("card", **({"title": plain()} | more))


def container(*blocks: Json) -> Json:
    return of("container", title=plain(), child_blocks=list(blocks))


def plan(many: int) -> Json:
    tasks = [{"task_id": f"t{each}", "title": "Task", "status": "pending"} for each in range(many)]
    return of("plan", title="Plan", tasks=tasks)


def message(*blocks: Json, **more: object) -> Json:
    return {"text": "What it says", "blocks": list(blocks), **more}


def post(**more: object) -> Json:
    kept: Json = {"channel": "C1", "text": "What it says", "unfurl_links": False, "unfurl_media": False}
    return {name: value for name, value in (kept | more).items() if value is not None}


def modal(*blocks: Json, **more: object) -> Json:
    kept = of("modal", title=plain("Report"), submit=plain("Send"), blocks=list(blocks))
    return {name: value for name, value in (kept | more).items() if value is not None}


def home(*blocks: Json, **more: object) -> Json:
    return of("home", blocks=list(blocks), **more)


def app(**more: object) -> Json:
    kept: Json = {
        "display_information": {"name": "Checkback"},
        "features": {
            "bot_user": {"display_name": "Checkback"},
            "slash_commands": [{"command": "/pilot", "description": "Report", "should_escape": True}],
            "shortcuts": [
                {"name": "Report this message", "callback_id": "r", "description": "Report", "type": "message"}
            ],
        },
        "oauth_config": {"scopes": {"bot": ["chat:write", "users:read.email"]}},
        "settings": {
            "event_subscriptions": {"bot_events": ["message.im"]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }
    return kept | more


def told(problems: list[Problem]) -> list[str]:
    return [f"{problem.code} {problem.pointer}" for problem in problems]
