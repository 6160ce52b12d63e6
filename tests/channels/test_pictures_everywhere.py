"""A picture sent on the web goes where one from Telegram goes: with announcements, onto the community's page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot import chores
from bot.app import build, running
from bot.models import File, Resident
from tests.channels.everywhere import OnTheWeb, sees
from tests.channels.test_enclosed_everywhere import Mixed, mixed
from tests.channels.webchat_town import Visitor, a_web_town
from tests.photographs import SECRET, opened, photograph

__all__ = ["mixed"]


@pytest.fixture
async def olga(mixed: Mixed) -> AsyncIterator[OnTheWeb]:
    """An organiser who is on the web."""
    site = mixed.town.folkmoot.settings.site.replace("localhost", "127.0.0.1")
    jar, looks = CookieJar(unsafe=True), {"Accept": "text/html"}
    async with ClientSession(site, cookie_jar=jar, headers=looks) as http:
        olga = OnTheWeb(Visitor(http))
        await olga.opens(await mixed.town.invitation("organiser"))
        await olga.taps("Accept")
        await sees(olga, "You are an organiser of Elm Park now.")
        yield olga


async def test_an_announcement_with_a_picture_from_the_web_reaches_telegram_and_the_web(
    mixed: Mixed, olga: OnTheWeb
) -> None:
    await olga.says("/announce")
    await sees(olga, "A picture can go with it: send it together with your words.")
    await sees(olga, "Documents can only be sent from Telegram; /link makes you known there.")
    await olga.visitor.sends_picture(photograph(), "The lamp is mended.")
    await sees(olga, "With the picture that you sent.")
    await olga.taps("Send")
    seen = await mixed.alice.waits_for("The lamp is mended.")
    assert seen is not None
    assert seen.shows == "photo"
    (upload,) = [upload for _, upload in mixed.api.world.files.values()]
    assert opened(upload.content).size == (64, 32)
    assert SECRET.encode() not in upload.content
    await mixed.api.until(lambda: mixed.api.counts["sendPhoto"] == 2)
    assert len(mixed.api.world.files) == 1, "handed over once, for all"
    await sees(mixed.wilma, "The lamp is mended.")
    address = f"/w/media/{await mixed.copy()}"
    async with mixed.http.get(address) as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert opened(await answer.read()).size == (64, 32)


async def test_an_album_with_an_announcement_is_refused_once_and_its_words_are_kept(mixed: Mixed) -> None:
    caption = "/announce The lamp is mended."
    updates = await mixed.olga.sends_album(photograph(), photograph(), photograph(), caption=caption)
    await mixed.olga.waits_for("Those were several at once.")
    await mixed.olga.waits_for("Elm Park tells you:\n\nThe lamp is mended.")
    for update in updates:
        mixed.api.repeat(update)
    await mixed.olga.sends("/cancel")
    await mixed.olga.waits_for("Nothing was sent.")
    assert sum("several at once" in one.text for one in mixed.olga.screen()) == 1
    assert not any("I can only read" in one.text for one in mixed.olga.screen())


async def test_it_is_the_communitys_from_then_on_and_goes_in_its_time(mixed: Mixed, olga: OnTheWeb) -> None:
    await olga.visitor.sends_picture(photograph(), "/announce The lamp is mended.")
    await sees(olga, "With the picture that you sent.")
    await olga.taps("Send")
    await sees(mixed.wilma, "The lamp is mended.")
    address = f"/w/media/{await mixed.copy()}"
    database = mixed.town.folkmoot.database
    async with database.reading() as session:
        (row,) = (await session.scalars(select(File))).all()
        assert (row.owner_id, row.subject) == (None, "enclosure")
        assert row.expires_at - mixed.town.clock() > timedelta(days=32)
    await mixed.town.passes(days=20)
    assert (await mixed.http.get(address)).status == 200
    await mixed.town.passes(days=40)
    for _ in range(3):
        await mixed.town.passes(hours=1)
    assert (await mixed.http.get(address)).status == 404
    kept = mixed.town.folkmoot.settings.media_dir
    left = await asyncio.to_thread(lambda: [one.name for one in kept.rglob("*") if one.is_file()])
    assert set(left) <= {".turn", ".claimed"}


async def test_what_was_sent_too_long_ago_is_asked_for_again_and_the_draft_stays(
    mixed: Mixed, olga: OnTheWeb
) -> None:
    await olga.visitor.sends_picture(photograph(), "/announce The lamp is mended.")
    await sees(olga, "With the picture that you sent.")
    await mixed.town.passes(hours=25)
    await olga.taps("Send")
    await sees(olga, "That picture is not kept here any more. Please send it again.")
    await olga.visitor.sends_picture(photograph())
    await olga.taps("Send")
    assert (await mixed.alice.waits_for("The lamp is mended.")).shows == "photo"  # type: ignore[union-attr]


async def test_a_picture_from_the_web_becomes_the_communitys(mixed: Mixed, olga: OnTheWeb) -> None:
    town = mixed.town.folkmoot
    await olga.says("/picture")
    await sees(olga, "Send me a picture of your community")
    await olga.visitor.sends_picture(photograph(size=(900, 600)))
    await sees(olga, "I have it.")
    await chores.fetch_pictures(town.database, town.clock, town.intake.content, town.intake.reaches)
    await sees(olga, "This is the picture of your community now.")
    async with mixed.http.get("/c/elm-park/picture.jpg") as answer:
        assert opened(await answer.read()).size == (512, 512)


async def test_another_process_finds_it(mixed: Mixed, olga: OnTheWeb) -> None:
    """The postman may be another one than the door that took the picture in."""
    await olga.visitor.sends_picture(photograph(), "/announce The lamp is mended.")
    await sees(olga, "With the picture that you sent.")
    town = mixed.town
    settings = town.folkmoot.settings.model_copy(update={"port": 0, "telegram_mode": "polling"})
    other = build(settings, clock=town.clock)
    other.jobs.start = lambda: None  # type: ignore[method-assign]
    async with running(other, listen=False):
        async with town.folkmoot.database.reading() as session:
            (row,) = (await session.scalars(select(File))).all()
            assert row.owner_id in (await session.scalars(select(Resident.id))).all()
        made = await other.intake.drawer.take(row.key)
    assert made is not None
    assert opened(made.content).size == (64, 32)


async def test_where_there_is_no_telegram_a_picture_can_be_sent_all_the_same(
    database_url: URL, tmp_path: Path
) -> None:
    url = database_url.render_as_string(hide_password=False)
    async with a_web_town(url, media_dir=tmp_path / "media") as town, town.visitor() as visitor:
        olga = OnTheWeb(visitor)
        await olga.opens(await town.invitation("organiser"))
        await olga.taps("Accept")
        await olga.says("/announce")
        await sees(olga, "A picture can go with it: send it together with your words.")
        assert "Telegram" not in visitor.page.text.partition("A picture can go")[2]
        await visitor.sends_picture(photograph(size=(90, 90)), "/picture")
        await olga.taps("Leave it")
        await sees(olga, "I have it.")
        await sees(olga, "This is the picture of your community now.")
