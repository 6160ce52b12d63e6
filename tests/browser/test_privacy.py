"""The privacy page and the page with somebody's data in a real browser: small phones, right to left, axe."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Opens
from tests.browser.test_for_everybody import LANGUAGES, violations
from tests.channels.webchat_town import WebTown

PAGE = "/c/elm-park/privacy"
PHONE = {"width": 360, "height": 740}


async def fits(page: Page) -> None:
    """Nothing is cut off, and what is tapped is large enough."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = await page.evaluate(
        """[...document.querySelectorAll('nav a, a.button')]
        .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44).map(([text]) => text)"""
    )
    assert not small, f"too small to tap: {small}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_everybody_can_read_it_on_a_phone(
    town: WebTown, opens: Opens, language: str, scheme: str
) -> None:
    await town.community()
    page = await opens(PAGE, viewport=PHONE, locale=language, color_scheme=scheme)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await fits(page)
    assert not await violations(page)


async def test_languages_change_without_scripts(town: WebTown, opens: Opens) -> None:
    await town.community()
    page = await opens(PAGE, java_script_enabled=False)
    await page.get_by_role("link", name="اردو").click()
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Elm Park: your privacy")


@pytest.mark.parametrize("language", ["en", "ur"])
async def test_somebody_fetches_their_data_on_the_web_and_reads_it(
    town: WebTown, opens: Opens, language: str, tmp_path: Path
) -> None:
    await town.community()
    page = await opens("/w/elm-park", viewport=PHONE, locale=language, accept_downloads=True)
    await page.locator("button[name=press]").first.click()
    await expect(page.locator(".said[data-rank]")).not_to_have_count(0)
    await page.locator("#words").fill("/mydata")
    await page.locator(".send").click()
    link = page.locator("a.document", has_text="my-data.html")
    await expect(link).to_be_visible()
    async with page.expect_download() as coming:
        await link.click()
    saved = tmp_path / "my-data.html"
    await (await coming.value).save_as(saved)
    alone = await page.context.new_page()
    await alone.goto(saved.as_uri())
    await expect(alone.locator("html")).to_have_attribute("lang", language)
    await fits(alone)
    assert not await violations(alone)
