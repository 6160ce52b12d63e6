"""Phones on which pictures are taken: what is opened, written and tapped on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from bot.settings import Settings
from tests.cli.conftest import Service, free_port
from tests.house.tree import ROOT

expect.set_options(timeout=60_000)
PICTURES = ROOT / "docs" / "pictures"
PHONE = ViewportSize(width=360, height=880)
SHARP = 1.5
HEAVIEST = 150_000  # bytes
TOWN = "elm-park"
SITE = "https://town.example"
"""What links begin with in the pictures."""


class Desk:
    """Commands typed beside the running service, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        foreign = set(Settings.model_fields)
        plain = {name: value for name, value in os.environ.items() if name.lower() not in foreign}
        self.environment = plain | {"PYTHONPATH": str(ROOT), "PORT": str(self.port), "PUBLIC_URL": SITE}

    def types(self, *words: str) -> Any:
        """The facts that a command prints."""
        told = subprocess.run(
            [sys.executable, "-m", "bot", *words, "--json"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(told.stdout)

    @contextmanager
    def demo(self) -> Iterator[Service]:
        """The service, until the block ends."""
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        service = Service(process, f"http://127.0.0.1:{self.port}")
        try:
            service.wait_until_ready()
            service.reads("Stop with Ctrl-C")
            yield service
        finally:
            service.stop()

    def path(self, code: str) -> str:
        """Where a code is opened."""
        return f"http://127.0.0.1:{self.port}/w/{TOWN}/{code}"


async def somebody(browser: Browser, address: str, language: str = "en") -> Page:
    """Somebody with a phone opens an address."""
    phone = await browser.new_context(
        viewport=PHONE, device_scale_factor=SHARP, locale=language, reduced_motion="reduce"
    )
    page = await phone.new_page()
    await page.goto(address)
    return page


async def picture(page: Page, name: str, top: Locator) -> None:
    """What the phone shows when `top` is at the upper edge."""
    await expect(page.locator("#toast")).to_be_empty(timeout=30_000)
    await page.evaluate("document.activeElement.blur()")
    await page.mouse.move(0, 0)
    header = "document.querySelector('header').offsetHeight"
    await top.evaluate(f"(one) => scrollTo(0, one.getBoundingClientRect().top + scrollY - {header} - 12)")
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    await keep(page, name)


async def keep(page: Page, name: str) -> None:
    """What the phone shows now; kept in docs/pictures."""
    path = PICTURES / f"{name}.png"
    await page.screenshot(path=path, animations="disabled")
    assert path.stat().st_size < HEAVIEST, f"{path.name} is too heavy"
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


async def drawn(line: Locator) -> None:
    """The picture in this line is there; it is drawn when it is first wanted."""
    image = line.get_by_role("img")
    await image.scroll_into_view_if_needed()
    await expect(image).to_have_js_property("complete", True, timeout=30_000)
    assert await image.evaluate("(one) => one.naturalWidth")


async def votes(page: Page, number: int) -> None:
    """Tap a choice and wait until it is counted."""
    await page.locator("button[name=press]").nth(number).click()
    await expect(page.locator("button.chosen").first).to_be_visible()


async def taps(page: Page, label: str) -> None:
    """Tap the newest button with this label that stands in the conversation."""
    await page.locator("#log").get_by_role("button", name=label, exact=True).last.click()


async def says(page: Page, words: str) -> None:
    """Write something and send it."""
    await page.locator("#words").fill(words)
    await page.locator(".send").click()
