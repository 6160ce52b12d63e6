"""Reports on pages in a real browser: the list without scripts, maps with them, and a place chosen in the chat."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from bot.message import Place
from bot.models import ServiceRequest
from tests.browser.conftest import Opens
from tests.browser.test_for_everybody import violations
from tests.browser.test_result_page import PHONE
from tests.channels.webchat_town import WebTown
from tests.council import a_body
from tests.reports import BIN, HERE, a_report, photos_come, surroundings

LIST = "/c/elm-park/reports"
LOOKS = [("en", "light"), ("ur-PK", "dark")]


async def a_lively_town(town: WebTown) -> ServiceRequest:
    """Reports with and without a picture and a place, one of them late, one ended."""
    await a_body(town)
    await surroundings(town)
    late = await a_report(town, "The bin by the bus stop runs over.", media=(BIN,), people=4)
    await photos_come(town)
    await a_report(town, "The lamp", "streetlights", status="fixed", at=Place(HERE.lat + 0.001, HERE.long))
    await town.passes(days=9)
    await a_report(
        town, "A hole " * 40, "potholes", at=Place(HERE.lat, HERE.long + 0.002), address="Mill Lane"
    )
    await a_report(town, "A smell", None, at=None, address=None)
    await town.passes(seconds=2)
    return late


async def fits(page: Page) -> None:
    """Nothing is cut off, and what is tapped is large enough."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = await page.evaluate(
        """[...document.querySelectorAll("a:not(.skip), button, summary")]
        .filter((one) => one.checkVisibility() && !one.closest("svg"))
        .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44).map(([text]) => text)"""
    )
    assert not small, f"too small to tap: {small}"


async def test_the_list_is_complete_without_scripts(town: WebTown, opens: Opens) -> None:
    late = await a_lively_town(town)
    page = await opens("/", viewport=PHONE, java_script_enabled=False)
    await page.get_by_role("link", name="What is reported, and how it stands").click()
    await expect(page.get_by_role("heading", name="What is open")).to_be_visible()
    await expect(page.locator(".map")).to_be_hidden()
    await expect(page.get_by_text("Late: an answer was due")).to_be_visible()
    await fits(page)
    await page.locator("summary").click()
    await page.get_by_role("link", name="Bins (1)").click()
    await expect(page.locator(".words")).to_have_text(["The bin by the bus stop runs over.", "The lamp"])
    await page.get_by_role("link", name="Bins, 12 Elm Road").click()
    await expect(page.get_by_text(f"Report {late.service_request_id}")).to_be_visible()
    await expect(page.get_by_role("heading", name="What has happened")).to_be_visible()
    await expect(page.get_by_role("img", name="Photo of the problem")).to_be_visible()
    leads_to = await page.get_by_role("link", name="I have the same problem").get_attribute("href")
    await page.goto(town.site + urlsplit(leads_to or "").path)
    await expect(page.get_by_role("button", name="I have the same problem")).to_be_visible()


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
async def test_the_maps_show_what_was_loaded_and_axe_finds_nothing(
    town: WebTown, opens: Opens, locale: str, scheme: str
) -> None:
    late = await a_lively_town(town)
    page = await opens(LIST, locale=locale, color_scheme=scheme, viewport=PHONE)
    await expect(page.locator("html")).to_have_attribute("dir", "rtl" if locale == "ur-PK" else "ltr")
    await expect(page.locator("path.pin")).to_have_count(2)
    await expect(page.locator("path.border")).to_have_count(1)
    await expect(page.locator(".name", has_text="Elm Road")).to_be_visible()
    await fits(page)
    assert not await violations(page)
    await page.locator("summary").click()
    await page.locator("path.pin").last.click()
    await page.locator(".leaflet-popup a[href^='/r/']").wait_for()
    await fits(page)
    assert not await violations(page)
    await page.locator(".leaflet-popup a[href^='/r/']").click()
    await expect(page.locator("path.pin")).to_have_count(1)
    await fits(page)
    assert not await violations(page)
    await page.goto(f"{town.site}/r/{late.service_request_id}")
    await expect(page.locator(".photos img")).to_have_js_property("naturalWidth", 900)


