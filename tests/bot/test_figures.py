from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import figures, messages
from bot.figures import Helped, Share
from bot.model import Help, Issue, IssueId, NonUse, PersonId, Reader, Severity, Status
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


# ---------------------------------------------------------------------------------------------- reckoned by hand


S1, S2, S3, S4 = Severity


def helped(hours: float, by: Help, severity: Severity = S3, **given: object) -> Issue:
    missed = at(24) if hours >= 24 else None
    values: dict[str, object] = {"severity": severity, "status": Status.FIXED, "missed_at": missed}
    return issue(addressed_at=at(hours), addressed_by=by, **values | given)


AROUND = helped(1, Help.WORKAROUND, S1, status=Status.TAKEN)
QUICK = helped(3, Help.FIX, S2, asked_at=at(3), verified_at=at(6), status=Status.VERIFIED)
WAITED = helped(30, Help.FIX, S2, asked_at=at(30), waited=timedelta(hours=10))
ANSWERED = helped(5, Help.ANSWER, asked_at=at(5))
SLOW = helped(12, Help.FIX, asked_at=at(12), waited=timedelta(hours=4), status=Status.UNVERIFIED)
FORGOTTEN = issue(severity=S3)
QUESTION = helped(20, Help.ANSWER, S4, asked_at=at(20))
RECENT = builders.issue(reported_at=at(30), due_at=at(54))
DECLINED = issue(status=Status.DECLINED)
DECLINED_LATE = issue(status=Status.DECLINED, missed_at=at(24))
WITHDRAWN = issue(status=Status.WITHDRAWN)
IDEA = issue(severity=S4, idea=True)
CHILD = issue(status=Status.MERGED, merged_into=IssueId(QUICK.id))
COUNTED = [AROUND, QUICK, WAITED, ANSWERED, SLOW, FORGOTTEN, QUESTION, DECLINED_LATE]
MONTH = [*COUNTED, RECENT, DECLINED, WITHDRAWN, IDEA, CHILD]


def test_a_month_by_hand() -> None:
    """Help came after 1, 3, 5, 12, 20 and 30 h; without the waits, after 1, 3, 5, 8, 20 and 20 h."""
    found = figures.of(MONTH, at(48))
    assert (found.addressed, found.verified_in_time, found.verified_of_asked) == (Share(5, 8), Share(1, 8), Share(1, 5))
    assert (found.helped, found.running) == (6, 1)
    assert found.raw_median == timedelta(hours=8, minutes=30)
    assert found.raw_p90 == timedelta(hours=30)
    assert found.net_median == timedelta(hours=6, minutes=30)
    assert (found.declined, found.withdrawn, found.ideas, found.merged) == (1, 1, 1, 1)


def test_how_they_were_helped_stands_by_severity_of_those_that_count() -> None:
    assert figures.of(MONTH, at(48)).by_severity == {
        S1: Helped(n=1, fixed=0, answered=0, worked_around=1, missed=0),
        S2: Helped(n=2, fixed=2, answered=0, worked_around=0, missed=1),
        S3: Helped(n=4, fixed=1, answered=1, worked_around=0, missed=2),
        S4: Helped(n=1, fixed=0, answered=1, worked_around=0, missed=0),
    }


def test_nobody_is_left_out_and_nobody_is_counted_twice() -> None:
    found = figures.of(MONTH, at(48))
    apart = found.declined + found.withdrawn + found.ideas + found.merged
    assert found.addressed.n + found.running + apart == len(MONTH)
    assert sum(each.n for each in found.by_severity.values()) == found.addressed.n


def test_why_people_do_without_is_counted_of_all_of_them_whatever_became_of_them() -> None:
    said = [NonUse.TRAINING, NonUse.FRICTION, NonUse.TRAINING, None]
    some = [replace(each, non_use=why) for each, why in zip([QUICK, DECLINED, CHILD, IDEA], said, strict=True)]
    assert figures.of(some, at(48)).non_use == {
        NonUse.FRICTION: 1,
        NonUse.TRAINING: 2,
        NonUse.MISSING: 0,
        NonUse.OTHER: 0,
    }


