"""When what happens in the month: who reports what, and what comes of each report, by the dice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from bot.actions import MergeInto, SameAs, SendNameless, ThatHelped
from bot.cards import Card
from bot.model import CLOSED, Event, Issue, IssueId, Person, Role, Severity, Status
from tests.journeys import deeds, wards
from tests.journeys.beside import Beside
from tests.journeys.deeds import HOUR, Deed, Scene
from tests.journeys.month import BEGINS, REPORTS, Month, buttons, receipt_of, sends

THINGS = (
    "scanner",
    "med cart",
    "label printer",
    "pump",
    "badge reader",
    "screen",
    "drawer lock",
    "order list",
    "tablet",
)
FAULTS = ("freezes", "asks twice", "shows an old list", "is very slow", "beeps without end", "lost its network",
          "does not wake up", "logs me out", "prints blank labels", "skips the night list")  # fmt: skip
WHEN = ("after the update", "at shift change", "since this morning", "when it is busy", "by the window", "all night")
QUESTIONS = ("where do I find the list of late doses", "how do I change the printer", "who can unlock the drawer",
             "could the list be sorted by room", "how do I see what the night shift gave")  # fmt: skip
LEVELS = {Severity.PATIENT_AT_RISK: 4, Severity.BLOCKS_WORK: 16, Severity.SLOWS_WORK: 52, Severity.QUESTION: 28}
PAUSES: Mapping[Status, tuple[float, float, float]] = {  # hours until the next visit; a share that waits much longer
    Status.REPORTED: (1, 0.06, 20), Status.TAKEN: (2, 0.08, 25), Status.NEEDS_INFO: (4, 0.15, 110),
    Status.WAITING_VENDOR: (10, 0.1, 60), Status.FIXED: (9, 0.15, 400), Status.MERGED: (14, 0.1, 300),
    Status.DECLINED: (20, 0.2, 200), Status.VERIFIED: (40, 0, 0), Status.UNVERIFIED: (40, 0, 0),
}  # fmt: skip
HURRY = {Severity.PATIENT_AT_RISK: 0.08, Severity.BLOCKS_WORK: 0.4}
VISITS = 30
FORGOTTEN = 60  # of so many reports nobody ever comes to one
COMMON: Sequence[tuple[float, Deed]] = (
    (4, deeds.worse), (2, deeds.milder), (4, deeds.merge), (2, deeds.detail), (1, deeds.relay),
)  # fmt: skip
TABLE: Mapping[Status, Sequence[tuple[float, Deed]]] = {  # what is done there, and how often beside the others
    Status.REPORTED: (
        *COMMON, (50, deeds.take), (7, deeds.work_around), (6, deeds.fix), (4, deeds.ask), (4, deeds.escalate),
        (2, deeds.withdraw), (10, deeds.idea), (1, deeds.outage), (2, deeds.propose), (2, deeds.decline),
        (1, deeds.send_to_vendor), (6, deeds.detail), (2, deeds.own_worse), (10, deeds.nothing),
    ),
    Status.TAKEN: (
        *COMMON, (42, deeds.fix), (14, deeds.work_around), (8, deeds.ask), (8, deeds.send_to_vendor),
        (4, deeds.escalate), (4, deeds.release), (5, deeds.hand), (4, deeds.explain), (2, deeds.propose),
        (5, deeds.decline), (2, deeds.withdraw), (8, deeds.idea), (5, deeds.fails), (5, deeds.serves),
        (8, deeds.check), (1, deeds.outage), (2, deeds.line),
    ),
    Status.NEEDS_INFO: (
        *COMMON, (45, deeds.reply), (16, deeds.resume), (5, deeds.work_around), (7, deeds.fix), (4, deeds.hand),
        (2, deeds.withdraw), (2, deeds.fails), (4, deeds.check), (10, deeds.nothing),
    ),
    Status.WAITING_VENDOR: (
        *COMMON, (45, deeds.vendor_replied), (12, deeds.fix), (8, deeds.work_around), (5, deeds.hand),
        (4, deeds.decline), (3, deeds.withdraw), (6, deeds.check), (4, deeds.fails), (8, deeds.explain),
    ),
    Status.FIXED: (
        (50, deeds.confirm), (12, deeds.still_broken), (8, deeds.next_shift), (2, deeds.undo), (3, deeds.broken_by_us),
        (4, deeds.explain), (2, deeds.worse), (1, deeds.milder), (6, deeds.nothing),
    ),
    Status.MERGED: (
        (40, deeds.confirm), (8, deeds.apart), (6, deeds.split), (5, deeds.withdraw), (4, deeds.still_broken),
        (3, deeds.next_shift), (20, deeds.nothing),
    ),
    Status.VERIFIED: ((1, deeds.still_broken), (14, deeds.nothing)),
    Status.UNVERIFIED: ((1, deeds.still_broken), (8, deeds.nothing)),
    Status.DECLINED: ((3, deeds.appeal), (1, deeds.explain), (3, deeds.nothing)),
}  # fmt: skip


@dataclass
class Story:
    """One report. Its dice are its own, so that the others go on alike whatever happens here."""

    dice: Random
    id: IssueId
    visits: int = 0
    over: bool = False  # seen once since it was closed


class Moves:
    """Plans the month's reports and plays what comes of them."""

    def __init__(self, month: Month) -> None:
        self.month = month
        self.dice = month.dice
        self.stories: dict[IssueId, Story] = {}
        self.beside = Beside(month, self.something_open)

    def plan(self, reports: int = REPORTS) -> None:
        """The reports of the month, and what people do beside them."""
        for n in range(reports):
            at = BEGINS + timedelta(days=self.dice.random() * wards.DAYS)
            self.month.plan(at, partial(self._report, Random(f"{self.month.number}:{n}")))  # noqa: S311
        self.beside.plan(self.dice)

    async def something_open(self, dice: Random) -> Issue | None:
        """To which somebody else can say "me too", or that another one may be the same as."""
        lately = list(self.stories)[-60:]
        for one in dice.sample(lately, min(8, len(lately))):
            issue = await self.month.issue(one)
            if issue.is_open and issue.status is not Status.MERGED:
                return issue
        return None

    # ------------------------------------------------------------------------------------------------------- reporting

    async def _report(self, dice: Random) -> None:
        who = self._somebody(dice, await self.month.now())
        level = dice.choices(list(LEVELS), list(LEVELS.values()))[0]
        words = dice.choice(QUESTIONS) if level is Severity.QUESTION else _words(dice)
        same = await self.something_open(dice)
        if who.id in self.month.wards.secretive:
            await self._nameless(dice, who, level, words)
        elif same is not None and dice.random() < 0.1:
            await self._me_too(dice, who, same)
        elif dice.random() < 0.04:
            await self._for_somebody(dice, who, words)
        else:
            await self._named(dice, who, level, words)

    def _somebody(self, dice: Random, now: datetime) -> Person:
        """At work, and not of the fix team."""
        if dice.random() < 0.13:
            return self.month.people[dice.choice(sorted(self.month.wards.secretive))]
        people = [each for each in self.month.wards.having(Role.CLINICIAN) if self.month.wards.works(each, now)]
        return dice.choice([each for each in people if each.id not in self.month.wards.secretive])

    async def _named(self, dice: Random, who: Person, level: Severity, words: str) -> None:
        mark = {1: "!! ", 2: "! ", 3: "report ", 4: "ask "}[level]
        reply = await self.month.types(who, words if dice.random() < 0.15 else f"{mark}{words}")
        card = reply.card
        if receipt_of(card) is None:
            card = await self._answer_draft(dice, who, level, card)
        await self._begun(dice, who, receipt_of(card))
        same = [each.action for each in buttons(card) if isinstance(each.action, MergeInto)]
        if same and dice.random() < 0.2:
            await self.month.presses(who, same[0])

    async def _answer_draft(self, dice: Random, who: Person, level: Severity, card: Card | None) -> Card | None:
        helped = [each.action for each in buttons(card) if isinstance(each.action, ThatHelped)]
        if helped and dice.random() < 0.5:
            await self.month.presses(who, helped[0])
            return None
        send = next((each for each in sends(card) if each.severity is level), None)
        if send is None or dice.random() < 0.05:  # called away: asked about after five minutes, then forgotten
            return None
        return (await self.month.presses(who, send)).card

    async def _nameless(self, dice: Random, who: Person, level: Severity, words: str) -> None:
        mark = {1: "!! ", 2: "! "}.get(level, "")
        card = (await self.month.types(who, f"anon {mark}{words}", named=False)).card
        if receipt_of(card) is None:
            choices = [each for each in sends(card) if isinstance(each, SendNameless) and each.severity is level]
            card = (await self.month.presses(who, choices[0])).card
        await self._begun(dice, who, receipt_of(card))

    async def _for_somebody(self, dice: Random, who: Person, words: str) -> None:
        now = await self.month.now()
        champions = [each for each in self.month.wards.having(Role.CHAMPION) if self.month.wards.works(each, now)]
        await self.month.types(dice.choice(champions), f"report for @{who.address.id}: {words}")
        await self._begun(dice, who, await self.month.newest(who.id))

    async def _begun(self, dice: Random, who: Person, issue: IssueId | None) -> None:
        if issue is None or issue in self.stories:
            return
        new = await self.month.issue(issue)
        if new.nameless:
            self.month.speaks[new.reporter] = who
        self.stories[issue] = Story(dice, issue)
        if len(self.stories) % FORGOTTEN == 0:
            return
        self._again(self.stories[issue], new, await self.month.now())

    async def _me_too(self, dice: Random, who: Person, issue: Issue) -> None:
        """In the same words, of which the draft offers it; or by the button of an outage's announcement."""
        card = (await self.month.types(who, issue.summary)).card
        same = [b.action for b in buttons(card) if isinstance(b.action, SameAs) and b.action.issue == issue.id]
        if same:
            await self.month.presses(who, same[0])
        else:
            await self.month.does(who, Event.ME_TOO, issue)
        later = await self.month.now() + HOUR * dice.expovariate(1 / 20)
        self.month.plan(later, partial(self._follower, dice, who, issue.id))

    async def _follower(self, dice: Random, who: Person, issue: IssueId) -> None:
        """They say whether it works for them too, if they were asked."""
        said = {Event.CONFIRM, Event.STILL_BROKEN}
        asked = [a for a in self.month.chat.pressable(issue, [who.address]) if getattr(a, "event", None) in said]
        if asked:
            await self.month.presses(who, dice.choice(asked))
            await self._begun(dice, who, await self.month.newest(who.id))

    # -------------------------------------------------------------------------------------------------- visit by visit

    def _again(self, story: Story, issue: Issue, now: datetime) -> None:
        closed = issue.status in CLOSED
        if issue.status not in PAUSES or story.visits > VISITS or (closed and story.over):
            return
        story.over = closed
        usual, share, long = PAUSES[issue.status]
        hours = story.dice.expovariate(1 / usual) * HURRY.get(issue.severity, 1)
        if issue.severity is not Severity.PATIENT_AT_RISK and story.dice.random() < share:
            hours += long
        if issue.status is Status.FIXED and story.dice.random() < 0.05:
            self.month.plan(now + HOUR / 10, partial(self._regrets, story))
        self.month.plan(now + HOUR * hours, partial(self._visit, story))

    async def _visit(self, story: Story) -> None:
        story.visits += 1
        scene = await self._scene(story)
        moves = TABLE.get(scene.issue.status)
        if moves:
            await story.dice.choices([deed for _, deed in moves], [weight for weight, _ in moves])[0](scene)
            if not scene.issue.is_open or scene.issue.status is Status.FIXED:  # it may have come back as another one
                await self._begun(story.dice, await scene.reporter(), await self.month.newest(scene.issue.reporter))
        self._again(story, await self.month.issue(story.id), await self.month.now())

    async def _regrets(self, story: Story) -> None:
        """The fix is taken back in time."""
        scene = await self._scene(story)
        if scene.issue.status is Status.FIXED:
            await deeds.undo(scene)

    async def _scene(self, story: Story) -> Scene:
        return Scene(self.month, story.dice, await self.month.issue(story.id), self.something_open)


def _words(dice: Random) -> str:
    return f"the {dice.choice(THINGS)} {dice.choice(FAULTS)} {dice.choice(WHEN)}"
