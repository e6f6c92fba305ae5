"""Reports without a name, from the first words until nobody can be found any more."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import SQLModel
from structlog.testing import capture_logs

from bot import drafts
from bot.actions import Action, Do, DoAs, NewReport, NotMyChampion, SendNameless, ThatHelped
from bot.cards import Card
from bot.errors import Unavailable
from bot.limits import MOST, DailyLimit
from bot.model import Address, Event, Handle, Issue, Nameless, PersonId, Role, Severity, Status
from bot.ports import Transaction
from storage.tables import PilotRow, table_of
from storage.transaction import SqlTransaction
from tests import builders
from tests.world import ADA, ANA, LEE, MAYA, SAM, WEST, World, labels, place, pressable, text

FIX = {"words": "a new battery", "kind": "process"}
TEAM = "fix-team"


async def filed(world: World, line: str = "anon she skips scans", level: str = "It slows me down") -> Issue:
    """Sent with one tap."""
    reply = await world.types(MAYA, line)
    assert "Send this without your name?" in text(reply.card)
    sent = await world.presses(MAYA, button(reply.card, level))
    assert "MAR-1" in text(sent.card)
    return await world.issue()


def button(card: Card | None, label: str) -> Action:
    return pressable(card)[label]


async def does(world: World, who: str, event: Event, **values: str) -> None:
    issue = await world.issue()
    action = DoAs(event, issue.id, issue.reporter) if who == MAYA else await _do(world, event)
    await (world.submits(who, action, values) if values else world.presses(who, action))


async def _do(world: World, event: Event) -> Action:
    issue = await world.issue()
    return Do(event, issue.id, issue.version)


async def crowd(world: World) -> None:
    """Five on shift, so that the unit does not name its reporter."""
    await world.hire(*[Role.CLINICIAN] * 5)


async def handle(world: World) -> Handle:
    issue = await world.issue()
    found = await world.database.read(lambda tx: tx.handles.get(issue.reporter))
    assert found
    return found


async def strict(world: World) -> None:
    table = table_of(PilotRow)
    await world.database.run(
        lambda tx: tx.scope.connection.execute(update(table).values(nameless=Nameless.STRICT)).close()
    )


# ---------------------------------------------------------------------------------------------------- before sending


@pytest.mark.parametrize(
    "line", ["anon she skips scans", "report anon: she skips scans", "anónimo: la jefa no escanea"]
)
async def test_nothing_is_sent_before_it_is_said_what_stays_hidden(world: World, line: str) -> None:
    reply = await world.types(MAYA, line)
    said = text(reply.card)
    assert "Send this without your name?" in said
    assert "under your name: delete it there" in said
    assert reply.said == ""  # nothing of it stays where it was typed
    assert await world.issues() == []


async def test_a_patient_at_risk_is_filed_at_once(world: World) -> None:
    await world.types(MAYA, "anon !! the pump ran dry")
    issue = await world.issue()
    assert (issue.severity, issue.nameless, issue.summary) == (Severity.PATIENT_AT_RISK, True, "the pump ran dry")


async def test_the_box_of_the_form_does_the_same(world: World) -> None:
    values = {"words": "she skips scans", "severity": "3", "nameless": "yes"}
    reply = await world.submits(MAYA, NewReport(), values)
    assert "Send this without your name?" in text(reply.card)
    await world.presses(MAYA, button(reply.card, "Send without my name"))
    assert (await world.issue()).nameless


async def test_identifiers_are_masked_and_what_is_kept_is_shown(world: World) -> None:
    reply = await world.types(MAYA, "anon she skipped the scan of MRN 12345678")
    assert "12345678" not in text(reply.card)
    assert "This looked like patient data" in text(reply.card)


async def test_what_is_not_sent_is_gone(world: World) -> None:
    reply = await world.types(MAYA, "anon she skips scans")
    await world.presses(MAYA, button(reply.card, "Do not send"))
    again = await world.presses(MAYA, button(reply.card, "It slows me down"))
    assert "no longer kept" in text(again.card)
    assert await world.issues() == []


async def test_nobody_else_sends_it(world: World) -> None:
    reply = await world.types(MAYA, "anon she skips scans")
    for who in (ADA, LEE):
        assert "no longer kept" in text((await world.presses(who, button(reply.card, "It slows me down"))).card)
    assert await world.issues() == []


async def test_a_draft_that_nobody_taps_is_asked_about(world: World) -> None:
    await world.types(MAYA, "anon she skips scans")
    await world.pass_time(0.1)
    assert world.chat.at(MAYA) == ["Send this without your name?"]


# ------------------------------------------------------------------------------------------------------- end to end


async def test_from_the_words_to_the_reporters_yes(world: World) -> None:
    await crowd(world)
    issue = await filed(world)
    assert issue.reporter != (await world.person(MAYA)).id
    assert world.chat.at(MAYA) == ["MAR-1: received"]
    await does(world, SAM, Event.ASK, words="in which room?")
    assert any("in which room?" in text(card) for card in world.chat.cards(MAYA))
    await does(world, MAYA, Event.REPLY, words="in the blue one")
    assert any("in the blue one" in text(card) for card in world.chat.cards(SAM))
    await does(world, SAM, Event.FIX, **FIX)
    assert "Yes, fixed" in labels(world.chat.cards(MAYA)[-1])
    await world.types(MAYA, "yes")
    done = await world.issue()
    assert (done.status, done.verified_at is not None) == (Status.VERIFIED, True)
    (confirmed,) = [row for row in await world.history() if row.event is Event.CONFIRM]
    assert confirmed.who == issue.reporter


async def test_the_buttons_of_the_reporter_speak_for_the_handle(world: World) -> None:
    issue = await filed(world)
    for card in world.chat.cards(MAYA):
        for action in pressable(card).values():
            if getattr(action, "issue", None) == issue.id and isinstance(action, DoAs):
                assert action.handle == issue.reporter
    assert any(isinstance(a, DoAs) for card in world.chat.cards(MAYA) for a in pressable(card).values())


async def test_mine_and_the_reference_show_it_to_its_reporter_alone(world: World) -> None:
    await filed(world)
    assert "MAR-1" in text((await world.types(MAYA, "mine")).card)
    assert "she skips scans" in text((await world.types(MAYA, "MAR-1")).card)
    assert "There is no MAR-1" in text((await world.types(ADA, "MAR-1")).card)


async def test_its_times_are_rounded_down_to_the_hour(world: World) -> None:
    await world.pass_time(0.7)
    issue = await filed(world)
    assert issue.reported_at == world.start
    await does(world, SAM, Event.FIX, **FIX)
    await world.pass_time(1.4)
    await does(world, MAYA, Event.STILL_BROKEN)
    rows = [row for row in await world.history() if row.who == issue.reporter]
    assert len(rows) == 2
    assert {(row.at.minute, row.at.second) for row in rows} == {(0, 0)}


# ------------------------------------------------------------------------------------------------------- small shifts


async def test_a_small_shift_is_widened_and_its_card_held_back(world: World) -> None:
    await few(world)
    reply = await world.types(MAYA, "anon she skips scans")
    assert "So few are on shift that your unit is not named either" in text(reply.card)
    await world.presses(MAYA, button(reply.card, "It slows me down"))
    issue = await world.issue()
    unit = await world.database.read(lambda tx: tx.pilots.unit(issue.unit))
    assert unit.wide
    assert (world.chat.at(WEST), world.chat.at(TEAM)) == ([], [])
    await world.pass_time(1)
    assert (world.chat.at(WEST), len(world.chat.at(TEAM))) == ([], 1)


async def test_what_keeps_somebody_from_work_goes_at_once_to_the_fix_team_alone(world: World) -> None:
    await few(world)
    await filed(world, level="I can't do my work")
    assert (world.chat.at(WEST), world.chat.at(ANA), len(world.chat.at(TEAM))) == ([], [], 1)


async def test_with_five_on_shift_the_unit_is_named(world: World) -> None:
    await crowd(world)
    issue = await filed(world)
    assert issue.unit == (await world.person(MAYA)).unit
    assert len(world.chat.at(WEST)) == 1


async def test_not_my_champion_goes_past_them(world: World) -> None:
    await crowd(world)
    reply = await world.types(MAYA, "anon she skips scans")
    again = await world.presses(MAYA, button(reply.card, "Not my champion"))
    assert "your champion and your unit's channel do not see it" in text(again.card)
    await world.presses(MAYA, button(again.card, "It slows me down"))
    await world.pass_time(1)
    assert (world.chat.at(WEST), world.chat.at(ANA)) == ([], [])
    assert len(world.chat.at(TEAM)) == 1


# ------------------------------------------------------------------------------------------------------------- strict


def code_of(card: Card | None) -> str:
    said = text(card)
    return said[said.index("Your code is ") + len("Your code is ") :].split(".")[0]


async def test_in_strict_mode_no_identity_is_kept_and_a_code_leads_back(world: World) -> None:
    await strict(world)
    reply = await world.types(MAYA, "anon she skips scans")
    code = code_of(reply.card)
    await world.presses(MAYA, button(reply.card, "It slows me down"))
    assert (await handle(world)).identity is None
    await does(world, SAM, Event.FIX, **FIX)
    await world.pass_time(1)
    assert world.chat.at(MAYA) == []
    found = await world.types(MAYA, f"code {code.lower()}")
    assert "a new battery" in text(found.card)
    await world.presses(MAYA, button(found.card, "Yes, fixed"))
    assert (await world.issue()).status is Status.VERIFIED


async def test_in_strict_mode_a_wrong_code_shows_nothing(world: World) -> None:
    await strict(world)
    reply = await world.types(MAYA, "anon she skips scans")
    await world.presses(MAYA, button(reply.card, "It slows me down"))
    assert "There is no report with that code" in text((await world.types(MAYA, "code ABCD-EFGH")).card)


async def test_in_strict_mode_it_counts_once_it_can_be_read(world: World) -> None:
    await strict(world)
    reply = await world.types(MAYA, "anon she skips scans")
    await world.presses(MAYA, button(reply.card, "It slows me down"))
    await world.pass_time(2)
    await does(world, SAM, Event.FIX, **FIX)
    await world.pass_time(1)
    issue = await world.issue()
    assert issue.addressed_at is not None
    assert world.hours(issue.addressed_at) == 2


async def test_with_the_code_one_reads_what_the_team_wrote_and_writes_back(world: World) -> None:
    await strict(world)
    reply = await world.types(MAYA, "anon she skips scans")
    code = code_of(reply.card)
    await world.presses(MAYA, button(reply.card, "It slows me down"))
    assert "wrote to you" not in text((await world.types(MAYA, f"code {code}")).card)
    await does(world, SAM, Event.RELAY, words="please do not chase her")
    await does(world, SAM, Event.RELAY, words="the belt is changed tonight")
    found = await world.types(ADA, f"code {code}")
    said = text(found.card)
    assert "Sam Pretend (fix team) wrote to you:" in said
    assert said.index("please do not chase her") < said.index("the belt is changed tonight")
    await world.submits(ADA, button(found.card, "Write back…"), {"words": "it is the left one"})
    assert any("it is the left one" in text(message.card) for message in world.chat.history)
    await does(world, SAM, Event.FIX, **FIX)
    await world.pass_time(0.1)
    assert "the belt is changed tonight" in text((await world.types(MAYA, f"code {code}")).card)


async def left_of(world: World, table: str) -> int:
    statement = f"SELECT count(*) FROM {table}"  # noqa: S608 - a name of ours
    return await world.database.read(lambda tx: tx.scope.connection.exec_driver_sql(statement).scalar_one())


@pytest.mark.parametrize("how", ["dropped", "left lying"])
async def test_in_strict_mode_nothing_is_left_of_what_was_never_sent(world: World, how: str) -> None:
    await strict(world)
    await world.pass_time(0.7)
    reply = await world.types(MAYA, "anon she skips scans")
    assert (await left_of(world, "draft"), await left_of(world, "handle")) == (1, 1)
    posted = await left_of(world, "outbox")
    if how == "dropped":
        await world.presses(MAYA, button(reply.card, "Do not send"))
    else:
        await world.pass_time(23)
        assert await left_of(world, "draft") == 1
        await world.pass_time(1)
    assert (await left_of(world, "draft"), await left_of(world, "handle")) == (0, 0)
    assert (await left_of(world, "outbox"), world.chat.at(MAYA)) == (posted, [])
    assert "There is no report with that code" in text((await world.types(MAYA, f"code {code_of(reply.card)}")).card)
    assert "no longer kept" in text((await world.presses(MAYA, button(reply.card, "It slows me down"))).card)


async def test_in_strict_mode_what_was_sent_is_not_forgotten_with_its_draft(world: World) -> None:
    await strict(world)
    reply = await world.types(MAYA, "anon she skips scans")
    await world.presses(MAYA, button(reply.card, "It slows me down"))
    await world.pass_time(30)
    assert "she skips scans" in text((await world.types(MAYA, f"code {code_of(reply.card)}")).card)


# ------------------------------------------------------------------------------------- words typed while it waits


async def asked(world: World, where: str = "in which room?") -> Issue:
    """Sam wants to know something about what Maya sent without her name, at an instant of its own."""
    issue = await filed(world)
    await world.pass_time(0.31)
    await does(world, SAM, Event.ASK, words=where)
    await world.pass_time(0.17)
    return issue


async def test_a_typed_answer_is_the_handles_word_and_nothing_joins_it_to_its_author(world: World) -> None:
    before = await rows_of(world)
    issue = await asked(world)
    reply = await world.types(MAYA, "in the blue one")
    assert reply.said == ""  # nothing of it stays where it was typed
    assert "It is sent with your name." in text(reply.card)
    await world.pass_time(1.3)
    assert [each for each in world.chat.at(MAYA) if "Still to be sent" in each] != []
    await world.presses(MAYA, button(reply.card, "Answers MAR-1"))
    assert (await world.issue()).status is Status.TAKEN
    assert any("in the blue one" in text(card) for card in world.chat.cards(SAM))
    assert await joined(world, before, issue) == set()
    assert (await world.person(MAYA)).wrote_at is None
    await world.pass_time(48)
    assert (await handle(world)).identity is not None
    assert await joined(world, before, issue) == set()


async def test_when_it_is_asked_about_does_not_tell_when_it_was_typed(world: World) -> None:
    await asked(world)
    typed = await world.clock.now()
    for words in ("in the blue one", "the left one", "the one by the door"):
        await world.types(MAYA, words)
    planned = await world.database.read(lambda tx: set(tx.watch.planned(drafts.ASK).values()))
    assert len(planned) > 1
    assert all(timedelta(minutes=5) <= at - typed <= timedelta(minutes=65) for at in planned)


@pytest.mark.parametrize("label", ["It slows me down", "Do not send", ""])
async def test_neither_does_what_was_another_report_or_nothing_at_all(world: World, label: str) -> None:
    before = await rows_of(world)
    issue = await asked(world)
    reply = await world.types(MAYA, "the printer is stuck")
    await world.pass_time(1.3)
    if label:
        await world.presses(MAYA, button(reply.card, label))
    named = [each for each in await world.issues() if each.reporter == (await world.person(MAYA)).id]
    assert len(named) == (label == "It slows me down")
    await world.pass_time(48)
    assert await joined(world, before, issue, named) == set()
    assert (await handle(world)).identity is not None
    assert await left_of(world, "draft") == 0
    assert (label == "") is any("never sent" in each for each in world.chat.at(MAYA))


async def test_a_report_with_a_name_is_never_offered_as_that_answer(world: World) -> None:
    await asked(world)
    reply = await world.types(MAYA, "report MRN 12345678 shows twice")
    assert "Answers MAR-1" not in labels(reply.card)
    await world.pass_time(0.2)
    (again,) = [card for card in world.chat.cards(MAYA) if "Still to be sent" in card.title]
    assert "Answers MAR-1" not in labels(again)


async def test_the_attack_finds_what_is_kept_with_a_name(world: World) -> None:
    before = await rows_of(world)
    issue = await filed(world)
    maya = await world.person(MAYA)
    follower = builders.follower(issue=issue.id, person=maya.id, since=world.start)
    await world.database.run(lambda tx: tx.issues.save_follower(follower))
    assert {maya.id, issue.id} <= await joined(world, before, issue)


Rows = dict[str, set[tuple[object, ...]]]


async def rows_of(world: World) -> Rows:
    def read(tx: SqlTransaction) -> Rows:
        select = tx.scope.connection.exec_driver_sql
        return {name: {tuple(row) for row in select(f"SELECT * FROM {name}")} for name in SQLModel.metadata.tables}  # noqa: S608

    return await world.database.read(read)


async def joined(world: World, before: Rows, issue: Issue, named: Sequence[Issue] = ()) -> set[object]:
    """Values by which rows of Maya's meet rows of the report and its handle, beside what both have of others."""
    maya = await world.person(MAYA)

    def marks(tx: SqlTransaction) -> tuple[set[object], set[object], set[object]]:
        def lane(address: Address) -> str:
            return tx.scope.place(address, "lane").hex()

        hers = {maya.id, tx.scope.place(maya.address), lane(maya.address)}
        its = {issue.id, issue.reporter, lane(Address("local", "person", "", behind=issue.reporter))}
        staff = [each.address for each in tx.people.everybody(maya.pilot) if each.id != maya.id]
        channels = [each.channel for each in (*tx.pilots.units(maya.pilot), tx.pilots.wide_unit(maya.pilot))]
        return hers | {each.id for each in named}, its, {lane(each) for each in (*staff, *channels)}

    hers, its, others = await world.database.read(marks)
    rows = await rows_of(world)
    return (telling(rows, hers) & telling(rows, its)) - (telling(before) - hers) - others


