"""A town with its pages open, and a real browser to look at them; pages that complain fail their test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from tests.channels.webchat_town import WebTown, a_web_town
from tests.databases import Sqlite

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

Opens = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of these, as they share one browser."""
    for item in items:
        if item.path.parent == Path(__file__).parent and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(loop_scope="session")
async def town(sqlite_files: Sqlite, tmp_path: Path) -> AsyncIterator[WebTown]:
    """On SQLite only: what the database does is shown by other tests."""
    url = sqlite_files.fresh(tmp_path).render_as_string()
    async with a_web_town(url, media_dir=tmp_path / "media") as open_town:
        yield open_town


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        await chromium.close()


@dataclass
class Complaints:
    """What a browser complained about, and what a page asked of others than our site."""

    site: str
    expected: tuple[str, ...] = ()
    heard: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to this page."""
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("console", self._console)
        page.on("request", self._request)

    def _console(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not any(known in said.text for known in self.expected):
            self.heard.append(said.text)

    def _request(self, asked: Request) -> None:
        if not asked.url.startswith(self.site):
            self.heard.append(f"asked for {asked.url}")


@pytest_asyncio.fixture(loop_scope="session")
async def opens(town: WebTown, browser: Browser) -> AsyncIterator[Opens]:
    """Somebody opens an address in a browser of their own: `await opens("/w/elm-park", locale="pl")`."""
    everyones: list[Complaints] = []
    async with AsyncExitStack() as stack:

        async def opener(path: str, *, expected: tuple[str, ...] = (), **about: Any) -> Page:
            context = await browser.new_context(**{"viewport": {"width": 390, "height": 800}, **about})
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.set_default_timeout(10_000)
            everyones.append(Complaints(town.site, expected))
            everyones[-1].watch(page)
            await page.goto(town.site + path)
            return page

        yield opener
    heard = [text for complaints in everyones for text in complaints.heard]
    assert not heard, heard
