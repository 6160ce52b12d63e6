"""The public page of a community: anyone may read what is asked, what came of it and what is owed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import pytest
from aiohttp import ClientSession
from sqlalchemy.engine import URL

from tests.channels.webchat_town import WebTown, a_web_town
from tests.promises import an_answered_poll, answers, at, promised


@pytest.fixture
async def web_town(database_url: URL) -> AsyncIterator[WebTown]:
    async with a_web_town(database_url.render_as_string(hide_password=False)) as town:
        yield town


async def reads(town: WebTown, language: str = "en", path: str = "/c/elm-park") -> str:
    """What the page says a moment later, with its tags taken out."""
    town.clock.pass_by(timedelta(seconds=2))
    async with (
        ClientSession(town.site) as http,
        http.get(path, headers={"Accept-Language": language}) as page,
    ):
        assert page.status == 200
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        return unescape(await page.text())


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_a_fresh_community_owes_nothing_and_has_no_number(web_town: WebTown) -> None:
    await web_town.community()
    page = await reads(web_town)
    assert "<h1>Elm Park</h1>" in page
    assert "No questions are open just now." in page
    assert "Nothing is owed just now." in page
    assert "Nothing has been due in the last year, so there is no number yet." in page
    assert "%" not in words(page)
    assert '/w/elm-park">Take part</a>' in page
    assert "<script" not in page


async def test_an_open_question_leads_into_the_chat_and_shows_no_count(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    poll = await web_town.poll("Keep the <market>?", "Yes", "No", by=olga)
    await olga.taps("Yes")
    page = await reads(web_town)
    assert f'/w/elm-park/{poll.code}">Keep the <market>?</a>' in page  # unescaped above
    assert "It closes Thursday 26 November, 10:00." in page
    assert "1 person" not in page


async def test_what_is_owed_and_how_late_it_is_is_said_plainly(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    await an_answered_poll(web_town, olga)
    page = words(await reads(web_town))
    assert "No outcome yet, promised for 10 December 2026." in page
    assert "days ago" not in page
    await at(web_town, 2026, 12, 12, 12)
    page = words(await reads(web_town))
    assert "No outcome yet, promised for 10 December 2026. That was 2 days ago." in page
    assert "In the last year 0 of 1 answer got an outcome in time: 0%." in page
    assert "In time is within 14 days after a question closes." in page


async def test_a_promise_its_reasons_and_its_end_are_to_be_read(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    await promised(web_town, olga)
    poll = await web_town.newest_poll()
    await at(web_town, 2026, 12, 6, 12)
    await olga.taps("It will be late")
    await olga.says("The stalls are still being mended.")
    await olga.says("20 December 2026")
    await olga.taps("Send")
    page = await reads(web_town)
    assert f'<a href="/p/{poll.code}">Keep the market?</a>' in page
    assert "Decided by: the council" in page
    assert "It will be late Why: The stalls are still being mended." in words(page)
    assert "Promised for 20 December 2026." in page
    await at(web_town, 2026, 12, 21, 12)
    await olga.taps("Done")
    await olga.taps("Send")
    page = words(await reads(web_town))
    assert "It is done." in page
    assert "Nothing is owed just now." in page


async def test_who_has_it_already_gets_nothing_anew(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    async with ClientSession(web_town.site) as http:
        async with http.get("/c/elm-park") as page:
            known = page.headers["ETag"]
            assert page.headers["Cache-Control"] == "public, max-age=5"
        web_town.clock.pass_by(timedelta(seconds=2))
        async with http.get("/c/elm-park", headers={"If-None-Match": known}) as page:
            assert (page.status, await page.read()) == (304, b"")
        await web_town.poll("Keep the market?", "Yes", "No", by=olga)
        web_town.clock.pass_by(timedelta(seconds=2))
        async with http.get("/c/elm-park", headers={"If-None-Match": known}) as page:
            assert page.status == 200
            assert "Keep the market?" in await page.text()


async def test_the_rate_has_its_numbers_beside_it(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    await an_answered_poll(web_town, olga, "Alice", "Bob")
    await answers(olga, "It stays.", "the council")
    await at(web_town, 2026, 12, 12, 12)
    page = words(await reads(web_town))
    assert "In the last year 2 of 2 answers got an outcome in time: 100%." in page
    assert "They were given in 1 poll." in page


@pytest.mark.parametrize(
    ("language", "says"),
    [("cy", "Dywedoch chi, gwnaethon ni"), ("pl", "Otwarte pytania"), ("ur-PK,ur;q=0.9", "کھلے سوال")],
)
async def test_it_speaks_the_readers_language(web_town: WebTown, language: str, says: str) -> None:
    await web_town.community()
    page = await reads(web_town, language)
    assert says in page
    assert ('dir="rtl"' in page) == language.startswith("ur")
    assert says in await reads(web_town, "en", f"/c/elm-park?lang={language[:2]}")


async def test_reading_changes_nothing_and_an_unknown_name_is_said_so(web_town: WebTown) -> None:
    await web_town.community()
    before = await web_town.rows()
    await reads(web_town)
    async with ClientSession(web_town.site) as http, http.get("/c/nowhere") as page:
        assert page.status == 404
    assert await web_town.rows() == before


async def test_what_is_asked_of_organisers_alone_is_not_shown_to_everybody(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    await olga.says("/poll Who chairs? | Olga | Otto")
    for label in ("Edit", "Who is asked", "Organisers only", "Send"):
        await olga.taps(label)
    await web_town.poll("Keep the market?", "Yes", "No", by=olga)
    page = await reads(web_town)
    assert "Keep the market?" in page
    assert "Who chairs?" not in page


async def test_what_organisers_decided_among_themselves_is_owed_to_nobody_else(web_town: WebTown) -> None:
    olga, alice = await web_town.organiser(), await web_town.member("Alice")
    await olga.says("/poll Who chairs? | Olga | Otto")
    for label in ("Edit", "Who is asked", "Organisers only", "Send"):
        await olga.taps(label)
    poll = await web_town.newest_poll()
    await olga.taps("Otto")
    await web_town.passes(days=4)
    assert "Look at it in full" not in olga.latest
    assert "Who chairs?" not in await reads(web_town)
    await alice.says("/promises")
    assert not alice.sees("Who chairs?")
    async with ClientSession(web_town.site) as http, http.get(f"/p/{poll.code}") as page:
        assert page.status == 404
        assert "Who chairs?" not in await page.text()


async def test_a_question_to_a_part_of_town_says_whom_it_asked(web_town: WebTown) -> None:
    people = [await web_town.member(f"Neighbour {number}") for number in range(5)]
    for one in people:
        await one.says("/me")
        await one.taps("Part of town")
        await one.taps("North")
    olga = await web_town.organiser()
    await olga.says("/poll A bench in North? | Yes | No")
    for label in ("Edit", "Who is asked", "North", "Send"):
        await olga.taps(label)
    poll = await web_town.newest_poll()
    for one in people:
        await one.taps("Yes")
    await web_town.passes(days=4)
    for path in ("/c/elm-park", f"/p/{poll.code}"):
        assert "It is for people in North." in await reads(web_town, path=path)
