"""A town with its pages open, and a real browser to look at them; pages that complain fail their test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.channels.webchat_town import WebTown, a_web_town
from tests.databases import Sqlite

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

Opens = Callable[..., Awaitable[Page]]


@pytest.fixture
async def town(sqlite_files: Sqlite, tmp_path: Path) -> AsyncIterator[WebTown]:
    """On SQLite only: what the database does is shown by other tests."""
    async with a_web_town(sqlite_files.fresh(tmp_path).render_as_string()) as open_town:
        yield open_town


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        await chromium.close()


@pytest.fixture
async def opens(town: WebTown, browser: Browser) -> AsyncIterator[Opens]:
    """Somebody opens an address in a browser of their own: `await opens("/w/elm-park", locale="pl")`."""
    complaints: list[str] = []
    async with AsyncExitStack() as stack:

        async def opener(path: str, *, expect: tuple[str, ...] = (), **about: Any) -> Page:
            context = await browser.new_context(**{"viewport": {"width": 390, "height": 800}, **about})
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.set_default_timeout(10_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: said.type == "error" and _note(said.text, expect))
            page.on("request", lambda asked: asked.url.startswith(town.site) or complaints.append(asked.url))
            await page.goto(town.site + path)
            return page

        def _note(text: str, expect: tuple[str, ...]) -> None:
            if not any(known in text for known in expect):
                complaints.append(text)

        yield opener
    assert not complaints, complaints
