from collections.abc import Mapping

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters import web
from bot.errors import Unavailable


class Installation:
    def __init__(self, wrong: str | None = None) -> None:
        self._wrong = wrong

    async def checks(self) -> Mapping[str, str | None]:
        return {"database": self._wrong, "migrations": None}

    async def gauges(self) -> Mapping[str, float]:
        if self._wrong:
            raise Unavailable(self._wrong)
        return {"checkback_outbox_ready": 3.0}


async def page(_request: Request) -> Response:
    return PlainTextResponse("a page")


def client(wrong: str | None = None) -> httpx.AsyncClient:
    application = web.create([Route("/page", page)], Installation(wrong))
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://checkback")


async def test_the_process_is_up_whatever_else_is_not() -> None:
    async with client("the disk is full") as asking:
        answer = await asking.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_ready_means_that_no_check_has_anything_to_say() -> None:
    async with client() as asking:
        answer = await asking.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "migrations": "ok"}}


async def test_not_ready_says_what_is_wrong() -> None:
    async with client("the disk is full") as asking:
        answer = await asking.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "checks": {"database": "the disk is full", "migrations": "ok"}}


async def test_metrics_are_text_for_prometheus() -> None:
    async with client() as asking:
        answer = await asking.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "checkback_outbox_ready 3.0" in answer.text.splitlines()
    assert "process_resident_memory_bytes" in answer.text


async def test_without_a_database_the_process_is_still_measured() -> None:
    async with client("the disk is full") as asking:
        answer = await asking.get("/metrics")
    assert answer.status_code == 200
    assert "process_resident_memory_bytes" in answer.text
    assert "checkback_outbox" not in answer.text


async def test_what_is_mounted_is_served() -> None:
    async with client() as asking:
        assert (await asking.get("/page")).text == "a page"
