"""The cards of an issue that are kept up to date: the receipt, the team's card, the question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.actions import (
    Action,
    Do,
    DoAs,
    More,
    ShowIssue,
    ShowWords,
)
from bot.cards import (
    BUTTONS,
    SHOWN,
    WORDS,
    Button,
    Buttons,
    Card,
    Facts,
    Line,
    Lines,
    Mark,
    Part,
    Quote,
    Text,
    clip,
    length,
)
from bot.language import sentences
from bot.lifecycle import possible
from bot.messages.words import (
    audience,
    bedside,
    day,
    deed,
    for_reporter,
    kind,
    mark,
    names,
    role,
    severity,
    stamp,
    standing,
    when,
)
from bot.model import (
    Asked,
    Deed,
    Event,
    Fix,
    FixKind,
    Issue,
    Nameless,
    Outcome,
    Person,
    Pilot,
    Reader,
    Severity,
    Status,
    Step,
    Unit,
    VendorWait,
    Workaround,
)
from bot.permissions import may

RECEIPT = "receipt"
CARD = "card"
QUESTION = "question"
STEPS = 12
TO_CHECK = 4  # workarounds that wait for a look, of those that are shown at once
ANSWERED = 2_000  # of a fix or an answer, where it is the point of the card
PAGE = WORDS // 2  # characters of a page: whatever they are, they fit one quote


@dataclass(frozen=True, slots=True)
class About:
    """Everything that a card about an issue is drawn from."""

    issue: Issue
    pilot: Pilot
    unit: Unit
    reporter: Person
    owner: Person | None
    fix: Fix | None  # the last one that was not taken back
    steps: Sequence[Step]
    ahead: Sequence[Step]  # those that would be taken if nothing changed
    workaround: Workaround | None = None  # the one in place, else one that is on its way
    unchecked: Sequence[Workaround] = ()  # those that wait for a look, the oldest first
    vendor: VendorWait | None = None  # while it waits for one
    asked: Asked | None = None  # while it waits for the reporter's answer
    followers: int = 0
    merged: int = 0  # issues that follow this one
    survivor: Issue | None = None  # the one it follows
    judged: Fix | None = None  # the fix its reporter judges: its own, or that of the one it follows
    again_of: str = ""  # the reference of the closed issue that has come back


def receipt(about: About, told: Sequence[Person], lead: Person | None, reader: Reader, now: datetime) -> Card:
    """What the reporter keeps: who has it, by when, and what they can say about it."""
    _ = sentences(reader).gettext
    issue, pilot, owner, fix = about.issue, about.pilot, about.owner, about.fix
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    parts.append(Quote(clip(issue.summary)))
    if issue.nameless:
        parts.append(Text(_way_back(pilot, reader), "quiet"))
    if issue.status is Status.REPORTED and told:
        have = sentences(reader).ngettext("{names} has been told.", "{names} have been told.", len(told))
        parts.append(Text(have.format(names=_told(told, pilot, reader))))
    elif owner and issue.status in {Status.TAKEN, Status.WAITING_VENDOR}:
        parts.append(
            Text(_("{name} ({role}) is working on it.").format(name=owner.name, role=role(owner, pilot, reader)))
        )
    parts += _for_reporter(about, reader, now)
    if fix and not issue.is_open:
        parts.append(Text(_("What was done: {words}").format(words=clip(fix.words))))
    parts += _promise(issue, lead, reader, now)
    buttons = reporter_buttons(about, reader, now)
    if buttons:
        parts.append(Buttons(buttons))
    title = _("{reference}: {standing}").format(reference=issue.reference, standing=for_reporter(issue, reader))
    return Card(title, tuple(parts), mark(issue), slot=f"{RECEIPT}:{issue.id}:reporter")


def _way_back(pilot: Pilot, reader: Reader) -> str:
    _ = sentences(reader).gettext
    if pilot.nameless is Nameless.STRICT:
        return _("Sent without your name. Nobody can see who you are; what is said about it you fetch with your code.")
    return _("Sent without your name. Nobody can see who you are; answers reach you here.")


def _for_reporter(about: About, reader: Reader, now: datetime) -> list[Part]:
    """What has come to pass beyond who works on it."""
    _ = sentences(reader).gettext
    issue, said = about.issue, []
    if about.asked and issue.status is Status.NEEDS_INFO:
        said.append(_("You were asked: {words}").format(words=clip(about.asked.words)))
    if about.workaround and about.workaround.delivered_at and issue.is_open:
        said.append(_("Until it is fixed: {words}").format(words=clip(about.workaround.words)))
    if about.survivor:
        said.append(_("It is worked on as {reference}.").format(reference=about.survivor.reference))
    if issue.expected_at and issue.is_open:
        said.append(_("A fix is expected {when}.").format(when=when(issue.expected_at, now, reader)))
    if issue.idea and issue.is_open:
        said.append(_("It is kept as an idea: you hear what is decided."))
    return [Text(words) for words in said]


def _told(told: Sequence[Person], pilot: Pilot, reader: Reader) -> str:
    _ = sentences(reader).gettext
    if len(told) > 1:
        return names(told, reader)
    (person,) = told
    duty = _("on shift") if person.on_duty else _("off shift")
    return _("{name} ({role}, {duty})").format(name=person.name, role=role(person, pilot, reader), duty=duty)


def _promise(issue: Issue, lead: Person | None, reader: Reader, now: datetime) -> list[Part]:
    _ = sentences(reader).gettext
    settled = issue.status in {Status.FIXED, Status.MERGED} or issue.idea or issue.addressed_at is not None
    if not issue.is_open or settled or lead is None:
        return []
    due = when(issue.due_at, now, reader)
    if issue.missed_at:
        words = _("Nothing that helps had reached you by {due}. {lead} knows and hears about it every day.")
    else:
        words = _("If nothing that helps has reached you by {due}, {lead} hears about it.")
    return [Text(words.format(due=due, lead=lead.name))]


def own(event: Event, issue: Issue) -> Action:
    """The reporter's own word; of a report without a name it is their handle's."""
    return DoAs(event, issue.id, issue.reporter) if issue.nameless else Do(event, issue.id, issue.version)


def reporter_buttons(about: About, reader: Reader, now: datetime) -> tuple[Button, ...]:
    """What the reporter can say now."""
    issue = about.issue
    fails = (Event.WORKAROUND_FAILS,) if about.workaround and about.workaround.holds else ()
    events = {
        Status.REPORTED: (Event.CHANGE_SEVERITY, Event.DETAIL, Event.WITHDRAW),
        Status.TAKEN: (*fails, Event.CHANGE_SEVERITY, Event.DETAIL, Event.WITHDRAW),
        Status.NEEDS_INFO: (Event.REPLY, *fails, Event.WITHDRAW),
        Status.WAITING_VENDOR: (*fails, Event.CHANGE_SEVERITY, Event.WITHDRAW),
        Status.FIXED: verdicts(issue),
        Status.MERGED: (Event.CONFIRM, Event.UNMERGE, Event.WITHDRAW),
        Status.DECLINED: (Event.APPEAL,),
        Status.VERIFIED: (Event.STILL_BROKEN,),
        Status.UNVERIFIED: (Event.STILL_BROKEN,),
    }.get(issue.status, ())
    able = [each for each in events if _able(issue, each, now, about.survivor)]
    return tuple(own_button(each, issue, reader) for each in able)


def _able(issue: Issue, event: Event, now: datetime, survivor: Issue | None) -> bool:
    again = event is Event.STILL_BROKEN and not issue.is_open  # opens a new issue that is linked to this one
    return again or possible(issue, event, now, survivor)


def verdicts(issue: Issue) -> tuple[Event, ...]:
    """What the reporter may answer; whoever fixed it cannot confirm it."""
    if issue.fixer == issue.reporter:
        return (Event.STILL_BROKEN,)
    return (Event.CONFIRM, Event.STILL_BROKEN, Event.NEXT_SHIFT)


def own_button(event: Event, issue: Issue, reader: Reader) -> Button:
    style: dict[Event, Literal["primary", "danger"]] = {
        Event.CONFIRM: "primary",
        Event.REPLY: "primary",
        Event.STILL_BROKEN: "danger",
    }
    return Button(deed(event, reader), own(event, issue), style.get(event, "plain"))


def issue_card(about: About, reader: Reader, now: datetime, viewer: Person | None) -> Card:
    """What those see who can help: in a channel (`viewer` None) without names, to its owner with."""
    _ = sentences(reader).gettext
    issue, pilot, fix = about.issue, about.pilot, about.fix
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    parts += [Quote(clip(issue.summary)), Facts(_facts(about, reader, now, viewer))]
    if fix and issue.status is not Status.REPORTED:
        said = (
            _("What was done ({kind}): {words}")
            if issue.status is not Status.TAKEN
            else _("Tried before ({kind}): {words}")
        )
        parts.append(Text(said.format(kind=kind(fix.kind, reader), words=clip(fix.words))))
    parts += _doing(about, reader, now)
    parts += _steps(about, reader, now)
    buttons = team_buttons(issue, reader, viewer, now, to_check=bool(about.unchecked))
    if buttons:
        parts.append(Buttons(buttons))
    title = _("{reference}: {standing}").format(reference=issue.reference, standing=standing(issue, reader))
    where = viewer.id if viewer else "unit"
    return Card(title, tuple(parts), mark(issue), slot=f"{CARD}:{issue.id}:{where}")


def _facts(about: About, reader: Reader, now: datetime, viewer: Person | None) -> tuple[tuple[str, str], ...]:
    _ = sentences(reader).gettext
    issue, owner = about.issue, about.owner
    affected = 1 + about.followers + about.merged
    facts = [
        (_("How bad"), severity(issue.severity, reader)),
        (_("Reported"), _("{when} by {who}").format(
            when=day(issue.reported_at, reader), who=_reporter(about, reader, viewer))),
        (_("Help is due"), _due(issue, reader)),
        (_("Owner"), owner.name if owner else _("nobody")),
        (_("People affected"), str(affected) if affected > 1 else ""),
        (_("Place"), clip(issue.place, 200)),
        (_("What they do instead"), clip(issue.instead)),
        (_("Cause"), clip(issue.cause)),
        (_("Fix expected"), when(issue.expected_at, now, reader) if issue.expected_at else ""),
        (_("Came back from"), about.again_of),
    ]  # fmt: skip
    return tuple((label, value) for label, value in facts if value)


def _reporter(about: About, reader: Reader, viewer: Person | None) -> str:
    """Role and unit; the name is the owner's to see, and nobody's for a report without one."""
    _ = sentences(reader).gettext
    reporter, unit = about.reporter, about.unit
    if about.issue.nameless:
        return _("somebody on {unit}, without a name").format(unit=unit.name)
    if viewer and about.owner and viewer.id == about.owner.id:
        return _("{name}, {job}, {unit}").format(name=reporter.name, job=reporter.job, unit=unit.name)
    return _("{job}, {unit}").format(job=reporter.job, unit=unit.name)


def _doing(about: About, reader: Reader, now: datetime) -> list[Part]:
    """What is under way: the workaround, the vendor, the question, the issue it follows."""
    _ = sentences(reader).gettext
    said = []
    if about.workaround:
        until = when(about.workaround.expires_at, now, reader)
        state = _("Workaround until {when}: {words}")
        said.append(state.format(when=until, words=clip(about.workaround.words)))
    waits = _("Workaround, waits for the safety officer: {words}")
    said += [waits.format(words=clip(each.words)) for each in about.unchecked[:TO_CHECK]]
    if about.vendor:
        said.append(_vendor(about.vendor, reader, now))
    if about.asked:
        said.append(_("The reporter was asked: {words}").format(words=clip(about.asked.words)))
    if about.survivor:
        said.append(_("Follows {reference}.").format(reference=about.survivor.reference))
    if about.issue.idea:
        said.append(_("An idea: a decision is owed."))
    if about.issue.outage:
        said.append(_("A declared outage: later reports of it are offered «me too»."))
    return [Text(words) for words in said]


def _vendor(wait: VendorWait, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    expected = when(wait.expected_at, now, reader) if wait.expected_at else _("no date so far")
    return _("With {vendor} ({reference}), expected: {expected}").format(
        vendor=clip(wait.vendor, 100), reference=clip(wait.reference or _("no reference"), 100), expected=expected
    )


def _due(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    due = day(issue.due_at, reader)
    if issue.missed_at:
        return _("{due}, missed").format(due=due)
    return _("{due}, done in time").format(due=due) if issue.addressed_at else due


def _steps(about: About, reader: Reader, now: datetime) -> list[Part]:
    _ = sentences(reader).gettext
    taken = [each for each in about.steps if each.outcome in {Outcome.DONE, Outcome.OVERTAKEN}]
    past = [_past(each, about.pilot, reader, now) for each in taken[-STEPS:]]
    planned = [
        Line(
            _("{time} planned: {step}").format(time=stamp(s.due_at, reader, now), step=step(s, about.pilot, reader)),
            "planned",
        )
        for s in sorted(about.ahead, key=lambda each: (each.due_at, each.n))
    ]
    lines = (past + planned)[-STEPS:]
    return [Lines(_("Steps"), tuple(lines))] if lines else []


def _past(taken: Step, pilot: Pilot, reader: Reader, now: datetime) -> Line:
    _ = sentences(reader).gettext
    said = _("{time} {step}") if taken.outcome is Outcome.DONE else _("{time} passed over: {step}")
    time = stamp(taken.done_at or taken.due_at, reader, now)
    return Line(said.format(time=time, step=step(taken, pilot, reader)), "past")


def step(planned: Step, pilot: Pilot, reader: Reader) -> str:
    """What a step does, in a few words."""
    _ = sentences(reader).gettext
    match planned.deed:
        case Deed.MISS:
            return _("the time to help ends; the lead is told")
        case Deed.ASK_AGAIN:
            return _("the reporter is asked again")
        case Deed.SILENCE:
            return _("closed, unconfirmed, if the reporter stays silent")
        case Deed.ASK_STILL_SERVES:
            return _("the reporter is asked whether the workaround still serves")
        case Deed.SAY_WHY:
            return _("the reporter hears why it is still open")
        case Deed.TELL:
            people = ", ".join(audience(each, pilot, reader) for each in planned.tell)
            return _("{people} told").format(people=people)


_FIRST = {  # beside "More…"; four at most
    Status.REPORTED: (Event.TAKE, Event.FIX, Event.WORK_AROUND, Event.ESCALATE),
    Status.TAKEN: (Event.FIX, Event.WORK_AROUND, Event.ASK, Event.ESCALATE),
    Status.NEEDS_INFO: (Event.FIX, Event.WORK_AROUND, Event.RESUME, Event.RELAY),
    Status.WAITING_VENDOR: (Event.VENDOR_REPLIED, Event.FIX, Event.WORK_AROUND, Event.RELAY),
    Status.FIXED: (Event.STILL_BROKEN, Event.RELAY, Event.EXPLAIN),
    Status.MERGED: (Event.UNMERGE,),
}
_TEAMS = (  # in the order of "More…"
    Event.TAKE, Event.FIX, Event.WORK_AROUND, Event.CHECK, Event.ESCALATE, Event.ASK, Event.RELAY, Event.RESUME,
    Event.SEND_TO_VENDOR, Event.VENDOR_REPLIED, Event.MERGE, Event.UNMERGE, Event.CHANGE_SEVERITY, Event.HAND_OVER,
    Event.RELEASE, Event.EXPLAIN, Event.MARK_IDEA, Event.PROPOSE_DECLINE, Event.DECLINE, Event.DECLARE_OUTAGE,
    Event.STILL_BROKEN,
)  # fmt: skip


def team_buttons(
    issue: Issue, reader: Reader, viewer: Person | None, now: datetime, *, to_check: bool = False
) -> tuple[Button, ...]:
    """What this viewer may do now; in a channel (`viewer` None) what anybody might, as its readers differ.

    `to_check`: a risky workaround waits for a look. For whoever may give it, that comes first.
    """
    _ = sentences(reader).gettext
    check = (Event.CHECK,) if to_check and viewer is not None else ()
    first = (*check, *_FIRST.get(issue.status, ()))
    able = [event for event in first if _may(issue, event, viewer, now)][: BUTTONS - 1]
    buttons = [_team_button(event, issue, reader) for event in able]
    more = set(_possible(issue, viewer, now)).difference(able, () if to_check else (Event.CHECK,))
    if issue.is_open and more:
        buttons.append(Button(_("More…"), More(issue.id, issue.version)))
    return tuple(buttons)


def _team_button(event: Event, issue: Issue, reader: Reader) -> Button:
    main = event is Event.TAKE or (event is Event.FIX and issue.status is Status.TAKEN)
    label = _answer(issue, reader) if event is Event.FIX and issue.severity is Severity.QUESTION else None
    style: Literal["primary", "plain"] = "primary" if main else "plain"
    return Button(label or deed(event, reader), Do(event, issue.id, issue.version), style)


def _answer(issue: Issue, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("Decide…") if issue.idea else _("Answer…")


def _possible(issue: Issue, viewer: Person | None, now: datetime) -> list[Event]:
    return [event for event in _TEAMS if _may(issue, event, viewer, now)]


def _may(issue: Issue, event: Event, viewer: Person | None, now: datetime) -> bool:
    if event is Event.MARK_IDEA and issue.severity is not Severity.QUESTION:
        return False
    return possible(issue, event, now) and (viewer is None or may(viewer, event, issue))


def more(about: About, viewer: Person, now: datetime) -> Card:
    """Everything that this viewer can do about the issue now."""
    _ = sentences(viewer.reader).gettext
    issue = about.issue
    able = _possible(issue, viewer, now)
    if not about.unchecked:
        able = [event for event in able if event is not Event.CHECK]
    buttons = [_team_button(event, issue, viewer.reader) for event in able]
    rows = [Buttons(tuple(buttons[at : at + BUTTONS])) for at in range(0, len(buttons), BUTTONS)]
    title = _("{reference}: what can be done now").format(reference=issue.reference)
    return Card(title, (Quote(clip(issue.summary)), *rows, Buttons((Button(_("Show"), ShowIssue(issue.id)),))))


def fixed_for_you(issue: Issue, pilot: Pilot, fix: Fix, author: Person, reader: Reader, *, again: bool = False) -> Card:
    """The question only the reporter can answer."""
    _ = sentences(reader).gettext
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    parts += [
        Quote(clip(issue.summary)),
        Text(
            (
                _answered(reader) if fix.kind is FixKind.ANSWER else _("{name} ({role}) says it is fixed: {words}")
            ).format(name=author.name, role=role(author, pilot, reader), words=clip(fix.words, ANSWERED))
        ),
        *_asked(issue, author, reader),
    ]
    title = _("{reference}: still waiting for your word. Fixed for you?") if again else _("{reference}: fixed for you?")
    return Card(title.format(reference=issue.reference), tuple(parts), Mark.WAITING, slot=question_slot(issue, fix))


def _answered(reader: Reader) -> str:
    return sentences(reader).gettext("{name} ({role}) answers: {words}")


def _asked(issue: Issue, author: Person, reader: Reader) -> tuple[Part, ...]:
    _ = sentences(reader).gettext
    buttons = Buttons(tuple(own_button(event, issue, reader) for event in verdicts(issue)))
    if author.id == issue.reporter:
        words = _("You fixed your own report, so it stays unconfirmed: a confirmed fix is found by somebody else.")
        return (Text(words), buttons)
    return (Text(_("Only you can say whether it is. Does it work for you now?")), buttons)


def again_slot(issue: Issue, fix: Fix) -> str:
    """Each time it is asked again is a message of its own."""
    return f"{QUESTION}-{issue.events}:{issue.id}:{fix.n}"


def with_bedside(card: Card, pilot: Pilot, reader: Reader) -> Card:
    """The card with the line that stands above everything about a patient at risk, once."""
    line = bedside(pilot, reader)
    return card if line in card.parts else replace(card, parts=(line, *card.parts))


def with_all_words(card: Card, issue: Issue, reader: Reader) -> Card:
    """The card, with a way to read the rest where it shows only how the report begins."""
    if length(issue.summary) <= SHOWN:
        return card
    _ = sentences(reader).gettext
    return replace(card, parts=(*card.parts, Buttons((Button(_("Read all of it"), ShowWords(issue.id, 0)),))))


def all_words(issue: Issue, page: int, reader: Reader) -> Card:
    """One page of what was written, as it was written."""
    _ = sentences(reader).gettext
    pages = [issue.summary[at : at + PAGE] for at in range(0, len(issue.summary), PAGE)]
    shown = min(page, len(pages) - 1)
    title = _("{reference}: all that was written ({page} of {pages})")
    parts: list[Part] = [Quote(pages[shown])] if pages[shown].strip() else []
    if shown + 1 < len(pages):
        parts.append(Buttons((Button(_("Read on"), ShowWords(issue.id, shown + 1)),)))
    return Card(title.format(reference=issue.reference, page=shown + 1, pages=len(pages)), tuple(parts))


def question_slot(issue: Issue, fix: Fix) -> str:
    return f"{QUESTION}:{issue.id}:{fix.n}"


def question_over(issue: Issue, fix: Fix, reader: Reader, *, latest: bool) -> Card:
    """What is left of the question once it is answered, or overtaken by a later fix: nothing to press."""
    _ = sentences(reader).gettext
    if fix.undone:
        answered = _("taken back, you need not answer")
    else:
        answered = for_reporter(issue, reader) if latest and not issue.is_open else _("it did not hold")
    return Card(
        _("{reference}: {standing}").format(reference=issue.reference, standing=answered),
        (Text(_("What was done: {words}").format(words=clip(fix.words)), "quiet"),),
        mark(issue),
        slot=question_slot(issue, fix),
    )
