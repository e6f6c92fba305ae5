from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import figures, messages
from bot.figures import Share
from bot.model import Issue, PersonId, Reader, Status
from surveys.statistics import wilson
from tests import builders

F = datetime(2026, 5, 1, 21, tzinfo=UTC)
HERE = Reader("UTC")
FIXER = PersonId(77)


def at(hours: float) -> datetime:
    return F + timedelta(hours=hours)


def issue(**given: object) -> Issue:
    return builders.issue(reported_at=F, due_at=at(24), **given)


MET = issue(addressed_at=at(5), asked_at=at(5), fixer=FIXER, status=Status.FIXED)
VERIFIED = replace(MET, verified_at=at(6), status=Status.VERIFIED)
LATE = issue(addressed_at=at(30), asked_at=at(30), missed_at=at(24), fixer=FIXER, status=Status.FIXED)
BROKEN_AGAIN = issue(missed_at=at(24), fixer=FIXER, status=Status.TAKEN)
OPEN = issue()


def test_an_issue_inside_its_24_hours_counts_nowhere() -> None:
    found = figures.of([OPEN], at(23))
    assert (found.addressed, found.running) == (Share(0, 0), 1)
    assert (found.raw_median, found.raw_p90, found.net_median) == (None, None, None)


def test_an_open_issue_past_its_deadline_counts_as_missed_noticed_or_not() -> None:
    assert figures.of([OPEN], at(24)).addressed == Share(0, 1)


def test_fixed_in_time_and_silent_is_met_and_not_verified() -> None:
    found = figures.of([replace(MET, status=Status.UNVERIFIED)], at(500))
    assert (found.addressed, found.verified_in_time, found.verified_of_asked) == (Share(1, 1), Share(0, 1), Share(0, 1))


def test_confirmed_in_time_is_met_and_verified() -> None:
    found = figures.of([VERIFIED], at(500))
    assert (found.addressed, found.verified_in_time, found.verified_of_asked) == (Share(1, 1), Share(1, 1), Share(1, 1))


def test_confirmed_at_24_hours_exactly_is_verified_but_not_in_time() -> None:
    found = figures.of([replace(VERIFIED, verified_at=at(24))], at(500))
    assert (found.verified_in_time, found.verified_of_asked) == (Share(0, 1), Share(1, 1))


def test_fixed_late_and_confirmed_is_a_miss_that_was_verified() -> None:
    found = figures.of([replace(LATE, verified_at=at(31), status=Status.VERIFIED)], at(500))
    assert (found.addressed, found.verified_in_time, found.verified_of_asked) == (Share(0, 1), Share(0, 1), Share(1, 1))
    assert found.raw_median == timedelta(hours=30)


def test_a_miss_that_is_open_again_stays_a_miss() -> None:
    assert figures.of([BROKEN_AGAIN], at(25)).addressed == Share(0, 1)


def test_net_hours_leave_out_the_waits_for_the_reporter() -> None:
    found = figures.of([replace(LATE, waited=timedelta(hours=15))], at(500))
    assert (found.raw_median, found.net_median) == (timedelta(hours=30), timedelta(hours=15))


@pytest.mark.parametrize("n", range(5))
def test_below_five_only_counts_are_shown(n: int) -> None:
    assert messages.share(Share(n, n), HERE) == f"{n} of {n}"


def test_from_five_on_a_percentage_with_its_interval() -> None:
    assert messages.share(Share(4, 5), HERE) == "4 of 5: 80 % (38-96 %)"
    assert messages.share(Share(0, 5), HERE) == "0 of 5: 0 % (0-43 %)"
    assert messages.share(Share(50, 50), HERE) == "50 of 50: 100 % (93-100 %)"


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(1, 10, 0.0179, 0.4042), (50, 100, 0.4038, 0.5962), (0, 10, 0, 0.2775)]
)
def test_the_interval_is_wilsons(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("hits", "n"), [(0, 0), (2, 1), (-1, 3)])
def test_no_interval_of_what_is_no_proportion(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(hits, n)


@st.composite
def issues(draw: st.DrawFn) -> Issue:
    hours = st.floats(0, 200, allow_nan=False)
    addressed = draw(st.none() | hours)
    waited = draw(st.floats(0, addressed)) if addressed else 0.0
    missed = draw(st.booleans()) or (addressed is not None and addressed >= 24)
    verified = addressed is not None and draw(st.booleans())
    return issue(
        addressed_at=None if addressed is None else at(addressed),
        missed_at=at(24) if missed else None,
        verified_at=at((addressed or 0) + draw(hours)) if verified else None,
        asked_at=at(1) if addressed is not None or draw(st.booleans()) else None,
        fixer=FIXER,
        waited=timedelta(hours=waited),
    )


@given(st.lists(issues(), max_size=40), st.floats(0, 300, allow_nan=False))
def test_the_figures_agree_with_a_plain_recount(some: list[Issue], hours: float) -> None:
    now = at(hours)
    found = figures.of(some, now)
    in_time = over = verified_in_time = asked = verified = 0
    raw: list[timedelta] = []
    net: list[timedelta] = []
    for one in some:
        asked += one.asked_at is not None
        verified += one.asked_at is not None and one.verified_at is not None
        if one.missed_at is None and one.addressed_at is None and now < at(24):
            continue
        over += 1
        if one.missed_at is None and one.addressed_at is not None:
            in_time += 1
        if one.verified_at is not None and one.verified_at - one.reported_at < timedelta(hours=24):
            verified_in_time += 1
        if one.addressed_at is not None:
            raw.append(one.addressed_at - one.reported_at)
            net.append(one.addressed_at - one.reported_at - one.waited)
    assert found.addressed == Share(in_time, over)
    assert found.verified_in_time == Share(verified_in_time, over)
    assert found.verified_of_asked == Share(verified, asked)
    assert found.running == len(some) - over
    assert found.raw_median == _middle(raw)
    assert found.net_median == _middle(net)
    if raw:
        assert found.raw_p90 is not None
        assert sum(time <= found.raw_p90 for time in raw) * 10 >= len(raw) * 9
        assert sum(time < found.raw_p90 for time in raw) * 10 < len(raw) * 9


def _middle(times: list[timedelta]) -> timedelta | None:
    if not times:
        return None
    below, above = sorted(times)[(len(times) - 1) // 2], sorted(times)[len(times) // 2]
    return (below + above) / 2


def test_the_90th_percentile_is_the_nearest_rank_for_every_number_of_cases() -> None:
    for n in range(1, 300):
        some = [issue(addressed_at=at(hour / 100)) for hour in range(1, n + 1)]
        assert figures.of(some, at(0)).raw_p90 == timedelta(hours=-(-9 * n // 10) / 100)
