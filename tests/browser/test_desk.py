"""Officers find their desk in the web chat: at once when they have taken up a post, on a small phone, in Urdu too."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bot.i18n import tongue
from tests.browser.conftest import Opens
from tests.browser.test_for_everybody import violations
from tests.channels.webchat_town import WebTown
from tests.council import a_body, a_post


async def an_officer(town: WebTown, opens: Opens, **about: object) -> Page:
    """Somebody who has just taken up a post; the page was drawn before."""
    await town.community()
    page = await opens(f"/w/elm-park/{await a_post(town, await a_body(town))}", **about)
    await expect(page.locator("#quick [value=desk]")).to_have_count(0)
    await page.locator("#log button").first.click()
    await expect(page.locator("#quick [value=desk]")).to_have_count(1)
    return page


async def test_the_desk_comes_with_the_post_and_stays(town: WebTown, opens: Opens) -> None:
    page = await an_officer(town, opens)
    await page.get_by_role("button", name="My desk").click()
    await expect(page.locator(".mine[data-rank]")).to_contain_text("My desk")
    await expect(page.locator("#quick button")).to_have_count(5)
    await page.reload()
    await expect(page.locator("#quick button")).to_have_count(5)
    await expect(page.locator("#quick button").first).to_have_text("My desk")


@pytest.mark.parametrize("language", ["en", "cy", "pl", "ur"])
async def test_the_desk_fits_on_a_small_phone(town: WebTown, opens: Opens, language: str) -> None:
    page = await an_officer(town, opens, viewport={"width": 320, "height": 568}, locale=language)
    await page.get_by_role("button", name=str(tongue(language)._("My desk"))).click()
    await expect(page.locator(".mine[data-rank]")).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    boxes = await page.evaluate(
        "[...document.querySelectorAll('#quick button')].map((one) => one.getBoundingClientRect().toJSON())"
    )
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    first, second = boxes[:2]
    assert first["y"] < second["y"] or (first["x"] > second["x"]) == (language == "ur"), "it comes first"
    assert not await violations(page)
