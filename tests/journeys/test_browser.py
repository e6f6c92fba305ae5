"""The whole loop, played in a browser: what each person types and presses, and what they then read."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser import opened
from tests.journeys.side import passes
from tests.local.conftest import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCANNER = "scanner won't read wristbands"


async def types(page: Page, slot: str, line: str) -> None:
    await page.fill(f"#{slot}-text", line)
    await page.press(f"#{slot}-text", "Enter")


async def presses(page: Page, slot: str, label: str) -> None:
    """The newest button of that label among somebody's messages."""
    await page.locator(f"#{slot}-messages").get_by_role("button", name=label, exact=True).last.click()


async def fixes(page: Page, slot: str, words: str, kind: str) -> None:
    await presses(page, slot, "Fixed…")
    form = page.locator(f"#{slot}-form")
    await form.get_by_label("What was done?").fill(words)
    await form.get_by_text(kind).click()
    await form.get_by_role("button", name="Tell the reporter").click()
    await expect(page.locator(f"#{slot}-messages")).to_contain_text("your fix is on its way")


async def test_report_take_escalate_fix_still_broken_miss_fix_confirm(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        nurse, champion = page.locator("#nurse-messages"), page.locator("#champion-messages")
        lead, log = page.locator("#lead-messages"), page.locator("#log-lines")

        await types(page, "nurse", f"report {SCANNER}")
        await expect(nurse).to_contain_text("MAR-1: received")
        await expect(nurse).to_contain_text("Ana Fable (champion, on shift) has been told.")
        await expect(champion).to_contain_text("MAR-1: nobody has taken it so far")

        await presses(page, "champion", "Take")
        await expect(nurse).to_contain_text("Ana Fable (champion) is working on it.")
        await expect(champion).to_contain_text("MAR-1: somebody is working on it")

        await passes(page, "+20 h", "Saturday 2 May 2026, 10:00")
        await expect(champion).to_contain_text("MAR-1: 18 h, and nothing has helped so far")
        await expect(log).to_contain_text("nothing has helped: owner told")
        escalated = log.locator("li", has_text="nothing has helped: owner told").locator("time")
        await expect(escalated).to_have_attribute("datetime", "2026-05-02T12:00:00+00:00")

        await types(page, "responder", "queue")
        await presses(page, "responder", "Show MAR-1")
        await expect(page.locator("#responder-messages")).to_contain_text("MAR-1: somebody is working on it")
        await fixes(page, "responder", "Put a new battery into the scanner", "The way of working was changed")
        await expect(nurse).to_contain_text(
            "Sam Pretend (fix team) says it is fixed: Put a new battery into the scanner"
        )

        await passes(page, "+1 h", "11:00")
        await presses(page, "nurse", "Still broken")
        await expect(nurse).to_contain_text("The time counts from the first report: help is due today, Sat 14:00.")
        await expect(champion).to_contain_text("MAR-1: still broken")
        await expect(page.locator("#responder-messages")).to_contain_text("MAR-1: still broken")

        await passes(page, "+4 h", "15:00")
        missed = log.locator("li", has_text="missed: nothing has helped in time").locator("time")
        await expect(missed).to_have_attribute("datetime", "2026-05-02T18:00:00+00:00")
        await expect(nurse).to_contain_text("We said 24 h and did not keep it.")
        await expect(lead).to_contain_text("MAR-1: missed. Nothing that helps in 24 h")

        await fixes(page, "champion", "Turned the wristband codes on again", "A setting was changed")
        await presses(page, "nurse", "Yes, fixed")
        await expect(nurse).to_contain_text("MAR-1: fixed, you confirmed it")
        await expect(champion).to_contain_text("MAR-1: the reporter confirms that it is fixed")

        await page.click("#lead-tab-numbers")
        figures = page.locator("#lead-numbers-cards")
        for label, shown in {
            "Addressed within 24 h": "0 of 1",
            "Verified within 24 h": "0 of 1",
            "Half were helped within": "25 h (n=1)",
            "Half, leaving out waits": "24 h (n=1)",
        }.items():
            await expect(figures.locator("dt", has_text=label).locator("+ dd")).to_have_text(shown)


async def test_the_units_thread_tells_the_same_story(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        await types(page, "nurse", f"report {SCANNER}")
        await page.click("#champion-tab-channel")
        channel = page.locator("#champion-channel")
        await expect(channel).to_contain_text("MAR-1: nobody has taken it so far")
        await channel.locator("details summary").first.click()
        await channel.locator("textarea").first.fill("take")
        await channel.locator("textarea").first.press("Enter")
        await expect(channel).to_contain_text("Ana Fable (champion) has taken it.")
        await expect(channel).to_contain_text("MAR-1: somebody is working on it")
        await expect(page.locator("#nurse-messages")).to_contain_text("Ana Fable (champion) is working on it.")


async def test_start_over_empties_the_demo_and_its_clock(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        await types(page, "nurse", f"report {SCANNER}")
        await expect(page.locator("#nurse-messages")).to_contain_text("MAR-1: received")
        await passes(page, "Next event", "16:00")
        await page.click("#over")
        await page.locator("#over-dialog").get_by_role("button", name="Start over").click()
        await expect(page.locator("#now")).to_contain_text("Friday 1 May 2026, 14:00")
        await expect(page.locator("#nurse-messages")).not_to_contain_text("MAR-1")
