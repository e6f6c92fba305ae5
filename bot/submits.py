"""A form that was filled in becomes one use case; where something is wrong with it, it comes back with the values."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot import (
    declines,
    drafts,
    duty,
    fixes,
    issues,
    messages,
    nameless,
    pilots,
    presses,
    privacy,
    questions,
    severity,
    vendors,
    work,
    workarounds,
)
from bot import merges as same
from bot.actions import Action, Do, DoAs, EditDraft, GoAway, GrantRole, NewReport, Several
from bot.cards import TYPED, Card, Form, chosen
from bot.commands import Instead
from bot.errors import UnknownAction
from bot.model import Event, FixKind, NonUse, Person, Role, Severity, Tag
from bot.parser import is_nameless, unmarked
from bot.ports import Transaction

Answer = Card | Form
Values = Mapping[str, str]
PROSE = frozenset({"words", "cause", "instead", "place"})  # fields in which people write as they speak
Submit = Callable[[Transaction, Person, Do, Values, datetime], Answer]


def submit(tx: Transaction, who: Person, action: Action, values: Values, now: datetime) -> Answer:
    """What the form asks for. Raises Denied, UnknownAction."""
    match action:
        case NewReport():
            return _report(tx, who, values, now)
        case EditDraft():
            return _draft(tx, who, action, values, now)
        case _:
            return _other(tx, who, action, _safe(values, who), now)


def _safe(values: Values, who: Person) -> Values:
    """Patient data is taken out of every form before anything else is done with it. Raises Instead where too long."""
    longest = max((len(value) for value in values.values()), default=0)
    if longest > TYPED:
        raise Instead(messages.words_too_long(longest, who.reader))
    return {name: privacy.mask(value).words if name in PROSE else value for name, value in values.items()}


def _other(tx: Transaction, who: Person, action: Action, values: Values, now: datetime) -> Answer:
    match action:
        case Do(event=event) if event in SUBMITTED:
            return SUBMITTED[event](tx, who, action, values, now)
        case DoAs(event=event) if event in SUBMITTED:
            voice, wanted = presses.speaking(tx, who, action)
            return SUBMITTED[event](tx, voice, wanted, values, now)
        case Several():
            return _several(tx, who, values, now)
        case GoAway():
            return duty.go_away(tx, who, values.get("until", ""), values.get("deputy", ""), now)
        case GrantRole():
            return _role(tx, who, values, now)
        case _:
            raise UnknownAction


# -------------------------------------------------------------------------------------------------------- reports


def _report(tx: Transaction, who: Person, values: Values, now: datetime) -> Answer:
    words, level = values.get("words", ""), _severity(values)
    errors = _wrong_words(words, level, who)
    if errors or level is None:
        return messages.report_form(who.reader, values, errors)
    if wants_no_name(values):
        return nameless.keep(tx, who, unmarked(words) if is_nameless(words) else words, level, now)
    return drafts.take_in(tx, who, words, level, now)


def counts(values: Values) -> bool:
    """Among the reports without a name of a day: whatever puts a patient at risk is always taken."""
    return wants_no_name(values) and _severity(values) is not Severity.PATIENT_AT_RISK


def wants_no_name(values: Values) -> bool:
    """By the box of the form, or by how its words begin."""
    return bool(values.get("nameless")) or is_nameless(values.get("words", ""))


def _draft(tx: Transaction, who: Person, action: EditDraft, values: Values, now: datetime) -> Answer:
    words, level = values.get("words", ""), _severity(values)
    kept, errors = drafts.own(tx, who, action.draft), _wrong_words(words, level, who)
    if kept is None:
        return messages.draft_gone(who.reader)
    if errors or level is None:
        return messages.draft_form(kept, who.reader, values, errors)
    return drafts.edited(tx, who, action.draft, words, level, now)


def _wrong_words(words: str, level: Severity | None, who: Person) -> dict[str, str]:
    errors = {}
    if not words.strip("! "):
        errors["words"] = messages.no_words(who.reader)
    elif len(words) > TYPED:
        errors["words"] = messages.too_long(len(words), who.reader)
    if level is None:
        errors["severity"] = messages.choose_one(who.reader)
    return errors


def _severity(values: Values) -> Severity | None:
    level = values.get("severity", "")
    return Severity(int(level)) if level in {str(int(each)) for each in Severity} else None


# ------------------------------------------------------------------------------------------------------ the issue


def _hand_over(tx: Transaction, who: Person, wanted: Do, values: Values, now: datetime) -> Answer:
    typed = values.get("to", "")
    pilot = tx.pilots.get(who.pilot)
    meant = drafts.named(tx, pilot, typed)
    chosen_one = [p for p in tx.people.everybody(pilot.id) if str(p.id) == typed] or meant
    to = chosen_one[0] if len(chosen_one) == 1 else None
    return work.hand_over(tx, who, wanted, to, now, values.get("words", ""))


def _fix(tx: Transaction, who: Person, wanted: Do, values: Values, now: datetime) -> Answer:
    kind = values.get("kind", "")
    return fixes.fix(
        tx, who, wanted, values.get("words", ""), FixKind(kind) if kind in set(FixKind) else None, now,
        tags=frozenset(Tag(each) for each in chosen(values.get("tags", "")) if each in set(Tag)),
        cause=values.get("cause", ""), before=values.get("before", ""), after=values.get("after", ""),
    )  # fmt: skip


def _several(tx: Transaction, who: Person, values: Values, now: datetime) -> Answer:
    kind, what = values.get("kind", ""), values.get("what", "")
    wanted = [int(each) for each in chosen(values.get("issues", "")) if each.isdecimal()]
    return fixes.several(
        tx, who, wanted, Event(what) if what in set(Event) else "", values.get("words", ""),
        FixKind(kind) if kind in set(FixKind) else None, values.get("cause", ""), now,
    )  # fmt: skip


def _detail(tx: Transaction, who: Person, wanted: Do, values: Values, now: datetime) -> Answer:
    why = values.get("why", "")
    return issues.detail(
        tx, who, wanted, values.get("place", ""), values.get("instead", ""),
        NonUse(why) if why in set(NonUse) else None, now,
    )  # fmt: skip


def _role(tx: Transaction, who: Person, values: Values, now: datetime) -> Answer:
    role = values.get("role", "")
    if role not in set(Role):
        return messages.role_form(who.reader, values, {"role": messages.choose_one(who.reader)})
    return pilots.grant(tx, who, values.get("email", ""), Role(role), values.get("give", "") != "no", now)


SUBMITTED: dict[Event, Submit] = {
    Event.HAND_OVER: _hand_over,
    Event.FIX: _fix,
    Event.DETAIL: _detail,
    Event.CHANGE_SEVERITY: lambda tx, who, wanted, values, now: severity.change(
        tx, who, wanted, _severity(values), now, values.get("words", "")
    ),
    Event.EXPLAIN: lambda tx, who, wanted, values, now: work.explain(
        tx, who, wanted, values.get("cause", ""), values.get("expected", ""), now
    ),
    Event.RELAY: lambda tx, who, wanted, values, now: work.relay(tx, who, wanted, values.get("words", ""), now),
    Event.SEND_TO_VENDOR: lambda tx, who, wanted, values, now: vendors.send(
        tx, who, wanted, values.get("vendor", ""), values.get("reference", ""), values.get("expected", ""), now
    ),
    Event.PROPOSE_DECLINE: lambda tx, who, wanted, values, now: declines.propose(
        tx, who, wanted, values.get("words", ""), now
    ),
    Event.DECLINE: lambda tx, who, wanted, values, now: declines.decline(
        tx, who, wanted, values.get("words", ""), values.get("instead", ""), now
    ),
    Event.APPEAL: lambda tx, who, wanted, values, now: declines.appeal(tx, who, wanted, values.get("words", ""), now),
    Event.WORK_AROUND: lambda tx, who, wanted, values, now: workarounds.offer(
        tx, who, wanted, values.get("words", ""), values.get("until", ""), now
    ),
    Event.CHECK: lambda tx, who, wanted, values, now: workarounds.check(
        tx, who, wanted, values.get("ok", ""), values.get("words", ""), now
    ),
    Event.ASK: lambda tx, who, wanted, values, now: questions.ask(tx, who, wanted, values.get("words", ""), now),
    Event.REPLY: lambda tx, who, wanted, values, now: questions.reply(
        tx, who, tx.issues.get(wanted.issue), values.get("words", ""), now
    ),
    Event.MERGE: lambda tx, who, wanted, values, now: same.merge_typed(tx, who, wanted, values.get("into", ""), now),
}
