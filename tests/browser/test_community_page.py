"""The page of a community and the front door in a real browser: small phones, both directions, in the dark, axe."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Opens
from tests.browser.test_for_everybody import violations
from tests.browser.test_result_page import PHONE, ranked
from tests.channels.webchat_town import WebTown


@pytest.mark.parametrize(("locale", "scheme"), [("en", "light"), ("ur-PK", "dark")])
async def test_axe_finds_nothing_and_nothing_is_cut_off(
    town: WebTown, opens: Opens, locale: str, scheme: str
) -> None:
    await ranked(town)
    await town.poll("Keep the market?", "Yes", "No", by=await town.organiser())
    await town.passes(seconds=2)
    for path in ("/c/elm-park", "/"):
        page = await opens(path, locale=locale, color_scheme=scheme, viewport=PHONE)
        await expect(page.locator("html")).to_have_attribute("dir", "rtl" if locale == "ur-PK" else "ltr")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not await violations(page)


async def test_the_front_door_leads_to_what_came_of_it(town: WebTown, opens: Opens) -> None:
    await ranked(town)
    await town.passes(seconds=2)
    page = await opens("/", viewport=PHONE, java_script_enabled=False)
    await page.get_by_role("link", name="What is asked, and what came of it").click()
    await expect(page.get_by_role("heading", name="You said, we did")).to_be_visible()
    await page.get_by_role("link", name="What shall we mend first?").click()
    await expect(page.get_by_role("heading", name="How it came out")).to_be_visible()
