"""The pager, over real sockets: what arrives is verified by the official library of Standard Webhooks."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession
from standardwebhooks import Webhook, WebhookVerificationError

from adapters.pager.outbound import PAUSE, Pager
from bot.actions import ShowIssue
from bot.app import demonstrating, serving
from bot.cards import Button, Buttons, Card, Facts, Line, Lines, Mark, Quote, Text
from bot.courier import PAUSES, Courier
from bot.doctor import Finding
from bot.errors import DeliveryFailed, InDoubt, Misconfigured, Rejected, TryLater, Unreachable
from bot.model import Address, IssueId
from bot.operating import examination
from bot.ports import ChatPlatform, NoticeState
from bot.settings import load
from bot.simulation import SimulatedClock, Simulation
from storage.database import SqlDatabase
from storage.dispatch import InProcessDispatch
from tests import builders
from tests.peers.pager import Answer, Fault, Receiver, receiving

pytestmark = pytest.mark.usefixtures("elsewhere")

TO = Address("pager", "webhook", "1")
SECRET = "whsec_YW4gaW52ZW50ZWQgc2VjcmV0IG9mIHRoZSB0ZXN0cw=="
KEY = b"an invented secret of the tests"
SHORT = timedelta(milliseconds=50)
INSTALLATION = "an-invented-secret-of-the-tests-long-enough"
CARD = Card(
    "MAR-12: a patient could be harmed",
    (
        Text("Nobody has been sent to the bedside.", "strong"),
        Quote("the pump doses twice «…»"),
        Facts((("Unit", "4 West"), ("Due", "Sun 21:00"))),
        Lines("What comes next", (Line("in 5 min: the next responder", "planned"),)),
        Buttons((Button("Show", ShowIssue(IssueId(4711))),)),
    ),
    Mark.WARNING,
)


class Now:
    """The present, which the official library compares a message's time with."""

    async def now(self) -> datetime:
        return datetime.now(UTC)


class Noon:
    async def now(self) -> datetime:
        return builders.NOON


async def _unsaved(now: datetime) -> None:
    assert now.tzinfo


async def _never() -> datetime:
    raise AssertionError


class Hospital:
    """A real outbox in simulated time, with the pager as its only platform."""

    def __init__(self, database: SqlDatabase, pager: Pager) -> None:
        self.database = database
        clock = SimulatedClock(builders.NOON, _unsaved)
        courier, dispatch = Courier(database, clock, {pager.name: pager}), InProcessDispatch(database, clock)
        self.simulation = Simulation(database, clock, courier, dispatch, _never)

    async def pages(self, *keys: str) -> None:
        for key in keys:
            await page(self.database, key, builders.NOON)
        await self.simulation.settle()

    async def pass_time(self, by: timedelta) -> None:
        await self.simulation.advance(by)

    async def states(self) -> dict[NoticeState, int]:
        counts = await self.database.read(lambda tx: tx.outbox.counts())
        return {state: many for state, many in counts.items() if many}


async def page(database: SqlDatabase, key: str, now: datetime) -> None:
    await database.run(lambda tx: tx.outbox.post(TO, CARD, now, key=key))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture
def pager(session: ClientSession, receiver: Receiver) -> Pager:
    return Pager(session, Now(), receiver.url, KEY)


@pytest.fixture
def hospital(sqlite: SqlDatabase, pager: Pager) -> Hospital:
    return Hospital(sqlite, pager)


# --------------------------------------------------------------------------------------------------- what arrives


async def test_the_pager_is_a_platform_like_any_other(pager: Pager) -> None:
    platform: ChatPlatform = pager
    assert platform.name == TO.platform


async def test_what_arrives_is_what_the_card_says_and_nothing_else(pager: Pager, receiver: Receiver) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    await pager.deliver(TO, CARD, key="k")
    [received] = receiver.received
    said = Webhook(SECRET).verify(received.body, dict(received.headers))
    assert before <= datetime.fromisoformat(said.pop("timestamp")) <= datetime.now(UTC)
    assert said == {
        "type": "issue.patient_at_risk",
        "data": {
            "reference": "MAR-12",
            "title": "MAR-12: a patient could be harmed",
            "lines": [
                "Nobody has been sent to the bedside.",
                "the pump doses twice «…»",
                "Unit: 4 West",
                "Due: Sun 21:00",
                "What comes next",
                "in 5 min: the next responder",
            ],
        },
    }
    assert (received.method, received.path) == ("POST", "/hook?of=the+ward")
    assert received.headers["Content-Type"] == "application/json"


