"""Everything a button can mean, and the sealed token that carries it through a platform and back."""

import base64
import hmac
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta
from typing import Literal, Protocol, get_args

from bot.errors import UnknownAction
from bot.model import DraftId, IssueId, Severity

LIFE = timedelta(days=90)  # an open issue's card is redrawn long before


@dataclass(frozen=True, slots=True)
class NewReport:
    """Open the report form; submitted, file it."""

    act: Literal["new"] = "new"


@dataclass(frozen=True, slots=True)
class SendDraft:
    """File the draft's words as a report of this severity."""

    draft: DraftId
    severity: Severity
    act: Literal["send"] = "send"


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Throw the draft's words away."""

    draft: DraftId
    act: Literal["drop"] = "drop"


@dataclass(frozen=True, slots=True)
class ShowIssue:
    """Show the issue as it stands now."""

    issue: IssueId
    act: Literal["show"] = "show"


@dataclass(frozen=True, slots=True)
class ShowWords:
    """Show all that was written, a page at a time from 0."""

    issue: IssueId
    page: int
    act: Literal["words"] = "words"


@dataclass(frozen=True, slots=True)
class ChangeSeverity:
    """Say how bad it really is; from a form where no severity is given yet."""

    issue: IssueId
    version: int
    act: Literal["sev"] = "sev"


@dataclass(frozen=True, slots=True)
class Take:
    """Own the issue."""

    issue: IssueId
    version: int
    act: Literal["take"] = "take"


@dataclass(frozen=True, slots=True)
class FixIt:
    """Open the form that asks what was done; submitted, deliver it to the reporter."""

    issue: IssueId
    version: int
    act: Literal["fix"] = "fix"


@dataclass(frozen=True, slots=True)
class Confirm:
    """The reporter says that it is fixed. Judged by the issue's present state, so it carries no version."""

    issue: IssueId
    act: Literal["yes"] = "yes"


@dataclass(frozen=True, slots=True)
class StillBroken:
    """The reporter says that it is not fixed."""

    issue: IssueId
    act: Literal["broken"] = "broken"


@dataclass(frozen=True, slots=True)
class Show:
    """A screen by its command's verb: `mine`, `queue`, `pilot`, `help`."""

    screen: str
    act: Literal["screen"] = "screen"


Action = (
    NewReport
    | SendDraft
    | DropDraft
    | ShowIssue
    | ShowWords
    | ChangeSeverity
    | Take
    | FixIt
    | Confirm
    | StillBroken
    | Show
)
_BY_NAME = {action.__dataclass_fields__["act"].default: action for action in get_args(Action)}
_MAC = 16


class Signer(Protocol):
    """Signs bytes with a key of the installation."""

    def sign(self, message: bytes) -> bytes: ...


def encode(action: Action, signer: Signer, now: datetime) -> str:
    """A token of about 60 characters that only this installation can have made and that ends after `LIFE`."""
    *values, name = astuple(action)
    expires = int((now + LIFE).timestamp())
    body = "~".join([str(name), *(str(int(v)) if isinstance(v, int) else v for v in values), f"{expires:x}"])
    return f"{body}~{_mac(body, signer)}"


def decode(token: str, signer: Signer, now: datetime) -> Action:
    """The action that `encode` put into the token. Raises UnknownAction where it is forged, foreign or too old."""
    body, _, mac = token.rpartition("~")
    try:
        # The text is compared, not the bytes it stands for: several texts stand for the same bytes.
        if not hmac.compare_digest(mac.encode(), _mac(body, signer).encode()):
            raise UnknownAction
        name, *values, expires = body.split("~")
        if now.timestamp() > int(expires, 16):
            raise UnknownAction
        kind = _BY_NAME[name]
        wanted = [f for f in fields(kind) if f.name != "act"]
        action: Action = kind(*(_typed(f.type, v) for f, v in zip(wanted, values, strict=True)))
    except (KeyError, ValueError):
        raise UnknownAction from None
    return action


def _mac(body: str, signer: Signer) -> str:
    return base64.urlsafe_b64encode(signer.sign(body.encode())[:_MAC]).decode().rstrip("=")


def _typed(kind: object, value: str) -> object:
    if kind is str:
        return value
    if not value.isdecimal():
        raise UnknownAction
    return Severity(int(value)) if kind is Severity else int(value)
