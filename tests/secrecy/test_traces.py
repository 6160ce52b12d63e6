"""What somebody answered stands on their ballot and nowhere else: not in talks, letters, logs or numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from prometheus_client import generate_latest
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.models import Base, Deed, Envelope, Suggestion, WebLine
from tests.channels.webchat_town import Visitor, WebTown, a_web_town
from tests.town import Person

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


SUGGESTED = "A ferry by the weir"


async def suggests(town: WebTown, alice: Visitor) -> Person:
    """Alice suggests an answer to a question that grows; returns who asked it."""
    olga = await town.organiser()
    await olga.says("/poll What is needed? | Benches | Lamps")
    for label in ("Edit", "Whether people may add answers", "Yes, they may", "Send"):
        await olga.taps(label)
    poll = await town.newest_poll()
    await alice.opens(f"/w/elm-park/{poll.code}")
    await alice.presses("Suggest an answer")
    await alice.says(SUGGESTED)
    return olga


async def test_nobody_learns_who_suggested_an_answer(town: WebTown) -> None:
    async with town.visitor() as alice:
        olga = await suggests(town, alice)
        assert await holding(town, SUGGESTED) == {"suggestions"}
        async with town.folkmoot.database.reading() as session:
            (one,) = (await session.scalars(select(Suggestion))).all()
            letters = (await session.execute(select(Envelope.once_key, Envelope.body))).all()
            deeds = (await session.scalars(select(Deed))).all()
        assert not any(f"suggest:{one.poll_id}" in str(row) for row in letters)
        assert not any(SUGGESTED in repr(vars(deed)) for deed in deeds)
        await olga.taps("Read it")
        assert SUGGESTED in olga.latest
        for words in (str(one.resident_id), "Alice"):
            assert words not in olga.latest
            assert all(
                words not in (button.payload or "")
                for m in olga.screen.messages.values()
                for row in m.rows
                for button in row
                if "Let it in" in button.label
            )


async def test_the_close_leaves_nothing_of_a_suggestion(town: WebTown) -> None:
    async with town.visitor() as alice:
        await suggests(town, alice)
        await town.passes(days=4)
        assert await holding(town, SUGGESTED) == set()
        async with town.folkmoot.database.reading() as session:
            lines = (await session.scalars(select(WebLine.body))).all()
        assert not any("Which answer is missing" in str(line) for line in lines)


async def test_what_was_let_in_stands_among_the_choices_and_leads_to_nobody(town: WebTown) -> None:
    async with town.visitor() as alice:
        olga = await suggests(town, alice)
        await olga.taps("Read it")
        await olga.taps("Let it in")
        await alice.opens("/w/elm-park")
        assert "Your suggestion is in the list now" in alice.page.text
        await town.passes(days=4)
        assert await holding(town, "Your suggestion is in the list now") == set()
        assert "suggestions" not in await holding(town, SUGGESTED)
