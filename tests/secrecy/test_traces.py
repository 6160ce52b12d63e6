"""What somebody answered stands on their ballot and nowhere else: not in talks, letters, logs or numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from prometheus_client import generate_latest
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.models import Base
from tests.channels.webchat_town import Visitor, WebTown, a_web_town

WORDS = "Quieter evenings by the weir"


@pytest.fixture
async def town(database_url: URL) -> AsyncIterator[WebTown]:
    async with a_web_town(database_url.render_as_string(hide_password=False)) as open_town:
        yield open_town


async def holding(town: WebTown, words: str) -> set[str]:
    """The tables in which these words stand."""
    found = set()
    async with town.folkmoot.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = (await session.execute(select(table))).all()
            found |= {table.name for row in rows if words in repr(tuple(row))}
    return found


async def answers_in_words(alice: Visitor, code: str) -> None:
    await alice.opens(f"/w/elm-park/{code}")
    await alice.presses("Write my answer")
    await alice.says(WORDS)
    assert f"Your answer: {WORDS}" in alice.page.text


async def test_words_stand_on_the_ballot_and_on_the_page_that_shows_them_until_the_close(
    town: WebTown,
) -> None:
    poll = await town.poll("text: What would you change?")
    async with town.visitor() as alice:
        await answers_in_words(alice, poll.code)
        assert alice.page.text.count(WORDS) == 1
        assert await holding(town, WORDS) == {"ballots", "web_lines"}
        await town.passes(days=4)
        assert await holding(town, WORDS) == {"ballots"}


async def test_no_page_shows_what_was_chosen_or_a_receipt_after_the_close(town: WebTown) -> None:
    poll = await town.poll("rank: What first?", "Road", "Park")
    async with town.visitor() as alice:
        await alice.opens(f"/w/elm-park/{poll.code}")
        await alice.presses("Park")
        await alice.says("/cancel")
        await alice.says("/polls")
        await alice.presses("What first?")
        await alice.presses("My receipt")
        assert "Yours will stand beside this code." in alice.page.text
        await town.passes(days=4)
        await alice.opens("/w/elm-park")
        assert "1. Park" not in alice.page.text
        assert "Yours will stand beside this code." not in alice.page.text
        assert "The poll in Elm Park has closed." in alice.page.text


async def test_neither_the_log_nor_the_numbers_for_operators_say_what_was_answered(
    town: WebTown, capfd: pytest.CaptureFixture[str]
) -> None:
    poll = await town.poll("text: What would you change?")
    market = await town.poll("Keep the market?", "Aye, always", "Nay")
    async with town.visitor() as alice:
        await answers_in_words(alice, poll.code)
        await alice.opens(f"/w/elm-park/{market.code}")
        await alice.presses("Aye, always")
    logged = "".join(capfd.readouterr())
    numbers = generate_latest(town.folkmoot.metrics.registry).decode()
    assert "outcome=done" in logged
    for said in (WORDS, "Aye", f"v:{market.id}:0"):
        assert said not in logged
        assert said not in numbers
