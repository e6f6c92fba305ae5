import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Misconfigured
from storage.seal import KeyRing, Tampered

OLD, NEW = "an old secret of the tests", "a new secret of the tests"
ANY_TEXT = st.text(st.characters())  # lone surrogates and NUL among them


@given(ANY_TEXT)
def test_what_is_closed_opens_in_its_place_alone(words: str) -> None:
    ring = KeyRing([NEW])
    sealed = ring.close(words, place="issue.summary|1|main")
    assert ring.open(sealed, place="issue.summary|1|main") == words
    with pytest.raises(Tampered):
        ring.open(sealed, place="issue.summary|2|main")


def test_every_changed_byte_is_noticed() -> None:
    ring = KeyRing([NEW])
    sealed = ring.close("words", place="here")
    for i in range(len(sealed)):
        changed = bytearray(sealed)
        changed[i] ^= 1
        with pytest.raises((Tampered, Misconfigured)):
            ring.open(bytes(changed), place="here")
    with pytest.raises(Tampered):
        ring.open(sealed[:10], place="here")


def test_the_same_words_are_never_sealed_alike() -> None:
    ring = KeyRing([NEW])
    assert ring.close("words", place="here") != ring.close("words", place="here")


def test_older_secrets_still_open_and_the_current_one_closes() -> None:
    before, after, without = KeyRing([OLD]), KeyRing([NEW, OLD]), KeyRing([NEW])
    sealed = before.close("words", place="here")
    assert after.open(sealed, place="here") == "words"
    assert without.open(after.close("words", place="here"), place="here") == "words"
    with pytest.raises(Misconfigured, match=r"CHECKBACK_SECRET_KEY.* Put the former one back"):
        without.open(sealed, place="here")


def test_rows_are_found_after_a_change_of_secrets_but_tokens_end_with_theirs() -> None:
    before, after = KeyRing([OLD]), KeyRing([NEW, OLD])
    assert before.index("a place") == after.index("a place")
    assert before.sign(b"token") != after.sign(b"token")
    assert after.links(b"message", before.link(b"message"))
    assert not after.links(b"another", before.link(b"message"))


def test_each_purpose_has_its_own_key() -> None:
    ring = KeyRing([NEW])
    assert len({ring.sign(b"x")[:16], ring.index("x"), ring.link(b"x")[4:20]}) == 3


@given(ANY_TEXT.filter(lambda words: words.rstrip("\0") == words != ""))
def test_an_identity_opens_with_its_own_key_and_its_length_says_nothing(words: str) -> None:
    ring = KeyRing([NEW])
    sealed = ring.close_identity(words, place="here")
    assert ring.open_identity(sealed, place="here") == words
    assert len(words.encode("utf-8", "surrogatepass")) > 256 or len(sealed) == len(ring.close_identity("a", place=""))
    with pytest.raises(Tampered):
        ring.open(sealed, place="here")
    with pytest.raises(Tampered):
        ring.open_identity(ring.close(words, place="here"), place="here")
