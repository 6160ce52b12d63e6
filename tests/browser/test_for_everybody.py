"""The page fits everybody: small phones, right to left, screen readers (axe), dark rooms, and other people's sites."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Complaints, Opens
from tests.channels.webchat_town import WebTown, free_port

LANGUAGES = ("en", "cy", "pl", "ur")
LONG = "Dwfrwastraffoedd-llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch"


async def voted(town: WebTown, opens: Opens, **about: object) -> Page:
    """A page on which somebody has voted and written something."""
    poll = await town.poll("Shall we keep the Saturday market?", "Yes", LONG)
    page = await opens(f"/w/elm-park/{poll.code}", **about)
    await page.locator("button[name=press]").first.click()
    await expect(page.locator(".chosen")).to_be_visible()
    await page.locator("#words").fill(f"https://very.example/{LONG * 2}")
    await page.locator(".send").click()
    await expect(page.locator(".mine[data-rank]")).to_have_count(1)
    return page


async def violations(page: Page) -> list[str]:
    while await page.evaluate("document.getAnimations().some((one) => one.playState === 'running')"):
        await page.wait_for_timeout(20)  # what is still fading in has not its own colours yet
    found = await Axe().run(page)
    return [f"{one['id']}: {node['html']}" for one in found.response["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_is_cut_off_on_a_320_pixel_phone(town: WebTown, opens: Opens, language: str) -> None:
    page = await voted(town, opens, viewport={"width": 320, "height": 568}, locale=language)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    small = await page.evaluate(
        """[...document.querySelectorAll('button, .button, summary, textarea')].filter((one) => one.checkVisibility())
        .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44).map(([text]) => text)"""
    )
    assert not small, f"too small to tap: {small}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(town: WebTown, opens: Opens, scheme: str) -> None:
    page = await voted(town, opens, color_scheme=scheme)
    assert not await violations(page)
    await page.locator("summary").click()
    assert not await violations(page)


async def test_axe_finds_nothing_in_urdu_or_on_the_page_that_says_no(town: WebTown, opens: Opens) -> None:
    page = await voted(town, opens, locale="ur-PK")
    assert not await violations(page)
    page = await opens("/w/no-such-town", expected=("404",))
    assert not await violations(page)


async def test_urdu_is_mirrored(town: WebTown, opens: Opens) -> None:
    page = await voted(town, opens, locale="ur-PK", viewport={"width": 700, "height": 800})
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    ours = await page.locator(".said .bubble").first.bounding_box()
    mine = await page.locator(".mine .bubble").first.bounding_box()
    assert ours is not None
    assert mine is not None
    assert ours["x"] + ours["width"] > 650
    assert mine["x"] < 50


async def test_a_screen_reader_finds_names_and_a_log(town: WebTown, opens: Opens) -> None:
    page = await voted(town, opens)
    await expect(page.get_by_role("log", name="Conversation")).to_have_attribute("aria-live", "polite")
    await expect(page.get_by_role("textbox", name="Your message")).to_be_visible()
    await expect(page.get_by_role("heading", name="Elm Park", level=1)).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def parish(town: WebTown) -> AsyncIterator[str]:
    """A community's own site with strict rules and our one line of script."""
    line = f'<script src="{town.site}/w/embed.js" data-community="elm-park" async></script>'
    html = f'<!doctype html><html lang="en"><title>Parish</title><h1>Parish</h1><a href="#a">News</a>{line}</html>'
    policy = f"default-src 'none'; script-src {town.site}; frame-src {town.site}"

    async def home(request: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": policy})

    app, port = web.Application(), free_port()
    app.router.add_get("/", home)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/"
    await runner.cleanup()


async def test_one_line_puts_the_chat_into_a_communitys_own_site(
    town: WebTown, browser: Browser, parish: str
) -> None:
    await town.community()
    complaints = Complaints("", ("favicon", "404"))
    context = await browser.new_context()
    page = await context.new_page()
    complaints.watch(page)
    await page.goto(parish)
    button = page.get_by_role("button", name="Have your say")
    await button.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    inside = page.frame_locator("iframe")
    await inside.get_by_label("Your message").fill("hello from the parish")
    await inside.get_by_role("button", name="Send").click()
    await expect(inside.locator(".mine[data-rank]")).to_contain_text("hello from the parish")
    await inside.get_by_label("Your message").press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(button).to_be_focused()
    await button.click()
    await expect(inside.locator(".mine")).to_contain_text("hello from the parish")
    await page.get_by_role("button", name="Close").press("Escape")
    await expect(button).to_be_focused()
    assert not complaints.heard
    await context.close()
