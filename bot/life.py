"""Ten days in the made-up hospital's life, played by its people through the front desk, in simulated time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot import actions, hospital
from bot.actions import Action, Do, DoAs, SendNameless
from bot.cards import Button, Card, Reply
from bot.desk import Desk
from bot.errors import Gone
from bot.model import Address, Event, Issue, Severity
from bot.ports import Database, Seal, Transaction
from bot.simulation import SimulatedClock, Simulation

MAYA, ANA, BEN, SAM, ROSA = "maya-sample", "ana-fable", "ben-storybook", "sam-pretend", "rosa-specimen"
LEE, VERA = "dr-lee-madeup", "vera-fable"


@dataclass(frozen=True, slots=True)
class Turn:
    """What somebody does so many hours after the report: an event of its issue, with a form's values if it has one."""

    after: float
    who: str
    event: Event
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tale:
    """One report, and what comes of it. `day` and `hour` are local, counted from the first of the ten days."""

    day: int
    hour: float
    who: str
    line: str
    turns: Sequence[Turn] = ()
    me_too: Sequence[str] = ()


def _fix(after: float, who: str, words: str, kind: str = "configuration", **more: str) -> Turn:
    return Turn(after, who, Event.FIX, {"words": words, "kind": kind, **more})


def _take(after: float, who: str) -> Turn:
    return Turn(after, who, Event.TAKE)


def _yes(after: float, who: str) -> Turn:
    return Turn(after, who, Event.CONFIRM)


TALES = (
    Tale(0, 9.2, MAYA, "report the scanner at the med cart beeps twice for every label", (
        _take(0.2, ANA), _fix(1.5, ANA, "Hold it two hands away; the beep is set to once now"), _yes(2, MAYA))),
    Tale(0, 11, "ada-fable", "report scan history is empty after a shift change", (
        _take(0.5, BEN), Turn(1, BEN, Event.ASK, {"words": "Does it come back when you choose the unit again?"}),
        Turn(3, "ada-fable", Event.REPLY, {"words": "Yes, every time"}),
        _fix(20, ROSA, "The unit is kept now when the shift changes", "code"), _yes(21, "ada-fable"))),
    Tale(1, 8, MAYA, "! no label printer on 4 West answers", (
        _take(0.1, SAM), Turn(0.8, SAM, Event.WORK_AROUND, {"words": "Print in the ICU; Rosa brings it"}),
        _fix(5, SAM, "The print server had lost its queue; it restarts by itself now", tags="technology"),
        _yes(6, MAYA)), me_too=("ada-fable",)),
    Tale(1, 15, "ada-fable", "ask how do I scan half a tablet", (
        Turn(1, BEN, Event.FIX, {"words": "Scan the whole package, then enter the half dose", "kind": "answer"}),
        _yes(2, "ada-fable"))),
    Tale(2, 7.5, MAYA, "report the armband of an isolation patient does not scan through the bag", (
        _take(0.5, ANA),
        Turn(1, ANA, Event.WORK_AROUND, {"words": "Scan the spare armband at the door; never skip the scan"}),
        Turn(3, VERA, Event.CHECK, {"ok": "yes", "words": "The spare is printed at the bedside"}),
        _fix(60, ROSA, "Clear bags are in the supply room now", "process", tags="process,people"), _yes(62, MAYA))),
    Tale(3, 10, "ada-fable", "report insulin asks for a second signature twice", (
        _take(1, BEN), Turn(2, ROSA, Event.SEND_TO_VENDOR, {"vendor": "Scanwell", "reference": "SW-1180"}),
        Turn(40, ROSA, Event.VENDOR_REPLIED), _fix(44, ROSA, "The vendor's patch is in", "vendor"),
        Turn(50, LEE, Event.EXPLAIN, {"cause": "The vendor asked for logs we did not have"}), _yes(52, "ada-fable"))),
    Tale(4, 13, MAYA, "report it would help if the cart light showed the battery", (
        Turn(2, LEE, Event.DECLINE, {
            "words": "The carts are rented; the lights cannot be changed", "instead": "The charging list by the door"}),
    )),
    Tale(5, 9, "ada-fable", "report the login takes four minutes at seven in the morning", (
        _take(2.5, BEN), _fix(9, SAM, "A second login server runs from six", tags="technology"),
        Turn(22, "ada-fable", Event.STILL_BROKEN), _fix(23, SAM, "The first one was still asked; not any more"),
        _yes(30, "ada-fable"))),
    Tale(6, 16, MAYA, "anon we are told to scan after giving the drug when it is busy", (
        _take(1, SAM), Turn(6, LEE, Event.RELAY, {"words": "Thank you. Nobody may ask that; I have told the unit."}),
        _fix(20, LEE, "Said at both huddles: scan first, and call when it is too busy", "process", tags="people"))),
    Tale(7, 8.5, "ada-fable", "ask could the list show who has a penicillin allergy", (
        Turn(1, BEN, Event.MARK_IDEA),)),
    Tale(8, 7, MAYA, "! the scanner of cart 7 does not turn on", (
        _take(0.2, ANA), _fix(0.7, ANA, "A fresh battery; the charger is replaced", "process"), _yes(1.2, MAYA))),
    Tale(8, 14, "ada-fable", "report the dose unit shows as mcg where the order says mg", (
        Turn(0.3, "ada-fable", Event.CHANGE_SEVERITY, {"severity": "1"}), _take(0.4, SAM),
        Turn(0.8, SAM, Event.WORK_AROUND, {"words": "Two nurses read the dose aloud before it is given"}),
        Turn(1, VERA, Event.CHECK, {"ok": "yes", "words": "Until the drug file is right"}),
        _fix(5, SAM, "The drug file was wrong for three drugs; all are right", tags="technology"))),
    Tale(9, 9, MAYA, "report the drug list takes ten seconds to open", (_take(3, ANA),)),
    Tale(9, 12, "ada-fable", "report the armband printer smears when it is humid", (
        _take(1, BEN), Turn(1.5, BEN, Event.WORK_AROUND, {"words": "Let the band dry for ten seconds"}))),
    Tale(9, 17.5, MAYA, "report the night shift's list shows patients who went home"),
    Tale(10, 10, "ada-fable", "report two carts share one name on the screen", (
        _take(0.5, BEN), _fix(2, BEN, "Renamed to ICU 3 and ICU 4"))),
)  # fmt: skip


