"""Posters: wished for by organisers, drawn a moment later, sent once, each with a link of its own."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.charts import Artist, NoPicture
from bot.letters.community import posters as letters
from bot.message import Media, Tap
from bot.models import File, Link, Poster
from tests.channels.webchat_town import WebTown, a_web_town
from tests.town import Person, Town

SITE = "http://town.example"


@pytest.fixture
async def web_town(database_url: URL) -> AsyncIterator[WebTown]:
    async with a_web_town(database_url.render_as_string(hide_password=False), public_url=SITE) as town:
        yield town


async def wishes(
    organiser: Person, *, place: str | None = None, languages: tuple[str, ...] = ("English",)
) -> None:
    """From the first question to the last, for the question that is on top."""
    await organiser.says("/poster")
    await organiser.taps("Keep the")
    await (organiser.says(place) if place else organiser.taps("Leave it out"))
    await organiser.taps(languages[0])
    await organiser.taps(languages[1] if languages[1:] else "One is enough")


def sent(person: Person) -> list[Media]:
    return [one.media for one in person.screen.messages.values() if one.media is not None]


async def content(town: Town, media: Media) -> bytes:
    async with town.folkmoot.database.reading() as session:
        found = await session.scalar(select(File.content).where(File.key == media.key))
        assert found is not None
        return bytes(found)


async def count(town: Town, table: type[Link] | type[Poster] | type[File]) -> int:
    async with town.folkmoot.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_an_organiser_gets_a_picture_and_a_paper_whose_code_leads_to_the_question(
    web_town: WebTown,
) -> None:
    olga = await web_town.organiser()
    await web_town.poll("Keep the <market> & all?", "Yes", "No", by=olga)
    await wishes(olga, place="library", languages=("English", "اردو"))
    assert "Whoever comes by it is counted as “Poster: library”." in olga.latest
    assert sent(olga) == []
    await web_town.tick()
    picture, paper = sent(olga)
    assert (picture.kind, picture.type, paper.kind, paper.type) == (
        "photo", "image/png", "document", "application/pdf",
    )  # fmt: skip
    async with web_town.folkmoot.database.reading() as session:
        link = (await session.scalars(select(Link))).one()
    assert paper.name == f"poster-elm-park-{link.code}.pdf"
    with Image.open(io.BytesIO(await content(web_town, picture))) as drawn:
        assert [one.text for one in zxingcpp.read_barcodes(drawn)] == [f"{SITE}/l/{link.code}"]
    printed = pypdfium2.PdfDocument(await content(web_town, paper))[0]
    words = printed.get_textpage().get_text_range()
    assert f"town.example/l/{link.code}" in words
    assert await count(web_town, Poster) == 0
    await web_town.tick()
    assert len(sent(olga)) == 2, "it is sent once"


async def test_from_the_desk_and_each_poster_has_a_link_of_its_own(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    poll = await web_town.poll("Keep the market?", "Yes", "No", by=olga)
    for _ in range(2):
        await olga.does(Tap(f"lk:1:{poll.id}", query="q"))
        await olga.taps("A poster")
        await olga.taps("Leave it out")
        await olga.taps("polski")
        await olga.taps("One is enough")
    assert "counted as “Poster: 2”" in olga.latest
    await wishes(olga, place="Library")
    await wishes(olga, place="library")
    async with web_town.folkmoot.database.reading() as session:
        names = (await session.scalars(select(Link.name).order_by(Link.id))).all()
    assert names == ["", "2", "Library"]


async def test_a_double_tap_makes_one_poster(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    await web_town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.says("/poster")
    await olga.taps("Keep the")
    await olga.taps("Leave it out")
    await olga.taps("English")
    name, payload = olga.button("One is enough")
    await olga.presses(payload, on=name)
    await olga.presses(payload, on=name)
    assert await count(web_town, Link) == 1
    assert await count(web_town, Poster) == 1


async def test_a_question_that_closes_before_it_is_drawn_gets_no_poster(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    poll = await web_town.poll("Keep the market?", "Yes", "No", by=olga)
    await wishes(olga)
    await olga.does(Tap(f"pc:{poll.id}:1", query="q"))
    await web_town.tick()
    assert olga.sees(letters.CLOSED)
    assert sent(olga) == []
    assert await count(web_town, Poster) == 0


async def test_a_question_that_closes_between_two_answers_is_asked_for_again(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    await web_town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.says("/poster")
    await olga.taps("Keep the")
    await web_town.passes(days=4)
    await web_town.passes(minutes=1)
    await olga.says("/poster")
    await olga.taps("Joining Elm Park")
    await olga.taps("Leave it out")
    assert "In which language?" in olga.latest


async def test_when_the_drawing_process_is_killed_it_is_drawn_by_the_next(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    await web_town.poll("Keep the market?", "Yes", "No", by=olga)
    await wishes(olga)
    artist = web_town.folkmoot.artist
    plain = Artist._drawn

    async def killed(self: Artist, line: bytes) -> bytes:
        Artist._drawn = plain  # type: ignore[method-assign]
        await plain(self, line)
        assert self.pid is not None
        os.kill(self.pid, signal.SIGKILL)
        return await plain(self, line)

    Artist._drawn = killed  # type: ignore[method-assign]
    await web_town.tick()
    assert sent(olga) == []
    assert artist.pid is None
    await web_town.tick()
    assert len(sent(olga)) == 2


async def test_what_cannot_be_drawn_is_given_up_and_said(
    web_town: WebTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(self: Artist, line: bytes) -> bytes:
        raise NoPicture("a broken machine")

    monkeypatch.setattr(Artist, "_asked", never)
    olga = await web_town.organiser()
    await web_town.poll("Keep the market?", "Yes", "No", by=olga)
    await wishes(olga)
    for _ in range(4):
        assert not olga.sees(letters.NOT_DRAWN)
        await web_town.tick()
    assert olga.sees(letters.NOT_DRAWN)
    assert await count(web_town, Poster) == 0


async def test_without_an_address_that_phones_can_open_it_says_what_is_missing(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.says("/poster")
    assert "TELEGRAM_TOKEN" in olga.latest
    assert "PUBLIC_URL" in olga.latest
    await olga.does(Tap(f"pt:1:{poll.id}", query="q"))
    assert olga.latest.startswith("A poster needs an address that phones can open") or olga.sees(
        letters.MISSING
    )


async def test_the_short_address_leads_to_the_question_and_later_to_its_result(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    poll = await web_town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.does(Tap(f"ln:1:{poll.id}", query="q"))
    await olga.taps("School")
    async with web_town.folkmoot.database.reading() as session:
        code = (await session.scalars(select(Link.code))).one()
    assert f"{SITE}/l/{code}" in olga.text
    async with web_town.visitor() as alice:
        assert await leads(alice, f"/l/{code.upper()}") == f"{SITE}/w/elm-park/{code}"
        await alice.opens(f"/w/elm-park/{code}")
        await alice.presses("Yes")
        assert "Your answer is counted." in alice.page.text
        assert await leads(alice, "/l/zzzzzzzz") is None
        await olga.does(Tap(f"pc:{poll.id}:1", query="q"))
        assert await leads(alice, f"/l/{code}") == f"/p/{poll.code}"


async def leads(visitor: object, path: str) -> str | None:
    http = visitor.http  # type: ignore[attr-defined]
    async with http.get(path, allow_redirects=False) as got:
        assert got.status in (302, 404)
        where: str | None = got.headers.get("Location")
        return where


async def test_the_files_are_the_organisers_alone_and_go_after_a_day(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    await web_town.poll("Keep the market?", "Yes", "No", by=olga)
    await wishes(olga)
    await web_town.tick()
    async with web_town.folkmoot.database.reading() as session:
        owners = (await session.scalars(select(File.owner_id))).all()
    assert None not in owners
    web_town.clock.pass_by(timedelta(hours=25))
    await web_town.tick()
    assert await count(web_town, File) == 0
