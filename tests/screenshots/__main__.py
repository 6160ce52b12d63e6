"""Takes the pictures of the papers: the real service with the make-believe town, driven in Chromium as on a phone."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.screenshots.asking import a_vote, an_announcement, an_organiser
from tests.screenshots.phones import PICTURES, TOWN, Desk, somebody, votes
from tests.screenshots.poster import a_poster
from tests.screenshots.reporting import a_report, the_desk, the_list


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
        await a_report(browser, desk)
        await the_desk(browser, desk)
        await the_list(browser, desk)
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
