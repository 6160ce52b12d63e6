"""The page of a result in a real browser: small phones, both directions, in the dark, on paper, no scripts, axe."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from bot.models import Poll
from tests.browser.conftest import Opens
from tests.browser.test_for_everybody import LONG, violations
from tests.channels.webchat_town import WebTown

PHONE = {"width": 360, "height": 740}


async def ranked(town: WebTown) -> Poll:
    """A closed ranking with an outcome, which shows all that a page can show."""
    olga = await town.organiser()
    poll = await town.poll("rank: What shall we mend first?", "The road", LONG, "گاؤں کا ہال", by=olga)
    for name, order in (("Alice", (LONG, "The road")), ("Bob", (LONG,)), ("Cem", ("The road",))):
        person = town.stranger(name)
        await person.opens(poll.code)
        for label in order:
            await person.taps(label)
    await town.passes(days=4)
    await olga.taps("Tell them")
    await olga.says("The parish council begins in March.\nWe write again then.")
    await olga.taps("Leave it out")
    await olga.taps("There is nothing more to do")
    await olga.taps("Send")
    await town.passes(seconds=2)
    return poll


@pytest.mark.parametrize("locale", ["en", "ur-PK"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_and_nothing_is_cut_off(
    town: WebTown, opens: Opens, locale: str, scheme: str
) -> None:
    poll = await ranked(town)
    page = await opens(f"/p/{poll.code}", locale=locale, color_scheme=scheme, viewport=PHONE)
    await expect(page.locator("html")).to_have_attribute("dir", "rtl" if locale == "ur-PK" else "ltr")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not await violations(page)
    small = await page.evaluate(
        """[...document.querySelectorAll('a')].map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 44).map(([text]) => text)"""
    )
    assert not small, f"too small to tap: {small}"


async def test_bars_begin_where_lines_begin(town: WebTown, opens: Opens) -> None:
    poll = await ranked(town)
    for locale, begins in (("en", "left"), ("ur-PK", "right")):
        page = await opens(f"/p/{poll.code}", locale=locale, viewport=PHONE)
        whole = await page.locator(".best .track").bounding_box()
        part = await page.locator(".bar:not(.best) .part").first.bounding_box()
        assert whole is not None
        assert part is not None
        ends = {
            "left": part["x"] - whole["x"],
            "right": whole["x"] + whole["width"] - part["x"] - part["width"],
        }
        assert abs(ends[begins]) < 1
        assert part["width"] < whole["width"]


async def test_without_scripts_somebody_goes_from_the_page_to_their_answer(
    town: WebTown, opens: Opens
) -> None:
    poll = await town.poll("Shall we keep the Saturday market?", "Yes", "No")
    await town.passes(seconds=2)
    page = await opens(f"/p/{poll.code}", viewport=PHONE, java_script_enabled=False)
    await page.get_by_role("link", name="polski").click()
    await expect(page.locator("html")).to_have_attribute("lang", "pl")
    door = await page.get_by_role("link", name="Odpowiedz tutaj").get_attribute("href")
    assert door is not None
    await page.goto(town.site + urlsplit(door).path)
    await page.get_by_role("button", name="Yes").click()
    await expect(page.get_by_text("Your answer is counted.")).to_be_visible()
    await town.passes(seconds=2)
    await page.goto(f"{town.site}/p/{poll.code}")
    await page.reload()  # the browser may keep what it had for some seconds
    await expect(page.get_by_text("1 person has taken part.")).to_be_visible()


async def test_on_paper_it_is_black_on_white_with_its_address_and_no_buttons(
    town: WebTown, opens: Opens
) -> None:
    poll = await ranked(town)
    page = await opens(f"/p/{poll.code}", color_scheme="dark")
    await page.emulate_media(media="print", color_scheme="dark")
    assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    await expect(page.locator("nav").first).to_be_hidden()
    await expect(page.locator(".printed")).to_be_visible()


async def test_the_page_that_knows_no_such_question_is_kind_to_everybody(town: WebTown, opens: Opens) -> None:
    for locale in ("en", "ur-PK"):
        page = await opens("/p/nosuch", locale=locale, viewport=PHONE, expected=("404",))
        assert not await violations(page)
        await expect(page.get_by_role("link")).to_have_attribute("href", "/")
