"""Everything that can go wrong on purpose.

BotError
├── Refused                the person may not, or not now; its text is shown to them, and nothing else ever is
│   ├── Denied             refused for want of permission: committed to the audit
│   └── UnknownAction      a button or form that is forged, out of date, or not ours
├── Gone                   what this was about is no longer there
├── Unavailable            the database cannot take this now: nothing was written, the words go back to the person
├── Misconfigured          a setting or a file is wrong; the text names it and its remedy
└── DeliveryFailed         a platform did not take a message
    ├── Unreachable        this destination cannot be reached at all (blocked, gone)
    ├── TryLater           refused for now; `after` says for how long
    ├── Rejected           refused for good: sending the same again cannot help
    └── InDoubt            no answer: it may or may not have arrived
"""

from datetime import timedelta


class BotError(Exception):
    """The root of all of these."""


class Refused(BotError):
    """The person may not do this, or not now. The text is for them."""


class Denied(Refused):
    """Refused for want of permission: what was wanted, and of what. Both are ids or fixed words, for the audit."""

    def __init__(self, deed: str, subject: str) -> None:
        super().__init__(f"{deed}: {subject}")
        self.deed = deed
        self.subject = subject


class UnknownAction(Refused):
    """A button or form that is forged, out of date, or not ours."""


class Gone(BotError):
    """What this was about is no longer there."""


class Unavailable(BotError):
    """The database cannot take this now; nothing was written."""


class Misconfigured(BotError):
    """A setting, a file or the machine is not as it must be; the text names it and its remedy."""


class DeliveryFailed(BotError):
    """A platform did not take a message."""


class Unreachable(DeliveryFailed):
    """This destination cannot be reached at all."""


class TryLater(DeliveryFailed):
    """Refused for now, for `after`; the lane is paused, the message stays where it is."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"try again in {after.total_seconds():g} s")
        self.after = after


class Rejected(DeliveryFailed):
    """Refused for good."""


class InDoubt(DeliveryFailed):
    """No answer came: the message may or may not have arrived."""


class Unsupported(BotError):
    """This platform cannot do that (it cannot be asked whether a message arrived, say)."""
