import string
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import actions
from bot.actions import Action, decode, encode
from bot.errors import UnknownAction
from bot.model import DraftId, IssueId, Severity
from storage.seal import KeyRing

NOW = datetime(2026, 5, 1, 21, tzinfo=UTC)
OURS, THEIRS = KeyRing(["a secret of the tests, long enough"]), KeyRing(["another secret, also long enough"])
IDS = st.integers(1, 2**63 - 1)
ISSUES, DRAFTS, VERSIONS = IDS.map(IssueId), IDS.map(DraftId), st.integers(1, 10**6)
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.just(actions.NewReport()),
    st.builds(actions.SendDraft, DRAFTS, st.sampled_from(Severity)),
    st.builds(actions.DropDraft, DRAFTS),
    st.builds(actions.ShowIssue, ISSUES),
    st.builds(actions.ShowWords, ISSUES, st.integers(0, 99)),
    st.builds(actions.ChangeSeverity, ISSUES, VERSIONS),
    st.builds(actions.Take, ISSUES, VERSIONS),
    st.builds(actions.FixIt, ISSUES, VERSIONS),
    st.builds(actions.Confirm, ISSUES),
    st.builds(actions.StillBroken, ISSUES),
    st.builds(actions.Show, st.sampled_from(["mine", "queue", "pilot", "help"])),
)
TAKE = actions.Take(IssueId(42), 3)


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


def test_every_action_is_among_those_tried() -> None:
    tried = {type(action) for action in _one_of_each()}
    assert tried == set(get_args(Action))


def _one_of_each() -> list[Action]:
    issue, draft = IssueId(2**63 - 1), DraftId(2**63 - 1)
    return [
        actions.NewReport(),
        actions.SendDraft(draft, Severity.QUESTION),
        actions.DropDraft(draft),
        actions.ShowIssue(issue),
        actions.ShowWords(issue, 3),
        actions.ChangeSeverity(issue, 999),
        actions.Take(issue, 999),
        actions.FixIt(issue, 999),
        actions.Confirm(issue),
        actions.StillBroken(issue),
        actions.Show("queue"),
    ]


def test_the_longest_token_fits_every_platform() -> None:
    assert max(len(encode(action, OURS, NOW)) for action in _one_of_each()) <= 100


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
        "take~3~42",  # no end
        "42~take~3~6b000000",  # another order
        "take~42~6b000000",  # a field short
        "take~42~3~3~6b000000",  # a field too many
        "take~-42~-3~6b000000",
        "take~forty-two~3~6b000000",
        "take~~3~6b000000",
        "take~42~3~soon",
        "take~42~3~-1",
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
