"""One person's side of the page, used as they would: what they type, press and fill in, and what they then read."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from playwright.async_api import Locator, Page, expect


class Side:
    """A pane, and whoever sits in it. Everything is found by its role and name, as a screen reader finds it."""

    def __init__(self, page: Page, slot: str) -> None:
        self.page = page
        self.slot = slot
        self.pane = page.locator(f"#{slot}")

    @property
    def open(self) -> Locator:
        """The tab that is open."""
        return self.pane.get_by_role("tabpanel")

    @property
    def dialog(self) -> Locator:
        return self.pane.get_by_role("dialog")

    async def acts_as(self, account: str) -> "Side":
        await self.pane.get_by_label("Act as").select_option(account)
        await expect(self.page).to_have_url(re.compile(rf"\b{self.slot}={account}\b"))  # once their side is there
        return self

    async def opens(self, tab: str, channel: str | None = None) -> None:
        await self.pane.get_by_role("tab", name=re.compile(f"^{tab}")).click()  # behind it stands what is new there
        if channel:
            await self.open.get_by_label("Channel", exact=True).select_option(channel)
            await expect(self.page).to_have_url(re.compile(rf"\b{self.slot}-channel={channel}\b"))

    # ------------------------------------------------------------------------------------------------------- doing

    async def types(self, line: str) -> None:
        box = self.open.get_by_role("textbox", name=re.compile("^Message to Checkback"))
        await box.fill(line)
        await box.press("Enter")
        await expect(box).to_have_value("")

    async def presses(self, label: str, on: str = "") -> None:
        """The newest button of that label, on the newest card of that title where one is named."""
        await self.button(label, on).click()

    def button(self, label: str, on: str = "") -> Locator:
        return (self.card(on) if on else self.open).get_by_role("button", name=label, exact=True).last

    async def fills(self, submit: str, texts: Mapping[str, str] | None = None, picks: Iterable[str] = ()) -> None:
        """The form that has opened: its text fields by their labels, its choices by their own words."""
        for label, words in (texts or {}).items():
            await self.dialog.get_by_role("textbox", name=re.compile(f"^{re.escape(label)}")).fill(words)
        for words in picks:
            choice = self.dialog.get_by_role("radio", name=words)
            await choice.or_(self.dialog.get_by_role("checkbox", name=words)).check()
        await self.dialog.get_by_role("button", name=submit, exact=True).click()

    async def fixes(self, words: str, kind: str, on: str = "") -> None:
        await self.presses("Fixed…", on)
        await self.fills("Tell the reporter", {"What was done?": words}, [kind])
        await self.is_told("your fix is on its way to the reporter")

    async def writes_in_thread(self, words: str, of: str) -> None:
        """In the thread under the channel's card of that title."""
        thread = self.page.locator(f"#{await self.thread(of).get_attribute('id')}")  # its card's title may change
        if await thread.get_attribute("open") is None:
            await thread.locator("summary").click()
        box = thread.get_by_role("textbox", name="Reply in this thread")
        await box.fill(words)
        await box.press("Enter")
        await expect(box).to_have_value("")

    # ----------------------------------------------------------------------------------------------------- reading

    def card(self, title: str) -> Locator:
        return self.open.get_by_role("article", name=title).last

    def thread(self, of: str) -> Locator:
        message = self.open.locator("ol[data-channel] > li").filter(has=self.page.get_by_role("article", name=of))
        return message.last.locator("details")

    async def reads(self, *words: str, on: str = "") -> None:
        """In the tab that is open, or on the newest card of that title."""
        where = self.card(on) if on else self.open
        for each in words:
            await expect(where).to_contain_text(each)

    async def is_told(self, *words: str) -> None:
        """What only they see, where they acted."""
        for each in words:
            await expect(self.open.locator(".answer:not(:empty)")).to_contain_text(each)

    async def has_no(self, label: str, on: str) -> None:
        await expect(self.card(on)).to_be_visible()
        await expect(self.card(on).get_by_role("button", name=label, exact=True)).to_have_count(0)


async def passes(page: Page, step: str, now: str = "") -> None:
    """Press one of the clock's buttons and wait until all that was due is done; `now` is what the clock then says."""
    clock, button = page.locator("#now"), page.get_by_role("button", name=step, exact=True)
    before = await clock.get_attribute("datetime")
    assert before
    async with page.expect_response(re.compile("/clock$"), timeout=60_000):
        await button.click()
    await expect(page.locator("form", has=button)).not_to_have_attribute("aria-busy", "true")
    hours = re.fullmatch(r"\+(\d+) h", step)
    if hours:
        after = datetime.fromisoformat(before) + timedelta(hours=int(hours[1]))
        await expect(clock).to_have_attribute("datetime", after.isoformat())
    else:
        await expect(clock).not_to_have_attribute("datetime", before)
    await expect(clock).to_contain_text(now)
