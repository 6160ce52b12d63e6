"""A poster and a picture at Telegram: sent by telephone, fetched, drawn, and handed over with a code to the bot."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.models import Link
from bot.services.community import portraits
from tests.channels.everywhere import everywhere


def photo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (640, 480), "orange").save(drawn, "JPEG")
    return drawn.getvalue()


@pytest.mark.parametrize("door", ["polling", "webhook"])
async def test_a_poster_made_by_telephone_leads_to_the_bot_and_bears_the_picture(
    database_url: URL, door: str
) -> None:
    url = database_url.render_as_string(hide_password=False)
    async with everywhere(url, f"telegram {door}") as town:
        assert town.telegram is not None
        api, olga = town.telegram, town.telegram.user("Olga")
        await olga.sends(f"/start {await town.invitation('organiser')}")
        await olga.waits_for("You are an organiser of Elm Park now.")
        await olga.sends_photo(photo(), "/picture")
        await olga.waits_for("This is the picture of your community now.", seconds=20)
        async with town.folkmoot.database.reading() as session:
            assert await portraits.edition(session, 1) is not None
        await olga.sends("/poster")
        for question, answer in (
            ("For which question?", "Joining Elm Park"),
            ("Where will it hang?", "Leave it out"),
            ("In which language?", "English"),
            ("And in a second one", "One is enough"),
        ):
            await olga.waits_for(question)
            await olga.taps(answer)
        await olga.waits_for("I am drawing the poster.")
        await town.tick()
        await olga.waits_for("And here it is to print", seconds=20)
        assert [seen.shows for seen in olga.screen()][-2:] == ["photo", "document"]
        async with town.folkmoot.database.reading() as session:
            code = await session.scalar(select(Link.code))
        uploads = [upload for _, upload in api.world.files.values()]
        assert f"poster-elm-park-{code}.pdf" in {upload.name for upload in uploads}
        (drawn,) = [upload.content for upload in uploads if upload.name == f"poster-elm-park-{code}.png"]
        with Image.open(io.BytesIO(drawn)) as poster:
            assert [one.text for one in zxingcpp.read_barcodes(poster)] == [api.link(str(code))]
            red, green, blue = poster.getpixel((180, 170))  # type: ignore[misc]
            assert red > 200 > green > 100 > blue, "the orange picture beside the name"
