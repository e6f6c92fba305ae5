from datetime import timedelta

from bot.limits import MOST, DailyLimit
from tests.builders import NOON


def test_so_many_a_day_and_person_and_no_more() -> None:
    limit = DailyLimit(most=2)
    assert [limit.allows("maya", NOON) for _ in range(4)] == [True, True, False, False]
    assert limit.allows("ada", NOON)


def test_the_next_day_counts_anew() -> None:
    limit = DailyLimit(most=1)
    assert [limit.allows("maya", NOON + timedelta(days=day)) for day in (0, 0, 1, 1)] == [True, False, True, False]


def test_ten_are_enough() -> None:
    limit = DailyLimit()
    assert sum(limit.allows("maya", NOON) for _ in range(99)) == MOST == 10


def test_nothing_in_memory_says_who_it_was() -> None:
    limit, other = DailyLimit(), DailyLimit()
    for each in (limit, other):
        each.allows("maya-sample", NOON)
    assert "maya" not in repr(vars(limit))
    assert vars(limit)["_counts"].keys() != vars(other)["_counts"].keys()