def telling(rows: Rows, marks: set[object] | None = None) -> set[object]:
    """Whatever can stand for one person in rows with one of the marks: bytes, large numbers and times, lanes."""
    found = {row for table in rows.values() for row in table if marks is None or not marks.isdisjoint(row)}
    return {value for row in found for value in row if _tells(value)}


def _tells(value: object) -> bool:
    if isinstance(value, str):
        return any(map(str.isdigit, value))
    return isinstance(value, bytes) or (isinstance(value, int) and value > 2**50)


# ------------------------------------------------------------------------------------------------------- afterwards


async def test_some_time_after_the_close_nobody_can_be_found_any_more(world: World) -> None:
    await filed(world)
    await does(world, SAM, Event.FIX, **FIX)
    await world.types(MAYA, "yes")
    await world.pass_time(29 * 24)
    assert (await handle(world)).identity is not None
    await world.pass_time(2 * 24)
    assert (await handle(world)).identity is None
    assert await world.database.read(lambda tx: list(tx.handles.behind(place(MAYA)))) == []
    issue = await world.issue()
    gone = await world.presses(MAYA, DoAs(Event.STILL_BROKEN, issue.id, issue.reporter))
    assert "Something went wrong" not in text(gone.card)


async def test_ten_in_a_day_are_enough_and_the_words_go_back(world: World) -> None:
    for number in range(MOST):
        assert "Send this" in text((await world.types(MAYA, f"anon she skips scan {number}")).card)
    refused = await world.types(MAYA, "anon she skips one more")
    assert "as many reports without a name as one person can send" in text(refused.card)
    assert refused.words == "anon she skips one more"
    form = await world.submits(MAYA, NewReport(), {"words": "one more", "severity": "3", "nameless": "yes"})
    assert "as many reports without a name as one person can send" in text(form.card)
    assert form.words == "one more"
    assert "Send this" in text((await world.types(ADA, "anon she skips scans")).card)
    await world.pass_time(24)
    assert "Send this" in text((await world.types(MAYA, "anon she skips one more")).card)


