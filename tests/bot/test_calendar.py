from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import calendar
from bot.model import PersonId, Shift, UnitId

NEW_YORK, LONDON = "America/New_York", "Europe/London"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 5, 1, 21, tzinfo=UTC)  # a Friday, 17:00 in New York

# The days on which clocks change, and the hour that is missing then or comes twice.
FORWARD = {(NEW_YORK, date(2026, 3, 8)): time(2), (LONDON, date(2026, 3, 29)): time(1)}
BACK = {(NEW_YORK, date(2026, 11, 1)): time(1), (LONDON, date(2026, 10, 25)): time(1)}
changes = pytest.mark.parametrize(("zone", "day"), [*FORWARD, *BACK])
HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
ZONES = st.sampled_from([NEW_YORK, LONDON, "Asia/Kathmandu", "America/Nuuk", "Australia/Lord_Howe", "Africa/Cairo"])
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, zone: str = NEW_YORK) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shown(at: datetime, zone: str) -> time:
    return at.astimezone(ZoneInfo(zone)).time()


def on(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def week_around(day: date, zone: str, step: timedelta = HOUR) -> Iterator[datetime]:
    """Every hour of the seven days in whose middle the clocks change."""
    at = datetime.combine(day - 3 * DAY, time(), ZoneInfo(zone)).astimezone(UTC)
    for n in range(7 * DAY // step):
        yield at + n * step


@cache
def expected(wall: time, day: date, zone: str) -> datetime:
    """When the wall shows that, found by looking at it every half hour; where it never does, an hour later."""
    looks = [datetime.combine(day, time(), UTC) - DAY + n * HOUR / 2 for n in range(6 * 24)]
    later = (datetime.combine(day, wall) + HOUR).time()
    seen = [at for at in looks if on(at, zone) == day]
    return next((at for at in seen if shown(at, zone) == wall), None) or next(
        at for at in seen if shown(at, zone) == later
    )


def shift(starts_at: datetime, hours: float = 12) -> Shift:
    return Shift(PersonId(1), UnitId(1), starts_at, starts_at + hours * HOUR)


# --------------------------------------------------------------------------------------------- the clock on the wall


@changes
def test_each_wall_clock_comes_once_a_day_in_the_week_of_the_change(zone: str, day: date) -> None:
    week = list(week_around(day, zone))
    days = sorted({on(at, zone) + n * DAY for at in week for n in (0, 1)})
    for wall in HALF_HOURS:
        comes = [expected(wall, each, zone) for each in days]
        for now in week:
            assert calendar.next_time(wall.hour, wall.minute, now, zone) == next(at for at in comes if at > now)


def test_a_time_that_does_not_exist_moves_forward_and_of_one_that_exists_twice_the_first_is_meant() -> None:
    spring, autumn = datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert calendar.next_time(2, 30, spring, NEW_YORK) == local(2026, 3, 8, 3, 30)
    assert calendar.next_time(1, 30, autumn, NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    between = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)  # 01:10 for the second time
    assert calendar.next_time(1, 30, between, NEW_YORK) == local(2026, 11, 2, 1, 30)


def test_the_next_time_is_strictly_after_now() -> None:
    now = local(2026, 5, 1, 7, 30)
    assert calendar.next_time(7, 30, now, NEW_YORK) == now + DAY
    assert calendar.next_time(7, 30, now - timedelta(microseconds=1), NEW_YORK) == now


@given(INSTANTS, ZONES, st.integers(0, 23), st.integers(0, 59), st.timedeltas(timedelta(0), timedelta(days=2)))
@example(datetime(2026, 3, 29, 0, 50, tzinfo=UTC), "America/Nuuk", 23, 30, HOUR / 3)  # moved past midnight
def test_nothing_lies_between_now_and_the_next_time(
    now: datetime, zone: str, hour: int, minute: int, later: timedelta
) -> None:
    found = calendar.next_time(hour, minute, now, zone)
    assert now < found <= now + 26 * HOUR
    again = calendar.next_time(hour, minute, now + later, zone)
    assert again == found if now + later < found else again > found


@changes
def test_shifts_hand_over_twice_on_every_day_of_that_week(zone: str, day: date) -> None:
    for now in week_around(day, zone):
        both = [expected(wall, on(now, zone) + n * DAY, zone) for n in (0, 1) for wall in (time(6, 30), time(18, 30))]
        quarter = timedelta(minutes=15)
        assert calendar.handover(now, zone) == next(at + quarter for at in both if at + quarter > now)


# ------------------------------------------------------------------------------------- what people write after "until"


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("19:00", local(2026, 5, 1, 19)),
        ("19.00", local(2026, 5, 1, 19)),
        ("1900", local(2026, 5, 1, 19)),
        ("7pm", local(2026, 5, 1, 19)),
        ("7 PM", local(2026, 5, 1, 19)),
        ("7:30 p.m.", local(2026, 5, 1, 19, 30)),
        ("7am", local(2026, 5, 2, 7)),
        ("12am", local(2026, 5, 2)),
        ("12 pm", local(2026, 5, 2, 12)),
        ("17:00", local(2026, 5, 2, 17)),  # it is 17:00 now
        ("17:01", local(2026, 5, 1, 17, 1)),
        ("today 19:00", local(2026, 5, 1, 19)),
        ("tomorrow", local(2026, 5, 2, 7)),
        ("tomorrow 19:00", local(2026, 5, 2, 19)),
        ("Tomorrow at 7 pm", local(2026, 5, 2, 19)),
        ("7pm tomorrow", local(2026, 5, 2, 19)),
        ("Mon", local(2026, 5, 4, 7)),
        ("monday 7:00", local(2026, 5, 4, 7)),
        ("on Thurs, 0645", local(2026, 5, 7, 6, 45)),
        ("Fri", local(2026, 5, 8, 7)),  # today's 07:00 has passed
        ("Fri 18:00", local(2026, 5, 1, 18)),
        ("3 May", local(2026, 5, 3, 7)),
        ("3 may 19:00", local(2026, 5, 3, 19)),
        ("May 3rd", local(2026, 5, 3, 7)),
        ("May 3, 2026", local(2026, 5, 3, 7)),
        ("3 May 2026 1900", local(2026, 5, 3, 19)),
        ("1 May", local(2027, 5, 1, 7)),
        ("30 Apr", local(2027, 4, 30, 7)),
        ("29 Feb", local(2028, 2, 29, 7)),
        ("2026-05-03", local(2026, 5, 3, 7)),
        ("2026-05-03 07:00", local(2026, 5, 3, 7)),
        ("  2026-05-03   19:00 ", local(2026, 5, 3, 19)),
    ],
)
def test_the_next_such_moment_is_meant(text: str, means: datetime) -> None:
    found = calendar.moment(text, NOW, NEW_YORK)
    assert found == means
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ",", "yesterday", "today", "today 16:00", "2026-04-30", "2026-05-01", "2026-05-01 17:00",
        "30 April 2026",
        "7", "24:00", "19:60", "13pm", "0am", "19:00 19:00", "31 April", "2026-02-30", "2026-13-01", "May", "mo", "3",
        "Mon Tue", "tomorrow tomorrow", "the end of my shift", "Smarch 3", "5/3", "9999-12-31 23:59", "0001-01-01",
    ],
)  # fmt: skip
def test_what_means_nothing_or_has_passed_is_nothing(text: str) -> None:
    assert calendar.moment(text, NOW, NEW_YORK) is None


