import string
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import actions
from bot.actions import Action, decode, encode
from bot.commands import COMMANDS
from bot.errors import UnknownAction
from bot.model import AnswerId, DraftId, Event, IssueId, PersonId, Severity, UnitId
from storage.seal import KeyRing

NOW = datetime(2026, 5, 1, 21, tzinfo=UTC)
OURS, THEIRS = KeyRing(["a secret of the tests, long enough"]), KeyRing(["another secret, also long enough"])
IDS = st.integers(1, 2**63 - 1)
ISSUES, DRAFTS, VERSIONS = IDS.map(IssueId), IDS.map(DraftId), st.integers(1, 10**6)
PEOPLE, EVENTS, LEVELS = IDS.map(PersonId), st.sampled_from(Event), st.sampled_from(Severity)
SCREENS = st.sampled_from(sorted(COMMANDS))
FIELDS: dict[object, st.SearchStrategy[object]] = {
    IssueId: ISSUES,
    DraftId: DRAFTS,
    PersonId: PEOPLE,
    AnswerId: IDS.map(AnswerId),
    UnitId: IDS.map(UnitId),
    Severity: LEVELS,
    Event: EVENTS,
    bool: st.booleans(),
    int: st.integers(0, 10**6),
    str: SCREENS,
}


def _any(kind: Any) -> st.SearchStrategy[Action]:  # noqa: ANN401 - any action's class
    return st.builds(kind, *(FIELDS[field.type] for field in fields(kind) if field.name != "act"))


KINDS: tuple[Any, ...] = get_args(Action)
ACTIONS: st.SearchStrategy[Action] = st.one_of(*map(_any, KINDS))
TAKE = actions.Do(Event.TAKE, IssueId(42), 3)


def refused(token: str, *, now: datetime = NOW) -> bool:
    try:
        decode(token, OURS, now)
    except UnknownAction:
        return True
    return False


def signed(body: str) -> str:
    """A token of our own with an arbitrary body: what only a fault of ours could make."""

    class Signer:
        def sign(self, message: bytes) -> bytes:
            assert message
            return OURS.sign(body.encode())

    return f"{body}~{encode(TAKE, Signer(), NOW).rpartition('~')[2]}"


@given(ACTIONS)
def test_what_a_button_carries_comes_back(action: Action) -> None:
    back = decode(encode(action, OURS, NOW), OURS, NOW)
    assert back == action
    assert type(back) is type(action)


def test_no_two_actions_go_by_one_name() -> None:
    assert len({kind.__dataclass_fields__["act"].default for kind in KINDS}) == len(KINDS)


LONGEST: dict[object, object] = {Severity: Severity.QUESTION, Event: max(Event, key=len), bool: True, int: 10**6}
LONGEST[str] = max(COMMANDS, key=len)


@pytest.mark.parametrize("kind", KINDS)
def test_the_longest_token_fits_every_platform(kind: Any) -> None:  # noqa: ANN401 - any action's class
    action = kind(*(LONGEST.get(field.type, 2**63 - 1) for field in fields(kind) if field.name != "act"))
    assert len(encode(action, OURS, NOW)) <= 100


@given(ACTIONS, st.data())
def test_any_changed_character_is_refused(action: Action, data: st.DataObject) -> None:
    token = encode(action, OURS, NOW)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda character: character != token[at]))
    assert refused(token[:at] + other + token[at + 1 :])


@given(ACTIONS)
def test_no_second_spelling_of_a_signature_is_taken(action: Action) -> None:
    token = encode(action, OURS, NOW)
    for other in set(string.ascii_letters + string.digits + "-_=+/ ") - {token[-1]}:
        assert refused(token[:-1] + other)
        assert refused(token + other)


@given(ACTIONS, st.data())
def test_any_added_or_missing_character_is_refused(action: Action, data: st.DataObject) -> None:
    token = encode(action, OURS, NOW)
    at = data.draw(st.integers(0, len(token) - 1))
    assert refused(token[:at] + token[at + 1 :])
    assert refused(token[:at] + data.draw(st.characters()) + token[at:])


@given(ACTIONS)
def test_another_installations_token_is_refused(action: Action) -> None:
    assert refused(encode(action, THEIRS, NOW))


@given(st.text(st.characters(), max_size=200))
@example("~~~")
@example("take~1~2~3~")
@example("\ud83d~AAAA")
@example("take~1~1~ffffffff~\ud83d")
@example("é~é")
def test_arbitrary_text_is_refused_and_nothing_else(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize("token", ["", "~", "x" * 10_000, "~" * 10_000, "take~" * 2_000, "täke~1~1~f~äää", "\x00"])
def test_garbage_is_refused(token: str) -> None:
    assert refused(token)


@pytest.mark.parametrize(
    "body",
    [
        "do~3~42",  # no end
        "42~do~take~3~6b000000",  # another order
        "do~take~42~6b000000",  # a field short
        "do~take~42~3~3~6b000000",  # a field too many
        "do~take~-42~-3~6b000000",
        "do~take~forty-two~3~6b000000",
        "do~take~~3~6b000000",
        "do~teleport~42~3~6b000000",  # no such event
        "do~take~42~3~soon",
        "do~take~42~3~-1",
        "send~42~9~6b000000",  # no such severity
        "teleport~42~6b000000",
        "take",
        "~",
    ],
)
def test_a_body_that_we_would_never_write_is_refused_even_where_it_is_signed(body: str) -> None:
    assert refused(signed(body))


def test_a_token_serves_until_its_end_and_not_after() -> None:
    token = encode(TAKE, OURS, NOW)
    assert decode(token, OURS, NOW + actions.LIFE) == TAKE
    assert refused(token, now=NOW + actions.LIFE + timedelta(seconds=1))