async def test_what_was_changed_on_the_way_or_signed_by_another_is_noticed(pager: Pager, receiver: Receiver) -> None:
    await pager.deliver(TO, CARD, key="k")
    [received] = receiver.received
    for secret, body in ((SECRET, received.body + b" "), ("whsec_" + "b3RoZXIg" * 5, received.body)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, dict(received.headers))


@pytest.mark.parametrize(
    "words", ["😀 ünïcode", "\ud800", "a\x00b", 'x","title":"y'], ids=["wide", "lone", "nul", "json"]
)
async def test_whatever_was_typed_arrives_signed_and_whole(pager: Pager, receiver: Receiver, words: str) -> None:
    await pager.deliver(TO, Card("MAR-12: look", (Quote(words),)), key="k")
    [received] = receiver.received
    said = Webhook(SECRET).verify(received.body, dict(received.headers))
    assert said["data"] == {"reference": "MAR-12", "title": "MAR-12: look", "lines": [words]}


async def test_a_card_about_no_issue_has_no_reference(pager: Pager, receiver: Receiver) -> None:
    await pager.deliver(TO, Card("The pager works"), key="k")
    said = Webhook(SECRET).verify(receiver.received[0].body, dict(receiver.received[0].headers))
    assert said["data"] == {"reference": None, "title": "The pager works", "lines": []}


async def test_a_message_has_one_id_however_often_it_is_sent_and_the_id_does_not_tell_its_key(
    session: ClientSession, pager: Pager, receiver: Receiver
) -> None:
    other = Pager(session, Now(), receiver.url, b"of another installation")
    for sender, key in ((pager, "issue:12:1"), (pager, "issue:12:1"), (pager, "issue:12:2"), (other, "issue:12:1")):
        await sender.deliver(TO, CARD, key=key)
    first, again, second, elsewhere = [received.headers["webhook-id"] for received in receiver.received]
    assert first == again
    assert len({first, second, elsewhere}) == 3
    assert "issue" not in first
    assert "." not in first


async def test_drawing_anew_reaches_no_pager(pager: Pager, receiver: Receiver) -> None:
    await pager.replace(await pager.deliver(TO, CARD, key="k"), CARD)
    assert len(receiver.received) == 1


# -------------------------------------------------------------------------------------------- what an answer means


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_taken_is_taken(pager: Pager, receiver: Receiver, status: int) -> None:
    receiver.answers(Answer(status))
    message = await pager.deliver(TO, CARD, key="k")
    assert (message.place, message.id) == (TO, receiver.received[0].headers["webhook-id"])


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(400), Rejected),
        (Answer(401), Rejected),
        (Answer(413), Rejected),
        (Answer(404), Unreachable),
        (Answer(410), Unreachable),
        (Answer(500), InDoubt),
        (Answer(502), InDoubt),
        (Answer(503), InDoubt),
        (Answer(503, {"Retry-After": "soon"}), InDoubt),
        (Answer(504), InDoubt),
        (Fault.RESET, InDoubt),
        (Fault.SILENT, InDoubt),
    ],
    ids=str,
)
async def test_each_failure_has_its_outcome_and_tells_no_address(
    session: ClientSession, receiver: Receiver, answer: Answer | Fault, outcome: type[DeliveryFailed]
) -> None:
    receiver.answers(answer)
    pager = Pager(session, Noon(), receiver.url, KEY, SHORT if answer is Fault.SILENT else timedelta(seconds=10))
    with pytest.raises(outcome) as failed:
        await pager.deliver(TO, CARD, key="k")
    assert type(failed.value) is outcome
    assert "hook" not in str(failed.value)
    assert "127.0.0.1" not in str(failed.value)
    assert len(receiver.received) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(pager: Pager, receiver: Receiver, status: int) -> None:
    receiver.answers(Answer(status, {"Location": receiver.url.replace("hook", "elsewhere")}))
    with pytest.raises(Rejected, match=str(status)):
        await pager.deliver(TO, CARD, key="k")
    assert [received.path for received in receiver.received] == ["/hook?of=the+ward"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("30", 30),
        ("0", 1),
        ("86400", 300),
        ("9" * 300, 300),
        (format_datetime(builders.NOON + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(builders.NOON - timedelta(days=1), usegmt=True), 1),
    ],
    ids=["seconds", "none", "a day", "for ever", "a date", "a date gone by"],
)
async def test_who_asks_to_be_spared_is_spared_but_not_for_long(
    session: ClientSession, receiver: Receiver, status: int, asked: str, seconds: int
) -> None:
    receiver.answers(Answer(status, {"Retry-After": asked}))
    with pytest.raises(TryLater) as later:
        await Pager(session, Noon(), receiver.url, KEY).deliver(TO, CARD, key="k")
    assert later.value.after == timedelta(seconds=seconds)


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}, {"Retry-After": "9" * 5_000}], ids=["", "soon", "9"])
async def test_too_many_without_a_time_is_a_short_pause(
    session: ClientSession, receiver: Receiver, headers: dict[str, str]
) -> None:
    receiver.answers(Answer(429, headers))
    with pytest.raises(TryLater) as later:
        await Pager(session, Noon(), receiver.url, KEY).deliver(TO, CARD, key="k")
    assert later.value.after == PAUSE


