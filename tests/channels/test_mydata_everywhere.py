"""Somebody's own data through every channel: handed over by Telegram, saved from the web, written by a terminal."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy.engine import URL

from bot.app import Folkmoot, build, running
from bot.channels.terminal import Terminal
from bot.clock import SetClock
from bot.drawer import Drawer
from bot.pace import Limits
from bot.postman import Postman
from bot.settings import Settings
from tests.channels.everywhere import everywhere, sees
from tests.channels.webchat_town import until
from tests.fake_telegram import FakeTelegram
from tests.town import MONDAY

WORDS = "everything I know about you"


@pytest.fixture
def url(database_url: URL) -> str:
    return database_url.render_as_string(hide_password=False)


@pytest.mark.parametrize("door", ["polling", "webhook"])
async def test_telegram_brings_both_files_into_the_chat(url: str, door: str) -> None:
    async with everywhere(url, f"telegram {door}") as town:
        assert town.telegram is not None
        api, alice = town.telegram, town.telegram.user("Alice")
        await alice.sends("/start")
        await alice.sends("/mydata")
        await alice.waits_for("The same for programs.")
        assert [seen.shows for seen in alice.screen()][-3:] == ["text", "document", "document"]
        uploads = {upload.name: upload for _, upload in api.world.files.values()}
        data = json.loads(uploads["my-data.json"].content)
        assert data["addresses"][0]["chat"] == str(alice.id)
        assert b"<h1>What is known about you</h1>" in uploads["my-data.html"].content
        assert uploads["my-data.html"].kind == "text/html"


async def test_telegram_gets_them_from_the_next_process_too(url: str) -> None:
    """The one that made them dies before it has sent any."""
    async with FakeTelegram() as api:
        alice = api.user("Alice", started=True)
        given = {"telegram_token": SecretStr(api.token), "telegram_api_url": api.url, "webchat": False}
        settings = Settings(_env_file=None, database_url=url, port=0, **given)  # type: ignore[call-arg, arg-type]
        async with _briefly(settings):
            away = api.fail("sendMessage", "502", rate=1.0)
            await alice.sends("/mydata")
            await api.until(lambda: "sendMessage" in [call.method for call in api.calls])
        away.stop()
        async with _briefly(settings):
            await alice.waits_for("The same for programs.")
        assert sorted(upload.name for _, upload in api.world.files.values()) == [
            "my-data.html",
            "my-data.json",
        ]


def _briefly(settings: Settings) -> AbstractAsyncContextManager[Folkmoot]:
    folkmoot = build(settings, clock=SetClock(MONDAY))
    folkmoot.jobs.start = lambda: None  # type: ignore[method-assign]
    return running(folkmoot, listen=False)


async def test_the_web_offers_them_for_download_to_nobody_else(url: str) -> None:
    async with everywhere(url, "web") as town:
        await town.community()
        guests = [await town.guest(name) for name in ("Wilma", "Eve")]
        for guest in guests:
            await guest.opens("elm-park")
            await guest.taps("Join Elm Park")
        wilma, eve = (guest.visitor for guest in guests)  # type: ignore[attr-defined]
        await guests[0].says("/mydata")
        await sees(guests[0], "The same for programs.")
        links = [part.partition('"')[0] for part in wilma.page.html.split('class="document" href="')[1:]]
        assert len(links) == 2
        async with wilma.http.get(links[1]) as answer:
            assert (answer.status, answer.content_type) == (200, "application/json")
            data = json.loads(await answer.read())
            assert answer.headers["Cache-Control"] == "no-store"
        assert [one["channel"] for one in data["addresses"]] == ["web"]
        assert "/mydata" not in str(data["web_chats"]), "what is said now is kept after it was done"
        for link in links:
            assert (await eve.http.get(link)).status == 404
        await town.passes(hours=25)
        assert (await wilma.http.get(links[0])).status == 404


async def test_a_terminal_writes_them_and_tells_where(url: str, tmp_path: Path) -> None:
    async with everywhere(url, "terminal") as town:
        paper = io.StringIO()
        drawer = Drawer(town.folkmoot.database, town.clock)
        terminal = Terminal("Tess", Console(file=paper, width=300), drawer=drawer, folder=tmp_path)
        postman = Postman(town.folkmoot.database, terminal, Limits(), town.clock)
        town.folkmoot.postmen[terminal.name] = postman
        work = asyncio.create_task(postman.run())
        await until(lambda: postman.on_duty, "the terminal's postman")
        await town.folkmoot.dispatcher.submit(terminal.incoming("/mydata"))
        await until(lambda: "The same for programs." in paper.getvalue(), "both files")
        work.cancel()
        assert str(tmp_path / "my-data.json") in paper.getvalue()
        written = await asyncio.to_thread((tmp_path / "my-data.json").read_text, "utf-8")
        assert json.loads(written)["addresses"][0]["chat"] == "Tess"
