"""The demo, served on loopback by a real server, for clients and browsers to speak to."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from bot.app import App, demo_key, demonstrating
from bot.settings import load
from tests.browser import browser as browser  # noqa: PLC0414 - a fixture of these tests


@dataclass(frozen=True, slots=True)
class Served:
    app: App
    url: str


@pytest.fixture
async def served(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Served]:
    async with serving(tmp_path, sqlite_template) as demo:
        yield demo


@asynccontextmanager
async def serving(folder: Path, template: Path, *, lived: bool = False) -> AsyncIterator[Served]:
    """The demo, from its beginning or after ten days."""
    url = f"sqlite:///{folder}/demo.db"
    demo_key(url)
    shutil.copy(template, folder / "demo.db")  # quicker than to let the demo make it
    async with demonstrating(load(database_url=url), lived=lived) as app:
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app.web, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield Served(app, f"http://127.0.0.1:{listening.getsockname()[1]}")
        app.hub.close()
        server.should_exit = True
        await serving


@pytest.fixture
async def client(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has loaded the page, as a browser would: it has the cookie and sends the token."""
    async with httpx.AsyncClient(base_url=served.url, timeout=10) as made:
        page = (await made.get("/")).text
        made.headers["X-CSRF-Token"] = page.partition('name="csrf-token" content="')[2].partition('"')[0]
        yield made
