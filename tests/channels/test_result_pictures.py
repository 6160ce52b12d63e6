"""The picture that comes with a result: drawn once when the first reader is sent it, missed by nobody without it."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.charts import Artist, NoPicture, Picture
from bot.drawer import Drawer
from bot.message import Media
from bot.models import File
from tests.channels.everywhere import Everywhere, Guest, everywhere, sees
from tests.newsroom import voted
from tests.town import Person, Town

CAME_OUT = "This is how it came out."


class Counting(Artist):
    """Draws and counts how often; `broken`, it cannot."""

    def __init__(self, *, broken: bool = False) -> None:
        super().__init__()
        self.drawn, self.broken = 0, broken

    async def png(self, chart: Picture) -> bytes:
        self.drawn += 1
        if self.broken:
            raise NoPicture("for a test")
        return await super().png(chart)


@pytest.fixture
async def artist() -> AsyncIterator[Counting]:
    drawing = Counting()
    yield drawing
    await drawing.close()


def picture(person: Person) -> Media | None:
    """What lies with the result that somebody got."""
    results = [message for message in person.screen.messages.values() if CAME_OUT in message.text]
    return results[-1].media


async def closed(town: Town, *rules: str, **answers: str) -> list[Person]:
    """A poll that was answered so and has closed; returns who asked it, and who answered."""
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    for label in (*rules, "Send"):
        await olga.taps(label)
    people = await voted(town, await town.newest_poll(), **answers)
    await town.passes(days=4)
    return [olga, *people]


async def test_it_is_drawn_for_the_first_who_wants_it_and_kept_for_the_others(
    town: Town, artist: Counting
) -> None:
    _, alice, bob = await closed(town, Alice="Yes", Bob="No")
    shown = picture(alice)
    assert shown is not None
    assert shown.about is not None
    assert "Yes: 1 vote, 50%" in shown.about
    assert shown == picture(bob)
    assert shown.key is not None
    for drawer in (Drawer(town.folkmoot.database, town.clock, artist) for _ in range(2)):
        made = await drawer.take(shown.key)
        assert made is not None
        with Image.open(io.BytesIO(made.content)) as image:
            assert image.format == "PNG"
        assert made.media.size == len(made.content)
    assert artist.drawn == 1


async def test_nobody_waits_for_a_picture_that_cannot_be_drawn(town: Town) -> None:
    _, alice = await closed(town, Alice="Yes")
    shown = picture(alice)
    assert shown is not None
    assert shown.key is not None
    broken = Counting(broken=True)
    for artist in (broken, None):
        assert await Drawer(town.folkmoot.database, town.clock, artist).take(shown.key) is None
    assert broken.drawn == 1
    async with town.folkmoot.database.reading() as session:
        kept = (await session.scalars(select(File.drawing))).all()
    assert all(kept), "it can still be drawn later"


async def test_each_organiser_has_one_of_their_own_and_residents_none_that_is_not_for_them(
    town: Town,
) -> None:
    olga, alice = await closed(town, "Edit", "Who sees the result", "Never", Alice="Yes")
    assert picture(alice) is None
    shown = picture(olga)
    assert shown is not None
    async with town.folkmoot.database.reading() as session:
        owners = dict(list(await session.execute(select(File.key, File.owner_id))))
    assert owners[shown.key or ""] is not None


async def test_where_nobody_answered_there_is_nothing_to_be_seen(town: Town) -> None:
    (olga,) = await closed(town)
    assert picture(olga) is None


async def _two_answered(town: Everywhere) -> list[Guest]:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    guests = [await town.guest(name) for name in ("Alice", "Bob")]
    for guest in guests:
        await guest.opens(poll.code)
        await guest.taps("Yes")
        await sees(guest, "Your answer is counted.")
    await town.passes(days=4)
    return guests


async def test_telegram_is_handed_it_once_with_the_words_below(database_url: URL) -> None:
    async with everywhere(database_url.render_as_string(hide_password=False), "telegram polling") as town:
        guests = await _two_answered(town)
        for guest in guests:
            await sees(guest, CAME_OUT)
            assert guest.user.screen()[-1].shows == "photo"  # type: ignore[attr-defined]
        assert town.telegram is not None
        uploads = [upload for _, upload in town.telegram.world.files.values()]
        assert len([one for one in uploads if one.name.startswith("folkmoot-")]) == 1


async def test_the_web_shows_it_with_what_is_to_be_seen_in_words(database_url: URL) -> None:
    async with everywhere(database_url.render_as_string(hide_password=False), "web") as town:
        guests = await _two_answered(town)
        await sees(guests[0], CAME_OUT)
        visitor = guests[0].visitor  # type: ignore[attr-defined]
        (shown,) = re.findall(r'<img src="/w/media[^>]*>', visitor.page.html)
        assert "Yes: 2 votes, 100%" in shown
        source = shown.split('src="')[1].partition('"')[0]
        async with visitor.http.get(source) as answer:
            assert (answer.status, answer.content_type) == (200, "image/png")
