"""Wall clocks: what "until Monday" means, handovers, hours in which people may be written to, recurrences (pure).

Times go in and come out in UTC; `zone` is the IANA name of the reader's. A wall-clock time that does not exist on a day
moves forward by what the clocks skip; of one that exists twice the first is meant.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.model import Shift
from bot.typed import fold

Hours = tuple[datetime, datetime]  # from, and until

DAY = timedelta(days=1)
WEEK = timedelta(days=7)

MORNING = time(7)  # of a day that is named without an hour, and the start of a day shift
EVENING = time(19)
OPENS, OPEN_FOR = time(7, 30), timedelta(hours=12)  # for somebody of whom nothing is known
NIGHT = time(22)  # from then on nobody who is off duty is woken, not even about what is for the same day
BAND = timedelta(hours=2)  # either side of when they last wrote
REST = timedelta(hours=6)  # less than this ahead is the shift that they are on, or come from

SILENT = WEEK
SILENT_UNKNOWN = timedelta(days=14)  # where no rota is known
SILENT_AT_LATEST = timedelta(days=30)

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_FILLERS = {"at", "on"}
_HALF = re.compile(r"(?<=\d) ?([ap])\.?m\b\.?", re.ASCII)  # 7 p.m. -> 7pm
_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d\d))?([ap]m)?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DAY_MONTH = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[a-z]+)(?: (?P<year>\d{4}))?", re.ASCII)
_MONTH_DAY = re.compile(r"(?P<month>[a-z]+) (?P<day>\d{1,2})(?:st|nd|rd|th)?(?: (?P<year>\d{4}))?", re.ASCII)
_LEAP = 9  # years among which there is a 29 February, 2100 included


# --------------------------------------------------------------------------------------------- the clock on the wall


def instant(wall: datetime, zone: str) -> datetime:
    """When the clocks of the zone show that; `wall` has no zone of its own."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def next_time(hour: int, minute: int, now: datetime, zone: str) -> datetime:
    """The next such wall-clock time, strictly after now."""
    yesterday = _today(now, zone) - DAY  # whose last hour may have moved past midnight
    days = (datetime.combine(yesterday + n * DAY, time(hour, minute)) for n in count())
    return next(at for at in (instant(wall, zone) for wall in days) if at > now)


def handover(now: datetime, zone: str) -> datetime:
    """When one shift next hands over to another."""
    return min(next_time(6, 45, now, zone), next_time(18, 45, now, zone))


def _today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


# ------------------------------------------------------------------------------------- what people write after "until"


def moment(text: str, now: datetime, zone: str) -> datetime | None:
    """The next moment that these words mean; None where they mean none, or one that has passed.

    19:00 · 1900 · 7pm · tomorrow · tomorrow 07:00 · Mon · Monday 7:00 · 3 May · May 3 · 2026-05-03 · 2026-05-03 07:00
    """
    words = [word for word in _HALF.sub(r"\1m", fold(text).replace(",", " ")).split() if word not in _FILLERS]
    for day, clock in [(words, ""), (words[:-1], words[-1]), (words[1:], words[0])] if words else ():
        days, hour = _days(" ".join(day), _today(now, zone)), _hour(clock)
        if days and hour is not None:
            return _first_after(now, [datetime.combine(each, hour) for each in days], zone)
    return None


def _first_after(now: datetime, walls: Sequence[datetime], zone: str) -> datetime | None:
    try:
        return min((at for at in (instant(wall, zone) for wall in walls) if at > now), default=None)
    except OverflowError:  # the first or last day that there is, seen from elsewhere
        return None


def _hour(clock: str) -> time | None:
    if not clock:
        return MORNING
    found = _CLOCK.fullmatch(clock)
    if found is None or not (found[2] or found[3]):  # a bare 7 may be either
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - the hours of a clock's face
            return None
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004 - the hours of a day


def _days(words: str, today: date) -> Sequence[date]:
    """The days that these words may mean; of several the first that is still ahead."""
    if not words:
        return [today + n * DAY for n in (-1, 0, 1, 2)]
    if words in {"today", "tomorrow"}:
        return [today + DAY if words == "tomorrow" else today]
    if weekday := _nth(words, _WEEKDAYS):
        ahead = (weekday - today.isoweekday()) % 7
        return [today + ahead * DAY, today + ahead * DAY + WEEK]
    if _ISO.fullmatch(words):
        return _dates([int(words[:4])], int(words[5:7]), int(words[8:]))
    found = _DAY_MONTH.fullmatch(words) or _MONTH_DAY.fullmatch(words)
    if found is None:
        return []
    years = [int(found["year"])] if found["year"] else range(today.year, today.year + _LEAP)
    return _dates(years, _nth(found["month"], _MONTHS), int(found["day"]))