async def asked_where(town: WebTown, opens: Opens, **about: object) -> Page:
    """Somebody reports something in the chat, and is asked where it is."""
    await a_body(town)
    await surroundings(town)
    page = await opens("/w/elm-park", viewport=PHONE, **about)
    await page.locator("button[name=press]").first.click()
    await expect(page.locator(".said[data-rank]")).not_to_have_count(0)
    await page.locator("#words").fill("/report The bin is full")
    await page.locator(".send").click()
    await expect(page.locator("[data-pick-place]")).to_be_visible()
    return page


async def arrived(town: WebTown, page: Page) -> Place:
    """Where the report came to lie that is sent now."""
    await page.get_by_role("button", name="Bins").click()
    await page.locator("#log").get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("Your report has the number")).to_be_visible()
    async with town.folkmoot.database.reading() as session:
        made = await session.scalar(select(ServiceRequest).order_by(ServiceRequest.id.desc()).limit(1))
    assert made is not None
    assert made.lat is not None
    assert made.long is not None
    return Place(made.lat, made.long)


async def test_a_place_is_chosen_by_a_tap_on_the_map(town: WebTown, opens: Opens) -> None:
    page = await asked_where(town, opens, reduced_motion="reduce")
    await page.get_by_role("button", name="Choose on the map").click()
    await expect(page.locator("#picker path.border")).to_be_visible()
    await expect(page.locator("#picker .near")).to_contain_text("Elm Road")
    box = await page.locator("#picker .map").bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 + 30)
    await page.get_by_role("button", name="This place").click()
    await expect(page.locator("#picker")).to_be_hidden()
    await expect(page.locator(".mine").last).to_contain_text("My place")
    place = await arrived(town, page)
    assert HERE.long + 0.0005 < place.long < HERE.long + 0.002
    assert HERE.lat - 0.001 < place.lat < HERE.lat - 0.0002


async def test_a_place_is_chosen_with_the_keyboard_alone(town: WebTown, opens: Opens) -> None:
    page = await asked_where(town, opens, reduced_motion="reduce")
    await page.locator("[data-pick-place]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#picker path.border")).to_be_visible()
    await expect(page.locator("#picker .map")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#picker")).to_be_hidden()
    await expect(page.locator("[data-pick-place]")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#picker .map")).to_be_focused()
    for _ in range(3):
        await page.keyboard.press("ArrowLeft")
        await page.wait_for_timeout(400)  # the map moves on its own time
    await page.keyboard.press("Enter")
    await expect(page.locator("#picker")).to_be_hidden()
    place = await arrived(town, page)
    assert HERE.long - 0.004 < place.long < HERE.long - 0.0005
    assert abs(place.lat - HERE.lat) < 0.0001


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
async def test_choosing_fits_a_small_phone_and_axe_finds_nothing(
    town: WebTown, opens: Opens, locale: str, scheme: str
) -> None:
    page = await asked_where(town, opens, locale=locale, color_scheme=scheme)
    await page.locator("[data-pick-place]").click()
    await expect(page.locator("#picker path.border")).to_be_visible()
    await fits(page)
    inside = await page.locator("#picker").bounding_box()
    assert inside is not None
    assert inside["height"] <= PHONE["height"]
    assert not await violations(page)


async def test_where_nothing_was_loaded_the_map_says_so(town: WebTown, opens: Opens) -> None:
    await a_body(town)
    await a_report(town)
    await town.passes(seconds=2)
    page = await opens(LIST, viewport=PHONE)
    await expect(page.get_by_text("There is no map of this place yet.")).to_be_visible()
    await expect(page.locator("path.pin")).to_be_visible()
