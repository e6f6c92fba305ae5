"""Chromium for the tests that look at pages. Import `browser` into a conftest and mark the test `browser`."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright

SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
AXE = files("axe_playwright_python") / "axe.min.js"
MISSING = "CHROMIUM IS MISSING, so nothing is checked in a browser. On Debian or Ubuntu: apt-get install chromium"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium. Where it is missing the test is skipped, unless CHECKBACK_REQUIRE_BROWSER is set."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if os.environ.get("CHECKBACK_REQUIRE_BROWSER"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=SWITCHES.split())
        yield launched
        await launched.close()


@asynccontextmanager
async def opened(
    browser: Browser,
    url: str,
    *,
    width: int = 1400,
    height: int = 900,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
    quiet: bool = True,
) -> AsyncIterator[Page]:
    """A page in a window of its own. An error on its console, a breach of its CSP included, fails if `quiet`."""
    wrong: list[str] = []
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        java_script_enabled=scripts,
    )
    page = await context.new_page()
    page.set_default_timeout(8_000)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    await page.goto(url)
    yield page
    await context.close()
    assert wrong == [] or not quiet, wrong


SETTLED = """() => Promise.allSettled(  // half way from one colour to the next, neither has its contrast
    document.getAnimations().filter(each => each instanceof CSSTransition).map(each => each.finished))"""


async def axe(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, a line each. The debugger brings it in: the page's CSP stays."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    await page.evaluate(SETTLED)
    found = await page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
    return [
        f"{rule['id']}: {rule['help']}: {', '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in found["violations"]
    ]
