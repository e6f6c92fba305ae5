"""What people of the month do beside their reports: come and go, look, take several, press what is not theirs."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from random import Random

from bot.actions import Several
from bot.model import Event, Issue, Person, Role
from tests.journeys import wards
from tests.journeys.month import BEGINS, Month

Other = Callable[[Random], Awaitable[Issue | None]]


class Beside:
    """One turn of each kind, at about the same hours each day."""

    def __init__(self, month: Month, something_open: Other) -> None:
        self.month = month
        self._something_open = something_open

    def plan(self, dice: Random) -> None:
        daily = (
            (6.6, self._look), (8, self._several), (9, self._go), (10.5, self._leave), (11, self._overstep),
            (13, self._several), (15, self._come), (17, self._look),
        )  # fmt: skip
        for day in range(wards.DAYS):
            for hour, do in daily:
                at = BEGINS + timedelta(days=day, hours=hour + 2 * dice.random())
                self.month.plan(at, partial(do, Random(f"{self.month.number}:{day}:{hour}")))  # noqa: S311

    async def _there(self, dice: Random, *roles: Role) -> Person | None:
        now = await self.month.now()
        on = [each for each in await self.month.having(*roles) if each.on_duty and not each.away(now)]
        return dice.choice(on) if on else None

    async def _several(self, dice: Random) -> None:
        """Somebody of the fix team takes or fixes several at once."""
        who = await self._there(dice, Role.RESPONDER)
        reply = await self.month.presses(who, Several()) if who else None
        if who is None or reply is None or reply.form is None:
            return
        listed = next(each for each in reply.form.fields if each.name == "issues")
        assert listed.field == "many"
        chosen = [each.value for each in listed.options][: dice.randrange(2, 4)]
        what = dice.choice([Event.TAKE, Event.FIX])
        given = {"issues": ",".join(chosen), "what": what, "words": "The server was replaced", "kind": "configuration"}
        await self.month.fills(who, reply, given | {"cause": "a full disk"})

    async def _leave(self, dice: Random) -> None:
        """Off duty before the shift is over."""
        who = await self._there(dice, Role.CHAMPION, Role.RESPONDER)
        if who is not None:
            await self._says(who, "duty off", on=False)

    async def _come(self, dice: Random) -> None:
        """On duty though the rota has them at home; a lead when they feel like it."""
        now = await self.month.now()
        staff = self.month.wards.having(Role.RESPONDER)
        home = [each for each in staff if not self.month.wards.works(each, now)]
        who = dice.choice([*home, *self.month.wards.having(Role.LEAD)])
        await self._says(who, dice.choice(["duty on", "duty on until 19:00"]), on=True)

    async def _go(self, dice: Random) -> None:
        """Away for some days; a lead or a safety officer says who stands in. Some are back early."""
        if dice.random() < 0.5:
            return
        roles = dice.choice([(Role.CHAMPION,), (Role.RESPONDER,), (Role.LEAD, Role.SAFETY)])
        who = dice.choice([each for role in roles for each in self.month.wards.having(role)])
        until = await self.month.now() + timedelta(days=dice.randrange(1, 4))
        await self._says(who, f"away until {until:%Y-%m-%d}", on=False)
        if dice.random() < 0.3:
            back = await self.month.now() + timedelta(hours=dice.randrange(8, 20))
            self.month.plan(back, partial(self._says, who, "back", on=False))

    async def _says(self, who: Person, line: str, *, on: bool) -> None:
        self.month.duties[who.id].append((await self.month.now(), on))
        reply = await self.month.types(who, line)
        if reply.form is not None:
            deputy = next(each for each in reply.form.fields if each.name == "deputy")
            assert deputy.field == "choice"
            await self.month.fills(who, reply, {"deputy": deputy.options[0].value})

    async def _look(self, dice: Random) -> None:
        """What everybody looks at; and how it all stands."""
        for role, lines in (
            (Role.CHAMPION, ("queue", "duty", "help", "here")),
            (Role.LEAD, ("pilot", "queue", "duty", "away")),
            (Role.CLINICIAN, ("mine", "known", "help", "#7", "MAR-12")),
        ):
            who = dice.choice(self.month.wards.having(role))
            if who.id not in self.month.wards.secretive:
                await self.month.types(who, dice.choice(lines))
            await self.month.world.desk.home(who.address)
        await self.month.look_over()

    async def _overstep(self, dice: Random) -> None:
        """Somebody presses what is not theirs to press."""
        issue = await self._something_open(dice)
        who = dice.choice([each for each in self.month.wards.people if each.id not in self.month.wards.secretive])
        if issue is not None:
            await self.month.does(who, dice.choice([Event.CONFIRM, Event.DECLINE, Event.TAKE]), issue)