class Life:
    """Plays the tales in the order of their instants, the clock moving from one to the next."""

    def __init__(
        self, database: Database, desk: Desk, clock: SimulatedClock, simulation: Simulation, seal: Seal
    ) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._simulation = simulation
        self._seal = seal
        self.begins = hospital.local_midnight(hospital.BEGINS - hospital.LIVED)
        self._numbers: dict[str, int] = {}  # of each tale, by its line

    async def play(self) -> None:
        """From ten days before the demo begins until it does. Nobody else may move the clock meanwhile."""
        midnight = self.begins
        await self._clock.set(midnight)
        plan = [(midnight + timedelta(days=t.day, hours=t.hour), n, t, None) for n, t in enumerate(TALES)]
        turns = [
            (midnight + timedelta(days=t.day, hours=t.hour + turn.after), n, t, turn)
            for n, t in enumerate(TALES)
            for turn in t.turns
        ]
        for at, _, tale, turn in sorted([*plan, *turns], key=lambda each: each[:2]):
            if at < hospital.BEGINS:
                await self._simulation.pass_to(at)
                await (self._report(tale) if turn is None else self._act(tale, turn))
        await self._simulation.pass_to(hospital.BEGINS)

    async def _report(self, tale: Tale) -> None:
        reply = await self._desk.line(_place(tale.who), tale.line, key=f"life {tale.day} {tale.hour}")
        send = next((b.action for b in _buttons(reply.card) if _sends(b.action)), None)
        if send:
            await self._press(tale.who, send, f"life {tale.day} {tale.hour} send")
        self._numbers[tale.line] = await self._database.read(_newest)
        await self._simulation.settle()
        for other in tale.me_too:
            await self._press(other, await self._do(tale, Turn(0, other, Event.ME_TOO)), f"life {tale.hour} {other}")

    async def _act(self, tale: Tale, turn: Turn) -> None:
        action = await self._do(tale, turn)
        key = f"life {self._numbers[tale.line]} {turn.after} {turn.event}"
        if turn.values:
            token = actions.encode(action, self._seal, await self._clock.now())
            reply = await self._desk.submit(_place(turn.who), token, turn.values, key=key)
        else:
            reply = await self._press(turn.who, action, key)
        if reply.form is not None:
            raise Gone(f"{turn.event} of {tale.line!r} needs more: {dict(reply.form.errors)}")
        await self._simulation.settle()

    async def _do(self, tale: Tale, turn: Turn) -> Action:
        number = self._numbers[tale.line]

        def look(tx: Transaction) -> Issue:
            (pilot,) = tx.pilots.all()
            issue = tx.issues.find(pilot.id, number)
            if issue is None:
                raise Gone(f"no issue {number}")
            return issue

        issue = await self._database.read(look)
        if issue.nameless and turn.who == tale.who:
            return DoAs(turn.event, issue.id, issue.reporter)
        return Do(turn.event, issue.id, issue.version)

    async def _press(self, who: str, action: Action, key: str) -> Reply:
        token = actions.encode(action, self._seal, await self._clock.now())
        return await self._desk.press(_place(who), token, key=key)


def _buttons(card: Card | None) -> list[Button]:
    return [button for part in card.parts if part.part == "buttons" for button in part.buttons] if card else []


def _sends(action: Action) -> bool:
    return isinstance(action, SendNameless) and action.severity is Severity.SLOWS_WORK


def _newest(tx: Transaction) -> int:
    (pilot,) = tx.pilots.all()
    return max(issue.number for issue in tx.issues.reported_in(pilot.id))


def _place(who: str) -> Address:
    return Address(hospital.PLATFORM, "person", who)