@given(st.text() | st.from_regex(r"[0-9a-z :.,-]{0,24}", fullmatch=True), INSTANTS, ZONES)
def test_whatever_is_typed_it_is_a_moment_ahead_or_nothing(text: str, now: datetime, zone: str) -> None:
    found = calendar.moment(text, now, zone)
    assert found is None or found > now


@changes
def test_hours_and_days_are_the_walls_in_the_week_of_the_change(zone: str, day: date) -> None:
    for now in week_around(day, zone):
        today = on(now, zone)
        monday = today + (-today.weekday() % 7) * DAY
        for wall in HALF_HOURS:
            written = f"{wall:%H:%M}"
            assert calendar.moment(written, now, zone) == calendar.next_time(wall.hour, wall.minute, now, zone)
            tomorrow = expected(wall, today + DAY, zone)
            assert calendar.moment(f"tomorrow {written}", now, zone) == tomorrow
            assert calendar.moment(f"{today + DAY} {written}", now, zone) == tomorrow
            assert calendar.moment(f"{today + DAY:%d %B} {written}", now, zone) == tomorrow
        mondays = [expected(time(7), monday + n * DAY, zone) for n in (0, 7)]
        assert calendar.moment("Mon", now, zone) == next(at for at in mondays if at > now)


# -------------------------------------------------------------------------------------------------- somebody's hours