def test_those_whose_severity_was_changed_stand_beside_the_rest_and_move_nothing() -> None:
    assert figures.of(MONTH, at(48), reclassified=3) == replace(figures.of(MONTH, at(48)), reclassified=3)


@pytest.mark.parametrize("closed", [Status.DECLINED, Status.WITHDRAWN])
def test_what_was_closed_after_its_deadline_is_a_miss_and_not_shown_apart(closed: Status) -> None:
    found = figures.of([issue(status=closed, missed_at=at(24))], at(48))
    assert (found.addressed, found.declined, found.withdrawn) == (Share(0, 1), 0, 0)


@pytest.mark.parametrize("closed", [Status.DECLINED, Status.WITHDRAWN])
def test_what_was_closed_in_time_is_neither_met_nor_missed_however_late_one_looks(closed: Status) -> None:
    found = figures.of([issue(status=closed)], at(500))
    assert (found.addressed, found.running, found.declined + found.withdrawn) == (Share(0, 0), 0, 1)


def test_an_idea_has_no_24_hours_but_one_that_was_missed_before_stays_a_miss() -> None:
    found = figures.of([IDEA, replace(IDEA, missed_at=at(24))], at(500))
    assert (found.addressed, found.ideas) == (Share(0, 1), 1)


def test_what_follows_another_one_is_never_counted_itself() -> None:
    verified = replace(CHILD, status=Status.VERIFIED, asked_at=at(3), verified_at=at(4), missed_at=at(24))
    found = figures.of([QUICK, verified], at(48))
    assert (found.addressed, found.verified_of_asked, found.merged) == (Share(1, 1), Share(1, 1), 1)


def test_hours_count_from_the_earliest_start_of_all_that_were_merged() -> None:
    """What followed it was reported three hours before."""
    found = figures.of([replace(ANSWERED, due_at=at(21))], at(48))
    assert (found.raw_median, found.net_median) == (timedelta(hours=8), timedelta(hours=8))


@pytest.mark.parametrize(
    ("told", "hours", "addressed", "net"),
    [
        (helped(23, Help.WORKAROUND, status=Status.TAKEN), 24, Share(1, 1), 23),
        (issue(status=Status.TAKEN), 24, Share(0, 1), None),  # taken, nothing more
        (helped(40, Help.FIX, waited=timedelta(hours=38)), 40, Share(0, 1), 2),  # 38 h of them at the vendor's
        (issue(status=Status.TAKEN, waited=timedelta(hours=15)), 21, Share(0, 0), None),  # still broken after 20 h
        (issue(status=Status.TAKEN, waited=timedelta(hours=15)), 24, Share(0, 1), None),
        (issue(status=Status.TAKEN, missed_at=at(24)), 30, Share(0, 1), None),  # still broken, or the workaround fails
        (helped(5, Help.FIX, status=Status.UNVERIFIED, asked_at=at(5)), 200, Share(1, 1), 5),  # silence
        (issue(status=Status.DECLINED), 30, Share(0, 0), None),
        (issue(status=Status.TAKEN), 30, Share(0, 1), None),  # declined after 3 h, objected to after 30
        (issue(status=Status.DECLINED, missed_at=at(24)), 25, Share(0, 1), None),
    ],
)
def test_the_stories_of_the_target(told: Issue, hours: float, addressed: Share, net: float | None) -> None:
    found = figures.of([told], at(hours))
    assert found.addressed == addressed
    assert found.net_median == (None if net is None else timedelta(hours=net))


@pytest.mark.parametrize(("n", "rank"), [(1, 1), (2, 2), (9, 9), (10, 9), (11, 10), (20, 18), (21, 19)])
def test_the_90th_percentile_by_hand(n: int, rank: int) -> None:
    some = [helped(hour, Help.FIX) for hour in range(n, 0, -1)]
    assert figures.of(some, at(0)).raw_p90 == timedelta(hours=rank)


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


@pytest.mark.parametrize("closed", [Status.DECLINED, Status.WITHDRAWN])
def test_an_idea_that_was_declined_or_withdrawn_stands_in_one_line(closed: Status) -> None:
    found = figures.of([IDEA, replace(IDEA, status=closed)], at(500))
    assert (found.ideas, found.declined + found.withdrawn) == (1, 1)
