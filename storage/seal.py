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


class Tampered(BotError):
    """Sealed words were changed, or moved to another row or column."""


class _Keys:
    """What one secret gives: a key for each purpose, none of which tells anything about another."""

    def __init__(self, secret: str) -> None:
        self.id = _derive(secret, "id", _ID)
        self.words = AESGCM(_derive(secret, "words"))
        self.tokens = _derive(secret, "tokens")
        self.index = _derive(secret, "index")
        self.chain = _derive(secret, "chain")


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
        nonce = os.urandom(_NONCE)
        body = words.encode("utf-8", "surrogatepass")
        return self._current.id + nonce + self._current.words.encrypt(nonce, body, place.encode())

    def open(self, sealed: bytes, *, place: str) -> str:
        nonce, body = sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        try:
            return self._keys(sealed).words.decrypt(nonce, body, place.encode()).decode("utf-8", "surrogatepass")
        except (InvalidTag, ValueError):
            raise Tampered(f"The sealed words of {place} were changed or moved: restore them from a backup.") from None

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
