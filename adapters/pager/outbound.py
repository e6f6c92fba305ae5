"""The pager as a chat platform: a message is a signed POST, and the answer's status says what became of it."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from adapters.pager import wire
from bot.cards import Card
from bot.errors import InDoubt, Rejected, TryLater, Unreachable
from bot.model import Address, MessageRef
from bot.ports import Clock, Pace

PATIENCE = timedelta(seconds=10)
PAUSE = timedelta(seconds=10)  # where the receiver asks to be spared, and does not say for how long
SHORTEST, LONGEST = 1, 300  # seconds that it may ask for, as a patient may be at risk


class Pager:
    """`bot.ports.ChatPlatform` over one webhook, whatever the address of a message says."""

    name = "pager"
    pace = Pace()

    def __init__(
        self, session: ClientSession, clock: Clock, url: str, secret: bytes, patience: timedelta = PATIENCE
    ) -> None:
        self._session = session
        self._clock = clock
        self._url = url
        self._secret = secret
        self._timeout = ClientTimeout(total=patience.total_seconds())

    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:
        now = await self._clock.now()
        content = wire.body(card, now)
        identity = wire.identity(self._secret, key)
        headers = wire.headers(self._secret, identity, now, content)
        try:
            async with self._session.post(
                self._url, data=content, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as answer:
                _judge(answer, now)
        except (ClientError, TimeoutError) as lost:  # by its name alone: what it says may quote the address
            raise InDoubt(type(lost).__name__) from None
        return MessageRef(to, identity)

    async def replace(self, message: MessageRef, card: Card) -> None:
        """Nothing: what a pager has shown stays as it is."""

    async def find(self, to: Address, key: str, since: datetime) -> MessageRef | None:  # noqa: ARG002 - nothing is looked up
        # A webhook cannot be asked what arrived. Unsupported would set a message in doubt aside, and to be paged twice
        # is far better than not at all: so "not found", which has it sent again, under the id that tells a repeat.
        return None


def _judge(answer: ClientResponse, now: datetime) -> None:
    """Return where it was taken, and raise what became of it everywhere else."""
    wait = _wait(answer.headers.get("Retry-After", ""), now)
    match answer.status:
        case status if 200 <= status < 300:  # noqa: PLR2004 - HTTP's classes of status
            return
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise TryLater(wait or PAUSE)
        case HTTPStatus.SERVICE_UNAVAILABLE if wait:
            raise TryLater(wait)
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE as status:
            raise Unreachable(f"HTTP {status}")
        case status if status >= 500:  # noqa: PLR2004
            raise InDoubt(f"HTTP {status}")
        case status:
            raise Rejected(f"HTTP {status}")


def _wait(retry_after: str, now: datetime) -> timedelta | None:
    """How long it asks us to wait, in seconds or until a date; None where it does not ask."""
    try:
        if retry_after.isdecimal():
            seconds = int(retry_after)
        else:
            seconds = int((parsedate_to_datetime(retry_after) - now).total_seconds())
    except (TypeError, ValueError):
        return None
    return timedelta(seconds=min(max(seconds, SHORTEST), LONGEST))
