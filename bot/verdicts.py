"""A fix is judged: by the reporter, who alone can close it as fixed, and by those who said "me too".

Whoever made a fix cannot confirm it. Where its author is the reporter, `bot.fixes` has made the earliest "me too" the
reporter, who is asked; without one nobody can confirm, and it ends unverified.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot import calendar, deadline, gate, issues, ladder, lifecycle, living, merges, messages, steps, work
from bot.actions import Do
from bot.cards import Card
from bot.history import blurred, happen
from bot.lifecycle import Capacity, capacities
from bot.model import (
    CLOSED,
    Deed,
    Event,
    FixKind,
    Follower,
    Help,
    Issue,
    Needs,
    Person,
    PersonId,
    Shift,
    Status,
    Step,
)
from bot.ports import Transaction

_ASKED = frozenset({Needs.UNANSWERED})
_REOPEN = frozenset({Capacity.REPORTER, Capacity.OWNER, Capacity.LEAD})
_BEFORE = 20  # of somebody's reports, among which one is looked for that they have opened already


# --------------------------------------------------------------------------------------------------------- it works


def confirm(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """The reporter says that it is fixed; nobody else can."""
    issue = tx.issues.get(wanted.issue)
    voice = _voice(tx, who, issue)
    if voice is not None:
        return _works_too(tx, who, voice, issue, now)
    entered = gate.enter(tx, who, wanted, now)
    if isinstance(entered, Card):
        return entered
    if who.id in _fixers(tx, entered):
        return messages.cannot_verify_own(entered, who.reader)
    read = _read(tx, entered, now)
    at = max(blurred(now), read.addressed_at or now) if who.nameless else now
    closed = happen(tx, replace(read, verified_at=at), Event.CONFIRM, who, now)
    steps.plan_next(tx, closed)
    _tell_confirmed(tx, closed, now)
    living.redraw(tx, closed, now)
    return messages.confirmed(closed, who.reader)


def _fixers(tx: Transaction, issue: Issue) -> set[PersonId | None]:
    """Who made the fix that is judged, its own or that of the issue it follows."""
    survivor = gate.survivor(tx, issue)
    return {issue.fixer, survivor.fixer if survivor else None}


def _read(tx: Transaction, issue: Issue, now: datetime) -> Issue:
    """The question was evidently read, so the fix has arrived, whatever the courier knows of it so far."""
    asked = replace(issue, asked_at=issue.asked_at or now)
    fix = tx.issues.last_fix(issue.id)
    if issue.status is not Status.FIXED or issue.addressed_at is not None or fix is None:
        return asked
    by = Help.ANSWER if fix.kind is FixKind.ANSWER else Help.FIX
    stamped = happen(tx, deadline.addressed(asked, now, by, fix.n), Event.ADDRESSED, None, now, f"{by}:{fix.n}")
    return steps.noticed(tx, issue, stamped, now)


def _tell_confirmed(tx: Transaction, issue: Issue, now: datetime) -> None:
    """Whose work it was; of an issue that followed another one, that of the other one."""
    worked_on = gate.survivor(tx, issue) or issue
    for person in living.concerned(tx, worked_on):
        living.tell(tx, issue, person, messages.confirmed_for_owner(issue, person.reader), now, "confirmed")
    living.say_in_thread(tx, issue, messages.confirmed_in_thread(tx.pilots.get(issue.pilot).reader), now)


def _voice(tx: Transaction, who: Person, issue: Issue) -> Person | None:
    """As whom they follow the issue: themselves, or the handle behind which they said "me too"."""
    following = {each.person for each in tx.issues.followers(issue.id)}
    if who.id == issue.reporter or who.id in following:
        return who if who.id in following else None
    handles = [each for each in following if tx.handles.get(each)]
    mine = set(tx.handles.behind(who.address)) if handles and who.address.id else set()
    return next((tx.people.get(each) for each in handles if each in mine), None)


def _works_too(tx: Transaction, who: Person, voice: Person, issue: Issue, now: datetime) -> Card:
    """It is worth knowing, and moves nothing."""
    if not _judgeable(tx, issue, now):
        return messages.not_now(issue, who.reader)
    if not _fixers(tx, issue).isdisjoint({who.id, voice.id}):
        return messages.cannot_verify_own(issue, who.reader)
    _says(tx, issue, voice.id, works=True)
    happen(tx, issue, Event.ME_TOO, voice, now, "fixed")
    return messages.also_fixed(issue, who.reader)


def _says(tx: Transaction, issue: Issue, person: PersonId, *, works: bool | None) -> None:
    for each in tx.issues.followers(issue.id):
        if each.person == person:
            tx.issues.save_follower(Follower(each.issue, each.person, each.since, works))


def _judgeable(tx: Transaction, issue: Issue, now: datetime) -> bool:
    """Whether there is a fix to judge: its own, or that of the issue it follows."""
    return issue.status in {Status.VERIFIED, Status.UNVERIFIED} or lifecycle.possible(
        issue, Event.SILENCE, now, gate.survivor(tx, issue)
    )


# ------------------------------------------------------------------------------------------------------ still broken


def still_broken(tx: Transaction, who: Person, wanted: Do, now: datetime, words: str = "") -> Card:
    """It did not help. Said of what was closed, or by somebody who said "me too", it opens an issue of its own."""
    issue = tx.issues.get(wanted.issue)
    if issue.status is Status.FIXED and not _REOPEN.isdisjoint(capacities(who, issue)):
        entered = gate.enter(tx, who, wanted, now)
        return entered if isinstance(entered, Card) else _reopened(tx, who, entered, words, now)
    judgeable = _judgeable(tx, issue, now)
    if issue.status is Status.MERGED and who.id == issue.reporter and judgeable:
        return _not_for_me(tx, who, issue, now)
    voice = who if who.id == issue.reporter else _voice(tx, who, issue)
    if voice is not None and (judgeable or issue.status in CLOSED):
        return _came_back(tx, voice, issue, now)
    entered = gate.enter(tx, who, wanted, now) if voice is None else issue
    return entered if isinstance(entered, Card) else messages.not_now(issue, who.reader)


def _reopened(tx: Transaction, who: Person, issue: Issue, words: str, now: datetime) -> Card:
    """The stamp is void and the first clock goes on, with the same owner; where they are not there, with who is."""
    before = _read(tx, issue, now) if who.id == issue.reporter else issue
    opened = happen(tx, deadline.voided(before, now), Event.STILL_BROKEN, who, now, words)
    steps.end(tx, opened, _ASKED, now)
    _tell_broken(tx, opened, who, words, now)
    _end_questions(tx, who, opened, now)
    pilot = tx.pilots.get(issue.pilot)
    living.say_in_thread(tx, opened, messages.still_broken_in_thread(opened, who, pilot.reader), now)
    opened = work.handed_on(tx, opened, now, by=who)
    opened = steps.noticed(tx, before, opened, now)
    living.redraw(tx, opened, now)
    owner = living.person(tx, opened.owner)
    return living.guarded(tx, opened, messages.still_broken_noted(opened, owner, who.reader, now), who)


def _tell_broken(tx: Transaction, issue: Issue, who: Person, words: str, now: datetime) -> None:
    """Whose work it was, and whose it is from now on."""
    goes_on = work.who_goes_on(tx, issue, now, by=who)
    people = (*living.concerned(tx, issue), *([goes_on] if goes_on else []))
    for person in {each.id: each for each in people}.values():
        if person.active and person.id != who.id:
            told = messages.still_broken_for_team(issue, who, words, person, now)
            living.tell(tx, issue, person, told, now, "broken")


def _end_questions(tx: Transaction, who: Person, issue: Issue, now: datetime) -> None:
    """Everybody else who was asked about that fix need not answer."""
    asked = [(issue, tx.people.get(issue.reporter)), *merges.others(tx, issue)]
    for known_as, person in asked:
        if person.id not in {who.id, issue.fixer}:
            named = who if who.id != issue.reporter else None
            told = messages.not_fixed_after_all(known_as, named, person.reader, now)
            living.put(tx, known_as, person, told, now, f"over-{issue.events}")
        _says(tx, known_as, person.id, works=None)
    for child in tx.issues.merged_into(issue.id):
        steps.end(tx, child, _ASKED, now)
        living.redraw(tx, child, now)


def _not_for_me(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    """What helped others has not helped here: it goes on by itself, with its own first clock."""
    opened = merges.unmerge(tx, who, issue, now)
    owner = living.person(tx, opened.owner)
    return living.guarded(tx, opened, messages.still_broken_noted(opened, owner, who.reader, now), who)


def _came_back(tx: Transaction, voice: Person, old: Issue, now: datetime) -> Card:
    """A new issue with its own clock, linked to the old one, which stays as it is. Said twice it is one."""
    before = _back_already(tx, voice, old)
    if before:
        return messages.came_back_before(old, before[0], voice.reader)
    issues.report(tx, voice, old.summary, old.severity, now, start=now, again_of=old.id)
    (new,) = _back_already(tx, voice, old)
    return living.guarded(tx, new, messages.came_back(old, new, voice.reader, now), voice)


def _back_already(tx: Transaction, voice: Person, old: Issue) -> list[Issue]:
    """What they have opened because of it, and is still open."""
    mine = tx.issues.of_reporter(voice.id, _BEFORE)
    return [each for each in mine if each.again_of == old.id and each.is_open]


# ------------------------------------------------------------------------------------------------------------- later


def next_shift(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """Ask them then, and once more after that; when silence closes it stays as it was planned."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    if who.id in _fixers(tx, issue):
        return messages.cannot_verify_own(issue, who.reader)
    shifts = () if who.nameless else tx.rota.of(who.id, now)
    at = calendar.next_shift(now, who.zone, shifts)
    issue = happen(tx, _read(tx, issue, now), Event.NEXT_SHIFT, who, now)
    _ask_from(tx, issue, at, shifts, now)
    return messages.next_shift_noted(issue, at, who.reader, now)


def _ask_from(tx: Transaction, issue: Issue, at: datetime, shifts: Sequence[Shift], now: datetime) -> None:
    planned = [each for each in tx.issues.steps(issue.id) if each.deed is Deed.SILENCE and each.outcome is None]
    closes = min((each.due_at for each in planned), default=at)
    if closes <= at:  # the rota has changed meanwhile
        closes = calendar.silent_at(issue.asked_at or now, shifts, at)
    first, second = ladder.ASKED_AGAIN
    asks = [Step(0, due, Needs.UNANSWERED, Deed.ASK_AGAIN) for due in (at, at + second - first) if due < closes]
    steps.end(tx, issue, _ASKED, now)
    steps.add(tx, issue, [*asks, Step(0, closes, Needs.UNANSWERED, Deed.SILENCE)])
    steps.plan_next(tx, issue)