async def test_the_same_event_twice_counts_once_and_what_was_accepted_stays_accepted(world: World) -> None:
    for number in range(MOST):
        for _ in range(2):  # the platform heard no answer, and sends it again
            reply = await world.types(MAYA, f"anon she skips scan {number}", key=f"event {number} of today")
        assert "as many reports without a name" not in text(reply.card)
        assert reply.words == ""
    assert await left_of(world, "draft") == MOST
    assert (await world.types(MAYA, "anon she skips one more")).words == "anon she skips one more"


async def test_what_could_not_be_kept_does_not_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = world.database.run

    async def cannot_commit(work: Callable[[SqlTransaction], object]) -> None:
        def fails(tx: SqlTransaction) -> None:
            work(tx)
            raise Unavailable("the disk is full")

        await run(fails)

    values = {"words": "she skips scans", "severity": "3", "nameless": "yes"}
    form = await world.token(NewReport())
    with monkeypatch.context() as patch:
        patch.setattr(world.database, "run", cannot_commit)
        for _ in range(MOST):
            lost = await world.desk.line(place(MAYA), "anon she skips scans", key=world.key())
            assert lost.words == "anon she skips scans"
            assert (await world.desk.submit(place(MAYA), form, values, key=world.key())).words == "she skips scans"
    assert "Send this" in text((await world.types(MAYA, "anon she skips scans")).card)


