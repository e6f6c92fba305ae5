"""The cards about an issue that are kept up to date, where they stand and how they are drawn; and posting new ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot import ladder, messages, noise, routing
from bot.cards import Card
from bot.history import happen
from bot.lifecycle import possible
from bot.model import (
    Address,
    Asked,
    Audience,
    Event,
    Fix,
    Issue,
    IssueId,
    Person,
    PersonId,
    Role,
    Severity,
    Status,
    Workaround,
)
from bot.ports import Living, Transaction

_STEPS = frozenset({"step", "missed"})  # what steps of the ladder have to say
REST = timedelta(seconds=45)  # between two drawings that nobody's deed has asked for
PAGER = Address("pager", "webhook", "1")
PAGED = "paged"  # what a notice settles when the pager has taken it


def redraw(tx: Transaction, issue: Issue, now: datetime, *, acted: bool = True) -> None:
    """Draw every card about the issue anew where it stands. Where nobody `acted`, not again within 45 seconds."""
    told_of = about(tx, issue)
    shown = tx.outbox.living(issue.id)
    for each in shown:
        kind, _, whose = each.slot.split(":")
        drawn: Card | None
        if kind == messages.RECEIPT:
            drawn = receipt(tx, told_of, shown, now)
        elif kind.startswith(messages.QUESTION):
            drawn = _question(tx, told_of, kind, int(whose), now) if _theirs(issue, each) else None
        else:
            drawn = card(told_of, _viewer(tx, whose), now, whose)
        if drawn is not None:
            tx.outbox.redraw(drawn, now, rest=timedelta(0) if acted else REST)
    if not issue.is_open:
        noise.forget_bundled(tx, issue)


def about(tx: Transaction, issue: Issue) -> messages.About:
    """Everything that a card about the issue is drawn from."""
    steps = tx.issues.steps(issue.id)
    ways = tx.issues.workarounds(issue.id)
    waits = tx.issues.vendor_waits(issue.id) if issue.status is Status.WAITING_VENDOR else ()
    followers = tx.issues.followers(issue.id)
    fix = tx.issues.last_fix(issue.id)
    return messages.About(
        issue, tx.pilots.get(issue.pilot), tx.pilots.unit(issue.unit), tx.people.get(issue.reporter),
        person(tx, issue.owner), fix, steps,
        ladder.planned(steps, issue, around=holding(ways) is not None, unchecked=any(w.waits_for_check for w in ways)),
        workaround=holding(ways) or _on_its_way(ways),
        unchecked=tuple(each for each in ways if each.waits_for_check),
        vendor=waits[-1] if waits else None,
        asked=open_question(tx, issue) if issue.status is Status.NEEDS_INFO else None,
        followers=len(followers),
        merged=len(tx.issues.merged_into(issue.id)),
        survivor=tx.issues.get(issue.merged_into) if issue.merged_into is not None else None,
        judged=fix if issue.merged_into is None else judged(tx, issue),
        again_of=reference(tx, issue.again_of),
    )  # fmt: skip


def holding(ways: Sequence[Workaround]) -> Workaround | None:
    """The workaround that is in place."""
    return next((each for each in reversed(ways) if each.holds), None)


def _on_its_way(ways: Sequence[Workaround]) -> Workaround | None:
    """The last one that may be used and has not ended: it is not with the reporter so far."""
    return next((each for each in reversed(ways) if each.ended_at is None and not each.waits_for_check), None)


def open_question(tx: Transaction, issue: Issue) -> Asked | None:
    """What the reporter was asked last and has not answered; what only told them something counts as answered."""
    return next((each for each in reversed(tx.issues.asked(issue.id)) if each.answered_at is None), None)


def reference(tx: Transaction, issue: IssueId | None) -> str:
    return "" if issue is None else tx.issues.get(issue).reference


def receipt(tx: Transaction, about: messages.About, shown: Sequence[Living], now: datetime) -> Card:
    """What the reporter keeps. Those who have a card of it, or were told in a bundle, are named as told."""
    slots = [each.slot.split(":") for each in shown]
    ids = [PersonId(int(whose)) for kind, _, whose in slots if kind == messages.CARD and whose.isdecimal()]
    ids += noise.bundled(tx, about.issue) if about.issue.status is Status.REPORTED else []
    told = [tx.people.get(each) for each in dict.fromkeys(ids)]
    return messages.receipt(about, told, lead(tx, about.issue, now), about.reporter.reader, now)


def card(about: messages.About, viewer: Person | None, now: datetime, where: str = "unit") -> Card:
    """What those see who can help; `viewer` None is a channel: `where` says whether the unit's or the fix team's."""
    drawn = messages.issue_card(about, viewer.reader if viewer else about.pilot.reader, now, viewer)
    return drawn if viewer else replace(drawn, slot=f"{messages.CARD}:{about.issue.id}:{where}")


def _viewer(tx: Transaction, whose: str) -> Person | None:
    return tx.people.get(PersonId(int(whose))) if whose.isdecimal() else None


def judged(tx: Transaction, issue: Issue) -> Fix | None:
    """The fix that its reporter judges: its own, or that of the issue it follows."""
    return tx.issues.last_fix(issue.merged_into or issue.id)


def _theirs(issue: Issue, shown: Living) -> bool:
    """Not a former reporter's: the buttons of one speak for whoever is it now."""
    return shown.to.behind == (issue.reporter if issue.nameless else None)


