"""The way in to an issue for whoever wants something of it: their leave, the card they pressed, what is possible."""

from datetime import datetime

from bot import lifecycle, living, messages
from bot.actions import Do
from bot.cards import Card
from bot.model import Issue, Person
from bot.permissions import authorize
from bot.ports import Transaction


def enter(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Issue | Card:
    """The issue, if this can happen to it now; else the card that says why not. Raises Denied.

    A press on a card that showed an earlier state does nothing and draws it anew; the reporter's own word is judged
    by how things are.
    """
    issue = tx.issues.get(wanted.issue)
    authorize(who, wanted.event, issue)
    if who.id != issue.reporter and wanted.version != issue.version:
        living.redraw(tx, issue, now)
        return messages.overtaken(issue, who.reader)
    if not lifecycle.possible(issue, wanted.event, now, survivor(tx, issue)):
        return messages.not_now(issue, who.reader)
    return issue


def survivor(tx: Transaction, issue: Issue) -> Issue | None:
    """What it was merged into."""
    return tx.issues.get(issue.merged_into) if issue.merged_into is not None else None
