from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import ladder
from bot.model import Audience, Deed, Needs, Outcome, Severity, Status, Step
from tests import builders

F = datetime(2026, 5, 1, 21, tzinfo=UTC)
DAY = timedelta(hours=24)
S1, S2, S3, S4 = Severity
CHAMPIONS, SECOND, RESPONDERS, OWNER, LEAD, SAFETY, SPONSOR, _REPORTER, EVERYBODY = Audience
UNOWNED, UNADDRESSED, UNANSWERED = Needs.UNOWNED, Needs.UNADDRESSED, Needs.UNANSWERED


def hours(steps: tuple[Step, ...]) -> list[tuple[float, Needs, tuple[Audience, ...]]]:
    return [((step.due_at - F) / timedelta(hours=1), step.needs, step.tell) for step in steps]


@pytest.mark.parametrize(
    ("severity", "rungs"),
    [
        (
            S1,
            [
                (5 / 60, UNOWNED, (RESPONDERS,)),
                (0.25, UNOWNED, (EVERYBODY, SPONSOR)),
                (0.5, UNADDRESSED, (OWNER,)),
                (1, UNADDRESSED, (OWNER, LEAD, SAFETY)),
            ],
        ),
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
        (S4, [(8, UNOWNED, (SECOND,)), (22, UNADDRESSED, (LEAD,))]),
    ],
)
def test_each_severity_has_its_rungs_at_their_instants(
    severity: Severity, rungs: list[tuple[float, Needs, tuple[Audience, ...]]]
) -> None:
    assert hours(ladder.rungs(severity, F, F + DAY, first=1)) == rungs


@pytest.mark.parametrize("severity", Severity)
def test_a_new_issue_plans_its_rungs_then_the_miss_then_the_lead_every_day_and_the_weekly_why(
    severity: Severity,
) -> None:
    *rungs, missed, daily, why = ladder.plan(severity, F, F + DAY)
    assert tuple(rungs) == ladder.rungs(severity, F, F + DAY, first=1)
    assert (missed.due_at, missed.deed, missed.needs) == (F + DAY, Deed.MISS, UNADDRESSED)
    assert (daily.due_at, daily.deed, daily.every) == (F + 2 * DAY, Deed.TELL, DAY)
    assert LEAD in missed.tell
    assert LEAD in daily.tell
    assert (why.due_at, why.deed, why.needs, why.every) == (F + 7 * DAY, Deed.SAY_WHY, Needs.OPEN, 7 * DAY)
    assert [step.n for step in (*rungs, missed, daily, why)] == list(range(1, len(rungs) + 4))


def test_whoever_owns_a_patient_at_risk_hears_every_half_hour() -> None:
    (update,) = [step for step in ladder.rungs(S1, F, F + DAY, first=1) if step.tell == (OWNER,)]
    assert (update.due_at - F, update.every) == (timedelta(minutes=30), timedelta(minutes=30))


def test_a_pilot_may_bring_numbers_of_its_own() -> None:
    own = {severity: (builders.rung(after=timedelta(hours=3), tell=(LEAD,)),) for severity in Severity}
    assert hours(ladder.rungs(S2, F, F + DAY, first=1, table=own)) == [(3, UNOWNED, (LEAD,))]


def test_a_rung_that_would_come_after_the_deadline_is_the_misss() -> None:
    assert hours(ladder.rungs(S3, F, F + timedelta(hours=18), first=7))[-1] == (8, UNOWNED, (LEAD,))


def test_what_nobody_owns_is_put_before_people_past_the_deadline_too() -> None:
    assert [needs for _, needs, _ in hours(ladder.rungs(S3, F, F, first=7))] == [UNOWNED, UNOWNED]


def test_a_fix_plans_two_more_questions_and_then_silence() -> None:
    planned = ladder.follow_up(F, first=9, silent_at=F + 14 * DAY, may_confirm=True)
    assert [(step.n, step.due_at - F, step.deed, step.needs) for step in planned] == [
        (9, timedelta(hours=24), Deed.ASK_AGAIN, UNANSWERED),
        (10, timedelta(hours=72), Deed.ASK_AGAIN, UNANSWERED),
        (11, timedelta(days=14), Deed.SILENCE, UNANSWERED),
    ]


