"""Six messages that the bot begins, in people's hours, and many cards in a moment as one: nothing is ever lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import living, messages, noise
from bot.cards import Card, Text
from bot.history import happen
from bot.model import Event, Held, Issue, IssueId, Reader
from bot.ports import Transaction
from storage.database import SqlDatabase
from tests import builders
from tests.bot.clockwork import Clockwork, wind_up
from tests.bot.floor import ADA, ANA, LEE, MAYA, OMAR, SAM, buttons, text


@pytest.fixture
async def ward(sqlite: SqlDatabase) -> Clockwork:
    return await wind_up(sqlite)


async def nudge(ward: Clockwork, who: str, *titles: str, issue: Issue | None = None) -> None:
    about = issue.id if issue else None
    for title in titles:
        card = Card(title, (Text("all that is to be said"),))
        person = await ward.person(who)
        await ward.run(lambda tx: noise.nudge(tx, person, card, ward.now, key=f"{who} {title}", issue=about))  # noqa: B023


async def put_before(ward: Clockwork, who: str, *issues: Issue, outage: bool = False) -> None:
    """As many as come in one transaction."""
    person = await ward.person(who)

    def tell(tx: Transaction) -> None:
        for issue in issues:
            card = living.card(living.about(tx, issue), person, ward.now)
            living.tell(tx, issue, person, card, ward.now, "told", outage=outage)

    await ward.run(tell)


# ------------------------------------------------------------------------------------------------ what the bot begins


async def test_on_duty_it_comes_at_once(ward: Clockwork) -> None:
    await ward.until("23:00")
    await nudge(ward, SAM, "hello")
    assert ward.titles(SAM) == ["hello"]


async def test_off_duty_it_waits_for_their_hours(ward: Clockwork) -> None:
    await ward.off(SAM)
    await nudge(ward, SAM, "hello")  # 07:00
    assert ward.titles(SAM) == []
    await ward.until("07:29")
    assert ward.titles(SAM) == []
    await ward.until("07:30")
    assert [text(card).splitlines() for card in ward.cards(SAM)] == [["One message, kept until now", "hello"]]


async def test_what_waited_is_one_message_with_a_button_for_each_issue(ward: Clockwork) -> None:
    await ward.off(SAM)
    one, two = await ward.reported(), await ward.reported()
    await nudge(ward, SAM, "first", "second", issue=one)
    await nudge(ward, SAM, "third", issue=two)
    await ward.until("08:00")
    (card,) = ward.cards(SAM)
    assert card.title == "3 messages in one"
    assert [button.label for button in buttons(card)] == [f"Show {one.reference}", f"Show {two.reference}"]
    assert await ward.held(SAM) == []


async def test_the_seventh_in_a_week_waits_until_the_first_is_a_week_old(ward: Clockwork) -> None:
    for n in range(6):
        await nudge(ward, SAM, f"message {n}")
        await ward.pass_time(24)
    await nudge(ward, SAM, "the seventh", "the eighth")
    assert len(ward.titles(SAM)) == 6
    await ward.pass_time(23)
    assert len(ward.titles(SAM)) == 6
    await ward.pass_time(1.5)  # a week after the first it was before the day's hours began
    assert ward.titles(SAM)[6:] == ["2 messages in one"]


async def test_a_bundle_counts_as_one(ward: Clockwork) -> None:
    await ward.off(SAM)
    await nudge(ward, SAM, *(f"early {n}" for n in range(9)))
    await ward.until("12:00")
    await nudge(ward, SAM, *(f"late {n}" for n in range(7)))
    assert [title.split()[0] for title in ward.titles(SAM)] == ["9", "late", "late", "late", "late", "late"]
    assert len(await ward.held(SAM)) == 2


async def test_what_waits_goes_along_with_the_next_message(ward: Clockwork) -> None:
    await ward.off(SAM)
    await nudge(ward, SAM, "kept")
    await ward.change(SAM, on_duty=True)
    await nudge(ward, SAM, "the next")
    (card,) = ward.cards(SAM)
    assert card.title == "the next"
    assert "all that is to be said" in text(card)
    assert "kept" in text(card)
    await ward.until("12:00")
    assert len(ward.cards(SAM)) == 1


async def test_what_does_not_fit_beside_it_comes_later(ward: Clockwork) -> None:
    await ward.off(SAM)
    await nudge(ward, SAM, *(f"kept {n}" for n in range(8)))
    await ward.change(SAM, on_duty=True)
    await nudge(ward, SAM, "the next")
    await ward.until("12:00")
    assert ward.titles(SAM) == ["the next", "3 messages in one"]
    everything = "\n".join(text(card) for card in ward.cards(SAM))
    assert all(f"kept {n}" in everything for n in range(8))


async def test_a_card_that_is_full_takes_nothing_along(ward: Clockwork) -> None:
    await ward.off(SAM)
    await nudge(ward, SAM, "kept")
    await ward.change(SAM, on_duty=True)
    full = Card("full", tuple(Text("x" * 2_840) for _ in range(3)))
    sam = await ward.person(SAM)
    await ward.run(lambda tx: noise.nudge(tx, sam, full, ward.now, key="full"))
    assert ward.cards(SAM) == [full]
    await ward.until("08:00")
    assert ward.titles(SAM) == ["full", "One message, kept until now"]


async def test_while_somebody_is_away_it_waits_until_they_are_back(ward: Clockwork) -> None:
    await ward.off(SAM, away_until=ward.now + timedelta(hours=30))
    await nudge(ward, SAM, "hello")
    await ward.pass_time(29.9)
    assert ward.titles(SAM) == []
    await ward.pass_time(0.2)
    assert ward.titles(SAM) == ["One message, kept until now"]


async def test_who_has_left_the_roster_hears_nothing_more(ward: Clockwork) -> None:
    await ward.off(SAM)
    await nudge(ward, SAM, "hello")
    await ward.change(SAM, active=False)
    await ward.until("12:00")
    assert ward.titles(SAM) == []
    assert await ward.held(SAM) == []


async def test_nothing_is_counted_by_whom_nobody_knows(ward: Clockwork) -> None:
    ada = await ward.person(ADA)
    handle = builders.handle(pilot=ward.pilot.id, unit=ada.unit, identity=ada.address)
    await ward.run(lambda tx: tx.handles.add(handle))
    await ward.until("12:00")
    for n in range(8):
        card = Card(f"message {n}")
        await ward.run(lambda tx: noise.nudge(tx, tx.people.get(handle.id), card, ward.now, key=f"n {n}"))  # noqa: B023
    assert len(ward.titles(ADA)) == 8
    assert await ward.read(lambda tx: (tx.held.nth_last(handle.id, 1), list(tx.held.of(handle.id)))) == (None, [])


# ---------------------------------------------------------------------------------------------------- the daily digest


async def test_lines_of_a_digest_come_at_eight_together(ward: Clockwork) -> None:
    issues = [await ward.reported(2) for _ in range(3)]
    await ward.until("13:00")
    omar = await ward.person(OMAR)
    for issue in issues:
        line = messages.missed_line(issue, omar.reader)
        await ward.run(lambda tx: noise.digest(tx, omar, line, ward.now, issue))  # noqa: B023
    await ward.until("07:59", days=1)
    assert ward.titles(OMAR) == []
    await ward.until("08:00")
    (card,) = ward.cards(OMAR)
    assert all(f"{issue.reference}: missed, nothing that helps in 24 h" in text(card) for issue in issues)


async def test_a_digest_every_day_is_six_in_a_week_and_the_seventh_comes_with_the_next(ward: Clockwork) -> None:
    issue = await ward.reported()
    omar = await ward.person(OMAR)
    for day in range(9):
        again = replace(issue, events=100 + day)
        await ward.run(lambda tx: noise.digest(tx, omar, f"line {day}", ward.now, again))  # noqa: B023
        await ward.pass_time(24)
    one, two = "One message, kept until now", "2 messages in one"
    assert ward.titles(OMAR) == [one, one, one, one, one, one, two, one]


# ----------------------------------------------------------------------------------------------- many cards in a moment


async def test_the_third_card_in_two_minutes_comes_with_the_fourth_as_one(ward: Clockwork) -> None:
    issues = [await ward.reported(words=f"pump {n}") for n in range(4)]
    await put_before(ward, ANA, *issues)
    assert len(ward.titles(ANA)) == 2
    await ward.pass_time(1.9 / 60)
    assert len(ward.titles(ANA)) == 2
    await ward.pass_time(0.1 / 60)
    last = ward.last(ANA)
    assert last.title == "2 messages in one"
    assert [button.label for button in buttons(last)] == [f"Show {issue.reference}" for issue in issues[2:]]
    assert "pump 2" in text(last)
    assert "pump 3" in text(last)


async def test_one_by_one_within_two_minutes_is_many_too(ward: Clockwork) -> None:
    issues = [await ward.reported() for _ in range(4)]
    for issue in issues:
        await put_before(ward, ANA, issue)
        await ward.pass_time(0.5 / 60)
    assert len(ward.titles(ANA)) == 2
    await ward.pass_time(1 / 60)  # two minutes after the third, not after the fourth
    assert ward.titles(ANA)[2:] == ["2 messages in one"]


async def test_slowly_is_not_many(ward: Clockwork) -> None:
    for _ in range(4):
        await put_before(ward, ANA, await ward.reported())
        await ward.pass_time(2 / 60)
    assert len(ward.titles(ANA)) == 4
    assert await ward.held(ANA) == []


@pytest.mark.parametrize("level", [1, 2])
async def test_what_cannot_wait_is_never_kept(ward: Clockwork, level: int) -> None:
    await put_before(ward, ANA, *[await ward.reported(level) for _ in range(5)])
    assert len(ward.titles(ANA)) == 5


async def test_patients_at_risk_in_a_declared_outage_come_as_one(ward: Clockwork) -> None:
    await put_before(ward, ANA, *[await ward.reported(1) for _ in range(5)], outage=True)
    assert len(ward.titles(ANA)) == 2
    await ward.pass_time(2 / 60)
    assert text(ward.last(ANA)).startswith("3 messages in one\nNobody has been sent to the bedside.")


async def test_what_comes_tomorrow_at_once_is_many_too(ward: Clockwork) -> None:
    await ward.off(LEE)
    await ward.until("20:00")
    for _ in range(5):
        await put_before(ward, LEE, await ward.reported())
        await ward.pass_time(0.5)
    await ward.until("07:30", days=1)
    assert len(ward.titles(LEE)) == 2
    await ward.until("07:32")
    assert ward.titles(LEE)[2:] == ["8 messages in one"]  # three cards, and a step of each in the night


async def test_a_burst_now_does_not_wait_for_one_that_is_planned_for_tomorrow(ward: Clockwork) -> None:
    await ward.off(LEE)
    await ward.until("20:00")
    await put_before(ward, LEE, *[await ward.reported() for _ in range(3)])
    await ward.change(LEE, on_duty=True)
    await put_before(ward, LEE, *[await ward.reported() for _ in range(3)])
    await ward.pass_time(2 / 60)
    assert len(ward.titles(LEE)) == 3
    assert ward.titles(LEE)[-1] == "2 messages in one"


@pytest.mark.parametrize(("on_duty", "alone"), [(True, 5), (False, 2)])
async def test_steps_of_the_ladder_are_never_kept_from_whoever_is_on_duty(
    ward: Clockwork, *, on_duty: bool, alone: int
) -> None:
    await ward.change(LEE, on_duty=on_duty)
    person = await ward.person(LEE)
    issues = [await ward.reported() for _ in range(5)]

    def tell(tx: Transaction) -> None:
        for issue in issues:
            living.tell(tx, issue, person, Card(f"late: {issue.reference}"), ward.now, "step")

    await ward.run(tell)
    await ward.until("07:31")
    assert len(ward.titles(LEE)) == alone
    await ward.until("07:32")
    assert all(any(issue.reference in text(card) for card in ward.cards(LEE)) for issue in issues)


# ------------------------------------------------------------------------------------------- nobody is told less by it


async def test_whose_card_came_in_a_bundle_is_still_named_to_the_reporter(ward: Clockwork) -> None:
    *_, issue = issues = [await ward.reported() for _ in range(3)]
    await put_before(ward, ANA, *issues)
    for minutes in (0, 5):  # before the bundle has come, and after it
        await ward.pass_time(minutes / 60)
        await ward.run(lambda tx: living.redraw(tx, issue, ward.now))
        receipt = next(card for card in ward.cards(MAYA) if card.title.startswith(f"{issue.reference}:"))
        assert "Ana Fable (champion, on shift) has been told." in text(receipt)
    closed = await ward.run(lambda tx: happen(tx, issue, Event.WITHDRAW, tx.people.get(issue.reporter), ward.now))
    await ward.run(lambda tx: living.redraw(tx, closed, ward.now))
    assert await ward.held(MAYA) == []


async def test_whoever_has_had_six_messages_still_hears_of_every_issue(ward: Clockwork) -> None:
    await nudge(ward, ANA, *(f"message {n}" for n in range(9)))
    await nudge(ward, MAYA, *(f"message {n}" for n in range(9)))
    await ward.pass_time(2 / 60)
    issue = await ward.reported()
    await put_before(ward, ANA, issue)
    maya = await ward.person(MAYA)
    await ward.run(lambda tx: living.put(tx, issue, maya, Card("what we owe you"), ward.now, "why"))
    assert ward.titles(ANA)[6:] == [f"{issue.reference}: nobody has taken it so far"]
    assert ward.titles(MAYA)[6:] == [f"{issue.reference}: received", "what we owe you"]


async def test_everything_that_was_kept_is_read_in_the_end(ward: Clockwork) -> None:
    await ward.off(SAM)
    said = [f"thing {n:02}" for n in range(70)]
    await nudge(ward, SAM, *said)
    await ward.pass_time(24 * 21)
    everything = "\n".join(text(card) for card in ward.cards(SAM))
    assert [each for each in said if each not in everything] == []
    assert await ward.held(SAM) == []
    assert len(ward.cards(SAM)) == 4  # twenty at a time


async def test_a_card_that_is_drawn_anew_takes_back_nothing_that_was_said(ward: Clockwork) -> None:
    issue = await ward.reported()
    ana = await ward.person(ANA)
    await put_before(ward, ANA, issue)
    await ward.run(lambda tx: living.tell(tx, issue, ana, Card("something new"), ward.now, "news"))
    await ward.run(lambda tx: living.redraw(tx, issue, ward.now))
    assert ward.titles(ANA)[1:] == ["something new"]


async def test_a_mark_without_words_is_no_line(ward: Clockwork) -> None:
    sam = await ward.person(SAM)
    await ward.run(lambda tx: tx.held.put(Held("mark", sam.id, None, "", ward.now)))
    await nudge(ward, SAM, "hello")
    assert text(ward.last(SAM)) == "hello\nall that is to be said"
    assert [each.key for each in await ward.held(SAM)] == ["mark"]


def test_lines_of_any_length_fit() -> None:
    kept = [messages.Kept("x" * 5_000, IssueId(n + 1), f"MAR-{n}") for n in range(messages.TOGETHER)]
    assert len(buttons(messages.bundle(kept, Reader("UTC")))) == messages.TOGETHER
