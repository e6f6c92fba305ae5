"""What somebody does about an issue in the month: one function each, by whoever is there to do it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.actions import ReplyWith, StillServes
from bot.model import Event, FixKind, Issue, NonUse, Person, PersonId, Role, Severity
from tests.journeys.month import Month, buttons
from tests.peers.chat import Fault

HOUR = timedelta(hours=1)
SAFE = ("Use the spare one at the desk", "Print on the neighbours' printer", "Call the fix team and wait at the desk")
RISKY = ("Type the number on the wristband by hand", "Give the dose first and scan it later", "Scan a spare barcode")
DONE = ("The server was restarted", "A new battery is in", "The list is loaded anew each hour", "Told at the huddle")
SPOILT = (
    [Fault.LOST], [Fault.UNHEARD], [Fault.TOO_MANY] * 2, [Fault.LOST] * 3, [Fault.LOST] * 9, [Fault.REJECTED],
    [Fault.UNREACHABLE] * 2,
)  # fmt: skip
FAILS = 0.06  # of deliveries of what helps


@dataclass
class Scene:
    """An issue as somebody comes to it. The dice are its story's own."""

    month: Month
    dice: Random
    issue: Issue
    other: Callable[[Random], Awaitable[Issue | None]]  # another open one

    # -- who
    async def reporter(self) -> Person:
        return await self.month.person(self.issue.reporter)

    async def owner(self) -> Person | None:
        return await self._somebody(self.issue.owner)

    async def fixer(self) -> Person | None:
        return await self._somebody(self.issue.fixer)

    async def _somebody(self, who: PersonId | None) -> Person | None:
        return await self.month.person(who) if who is not None else None

    async def team(self, *roles: Role) -> Person | None:
        """Somebody of the team who is there: a champion of the unit, one of the fix team, or whoever is wanted."""
        now = await self.month.now()
        some = roles or ((Role.CHAMPION,) if self.dice.random() < 0.6 else (Role.RESPONDER,))
        people = [each for each in await self.month.having(*some) if not each.away(now)]
        there = [each for each in people if each.on_duty or (each.has(Role.LEAD, Role.SAFETY) and _by_day(now, each))]
        near = [each for each in there if not each.has(Role.CHAMPION) or each.unit == self.issue.unit]
        return self.dice.choice(near) if near else None

    # -- how
    async def does(self, who: Person | None, event: Event, values: Mapping[str, str] | None = None) -> None:
        if who is not None:
            await self.month.does(who, event, self.issue, values)

    async def if_asked(self, who: Person | None, event: Event, values: Mapping[str, str] | None = None) -> None:
        """Where a button before them says so."""
        places = [who.address] if who else []
        if event in {getattr(each, "event", None) for each in self.month.chat.pressable(self.issue.id, places)}:
            await self.does(who, event, values)

    async def by_team(self, event: Event, values: Mapping[str, str] | None = None, line: str = "") -> None:
        """By a button or, now and then, as a word in the issue's thread."""
        who = await self.team()
        thread = self.month.chat.thread(self.issue, self.month.channels[self.issue.unit])
        if who is not None and line and thread and self.dice.random() < 0.25:
            reply = await self.month.types(who, line, thread=thread)
            if reply.form is not None and values is not None:
                await self.month.fills(who, reply, values)
        else:
            await self.does(who, event, values)

    async def spoil(self) -> None:
        """What is sent next to the reporter goes wrong, now and then."""
        if self.dice.random() < FAILS:
            self.month.chat.fails((await self.reporter()).address.id, *self.dice.choice(SPOILT))


Deed = Callable[[Scene], Awaitable[None]]


def _by_day(now: datetime, who: Person) -> bool:
    return 8 <= now.astimezone(ZoneInfo(who.zone)).hour < 19


async def nothing(scene: Scene) -> None:
    """They have their hands full."""


# ------------------------------------------------------------------------------------------------------ who has it


