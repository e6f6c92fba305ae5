"""Everything a button can mean, and the sealed token that carries it through a platform and back."""

import base64
import hmac
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta
from typing import Literal, Protocol, get_args

from bot.errors import UnknownAction
from bot.model import AnswerId, DraftId, Event, IssueId, PersonId, Severity, UnitId

LIFE = timedelta(days=90)  # an open issue's card is redrawn long before


# ------------------------------------------------------------------------------------------------- words, drafts


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
class SendNameless:
    """File them without a name; `away` from their own champion, if so wished."""

    draft: DraftId
    severity: Severity
    away: bool
    act: Literal["anon"] = "anon"


@dataclass(frozen=True, slots=True)
class NotMyChampion:
    """Look at the nameless draft again, to be sent to the fix team alone."""

    draft: DraftId
    act: Literal["not"] = "not"


@dataclass(frozen=True, slots=True)
class EditDraft:
    """Open the report form with the draft's words; submitted, it takes the draft's place."""

    draft: DraftId
    act: Literal["edit"] = "edit"


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Throw the draft's words away."""

    draft: DraftId
    act: Literal["drop"] = "drop"


@dataclass(frozen=True, slots=True)
class SameAs:
    """The draft says what an issue says: me too."""

    draft: DraftId
    issue: IssueId
    act: Literal["same"] = "same"


@dataclass(frozen=True, slots=True)
class ReplyWith:
    """The draft is the reporter's word on an issue: the answer to what was asked, or a line to its owner."""

    draft: DraftId
    issue: IssueId
    act: Literal["reply"] = "reply"


@dataclass(frozen=True, slots=True)
class ThatHelped:
    """A kept answer was what the asker needed; the draft of the question, if there is one, goes."""

    answer: AnswerId
    draft: DraftId
    act: Literal["helped"] = "helped"


# ---------------------------------------------------------------------------------------------------- the issue


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
class Do:
    """Let this happen to the issue, at once or through a form.

    `version` is that of the card it was drawn on. The reporter's own word is judged by the issue's present state.
    """

    event: Event
    issue: IssueId
    version: int
    act: Literal["do"] = "do"


@dataclass(frozen=True, slots=True)
class DoAs:
    """The same by whoever reported it without a name: drawn for them alone, the token speaks for their handle."""

    event: Event
    issue: IssueId
    handle: PersonId
    act: Literal["as"] = "as"


@dataclass(frozen=True, slots=True)
class More:
    """Everything else that can be done about the issue."""

    issue: IssueId
    version: int
    act: Literal["more"] = "more"


@dataclass(frozen=True, slots=True)
class MergeInto:
    """The issue is the same as another one and follows it from now on."""

    issue: IssueId
    into: IssueId
    version: int
    act: Literal["merge"] = "merge"


@dataclass(frozen=True, slots=True)
class StillServes:
    """The reporter says that the workaround of that row of history still serves. `by` is their id or their handle's."""

    issue: IssueId
    n: int
    by: PersonId
    act: Literal["serves"] = "serves"


@dataclass(frozen=True, slots=True)
class Several:
    """Open the form in which several issues are taken, or fixed under a shared cause; submitted, do it."""

    act: Literal["several"] = "several"


# ------------------------------------------------------------------------------------------------------ screens


@dataclass(frozen=True, slots=True)
class Show:
    """A screen by its command's verb: `mine`, `queue`, `pilot`, `help`."""

    screen: str
    act: Literal["screen"] = "screen"


@dataclass(frozen=True, slots=True)
class Duty:
    """On or off duty from now."""

    on: bool
    act: Literal["duty"] = "duty"


@dataclass(frozen=True, slots=True)
class Here:
    """This is the unit they work on tonight."""

    unit: UnitId
    act: Literal["here"] = "here"


@dataclass(frozen=True, slots=True)
class GoAway:
    """Open the form that asks until when; submitted, hand over what they own."""

    act: Literal["away"] = "away"


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Open the form in which an admin gives or takes a role; submitted, do it."""

    act: Literal["grant"] = "grant"


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Try a dead letter once more."""

    notice: int
    act: Literal["resend"] = "resend"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A dead letter was seen to in person."""

    notice: int
    act: Literal["aside"] = "aside"


Action = (
    NewReport
    | SendDraft
    | SendNameless
    | NotMyChampion
    | EditDraft
    | DropDraft
    | SameAs
    | ReplyWith
    | ThatHelped
    | ShowIssue
    | ShowWords
    | Do
    | DoAs
    | More
    | MergeInto
    | StillServes
    | Several
    | Show
    | Duty
    | Here
    | GoAway
    | GrantRole
    | SendAgain
    | SetAside
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
    if kind is Event:
        return Event(value)
    if not value.isdecimal():
        raise UnknownAction
    return {Severity: Severity, bool: bool}.get(kind, int)(int(value))  # type: ignore[call-overload]
