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
    AnswerId,
    Asked,
    Deed,
    Draft,
    DraftId,
    Due,
    Event,
    Fix,
    FixKind,
    Follower,
    Handle,
    Happening,
    Held,
    Issue,
    IssueId,
    KnownAnswer,
    Needs,
    Person,
    PersonId,
    Pilot,
    PilotId,
    Role,
    Rung,
    Severity,
    Shift,
    Status,
    Step,
    Unit,
    UnitId,
    VendorWait,
    Workaround,
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


def handle(**given: Any) -> Handle:
    number = next(_ids)
    values: dict[str, Any] = {
        "id": PersonId(number),
        "pilot": PilotId(1),
        "unit": UnitId(1),
        "job": "nurse",
        "zone": "America/New_York",
        "language": "en",
        "platform": "local",
        "identity": Address("local", "person", f"person-{number}"),
    }
    return Handle(**values | given)


def shift(**given: Any) -> Shift:
    values: dict[str, Any] = {
        "person": PersonId(1),
        "unit": UnitId(1),
        "starts_at": NOON,
        "ends_at": NOON + 12 * HOUR,
    }
    return Shift(**values | given)


def rung(**given: Any) -> Rung:
    values: dict[str, Any] = {"after": HOUR, "needs": Needs.UNOWNED, "tell": ()}
    return Rung(**values | given)


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
        "target": timedelta(hours=24),
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


def workaround(**given: Any) -> Workaround:
    values: dict[str, Any] = {
        "issue": IssueId(1),
        "n": 3,
        "author": PersonId(1),
        "at": NOON + HOUR,
        "words": "use the pump by the window",
        "expires_at": NOON + 73 * HOUR,
        "risky": False,
    }
    return Workaround(**values | given)


def vendor_wait(**given: Any) -> VendorWait:
    values: dict[str, Any] = {
        "issue": IssueId(1),
        "n": 3,
        "vendor": "Invented Pumps",
        "reference": "case 12",
        "expected_at": None,
        "since": NOON + HOUR,
    }
    return VendorWait(**values | given)


def asked(**given: Any) -> Asked:
    values: dict[str, Any] = {
        "issue": IssueId(1),
        "n": 3,
        "author": PersonId(1),
        "at": NOON + HOUR,
        "words": "which pump is it?",
    }
    return Asked(**values | given)


def follower(**given: Any) -> Follower:
    values: dict[str, Any] = {"issue": IssueId(1), "person": PersonId(1), "since": NOON + HOUR}
    return Follower(**values | given)


def known_answer(**given: Any) -> KnownAnswer:
    values: dict[str, Any] = {
        "id": AnswerId(next(_ids)),
        "pilot": PilotId(1),
        "issue": IssueId(1),
        "question": "how is the alarm limit set?",
        "answer": "hold the bell for two seconds",
        "author": PersonId(1),
        "at": NOON,
    }
    return KnownAnswer(**values | given)


def held(**given: Any) -> Held:
    values: dict[str, Any] = {
        "key": f"held {next(_ids)}",
        "person": PersonId(1),
        "issue": None,
        "words": "your pump was fixed",
        "at": NOON,
    }
    return Held(**values | given)


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
    """A pilot with one unit, the wide one and some people, as `seed` stores it."""

    pilot: Pilot
    unit: Unit
    people: Sequence[Person]
    wide: Unit

    @property
    def reporter(self) -> Person:
        return self.people[0]

    def issue(self, **given: Any) -> Issue:
        """An issue that this ward's first person reported."""
        ours = {"pilot": self.pilot.id, "unit": self.unit.id, "reporter": self.reporter.id}
        return issue(**ours | given)

    def handle(self, **given: Any) -> Handle:
        """Somebody of this ward without a name."""
        return handle(**{"pilot": self.pilot.id, "unit": self.unit.id} | given)


def seed(tx: Transaction, *roles: Role) -> Ward:
    """Store a pilot, a unit, the wide one, a clinician, and one person more for each role."""
    of = pilot()
    tx.pilots.add(of)
    ward = unit(pilot=of.id)
    wide = unit(pilot=of.id, name=of.name, wide=True)
    for each in (ward, wide):
        tx.pilots.add_unit(each)
    people = [person(role, pilot=of.id, unit=ward.id) for role in (Role.CLINICIAN, *roles)]
    for someone in people:
        tx.people.add(someone)
    return Ward(of, ward, people, wide)
