"""A fix, or an answer, is delivered to everybody whom the issue concerns, counts once it has arrived, or is undone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict, Unpack

from bot import deadline, gate, ladder, lifecycle, living, merges, messages, questions, steps, work, workarounds
from bot.actions import Do
from bot.cards import OPTIONS, Card, Form
from bot.history import happen
from bot.model import (
    Event,
    Fix,
    FixKind,
    Follower,
    Help,
    Issue,
    IssueId,
    Needs,
    Person,
    Status,
    Tag,
)
from bot.permissions import Deed, authorize, may
from bot.ports import Notice, Transaction

FIX = "fix"  # what a notice settles when a fix, and when a workaround, has reached somebody
WAY = "way"
_LOOKED_AT = 50  # open issues among which those are found that somebody can do something about
_ASKED = frozenset({Needs.UNANSWERED})
_AROUND = frozenset({Needs.WORKED_AROUND, Needs.UNCHECKED})


class Details(TypedDict, total=False):
    """What may be said about a fix beyond what was done and its kind."""

    tags: frozenset[Tag]
    cause: str
    before: str  # a figure, with how many cases it speaks of
    after: str


# ----------------------------------------------------------------------------------------------------------- fixing


def form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    """Begins with the cause, where it is known."""
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.fix_form(issue, who.reader, {"cause": issue.cause}, {})


def fix(
    tx: Transaction,
    who: Person,
    wanted: Do,
    words: str,
    kind: FixKind | None,
    now: datetime,
    **details: Unpack[Details],
) -> Card | Form:
    """Deliver what was done to the reporter and ask whether it helped. It counts once it has arrived."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    errors = _missing(who, words, kind)
    if errors or kind is None:
        return messages.fix_form(issue, who.reader, _typed(words, kind, details), errors)
    issue, done = fixed(tx, issue, who, words, kind, now, details)
    return living.guarded(tx, issue, messages.fix_on_its_way(issue, done, who.reader), who)


def _missing(who: Person, words: str, kind: FixKind | None) -> dict[str, str]:
    errors = {} if words else {"words": messages.no_fix_words(who.reader)}
    return errors if kind else errors | {"kind": messages.choose_one(who.reader)}


def _typed(words: str, kind: FixKind | None, details: Details) -> dict[str, str]:
    rest = {"cause": details.get("cause", ""), "before": details.get("before", ""), "after": details.get("after", "")}
    return rest | {"words": words, "kind": kind or "", "tags": ",".join(sorted(details.get("tags", ())))}


def fixed(
    tx: Transaction, issue: Issue, who: Person, words: str, kind: FixKind, now: datetime, details: Details
) -> tuple[Issue, Fix]:
    """It is fixed, by this person; everybody whom it concerns is asked."""
    heir = _heir(tx, issue, who)
    issue = work.taken(tx, issue, who, now)
    issue = replace(issue, reporter=heir.id, nameless=heir.nameless) if heir else issue
    issue = happen(
        tx, replace(issue, fixer=who.id, cause=details.get("cause") or issue.cause), Event.FIX, who, now, kind
    )
    if heir is not None:
        _inherits(tx, issue, heir, who, now)
    done = Fix(
        issue.id, issue.events, who.id, now, kind, words, details.get("tags", frozenset()),
        details.get("before", ""), details.get("after", ""),
    )  # fmt: skip
    tx.issues.add_fix(done)
    work.end_waits(tx, issue, now)
    _rest_workarounds(tx, issue, now)
    _ask(tx, issue, done, who, now)
    if kind is FixKind.ANSWER:
        questions.keep_answer(tx, issue, done, now)
    pilot = tx.pilots.get(issue.pilot)
    living.say_in_thread(tx, issue, messages.fixed_in_thread(done, who, pilot.reader), now)
    living.redraw(tx, issue, now)
    return issue, done


def _heir(tx: Transaction, issue: Issue, who: Person) -> Person | None:
    """Whoever fixes what they reported cannot say whether it helped: the earliest "me too" is asked in their place."""
    if who.id != issue.reporter:
        return None
    people = (tx.people.get(each.person) for each in tx.issues.followers(issue.id) if each.person != who.id)
    return next((each for each in people if each.active), None)


def _inherits(tx: Transaction, issue: Issue, heir: Person, who: Person, now: datetime) -> None:
    """They are its reporter now, and whoever fixed it is one of those whom it also concerned."""
    tx.issues.drop_follower(issue.id, heir.id)
    tx.issues.save_follower(Follower(issue.id, who.id, now))
    receipt = living.receipt(tx, living.about(tx, issue), tx.outbox.living(issue.id), now)
    living.put(tx, issue, heir, receipt, now, "receipt")


def _rest_workarounds(tx: Transaction, issue: Issue, now: datetime) -> None:
    """The fix takes their place."""
    for way in tx.issues.workarounds(issue.id):
        if way.ended_at is None:
            tx.issues.save_workaround(replace(way, ended_at=now))
    steps.end(tx, issue, _AROUND, now)