# ------------------------------------------------------------------------------------- by the courier, from an outbox


async def test_a_pager_that_is_down_for_three_tries_and_then_up_has_every_page_once(
    sqlite: SqlDatabase, session: ClientSession
) -> None:
    async with receiving(up=False) as receiver:
        hospital = Hospital(sqlite, Pager(session, Now(), receiver.url, KEY))
        await hospital.pages("one", "two")
        await hospital.pass_time(PAUSES[0] + PAUSES[1])
        assert await hospital.states() == {NoticeState.SENDING: 1, NoticeState.READY: 1}
        await receiver.up()
        await hospital.pass_time(PAUSES[2])
        assert len({received.headers["webhook-id"] for received in receiver.received}) == 2
        assert len(receiver.received) == 2
        assert await hospital.states() == {NoticeState.SENT: 2}


@pytest.mark.parametrize("fault", [Answer(500), Answer(503), Fault.RESET], ids=str)
async def test_a_page_in_doubt_is_sent_again_under_the_same_id(
    hospital: Hospital, receiver: Receiver, fault: Answer | Fault
) -> None:
    receiver.answers(*[fault] * 3)
    await hospital.pages("one", "two")
    await hospital.pass_time(sum(PAUSES[:3], timedelta()))
    ids = [received.headers["webhook-id"] for received in receiver.received]
    assert len(ids) == 5
    assert (len(set(ids[:4])), len(set(ids))) == (1, 2)
    assert await hospital.states() == {NoticeState.SENT: 2}
    for received in receiver.received:
        Webhook(SECRET).verify(received.body, dict(received.headers))


@pytest.mark.parametrize("status", [429, 503])
async def test_a_pager_that_asks_for_time_however_often_loses_nothing(
    hospital: Hospital, receiver: Receiver, status: int
) -> None:
    receiver.answers(*[Answer(status, {"Retry-After": "60"})] * 20)
    await hospital.pages("one")
    await hospital.pass_time(timedelta(minutes=20))
    assert len(receiver.received) == 21
    assert await hospital.states() == {NoticeState.SENT: 1}


@pytest.mark.parametrize("status", [302, 400, 401, 404, 410])
async def test_what_is_refused_for_good_is_set_aside_and_the_next_page_goes_out(
    hospital: Hospital, receiver: Receiver, status: int
) -> None:
    receiver.answers(Answer(status))
    await hospital.pages("one", "two")
    assert await hospital.states() == {NoticeState.DEAD: 1, NoticeState.SENT: 1}


async def test_a_pager_that_never_answers_is_given_up_in_the_end(hospital: Hospital, receiver: Receiver) -> None:
    receiver.answers(*[Answer(500)] * 5)
    await hospital.pages("one")
    await hospital.pass_time(sum(PAUSES, timedelta()))
    assert len(receiver.received) == 5
    assert await hospital.states() == {NoticeState.DEAD: 1}


# -------------------------------------------------------------------------------------- in an installation, and set up


