"""The page behind a button of an e-mail, in a real browser: small phones, right to left, in the dark, with axe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.channels.email.channel import EmailChannel
from bot.channels.email.stamps import Link
from bot.services import mailboxes
from tests.browser.conftest import Opens
from tests.browser.test_for_everybody import LANGUAGES, violations
from tests.channels.webchat_town import WebTown, a_web_town
from tests.databases import Sqlite
from tests.mails.desk import BINS, Desk

PHONE = {"width": 360, "height": 740}
MAIL = {"smtp_url": "smtp+plain://127.0.0.1:1", "mail_from": "reports@town.example"}


@pytest_asyncio.fixture(loop_scope="session")
async def town(sqlite_files: Sqlite, tmp_path: Path) -> AsyncIterator[WebTown]:
    """A town that writes e-mails; none of them arrives."""
    async with a_web_town(sqlite_files.fresh(tmp_path).render_as_string(), **MAIL) as open_town:
        yield open_town


async def link(town: WebTown, payload: str, language: str = "en") -> str:
    """What a button of a letter leads to."""
    channel = next(one for one in town.folkmoot.channels if isinstance(one, EmailChannel))
    async with town.folkmoot.database.writing() as session:
        address = await mailboxes.at(session, BINS, language=language, now=town.clock())
        number = address.id
    stamps = await channel._office.stamps()
    return "/e/" + stamps.link(Link("press", number, "EP-1042", payload), now=town.clock())


async def fits(page: Page) -> None:
    """Nothing is cut off, and what is pressed is large enough."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = await page.get_by_role("button").bounding_box()
    assert box is not None
    assert box["height"] >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_everybody_can_read_it_and_press_it_on_a_phone(
    town: WebTown, opens: Opens, language: str, scheme: str
) -> None:
    Desk(town)
    path = await link(town, "x2:7", language)
    page = await opens(path, viewport=PHONE, locale="de", color_scheme=scheme)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await fits(page)
    assert not await violations(page)


async def test_it_works_by_keyboard_and_without_scripts(town: WebTown, opens: Opens) -> None:
    desk = Desk(town)
    page = await opens(await link(town, "x2:7"), viewport=PHONE, java_script_enabled=False)
    await page.get_by_label("Your answer").fill("We empty it on Monday.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Done. Thank you.")
    assert [act[3] for act in desk.acts] == ["We empty it on Monday."]
    await page.go_back()
    await page.get_by_role("button").click()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert len(desk.acts) == 1


async def test_what_came_of_it_can_be_read_by_everybody(town: WebTown, opens: Opens) -> None:
    Desk(town)
    page = await opens(await link(town, "x1:7", "ur"), viewport=PHONE)
    await page.get_by_role("button").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("It is yours now.")
    assert not await violations(page)
    page = await opens("/e/" + "A" * 40, viewport=PHONE, locale="cy", expected=("404",))
    await expect(page.locator("html")).to_have_attribute("lang", "cy")
    assert not await violations(page)