def test_with_a_rota_their_hours_are_their_shifts() -> None:
    shifts = [shift(NOW + 5 * DAY), shift(NOW + 2 * HOUR)]
    assert calendar.reachable(NOW, NEW_YORK, shifts, NOW) == NOW + 2 * HOUR
    assert calendar.reachable(NOW + 2 * HOUR, NEW_YORK, shifts, NOW) == NOW + 2 * HOUR
    assert calendar.reachable(NOW + 13 * HOUR, NEW_YORK, shifts, NOW) == NOW + 13 * HOUR
    assert calendar.reachable(NOW + 14 * HOUR, NEW_YORK, shifts, NOW) == NOW + 5 * DAY


def test_shifts_that_are_over_or_more_than_a_week_off_are_no_rota() -> None:
    shifts = [shift(NOW - 12 * HOUR), shift(NOW + 7 * DAY)]
    assert calendar.reachable(NOW, NEW_YORK, shifts, None) == NOW  # 17:00, by day
    assert calendar.reachable(NOW, NEW_YORK, [shift(NOW + 7 * DAY - HOUR)], None) == NOW + 7 * DAY - HOUR


@pytest.mark.parametrize(
    ("wrote", "now", "reached"),
    [
        (None, (7, 29), (7, 30)),
        (None, (7, 30), (7, 30)),
        (None, (19, 29), (19, 29)),
        (None, (19, 30), (31, 30)),
        (None, (3, 0), (7, 30)),
        ((13, 15), (11, 14), (11, 15)),
        ((13, 15), (15, 14), (15, 14)),
        ((13, 15), (15, 15), (35, 15)),
        ((23, 0), (0, 30), (0, 30)),  # until 01:00
        ((23, 0), (1, 0), (21, 0)),
        ((23, 0), (23, 59), (23, 59)),
        ((0, 30), (23, 0), (23, 0)),  # from 22:30 on
        ((0, 30), (2, 30), (22, 30)),
        ((0, 30), (12, 0), (22, 30)),
    ],
)
def test_without_a_rota_it_is_the_band_of_the_day_in_which_they_last_wrote(
    wrote: tuple[int, int] | None, now: tuple[int, int], reached: tuple[int, int]
) -> None:
    midnight = local(2026, 5, 1)
    last = local(2026, 4, 20, *wrote) if wrote else None
    at, until = (midnight + timedelta(hours=hours, minutes=minutes) for hours, minutes in (now, reached))
    assert calendar.reachable(at, NEW_YORK, [], last) == until


