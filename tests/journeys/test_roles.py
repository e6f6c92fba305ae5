"""What each role can do, played in a browser from its first word to its last."""

import re
from dataclasses import replace

import pytest
from playwright.async_api import Browser, expect

from bot import pilots
from bot.app import App
from bot.model import Address
from bot.ports import Transaction
from tests.browser import opened
from tests.journeys.side import Side, passes
from tests.local.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SETTING = "A setting was changed"
SPARE = "Use the spare one at the desk"
BY_HAND = "Type the number on the wristband by hand"


async def test_a_nurse_reports_is_asked_answers_and_judges(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        maya, ana, gala = Side(page, "nurse"), Side(page, "champion"), Side(page, "lead")

        await maya.types("the printer at bed 4 is stuck, MRN 4471182")
        await maya.is_told("This looked like patient data and was taken out: a record number.")
        await maya.presses("Edit")
        await maya.fills("Send", {"What went wrong?": "the printer at bed 4 is stuck since noon"}, ["It slows me down"])
        await maya.reads("Ana Fable (champion, on shift) has been told.", on="MAR-1: received")
        assert "4471182" not in await page.content()

        await gala.acts_as("gala-sample")
        await gala.types("the printer at bed 4 is stuck again")
        await gala.is_told("Is it one of these?", "MAR-1: the printer at bed 4 is stuck since noon")
        await gala.presses("Same as MAR-1")
        await gala.reads("are asked too when it is fixed", on="MAR-1:")

        await ana.reads("People affected2", on="MAR-1: nobody has taken it")
        await ana.presses("Take")
        await ana.presses("Ask the reporter…", on="MAR-1: somebody is working on it")
        await ana.fills("Ask the reporter", {"What do you need to know?": "Does the light blink?"})
        await maya.presses("Answer…", on="MAR-1: we need a word from you")
        await maya.fills("Send", {"Your answer": "It is dark"})
        await maya.is_told("MAR-1: thank you, it goes on")
        await ana.reads("Their answer: It is dark", on="MAR-1: the reporter has answered")

        await ana.presses("Workaround…", on="MAR-1: the reporter has answered")
        await ana.fills("Tell the reporter", {"What can they do meanwhile?": SPARE})
        await maya.reads(SPARE, on="MAR-1: what you can do meanwhile")
        await maya.presses("The workaround fails", on="MAR-1: being worked on")
        await maya.is_told("MAR-1: noted, the workaround fails")
        await ana.reads("MAR-1: the workaround fails", on="kept until now")  # so much in one moment: it came later

        await ana.fixes("The queue was emptied", SETTING, on="MAR-1: somebody is working on it")
        await gala.reads("The queue was emptied", on="MAR-1: fixed for you too?")
        await maya.presses("Ask me next shift", on="MAR-1: fixed for you?")
        await maya.is_told("MAR-1: you are asked again")
        await passes(page, "+20 h")
        await passes(page, "+4 h")
        await maya.presses("Still broken", on="MAR-1: still waiting for your word")
        await maya.is_told("MAR-1: noted, it is still broken")
        await ana.fixes("The driver was replaced", SETTING, on="MAR-1: still broken")
        await maya.presses("Yes, fixed", on="MAR-1: fixed for you?")
        await maya.is_told("MAR-1: thank you, closed as fixed")
        await ana.reads("MAR-1: the reporter confirms that it is fixed")


async def test_a_nurse_says_where_she_is_adds_withdraws_and_objects(served: Served, browser: Browser) -> None:
    await served.app.database.run(works_on_both)
    async with opened(browser, served.url) as page:
        maya, ana, lee = Side(page, "nurse"), Side(page, "champion"), Side(page, "lead")

        await maya.types("here")
        await maya.is_told("Where are you tonight?")
        await maya.presses("ICU")
        await maya.is_told("Noted: you are on ICU")
        await maya.types("report two carts share one name")
        await maya.reads("Ben Storybook (champion, on shift) has been told.", on="MAR-1: received")
        await maya.presses("Place, and what I do instead…", on="MAR-1: received")
        await maya.fills(
            "Save", {"Where is it?": "Cart 7", "What do you do instead?": "I look at the sticker"},
            ["It takes too long or gets in the way"],
        )  # fmt: skip
        await maya.is_told("MAR-1: added, thank you")
        ben = await ana.acts_as("ben-storybook")
        await ben.reads("PlaceCart 7", "What they do insteadI look at the sticker", on="MAR-1: nobody has taken it")

        await maya.presses("Withdraw", on="MAR-1: received")
        await maya.reads("MAR-1: withdrawn")
        await ben.reads("MAR-1: withdrawn by the reporter")

        await maya.types("report the list should be in colour")
        await lee.types("#2")
        await lee.presses("More…", on="MAR-2: nobody has taken it")
        await lee.presses("Decline…", on="MAR-2: what can be done now")
        await lee.fills("Decline", {"Why is it declined?": "No budget", "Where does it go instead?": "The May board"})
        await maya.reads("Dr Lee Madeup (implementation lead) has declined it: No budget", on="MAR-2: declined")
        await maya.presses("Object…", on="MAR-2: declined")
        await maya.fills("Open it again", {"What should they know?": "I cannot tell red from black"})
        await maya.is_told("MAR-2: open again", "Dr Lee Madeup has been told.")
        await lee.reads("They write: I cannot tell red from black", on="MAR-2: the reporter objects")


async def test_a_champion_helps_hands_over_and_answers_what_is_asked_again(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        maya, ana, sam = Side(page, "nurse"), Side(page, "champion"), Side(page, "responder")

        await maya.types("report the printer at bed 4 is stuck")
        await ana.presses("Take", on="MAR-1: nobody has taken it")
        await ana.presses("Workaround…", on="MAR-1: somebody is working on it")
        await ana.fills("Tell the reporter", {"What can they do meanwhile?": SPARE, "Until when?": "tomorrow 16:00"})
        asked = "You are asked tomorrow, Sat 16:00 whether this still serves."
        await maya.reads(asked, on="MAR-1: what you can do meanwhile")
        await ana.presses("More…", on="MAR-1: somebody is working on it")
        await ana.presses("Hand over…", on="MAR-1: what can be done now")
        await ana.fills("Hand over", {"Why, or what": "It needs a part"}, ["Sam Pretend (fix team), on duty"])
        await sam.reads("Ana Fable hands it over to you.", "They say: It needs a part", on="MAR-1 is yours now")
        await maya.reads("Sam Pretend (fix team) is working on it.", on="MAR-1: being worked on")

        await maya.types("ask how do I print the list of late doses")
        await ana.presses("Answer…", on="MAR-2: nobody has taken it")
        await ana.fills("Tell the reporter", {"What do you answer?": "Hold the list key for a second"})
        await maya.reads("Ana Fable (champion) answers: Hold the list key for a second", on="MAR-2: fixed for you?")
        await maya.presses("Yes, fixed", on="MAR-2: fixed for you?")
        await ana.reads("MAR-2: the reporter confirms that it is fixed")
        gala = await maya.acts_as("gala-sample")
        await gala.types("ask how can I print the late doses list")
        await gala.is_told("This was asked before, and the answer was: Hold the list key for a second")
        await gala.presses("That helps, do not send")
        await gala.is_told("Good to know, thank you", "Nothing was sent.")

        for step in ("+20 h", "+4 h", "+4 h"):
            await passes(page, step)
        maya = await gala.acts_as("maya-sample")
        await maya.presses("Yes, it serves", on="MAR-1: does the workaround still serve?")
        await maya.is_told("MAR-1: noted, it serves")


async def test_a_champion_works_in_the_thread_and_on_several_at_once(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        maya, ana = Side(page, "nurse"), Side(page, "champion")
        for words in (
            "the printer is stuck",
            "label paper jams again",
            "the cart does not charge",
            "a drawer is loose",
        ):
            await maya.types(f"report {words}")
        await maya.reads("MAR-4: received")

        await ana.opens("4 West")
        await ana.writes_in_thread("has somebody looked at this?", "MAR-1: nobody has taken it")
        await ana.writes_in_thread("take", "MAR-1: nobody has taken it")
        await expect(ana.thread("MAR-1: somebody is working on it")).to_contain_text(
            "Ana Fable (champion) has taken it."
        )
        await ana.writes_in_thread("sev 2", "MAR-1: somebody is working on it")
        await ana.reads("How badI can't do my work", on="MAR-1: somebody is working on it")
        await maya.reads("MAR-1: being worked on")
        await ana.writes_in_thread("dup MAR-1", "MAR-2: nobody has taken it")
        await maya.reads("the printer is stuck", on="MAR-2: worked on as MAR-1")
        await ana.writes_in_thread("fixed: a new roller is in", "MAR-1: somebody is working on it")
        await ana.fills("Tell the reporter", picks=["The way of working was changed"])
        await maya.reads("says it is fixed: a new roller is in", on="MAR-1: fixed for you?")
        await maya.reads("a new roller is in", on="MAR-2: fixed for you?")

        await ana.opens("Messages")
        await ana.types("queue")
        await ana.presses("Several at once…")
        await ana.fills(
            "Do it", {"If they are fixed: what was done?": "Seen to at the huddle"},
            ["MAR-3 the cart does not charge", "MAR-4 a drawer is loose", "They are fixed", SETTING],
        )  # fmt: skip
        await ana.is_told("2 issues changed", "MAR-3: fixed", "MAR-4: fixed")
        await maya.reads("Seen to at the huddle", on="MAR-3: fixed for you?")
        await maya.reads("Seen to at the huddle", on="MAR-4: fixed for you?")


async def test_off_duty_a_champion_hands_over_and_on_duty_she_gets_the_queue(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        maya, ana, sam = Side(page, "nurse"), Side(page, "champion"), Side(page, "responder")
        await maya.types("report the printer is stuck")
        await ana.presses("Take", on="MAR-1: nobody has taken it")
        await ana.reads("MAR-1: somebody is working on it")
        await ana.types("duty off")
        await ana.is_told("You are off duty", "MAR-1: with Sam Pretend now")
        await expect(page.locator("#champion-duty")).to_contain_text("Off duty")
        await sam.reads("Ana Fable hands it over to you.", on="MAR-1 is yours now")
        await maya.reads("Sam Pretend (fix team) is working on it.", on="MAR-1: being worked on")
        await ana.types("duty")
        await ana.presses("Come on duty")
        await ana.is_told("You are on duty until", "MAR-1")
        await expect(page.locator("#champion-duty")).to_contain_text("On duty")


async def test_a_responder_asks_the_vendor_takes_a_fix_back_merges_and_splits(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        maya, ana, sam = Side(page, "nurse"), Side(page, "champion"), Side(page, "responder")
        await maya.types("report the printer is stuck")
        await ana.presses("Escalate", on="MAR-1: nobody has taken it")
        await ana.is_told("MAR-1: now in the queue of the fix team")
        await sam.opens("Channels", "fix-team")
        await sam.presses("Take", on="MAR-1: nobody has taken it")
        await sam.presses("More…", on="MAR-1: somebody is working on it")
        await sam.presses("To the vendor…", on="MAR-1: what can be done now")
        await sam.fills("Save", {"Which vendor?": "Scanwell", "When do they": "tomorrow 16:00"})
        await maya.reads("It is with Scanwell now.", "tomorrow, Sat 16:00", on="MAR-1: the vendor has been asked")
        await sam.reads("With Scanwell (no reference)", on="MAR-1: waiting for the vendor")
        await sam.presses("The vendor replied", on="MAR-1: waiting for the vendor")
        await sam.reads("MAR-1: somebody is working on it")

        await sam.fixes("Their patch is in", "The vendor fixed it", on="MAR-1: somebody is working on it")
        await maya.reads("Their patch is in", on="MAR-1: fixed for you?")
        await sam.presses("Undo")
        await sam.is_told("MAR-1: taken back, somebody is working on it")
        await maya.reads("Sam Pretend has taken the fix back", on="MAR-1: not fixed so far")
        await sam.fixes("Their second patch is in", "The vendor fixed it", on="MAR-1: somebody is working on it")
        await passes(page, "+1 h")
        await sam.presses("Undo")
        await sam.is_told("MAR-1: too late to take it back", "A fix can be taken back for 10 min.")
        await maya.presses("Still broken", on="MAR-1: fixed for you?")
        await maya.is_told("MAR-1: noted, it is still broken")

        gala = await ana.acts_as("gala-sample")
        await gala.types("report no paper moves in it")
        await sam.opens("Messages")
        await sam.types("#2")
        await sam.presses("More…", on="MAR-2: nobody has taken it")
        await sam.presses("Duplicate…", on="MAR-2: what can be done now")
        await sam.fills("Merge", {"Of which one?": "MAR-1"})
        await sam.is_told("MAR-2 follows MAR-1 now")
        await gala.reads("You are asked whether it is fixed for you, too.", on="MAR-2: worked on as MAR-1")
        await sam.types("#2")
        await sam.presses("Not the same", on="MAR-2: follows another issue")
        await sam.is_told("MAR-2: an issue of its own again")
        await gala.reads("It is no longer worked on as MAR-1.", on="MAR-2: worked on by itself again")


async def test_a_lead_sees_what_is_owed_after_ten_days_and_explains_a_miss(lived: Served, browser: Browser) -> None:
    async with opened(browser, f"{lived.url}/?scene=overdue") as page:
        lee = Side(page, "lead")
        await expect(lee.pane.get_by_role("tab", name="Owed")).to_have_attribute("aria-selected", "true")
        await lee.reads("left, nobody has taken it so far: the night shift's list", on="due within 6 hours or late")
        await lee.reads("the drug list takes ten seconds to open", on="without a cause")
        missed = lee.card("without a cause").get_by_role("listitem").filter(has_text="the drug list")
        reference = re.findall(r"MAR-\d+", await missed.inner_text())[0]
        await lee.presses(f"Cause and date… {reference}", on="without a cause")
        await lee.fills("Save", {"Why did it happen?": "An index was lost", "When is a fix": "tomorrow 16:00"})
        await lee.is_told(f"{reference}: the cause is noted", "A fix is expected tomorrow")
        await expect(missed).to_have_count(0)
        await lee.opens("People")
        await lee.reads("4 West", "ICU", on="Coverage")
        await lee.opens("Numbers")
        await lee.reads("Addressed within 24 h", on="Barcode medication scanning: how it stands")
        await lee.reads("Overdue now (none promised)0", on="The last 24 hours")


async def test_a_lead_lowers_declares_gives_roles_and_sees_to_dead_letters(served: Served, browser: Browser) -> None:
    await served.app.database.run(with_a_pager)  # which nobody answers: the demo calls nobody outside
    async with opened(browser, served.url) as page:
        maya, lee, omar = Side(page, "nurse"), Side(page, "lead"), Side(page, "champion")

        await maya.types("!! the list shows the wrong bed")
        await lee.reads("Nobody has been sent to the bedside.", on="MAR-1: nobody has taken it")
        await lee.presses("More…", on="MAR-1: nobody has taken it")
        await lee.presses("How bad is it?", on="MAR-1: what can be done now")
        await lee.fills("Save", picks=["It slows me down"])
        await expect(lee.dialog).to_contain_text("Why? The reporter reads this.")
        await lee.fills("Save", {"Why? The reporter": "It is the list of the store room"}, ["It slows me down"])
        await lee.is_told("MAR-1: noted, «It slows me down»")
        await maya.reads(
            "Why: It is the list of the store room", "When help is due did not change.",
            on="MAR-1: now handled as «It slows me down»",
        )  # fmt: skip

        await lee.presses("More…", on="MAR-1: nobody has taken it")
        await lee.presses("Declare an outage", on="MAR-1: what can be done now")
        await lee.is_told("MAR-1: declared an outage")
        gala = await omar.acts_as("gala-sample")
        await gala.opens("4 West")
        await gala.presses("Me too", on="MAR-1: a known outage of Barcode medication scanning")
        await gala.is_told("MAR-1: noted, it concerns you too")

        for step in ("+20 h", "+4 h"):
            await passes(page, step)
        await lee.opens("Owed")
        await lee.presses("Try again", on="message did not arrive")
        await lee.is_told("It is tried again")  # in vain
        await passes(page, "+4 h")
        await lee.presses("Told in person", on="message did not arrive")
        await lee.is_told("Noted: told in person")
        await lee.reads("Every message has arrived")

        await omar.acts_as("omar-sample")
        await omar.opens("Messages")
        code = await first_code(served.app)
        await omar.types(f"admin {code}")
        await omar.presses("Give or take a role…", on="You are an admin now")
        await omar.fills("Save", {"Whose?": "gala-sample@hospital.example"}, ["champion"])
        await omar.is_told("Gala Sample has the role: champion")


async def test_a_safety_officer_checks_ways_and_is_told_of_harm_at_once(served: Served, browser: Browser) -> None:
    async with opened(browser, f"{served.url}/?scene=safety") as page:
        maya, ana, vera = Side(page, "nurse"), Side(page, "champion"), Side(page, "lead")
        await maya.types("report wristbands do not scan")
        await ana.presses("Workaround…", on="MAR-1: nobody has taken it")
        await ana.fills("Tell the reporter", {"What can they do meanwhile?": BY_HAND})
        await ana.is_told("MAR-1: your workaround is checked first", "Told: ")
        await vera.reads(BY_HAND, on="MAR-1: is this workaround safe?")
        await vera.presses("Check the workaround…", on="MAR-1: is this workaround safe?")
        await vera.fills("Save", picks=["No, it is not to be done"])
        await vera.fills("Save", {"Why?": "Numbers get mixed up"}, ["No, it is not to be done"])
        await vera.is_told("MAR-1: the workaround is refused")
        await ana.reads("They write: Numbers get mixed up", on="MAR-1: the workaround is not to be used")
        await ana.presses("Workaround…", on="MAR-1: somebody is working on it")
        await ana.fills("Tell the reporter", {"What can they do meanwhile?": "Scan the spare wristband at the door"})
        await vera.presses("Check the workaround…", on="MAR-1: is this workaround safe?")
        await vera.fills("Save", picks=["Yes, they can do that"])
        await vera.is_told("MAR-1: the workaround is safe", "It is on its way to the reporter.")
        await maya.reads("Scan the spare wristband at the door", on="MAR-1: what you can do meanwhile")
        await expect(maya.open).not_to_contain_text(BY_HAND)

        await maya.presses("Place, and what I do instead…", on="MAR-1: being worked on")
        await maya.fills("Save", {"What do you do instead?": "I scan a spare label without the patient"})
        await vera.reads("I scan a spare label without the patient", on="MAR-1: what is done instead may be unsafe")

        await maya.types("!! the pump list shows another patient")
        await maya.reads("Nobody has been sent to the bedside. In an emergency call", on="MAR-2: received")
        await vera.reads("Nobody has been sent to the bedside. In an emergency call", on="MAR-2: nobody has taken it")


async def first_code(app: App) -> str:
    """As the server's operator reads it."""
    now = await app.clock.now()
    return await app.database.run(lambda tx: pilots.new_code(tx, now))


def works_on_both(tx: Transaction) -> None:
    """Maya, as the roster may say."""
    maya = tx.people.at(Address("local", "person", "maya-sample"))
    assert maya
    tx.people.save(replace(maya, units=tuple(each.id for each in tx.pilots.units(maya.pilot) if not each.wide)))


def with_a_pager(tx: Transaction) -> None:
    (pilot,) = tx.pilots.all()
    tx.pilots.save(replace(pilot, pager=True))
