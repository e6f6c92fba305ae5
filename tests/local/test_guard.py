import re
from datetime import datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from adapters.local.guard import BODY, CONTENT_POLICY, TOO_LONG
from adapters.local.inbound import routes
from bot.cards import TYPED
from bot.errors import Unavailable
from tests.local.conftest import Served

MAYA = {"who": "maya-sample", "slot": "nurse", "where": "nurse-messages"}


def multipart(**fields: str) -> dict[str, tuple[None, str]]:
    """As a browser sends a form."""
    return {name: (None, value) for name, value in fields.items()}


async def type_line(client: httpx.AsyncClient, text: str, key: str = "k1") -> httpx.Response:
    return await client.post("/line", files=multipart(**MAYA, key=key, text=text))


async def test_every_answer_forbids_inline_code_framing_and_keeping(client: httpx.AsyncClient) -> None:
    for path in ("/", "/around", "/panes", "/pane/nurse", "/static/live.js", "/nothing", "/pane/nobody", "/line"):
        answer = await client.get(path)
        assert answer.headers["content-security-policy"] == CONTENT_POLICY
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


async def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"(?!/static/)", page) == []
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script>", page)


async def test_the_sessions_cookie_is_out_of_reach_of_scripts_and_other_sites(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url) as client:
        cookie = (await client.get("/")).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_a_name_that_is_not_loopback_is_not_served(client: httpx.AsyncClient) -> None:
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.nip.io:80", "127.0.0.1:x", "[::2]", ""):
        assert (await client.get("/", headers={"Host": host})).status_code in {400, 421}


async def test_a_name_of_loopback_is_served(client: httpx.AsyncClient) -> None:
    for host in ("localhost", "LOCALHOST:8080", "127.0.0.1:80", "[::1]:8080", "[::1]"):
        assert (await client.get("/", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "AAAA"},
        {"X-CSRF-Token": "ключ".encode()},
        {"Cookie": "checkback=another"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_only_this_workspaces_own_pages_may_send(
    client: httpx.AsyncClient, headers: dict[str, str | bytes]
) -> None:
    if "Cookie" in headers:
        client.cookies.clear()
    for path in ("/line", "/press", "/submit", "/clock"):
        files = multipart(**MAYA, key="k", text="help", step="1")
        answer = await client.post(path, files=files, headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 403
        assert answer.headers["content-type"].startswith("text/plain")


async def test_the_same_page_with_its_origin_may_send(client: httpx.AsyncClient, served: Served) -> None:
    own = {"Origin": served.url, "Sec-Fetch-Site": "same-origin"}
    answer = await client.post("/line", files=multipart(**MAYA, key="k", text="help"), headers=own)
    assert answer.status_code == 200
    assert "Only you see this" in answer.text


async def test_as_many_characters_as_are_kept_fit_however_wide_they_are(client: httpx.AsyncClient) -> None:
    answer = await type_line(client, "😷" * TYPED)
    assert answer.status_code == 200
    assert "data-words" not in answer.text


async def test_one_character_too_many_comes_back_with_a_sentence_and_every_word(client: httpx.AsyncClient) -> None:
    answer = await type_line(client, "😷" * (TYPED + 1))
    assert answer.status_code == 200
    assert f'data-words="{"😷" * (TYPED + 1)}"' in answer.text
    assert "Only you see this" in answer.text


async def test_what_comes_back_is_shown_nowhere_else(client: httpx.AsyncClient) -> None:
    words = "w" * (TYPED + 1)
    await type_line(client, words)
    assert words not in (await client.get("/panes")).text


@pytest.mark.parametrize("size", [BODY, 5_000_000])
async def test_a_body_without_end_is_refused_with_a_sentence(client: httpx.AsyncClient, size: int) -> None:
    answer = await type_line(client, "x" * size)
    assert (answer.status_code, answer.text) == (413, TOO_LONG)


@pytest.mark.parametrize(
    "body",
    [
        {"files": multipart(**MAYA, text="help")},  # no key
        {"files": multipart(**MAYA | {"slot": "boss"}, key="k", text="help")},
        {"files": multipart(**MAYA | {"where": "lead-messages"}, key="k", text="help")},
        {"content": b"\xff\xfe nonsense", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
    ],
)
async def test_what_no_page_of_ours_sends_is_refused(client: httpx.AsyncClient, body: dict[str, object]) -> None:
    answer = await client.post("/line", **body)  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


async def test_nobody_writes_in_a_channel_that_they_do_not_see(client: httpx.AsyncClient) -> None:
    fields = multipart(**MAYA, key="k", text="take", channel="icu", thread="1")
    assert (await client.post("/line", files=fields)).status_code == 409


async def test_somebody_who_is_on_no_roster_is_told_so(client: httpx.AsyncClient) -> None:
    answer = await client.post("/line", files=multipart(**MAYA | {"who": "nobody"}, key="k", text="help"))
    assert answer.status_code == 409
    assert answer.text


class Faulty:
    """A clock with a fault whose words are nobody's business."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    async def now(self) -> datetime:
        raise self._fault


@pytest.mark.parametrize("fault", [RuntimeError("canary"), Unavailable("canary")])
async def test_a_fault_is_a_sentence_that_gives_nothing_away(served: Served, fault: Exception) -> None:
    app = served.app
    web = Starlette(routes=routes(app.desk, app.feed, app.hub, app.database.keys, Faulty(fault)))
    transport = httpx.ASGITransport(web, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/")
    assert answer.status_code in {500, 503}
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert "try again" in answer.text
    assert "canary" not in answer.text


async def test_the_clock_moves_by_what_its_buttons_say_and_nothing_else(
    client: httpx.AsyncClient, served: Served
) -> None:
    before = await served.app.clock.now()
    for step in ("1", "4", "20"):
        assert (await client.post("/clock", files=multipart(step=step))).status_code == 200
    assert await served.app.clock.now() == before + timedelta(hours=25)
    assert (await client.post("/clock", files=multipart(step="1000000"))).status_code == 400
    assert (await client.post("/clock", files=multipart(step="over"))).status_code == 200
    assert await served.app.clock.now() == before
