"""A press becomes one use case: at once, or through a form that is filled in first."""

from collections.abc import Callable
from datetime import datetime

from bot import (
    declines,
    drafts,
    duty,
    fixes,
    gate,
    issues,
    letters,
    merges,
    messages,
    nameless,
    questions,
    severity,
    vendors,
    verdicts,
    withdrawals,
    work,
    workarounds,
)
from bot.actions import (
    Action,
    Do,
    DoAs,
    DropDraft,
    Duty,
    EditDraft,
    GoAway,
    GrantRole,
    Here,
    MergeInto,
    More,
    NewReport,
    NotMyChampion,
    ReplyWith,
    SameAs,
    SendAgain,
    SendDraft,
    SendNameless,
    SetAside,
    Several,
    Show,
    ShowIssue,
    ShowWords,
    StillServes,
    ThatHelped,
)
from bot.cards import Card, Form
from bot.commands import COMMANDS, Instead
from bot.errors import UnknownAction
from bot.lifecycle import TABLE, Capacity
from bot.model import Event, Person, PersonId
from bot.permissions import Deed, authorize
from bot.ports import Transaction

Answer = Card | Form

# What each event's button does. Those that answer with a form go on in `bot.submits`.
PRESSED: dict[Event, Callable[[Transaction, Person, Do, datetime], Answer]] = {
    Event.TAKE: work.take,
    Event.ESCALATE: work.escalate,
    Event.RELEASE: work.release,
    Event.RESUME: work.resume,
    Event.HAND_OVER: work.hand_over_form,
    Event.EXPLAIN: work.explain_form,
    Event.RELAY: work.relay_form,
    Event.CHANGE_SEVERITY: severity.change_form,
    Event.MARK_IDEA: severity.mark_idea,
    Event.DECLARE_OUTAGE: severity.declare_outage,
    Event.SEND_TO_VENDOR: vendors.form,
    Event.VENDOR_REPLIED: vendors.replied,
    Event.PROPOSE_DECLINE: declines.propose_form,
    Event.DECLINE: declines.decline_form,
    Event.APPEAL: declines.appeal_form,
    Event.FIX: fixes.form,
    Event.UNDO: fixes.undo,
    Event.WORK_AROUND: workarounds.form,
    Event.CHECK: workarounds.check_form,
    Event.WORKAROUND_FAILS: workarounds.fails,
    Event.ASK: questions.form,
    Event.REPLY: questions.reply_form,
    Event.MERGE: merges.form,
    Event.UNMERGE: merges.split,
    Event.ME_TOO: merges.also,
    Event.WITHDRAW: withdrawals.withdraw,
    Event.CONFIRM: verdicts.confirm,
    Event.STILL_BROKEN: verdicts.still_broken,
    Event.NEXT_SHIFT: verdicts.next_shift,
    Event.DETAIL: issues.detail_form,
}


def press(tx: Transaction, who: Person, action: Action, now: datetime) -> Answer:
    """What the button says. Raises Denied, UnknownAction."""
    match action:
        case Do():
            return PRESSED[action.event](tx, who, action, now)
        case DoAs():
            return PRESSED[action.event](tx, *speaking(tx, who, action), now)
        case Show(screen=screen) if screen in COMMANDS:
            return COMMANDS[screen].screen(tx, who, now)
        case Several():
            return fixes.several_form(tx, who, now)
        case Duty() | Here() | GoAway() | GrantRole() | SendAgain() | SetAside():
            return _staff(tx, who, action, now)
        case ShowIssue() | ShowWords() | More() | MergeInto() | StillServes():
            return _about(tx, who, action, now)
        case _:
            return _draft(tx, who, action, now)


def _staff(
    tx: Transaction, who: Person, action: Duty | Here | GoAway | GrantRole | SendAgain | SetAside, now: datetime
) -> Answer:
    match action:
        case Duty(on=on):
            return duty.on(tx, who, now) if on else duty.off(tx, who, now)
        case Here(unit=unit):
            return duty.here(tx, who, tx.pilots.unit(unit), now)
        case GoAway():
            return duty.away_form(tx, who, now)
        case GrantRole():
            authorize(who, Deed.KEEP_ROLES, tx.pilots.get(who.pilot))
            return messages.role_form(who.reader, {}, {})
        case SendAgain(notice=notice):
            return letters.send_again(tx, who, notice, now)
        case SetAside(notice=notice):
            return letters.set_aside(tx, who, notice, now)


def _about(
    tx: Transaction, who: Person, action: ShowIssue | ShowWords | More | MergeInto | StillServes, now: datetime
) -> Answer:
    issue = tx.issues.get(action.issue)
    who = own_voice(tx, who, issue.reporter)
    match action:
        case ShowIssue():
            return issues.show(tx, who, issue, now)
        case ShowWords():
            return issues.show_words(tx, who, action)
        case More():
            return issues.more(tx, who, action, now)
        case MergeInto(into=into) if who.id == issue.reporter:
            return withdrawals.same(tx, who, issue, tx.issues.get(into), now)
        case MergeInto(into=into, version=version):
            return merges.merge(tx, who, Do(Event.MERGE, issue.id, version), tx.issues.get(into), now)
        case StillServes():
            return workarounds.still_serves(tx, who, action, now)


def _draft(tx: Transaction, who: Person, action: Action, now: datetime) -> Answer:
    match action:
        case NewReport():
            return messages.report_form(who.reader, {}, {})
        case SendDraft(draft=draft, severity=level):
            return drafts.send(tx, who, draft, level, now)
        case SendNameless():
            return nameless.send(tx, who, action, now)
        case NotMyChampion(draft=draft):
            return nameless.look_again(tx, who, draft)
        case EditDraft(draft=draft):
            return drafts.edit(tx, who, draft)
        case DropDraft(draft=draft):
            return drafts.drop(tx, who, draft, now)
        case SameAs():
            return drafts.same_as(tx, who, action, now)
        case ReplyWith():
            return drafts.reply_with(tx, who, action, now)
        case ThatHelped(answer=answer, draft=draft):
            return questions.that_helped(tx, who, answer, draft, now)
        case _:
            raise UnknownAction


def speaking(tx: Transaction, who: Person, action: DoAs) -> tuple[Person, Do]:
    """The handle, and what it wants. Raises UnknownAction where this person cannot speak for it.

    Where no identity is kept, the token is the proof: it was drawn for whoever knew the code.
    """
    issue, handle = tx.issues.get(action.issue), tx.handles.get(action.handle)
    kept = handle is not None and handle.identity is not None
    strange = handle is None or (kept and handle.id not in tx.handles.behind(who.address))
    if strange or issue.reporter != action.handle or Capacity.REPORTER not in TABLE[action.event].who:
        raise UnknownAction
    survivor = gate.survivor(tx, issue) or issue
    if action.event is Event.CONFIRM and who.id == survivor.fixer:
        raise Instead(messages.cannot_verify_own(issue, who.reader))
    return tx.people.get(action.handle), Do(action.event, issue.id, issue.version)


def own_voice(tx: Transaction, who: Person, reporter: PersonId) -> Person:
    """The handle of what they reported without a name, where it is theirs; else themselves."""
    mine = who.id != reporter and tx.handles.get(reporter) and reporter in tx.handles.behind(who.address)
    return tx.people.get(reporter) if mine else who
