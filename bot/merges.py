"""Several report the same: "me too", one that follows another and comes apart from it again, and one that is withdrawn.

An issue that follows another has no owner and no fix of its own; its clock is its own again when they come apart.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot import calendar, deadline, gate, ladder, lifecycle, living, messages, routing, severity, steps, work
from bot.actions import Do
from bot.cards import Card, Form
from bot.history import blurred, happen, write
from bot.model import Event, Fix, Follower, Issue, IssueId, Needs, Person, Pilot, Status
from bot.parser import Kind, parse
from bot.permissions import authorize
from bot.ports import Transaction
from bot.stems import LIKELY, stems

ISSUE = "issue"  # what search knows them as
OUTAGE = LIKELY / 2  # likeness that is enough for a declared outage: many people have it at once
_LOOKED_AT = 20  # that are alike, closed ones among them
_FOLLOW = frozenset({Status.MERGED, Status.VERIFIED, Status.UNVERIFIED})
_TO_CHECK = frozenset({Needs.UNCHECKED})
_ASKED = frozenset({Needs.UNANSWERED})


# ------------------------------------------------------------------------------------------------------------- alike


def likely(tx: Transaction, pilot: Pilot, words: str, most: int = 3) -> Sequence[Issue]:
    """Open issues that may say the same, the likest first; before them declared outages, though they be less alike."""
    found: dict[IssueId, Issue] = {}
    enough = OUTAGE if tx.issues.outages(pilot.id) else LIKELY
    for subject, likeness in tx.search.alike(pilot.id, ISSUE, stems(words, pilot.language), _LOOKED_AT):
        if likeness < enough:
            break
        last = survivor_of(tx, tx.issues.get(IssueId(subject)))
        if last.is_open and likeness >= (OUTAGE if last.outage else LIKELY):
            found.setdefault(last.id, last)
    return sorted(found.values(), key=lambda each: not each.outage)[:most]


def survivor_of(tx: Transaction, issue: Issue) -> Issue:
    """What is worked on in its place, however far up; itself, where it follows nothing."""
    while issue.status is Status.MERGED and issue.merged_into is not None:
        issue = tx.issues.get(issue.merged_into)
    return issue


# ------------------------------------------------------------------------------------------------------------ me too


def also(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    return me_too(tx, who, tx.issues.get(wanted.issue), now)


def me_too(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    """It concerns them too: they follow it, or what it follows, and are told what is known. Twice is once."""
    into = survivor_of(tx, issue)
    authorize(who, Event.ME_TOO, into)
    for own in (issue, into):
        if own.reporter == who.id:
            return messages.yours_already(own, who.reader)
    if not lifecycle.possible(into, Event.ME_TOO, now):
        return messages.too_late_for_me_too(into, who.reader)
    if all(each.person != who.id for each in tx.issues.followers(into.id)):
        return _followed(tx, who, into, now)
    return living.guarded(tx, into, messages.for_follower(living.about(tx, into), who.reader, now), who)


def _followed(tx: Transaction, who: Person, issue: Issue, now: datetime) -> Card:
    tx.issues.save_follower(Follower(issue.id, who.id, blurred(now) if who.nameless else now))
    issue = happen(tx, issue, Event.ME_TOO, who, now)
    known = messages.for_follower(living.about(tx, issue), who.reader, now)
    living.put(tx, issue, who, known, now, "me-too")
    living.redraw(tx, issue, now)
    return living.guarded(tx, issue, messages.me_too_noted(issue, who.reader), who)


def others(tx: Transaction, issue: Issue) -> list[tuple[Issue, Person]]:
    """Everybody else whom it concerns, with what they know it as: who reported the same, and who said "me too"."""
    children = tx.issues.merged_into(issue.id)
    reporters = [(child, tx.people.get(child.reporter)) for child in children]
    followers = [(of, tx.people.get(each.person)) for of in (issue, *children) for each in tx.issues.followers(of.id)]
    return reporters + followers


# ----------------------------------------------------------------------------------------------------------- merging


def form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else _form(tx, issue, who, "", {})


def _form(tx: Transaction, issue: Issue, who: Person, typed: str, errors: dict[str, str]) -> Form:
    alike = likely(tx, tx.pilots.get(issue.pilot), issue.summary, most=6)
    meant = [each for each in alike if each.id != issue.id][:5]
    return messages.merge_form(issue, meant, who.reader, {"into": typed}, errors)


def merge_typed(tx: Transaction, who: Person, wanted: Do, typed: str, now: datetime) -> Card | Form:
    """The same, where the other one's number was typed."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    into = _named(tx, issue, typed)
    survivor = survivor_of(tx, into) if into else None
    why = against(issue, survivor, who) if survivor else messages.no_such_issue(who.reader)
    if survivor is None or why:
        return _form(tx, issue, who, typed, {"into": why})
    return _merged(tx, who, issue, survivor, now)