async def test_a_line_without_words_does_not_count(world: World) -> None:
    for _ in range(MOST):
        assert (await world.types(MAYA, "anon")).form
    assert "Send this" in text((await world.types(MAYA, "anon she skips scans")).card)


async def test_the_form_counts_too(world: World) -> None:
    values = {"words": "she skips scans", "severity": "3", "nameless": "yes"}
    replies = [await world.submits(MAYA, NewReport(), values) for _ in range(MOST + 1)]
    assert ["Send this" in text(reply.card) for reply in replies] == [True] * MOST + [False]


async def test_a_patient_at_risk_is_reported_without_a_name_however_often(world: World) -> None:
    values = {"words": "she skips scans", "severity": "3", "nameless": "yes"}
    for _ in range(MOST):
        await world.submits(MAYA, NewReport(), values)
    assert (await world.submits(MAYA, NewReport(), values)).words
    assert not (await world.submits(MAYA, NewReport(), values | {"severity": "1"})).words
    assert (await world.types(MAYA, "anon she skips scans")).words
    assert not (await world.types(MAYA, "anon !! he was given twice the dose")).words


def test_the_count_is_of_a_day_and_a_person() -> None:
    limit = DailyLimit(most=2)
    today, tomorrow = builders.NOON, builders.NOON + timedelta(days=1)
    assert [limit.allows("a", today) for _ in range(3)] == [True, True, False]
    assert limit.allows("b", today)
    assert limit.allows("a", tomorrow)
    assert not any(word in repr(vars(limit)) for word in ("'a'", "'b'"))


