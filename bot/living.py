"""The cards about an issue that are kept up to date, where they stand and how they are drawn; and posting new ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot import ladder, messages
from bot.cards import Card
from bot.model import Issue, Person, PersonId, Role, Severity, Status
from bot.ports import Living, Transaction


def redraw(tx: Transaction, issue: Issue, now: datetime) -> None:
    """Draw every card about the issue anew where it stands."""
    told_of = about(tx, issue)
    shown = tx.outbox.living(issue.id)
    for kind, _, whose in (each.slot.split(":") for each in shown):
        if kind == messages.RECEIPT:
            drawn = receipt(tx, told_of, shown, now)
        elif kind.startswith(messages.QUESTION):
            drawn = _question(tx, told_of, kind, int(whose))
        else:
            drawn = card(told_of, None if whose == "unit" else tx.people.get(PersonId(int(whose))), now)
        tx.outbox.redraw(drawn, now)


def about(tx: Transaction, issue: Issue) -> messages.About:
    """Everything that a card about the issue is drawn from."""
    steps = tx.issues.steps(issue.id)
    return messages.About(
        issue, tx.pilots.get(issue.pilot), tx.pilots.unit(issue.unit), tx.people.get(issue.reporter),
        person(tx, issue.owner), tx.issues.last_fix(issue.id), steps, ladder.planned(steps, issue),
    )  # fmt: skip


def receipt(tx: Transaction, about: messages.About, shown: Sequence[Living], now: datetime) -> Card:
    """What the reporter keeps. Those who got a card of their own when it was reported are named as told."""
    slots = [each.slot.split(":") for each in shown]
    told = [tx.people.get(PersonId(int(w))) for kind, _, w in slots if kind == messages.CARD and w != "unit"]
    return messages.receipt(about, told, lead(tx, about.issue), about.reporter.reader, now)


def card(about: messages.About, viewer: Person | None, now: datetime) -> Card:
    """What those see who can help; `viewer` None is the unit's channel."""
    return messages.issue_card(about, viewer.reader if viewer else about.pilot.reader, now, viewer)


def _question(tx: Transaction, about: messages.About, kind: str, n: int) -> Card:
    issue, reader = about.issue, about.reporter.reader
    asked = next(each for each in tx.issues.fixes(issue.id) if each.n == n)
    latest = about.fix == asked
    if issue.status is Status.FIXED and latest:
        author, again = tx.people.get(asked.author), kind != messages.QUESTION
        drawn = messages.fixed_for_you(issue, about.pilot, asked, author, reader, again=again)
    else:
        drawn = messages.question_over(issue, asked, reader, latest=latest)
    return replace(drawn, slot=f"{kind}:{issue.id}:{n}")


def show_owner(tx: Transaction, issue: Issue, who: Person, now: datetime) -> Card:
    """The owner's own card, posted where they have none so far."""
    own = card(about(tx, issue), who, now)
    if own.slot not in {each.slot for each in tx.outbox.living(issue.id)}:
        put(tx, issue, who, own, now, "owner")
    return own


def put(tx: Transaction, issue: Issue, person: Person, card: Card, now: datetime, what: str) -> None:
    """A message to one person. Its key names the row of history that caused it, so a repeat cannot send it twice."""
    own = guarded(tx, issue, card, person)
    tx.outbox.post(person.address, own, now, key=f"{key(issue, what)}:{person.id}", issue=issue.id)


def guarded(tx: Transaction, issue: Issue, card: Card, reader: Person) -> Card:
    """Above everything said of a patient at risk stands that nobody has been sent to the bedside."""
    if issue.severity is not Severity.PATIENT_AT_RISK or not issue.is_open:
        return card
    return messages.with_bedside(card, tx.pilots.get(issue.pilot), reader.reader)


def say_in_thread(tx: Transaction, issue: Issue, card: Card, now: datetime) -> None:
    """A line under the unit's card."""
    unit = tx.pilots.unit(issue.unit)
    below = f"{messages.CARD}:{issue.id}:unit"
    tx.outbox.post(unit.channel, card, now, key=key(issue, "thread"), issue=issue.id, below=below)


def key(issue: Issue, what: str) -> str:
    """The outbox's key of what the issue's latest event has to say."""
    return f"{issue.id}:{issue.events}:{what}"


def person(tx: Transaction, who: PersonId | None) -> Person | None:
    return tx.people.get(who) if who is not None else None


def lead(tx: Transaction, issue: Issue) -> Person | None:
    """The lead whom a reporter is told about."""
    return next(iter(tx.people.having(issue.pilot, Role.LEAD)), None)
