"""What can be typed alone, and whom it is for: help, permissions and the platforms' own menus come from this table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot import duty, messages, questions, screens
from bot.cards import Card
from bot.errors import Refused
from bot.model import Event, Person
from bot.permissions import Deed, could, may
from bot.ports import Transaction


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: what it shows, and the leave it needs. Its line of help is in `messages.commands`."""

    screen: Callable[[Transaction, Person, datetime], Card]
    needs: Deed


# Words of an issue's thread: what each means, and the field of its form that the words after the colon are for.
THREAD: dict[str, tuple[Event, str]] = {
    "take": (Event.TAKE, ""),
    "release": (Event.RELEASE, ""),
    "escalate": (Event.ESCALATE, ""),
    "resume": (Event.RESUME, ""),
    "split": (Event.UNMERGE, ""),
    "undo": (Event.UNDO, ""),
    "idea": (Event.MARK_IDEA, ""),
    "answer": (Event.FIX, "words"),
    "workaround": (Event.WORK_AROUND, "words"),
    "fixed": (Event.FIX, "words"),
    "info": (Event.ASK, "words"),
    "vendor": (Event.SEND_TO_VENDOR, "vendor"),
    "decline": (Event.DECLINE, "words"),
    "reply": (Event.RELAY, "words"),
    "explain": (Event.EXPLAIN, "cause"),
    "check": (Event.CHECK, "words"),
    "dup": (Event.MERGE, "into"),
    "sev": (Event.CHANGE_SEVERITY, "severity"),
    "hand": (Event.HAND_OVER, "to"),
    "vendor replied": (Event.VENDOR_REPLIED, ""),
    "propose decline": (Event.PROPOSE_DECLINE, "words"),
    "declare outage": (Event.DECLARE_OUTAGE, ""),
}


class Instead(Refused):
    """A refusal with its card; nothing was kept, so the person's words go back to them."""

    def __init__(self, card: Card) -> None:
        super().__init__(card.title)
        self.card = card


def show_help(tx: Transaction, who: Person, now: datetime) -> Card:  # noqa: ARG001 - all screens are called alike
    """What this person may write here."""
    pilot = tx.pilots.get(who.pilot)
    meanings = messages.commands(who.reader)
    allowed = [verb for verb, entry in COMMANDS.items() if may(who, entry.needs, pilot)]
    for_somebody = ["report for"] if may(who, Deed.REPORT_FOR, pilot) else []
    told = [(verb, meanings[verb]) for verb in ("report", "ask", *for_somebody, *allowed)]
    thread = {verb: bool(field) for verb, (event, field) in THREAD.items() if could(who, event)}
    return messages.help_card(told, who.reader, thread, reports=may(who, Deed.REPORT, pilot))


COMMANDS = {
    "mine": Entry(screens.mine, Deed.SEE_MINE),
    "known": Entry(questions.most_helpful, Deed.SEE_KNOWN),
    "here": Entry(duty.where, Deed.BE_SOMEWHERE),
    "queue": Entry(screens.queue, Deed.SEE_QUEUE),
    "duty": Entry(duty.look, Deed.BE_ON_DUTY),
    "away": Entry(duty.away_card, Deed.BE_ON_DUTY),
    "back": Entry(duty.back, Deed.BE_ON_DUTY),
    "pilot": Entry(screens.pilot, Deed.SEE_FIGURES),
    "help": Entry(show_help, Deed.SEE_HELP),
}
