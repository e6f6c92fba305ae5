"""Values for tests, with defaults for whatever a test does not care about. Everybody in them is invented."""
# ruff: noqa: ANN401 - any field of a value may be given

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.cards import Card, Text
from bot.model import (
    Address,
    Deed,
    Draft,
    DraftId,
    Due,
    Event,
    Fix,
    FixKind,
    Happening,
    Issue,
    IssueId,
    Needs,
    Person,
    PersonId,
    Pilot,
    PilotId,
    Role,
    Severity,
    Status,
    Step,
    Unit,
    UnitId,
)
from bot.ports import Transaction

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRET = "an invented secret of the tests"
_ids = count(1_000)
_NAMES = ("Wren Testwood", "Ash Sampleton", "Juniper Mock", "Rowan Example", "Fern Placeholder", "Sage Invented")


def pilot(**given: Any) -> Pilot:
    values: dict[str, Any] = {
        "id": PilotId(next(_ids)),
        "key": "MAR",
        "name": "Marlin pumps",
        "zone": "America/New_York",
        "language": "en",
        "target": timedelta(hours=24),
        "fix_team": "fix team",
        "emergency": "5555",
        "incident_link": "https://incidents.example",
    }
    return Pilot(**values | given)


def unit(**given: Any) -> Unit:
    number = next(_ids)
    values: dict[str, Any] = {
        "id": UnitId(number),
        "pilot": PilotId(1),
        "name": "4 West",
        "channel": Address("local", "channel", f"channel-{number}"),
    }
    return Unit(**values | given)


def person(*roles: Role, **given: Any) -> Person:
    number = next(_ids)
    values: dict[str, Any] = {
        "id": PersonId(number),
        "pilot": PilotId(1),
        "unit": UnitId(1),
        "name": _NAMES[number % len(_NAMES)],
        "job": "nurse",
        "roles": frozenset(roles or {Role.CLINICIAN}),
        "address": Address("local", "person", f"person-{number}"),
        "zone": "America/New_York",
        "language": "en",
        "on_duty": True,
    }
    return Person(**values | given)


def issue(**given: Any) -> Issue:
    values: dict[str, Any] = {
        "id": IssueId(next(_ids)),
        "pilot": PilotId(1),
        "unit": UnitId(1),
        "key": "MAR",
        "number": next(_ids),
        "reporter": PersonId(1),
        "owner": None,
        "fixer": None,
        "summary": "the pump beeps without a reason",
        "severity": Severity.SLOWS_WORK,
        "status": Status.REPORTED,
        "version": 1,
        "reported_at": NOON,
        "due_at": NOON + timedelta(hours=24),
        "events": 1,
    }
    return Issue(**values | given)


def happening(**given: Any) -> Happening:
    values: dict[str, Any] = {
        "issue": IssueId(1),
        "n": 1,
        "at": NOON,
        "who": None,
        "event": Event.REPORT,
        "before": Status.REPORTED,
        "after": Status.REPORTED,
        "words": "",
    }
    return Happening(**values | given)


def fix(**given: Any) -> Fix:
    values: dict[str, Any] = {
        "issue": IssueId(1),
        "n": 3,
        "author": PersonId(1),
        "at": NOON + HOUR,
        "kind": FixKind.CONFIGURATION,
        "words": "the alarm limit was set anew",
    }
    return Fix(**values | given)


def step(n: int = 1, **given: Any) -> Step:
    values: dict[str, Any] = {"due_at": NOON + n * HOUR, "needs": Needs.UNOWNED, "deed": Deed.TELL}
    return Step(n, **values | given)


def draft(**given: Any) -> Draft:
    values: dict[str, Any] = {
        "id": DraftId(next(_ids)),
        "person": PersonId(1),
        "words": "the scanner does not scan",
        "received_at": NOON,
    }
    return Draft(**values | given)


def due(key: str = "a key", **given: Any) -> Due:
    values: dict[str, Any] = {"kind": "ladder", "subject": 1, "due_at": NOON}
    return Due(key, **values | given)


def card(title: str = "A card", *, slot: str | None = None, words: str = "with a paragraph") -> Card:
    return Card(title, (Text(words),), slot=slot)


@dataclass(frozen=True, slots=True)
class Ward:
    """A pilot with one unit and some people, as `seed` stores it."""

    pilot: Pilot
    unit: Unit
    people: Sequence[Person]

    @property
    def reporter(self) -> Person:
        return self.people[0]

    def issue(self, **given: Any) -> Issue:
        """An issue that this ward's first person reported."""
        ours = {"pilot": self.pilot.id, "unit": self.unit.id, "reporter": self.reporter.id}
        return issue(**ours | given)


def seed(tx: Transaction, *roles: Role) -> Ward:
    """Store a pilot, a unit, a clinician, and one person more for each role."""
    of = pilot()
    tx.pilots.add(of)
    ward = unit(pilot=of.id)
    tx.pilots.add_unit(ward)
    people = [person(role, pilot=of.id, unit=ward.id) for role in (Role.CLINICIAN, *roles)]
    for someone in people:
        tx.people.add(someone)
    return Ward(of, ward, people)
