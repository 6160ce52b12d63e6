"""Files that we make ourselves, on their way: handed over to Telegram once, shown on the web, written by a terminal."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from markupsafe import Markup
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.app import build, running
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.terminal import Terminal
from bot.clock import SetClock
from bot.db import Database
from bot.drawer import Drawer
from bot.errors import Refused, RetryLater
from bot.letters.markup import bold
from bot.message import Button, Media, Message, Parcel
from bot.models import Address, Envelope, File, Resident
from bot.outbox import Draft, Lane, put
from bot.services import files
from bot.settings import Settings
from tests.channels.telegram_line import line
from tests.channels.webchat_town import WebTown
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.people import Person
from tests.town import MONDAY

CONTENT = b"\x89PNG\r\n\x1a\n" + "<h1>Zażółć</h1>".encode() * 20
DAY = timedelta(days=1)


async def kept(
    database: Database, *, kind: str = "document", name: str = "my dąta.html", **more: object
) -> Media:
    given: dict[str, object] = {
        "subject": "test",
        "life": DAY,
        "now": MONDAY,
        "media_type": "text/html",
        **more,
    }
    async with database.writing() as session:
        return await files.keep(session, CONTENT, kind=kind, name=name, **given)  # type: ignore[arg-type]


def carrying(media: Media, to: object, envelope: int = 1, text: str = "Look", **more: object) -> Parcel:
    message = Message(bold(text), ((Button("Yes", "v:1:0"),),), media=media)
    return Parcel(envelope, str(to), "send", message, **more)  # type: ignore[arg-type]


@pytest.fixture
async def bot(api: FakeTelegram, database: Database) -> AsyncIterator[TelegramChannel]:
    async with line(api, drawer=Drawer(database, SetClock(MONDAY))) as channel:
        yield channel


async def test_a_file_is_handed_over_once_and_goes_by_its_name_after_that(
    api: FakeTelegram, bot: TelegramChannel, database: Database
) -> None:
    people = [api.user(f"P{number}", started=True) for number in range(6)]
    media = await kept(database)
    await asyncio.gather(*(bot.deliver(carrying(media, one.id, one.id)) for one in people))
    assert [(one.newest.shows, one.newest.text, one.newest.buttons) for one in people] == [
        ("document", "Look", (("Yes",),))
    ] * 6
    assert [upload.content for _, upload in api.world.files.values()] == [CONTENT]
    (uploaded,) = [upload for _, upload in api.world.files.values()]
    assert (uploaded.name, uploaded.kind) == ("my dąta.html", "text/html")
    async with line(api, drawer=Drawer(database, SetClock(MONDAY))) as next_process:
        await next_process.deliver(carrying(media, people[0].id, 99))
    assert api.counts["sendDocument"] == 7
    assert len(api.world.files) == 1
    api.assert_proper()


async def test_a_picture_of_ours_takes_the_place_of_words_and_comes_below_none(
    api: FakeTelegram, bot: TelegramChannel, database: Database
) -> None:
    alice = api.user("Alice", started=True)
    media = await kept(database, kind="photo", name="result.png", media_type="image/png")
    name = await bot.deliver(replace(carrying(media, alice.id), message=Message(Markup("Words"))))
    assert await bot.deliver(replace(carrying(media, alice.id, 2), action="edit", target=name)) == name
    assert [(one.shows, one.text) for one in alice.screen()] == [("photo", "Look")]
    await bot.deliver(carrying(media, alice.id, 3, "x" * 1025))
    assert [(one.shows, len(one.text)) for one in alice.screen()[1:]] == [("photo", 0), ("text", 1025)]
    assert len(api.world.files) == 1
    api.assert_proper()


async def test_what_was_not_taken_is_handed_over_again_and_what_is_gone_keeps_no_words_back(
    api: FakeTelegram, bot: TelegramChannel, database: Database
) -> None:
    alice = api.user("Alice", started=True)
    media = await kept(database)
    api.fail("sendDocument", "500")
    with pytest.raises(RetryLater):
        await bot.deliver(carrying(media, alice.id))
    await bot.deliver(carrying(media, alice.id))
    assert (alice.newest.shows, len(api.world.files)) == ("document", 1)
    for gone in (await kept(database, life=timedelta(0)), replace(media, key="a" * 32)):
        await bot.deliver(carrying(gone, alice.id, 5, "Only words"))
        assert (alice.newest.shows, alice.newest.text) == ("text", "Only words")


async def test_a_file_in_the_outbox_survives_the_end_of_its_process(database_url: URL) -> None:
    url = database_url.render_as_string(hide_password=False)
    async with FakeTelegram() as api:
        alice: Person = api.user("Alice", started=True)
        settings = Settings(  # type: ignore[call-arg]
            _env_file=None,
            database_url=SecretStr(url),
            webchat=False,
            port=0,
            telegram_token=SecretStr(api.token),
            telegram_api_url=api.url,
        )
        before = build(settings, clock=SetClock(MONDAY))
        media = await kept(before.database)
        async with before.database.writing() as session:
            address = Address(channel="telegram", chat=str(alice.id), resident_id=None, created_at=MONDAY)
            session.add(address)
            await session.flush()
            message = carrying(media, alice.id).message
            await put(session, [Draft(address, message, "once", lane=Lane.PERSONAL)], now=MONDAY)
            body = (await session.scalars(select(Envelope.body))).one()
            assert "Zażółć" not in str(body)
        await before.database.close()
        after = build(settings, clock=SetClock(MONDAY))
        after.jobs.start = lambda: None  # type: ignore[method-assign]
        async with running(after, listen=False):
            await api.until(lambda: api.counts["sendDocument"] == 1)
        assert alice.newest.shows == "document"


async def test_the_web_shows_a_picture_of_ours_to_whoever_knows_its_name_and_as_long_as_it_is_kept(
    pages: WebTown,
) -> None:
    media = await kept(pages.folkmoot.database, kind="photo", name="result.png", media_type="image/png")
    async with ClientSession(pages.site, headers={"Accept": "text/html"}) as http:
        async with http.get(f"/w/media/{media.key}") as answer:
            assert (answer.status, answer.content_type) == (200, "image/png")
            assert await answer.read() == CONTENT
            assert answer.headers["Content-Disposition"].startswith("inline")
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["Cache-Control"] == "private, max-age=86400"
        await pages.passes(hours=25)
        assert (await http.get(f"/w/media/{media.key}")).status == 404
    async with pages.folkmoot.database.reading() as session:
        assert (await session.scalars(select(File.key))).all() == []


async def test_what_was_made_for_one_person_opens_in_their_own_browser_only(pages: WebTown) -> None:
    await pages.community()
    async with pages.visitor() as alice, pages.visitor() as eve:
        for visitor in (alice, eve):
            await visitor.opens("/w/elm-park")
            await visitor.presses("Join Elm Park")
        async with pages.folkmoot.database.reading() as session:
            owner = (await session.scalars(select(Resident).order_by(Resident.id))).first()
        media = await kept(pages.folkmoot.database, owner=owner)
        async with alice.http.get(f"/w/media/{media.key}") as answer:
            assert (answer.status, await answer.read()) == (200, CONTENT)
            assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''my%20d%C4%85ta.html"
            assert answer.headers["Cache-Control"] == "no-store"
        assert (await eve.http.get(f"/w/media/{media.key}")).status == 404
        async with ClientSession(pages.site, headers={"Accept": "text/html"}) as nobody:
            assert (await nobody.get(f"/w/media/{media.key}")).status == 404


async def test_a_terminal_writes_files_for_its_user_and_overwrites_none(
    database: Database, tmp_path: Path
) -> None:
    paper, folder = io.StringIO(), tmp_path / "given"
    drawer = Drawer(database, SetClock(MONDAY))
    terminal = Terminal("Tess", Console(file=paper, width=300), drawer=drawer, folder=folder)
    media = await kept(database)
    for number in (1, 2):
        await terminal.deliver(carrying(media, "Tess", number))
    names = await asyncio.to_thread(lambda: sorted(path.name for path in folder.iterdir()))
    assert names == ["my dąta 2.html", "my dąta.html"]
    for name in names:
        assert str(folder / name) in paper.getvalue()
        assert await asyncio.to_thread((folder / name).read_bytes) == CONTENT
        assert (await asyncio.to_thread((folder / name).stat)).st_mode & 0o077 == 0


async def test_too_large_a_file_is_refused(database: Database) -> None:
    async with database.writing() as session:
        with pytest.raises(Refused):
            await files.keep(
                session, bytes(files.LARGEST + 1), kind="photo", name="p.png", media_type="image/png",
                subject="test", life=DAY, now=MONDAY,
            )  # fmt: skip
