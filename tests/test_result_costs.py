"""What looking at a result costs: nothing for whoever has it already, one drawing for a crowd, and no row anywhere."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot import i18n
from bot.charts import Picture
from bot.letters.polling import pictures, polls
from bot.services.polling import results
from tests.newsroom import Newsroom, voted

UR = {"Accept-Language": "ur-PK,ur;q=0.9"}


async def test_who_has_it_already_gets_nothing_anew(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll("Keep the market?", "Yes", "No")
    for ending in ("", ".csv", ".json", ".png"):
        path = f"/p/{poll.code}{ending}"
        status, body, headers = await newsroom.gets(path)
        assert (status, bool(body)) == (200, True)
        assert headers["Cache-Control"] == "public, max-age=5"
        status, body, again = await newsroom.gets(path, If_None_Match=headers["ETag"])
        assert (status, body, again["ETag"]) == (304, "", headers["ETag"])
    _, _, before = await newsroom.gets(f"/p/{poll.code}")
    await voted(newsroom.town, poll, Alice="Yes")
    status, page, after = await newsroom.gets(f"/p/{poll.code}", If_None_Match=before["ETag"])
    assert status == 200
    assert "1 person has taken part." in page
    await newsroom.town.passes(days=4)
    status, _, closed = await newsroom.gets(f"/p/{poll.code}", If_None_Match=after["ETag"])
    assert status == 200
    assert closed["Cache-Control"] == "public, max-age=300"


async def test_looking_changes_nothing(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll("Keep the market?", "Yes", "No")
    before = await newsroom.town.rows()
    for ending in ("", ".csv", ".json", ".png"):
        for headers in ({}, UR):
            async with newsroom.http.get(f"/p/{poll.code}{ending}", headers=headers) as got:
                assert got.status == 200
    assert await newsroom.town.rows() == before


async def test_a_link_in_the_newspaper_costs_one_drawing(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll("Keep the market?", "Yes", "No")
    artist, drawn = newsroom.town.folkmoot.artist, 0
    draw = artist.png

    async def counted(chart: Picture) -> bytes:
        nonlocal drawn
        drawn += 1
        return await draw(chart)

    artist.png = counted  # type: ignore[method-assign]

    async def reads() -> bytes:
        async with newsroom.http.get(f"/p/{poll.code}.png") as got:
            return await got.read()

    seen = await asyncio.gather(*(reads() for _ in range(40)))
    assert (len(set(seen)), drawn) == (1, 1)
    await voted(newsroom.town, poll, Alice="Yes")
    newsroom.town.clock.pass_by(timedelta(seconds=2))
    assert await reads() != seen[0]
    assert drawn == 2


async def test_a_picture_that_cannot_be_drawn_takes_nothing_else_with_it(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll("Keep the market?", "Yes", "No")
    newsroom.town.folkmoot.artist._patience = 0.0
    assert (await newsroom.gets(f"/p/{poll.code}.png"))[0] == 503
    assert (await newsroom.gets(f"/p/{poll.code}"))[0] == 200
    newsroom.town.folkmoot.artist._patience = 60.0
    assert (await newsroom.gets(f"/p/{poll.code}.png"))[0] == 200


@pytest.mark.parametrize("language", ["en", "cy", "pl", "ur"])
async def test_a_caption_says_all_and_fits_below_a_picture(newsroom: Newsroom, language: str) -> None:
    poll = await newsroom.town.poll("q" * 300, *(f"{n}{'c' * 99}" for n in range(10)))
    await voted(newsroom.town, poll, Alice="3ccc")
    await newsroom.town.passes(days=4)
    async with newsroom.town.folkmoot.database.reading() as session:
        standing = await results.public(session, poll.code)
    assert standing is not None
    caption = pictures.caption(standing, i18n.tongue(language))
    assert len(caption.striptags()) <= 1024
    assert i18n.tongue(language)._(polls.HONEST) in caption
    assert all(f"{n}ccc" in caption for n in range(10))
