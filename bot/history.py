"""The history of an issue: every event moves it as the life cycle says, is saved, and is written down twice."""

from dataclasses import replace
from datetime import datetime

from bot import lifecycle
from bot.model import Event, Happening, Issue, PersonId, Status
from bot.ports import Transaction


def happen(tx: Transaction, issue: Issue, event: Event, who: PersonId | None, now: datetime, words: str = "") -> Issue:
    """Move the issue as the event does, save it, and write the history and the audit."""
    before = issue.status
    after = lifecycle.after(issue, event) if event in lifecycle.TABLE else before
    issue = replace(issue, status=after, version=issue.version + (event in lifecycle.TABLE), events=issue.events + 1)
    tx.issues.save(issue)
    write(tx, issue, event, who, now, before, words)
    return issue


def write(
    tx: Transaction, issue: Issue, event: Event, who: PersonId | None, now: datetime, before: Status, words: str = ""
) -> None:
    tx.issues.record(Happening(issue.id, issue.events, now, who, event, before, issue.status, words))
    tx.audit.write(who, f"issue.{event}", issue.reference, now)