async def take(scene: Scene) -> None:
    await scene.by_team(Event.TAKE, line="take")


async def release(scene: Scene) -> None:
    await scene.does(await scene.owner(), Event.RELEASE)


async def escalate(scene: Scene) -> None:
    await scene.by_team(Event.ESCALATE, line="escalate")


async def hand(scene: Scene) -> None:
    to, owner = await scene.team(), await scene.owner()
    if to and owner and to.id != owner.id:
        await scene.does(owner, Event.HAND_OVER, {"to": str(to.id), "words": "I am off soon"})


# ------------------------------------------------------------------------------------------- questions and vendors


async def ask(scene: Scene) -> None:
    await scene.by_team(Event.ASK, {"words": "Which one is it?"}, "info: Which one is it?")


async def reply(scene: Scene) -> None:
    """By the question's button, or in free words of which the draft offers to be the answer."""
    who = await scene.reporter()
    if scene.issue.nameless or scene.dice.random() < 0.6:
        await scene.does(who, Event.REPLY, {"words": "The one by the window"})
        return
    drafted = await scene.month.types(who, "it is the one by the window")
    for button in buttons(drafted.card):
        if isinstance(button.action, ReplyWith) and button.action.issue == scene.issue.id:
            await scene.month.presses(who, button.action)


async def resume(scene: Scene) -> None:
    await scene.does(await scene.owner(), Event.RESUME)


async def send_to_vendor(scene: Scene) -> None:
    expected = "" if scene.dice.random() < 0.5 else f"{await scene.month.now() + 80 * HOUR:%Y-%m-%d}"
    given = {"vendor": "Scanwell", "reference": "case", "expected": expected}
    await scene.does(await scene.team(Role.RESPONDER, Role.LEAD), Event.SEND_TO_VENDOR, given)


async def vendor_replied(scene: Scene) -> None:
    await scene.does(await scene.team(Role.RESPONDER, Role.LEAD), Event.VENDOR_REPLIED)


# -------------------------------------------------------------------------------------------------------- workarounds


async def work_around(scene: Scene) -> None:
    words = scene.dice.choice(RISKY if scene.dice.random() < 0.35 else SAFE)
    until = "" if scene.dice.random() < 0.7 else f"{await scene.month.now() + 60 * HOUR:%Y-%m-%d}"
    await scene.spoil()
    await scene.by_team(Event.WORK_AROUND, {"words": words, "until": until}, f"workaround: {words}")


async def check(scene: Scene) -> None:
    given = {"ok": "yes" if scene.dice.random() < 0.7 else "no", "words": "It would be read aloud at the bed"}
    await scene.spoil()
    await scene.if_asked(await scene.team(Role.SAFETY, Role.LEAD), Event.CHECK, given)


async def fails(scene: Scene) -> None:
    await scene.if_asked(await scene.reporter(), Event.WORKAROUND_FAILS)


async def serves(scene: Scene) -> None:
    who = await scene.reporter()
    for action in scene.month.chat.pressable(scene.issue.id, [who.address]):
        if isinstance(action, StillServes):
            await scene.month.presses(who, action)
            return


# --------------------------------------------------------------------------------------------------- fixed, or is it


async def fix(scene: Scene) -> None:
    words, answer = scene.dice.choice(DONE), scene.issue.severity is Severity.QUESTION
    kind = FixKind.ANSWER if answer else scene.dice.choice([each for each in FixKind if each is not FixKind.ANSWER])
    given = {"words": words, "kind": kind, "tags": "technology,people", "cause": "the night run had stopped"}
    await scene.spoil()
    who = await scene.reporter()
    if who.has(Role.CHAMPION) and not scene.issue.nameless and scene.dice.random() < 0.5:
        await scene.does(who, Event.FIX, given)  # their own
    else:
        await scene.by_team(Event.FIX, given, f"{'answer' if answer else 'fixed'}: {words}")