def _named(tx: Transaction, issue: Issue, typed: str) -> Issue | None:
    """What a reference means in the pilot; here a number may stand alone."""
    words = typed.strip()
    said = parse(f"#{words}" if words.isdecimal() else words)
    ours = said.kind is Kind.REFERENCE and said.key in {"", issue.key}
    return tx.issues.find(issue.pilot, said.number) if ours else None


def merge(tx: Transaction, who: Person, wanted: Do, into: Issue, now: datetime) -> Card:
    """Let it follow another one from now on; the one that survives takes the earliest clock of all."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    survivor = survivor_of(tx, into)
    why = against(issue, survivor, who)
    return messages.not_merged(issue, why, who.reader) if why else _merged(tx, who, issue, survivor, now)


def against(issue: Issue, survivor: Issue, who: Person) -> str:
    """Why it cannot follow that one."""
    if survivor.pilot != issue.pilot:
        return messages.no_such_issue(who.reader)
    if survivor.id == issue.id:
        return messages.itself(who.reader)
    return "" if survivor.is_open else messages.over(survivor, who.reader)


def _merged(tx: Transaction, who: Person, issue: Issue, survivor: Issue, now: datetime) -> Card:
    former = living.person(tx, issue.owner)
    grandchildren = tx.issues.merged_into(issue.id)
    alone = replace(deadline.merged(issue, ()), merged_into=survivor.id, owner=None, fixer=None)
    child = happen(tx, alone, Event.MERGE, who, now, survivor.reference)
    work.end_waits(tx, child, now)
    steps.end(tx, child, _TO_CHECK, now)
    # What followed it follows the survivor itself, so that one step always leads to the end.
    moved = [_noted(tx, replace(each, merged_into=survivor.id), who, survivor, now) for each in grandchildren]
    survivor = _joined(tx, who, child, moved, survivor, now)
    _tell_merged(tx, who, child, survivor, former, now)
    for each in (child, *moved):
        _join(tx, each, survivor, now)
        living.redraw(tx, each, now)
    living.redraw(tx, survivor, now)
    return living.guarded(tx, survivor, messages.merged(child, survivor, who.reader, now), who)


def _noted(tx: Transaction, issue: Issue, who: Person, other: Issue, now: datetime) -> Issue:
    """A row of its history that leaves it as it stands."""
    issue = replace(issue, events=issue.events + 1)
    tx.issues.save(issue)
    write(tx, issue, Event.MERGE, who, now, issue.status, other.reference)
    return issue


def _joined(tx: Transaction, who: Person, child: Issue, moved: Sequence[Issue], before: Issue, now: datetime) -> Issue:
    """The one that survives, with the earliest clock and the worst severity of all."""
    earliest = deadline.merged(before, (child, *moved)).due_at
    survivor = _noted(tx, replace(before, due_at=min(before.due_at, earliest)), who, child, now)
    if child.severity < survivor.severity:
        survivor = worse(tx, survivor, child, now)
    return _rewound(tx, before, survivor, now)


def worse(tx: Transaction, survivor: Issue, child: Issue, now: datetime) -> Issue:
    why = messages.worse_by(child, tx.pilots.get(survivor.pilot).reader)
    return severity.graded(tx, survivor, child.severity, None, now, why)


def _rewound(tx: Transaction, before: Issue, issue: Issue, now: datetime) -> Issue:
    """Another clock counts; it may have run out already, or before something helped."""
    if issue.due_at == before.due_at:
        return issue
    late = deadline.rewound(issue, now)
    tx.issues.save(late)
    steps.plan_clock(tx, late, now)
    return steps.noticed(tx, before, late, now)


def _join(tx: Transaction, child: Issue, survivor: Issue, now: datetime) -> None:
    """Its reporter hears as what it is worked on, what to do meanwhile, and is asked about a fix that is there."""
    reporter, pilot = tx.people.get(child.reporter), tx.pilots.get(child.pilot)
    living.put(tx, child, reporter, messages.merged_for_reporter(child, survivor, reporter.reader), now, "merged")
    way = living.holding(tx.issues.workarounds(survivor.id))
    if way is not None:
        author = tx.people.get(way.author)
        told = messages.way_for_others(child, pilot, way, author, reporter.reader, now)
        living.put(tx, child, reporter, told, now, "way")
    fix = tx.issues.last_fix(survivor.id)
    if survivor.status is Status.FIXED and fix is not None:
        ask(tx, child, fix, now)


def ask(tx: Transaction, issue: Issue, fix: Fix, now: datetime) -> None:
    """Ask its reporter whether the fix has helped them, its own or that of what it follows; silence closes it."""
    author, reporter = tx.people.get(fix.author), tx.people.get(issue.reporter)
    judged = replace(issue, fixer=author.id)
    tx.issues.save(judged)
    question = messages.fixed_for_you(judged, tx.pilots.get(issue.pilot), fix, author, reporter.reader)
    living.put(tx, judged, reporter, question, now, f"question-{fix.n}", settles=f"fix:{fix.n}")
    shifts = () if reporter.nameless else tx.rota.of(reporter.id, now)
    silent_at = calendar.silent_at(now, shifts, now)
    steps.end(tx, judged, _ASKED, now)
    steps.add(tx, judged, ladder.follow_up(now, 1, silent_at, may_confirm=author.id != reporter.id))
    steps.plan_next(tx, judged)


def _tell_merged(
    tx: Transaction, who: Person, child: Issue, survivor: Issue, former: Person | None, now: datetime
) -> None:
    owner, reader = living.person(tx, survivor.owner), tx.pilots.get(child.pilot).reader
    if former is not None and former.id not in {who.id, survivor.owner}:
        told = messages.merged_for_owner(child, survivor, who, former, now)
        living.tell(tx, child, former, told, now, "former")
    if owner is not None and owner.id != who.id:
        living.tell(tx, survivor, owner, messages.joined(survivor, child, owner, now), now, "joined")
    living.say_in_thread(tx, child, messages.merged_in_thread(survivor, reader), now)
    living.say_in_thread(tx, survivor, messages.joined_in_thread(child, reader), now)


# ------------------------------------------------------------------------------------------------------- apart again


def split(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """It is not the same after all, as its reporter or the team says."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    issue = unmerge(tx, who, issue, now)
    owner = living.person(tx, issue.owner)
    return living.guarded(tx, issue, messages.apart(issue, owner, who.reader, now), who)