def test_who_may_not_confirm_is_not_asked_again() -> None:
    (silence,) = ladder.follow_up(F, first=9, silent_at=F + 7 * DAY, may_confirm=False)
    assert (silence.deed, silence.due_at, silence.n) == (Deed.SILENCE, F + 7 * DAY, 9)


def planned(steps: Iterable[Step]) -> list[tuple[float, Deed, tuple[Audience, ...], float | None]]:
    hour = timedelta(hours=1)
    return [((s.due_at - F) / hour, s.deed, s.tell, s.every / hour if s.every else None) for s in steps]


def test_an_unanswered_question_is_asked_twice_more_and_then_the_lead_must_decide_for_ever() -> None:
    assert planned(ladder.info_asked(F, 1)) == [
        (24, Deed.ASK_AGAIN, (), None),
        (72, Deed.ASK_AGAIN, (), None),
        (96, Deed.TELL, (LEAD,), 72),
    ]


@pytest.mark.parametrize(("severity", "check"), [(S1, 4), (S2, 24), (S3, 72), (S4, 72)])
def test_a_vendor_is_checked_on_the_sooner_the_worse_it_is(severity: Severity, check: float) -> None:
    assert planned(ladder.with_vendor(severity, F, 1)) == [(check, Deed.TELL, (OWNER,), check)]


@pytest.mark.parametrize(("severity", "every"), [(S1, 4), (S2, 72), (S3, 72)])
def test_while_only_a_workaround_holds_the_owner_and_the_reporter_are_asked(severity: Severity, every: float) -> None:
    assert planned(ladder.worked_around(severity, F, F + 5 * DAY, 1)) == [
        (every, Deed.TELL, (OWNER,), every),
        (120, Deed.ASK_STILL_SERVES, (), 72),
    ]


def test_a_risky_workaround_and_an_idea_have_somebody_to_decide() -> None:
    assert planned(ladder.unchecked(F, 1)) == [(4, Deed.TELL, (SAFETY, LEAD), 4)]
    assert planned(ladder.idea(F, 1)) == [(14 * 24, Deed.TELL, (LEAD,), 72)]


HELPED = F + timedelta(hours=5)
OPEN = Needs.OPEN


@pytest.mark.parametrize(
    ("status", "helped", "needed"),
    [
        (Status.REPORTED, False, {UNOWNED, UNADDRESSED, OPEN}),
        (Status.TAKEN, False, {UNADDRESSED, OPEN}),
        (Status.TAKEN, True, {OPEN}),
        (Status.NEEDS_INFO, False, {UNADDRESSED, OPEN, Needs.UNINFORMED}),
        (Status.WAITING_VENDOR, False, {UNADDRESSED, OPEN, Needs.WITH_VENDOR}),
        (Status.FIXED, False, {UNADDRESSED, UNANSWERED}),
        (Status.FIXED, True, {UNANSWERED}),
        (Status.MERGED, False, {UNANSWERED}),
        (Status.VERIFIED, True, set()),
        (Status.UNVERIFIED, True, set()),
        (Status.UNVERIFIED, False, set()),
        (Status.DECLINED, False, set()),
        (Status.WITHDRAWN, False, set()),
    ],
)
def test_a_step_is_needed_only_while_what_it_is_for_is_true(status: Status, helped: bool, needed: set[Needs]) -> None:  # noqa: FBT001
    issue = builders.issue(status=status, addressed_at=HELPED if helped else None)
    assert {each for each in Needs if ladder.needed(builders.step(needs=each), issue)} == needed


def test_a_workaround_and_a_look_at_one_are_needed_while_there_is_one() -> None:
    around, unchecked = builders.step(needs=Needs.WORKED_AROUND), builders.step(needs=Needs.UNCHECKED)
    assert ladder.needed(around, builders.issue(), around=True)
    assert not ladder.needed(around, builders.issue(status=Status.FIXED), around=True)
    assert ladder.needed(unchecked, builders.issue(), unchecked=True)
    assert not ladder.needed(unchecked, builders.issue(status=Status.WITHDRAWN), unchecked=True)


def test_of_an_idea_a_decision_is_owed_and_no_help() -> None:
    idea = builders.issue(idea=True)
    assert {each for each in Needs if ladder.needed(builders.step(needs=each), idea)} == {Needs.UNDECIDED, OPEN}


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
