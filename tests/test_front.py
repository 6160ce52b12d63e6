"""The front door, and what machines ask about our health."""

from __future__ import annotations

import json

from aiohttp import ClientSession
from sqlalchemy.engine import URL

from tests.channels.webchat_town import a_web_town


async def test_the_front_door_shows_the_communities_in_the_visitors_language(database_url: URL) -> None:
    async with (
        a_web_town(database_url.render_as_string(hide_password=False)) as town,
        ClientSession(town.site) as http,
    ):
        await town.community("elm-park")
        before = await town.rows()
        async with http.get("/", headers={"Accept-Language": "ur-PK,ur;q=0.9"}) as page:
            text = await page.text()
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert '<html lang="ur" dir="rtl">' in text
        assert '<a href="/w/elm-park">Elm Park</a>' in text
        async with http.get("/front.css") as style:
            assert style.content_type == "text/css"
        assert await town.rows() == before


async def test_ready_says_why_not(database_url: URL) -> None:
    async with (
        a_web_town(database_url.render_as_string(hide_password=False)) as town,
        ClientSession(town.site) as http,
    ):
        async with http.get("/healthz") as alive:
            assert alive.status == 200
        async with http.get("/readyz") as ready:
            assert (ready.status, await ready.json()) == (200, {"ready": True})
        town.paper.trouble = "the paper is wet"  # type: ignore[assignment]
        async with http.get("/readyz") as ready:
            assert ready.status == 503
            assert json.loads(await ready.text()) == {"ready": False, "reason": "paper: the paper is wet"}


async def test_a_slash_behind_an_address_leads_to_the_same_page(database_url: URL) -> None:
    async with (
        a_web_town(database_url.render_as_string(hide_password=False)) as town,
        ClientSession(town.site) as http,
    ):
        await town.community("elm-park")
        for path in ("/w/elm-park/", "/w/elm-park/?lang=ur", "/c/elm-park/reports/"):
            async with http.get(path, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (
                    308,
                    path.replace("/?", "?").rstrip("/"),
                )
        async with http.get(f"{town.site}//elsewhere.example/", allow_redirects=False) as answer:
            assert not answer.headers.get("Location", "").startswith("//"), "nobody is led to another house"
        async with http.get("/w/") as front:
            assert front.url.path == "/"
        async with http.get("/w/elm-park/a/b/") as none:
            assert none.status == 404
            assert "There is no community at this address" in await none.text()