def _ask(tx: Transaction, issue: Issue, done: Fix, who: Person, now: datetime) -> None:
    """The reporter; those of the issues that follow it, each about their own; and who said "me too" to any of them."""
    merges.ask(tx, issue, done, now)
    children = tx.issues.merged_into(issue.id)
    for child in children:
        merges.ask(tx, child, done, now)
        living.redraw(tx, tx.issues.get(child.id), now)
    for each in (issue, *children):
        _ask_followers(tx, each, done, who, now)


def _ask_followers(tx: Transaction, issue: Issue, done: Fix, who: Person, now: datetime) -> None:
    pilot = tx.pilots.get(issue.pilot)
    for follower in tx.issues.followers(issue.id):
        if follower.person != who.id:
            tx.issues.save_follower(replace(follower, says_fixed=None))
            person = tx.people.get(follower.person)
            too = messages.fixed_for_you_too(issue, pilot, done, who, person.reader)
            living.put(tx, issue, person, too, now, f"too-{done.n}")


# --------------------------------------------------------------------------------------- what the courier reports


def arrived(tx: Transaction, notice: Notice, now: datetime) -> None:
    """A notice that settles something has reached its reader: what helps counts from then on."""
    what, n = _settled(notice)
    if notice.issue is None or not what:
        return
    issue = tx.issues.get(notice.issue)
    if what == WAY:
        workarounds.arrived(tx, issue, n, now)
    else:
        _arrived(tx, issue, n, now)


def _arrived(tx: Transaction, issue: Issue, n: int, now: datetime) -> None:
    done = living.judged(tx, issue)
    if done is None or done.n != n or issue.status not in {Status.FIXED, Status.MERGED}:
        return
    asked = replace(issue, asked_at=issue.asked_at or now)
    if issue.addressed_at is not None or issue.status is Status.MERGED:
        tx.issues.save(asked)
        return
    by = Help.ANSWER if done.kind is FixKind.ANSWER else Help.FIX
    helped = happen(tx, deadline.addressed(asked, now, by, n), Event.ADDRESSED, None, now, f"{by}:{n}")
    living.redraw(tx, steps.noticed(tx, issue, helped, now), now)


def undelivered(tx: Transaction, notice: Notice, now: datetime) -> None:
    """A fix that could not be delivered is none: the issue is open again, and whoever made the fix hears so."""
    what, n = _settled(notice)
    if notice.issue is not None and notice.settles == living.PAGED:
        living.not_paged(tx, tx.issues.get(notice.issue), now)
    if notice.issue is None or not what:
        return
    issue = tx.issues.get(notice.issue)
    if what == WAY:
        workarounds.undelivered(tx, issue, n, now)
    else:
        _undelivered(tx, issue, n, now)


def _undelivered(tx: Transaction, issue: Issue, n: int, now: datetime) -> None:
    done = living.judged(tx, issue)
    if done is None or done.n != n or issue.status not in {Status.FIXED, Status.MERGED}:
        return
    if issue.status is Status.FIXED:
        issue = happen(tx, issue, Event.UNDELIVERED, None, now)
        steps.end(tx, issue, _ASKED, now)
        _use_again(tx, issue, done, now)
        issue = work.handed_on(tx, issue, now)
    author, owner = tx.people.get(done.author), living.person(tx, tx.issues.get(done.issue).owner)
    for person in {each.id: each for each in (author, owner) if each}.values():
        told = messages.fix_not_delivered(issue, author, person)
        living.put(tx, issue, person, told, now, f"undelivered-{n}")
    living.redraw(tx, issue, now)


def _settled(notice: Notice) -> tuple[str, int]:
    what, _, n = (notice.settles or "").partition(":")
    return (what, int(n)) if what in {FIX, WAY} else ("", 0)


def _use_again(tx: Transaction, issue: Issue, done: Fix, now: datetime) -> None:
    """The workarounds whose place that fix took."""
    for way in tx.issues.workarounds(issue.id):
        if way.ended_at == done.at:
            again = replace(way, ended_at=None)
            tx.issues.save_workaround(again)
            if again.waits_for_check:
                steps.add(tx, issue, ladder.unchecked(now, 1))
            if again.holds:
                steps.add(tx, issue, ladder.worked_around(issue.severity, now, way.expires_at, 1))
    steps.plan_next(tx, issue)


# ------------------------------------------------------------------------------------------------------ taking back