@changes
def test_follow_ups_keep_to_the_walls_hours_in_the_week_of_the_change(zone: str, day: date) -> None:
    for now in week_around(day, zone):
        reached = calendar.reachable(now, zone, [], None)
        opens = calendar.next_time(7, 30, now, zone)
        assert reached == (now if time(7, 30) <= shown(now, zone) < time(19, 30) else opens)
        for wrote in range(24):
            found = calendar.reachable(now, zone, [], local(2026, 5, 1, wrote, zone=zone))
            moved = HOUR if on(found, zone) == day and shown(found, zone) < time(6) else timedelta(0)
            assert now <= found < now + DAY
            assert abs(ahead(time(wrote), shown(found, zone))) <= 2 * HOUR + moved
            if on(now, zone) != day:
                assert (found == now) is (-2 * HOUR <= ahead(time(wrote), shown(now, zone)) < 2 * HOUR)


def ahead(one: time, other: time) -> timedelta:
    """How far the other is ahead of the one, the shorter way round the face of a clock with 24 hours."""
    minutes = (other.hour - one.hour) * 60 + other.minute - one.minute
    return timedelta(minutes=(minutes + 12 * 60) % (24 * 60) - 12 * 60)


SHIFTS = st.lists(
    st.builds(
        lambda at, hours: shift(NOW + at * HOUR, hours),
        at=st.integers(-24 * 3, 24 * 40),
        hours=st.integers(1, 24),
    ),
    max_size=8,
)


@given(INSTANTS, ZONES, st.none() | INSTANTS, SHIFTS)
def test_who_is_reached_then_is_reached_at_once(
    now: datetime, zone: str, wrote: datetime | None, shifts: Sequence[Shift]
) -> None:
    found = calendar.reachable(now, zone, shifts, wrote)
    assert now <= found <= now + 7 * DAY
    assert calendar.reachable(found, zone, shifts, wrote) == found


# ------------------------------------------------------------------------------------------------- "ask me next shift"


def test_the_next_shift_is_the_first_of_the_rota_that_begins_after_now() -> None:
    shifts = [shift(NOW + 9 * DAY), shift(NOW), shift(NOW + DAY), shift(NOW - DAY)]
    assert calendar.next_shift(NOW, NEW_YORK, shifts) == NOW + DAY


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        ((8, 0), (31, 30)),  # not at 19:30: they have just gone home
        ((7, 0), (31, 30)),
        ((18, 59), (31, 30)),
        ((20, 0), (43, 30)),
        ((19, 0), (43, 30)),  # 19:30 is the shift they have come for
        ((3, 0), (19, 30)),
        ((6, 59), (19, 30)),
    ],
)
def test_without_a_rota_it_is_the_next_shift_of_the_same_kind(now: tuple[int, int], asked: tuple[int, int]) -> None:
    midnight = local(2026, 5, 1)
    at, then = (midnight + timedelta(hours=hours, minutes=minutes) for hours, minutes in (now, asked))
    for shifts in ([], [shift(midnight - DAY)]):
        assert calendar.next_shift(at, NEW_YORK, shifts) == then


@changes
def test_nobody_is_asked_again_in_the_same_shift_in_the_week_of_the_change(zone: str, day: date) -> None:
    for now in week_around(day, zone):
        asked = calendar.next_shift(now, zone, [])
        by_day = time(7) <= shown(now, zone) < time(19)
        assert shown(asked, zone) == (time(7, 30) if by_day else time(19, 30))
        assert timedelta(hours=11) < asked - now < timedelta(hours=26)


# -------------------------------------------------------------------------------------------------------------- silence


def test_a_shift_was_worked_when_all_of_it_lies_in_between() -> None:
    worked = [shift(NOW + HOUR, 12)]
    assert calendar.worked_since(NOW, NOW + 13 * HOUR, worked)
    assert calendar.worked_since(NOW + HOUR, NOW + 13 * HOUR, worked)
    assert not calendar.worked_since(NOW, NOW + 12.9 * HOUR, worked)
    assert not calendar.worked_since(NOW + 1.1 * HOUR, NOW + DAY, worked)
    assert not calendar.worked_since(NOW, NOW + DAY, [])


