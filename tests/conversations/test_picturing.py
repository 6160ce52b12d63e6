"""The picture of a community: sent by an organiser, made small and square, shown on its page and its posters."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot import chores
from bot.errors import RetryLater, Undeliverable
from bot.message import Attached, Command, Media, Odd
from bot.models import Poster, SentPortrait
from bot.services.community import portraits, posters
from tests.channels.everywhere import everywhere, sees
from tests.channels.webchat_town import WebTown, a_web_town
from tests.town import Town

SECRET = b"51.55, 0.19"
PHOTO = Media("photo", {"telegram:1": "elm"}, size=90_000)
PLAN = Media("document", {"telegram:1": "plan"}, "plan.pdf", 120_000, "application/pdf")


def photo(size: tuple[int, int] = (900, 600), **more: bool) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, "teal").save(drawn, "JPEG", comment=SECRET, **more)
    return drawn.getvalue()


@pytest.fixture
async def web_town(database_url: URL) -> AsyncIterator[WebTown]:
    url = database_url.render_as_string(hide_password=False)
    async with a_web_town(url, public_url="http://town.example") as town:
        yield town


async def comes(town: Town, content: bytes | Exception) -> None:
    """What the channel brings when it is asked for the picture."""

    async def fetch(media: Media) -> bytes:
        if isinstance(content, Exception):
            raise content
        return content

    await chores.fetch_pictures(town.folkmoot.database, town.clock, fetch)
    await town.quiet()


async def kept(town: Town) -> bytes | None:
    async with town.folkmoot.database.reading() as session:
        return await portraits.content(session, 1)


async def waits(town: Town) -> int:
    async with town.folkmoot.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(SentPortrait)) or 0


async def test_a_picture_is_made_square_and_small_and_forgets_what_the_camera_noted(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/picture")
    assert "Send me a picture of your community" in olga.latest
    assert "Take it away" not in olga.latest
    await olga.does(Attached(PHOTO))
    assert "I have it." in olga.latest
    await comes(town, photo())
    assert "This is the picture of your community now." in olga.latest
    drawn = await kept(town)
    assert drawn is not None
    assert SECRET not in drawn
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.size == (512, 512)
    await comes(town, Undeliverable("nobody asks twice"))
    assert "I could not" not in olga.latest


async def test_it_is_on_the_page_and_in_its_preview_and_on_the_next_poster(web_town: WebTown) -> None:
    olga = await web_town.organiser()
    await olga.does(Attached(PHOTO, "/picture", Command("picture", "")))
    await comes(web_town, photo((300, 200)))
    async with web_town.visitor() as alice:
        page = (await alice.opens("/c/elm-park")).html
        assert 'property="og:image" content="http://town.example/c/elm-park/picture.jpg?v=' in page
        assert 'src="/c/elm-park/picture.jpg?v=' in page
        async with alice.http.get("/c/elm-park/picture.jpg") as got:
            assert (got.status, got.content_type) == (200, "image/jpeg")
            drawn = await got.read()
        async with alice.http.get("/c/nowhere/picture.jpg") as got:
            assert got.status == 404
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.size == (200, 200), "never larger than it was"
    await olga.says("/poster")
    await olga.taps("Joining Elm Park")
    await olga.taps("Leave it out")
    await olga.taps("English")
    await olga.taps("One is enough")
    async with web_town.folkmoot.database.reading() as session:
        wished = await session.scalar(select(Poster.id))
        sheet = await posters.sheet(session, wished or 0)
    assert sheet is not None
    assert sheet.picture == base64.b64encode(drawn).decode()


@pytest.mark.parametrize(
    "content", [b"no picture", photo()[:200], photo((5200, 5200), progressive=True)], ids=len
)
async def test_a_broken_or_huge_picture_is_said_in_a_sentence(town: Town, content: bytes) -> None:
    olga = await town.organiser()
    await olga.says("/picture")
    await olga.does(Attached(PHOTO))
    await comes(town, content)
    assert (
        olga.latest == "I could not read that picture: it is broken, or too large. Please send another one."
    )
    assert await kept(town) is None
    assert await waits(town) == 0


async def test_what_is_no_picture_is_asked_for_again(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/picture")
    for thing in (Attached(PLAN), Odd("album"), Odd("video")):
        await olga.does(thing)
        assert "Please send one picture, as a photo." in olga.latest
    await olga.does(Attached(Media("photo", {"telegram:1": "huge"}, size=11 * 1024 * 1024)))
    assert "That file is larger than 10 megabytes." in olga.latest
    await olga.says("a green tree")
    assert "Please send one picture, as a photo." in olga.latest
    assert await waits(town) == 0


async def test_it_is_taken_away_again(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/picture")
    await olga.does(Attached(PHOTO))
    await comes(town, photo())
    await olga.says("/picture")
    await olga.taps("Take it away")
    assert olga.latest == "Your community has no picture any more."
    assert await kept(town) is None


async def test_what_cannot_be_fetched_is_tried_again_and_then_said(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/picture")
    await olga.does(Attached(PHOTO))
    for _ in range(portraits.TRIES + 1):
        assert "I could not fetch that picture." not in olga.latest
        await comes(town, RetryLater("away", after=1))
    assert "I could not fetch that picture." in olga.latest
    assert await waits(town) == 0


async def test_only_organisers_may_and_each_for_their_own(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/picture")
    assert alice.latest == "Only organisers can change the picture of a community."
    await alice.does(Attached(PHOTO, "/picture", Command("picture", "")))
    assert alice.latest == "Only organisers can change the picture of a community."
    assert await waits(town) == 0


async def test_a_terminal_says_kindly_where_to_send_it(database_url: URL) -> None:
    async with everywhere(database_url.render_as_string(hide_password=False), "terminal") as town:
        olga = await town.guest("Olga")
        await olga.opens(await town.invitation("organiser"))
        await sees(olga, "You are an organiser of Elm Park now.")
        await olga.says("/picture")
        await sees(olga, "In this place you cannot send pictures yet.")
