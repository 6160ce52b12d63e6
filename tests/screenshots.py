"""Takes the pictures of the papers: the real service with the make-believe town, driven in Chromium as on a phone."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

from bot.charts import Artist
from bot.demo.town import NAMES
from bot.i18n import tongue
from bot.letters import posters
from bot.models import Community, Poll
from bot.settings import Settings
from tests.cli.conftest import Service, free_port
from tests.house.tree import ROOT

PICTURES = ROOT / "docs" / "pictures"
PHONE = ViewportSize(width=360, height=880)
SHARP = 1.5
HEAVIEST = 150_000  # bytes
TOWN = "elm-park"
SITE = "https://town.example"
"""What links begin with in the pictures."""

CHOICES = "Yes, in green | Yes, in blue | Leave it"
ASKED = f"/poll Shall we paint the bus shelter? | {CHOICES} | closes tomorrow 18:00"
ANSWERS = (0, 0, 1, 0, 2, 0, 1)
TOLD = "The hall is closed on Friday: its floor is being mended. The Friday lunch is in the library, at noon."
TOLD_IN_URDU = (
    "جمعے کو ہال بند رہے گا: اس کے فرش کی مرمت ہو رہی ہے۔ جمعے کا کھانا دوپہر کو لائبریری میں ہوگا۔"
)
NEXT = "Green it is. Paint and brushes are there on Saturday at ten; everybody is welcome."


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
    """What the phone shows when `top` is at the upper edge; kept in docs/pictures."""
    await expect(page.locator("#toast")).to_be_empty(timeout=30_000)
    await page.evaluate("document.activeElement.blur()")
    await page.mouse.move(0, 0)
    header = "document.querySelector('header').offsetHeight"
    await top.evaluate(f"(one) => scrollTo(0, one.getBoundingClientRect().top + scrollY - {header} - 12)")
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
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


async def a_vote(browser: Browser, desk: Desk, code: str, language: str) -> Page:
    """The question before and after the tap."""
    page = await somebody(browser, desk.path(code), language)
    question = page.locator("#log .line").first
    await picture(page, f"question-{language}", question)
    await votes(page, 0)
    await picture(page, f"counted-{language}", page.locator("#log .line").first)
    return page


async def an_organiser(browser: Browser, desk: Desk, neighbours: list[Page]) -> Page:
    """From the invitation to what happens next."""
    code = desk.types("invite", "organiser", "--community", TOWN)["code"]
    page = await somebody(browser, desk.path(code))
    await picture(page, "invited", page.locator("#log .line").first)
    await page.get_by_role("button", name="Accept").click()
    await expect(page.get_by_text("You are an organiser of")).to_be_visible()
    await says(page, ASKED)
    await expect(page.get_by_text("This is how people will see it")).to_be_visible()
    asked = page.locator("#log .mine", has_text="/poll")
    await picture(page, "preview", asked)
    await taps(page, "Send")
    sent = page.locator("#log .line", has_text="Pass these links on")
    await expect(sent).to_be_visible()
    await expect(page.get_by_text("Elm Park asks.")).to_be_visible()  # the organiser is asked as well
    await picture(page, "sent", asked)
    new = desk.types("poll", "list", "--community", TOWN)[0]["code"]
    for number, neighbour in enumerate(neighbours):
        await neighbour.goto(desk.path(new))
        question = neighbour.locator("#log .line", has_text="bus shelter")
        await question.last.locator("button[name=press]").nth(ANSWERS[number % len(ANSWERS)]).click()
        await expect(question.locator(".chosen").first).to_be_visible()
    await taps(page, "How it stands")
    stands = page.locator("#log .line", has=page.get_by_role("button", name="Close it now"))
    await expect(stands).to_be_visible()
    await picture(page, "stands", stands)
    await taps(page, "Close it now")
    await taps(page, "Yes, close it")
    result = page.locator("#log .line", has=page.get_by_role("button", name="Tell them"))
    await expect(result).to_be_visible()
    await drawn(result)
    await picture(page, "result", result)
    await taps(page, "Tell them")
    await expect(page.get_by_text("Write it in a sentence or two")).to_be_visible()
    await says(page, NEXT)
    await taps(page, "the organisers")
    await taps(page, "in 30 days")
    await expect(page.get_by_text("This goes to everyone who answered")).to_be_visible()
    await taps(page, "Send")
    told = neighbours[0].locator("#log .line", has_text="This is what happens next").last
    await expect(told).to_be_visible()
    await picture(neighbours[0], "told", told)
    return page


async def an_announcement(page: Page, reader: Page) -> None:
    """The preview in two languages, how far it has come, and what somebody reads in Urdu."""
    await says(page, f"/announce {TOLD}")
    await expect(page.get_by_text("It goes to")).to_be_visible()
    await picture(page, "announcing", page.locator("#log .mine", has_text="/announce"))
    await taps(page, "Add it in \u2068اردو\u2069")
    await says(page, TOLD_IN_URDU)
    await expect(page.get_by_text("all other languages")).to_be_visible()
    await taps(page, "Send")
    followed = page.locator("#log .line", has_text="Announcement in Elm Park")
    await expect(followed.get_by_text("Done.")).to_be_visible(timeout=30_000)
    await picture(page, "following", followed)
    heard = reader.locator("#log .line", has_text="ہال")
    await expect(heard).to_be_visible()
    await picture(reader, "heard-ur", heard)


async def taps(page: Page, label: str) -> None:
    """Tap the newest button with this label that stands in the conversation."""
    await page.locator("#log").get_by_role("button", name=label, exact=True).last.click()


async def says(page: Page, words: str) -> None:
    """Write something and send it."""
    await page.locator("#words").fill(words)
    await page.locator(".send").click()


async def a_poster() -> None:
    """The poster of the guide, drawn as every other and made as small as a page shows it."""
    closes = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)
    poll = Poll(question="Shall we keep the market on Saturday?", closes_at=closes, named=False)
    town = Community(slug=TOWN, names=NAMES, zone="Europe/London", languages=list(NAMES))
    both = [tongue(code) for code in ("en", "ur")]
    sheet = posters.sheet(town, poll, both, f"{SITE}/l/k7m2q9xa", picture=None, app=False)
    artist = Artist()
    drawn = await artist.poster(sheet, "png")
    await artist.close()
    path = PICTURES / "poster.png"
    with Image.open(io.BytesIO(drawn)) as image:
        framed = ImageOps.expand(image.resize((600, round(600 * image.height / image.width))), 1, "#b8c4c2")
        framed.quantize(64).save(path, optimize=True)
    assert path.stat().st_size < HEAVIEST
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


async def take(desk: Desk) -> None:
    """All pictures."""
    await a_poster()
    polls = desk.types("poll", "list", "--community", TOWN)
    market = next(poll for poll in polls if "market" in poll["question"])
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        neighbours = [await a_vote(browser, desk, market["code"], language) for language in ("en", "ur")]
        for number in range(9):
            neighbour = await somebody(browser, desk.path(market["code"]))
            await votes(neighbour, number % 3)
            neighbours.append(neighbour)
        organiser = await an_organiser(browser, desk, neighbours)
        await an_announcement(organiser, neighbours[1])
        await browser.close()


def main() -> None:
    """Start the town, take the pictures, stop the town."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        with desk.demo():
            asyncio.run(take(desk))


if __name__ == "__main__":
    main()
