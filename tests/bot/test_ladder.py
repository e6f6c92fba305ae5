from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import ladder
from bot.model import Audience, Deed, Needs, Outcome, Severity, Status, Step
from tests import builders

F = datetime(2026, 5, 1, 21, tzinfo=UTC)
DAY = timedelta(hours=24)
S1, S2, S3, S4 = Severity
CHAMPIONS, RESPONDERS, OWNER, LEAD, SAFETY, SPONSOR, _REPORTER = Audience
UNOWNED, UNADDRESSED, UNANSWERED = Needs
EVERYBODY = (CHAMPIONS, RESPONDERS, LEAD, SAFETY, SPONSOR)


def hours(steps: tuple[Step, ...]) -> list[tuple[float, Needs, tuple[Audience, ...]]]:
    return [((step.due_at - F) / timedelta(hours=1), step.needs, step.tell) for step in steps]


@pytest.mark.parametrize(
    ("severity", "rungs"),
    [
        (S1, [(5 / 60, UNOWNED, (RESPONDERS,)), (0.25, UNOWNED, EVERYBODY), (1, UNADDRESSED, (OWNER, LEAD, SAFETY))]),
        (
            S2,
            [
                (0.25, UNOWNED, (RESPONDERS,)),
                (1, UNOWNED, (LEAD,)),
                (4, UNADDRESSED, (LEAD,)),
                (12, UNADDRESSED, (OWNER,)),
                (18, UNADDRESSED, (OWNER,)),
                (21.6, UNADDRESSED, (OWNER,)),
            ],
        ),
        (
            S3,
            [
                (2, UNOWNED, (RESPONDERS,)),
                (8, UNOWNED, (LEAD,)),
                (18, UNADDRESSED, (OWNER,)),
                (22, UNADDRESSED, (LEAD,)),
            ],
        ),
        (S4, [(8, UNOWNED, (CHAMPIONS,)), (22, UNADDRESSED, (LEAD,))]),
    ],
)
def test_each_severity_has_its_rungs_at_their_instants(
    severity: Severity, rungs: list[tuple[float, Needs, tuple[Audience, ...]]]
) -> None:
    assert hours(ladder.rungs(severity, F, F + DAY, first=1)) == rungs


@pytest.mark.parametrize("severity", Severity)
def test_a_new_issue_plans_its_rungs_then_the_miss_then_the_lead_every_day(severity: Severity) -> None:
    *rungs, missed, daily = ladder.plan(severity, F, F + DAY)
    assert tuple(rungs) == ladder.rungs(severity, F, F + DAY, first=1)
    assert (missed.due_at, missed.deed, missed.needs) == (F + DAY, Deed.MISS, UNADDRESSED)
    assert (daily.due_at, daily.deed, daily.every) == (F + 2 * DAY, Deed.TELL, DAY)
    assert LEAD in missed.tell
    assert LEAD in daily.tell
    assert [step.n for step in (*rungs, missed, daily)] == list(range(1, len(rungs) + 3))


def test_a_rung_that_would_come_after_the_deadline_is_the_misss() -> None:
    assert hours(ladder.rungs(S3, F, F + timedelta(hours=18), first=7))[-1] == (8, UNOWNED, (LEAD,))


def test_what_nobody_owns_is_put_before_people_past_the_deadline_too() -> None:
    assert [needs for _, needs, _ in hours(ladder.rungs(S3, F, F, first=7))] == [UNOWNED, UNOWNED]


def test_a_fix_plans_two_more_questions_and_then_silence() -> None:
    planned = ladder.follow_up(F, first=9, may_confirm=True)
    assert [(step.n, step.due_at - F, step.deed, step.needs) for step in planned] == [
        (9, timedelta(hours=24), Deed.ASK_AGAIN, UNANSWERED),
        (10, timedelta(hours=72), Deed.ASK_AGAIN, UNANSWERED),
        (11, timedelta(days=14), Deed.SILENCE, UNANSWERED),
    ]


HELPED = F + timedelta(hours=5)


@pytest.mark.parametrize(
    ("status", "helped", "needed"),
    [
        (Status.REPORTED, False, {UNOWNED, UNADDRESSED}),
        (Status.TAKEN, False, {UNADDRESSED}),
        (Status.FIXED, False, {UNADDRESSED, UNANSWERED}),
        (Status.FIXED, True, {UNANSWERED}),
        (Status.VERIFIED, True, set()),
        (Status.UNVERIFIED, True, set()),
        (Status.UNVERIFIED, False, set()),
    ],
)
def test_a_step_is_needed_only_while_what_it_is_for_is_true(status: Status, helped: bool, needed: set[Needs]) -> None:  # noqa: FBT001
    issue = builders.issue(status=status, addressed_at=HELPED if helped else None)
    assert {each for each in Needs if ladder.needed(builders.step(needs=each), issue)} == needed


def test_a_miss_is_needed_once() -> None:
    miss = builders.step(needs=UNADDRESSED, deed=Deed.MISS)
    assert ladder.needed(miss, builders.issue())
    assert not ladder.needed(miss, builders.issue(missed_at=F))
    assert ladder.needed(replace(miss, deed=Deed.TELL), builders.issue(missed_at=F))


def test_what_is_planned_is_what_would_be_taken_if_nothing_changed() -> None:
    steps = ladder.plan(S3, F, F + DAY)
    done = (replace(steps[0], outcome=Outcome.DONE), *steps[1:])
    assert ladder.planned(done, builders.issue()) == steps[1:]
    assert ladder.planned(done, builders.issue(status=Status.TAKEN)) == steps[2:]
    assert ladder.planned(done, builders.issue(status=Status.VERIFIED, addressed_at=HELPED)) == ()


def test_the_next_look_is_at_the_earliest_step_that_is_not_settled() -> None:
    one, two = builders.step(1), builders.step(2)
    assert ladder.next_due([two, one]) == one.due_at
    assert ladder.next_due([two, replace(one, outcome=Outcome.NOT_NEEDED)]) == two.due_at
    assert ladder.next_due([]) is None
