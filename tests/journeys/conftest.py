"""Journeys are played on the demo, served by a real server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser import browser as browser  # noqa: PLC0414 - a fixture of these tests
from tests.local.conftest import Served, serving
from tests.local.conftest import served as served  # noqa: PLC0414 - likewise

expect.set_options(timeout=20_000)  # what takes a second here may take ten where everything runs at once


@pytest.fixture
async def lived(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Served]:
    """After ten days in the hospital's life."""
    async with serving(tmp_path, sqlite_template, lived=True) as demo:
        yield demo
