"""A report on the phone of whoever makes it, at the desk of whoever is in charge, and on the page for everybody."""

from __future__ import annotations

from playwright.async_api import Browser, FilePayload, expect

from bot.demo import photos
from tests.screenshots.phones import TOWN, Desk, keep, picture, says, somebody, taps

WHERE = "Mill Lane"
WORDS = "This bin has been full since Friday, and the wind takes it all."


async def a_report(browser: Browser, desk: Desk) -> None:
    """A photo, a street, a kind: the last look before it is sent, and what somebody is told at once."""
    page = await somebody(browser, desk.path("").rstrip("/"))
    await page.locator("#log button").first.click()
    await says(page, "/report")
    taken = FilePayload(name="bin.jpg", mimeType="image/jpeg", buffer=photos.photo("bin"))
    await page.set_input_files("input[type=file]", taken)
    await says(page, WORDS)
    await expect(page.locator("#log").get_by_text("Where is it?").last).to_be_visible()
    await says(page, WHERE)
    await taps(page, "Full bin")
    shown = page.locator("#log .line", has=page.get_by_role("button", name="Send")).last
    await expect(shown).to_be_visible()
    await picture(page, "reporting", shown)
    await taps(page, "Send")
    sent = page.locator("#log .line", has_text="Thank you").last
    await expect(sent).to_contain_text("number")
    await picture(page, "reported", sent)


async def the_desk(browser: Browser, desk: Desk) -> None:
    """The list of a team with the worst first, and one of its reports."""
    words = ("--body", "elm-district", "--team", "waste", "--post", "officer")
    code = desk.types("invite", "officer", *words)["code"]
    page = await somebody(browser, desk.path(code))
    await taps(page, "Accept")
    await says(page, "/desk")
    shown = page.locator("#log .line", has=page.get_by_role("button", name="Mine"))
    await expect(shown).to_be_visible()
    await picture(page, "desk", shown)
    await page.locator("#log").get_by_role("button", name="Dumped rubbish").click()
    card = page.locator("#log .line", has=page.get_by_role("button", name="Answer", exact=True))
    await expect(card).to_be_visible()
    await picture(page, "card", card)


async def the_list(browser: Browser, desk: Desk) -> None:
    """What is open in the town, for everybody, in two languages."""
    for language in ("en", "ur"):
        address = f"http://127.0.0.1:{desk.port}/c/{TOWN}/reports?lang={language}"
        page = await somebody(browser, address, language)
        await page.wait_for_load_state("networkidle")
        await keep(page, f"reports-{language}")
