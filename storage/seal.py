"""The seal: closes words so that the database file alone does not give them away, and signs."""

import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import BotError, Misconfigured

_ID = 4  # bytes that say under which secret something was made
_NONCE = 12
_BLOCK = 256  # bytes: no platform's address is longer, or it takes two
_FILL = "\0"


class Tampered(BotError):
    """Sealed words were changed, or moved to another row or column."""


class _Keys:
    """What one secret gives: a key for each purpose, none of which tells anything about another."""

    def __init__(self, secret: str) -> None:
        self.id = _derive(secret, "id", _ID)
        self.words = AESGCM(_derive(secret, "words"))
        self.identities = AESGCM(_derive(secret, "identities"))
        self.tokens = _derive(secret, "tokens")
        self.index = _derive(secret, "index")
        self.chain = _derive(secret, "chain")


def _close(key: AESGCM, words: str, place: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + key.encrypt(nonce, words.encode("utf-8", "surrogatepass"), place.encode())


def _open(key: AESGCM, sealed: bytes, place: str) -> str:
    try:
        body = key.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except (InvalidTag, ValueError):
        raise Tampered(f"The sealed words of {place} were changed or moved: restore them from a backup.") from None
    return body.decode("utf-8", "surrogatepass")


def _derive(secret: str, purpose: str, length: int = 32) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=length, salt=None, info=f"checkback/1/{purpose}".encode())
    return hkdf.derive(secret.encode())


class KeyRing:
    """One or several secrets, the current one first; what was closed under an older one still opens.

    Tokens are signed under the current secret. Rows are indexed under the oldest, so that a change of secrets does not
    lose them: it leaves the ring only together with a new index. How long a secret must be, `bot.settings` says.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        rings = [_Keys(secret) for secret in secrets]
        self._current, self._oldest = rings[0], rings[-1]
        self._by_id = {keys.id: keys for keys in rings}

    def close(self, words: str, *, place: str) -> bytes:
        return self._current.id + _close(self._current.words, words, place)

    def open(self, sealed: bytes, *, place: str) -> str:
        return _open(self._keys(sealed).words, sealed[_ID:], place)

    def close_identity(self, words: str, *, place: str) -> bytes:
        """Under a key of its own, and as long as any other: a length could be a name."""
        short = -len(words.encode("utf-8", "surrogatepass")) % _BLOCK
        return self._current.id + _close(self._current.identities, words + _FILL * short, place)

    def open_identity(self, sealed: bytes, *, place: str) -> str:
        return _open(self._keys(sealed).identities, sealed[_ID:], place).rstrip(_FILL)

    def sign(self, message: bytes) -> bytes:
        return hmac.digest(self._current.tokens, message, "sha256")

    def index(self, text: str) -> bytes:
        """What a row is found by instead of `text`; without the secret it says nothing about it."""
        return hmac.digest(self._oldest.index, text.encode("utf-8", "surrogatepass"), "sha256")[:16]

    def link(self, message: bytes) -> bytes:
        """The audit chain's mark of a message."""
        return self._current.id + hmac.digest(self._current.chain, message, "sha256")

    def links(self, message: bytes, mark: bytes) -> bool:
        """Whether `link` made this mark of this message, under any secret of the ring."""
        return hmac.compare_digest(hmac.digest(self._keys(mark).chain, message, "sha256"), mark[_ID:])

    def _keys(self, made: bytes) -> _Keys:
        keys = self._by_id.get(made[:_ID])
        if keys is None:
            raise Misconfigured(
                "The database was written under a CHECKBACK_SECRET_KEY that is not set now. "
                "Put the former one back, after the current one."
            )
        return keys