@pytest.mark.parametrize(
    ("shifts", "days"),
    [
        ([], 14),
        ([shift(NOW - 2 * DAY)], 14),  # a rota of the past says nothing of the days ahead
        ([shift(NOW - HOUR)], 14),
        ([shift(NOW - HOUR), shift(NOW + 10 * DAY)], 10.5),  # the rest of a shift is not one
        ([shift(NOW + DAY)], 7),
        ([shift(NOW + 6.5 * DAY)], 7),
        ([shift(NOW + 10 * DAY)], 10.5),
        ([shift(NOW + 10 * DAY), shift(NOW + 3 * DAY)], 7),
        ([shift(NOW + 35 * DAY)], 30),
    ],
)
def test_silence_closes_after_a_week_that_holds_a_shift_and_30_days_at_the_latest(
    shifts: Sequence[Shift], days: float
) -> None:
    assert calendar.silent_at(NOW, shifts, NOW) == NOW + days * DAY


def test_who_wished_to_be_asked_next_shift_has_a_week_from_then_but_30_days_from_the_first_question() -> None:
    assert calendar.silent_at(NOW, [shift(NOW + DAY), shift(NOW + 5 * DAY)], NOW + 4 * DAY) == NOW + 11 * DAY
    assert calendar.silent_at(NOW, [], NOW + 5 * DAY) == NOW + 19 * DAY
    assert calendar.silent_at(NOW, [], NOW + 20 * DAY) == NOW + 30 * DAY


@given(SHIFTS, st.integers(0, 24 * 29))
def test_silence_never_closes_before_they_have_worked_unless_no_rota_or_30_days_say_so(
    shifts: Sequence[Shift], wished: int
) -> None:
    last = NOW + wished * HOUR
    closes = calendar.silent_at(NOW, shifts, last)
    assert min(last + 7 * DAY, NOW + 30 * DAY) <= closes <= NOW + 30 * DAY
    known = any(each.starts_at >= last for each in shifts)
    assert closes == NOW + 30 * DAY or (
        calendar.worked_since(last, closes, shifts) if known else closes == last + 14 * DAY
    )


# --------------------------------------------------------------------------------------------------------- recurrences


def test_a_weekly_recurrence_keeps_its_hour_on_the_wall_across_the_change() -> None:
    at = local(2026, 10, 22, 9)
    for day in (date(2026, 10, 29), date(2026, 11, 5), date(2026, 11, 12)):
        at = calendar.next_after("0 9 * * thu", NEW_YORK, at)
        assert at.astimezone(ZoneInfo(NEW_YORK)) == datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(NEW_YORK))
        assert at.tzinfo is UTC


@changes
def test_a_daily_recurrence_comes_once_a_day_in_the_week_of_the_change(zone: str, day: date) -> None:
    hour = (FORWARD | BACK)[zone, day].hour
    for wall in (time(hour), time(hour, 30), time(hour + 1), time(9, 30)):
        for now in week_around(day, zone, HOUR / 2):
            comes = calendar.next_after(f"{wall.minute} {wall.hour} * * *", zone, now)
            assert comes == calendar.next_time(wall.hour, wall.minute, now, zone)


@changes
def test_an_occurrence_is_named_by_the_wall_so_an_hour_that_comes_twice_counts_once(zone: str, day: date) -> None:
    hour = (FORWARD | BACK)[zone, day]
    shows = [at for at in week_around(day, zone) if shown(at, zone) == hour]
    keys = [calendar.occurrence(f"0 {hour.hour} * * *", zone, at) for at in shows]
    assert (len(keys), len(set(keys))) == ((6, 6) if (zone, day) in FORWARD else (8, 7))


def test_two_recurrences_due_at_once_have_a_key_each() -> None:
    at = local(2026, 5, 1, 9)
    assert calendar.occurrence("0 9 * * *", NEW_YORK, at) != calendar.occurrence("0 9 * * fri", NEW_YORK, at)