def _question(tx: Transaction, about: messages.About, kind: str, n: int, now: datetime) -> Card | None:
    issue, reader = about.issue, about.reporter.reader
    of = (issue.id, *([issue.merged_into] if issue.merged_into is not None else []))
    asked = next((each for one in of for each in tx.issues.fixes(one) if each.n == n), None)
    if asked is None:  # it followed another issue then, and does so no longer
        return None
    latest = judged(tx, issue) == asked
    if latest and possible(issue, Event.SILENCE, now, about.survivor):
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


def show_team(tx: Transaction, issue: Issue, now: datetime) -> None:
    """The card in the fix team's channel, posted where it does not stand so far."""
    wide = tx.pilots.wide_unit(issue.pilot)
    slot = f"{messages.CARD}:{issue.id}:team"
    if wide.id != issue.unit and slot not in {each.slot for each in tx.outbox.living(issue.id)}:
        drawn = card(about(tx, issue), None, now, "team")
        tx.outbox.post(wide.channel, drawn, now, key=key(issue, "team"), issue=issue.id)


def put(
    tx: Transaction,
    issue: Issue,
    person: Person,
    card: Card,
    now: datetime,
    what: str,
    *,
    settles: str | None = None,
) -> None:
    """A message to one person that nothing delays: what the issue owes them, or a step of the ladder.

    Its key names the row of history that caused it, so a repeat cannot send it twice.
    """
    own = guarded(tx, issue, card, person)
    tx.outbox.post(person.address, own, now, key=f"{key(issue, what)}:{person.id}", issue=issue.id, settles=settles)


def tell(
    tx: Transaction,
    issue: Issue,
    person: Person,
    card: Card,
    now: datetime,
    what: str,
    *,
    after: datetime | None = None,
    outage: bool = False,
) -> None:
    """A message by which somebody is asked to help: off duty it waits for their hours, but for a patient at risk.

    Many in a moment come as one, but for steps of the ladder on duty. `outage`: it is a report of a declared one.
    """
    own, called = guarded(tx, issue, card, person), f"{key(issue, what)}:{person.id}"
    urgent = issue.severity is Severity.PATIENT_AT_RISK and issue.is_open
    release = (None if urgent else noise.hours(tx, person, max(now, after or now))) or after
    alone = release is None and what in _STEPS
    if alone or not noise.burst(tx, issue, person, own, release or now, now, key=called, outage=outage):
        tx.outbox.post(person.address, own, now, key=called, issue=issue.id, release_at=release)


def tell_today(tx: Transaction, issue: Issue, person: Person, card: Card, now: datetime, what: str) -> None:
    """About somebody's safety: the same day, also off duty, but nobody is woken unless a patient is at risk."""
    own, called = guarded(tx, issue, card, person), f"{key(issue, what)}:{person.id}"
    release = None if issue.severity is Severity.PATIENT_AT_RISK else noise.by_day(person, now)
    tx.outbox.post(person.address, own, now, key=called, issue=issue.id, release_at=release)


def guarded(tx: Transaction, issue: Issue, card: Card, reader: Person) -> Card:
    """Above everything said of a patient at risk stands that nobody has been sent to the bedside."""
    if issue.severity is not Severity.PATIENT_AT_RISK or not issue.is_open:
        return card
    return messages.with_bedside(card, tx.pilots.get(issue.pilot), reader.reader)


def page(tx: Transaction, issue: Issue, now: datetime) -> None:
    """The pilot's pager, if it has one, hears of a patient at risk; where it stays silent, people hear of that."""
    if issue.severity is Severity.PATIENT_AT_RISK and tx.pilots.get(issue.pilot).pager:
        drawn = replace(card(about(tx, issue), None, now), slot=None)
        tx.outbox.post(PAGER, drawn, now, key=key(issue, "pager"), issue=issue.id, settles=PAGED)


def not_paged(tx: Transaction, issue: Issue, now: datetime) -> None:
    """Nobody has been paged: whoever has it, else the fix team on duty, and the lead see to it that somebody knows."""
    if not issue.is_open or issue.addressed_at is not None or issue.severity is not Severity.PATIENT_AT_RISK:
        return
    issue = happen(tx, issue, Event.REMINDED, None, now, PAGER.platform)
    owner = person(tx, issue.owner)
    told = routing.audience((Audience.OWNER, Audience.LEAD), issue, roster(tx, issue, now), owner)
    for each in told:
        tell(tx, issue, each, messages.not_paged(issue, told, each, now), now, "not-paged")
    reader = tx.pilots.get(issue.pilot).reader
    say_in_thread(tx, issue, messages.not_paged_in_thread(told, reader), now)


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


def lead(tx: Transaction, issue: Issue, now: datetime) -> Person | None:
    """The lead whom a reporter is told about."""
    return next(iter(routing.present(tx.people.having(issue.pilot, Role.LEAD), tx.people.get, now)), None)


def roster(tx: Transaction, issue: Issue, now: datetime) -> routing.Roster:
    """Who there is to hear of this issue, and how much each owns."""

    def load(person: PersonId) -> int:
        return len(tx.issues.owned_by(person))

    return routing.Roster(partial(tx.people.having, issue.pilot), tx.people.get, now, load)


def concerned(tx: Transaction, issue: Issue) -> tuple[Person, ...]:
    """Whose work a reporter's word is about: the owner, and who made the fix where that was somebody else."""
    ids = dict.fromkeys(each for each in (issue.owner, issue.fixer) if each is not None)
    return tuple(tx.people.get(each) for each in ids)
