"""A letter by e-mail as a phone shows it: small, from right to left, in the dark, with axe, and fetching nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from markupsafe import Markup
from playwright.async_api import Browser, Request

from bot.channels.email.drawing import Choice, Heading, draw
from bot.i18n import tongue
from bot.message import Message
from tests.browser.test_for_everybody import LANGUAGES, LONG, violations

HEADING = Heading(
    sender="reports@town.example",
    to="bins@council.example",
    name="<a.b@town.example>",
    thread="EP-1042",
    subject=None,
    root=None,
    answers_to="reports+x@town.example",
    date=datetime(2026, 11, 23, 10, tzinfo=UTC),
)
WORDS = {
    "en": "<b>An overflowing bin</b>\n\nSince Monday.",
    "cy": "<b>Bin yn gorlifo</b>\n\nErs dydd Llun.",
    "pl": "<b>Przepełniony kosz</b>\n\nOd poniedziałku.",
    "ur": "<b>بھرا ہوا کوڑے دان</b>\n\nپیر سے۔\n\nThe bin is full",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_letter_fits_a_phone(browser: Browser, language: str, scheme: str) -> None:
    message = Message(Markup(f"{WORDS[language]}\n\n{LONG * 2}"))
    choices = [Choice("Take it", f"https://town.example/e/{'A' * 90}")]
    body = draw(message, HEADING, choices, None, tongue(language)).get_body(("html",))
    assert body is not None
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    context = await browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        page = await context.new_page()
        page.on("request", note)
        await page.set_content(body.get_content())
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        box = await page.get_by_role("link", name="Take it").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert await page.locator("html").get_attribute("dir") == ("rtl" if language == "ur" else "ltr")
        ways = await page.eval_on_selector_all(
            ".card h1, .card p", "all => all.map((one) => getComputedStyle(one).direction)"
        )
        assert ways == {"ur": ["rtl", "rtl", "ltr", "ltr"]}.get(language, ["ltr"] * 3)
        assert not await violations(page)
        assert not asked
    finally:
        await context.close()