def _nth(word: str, names: Sequence[str]) -> int:
    """Which of the names is meant by it or by its first letters, counted from 1; 0 for none."""
    return next((n for n, name in enumerate(names, 1) if name.startswith(word) and len(word) > 2), 0)  # noqa: PLR2004


def _dates(years: Sequence[int], month: int, day: int) -> Sequence[date]:
    """Those that exist."""
    found = []
    for year in years:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


# -------------------------------------------------------------------------------------------------- somebody's hours


def reachable(now: datetime, zone: str, shifts: Sequence[Shift], last_wrote: datetime | None) -> datetime:
    """When a follow-up may reach somebody: now, where these are their hours, or else when those next begin.

    Their hours are their shifts. Without any in the next 7 days: the band of the day in which they last wrote.
    """
    on = [(shift.starts_at, shift.ends_at) for shift in shifts if shift.ends_at > now and shift.starts_at < now + WEEK]
    return min(max(begins, now) for begins, ends in on or _bands(now, zone, last_wrote) if ends > now)


def by_day(now: datetime, zone: str) -> datetime:
    """Now, or in the morning where it is night."""
    awake = OPENS <= now.astimezone(ZoneInfo(zone)).time() < NIGHT
    return now if awake else next_time(OPENS.hour, OPENS.minute, now, zone)


def _bands(now: datetime, zone: str, last_wrote: datetime | None) -> Sequence[Hours]:
    """Yesterday's, which may reach past midnight, today's and tomorrow's."""
    today = _today(now, zone)
    if last_wrote is None:
        opens, lasts = datetime.combine(today, OPENS), OPEN_FOR
    else:
        wrote = last_wrote.astimezone(ZoneInfo(zone)).time()
        opens, lasts = datetime.combine(today, wrote) - BAND, 2 * BAND
    return [(instant(opens + n * DAY, zone), instant(opens + n * DAY + lasts, zone)) for n in (-1, 0, 1)]


def next_shift(now: datetime, zone: str, shifts: Sequence[Shift]) -> datetime:
    """For "ask me next shift": when their next one begins.

    Without a rota the next of the kind that runs now, 07:30 by day and 19:30 by night: who says so at 08:00 has gone
    home at 19:30, and is back next morning.
    """
    ahead = [shift.starts_at for shift in shifts if shift.starts_at > now]
    if ahead:
        return min(ahead)
    by_day = MORNING <= now.astimezone(ZoneInfo(zone)).time() < EVENING
    return next_time(7 if by_day else 19, 30, now + REST, zone)


def worked_since(since: datetime, now: datetime, shifts: Sequence[Shift]) -> bool:
    """Whether they had a whole shift in that time."""
    return any(since <= shift.starts_at and shift.ends_at <= now for shift in shifts)


def silent_at(asked_at: datetime, shifts: Sequence[Shift], last: datetime) -> datetime:
    """When a reporter's silence closes an issue: a week that holds a whole shift of theirs, or two without a rota.

    The week counts from `last`, when they were to be asked at their own wish ("ask me next shift"; `asked_at` where
    they never wished so). Thirty days after they were first asked it closes in any case.
    """
    ends = min((shift.ends_at for shift in shifts if shift.starts_at >= last), default=None)
    closes = last + SILENT_UNKNOWN if ends is None else max(last + SILENT, ends)
    return min(closes, asked_at + SILENT_AT_LATEST)


# --------------------------------------------------------------------------------------------------------- recurrences


def next_after(cron: str, zone: str, after: datetime) -> datetime:
    """When the cron is next due, strictly after. Weekdays by name: APScheduler counts Monday as 0, cron Sunday."""
    # Reckoned on a wall whose clocks never change: in a real zone APScheduler gives a time that exists twice twice, and
    # passes over one that does not exist when asked within the hour to which it moves. Hence also the day of run-up.
    trigger = CronTrigger.from_crontab(cron, timezone=UTC)
    wall = after.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) - DAY
    while True:
        wall = trigger.get_next_fire_time(None, wall)
        at = instant(wall, zone)
        if at > after:
            return at
        wall += timedelta(minutes=1)


def occurrence(cron: str, zone: str, at: datetime) -> str:
    """A key for what was due `at`: what the clock on the wall showed, so that an hour that comes twice counts once."""
    return f"{cron} {at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
