"""Journeys are played on the demo, served by a real server."""

from tests.browser import browser as browser  # noqa: PLC0414 - a fixture of these tests
from tests.local.conftest import served as served  # noqa: PLC0414 - likewise