async def undo(scene: Scene) -> None:
    await scene.does(await scene.fixer(), Event.UNDO)


async def confirm(scene: Scene) -> None:
    await _verdict(scene, Event.CONFIRM, "yes")


async def still_broken(scene: Scene) -> None:
    await _verdict(scene, Event.STILL_BROKEN, "broken")


async def next_shift(scene: Scene) -> None:
    await _verdict(scene, Event.NEXT_SHIFT, "next shift")


async def _verdict(scene: Scene, event: Event, word: str) -> None:
    who = await scene.reporter()
    if scene.dice.random() < 0.15 and not scene.issue.nameless:
        await scene.month.types(who, word)  # where they have several to answer for, it is asked which
    else:
        await scene.does(who, event)


async def broken_by_us(scene: Scene) -> None:
    await scene.does(await scene.owner(), Event.STILL_BROKEN)


# ------------------------------------------------------------------------------------------------------------ no


async def propose(scene: Scene) -> None:
    await scene.by_team(Event.PROPOSE_DECLINE, {"words": "It is as it was meant to be"})


async def decline(scene: Scene) -> None:
    given = {"words": "The carts are rented", "instead": "The list by the door"}
    await scene.does(await scene.team(Role.LEAD), Event.DECLINE, given)


async def appeal(scene: Scene) -> None:
    await scene.does(await scene.reporter(), Event.APPEAL, {"words": "It keeps us from our work"})


# ------------------------------------------------------------------------------------------- the same, or taken back


async def merge(scene: Scene) -> None:
    other = await scene.other(scene.dice)
    if other is not None and other.id != scene.issue.id:
        await scene.by_team(Event.MERGE, {"into": other.reference}, f"dup {other.reference}")


async def apart(scene: Scene) -> None:
    await scene.does(await scene.reporter(), Event.UNMERGE)


async def split(scene: Scene) -> None:
    await scene.by_team(Event.UNMERGE, line="split")


async def withdraw(scene: Scene) -> None:
    await scene.does(await scene.reporter(), Event.WITHDRAW)


# ------------------------------------------------------------------------------------------------ how bad, and what


async def own_worse(scene: Scene) -> None:
    level = scene.dice.choice(list(Severity))
    await scene.does(await scene.reporter(), Event.CHANGE_SEVERITY, {"severity": str(int(level))})


async def worse(scene: Scene) -> None:
    level = str(max(1, scene.issue.severity - 1))
    await scene.by_team(Event.CHANGE_SEVERITY, {"severity": level}, f"sev {level}")


async def milder(scene: Scene) -> None:
    given = {"severity": str(min(4, scene.issue.severity + 1)), "words": "Nobody was near it"}
    await scene.does(await scene.team(Role.LEAD), Event.CHANGE_SEVERITY, given)


async def idea(scene: Scene) -> None:
    if scene.issue.severity is Severity.QUESTION:
        await scene.by_team(Event.MARK_IDEA, line="idea")


async def outage(scene: Scene) -> None:
    await scene.does(await scene.team(Role.LEAD), Event.DECLARE_OUTAGE)


async def detail(scene: Scene) -> None:
    instead = scene.dice.choice(("a paper list", "skip the scan", ""))
    given = {"place": "by the window", "instead": instead, "why": scene.dice.choice([*NonUse, ""])}
    await scene.does(await scene.reporter(), Event.DETAIL, given)


async def explain(scene: Scene) -> None:
    given = {"cause": "The night run had stopped", "expected": ""}
    await scene.by_team(Event.EXPLAIN, given, "explain: the night run had stopped")


async def relay(scene: Scene) -> None:
    await scene.by_team(Event.RELAY, {"words": "We are on it"}, "reply: We are on it")


async def line(scene: Scene) -> None:
    await scene.does(await scene.reporter(), Event.RELAY, {"words": "It is worse by night"})