def undo(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """Take one's own fix back: it is as if it had not been, but for the history."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    done = tx.issues.last_fix(issue.id)
    if done is None or now >= done.at + lifecycle.UNDO:
        return messages.too_late_to_undo(issue, who.reader)
    tx.issues.save_fix(replace(done, undone=True))
    found = next(row.before for row in tx.issues.history(issue.id) if row.n == done.n)
    back = happen(tx, _unstamped(tx, issue, done, now), Event.UNDO, who, now, back_to=found)
    steps.end(tx, back, _ASKED, now)
    _use_again(tx, back, done, now)
    _wait_again(tx, back, done, now)
    _say_undone(tx, issue, back, done, who, now)
    back = work.handed_on(tx, back, now, by=who)
    back = steps.noticed(tx, issue, back, now)
    living.redraw(tx, back, now)
    return living.guarded(tx, back, messages.undone(back, who.reader), who)


def _unstamped(tx: Transaction, issue: Issue, done: Fix, now: datetime) -> Issue:
    """The stamp is void where it was that fix's; what was done before is judged again."""
    former = tx.issues.last_fix(issue.id)
    issue = deadline.voided(issue, now) if issue.addressed_n == done.n else issue
    return replace(issue, fixer=former.author if former else None, asked_at=issue.asked_at if former else None)


def _wait_again(tx: Transaction, issue: Issue, done: Fix, now: datetime) -> None:
    if issue.status is Status.NEEDS_INFO:
        steps.add(tx, issue, ladder.info_asked(now, 1))
    if issue.status is Status.WAITING_VENDOR:
        steps.add(tx, issue, ladder.with_vendor(issue.severity, now, 1))
        for wait in tx.issues.vendor_waits(issue.id):
            if wait.until == done.at:
                tx.issues.save_vendor_wait(replace(wait, until=None))
    steps.plan_next(tx, issue)


def _say_undone(tx: Transaction, before: Issue, issue: Issue, done: Fix, who: Person, now: datetime) -> None:
    """Whoever was asked need not answer. A question that has not gone out yet says so itself."""
    if before.addressed_at is not None:
        reporter = tx.people.get(issue.reporter)
        living.put(tx, issue, reporter, messages.fix_taken_back(issue, who, reporter.reader), now, "undone")
    for known_as, person in merges.others(tx, issue):
        if person.id != who.id:
            told = messages.fix_taken_back(known_as, who, person.reader)
            living.put(tx, known_as, person, told, now, f"undone-{done.n}")
    for child in tx.issues.merged_into(issue.id):
        judged = replace(child, fixer=issue.fixer)
        tx.issues.save(judged)
        steps.end(tx, judged, _ASKED, now)
        living.redraw(tx, judged, now)
    reader = tx.pilots.get(issue.pilot).reader
    living.say_in_thread(tx, issue, messages.undone_in_thread(who, reader), now)


# ---------------------------------------------------------------------------------------------------- several at once


def several_form(tx: Transaction, who: Person, now: datetime) -> Card | Form:
    """Those of the queue about which this person can do something, the earliest deadlines first."""
    return _several_form(tx, who, now, {}, {})


def several(
    tx: Transaction,
    who: Person,
    chosen: Sequence[int],
    what: str,
    words: str,
    kind: FixKind | None,
    cause: str,
    now: datetime,
) -> Card | Form:
    """Take several, or fix them under a shared cause; each is judged on its own, and the reply says what came of it."""
    errors = {} if chosen else {"issues": messages.choose_some(who.reader)}
    if what not in {Event.TAKE, Event.FIX}:
        errors["what"] = messages.choose_one(who.reader)
    if what is Event.FIX:
        errors |= _missing(who, words, kind)
    if errors:
        ids = ",".join(str(each) for each in chosen)
        values = {"issues": ids, "what": what, "words": words, "kind": kind or "", "cause": cause}
        return _several_form(tx, who, now, values, errors)
    if what is Event.FIX and kind is not None:
        return fix_several(tx, who, chosen, words, kind, cause, now)
    return take_several(tx, who, chosen, now)


def fix_several(
    tx: Transaction, who: Person, chosen: Sequence[int], words: str, kind: FixKind, cause: str, now: datetime
) -> Card:
    details = Details(cause=cause)
    return _each(tx, who, chosen, Event.FIX, now, lambda issue: fixed(tx, issue, who, words, kind, now, details)[0])


def take_several(tx: Transaction, who: Person, chosen: Sequence[int], now: datetime) -> Card:
    def take(issue: Issue) -> Issue:
        issue = work.taken(tx, issue, who, now)
        living.redraw(tx, issue, now)
        return issue

    return _each(tx, who, chosen, Event.TAKE, now, take)


def _each(
    tx: Transaction,
    who: Person,
    chosen: Sequence[int],
    event: Event,
    now: datetime,
    do: Callable[[Issue], Issue],
) -> Card:
    done: list[Issue] = []
    left: list[tuple[Issue, str]] = []
    for one in dict.fromkeys(chosen):
        issue = tx.issues.get(IssueId(one))
        authorize(who, Deed.SEE_ISSUE, issue)
        if not may(who, event, issue):
            left.append((issue, messages.not_for_you(who.reader)))
        elif not lifecycle.possible(issue, event, now):
            left.append((issue, messages.standing(issue, who.reader)))
        else:
            done.append(do(issue))
    return messages.several_done(done, left, who.reader)


def _several_form(
    tx: Transaction, who: Person, now: datetime, values: dict[str, str], errors: dict[str, str]
) -> Card | Form:
    waiting = [
        each
        for each in tx.issues.open_in(who.pilot, _LOOKED_AT)
        if lifecycle.possible(each, Event.FIX, now) and may(who, Event.FIX, each)
    ]
    if not waiting:
        return messages.nothing_to_choose(who.reader)
    return messages.several_form(waiting[:OPTIONS], who.reader, values, errors)
