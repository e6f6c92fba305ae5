"""How many reports without a name somebody may send in a day, counted so that nothing of it can be read afterwards."""

import hmac
from collections import Counter
from datetime import date, datetime
from secrets import token_bytes

MOST = 10


class DailyLimit:
    """In memory alone, by an HMAC under a key that is new each day: with the file or a dump there is nobody to find."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._day: date | None = None
        self._key = b""
        self._counts: Counter[bytes] = Counter()

    def allows(self, who: str, now: datetime) -> bool:
        """Whether they may send one more today, which is counted."""
        if now.date() != self._day:
            self._day, self._key, self._counts = now.date(), token_bytes(32), Counter()
        mark = self._mark(who)
        self._counts[mark] += 1
        return self._counts[mark] <= self._most

    def give_back(self, who: str, now: datetime) -> None:
        """Nothing was sent after all: what was counted then is not."""
        if now.date() == self._day:
            self._counts[self._mark(who)] -= 1

    def _mark(self, who: str) -> bytes:
        return hmac.digest(self._key, who.encode(), "sha256")
