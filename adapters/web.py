"""One web application: whatever edges are configured, and what an operator asks of it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Gauge, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import BotError
from bot.ports import Probe


def create(routes: Sequence[BaseRoute], health: Probe) -> Starlette:
    """The operator's three pages, then `routes` in their order."""
    operator = Operator(health)
    own = [
        Route("/healthz", operator.healthz),
        Route("/readyz", operator.readyz),
        Route("/metrics", operator.metrics),
    ]
    return Starlette(routes=[*own, *routes])


class Operator:
    def __init__(self, health: Probe) -> None:
        self._health = health
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)
        PlatformCollector(registry=self._process)

    async def healthz(self, _request: Request) -> Response:
        """The process is up, whatever else is not."""
        return PlainTextResponse("ok")

    async def readyz(self, _request: Request) -> Response:
        checks = await self._health.checks()
        ready = all(wrong is None for wrong in checks.values())
        said = {name: wrong or "ok" for name, wrong in checks.items()}
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"ready": ready, "checks": said}, status, {"Cache-Control": "no-store"})

    async def metrics(self, _request: Request) -> Response:
        try:
            gauges = await self._health.gauges()
        except BotError:  # the database is away: what is known of the process is worth having then above all
            gauges = {}
        text = generate_latest(_registry(gauges)) + generate_latest(self._process)
        return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _registry(gauges: Mapping[str, float]) -> CollectorRegistry:
    """Gauges as they were read a moment ago."""
    registry = CollectorRegistry()
    for name, value in gauges.items():
        Gauge(name, name.removeprefix("checkback_").replace("_", " "), registry=registry).set(value)
    return registry
