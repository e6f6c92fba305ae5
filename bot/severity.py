"""How much of a problem an issue is: said anew by those who may, kept as an idea, or declared an outage."""

from dataclasses import replace
from datetime import datetime

from bot import gate, ladder, living, messages, routing, steps, work
from bot.actions import Do
from bot.cards import Card, Form
from bot.history import happen
from bot.lifecycle import Capacity, capacities
from bot.model import Event, Issue, Needs, Person, Severity, Status
from bot.ports import Transaction


def change_form(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card | Form:
    issue = gate.enter(tx, who, wanted, now)
    return issue if isinstance(issue, Card) else messages.severity_form(issue, who, {}, {})


def change(
    tx: Transaction, who: Person, wanted: Do, level: Severity | None, now: datetime, words: str = ""
) -> Card | Form:
    """Say how bad it really is; the ladder is planned anew from now. `words` say why no patient is at risk."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    if level is issue.severity:
        return messages.severity_changed(issue, who.reader)
    errors = _wrong(issue, who, level, words)
    if errors or level is None:
        values = {"severity": str(int(level or issue.severity)), "words": words}
        return messages.severity_form(issue, who, values, errors)
    issue = graded(tx, issue, level, who, now, words)
    return living.guarded(tx, issue, messages.severity_changed(issue, who.reader), who)


def _wrong(issue: Issue, who: Person, level: Severity | None, words: str) -> dict[str, str]:
    """Worse is for anyone; milder for a lead, and for the reporter until it is taken, but not from a patient's risk."""
    if level is None:
        return {"severity": messages.choose_one(who.reader)}
    at_risk = issue.severity is Severity.PATIENT_AT_RISK
    own = who.id == issue.reporter and issue.status is Status.REPORTED and not at_risk
    if level > issue.severity and not own and Capacity.LEAD not in capacities(who, issue):
        return {"severity": messages.only_up(issue, who.reader)}
    if level > issue.severity and at_risk and not words:
        return {"words": messages.why_milder(who.reader)}
    return {}


def graded(tx: Transaction, issue: Issue, level: Severity, who: Person | None, now: datetime, words: str = "") -> Issue:
    """From now on it is this bad; `who` None is the clock."""
    before = issue
    issue = replace(issue, severity=level, queued=issue.queued or level <= Severity.BLOCKS_WORK, idea=False)
    issue = happen(tx, issue, Event.CHANGE_SEVERITY, who, now, f"{int(level)}\n{words}".rstrip())
    steps.plan_anew(tx, issue, now)
    if before.idea:  # its clock ran on all the while
        steps.end(tx, issue, {Needs.UNDECIDED}, now)
        steps.plan_clock(tx, issue, now)
    if level < before.severity:
        _tell_worse(tx, issue, who, words, now)
    elif who is None or who.id != issue.reporter:
        reporter = tx.people.get(issue.reporter)
        living.put(tx, issue, reporter, messages.severity_lowered(issue, who, words, reporter.reader), now, "milder")
    living.redraw(tx, issue, now)
    return issue


def _tell_worse(tx: Transaction, issue: Issue, by: Person | None, words: str, now: datetime) -> None:
    """Whoever should hear of an issue this bad gets its card; whoever has it already, and its owner, are told."""
    hear = routing.first_to_hear(issue.severity, issue.unit, issue.reporter, living.roster(tx, issue, now))
    owner = living.person(tx, issue.owner)
    people = {each.id: each for each in (*hear, *([owner] if owner else []))}
    others = [each for each in people.values() if by is None or each.id != by.id]
    work.put_before(tx, issue, others, lambda one: messages.severity_raised(issue, by, words, one, now), now)
    if issue.queued:
        living.show_team(tx, issue, now)
    living.page(tx, issue, now)


def mark_idea(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """A decision is owed, and no help: no ladder and no 24 hours."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    if issue.severity is not Severity.QUESTION:
        return messages.not_an_idea(issue, who.reader)
    issue = happen(tx, replace(issue, idea=True), Event.MARK_IDEA, who, now)
    steps.end(tx, issue, steps.LADDER, now)
    steps.add(tx, issue, ladder.idea(now, 1))
    steps.plan_next(tx, issue)
    reporter, until = tx.people.get(issue.reporter), now + ladder.IDEA
    living.put(tx, issue, reporter, messages.idea_kept(issue, until, reporter.reader, now), now, "idea")
    living.say_in_thread(tx, issue, messages.idea_in_thread(who, tx.pilots.get(issue.pilot).reader), now)
    living.redraw(tx, issue, now)
    return messages.idea_marked(issue, until, who.reader, now)


def declare_outage(tx: Transaction, who: Person, wanted: Do, now: datetime) -> Card:
    """One announcement to every unit; later reports of it are offered "me too"."""
    issue = gate.enter(tx, who, wanted, now)
    if isinstance(issue, Card):
        return issue
    if issue.outage:
        return messages.already_an_outage(issue, who.reader)
    issue = happen(tx, replace(issue, outage=True), Event.DECLARE_OUTAGE, who, now)
    pilot, units = tx.pilots.get(issue.pilot), tx.pilots.units(issue.pilot)
    said = messages.outage(issue, pilot, pilot.reader)
    for unit in units:
        tx.outbox.post(unit.channel, said, now, key=living.key(issue, f"outage:{unit.id}"), issue=issue.id)
    living.redraw(tx, issue, now)
    return messages.outage_declared(issue, len(units), who.reader)
