"""The platform of those who kept no way back but a code: what is said to them is there as soon as it can be fetched."""

from datetime import datetime

from bot.cards import Card
from bot.model import Address, MessageRef
from bot.ports import BOX, Pace


class Mailbox:
    """`bot.ports.ChatPlatform` that keeps nothing: whoever brings the code is shown the issue as it stands."""

    name = BOX
    pace = Pace()

    async def deliver(self, to: Address, card: Card, *, key: str) -> MessageRef:  # noqa: ARG002 - nothing is kept
        return MessageRef(to, key)

    async def replace(self, message: MessageRef, card: Card) -> None:
        """It is drawn when it is fetched."""

    async def find(self, to: Address, key: str, since: datetime) -> MessageRef | None:  # noqa: ARG002 - as above
        return MessageRef(to, key)
