from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot import routing
from bot.model import Audience, Person, Role, Severity, UnitId
from tests import builders

WEST, ICU = UnitId(1), UnitId(2)


def somebody(name: str, role: Role, *, unit: UnitId = WEST, on_duty: bool = True) -> Person:
    return builders.person(role, name=name, unit=unit, on_duty=on_duty)


ANA = somebody("Ana", Role.CHAMPION)
BEN = somebody("Ben", Role.CHAMPION, unit=ICU)
SAM = somebody("Sam", Role.RESPONDER)
ROSA = somebody("Rosa", Role.RESPONDER, unit=ICU)
LEE = somebody("Lee", Role.LEAD, on_duty=False)
VERA = somebody("Vera", Role.SAFETY, on_duty=False)
OMAR = somebody("Omar", Role.SPONSOR, on_duty=False)
ALL = (ANA, BEN, SAM, ROSA, LEE, VERA, OMAR)


def roster(*people: Person) -> routing.Roster:
    def having(role: Role) -> Sequence[Person]:
        return [person for person in people if person.has(role)]

    return routing.Roster(having, {person.id: person for person in ALL}.__getitem__, builders.NOON)


def off(person: Person) -> Person:
    return replace(person, on_duty=False)


def names(people: Sequence[Person]) -> list[str]:
    return [person.name for person in people]


NURSE = builders.person().id  # who reports
MILD = [Severity.BLOCKS_WORK, Severity.SLOWS_WORK, Severity.QUESTION]


@pytest.mark.parametrize("severity", MILD)
def test_the_units_champion_on_shift_hears_first(severity: Severity) -> None:
    assert names(routing.first_to_hear(severity, WEST, NURSE, roster(*ALL))) == ["Ana"]
    assert names(routing.first_to_hear(severity, ICU, NURSE, roster(*ALL))) == ["Ben"]


@pytest.mark.parametrize("severity", MILD)
def test_no_champion_on_shift_means_the_fix_team_on_duty(severity: Severity) -> None:
    assert names(routing.first_to_hear(severity, WEST, NURSE, roster(off(ANA), BEN, SAM, off(ROSA), LEE))) == ["Sam"]


@pytest.mark.parametrize("severity", MILD)
def test_of_several_champions_the_one_with_the_least_on_hand_hears(severity: Severity) -> None:
    eve = somebody("Eve", Role.CHAMPION)
    for loads, told in (({ANA.id: 2, eve.id: 1}, "Eve"), ({ANA.id: 1, eve.id: 2}, "Ana")):
        loaded = replace(roster(ANA, eve, SAM, LEE), load=loads.__getitem__)
        assert names(routing.first_to_hear(severity, WEST, NURSE, loaded)) == [told]


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("ana", [replace(ANA, trained=False), replace(ANA, away_until=builders.NOON + builders.HOUR)])
def test_a_champion_who_is_not_trained_or_away_is_not_told(severity: Severity, ana: Person) -> None:
    told = routing.first_to_hear(severity, WEST, NURSE, roster(ana, SAM, LEE))
    assert names(told)[0] == "Sam"
    assert "Ana" not in names(told)


@pytest.mark.parametrize("severity", Severity)
def test_nobody_on_shift_means_the_lead(severity: Severity) -> None:
    assert names(
        routing.first_to_hear(severity, WEST, NURSE, roster(off(ANA), off(BEN), off(SAM), off(ROSA), LEE))
    ) == ["Lee"]


def test_for_a_patients_sake_all_hear_at_once_the_lead_and_safety_officer_off_duty_too() -> None:
    told = routing.first_to_hear(Severity.PATIENT_AT_RISK, WEST, NURSE, roster(*ALL))
    assert names(told) == ["Ana", "Sam", "Rosa", "Lee", "Vera"]


def test_somebody_with_several_roles_hears_once() -> None:
    both = builders.person(Role.CHAMPION, Role.RESPONDER, Role.LEAD, unit=WEST)
    assert routing.first_to_hear(Severity.PATIENT_AT_RISK, WEST, NURSE, roster(both)) == (both,)


ISSUE = builders.issue(unit=WEST)


@pytest.mark.parametrize(
    ("audience", "told"),
    [
        (Audience.CHAMPIONS, ["Ana"]),
        (Audience.RESPONDERS, ["Sam", "Rosa"]),
        (Audience.LEAD, ["Lee"]),
        (Audience.SAFETY, ["Vera"]),
        (Audience.SPONSOR, ["Omar"]),
        (Audience.OWNER, ["Ben"]),
    ],
)
def test_each_audience_is_its_people(audience: Audience, told: list[str]) -> None:
    assert names(routing.audience([audience], ISSUE, roster(*ALL), BEN)) == told


def test_where_nobody_owns_it_the_fix_team_hears_for_the_owner() -> None:
    assert names(routing.audience([Audience.OWNER], ISSUE, roster(*ALL), None)) == ["Sam", "Rosa"]


@pytest.mark.parametrize("audience", [Audience.CHAMPIONS, Audience.RESPONDERS, Audience.SAFETY, Audience.SPONSOR])
def test_where_nobody_is_found_the_lead_hears(audience: Audience) -> None:
    assert names(routing.audience([audience], ISSUE, roster(LEE, off(ANA), off(SAM)), None)) == ["Lee"]


def test_an_owner_who_is_also_the_lead_hears_once() -> None:
    assert routing.audience([Audience.LEAD, Audience.OWNER], ISSUE, roster(LEE), LEE) == (LEE,)


@pytest.mark.parametrize("severity", MILD)
def test_a_champions_own_report_goes_to_somebody_else(severity: Severity) -> None:
    assert names(routing.first_to_hear(severity, WEST, ANA.id, roster(*ALL))) == ["Sam", "Rosa"]


def test_a_champion_who_is_not_trained_is_nobody_even_for_a_patient() -> None:
    eve = replace(somebody("Eve", Role.CHAMPION), trained=False)
    told = routing.audience([Audience.EVERYBODY], builders.issue(unit=WEST), roster(*ALL, eve), None)
    assert names(told) == ["Ana", "Sam", "Rosa", "Lee", "Vera"]
