"""The workspace as people meet it, in a real browser."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, Page, Route, expect

from adapters.local.views import SCENES
from bot.model import Address
from tests.browser import axe, opened
from tests.builders import card
from tests.local.conftest import Served
from tests.local.test_render import HOSTILE

pytestmark = pytest.mark.browser
MAYA = Address("local", "person", "maya-sample")
WIDER = "(panels) => panels.some((each) => each.scrollWidth > each.clientWidth)"
SCANNER = "Scanner in room 12 does not read the wristbands"


async def report(page: Page, words: str = SCANNER) -> None:
    """One line, one tap."""
    await page.fill("#nurse-text", words)
    await page.press("#nurse-text", "Enter")
    await page.locator("#nurse-messages-answer .button").nth(2).click()
    await expect(page.locator("#nurse-m-list .card").first).to_contain_text("MAR-1")


async def test_the_first_screen_says_who_one_is_and_what_to_do(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        await expect(page.locator(".top")).to_contain_text("You are Maya Sample, nurse on 4 West: type what is wrong.")
        await expect(page.locator("#nurse")).to_contain_text("You are Maya Sample, a nurse on 4 West.")
        await expect(page.locator(".clock")).to_contain_text("Simulated time: nothing here is real.")


async def test_a_line_reaches_the_champion_and_the_channel_without_loading_anything_anew(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url) as page:
        await report(page)
        await expect(page.locator("#nurse-m-list > .own")).to_contain_text(SCANNER)
        await expect(page.locator("#champion-m-list")).to_contain_text(SCANNER)
        await expect(page.locator("#champion-tab-channel")).to_have_attribute("data-news", "1")
        await expect(page.locator("#announcer")).to_contain_text("Ana Fable, from Checkback: MAR-1")
        await expect(page.locator("#log-lines")).to_contain_text("MAR-1")


async def test_a_form_says_what_is_wrong_keeps_what_was_typed_and_gives_the_focus_back(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url) as page:
        await page.focus("#nurse-report")
        await page.keyboard.press("Enter")
        box = page.locator("#nurse-form textarea")
        await expect(box).to_be_focused()
        await page.keyboard.press("Tab")
        await page.click("#nurse-form .primary")
        await expect(box).to_have_attribute("aria-invalid", "true")
        await expect(box).to_be_focused()
        await box.fill("half a sen")
        await page.keyboard.press("Escape")
        await expect(page.locator("#nurse-report")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(box).to_have_value("half a sen")


async def test_while_time_runs_the_clocks_buttons_wait_and_give_the_focus_back(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url) as page:
        go_on = asyncio.Event()

        async def held(route: Route) -> None:
            await go_on.wait()
            await route.continue_()

        await page.route("**/clock", held)
        hour, four = (page.get_by_role("button", name=step, exact=True) for step in ("+1 h", "+4 h"))
        await hour.press("Enter")
        await expect(page.locator(".clock > form")).to_have_attribute("aria-busy", "true")
        await expect(hour).to_be_disabled()
        await expect(four).to_be_disabled()
        go_on.set()
        await expect(page.locator("#now")).to_contain_text("Friday 1 May 2026, 15:00")
        await expect(four).to_be_enabled()
        await expect(hour).to_be_focused()
        await four.click()
        await expect(page.locator("#now")).to_contain_text("19:00")


async def test_tabs_answer_to_the_arrow_keys(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        await page.focus("#nurse-tab-messages")
        pressed = {"ArrowRight": "home", "End": "channel", "Home": "messages", "ArrowLeft": "channel"}
        for key, tab in pressed.items():
            await page.keyboard.press(key)
            await expect(page.locator(f"#nurse-tab-{tab}")).to_be_focused()
            await expect(page.locator(f"#nurse-tab-{tab}")).to_have_attribute("aria-selected", "true")
            await expect(page.locator(f"#nurse-{tab}")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (360, "dark")])
async def test_a_link_to_a_scene_opens_one_tab_of_one_side_and_axe_finds_nothing_wrong_there(
    served: Served, browser: Browser, width: int, scheme: str
) -> None:
    async with opened(browser, served.url, width=width, height=800, scheme=scheme) as page:  # type: ignore[arg-type]
        await report(page)
        for name, scene in SCENES.items():
            await page.goto(f"{served.url}/?scene={name}")
            await expect(page.locator(f"#{scene.show}-{scene.tab}")).to_be_visible()
            await expect(page.locator(f"#{scene.show}-tab-{scene.tab}")).to_have_attribute("aria-selected", "true")
            assert await axe(page) == [], name
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert not await page.locator(".panel").evaluate_all(WIDER), name


async def test_a_lead_has_a_tab_for_each_page_of_home_and_they_follow_what_happens(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url) as page:
        tabs = await page.locator("#lead .tab").all_inner_texts()
        assert tabs == ["Messages", "Owed", "Home", "People", "Numbers", "Channels"]
        await report(page)
        await page.click(".clock .button:text('+20 h')")
        await page.click("#lead-tab-owed")
        await expect(page.locator("#lead-owed")).to_contain_text("1 due within 6 hours or late")
        await page.click("#lead-owed .button:text('Show MAR-1')")
        await expect(page.locator("#lead-owed-answer")).to_contain_text("Only you see this")


async def test_a_report_without_a_name_is_answered_live_and_its_words_stand_nowhere_under_a_name(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url) as page:
        await page.click("#nurse-report")
        await page.fill("#nurse-form textarea", SCANNER)
        await page.click("#nurse-form label:has-text('Without my name')")
        await page.click("#nurse-form .primary")
        await expect(page.locator("#nurse-messages-answer")).to_contain_text("you are not")
        await page.click("#nurse-messages-answer .primary")
        await expect(page.locator("#nurse-m-list > .message")).to_contain_text(["Sent without your name."])
        await page.locator("#champion-m-list").get_by_role("button", name="Take", exact=True).click()
        await expect(page.locator("#nurse-m-list > .message").first).to_contain_text("is working on it")
        await expect(page.locator("#nurse-m-list > .own")).to_have_count(0)
        for slot in ("champion", "responder", "lead"):
            assert "Maya" not in await page.locator(f"#{slot}-m-list").inner_text()


async def test_a_form_with_many_fields_scrolls_on_a_phone_and_begins_at_its_first_field(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url, width=360, height=640) as page:
        await report(page)
        await page.goto(f"{served.url}/?scene=queue")
        await page.locator("#champion-home").get_by_role("button", name="Several at once…").click()
        form = page.locator("#champion-form")
        await expect(form.locator("input[type=checkbox]").first).to_be_focused()
        assert await axe(page) == []
        await form.locator("form > .buttons > .primary").click()
        await expect(form.locator("fieldset[aria-invalid]").first).to_contain_text("Please choose")
        assert await form.evaluate("(dialog) => dialog.scrollHeight > dialog.clientHeight")
        assert await form.evaluate("(dialog) => dialog.scrollWidth <= dialog.clientWidth")


async def test_a_page_that_was_cut_off_comes_back_with_what_it_missed_and_what_was_being_typed(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url) as page:
        await report(page)
        await page.click("#champion-tab-channel")
        await page.click("#champion-channel summary")
        await page.fill("#champion-channel .thread textarea", "half a thread")
        await page.fill("#nurse-text", "half a line")
        served.app.hub.close()
        await served.app.feed.post(MAYA, card("While you were away"), "k", await served.app.clock.now())
        served.app.hub.tell("moved")
        await expect(page.locator("#nurse-m-list")).to_contain_text("While you were away")
        await expect(page.locator("#connection")).to_be_empty()
        await expect(page.locator("#nurse-text")).to_have_value("half a line")
        await expect(page.locator("#champion-channel .thread textarea")).to_have_value("half a thread")


async def test_what_could_not_be_sent_is_still_there_and_is_the_same_gesture_when_sent_again(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url, quiet=False) as page:
        bodies: list[str] = []
        page.on("request", lambda request: bodies.append(request.post_data or "") if request.method == "POST" else None)
        await page.route("**/line", lambda route: route.abort())
        await page.fill("#nurse-text", "help")
        await page.press("#nurse-text", "Enter")
        await expect(page.locator("#nurse-messages-answer")).to_contain_text("cannot be reached")
        await expect(page.locator("#nurse-text")).to_have_value("help")
        await page.unroute("**/line")
        await page.press("#nurse-text", "Enter")
        await expect(page.locator("#nurse-messages-answer")).to_contain_text("Only you see this")
        await expect(page.locator("#nurse-text")).to_have_value("")
        first, again = (re.search(r'name="key"\s+(\S+)', body) for body in bodies)
        assert first
        assert again
        assert first[1] == again[1]


async def test_an_edit_neither_announces_nor_takes_the_focus(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        await report(page)
        await page.evaluate("document.getElementById('announcer').replaceChildren()")
        await page.click("#champion-tab-channel")
        summary = page.locator("#champion-channel summary")
        await summary.focus()
        await page.locator("#champion-m-list .primary").evaluate("(take) => take.form.requestSubmit(take)")
        await expect(page.locator("#champion-channel .card").first).to_contain_text("somebody is working on it")
        await expect(summary).to_be_focused()


async def test_words_that_look_like_markup_stay_words(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        for n, hostile in enumerate(HOSTILE):
            now = await served.app.clock.now()
            message = await served.app.feed.post(MAYA, card("A card", words=hostile), f"k{n}", now)
            served.app.hub.tell("posted", message)
            await expect(page.locator(f"#nurse-m-{message.id} .text")).to_have_text(hostile, use_inner_text=False)
        assert await page.locator("#nurse-m-list :is(script, img, h1, b, i)").count() == 0
        assert not await page.locator(".panel").evaluate_all(WIDER)


async def test_acting_as_somebody_else_shows_their_side_and_is_remembered_by_the_address(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url) as page:
        await page.select_option("#nurse-as", "vera-fable")
        await expect(page.locator("#nurse-name")).to_have_text("Vera Fable")
        await page.fill("#nurse-text", "help")
        await page.press("#nurse-text", "Enter")
        await expect(page.locator("#nurse-m-list .own .author")).to_have_text("Vera Fable")
        await page.reload()
        await expect(page.locator("#nurse-name")).to_have_text("Vera Fable")


async def test_starting_over_asks_first(served: Served, browser: Browser) -> None:
    async with opened(browser, served.url) as page:
        await report(page)
        await page.click("#over")
        await page.click("#over-dialog .plain")
        await expect(page.locator("#over")).to_be_focused()
        await page.click("#over")
        await page.click("#over-dialog .danger")
        await expect(page.locator("#nurse")).to_contain_text("You are Maya Sample, a nurse on 4 West.")
        await expect(page.locator("#nurse-m-list .message")).to_have_count(0)


async def test_without_scripts_everything_can_be_read(served: Served, browser: Browser) -> None:
    await served.app.feed.post(MAYA, card("Read me"), "k", await served.app.clock.now())
    async with opened(browser, served.url, scripts=False) as page:
        await expect(page.locator("#nurse-m-list")).to_contain_text("Read me")
        await expect(page.locator("#nurse-home")).to_be_visible()
        await page.select_option("#nurse-as", "vera-fable")
        await page.click("#nurse .without-script")
        await expect(page.locator("#nurse-name")).to_have_text("Vera Fable")


async def test_a_phone_shows_one_person_at_a_time_and_is_never_wider_than_itself(
    served: Served, browser: Browser
) -> None:
    async with opened(browser, served.url, width=360, height=800) as page:
        await report(page, "W" * 200)
        await expect(page.locator("#champion")).to_be_hidden()
        await page.click("#champion-link")
        await expect(page.locator("#champion")).to_be_visible()
        await expect(page.locator("#nurse")).to_be_hidden()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("width", "height"), [(1400, 900), (360, 800)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_wrong_in_any_scene(
    served: Served, browser: Browser, width: int, height: int, scheme: str
) -> None:
    async with opened(browser, served.url, width=width, height=height, scheme=scheme) as page:  # type: ignore[arg-type]
        found = {"first": await axe(page)}
        await page.fill("#nurse-text", SCANNER)
        await page.press("#nurse-text", "Enter")
        await expect(page.locator("#nurse-messages-answer .button").first).to_be_visible()
        found["draft"] = await axe(page)
        await page.locator("#nurse-messages-answer .button").nth(2).click()
        await expect(page.locator("#nurse-m-list .card").first).to_be_visible()
        await page.click("#nurse-report")
        await page.click("#nurse-form .primary")
        await expect(page.locator("#nurse-form [aria-invalid]").first).to_be_visible()
        found["form with an error"] = await axe(page)
        await page.keyboard.press("Escape")
        if width < 700:
            await page.click("#champion-link")
        await page.click("#champion-tab-channel")
        await page.click("#champion-channel summary")
        found["channel and thread"] = await axe(page)
        await page.click("#over")
        found["start over"] = await axe(page)
        await page.keyboard.press("Escape")
        await page.click(".clock .button:text('+20 h')")
        await expect(page.locator("#now")).to_contain_text("Saturday 2 May 2026, 10:00 EDT")
        await page.click(".clock .button:text('+4 h')")
        await expect(page.locator("#log-lines")).to_contain_text("missed")
        await page.click("#log summary")
        if width < 700:
            await page.click("#lead-link")
        await page.click("#lead-tab-home")
        found["a miss, Home and the log"] = await axe(page)
        await page.click("#log summary")
        if width < 700:
            await page.click("#champion-link")
        await page.click("#champion-tab-messages")
        await page.locator("#champion-messages").get_by_role("button", name="Take", exact=True).last.click()
        await expect(page.locator("#champion-messages")).to_contain_text("somebody is working on it")
        found["taken"] = await axe(page)
        await page.locator("#champion-messages").get_by_role("button", name="Fixed…", exact=True).first.click()
        await page.fill("#champion-form textarea", "Put a new battery in")
        found["fix form"] = await axe(page)
        await page.locator("#champion-form label", has_text="A setting was changed").click()
        await page.click("#champion-form .primary")
        await expect(page.locator("#champion-form .primary")).to_have_count(0)  # until then it is dimmed
        if width < 700:
            await page.click("#nurse-link")
        await expect(page.locator("#nurse-messages")).to_contain_text("Only you can say whether it is.")
        found["fixed for you"] = await axe(page)
    assert found == {scene: [] for scene in found}
