"""A question from the first word to what came of it, and an announcement, as they look on phones."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from tests.screenshots.phones import TOWN, Desk, drawn, picture, says, somebody, taps, votes

CHOICES = "Yes, in green | Yes, in blue | Leave it"
ASKED = f"/poll Shall we paint the bus shelter? | {CHOICES} | closes tomorrow 18:00"
ANSWERS = (0, 0, 1, 0, 2, 0, 1)
TOLD = "The hall is closed on Friday: its floor is being mended. The Friday lunch is in the library, at noon."
TOLD_IN_URDU = (
    "جمعے کو ہال بند رہے گا: اس کے فرش کی مرمت ہو رہی ہے۔ جمعے کا کھانا دوپہر کو لائبریری میں ہوگا۔"
)
NEXT = "Green it is. Paint and brushes are there on Saturday at ten; everybody is welcome."


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