def unmerge(tx: Transaction, who: Person | None, issue: Issue, now: datetime) -> Issue:
    """It goes on by itself, with its own first clock and the survivor's owner, or the next who is there.

    `who` None is the clock.
    """
    survivor = survivor_of(tx, issue)
    has_it = work.who_goes_on(tx, replace(issue, owner=survivor.owner), now, by=who) if survivor.owner else None
    alone = replace(issue, merged_into=None, owner=has_it.id if has_it else None, fixer=None)
    opened = happen(tx, deadline.rewound(alone, now), Event.UNMERGE, who, now, survivor.reference)
    steps.end(tx, opened, _ASKED, now)
    _plan_again(tx, opened, now)
    survivor = left(tx, survivor, issue, now)
    _tell_apart(tx, who, opened, survivor, now)
    opened = steps.noticed(tx, issue, opened, now)
    living.redraw(tx, opened, now)
    living.redraw(tx, survivor, now)
    return opened


def _plan_again(tx: Transaction, issue: Issue, now: datetime) -> None:
    """Steps that came due while it followed another one were not needed; those ahead still stand."""
    steps.plan_anew(tx, issue, now)
    steps.plan_clock(tx, issue, now)
    if any(way.waits_for_check for way in tx.issues.workarounds(issue.id)):
        steps.add(tx, issue, ladder.unchecked(now, 1))
        steps.plan_next(tx, issue)


def left(tx: Transaction, survivor: Issue, child: Issue, now: datetime) -> Issue:
    """The survivor without it: where its clock was the one that counted, the earliest of the others does."""
    if deadline.due_at(child.reported_at, survivor.target) > survivor.due_at:
        return survivor
    reported = tx.issues.reported_in(survivor.pilot)
    rest = [each for each in reported if each.merged_into == survivor.id and each.status in _FOLLOW]
    moved = deadline.merged(survivor, rest)
    if moved.due_at != survivor.due_at:
        tx.issues.save(moved)
        steps.plan_clock(tx, moved, now)
    return moved


def _tell_apart(tx: Transaction, who: Person | None, issue: Issue, survivor: Issue, now: datetime) -> None:
    owner, reporter = living.person(tx, issue.owner), tx.people.get(issue.reporter)
    if who is None or who.id != reporter.id:
        told = messages.apart_for_reporter(issue, survivor, owner, reporter.reader, now)
        living.put(tx, issue, reporter, told, now, "apart")
    roster = living.roster(tx, issue, now)
    hear = (owner,) if owner else routing.first_to_hear(issue.severity, issue.unit, issue.reporter, roster)
    team = [each for each in hear if who is None or each.id != who.id]
    work.put_before(tx, issue, team, lambda one: messages.apart_for_team(issue, survivor, one, now), now)
    living.say_in_thread(tx, issue, messages.apart_in_thread(survivor, tx.pilots.get(issue.pilot).reader), now)


def freed(tx: Transaction, survivor: Issue, now: datetime) -> Issue:
    """It was declined or withdrawn: what follows it goes on by itself. The survivor as it is then."""
    for child in tx.issues.merged_into(survivor.id):
        unmerge(tx, None, child, now)
    return tx.issues.get(survivor.id)
