"""Residents without any script talk with the town through pages and forms, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.channels.webchat.transcript import tidy
from bot.models import Address, WebLine, WebSession
from tests.channels.webchat_town import WebTown, a_web_town


@pytest.fixture
async def town(database_url: URL) -> AsyncIterator[WebTown]:
    async with a_web_town(database_url.render_as_string(hide_password=False)) as open_town:
        yield open_town


async def test_a_vote_counts_with_one_press_and_the_answer_is_on_the_next_page(town: WebTown) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    async with town.visitor() as alice:
        await alice.opens(f"/w/elm-park/{poll.code}")
        assert "Keep the market?" in alice.page.text
        await alice.presses("Yes")
        assert "✔ Yes" in alice.page.text
        assert "Counted. Thank you." in alice.page.text
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_a_second_press_moves_the_vote_and_replaces_the_message(town: WebTown) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    async with town.visitor() as alice:
        await alice.opens(f"/w/elm-park/{poll.code}")
        await alice.presses("Yes")
        await alice.presses("No")
        assert "✔ No" in alice.page.text
        assert "✔ Yes" not in alice.page.text
        assert alice.page.text.count("Keep the market?") == 1
        assert alice.page.text.count("Counted. Thank you.") == 1
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_reading_pages_changes_no_row_and_sets_no_cookie(town: WebTown) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    invitation = await town.invitation("organiser")
    before = await town.rows()
    async with town.visitor() as alice:
        for path in (poll.code, invitation, "", "no-such-code", "?lang=pl", "?lang=xx&framed=1"):
            await alice.opens(f"/w/elm-park{'' if path.startswith('?') else '/' if path else ''}{path}")
            assert alice.answer is not None
            assert alice.answer.status == 200
            assert "Set-Cookie" not in alice.answer.headers
        await alice.opens("/w/proof")
        await alice.opens("/w/lines")
        await alice.opens("/w/embed.js")
    assert await town.rows() == before


async def test_a_form_that_is_sent_twice_counts_one_person_once(town: WebTown) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    async with town.visitor() as alice:
        await alice.opens(f"/w/elm-park/{poll.code}")
        page = alice.page
        await alice.presses("Yes")
        alice.http.cookie_jar.clear()  # the browser gave up waiting for the first answer, with its cookie
        alice.page = page
        await alice.presses("Yes")
        assert "✔ Yes" in alice.page.text
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_who_comes_back_sees_the_conversation_and_a_new_question_below(town: WebTown) -> None:
    olga = await town.organiser()
    market = await town.poll("Keep the market?", "Yes", "No", by=olga)
    bench = await town.poll("A bench by the pond?", "Oh yes", "Rather not", by=olga)
    async with town.visitor() as alice:
        await alice.opens(f"/w/elm-park/{market.code}")
        await alice.presses("Yes")
        await alice.opens(f"/w/elm-park/{bench.code}")
        assert alice.page.text.index("✔ Yes") < alice.page.text.index("A bench by the pond?")
        await alice.presses("Oh yes")
        await alice.opens(f"/w/elm-park/{bench.code}")
        assert "✔ Oh yes" in alice.page.text
        assert alice.page.text.count("A bench by the pond?") == 1
    assert await town.result(bench) == {"Oh yes": 1, "Rather not": 0}


async def test_an_invitation_is_accepted_from_its_page(town: WebTown) -> None:
    code = await town.invitation("organiser")
    async with town.visitor() as olga:
        await olga.opens(f"/w/elm-park/{code}")
        await olga.presses("Accept")
        await olga.says("/poll A bench by the pond? | Yes | No")
        assert "A bench by the pond?" in olga.page.text


async def test_own_words_stand_where_they_were_said_and_never_become_markup(town: WebTown) -> None:
    await town.community()
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.says("<script>alert(1)</script> & <b>bold</b>")
        assert "<script>alert(1)</script> & <b>bold</b>" in alice.page.text
        assert "<script>alert" not in alice.page.html


async def test_a_link_that_is_unknown_is_said_kindly(town: WebTown) -> None:
    await town.community()
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park/nothing-here")
        assert "I do not know this link." in alice.page.text
        await alice.opens("/w/no-such-town")
        assert alice.answer is not None
        assert alice.answer.status == 404


async def test_the_language_is_picked_from_the_browser_or_the_address(town: WebTown) -> None:
    await town.community(languages=("en", "ur"))
    async with town.visitor(**{"Accept-Language": "fr;q=0.9, ur-PK;q=0.8, en;q=0.1"}) as alice:
        await alice.opens("/w/elm-park")
        assert (alice.page.attributes["lang"], alice.page.attributes["dir"]) == ("ur", "rtl")
        await alice.opens("/w/elm-park?lang=en")
        assert (alice.page.attributes["lang"], alice.page.attributes["dir"]) == ("en", "ltr")
        await alice.opens("/w/elm-park?lang=pl")
        assert alice.page.attributes["lang"] == "ur", "this community does not speak Polish"


async def test_choosing_a_language_is_remembered_and_the_town_speaks_it(town: WebTown) -> None:
    await town.community()
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.says("hello")
        await alice.presses("polski")
        assert alice.page.attributes["lang"] == "pl"
        await alice.opens("/w/elm-park")
        assert alice.page.attributes["lang"] == "pl"


async def test_the_database_holds_no_cookie_and_no_one_else_reads_the_transcript(town: WebTown) -> None:
    await town.community()
    async with town.visitor() as alice, town.visitor() as mallory:
        await alice.opens("/w/elm-park")
        await alice.says("my secret garden")
        token = next(cookie.value for cookie in alice.http.cookie_jar)
        async with town.folkmoot.database.reading() as session:
            chats = (await session.scalars(select(WebSession.chat))).all()
        assert len(chats) == 1
        assert token not in chats[0]
        mallory.http.cookie_jar.update_cookies({"folkmoot_chat": chats[0]})
        await mallory.opens("/w/elm-park")
        assert "garden" not in mallory.page.text


async def test_old_lines_are_forgotten_and_the_person_is_not(town: WebTown) -> None:
    await town.community()
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.says("hello")
        async with town.folkmoot.database.writing() as session:
            assert not await tidy(session, town.clock() + timedelta(days=30, seconds=1))
        async with town.folkmoot.database.reading() as session:
            assert await session.scalar(select(func.count(WebLine.id))) == 0
            assert await session.scalar(select(func.count()).where(Address.channel == "web")) == 1
        await alice.opens("/w/elm-park")
        assert 'data-known="1"' in alice.page.html