# ---------------------------------------------------------------------------------------------------------- no trace


async def few(world: World) -> None:
    """All but two of Maya's unit have gone home."""
    maya = await world.person(MAYA)

    def go_home(tx: Transaction) -> None:
        for each in tx.people.everybody(maya.pilot):
            if each.unit == maya.unit and each.address.id not in {MAYA, ANA, SAM}:
                tx.people.save(replace(each, on_duty=False))

    await world.database.run(go_home)


def bytes_of(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob("hospital.db*")))


def traces(found: bytes, who: PersonId) -> set[bytes]:
    """Where the id stands, as text or as SQLite writes eight bytes, by what is before it: pages are copied."""
    spelt = (str(who).encode(), int(who).to_bytes(8, "big"))
    return {found[at.start() - 3 : at.end()] for each in spelt for at in re.finditer(re.escape(each), found)}


async def test_no_new_row_and_no_log_leads_to_who_reported(world: World, tmp_path: Path) -> None:
    maya = await world.person(MAYA)
    path = tmp_path / "hospital.db"
    before = traces(bytes_of(path), maya.id)
    names = [word.encode() for word in (MAYA, "Maya Sample")]
    named = [bytes_of(path).count(name) for name in names]
    with capture_logs() as logged:
        await filed(world)
        await does(world, SAM, Event.ASK, words="in which room?")
        await does(world, MAYA, Event.REPLY, words="in the blue one")
        await does(world, SAM, Event.FIX, **FIX)
        await does(world, MAYA, Event.NEXT_SHIFT)
        await does(world, MAYA, Event.STILL_BROKEN)
        await does(world, MAYA, Event.DETAIL, place="bay 2", instead="we type it in")
        await does(world, SAM, Event.FIX, **FIX)
        await world.types(MAYA, "yes")
    assert (await world.issue()).status is Status.VERIFIED
    found = bytes_of(path)
    assert before
    assert traces(found, maya.id) == before
    assert [found.count(name) for name in names] == named
    assert not any(str(each) in str(logged) for each in (maya.id, MAYA, "Maya Sample"))


