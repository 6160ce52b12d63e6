"""Residents take part in a real browser: by mouse, by keyboard, offline, in Urdu, on a small phone, without scripts."""

from __future__ import annotations

import asyncio

from playwright.async_api import Route, expect

from bot.channels.webchat import WebChat
from bot.message import Message, Parcel
from bot.models import Poll
from tests.browser.conftest import Opens
from tests.channels.webchat_town import WebTown

OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "net::")


async def market(town: WebTown) -> Poll:
    return await town.poll("Shall we keep the Saturday market?", "Yes", "No", "Sundays too")


async def test_one_click_on_the_opened_page_counts(town: WebTown, opens: Opens) -> None:
    poll = await market(town)
    page = await opens(f"/w/elm-park/{poll.code}")
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_role("button", name="✔ Yes")).to_be_focused()
    await expect(page.locator("#toast")).to_contain_text("Counted. Thank you.")
    await expect(page.get_by_text("Shall we keep the Saturday market?")).to_have_count(1)
    assert await town.result(poll) == {"Yes": 1, "No": 0, "Sundays too": 0}
    await page.get_by_role("button", name="No", exact=True).click()
    await expect(page.get_by_role("button", name="✔ No")).to_be_focused()
    await page.reload()
    await expect(page.get_by_role("button", name="✔ No")).to_be_visible()
    assert await town.result(poll) == {"Yes": 0, "No": 1, "Sundays too": 0}


async def test_everything_works_by_keyboard(town: WebTown, opens: Opens) -> None:
    poll = await market(town)
    page = await opens(f"/w/elm-park/{poll.code}")
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == "Sundays too":
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="✔ Sundays too")).to_be_focused()
    await page.get_by_label("Your message").focus()
    await page.keyboard.type("One line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("and another")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine[data-rank]")).to_contain_text(
        "One line\nand another", use_inner_text=True
    )
    await expect(page.get_by_label("Your message")).to_be_focused()
    assert await town.result(poll) == {"Yes": 0, "No": 0, "Sundays too": 1}


async def test_what_is_sent_offline_is_kept_marked_and_sent_once_when_back(
    town: WebTown, opens: Opens
) -> None:
    poll = await market(town)
    page = await opens(f"/w/elm-park/{poll.code}", expected=OFFLINE)
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Yes", exact=True).click()
    await page.get_by_label("Your message").fill("I love the market")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Waiting to be sent")).to_have_count(2)
    await expect(page.locator("#connection")).to_contain_text("You are offline.")
    await page.context.set_offline(False)
    await expect(page.get_by_role("button", name="✔ Yes")).to_be_visible()
    await expect(page.get_by_text("Waiting to be sent")).to_have_count(0)
    await expect(page.locator(".mine[data-rank]")).to_have_count(1)
    await expect(page.locator("#connection")).to_be_empty()
    assert await town.result(poll) == {"Yes": 1, "No": 0, "Sundays too": 0}


async def test_what_waits_survives_a_reload_and_a_lost_answer(town: WebTown, opens: Opens) -> None:
    poll = await market(town)
    page = await opens(f"/w/elm-park/{poll.code}", expected=OFFLINE)

    async def taken_but_unanswered(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/w/say*", taken_but_unanswered)
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_text("Waiting to be sent")).to_be_visible()
    await page.context.clear_cookies()  # they came with the answer that was lost
    await page.unroute("**/w/say*")
    await page.reload()
    await expect(page.get_by_role("button", name="✔ Yes")).to_be_visible()
    assert await page.evaluate("localStorage.length") == 0
    assert await town.result(poll) == {"Yes": 1, "No": 0, "Sundays too": 0}


async def test_news_arrive_by_themselves(town: WebTown, opens: Opens) -> None:
    poll = await market(town)
    page = await opens(f"/w/elm-park/{poll.code}")
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_role("button", name="✔ Yes")).to_be_visible()
    await town.passes(days=4)
    await expect(page.locator("#log")).to_contain_text("closed")


async def test_an_answer_that_comes_before_its_acknowledgement_leaves_no_stray_bubble(
    town: WebTown, opens: Opens
) -> None:
    await town.community()
    page = await opens("/w/elm-park")
    await page.get_by_label("Your message").fill("/report")
    await page.get_by_role("button", name="Send").click()
    pressed = page.locator("#log").get_by_role("button", name="Cancel")
    await expect(pressed).to_be_visible()
    over = asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        await expect(pressed).to_have_count(0)  # the stream was faster
        await route.fulfill(response=answer)
        over.set()

    await page.route("**/w/say*", late)
    await pressed.click()
    await asyncio.wait_for(over.wait(), 20)
    await page.wait_for_function("localStorage.length === 0")  # the page has read the acknowledgement
    await expect(page.locator(".mine").filter(has_text="Cancel")).to_have_count(0)


async def test_where_streams_do_not_get_through_the_answer_still_comes(town: WebTown, opens: Opens) -> None:
    poll = await market(town)
    page = await opens(f"/w/elm-park/{poll.code}", expected=OFFLINE)
    await page.route("**/w/events*", lambda route: route.abort())
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_role("button", name="✔ Yes")).to_be_visible(timeout=15_000)


async def test_a_place_is_shared_with_one_press(town: WebTown, opens: Opens) -> None:
    await town.community()
    here = {"latitude": 51.5, "longitude": -0.1}
    page = await opens("/w/elm-park", geolocation=here, permissions=["geolocation"])
    await page.get_by_label("Your message").fill("hello")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine[data-rank]")).to_have_count(1)
    web = next(channel for channel in town.folkmoot.channels if isinstance(channel, WebChat))
    (chat,) = web._room.hub._ears
    asks = Message("Where is it?", wants_place=True)  # type: ignore[arg-type]
    await web.deliver(Parcel(9000, chat, "send", asks))
    await page.get_by_role("button", name="Share my place").last.click()
    await expect(page.locator(".mine").last).to_contain_text("My place")
    await expect(page.locator(".mine[data-rank]")).to_have_count(2)


async def test_without_scripts_the_form_posts_and_the_answer_shows(town: WebTown, opens: Opens) -> None:
    poll = await market(town)
    page = await opens(f"/w/elm-park/{poll.code}", java_script_enabled=False)
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_role("button", name="✔ Yes")).to_be_visible()
    await page.get_by_label("Your message").fill("Alice")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine")).to_contain_text("Alice")
    assert await town.result(poll) == {"Yes": 1, "No": 0, "Sundays too": 0}


async def test_choosing_polish_changes_the_page_and_keeps_the_talk(town: WebTown, opens: Opens) -> None:
    poll = await market(town)
    page = await opens(f"/w/elm-park/{poll.code}")
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_role("button", name="✔ Yes")).to_be_visible()
    await page.locator("summary").click()
    await page.get_by_role("link", name="polski").click()
    await expect(page.locator("html")).to_have_attribute("lang", "pl")
    await expect(page.get_by_role("button", name="✔ Yes")).to_be_visible()


async def test_the_picture_of_the_result_comes_by_itself_and_pushes_no_words_away(
    town: WebTown, opens: Opens
) -> None:
    poll = await market(town)
    page = await opens(f"/w/elm-park/{poll.code}", viewport={"width": 360, "height": 640})
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_role("button", name="✔ Yes")).to_be_visible()
    await page.reload()
    await town.passes(days=4)
    picture = page.get_by_role("img", name="Yes: 1 vote, 100%")
    await expect(picture).to_be_visible(timeout=20_000)
    await expect(picture).to_have_js_property("complete", True, timeout=20_000)
    await expect(page.get_by_text("This is who answered, not the whole town.")).to_be_in_viewport()
