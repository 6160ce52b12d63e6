"""Pictures on the web: sent with a form, kept without what their camera noted, shown to who sent them, handed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.message import Attached, Command, Incoming, Place, Receipt
from bot.models import File, Resident, WebLine
from tests.channels.webchat_town import Visitor, WebTown, a_web_town
from tests.photographs import HEIC, LAMP, SECRET, near, opened, photograph


@pytest.fixture
async def town(database_url: URL, tmp_path: Path) -> AsyncIterator[WebTown]:
    url = database_url.render_as_string(hide_password=False)
    async with a_web_town(url, media_dir=tmp_path / "media") as open_town:
        await open_town.community()
        yield open_town


def web(town: WebTown) -> Any:
    return next(channel for channel in town.folkmoot.channels if channel.name == "web")._room  # type: ignore[attr-defined]


@pytest.fixture
def handed_in(town: WebTown) -> list[Incoming]:
    """What reaches the dispatcher."""
    room, taken = web(town), []
    submit = room.submit

    async def noted(incoming: Incoming) -> Receipt:
        taken.append(incoming)
        receipt: Receipt = await submit(incoming)
        return receipt

    room.submit = noted
    return taken


def attached(incoming: Incoming) -> Attached:
    assert isinstance(incoming.what, Attached)
    return incoming.what


async def files(town: WebTown) -> list[File]:
    async with town.folkmoot.database.reading() as session:
        return list(await session.scalars(select(File).order_by(File.created_at)))


def lying(town: WebTown) -> list[bytes]:
    kept = town.folkmoot.settings.media_dir / "kept"
    return [path.read_bytes() for path in kept.rglob("*") if path.is_file() and len(path.name) == 64]


def shown(alice: Visitor) -> list[str]:
    """The addresses of the pictures on the page."""
    return [
        part.partition('"')[0] for part in alice.page.html.split('<img src="')[1:] if "/w/media/" in part[:60]
    ]


async def test_a_picture_is_handed_in_with_its_words_and_seen_by_who_sent_it(
    town: WebTown, handed_in: list[Incoming]
) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph(), "The lamp is broken.")
        assert "Where is it?" in alice.page.text
        assert "The lamp is broken." in alice.page.text
        (address,) = shown(alice)
        async with alice.http.get(address) as answer:
            assert (answer.status, answer.content_type) == (200, "image/jpeg")
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Disposition"] == "inline; filename=picture"
            assert answer.headers["Cache-Control"] == "no-store"
            content = await answer.read()
        assert opened(content).size == (64, 32)
    what = attached(handed_in[0])
    assert (what.text, what.place, what.command) == ("The lamp is broken.", Place(*LAMP), None)
    assert (what.media.kind, dict(what.media.files), what.media.size) == ("photo", {}, len(content))
    assert address == f"/w/media/{what.media.key}"
    assert await asyncio.to_thread(lying, town) == [content]
    assert SECRET.encode() not in content
    (row,) = await files(town)
    assert (row.kind, row.name, row.type, row.size) == ("photo", "picture.jpg", "image/jpeg", len(content))


async def test_nobody_else_sees_it(town: WebTown) -> None:
    async with town.visitor() as alice, town.visitor() as eve:
        for one in (alice, eve):
            await one.opens("/w/elm-park")
            await one.sends_picture(photograph())
        (address,) = shown(alice)
        assert (await alice.http.get(address)).status == 200
        assert (await eve.http.get(address)).status == 404
        async with ClientSession(town.site, headers={"Accept": "text/html"}) as nobody:
            assert (await nobody.get(address)).status == 404
    owners = [row.owner_id for row in await files(town)]
    async with town.folkmoot.database.reading() as session:
        assert sorted(owners) == sorted(await session.scalars(select(Resident.id)))  # type: ignore[type-var]
    assert len(await asyncio.to_thread(lying, town)) == 1, "the same picture is kept once"


async def test_where_it_was_taken_stands_in_no_line_and_no_row_of_it(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph(), "Look.")
    async with town.folkmoot.database.reading() as session:
        said = [str(line.body) for line in await session.scalars(select(WebLine))]
    rows = [
        str({name: getattr(row, name) for name in ("names", "name", "subject")}) for row in await files(town)
    ]
    assert not [text for text in said + rows if "51.5" in text or "0.125" in text]


async def test_after_a_day_it_is_gone_unless_something_needs_it(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph())
        (address,) = shown(alice)
        await town.passes(hours=23)
        assert (await alice.http.get(address)).status == 200
        for _ in range(5):
            await town.passes(hours=1)
        assert (await alice.http.get(address)).status == 404
    assert await asyncio.to_thread(lying, town) == []


async def test_who_erases_themselves_takes_it_along(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph())
        await alice.says("/forgetme")
        await alice.presses("Leave it")
        await alice.presses("Yes, erase it")
    assert await files(town) == []
    for _ in range(3):
        await town.passes(hours=1)
    assert await asyncio.to_thread(lying, town) == []


async def test_sent_again_after_a_lost_answer_it_is_one_picture_and_one_turn(
    town: WebTown, handed_in: list[Incoming]
) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        for _ in range(3):
            assert (await alice.sends_picture_by_script(photograph(), "Look."))[0] == 200
            alice.http.cookie_jar.clear()  # it came with the answer that was lost
    assert len({one.key for one in handed_in}) == 1
    assert len({attached(one).media.key for one in handed_in}) == 1
    assert len(await files(town)) == 1
    async with town.folkmoot.database.reading() as session:
        mine = (await session.scalars(select(WebLine).where(WebLine.kind == "mine"))).all()
    assert len(mine) == 1


async def test_it_is_kept_before_anything_is_said_of_it(town: WebTown) -> None:
    """Whoever reads the turn finds the picture, whatever happens after."""
    room = web(town)
    seen: list[bytes | None] = []

    async def look(incoming: Incoming) -> Receipt:
        made = await room.intake.drawer.take(attached(incoming).media.key)
        seen.append(made and made.content)
        return Receipt("done")

    room.submit = look
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture_by_script(photograph())
    assert seen == await asyncio.to_thread(lying, town)


async def test_a_command_beside_it_is_a_command(town: WebTown, handed_in: list[Incoming]) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph(), "/announce The hall")
        await alice.sends_picture(photograph(), "/help")
    assert [attached(one).command for one in handed_in] == [Command("announce", "The hall"), Command("help")]


async def test_what_was_drawn_over_is_hidden_before_anything_is_kept(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph(size=(640, 320)), hide="[[0.45, 0.1, 0.2, 0.8]]")
        (address,) = shown(alice)
        got = opened(await (await alice.http.get(address)).read())
    assert near(got.getpixel((50, 160)), (254, 0, 0))
    assert not near(got.getpixel((315, 160)), (254, 0, 0)), "red and blue are mixed here"
    assert len(await asyncio.to_thread(lying, town)) == 1


async def test_what_an_iphone_takes_is_taken(town: WebTown, handed_in: list[Incoming]) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(HEIC)
        assert opened(await (await alice.http.get(shown(alice)[0])).read()).size == (32, 64)
    assert attached(handed_in[0]).place == Place(*LAMP)
