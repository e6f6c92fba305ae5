"""Examples of what a lead reads about champions and uncovered hours."""

from collections.abc import Mapping
from datetime import timedelta

from bot import messages
from bot.messages.coverage import Cover
from bot.model import UnitId
from bot.rota import Coverage
from tests.examples.scene import NOW, Example, Scene

HOURS = (NOW - timedelta(hours=1), NOW + timedelta(hours=8))
AHEAD = (NOW + timedelta(hours=8), NOW + timedelta(hours=16))


def _cover(scene: Scene, champions: int) -> Cover:
    short = [Coverage(UnitId(1), 21, champions - 1, HOURS)] * 30
    return Cover(scene.unit, Coverage(UnitId(1), 21, champions), short, [HOURS, AHEAD] * 15)


EXAMPLES: Mapping[str, Example] = {
    "covered": lambda s: messages.covered([_cover(s, 1), _cover(s, 2)], s.reader, NOW),
    "covered: all of it": lambda s: messages.covered([Cover(s.unit, Coverage(UnitId(1), 20, 1))] * 30, s.reader, NOW),
    "covered: no unit": lambda s: messages.covered([], s.reader, NOW),
    "uncovered": lambda s: messages.uncovered([(s.unit, HOURS), (s.unit, AHEAD)] * 15, s.reader, NOW),
}