async def test_what_is_typed_about_it_does_not_say_when_its_author_was_awake(world: World) -> None:
    await filed(world)
    await does(world, SAM, Event.FIX, **FIX)
    for line in ("MAR-1", "yes", "code ABCD-EFGH", "anon another thing"):
        await world.types(MAYA, line)
    assert (await world.person(MAYA)).wrote_at is None
    await world.types(MAYA, "mine")
    assert (await world.person(MAYA)).wrote_at == world.start


async def test_a_refusal_of_ones_own_is_recorded_of_the_handle(world: World) -> None:
    issue, maya = await filed(world), await world.person(MAYA)
    await world.presses(MAYA, Do(Event.TAKE, issue.id, issue.version))
    rows = await world.database.read(
        lambda tx: list(tx.scope.connection.exec_driver_sql("SELECT actor, action FROM audit WHERE NOT allowed"))
    )
    assert [tuple(row) for row in rows] != []
    assert maya.id not in {row[0] for row in rows}


async def test_no_press_of_a_stranger_tells_whether_a_draft_was_nameless(world: World) -> None:
    reply = await world.types(MAYA, "anon she skips scans")
    sent = button(reply.card, "It slows me down")
    assert isinstance(sent, SendNameless)
    for action in (sent, NotMyChampion(sent.draft), ThatHelped(builders.known_answer().id, sent.draft)):
        said = text((await world.presses(ADA, action)).card)
        assert "she skips scans" not in said
