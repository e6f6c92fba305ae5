"""The cards of an issue that are kept up to date: the receipt, the team's card, the question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions import (
    ChangeSeverity,
    Confirm,
    FixIt,
    ShowWords,
    StillBroken,
    Take,
)
from bot.cards import (
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
from bot.messages.words import audience, bedside, for_reporter, kind, mark, names, role, severity, stamp, standing, when
from bot.model import (
    Deed,
    Event,
    Fix,
    Issue,
    Outcome,
    Person,
    Pilot,
    Reader,
    Severity,
    Status,
    Step,
    Unit,
)
from bot.permissions import may

RECEIPT = "receipt"
CARD = "card"
QUESTION = "question"
STEPS = 12
PAGE = WORDS // 2  # characters of a page: whatever they are, they fit one quote


@dataclass(frozen=True, slots=True)
class About:
    """Everything that a card about an issue is drawn from."""

    issue: Issue
    pilot: Pilot
    unit: Unit
    reporter: Person
    owner: Person | None
    fix: Fix | None  # the last one
    steps: Sequence[Step]
    ahead: Sequence[Step]  # those that would be taken if nothing changed


def receipt(about: About, told: Sequence[Person], lead: Person | None, reader: Reader, now: datetime) -> Card:
    """What the reporter keeps: who has it, by when, and what they can say about it."""
    _ = sentences(reader).gettext
    issue, pilot, owner, fix = about.issue, about.pilot, about.owner, about.fix
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    parts.append(Quote(clip(issue.summary)))
    if issue.status is Status.REPORTED and told:
        have = sentences(reader).ngettext("{names} has been told.", "{names} have been told.", len(told))
        parts.append(Text(have.format(names=_told(told, pilot, reader))))
    elif owner and issue.status is Status.TAKEN:
        parts.append(
            Text(_("{name} ({role}) is working on it.").format(name=owner.name, role=role(owner, pilot, reader)))
        )
    if fix and not issue.is_open:
        parts.append(Text(_("What was done: {words}").format(words=clip(fix.words))))
    parts += _promise(issue, lead, reader, now)
    buttons = _reporter_buttons(issue, reader)
    if buttons:
        parts.append(Buttons(buttons))
    title = _("{reference}: {standing}").format(reference=issue.reference, standing=for_reporter(issue, reader))
    return Card(title, tuple(parts), mark(issue), slot=f"{RECEIPT}:{issue.id}:reporter")


def _told(told: Sequence[Person], pilot: Pilot, reader: Reader) -> str:
    _ = sentences(reader).gettext
    if len(told) > 1:
        return names(told, reader)
    (person,) = told
    duty = _("on shift") if person.on_duty else _("off shift")
    return _("{name} ({role}, {duty})").format(name=person.name, role=role(person, pilot, reader), duty=duty)


def _promise(issue: Issue, lead: Person | None, reader: Reader, now: datetime) -> list[Part]:
    _ = sentences(reader).gettext
    if not issue.is_open or issue.status is Status.FIXED or lead is None:
        return []
    due = when(issue.due_at, now, reader)
    if issue.missed_at:
        words = _("Nothing that helps had reached you by {due}. {lead} knows and hears about it every day.")
    else:
        words = _("If nothing that helps has reached you by {due}, {lead} hears about it.")
    return [Text(words.format(due=due, lead=lead.name))]


def _reporter_buttons(issue: Issue, reader: Reader) -> tuple[Button, ...]:
    _ = sentences(reader).gettext
    match issue.status:
        case Status.REPORTED | Status.TAKEN:
            return (Button(_("How bad is it?"), ChangeSeverity(issue.id, issue.version)),)
        case Status.FIXED:
            yes, broken = _verdict(issue, reader)
            return (broken,) if issue.fixer == issue.reporter else (yes, broken)
        case _:
            return ()


def _verdict(issue: Issue, reader: Reader) -> tuple[Button, ...]:
    _ = sentences(reader).gettext
    return (
        Button(_("Yes, fixed"), Confirm(issue.id), "primary"),
        Button(_("Still broken"), StillBroken(issue.id), "danger"),
    )


def issue_card(about: About, reader: Reader, now: datetime, viewer: Person | None) -> Card:
    """What those see who can help: in the unit's channel (`viewer` None) without names, to its owner with."""
    _ = sentences(reader).gettext
    issue, pilot, unit, reporter = about.issue, about.pilot, about.unit, about.reporter
    owner, fix = about.owner, about.fix
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    who = _("{job}, {unit}").format(job=reporter.job, unit=unit.name)
    if viewer and owner and viewer.id == owner.id:
        who = _("{name}, {job}, {unit}").format(name=reporter.name, job=reporter.job, unit=unit.name)
    facts = [
        (_("How bad"), severity(issue.severity, reader)),
        (_("Reported"), _("{when} by {who}").format(when=when(issue.reported_at, now, reader), who=who)),
        (_("Help is due"), _due(issue, reader, now)),
        (_("Owner"), owner.name if owner else _("nobody")),
    ]
    parts += [Quote(clip(issue.summary)), Facts(tuple(facts))]
    if fix and issue.status is not Status.REPORTED:
        said = (
            _("What was done ({kind}): {words}")
            if issue.status is not Status.TAKEN
            else _("Tried before ({kind}): {words}")
        )
        parts.append(Text(said.format(kind=kind(fix.kind, reader), words=clip(fix.words))))
    parts += _steps(about, reader)
    buttons = team_buttons(issue, reader, viewer)
    if buttons:
        parts.append(Buttons(buttons))
    title = _("{reference}: {standing}").format(reference=issue.reference, standing=standing(issue, reader))
    where = viewer.id if viewer else "unit"
    return Card(title, tuple(parts), mark(issue), slot=f"{CARD}:{issue.id}:{where}")


