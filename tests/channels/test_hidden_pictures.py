"""A picture of a report that organisers hide is gone for whoever had its address, too, until it is shown again."""

from __future__ import annotations

from aiohttp import ClientSession
from sqlalchemy import select

from bot.models import Photo, Resident
from bot.services.reporting import hiding
from tests.channels.webchat_town import WebTown
from tests.desk import resident
from tests.reports import BIN, a_report, photos_come


async def photo(town: WebTown) -> Photo:
    async with town.folkmoot.database.reading() as session:
        return (await session.scalars(select(Photo))).one()


async def hides(town: WebTown, *, again: bool = False) -> None:
    """Olga hides the picture, or shows it again."""
    who, shown = await resident(town, town.stranger("Olga")), await photo(town)
    async with town.folkmoot.database.writing() as session:
        olga = await session.get_one(Resident, who.id)
        if again:
            await hiding.unhide_picture(session, shown.id, by=olga, now=town.clock())
        else:
            await hiding.hide_picture(session, shown.id, "A child is on it.", by=olga, now=town.clock())
    await town.quiet()


async def test_a_hidden_picture_is_gone_for_whoever_has_its_address(pages: WebTown) -> None:
    await pages.organiser()
    await a_report(pages, kind=None, media=(BIN,))
    await photos_come(pages)
    address = f"/w/media/{(await photo(pages)).file_key}"
    async with ClientSession(pages.site) as http:
        async with http.get(address) as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store", "or a browser shows it once it is hidden"
            content = await answer.read()
        await hides(pages)
        async with http.get(address) as hidden, http.get(f"/w/media/{'x' * 32}") as unknown:
            assert (hidden.status, await hidden.read()) == (404, await unknown.read())
        await hides(pages, again=True)
        async with http.get(address) as answer:
            assert (answer.status, await answer.read()) == (200, content)


async def test_a_picture_that_is_hidden_before_it_was_fetched_is_never_handed_out(pages: WebTown) -> None:
    await pages.organiser()
    await a_report(pages, kind=None, media=(BIN,))
    await hides(pages)
    await photos_come(pages)
    async with ClientSession(pages.site) as http:
        address = f"/w/media/{(await photo(pages)).file_key}"
        assert (await http.get(address)).status == 404
        await hides(pages, again=True)
        assert (await http.get(address)).status == 200
