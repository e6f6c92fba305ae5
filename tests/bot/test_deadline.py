"""The vectors of the 24-hour target; f is Friday 1 May 2026, 21:00 UTC."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import deadline, lifecycle, messages
from bot.model import Event, Help, Issue, Reader, Status
from tests import builders

F = datetime(2026, 5, 1, 21, tzinfo=UTC)
DAY = timedelta(hours=24)
NEW_YORK = ZoneInfo("America/New_York")


def at(hours: float) -> datetime:
    return F + timedelta(hours=hours)


def reported(**given: object) -> Issue:
    return builders.issue(reported_at=F, due_at=deadline.due_at(F, DAY), **given)


def fixed(hours: float, issue: Issue | None = None) -> Issue:
    return replace(helped(issue or reported(), hours), status=Status.FIXED)


def helped(issue: Issue, hours: float, by: Help = Help.FIX, n: int = 3) -> Issue:
    return deadline.addressed(issue, at(hours), by, n)


@pytest.mark.parametrize(
    ("local", "shown"),
    [
        (datetime(2026, 3, 7, 20, tzinfo=NEW_YORK), "tomorrow, Sun 21:00"),
        (datetime(2026, 10, 31, 20, tzinfo=NEW_YORK), "tomorrow, Sun 19:00"),
        (datetime(2026, 5, 1, 17, tzinfo=NEW_YORK), "tomorrow, Sat 17:00"),
    ],
)
def test_24_hours_are_real_hours_whatever_the_clock_on_the_wall_does(local: datetime, shown: str) -> None:
    start = local.astimezone(UTC)
    due = deadline.due_at(start, DAY)
    assert due - start == DAY
    assert messages.when(due, start, Reader("America/New_York")) == shown


def test_taken_and_nothing_more_is_missed_at_24_hours_exactly() -> None:
    taken = reported(status=Status.TAKEN)
    assert deadline.passed(taken).missed_at == at(24)


def test_a_miss_noticed_on_monday_is_dated_at_the_deadline() -> None:
    assert helped(reported(), 66).missed_at == at(24)


@pytest.mark.parametrize(("hours", "missed"), [(24 - 1e-6, False), (24, True), (24 + 1e-6, True)])
def test_the_boundary_is_24_hours_exactly(hours: float, missed: bool) -> None:  # noqa: FBT001
    assert (helped(reported(), hours).missed_at is not None) is missed
    assert (deadline.voided(fixed(5), at(hours)).missed_at is not None) is missed


def test_fixed_in_time_is_met_and_stays_met() -> None:
    assert deadline.passed(fixed(23)).missed_at is None


def test_fixed_at_5_still_broken_at_20_runs_on_and_is_missed_at_24() -> None:
    running = deadline.voided(fixed(5), at(20))
    assert (running.addressed_at, running.missed_at) == (None, None)
    assert deadline.passed(running).missed_at == at(24)


def test_fixed_at_5_still_broken_at_30_is_a_miss_dated_at_the_deadline() -> None:
    assert deadline.voided(fixed(5), at(30)).missed_at == at(24)


def test_silence_after_a_fix_is_met_and_not_verified() -> None:
    closed = replace(fixed(5), status=lifecycle.after(fixed(5), Event.SILENCE))
    assert closed.status is Status.UNVERIFIED
    assert (closed.missed_at, closed.verified_at) == (None, None)


def test_the_first_stamp_stands() -> None:
    assert helped(fixed(5), 9).addressed_at == at(5)


def test_a_second_fix_after_still_broken_counts_from_the_first_words() -> None:
    again = helped(deadline.voided(fixed(5), at(20)), 23)
    assert deadline.raw(again) == timedelta(hours=23)
    assert deadline.net(again) == timedelta(hours=23 - 15)
    assert again.missed_at is None


def test_while_nothing_has_helped_there_are_no_hours() -> None:
    assert deadline.raw(reported()) is None
    assert deadline.net(reported()) is None


def test_waits_for_a_vendor_or_the_reporter_are_no_part_of_the_net_hours() -> None:
    waited = deadline.went_on(deadline.waits(reported(), at(2)), at(4))
    late = helped(waited, 40)
    assert (deadline.raw(late), deadline.net(late)) == (timedelta(hours=40), timedelta(hours=38))
    assert late.missed_at == at(24)


def test_a_wait_that_goes_on_while_a_workaround_holds_is_no_part_of_the_time_until_it_helped() -> None:
    waiting = deadline.waits(reported(), at(2))
    around = deadline.went_on(helped(waiting, 5, Help.WORKAROUND), at(30))
    assert deadline.net(around) == timedelta(hours=2)


def test_a_workaround_that_failed_was_no_wait_for_its_reporters_word() -> None:
    failed = deadline.voided(helped(reported(), 2, Help.WORKAROUND), at(26))
    assert (failed.missed_at, failed.waited) == (at(24), timedelta(0))


def test_waits_since_a_workaround_that_failed_count_with_those_before() -> None:
    around = helped(reported(), 2, Help.WORKAROUND)
    asked = deadline.went_on(deadline.waits(around, at(3)), at(7))
    waiting = deadline.waits(asked, at(9))
    failed = deadline.voided(waiting, at(10))
    assert deadline.net(helped(deadline.went_on(failed, at(14)), 20)) == timedelta(hours=20 - 4 - 5)


def test_waits_since_a_workaround_that_served_do_not_count() -> None:
    around = deadline.waits(helped(reported(), 2, Help.WORKAROUND), at(3))
    assert deadline.net(deadline.went_on(around, at(7))) == timedelta(hours=2)


def test_the_one_that_survives_a_merge_takes_the_earliest_clock_and_its_own_again_afterwards() -> None:
    child = builders.issue(reported_at=at(-3), due_at=at(21))
    survivor = deadline.merged(reported(), [child])
    assert (survivor.due_at, survivor.started_at) == (at(21), at(-3))
    assert deadline.merged(survivor, []).due_at == at(24)


def test_a_later_one_that_is_merged_moves_no_deadline() -> None:
    assert deadline.merged(reported(), [builders.issue(reported_at=at(3), due_at=at(27))]).due_at == at(24)


def test_an_earlier_clock_may_have_run_out_already_and_that_miss_stays() -> None:
    child = builders.issue(reported_at=at(-30), due_at=at(-6))
    late = deadline.rewound(deadline.merged(reported(), [child]), at(1))
    assert late.missed_at == at(-6)
    assert deadline.merged(late, []).missed_at == at(-6)


def test_an_idea_is_never_a_miss() -> None:
    assert deadline.passed(reported(idea=True)).missed_at is None
    assert helped(reported(idea=True), 66).missed_at is None


WAITS = st.lists(st.floats(0, 100, allow_nan=False), min_size=2, max_size=12)


@given(WAITS)
def test_net_hours_are_never_more_than_raw_nor_negative_and_a_miss_never_changes(waits: list[float]) -> None:
    issue, now, missed = reported(), F, None
    for n, wait in enumerate(waits):
        now += timedelta(hours=wait)
        issue = deadline.voided(issue, now) if n % 2 else deadline.addressed(issue, now, Help.FIX, n)
        assert missed is None or issue.missed_at == missed
        missed = issue.missed_at
        assert issue.due_at == at(24)
        raw, net = deadline.raw(issue), deadline.net(issue)
        if raw is not None and net is not None:
            assert timedelta(0) <= net <= raw


@given(st.integers(0, 2 * 8_760), st.sampled_from(["America/New_York", "Europe/London", "Asia/Kathmandu"]))
def test_the_shown_deadline_is_24_real_hours_later_in_every_hour_of_the_year(hours: int, zone: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    due = deadline.due_at(start, DAY)
    assert due - start == DAY
    assert messages.when(due, start, Reader(zone)).endswith(f"{due.astimezone(ZoneInfo(zone)):%H:%M}")