def _due(issue: Issue, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    due = when(issue.due_at, now, reader)
    if issue.missed_at:
        return _("{due}, missed").format(due=due)
    return _("{due}, done in time").format(due=due) if issue.addressed_at else due


def _steps(about: About, reader: Reader) -> list[Part]:
    _ = sentences(reader).gettext
    past = [_past(s, about.pilot, reader) for s in about.steps if s.outcome in {Outcome.DONE, Outcome.OVERTAKEN}]
    planned = [
        Line(
            _("{time} planned: {step}").format(time=stamp(s.due_at, reader), step=step(s, about.pilot, reader)),
            "planned",
        )
        for s in about.ahead
    ]
    lines = (past + planned)[-STEPS:]
    return [Lines(_("Steps"), tuple(lines))] if lines else []


def _past(taken: Step, pilot: Pilot, reader: Reader) -> Line:
    _ = sentences(reader).gettext
    said = _("{time} {step}") if taken.outcome is Outcome.DONE else _("{time} passed over: {step}")
    time = stamp(taken.done_at or taken.due_at, reader)
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
        case Deed.TELL:
            people = ", ".join(audience(each, pilot, reader) for each in planned.tell)
            return _("{people} told").format(people=people)


def team_buttons(issue: Issue, reader: Reader, viewer: Person | None) -> tuple[Button, ...]:
    """What this viewer may do now; in a channel (`viewer` None) what anybody might, as its readers differ."""
    _ = sentences(reader).gettext
    take = Button(_("Take"), Take(issue.id, issue.version), "primary")
    fixed = Button(_("Fixed…"), FixIt(issue.id, issue.version))
    bad = Button(_("How bad is it?"), ChangeSeverity(issue.id, issue.version))
    buttons = {
        Status.REPORTED: ((Event.TAKE, take), (Event.FIX, fixed), (Event.CHANGE_SEVERITY, bad)),
        Status.TAKEN: ((Event.FIX, replace(fixed, style="primary")), (Event.CHANGE_SEVERITY, bad)),
    }.get(issue.status, ())
    return tuple(button for event, button in buttons if viewer is None or may(viewer, event, issue))


def fixed_for_you(issue: Issue, pilot: Pilot, fix: Fix, author: Person, reader: Reader, *, again: bool = False) -> Card:
    """The question only the reporter can answer."""
    _ = sentences(reader).gettext
    parts: list[Part] = [bedside(pilot, reader)] if issue.severity is Severity.PATIENT_AT_RISK else []
    parts += [
        Quote(clip(issue.summary)),
        Text(
            _("{name} ({role}) says it is fixed: {words}").format(
                name=author.name, role=role(author, pilot, reader), words=clip(fix.words)
            )
        ),
        *_asked(issue, author, reader),
    ]
    title = _("{reference}: still waiting for your word. Fixed for you?") if again else _("{reference}: fixed for you?")
    return Card(title.format(reference=issue.reference), tuple(parts), Mark.WAITING, slot=question_slot(issue, fix))


def _asked(issue: Issue, author: Person, reader: Reader) -> tuple[Part, ...]:
    _ = sentences(reader).gettext
    yes, broken = _verdict(issue, reader)
    if author.id == issue.reporter:
        words = _("You fixed your own report, so it stays unconfirmed: a confirmed fix is found by somebody else.")
        return (Text(words), Buttons((broken,)))
    return (Text(_("Only you can say whether it is. Does it work for you now?")), Buttons((yes, broken)))


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
    answered = for_reporter(issue, reader) if latest and not issue.is_open else _("you said: still broken")
    return Card(
        _("{reference}: {standing}").format(reference=issue.reference, standing=answered),
        (Text(_("What was done: {words}").format(words=clip(fix.words)), "quiet"),),
        mark(issue),
        slot=question_slot(issue, fix),
    )