async def test_an_installation_with_a_pager_reaches_it(tmp_path: Path, receiver: Receiver) -> None:
    settings = load(
        database_url=f"sqlite:///{tmp_path}/checkback.db", secret_key=INSTALLATION,
        pager_url=receiver.url, pager_secret=SECRET,
    )  # fmt: skip
    async with serving(settings) as app:
        await page(app.database, "k", await app.clock.now())
        received = await receiver.hears()
    assert Webhook(SECRET).verify(received.body, dict(received.headers))["data"]["reference"] == "MAR-12"


async def test_the_demo_rings_nobodys_pager(tmp_path: Path, receiver: Receiver) -> None:
    settings = load(database_url=f"sqlite:///{tmp_path}/demo.db", pager_url=receiver.url, pager_secret=SECRET)
    async with demonstrating(settings) as app:
        await page(app.database, "k", await app.clock.now())
        assert app.simulation
        await app.simulation.advance(timedelta(hours=1))
    assert receiver.received == []


def test_without_an_address_there_is_no_pager() -> None:
    assert not load().has_pager
    assert not load(pager_url="", pager_secret="").has_pager


@pytest.mark.parametrize("url", ["https://pager.example/x", "http://localhost:9/x", "http://[::1]:9/x"])
def test_a_pager_has_an_address_and_a_secret_and_neither_is_printed(url: str) -> None:
    found = load(pager_url=url, pager_secret=SECRET)
    assert (found.has_pager, found.pager_key, str(found.pager_url)) == (True, KEY, url)
    assert url not in repr(found)
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("name", "given", "remedy"),
    [
        ("PAGER_URL", {"pager_url": "http://canary.example/x"}, "it begins with https://"),
        ("PAGER_URL", {"pager_url": "http://127.0.0.1.canary.example/x"}, "it begins with https://"),
        ("PAGER_URL", {"pager_url": "ftp://canary.example/x"}, "'http' or 'https'"),
        ("PAGER_URL", {"pager_url": "canary"}, "valid URL"),
        ("PAGER_URL", {"pager_url": "https://h.example:canary/"}, "valid URL"),
        ("PAGER_SECRET", {"pager_url": "https://canary.example"}, "openssl rand -base64 32"),
        ("PAGER_SECRET", {"pager_url": "https://h.example", "pager_secret": ""}, "openssl rand -base64 32"),
        ("PAGER_SECRET", {"pager_secret": "canary" * 6}, "whsec_"),
        ("PAGER_SECRET", {"pager_secret": "whsec_canary!!"}, "in base64"),
        ("PAGER_SECRET", {"pager_secret": "whsec_cänary"}, "in base64"),
        ("PAGER_SECRET", {"pager_secret": "whsec_" + "canary00" * 3}, "24 to 64 bytes"),
        ("PAGER_SECRET", {"pager_secret": "whsec_" + "canary00" * 11}, "24 to 64 bytes"),
    ],
)
def test_a_wrong_setting_of_the_pager_names_itself_and_its_remedy_and_never_its_value(
    name: str, given: dict[str, str], remedy: str
) -> None:
    with pytest.raises(Misconfigured) as wrong:
        load(**given)
    assert f"CHECKBACK_{name}: " in str(wrong.value)
    assert remedy in str(wrong.value)
    assert "canary" not in str(wrong.value)


async def test_the_doctor_looks_a_pagers_host_up_and_sends_nothing(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    monkeypatch.setenv("CHECKBACK_PAGER_URL", receiver.url)
    monkeypatch.setenv("CHECKBACK_PAGER_SECRET", SECRET)
    assert (await finding("pager")).what == "pager: 127.0.0.1 is known; nothing was sent"
    assert receiver.received == []


async def test_the_doctor_names_a_pager_whose_host_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKBACK_PAGER_URL", "https://nobody.invalid/canary")
    monkeypatch.setenv("CHECKBACK_PAGER_SECRET", SECRET)
    remedy = (await finding("pager")).remedy
    assert remedy
    assert "nobody.invalid" in remedy
    assert "Mend CHECKBACK_PAGER_URL" in remedy
    assert "canary" not in remedy


async def test_the_doctor_has_nothing_to_say_of_a_pager_where_none_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [each for each in await examination() if "pager" in each.what]
    monkeypatch.setenv("CHECKBACK_PAGER_URL", "http://pager.example")  # the finding about the settings says this one
    assert not [each for each in await examination() if "pager" in each.what]


async def finding(name: str) -> Finding:
    [found] = [each for each in await examination() if each.what.startswith(name)]
    return found
