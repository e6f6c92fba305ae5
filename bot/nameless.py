"""Reports without a name: the draft behind a handle, what keeps its reporter hidden, and the one-time code."""

import secrets
from dataclasses import replace
from datetime import datetime

from bot import drafts, issues, living, messages, privacy
from bot.actions import SendNameless
from bot.cards import Card
from bot.history import blurred
from bot.model import Draft, DraftId, Handle, Issue, Nameless, Person, PersonId, Pilot, Severity, Status, Unit
from bot.permissions import Deed, authorize
from bot.ports import BOX, Transaction

SMALL = 5  # with fewer on shift a unit names its reporter
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another


def keep(tx: Transaction, who: Person, words: str, severity: Severity | None, now: datetime) -> Card:
    """Keep the words behind a handle and say, before anything is sent, what stays hidden and what does not.

    What puts a patient at risk is filed at once. Nothing that is written here carries the person's id.
    """
    pilot = tx.pilots.get(who.pilot)
    authorize(who, Deed.REPORT, pilot)
    handle, code = _handle(tx, who, pilot)
    if severity is Severity.PATIENT_AT_RISK:
        receipt = _file(tx, who, Draft(DraftId(0), handle, privacy.mask(words).words, now), severity, now, away=False)
        return messages.with_code(receipt, code, who.reader) if code else receipt
    masked = privacy.mask(words)
    draft = Draft(DraftId(tx.new_id()), handle, masked.words, blurred(now), severity)
    if pilot.nameless is Nameless.STRICT:
        drafts.plan(tx, draft, draft.received_at + drafts.KEPT)  # nobody could be asked again
    else:
        drafts.plan(tx, draft, now + drafts.KEPT, ask_at=now + drafts.ASK_AFTER)
    return messages.nameless_draft(_view(tx, draft, who, masked.found), code=code)


def _view(
    tx: Transaction, draft: Draft, who: Person, found: tuple[privacy.Identifier, ...] = (), *, away: bool = False
) -> messages.DraftView:
    pilot = tx.pilots.get(who.pilot)
    return messages.DraftView(draft, pilot, who.reader, found=found, away=away, small=_unit(tx, who, away=False).wide)


def _handle(tx: Transaction, who: Person, pilot: Pilot) -> tuple[PersonId, str]:
    """A way back to them; in strict mode none, but a code with which they can fetch what was said."""
    strict = pilot.nameless is Nameless.STRICT
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2)) if strict else ""
    handle = Handle(
        PersonId(tx.new_id()), pilot.id, tx.pilots.wide_unit(pilot.id).id, "", who.zone, who.language,
        BOX if strict else who.address.platform, None if strict else who.address,
    )  # fmt: skip
    tx.handles.add(handle, code or None)
    return handle.id, code


def look_again(tx: Transaction, who: Person, draft: DraftId) -> Card:
    """The same draft, to be kept from their own champion."""
    kept = drafts.own(tx, who, draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    return messages.nameless_draft(_view(tx, kept, who, away=True))


def send(tx: Transaction, who: Person, wanted: SendNameless, now: datetime) -> Card:
    """File it; its clock runs from the first words, rounded down to the hour."""
    kept = drafts.own(tx, who, wanted.draft)
    if kept is None:
        return messages.draft_gone(who.reader)
    drafts.end(tx, kept, tx.people.get(kept.person), now, sent=True)
    return _file(tx, who, kept, wanted.severity, now, away=wanted.away)


def _file(tx: Transaction, who: Person, draft: Draft, level: Severity, now: datetime, *, away: bool) -> Card:
    voice = replace(tx.people.get(draft.person), unit=_unit(tx, who, away=away).id)
    return issues.report(tx, voice, draft.words, level, now, start=draft.received_at)


def _unit(tx: Transaction, who: Person, *, away: bool) -> Unit:
    """Theirs; the whole pilot where that would name them, or where their champion is not to be told."""
    on_shift = [p for p in tx.people.everybody(who.pilot) if p.on_duty and p.unit == who.unit]
    if away or len(on_shift) < SMALL:
        return tx.pilots.wide_unit(who.pilot)
    return tx.pilots.unit(who.unit)


def pull(tx: Transaction, who: Person, code: str, now: datetime) -> Card:
    """What was said about the report of that code. Its buttons speak for the handle, whoever looks."""
    handle = tx.handles.by_code(code.upper())
    found = tx.issues.of_reporter(handle, 1) if handle is not None else ()
    if not found:
        return messages.no_such_code(who.reader)
    (issue,) = found
    fix, pilot = tx.issues.last_fix(issue.id), tx.pilots.get(issue.pilot)
    if issue.status is Status.FIXED and fix is not None:  # no question has reached them, so it is put here
        asked = messages.fixed_for_you(issue, pilot, fix, tx.people.get(fix.author), who.reader)
        card = replace(asked, slot=None)
    else:
        card = issues.show(tx, tx.people.get(issue.reporter), issue, now)
    return messages.with_lines(card, issue, pilot, _relayed(tx, issue), who.reader)


def _relayed(tx: Transaction, issue: Issue) -> list[tuple[Person, str]]:
    """Who of the team wrote to the reporter, and what; the oldest first."""
    told = (each for each in tx.issues.asked(issue.id) if each.answered_at is not None and not each.answer)
    return [(tx.people.get(each.author), each.words) for each in told]


def destroy(tx: Transaction, subject: int, now: datetime) -> None:
    """The time in which it could be answered is over: from now on nobody can find out who it was."""
    handle = PersonId(subject)
    tx.handles.destroy(handle)
    for issue in tx.issues.of_reporter(handle, 1):
        living.redraw(tx, issue, now)
