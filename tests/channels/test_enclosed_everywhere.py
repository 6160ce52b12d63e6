"""One announcement with a picture, from a telephone to everybody: by its name in Telegram, as a copy on the web."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from PIL import Image
from sqlalchemy.engine import URL

from bot.app import build, running
from bot.channels.terminal import Terminal
from tests.channels.everywhere import Everywhere, OnTheWeb, everywhere, sees
from tests.channels.webchat_town import Visitor
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.people import Person
from tests.town import PATIENCE

SECRET = b"51.55, 0.19"


def photo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(drawn, "JPEG", comment=SECRET)
    return drawn.getvalue()


@dataclass
class Mixed:
    """A town where some read in Telegram and one on the web. Olga, who organises, is in Telegram."""

    town: Everywhere
    api: FakeTelegram
    olga: Person
    alice: Person
    wilma: OnTheWeb

    @property
    def http(self) -> ClientSession:
        return self.wilma.visitor.http

    async def copy(self) -> str:
        """The address of the copy on Wilma's page."""
        await self.wilma.screen()
        return self.wilma.visitor.page.html.partition('href="/w/media/')[2].partition('"')[0]


@pytest.fixture
async def mixed(database_url: URL, tmp_path: Path) -> AsyncIterator[Mixed]:
    """On each database, and through each of Telegram's doors."""
    door = "polling" if database_url.get_backend_name() == "sqlite" else "webhook"
    url = database_url.render_as_string(hide_password=False)
    given = {"webchat": True, "media_dir": tmp_path / "media"}
    async with everywhere(url, f"telegram {door}", **given) as town:
        assert town.telegram is not None
        olga, alice = town.telegram.user("Olga"), town.telegram.user("Alice")
        await olga.sends(f"/start {await town.invitation('organiser')}")
        await alice.sends("/start elm-park")
        await alice.taps("Join Elm Park")
        await alice.waits_for("call you")
        await olga.waits_for("You are an organiser of Elm Park now.")
        site = town.folkmoot.settings.site.replace("localhost", "127.0.0.1")
        jar, looks = CookieJar(unsafe=True), {"Accept": "text/html"}
        async with ClientSession(site, cookie_jar=jar, headers=looks) as http:
            wilma = OnTheWeb(Visitor(http))
            await wilma.opens("elm-park")
            await wilma.taps("Join Elm Park")
            yield Mixed(town, town.telegram, olga, alice, wilma)


async def test_a_picture_reaches_everybody_and_is_uploaded_for_nobody(mixed: Mixed) -> None:
    api, town, olga = mixed.api, mixed.town, mixed.olga
    await olga.sends_photo(photo(), "/announce The hall is closed.")
    await olga.waits_for("With the picture that you sent.")
    await olga.taps("Describe the picture")
    await olga.waits_for("What is to be seen in the picture?")
    await olga.sends("The <door> & the bell")
    await olga.waits_for("It shows: ")
    await olga.taps("Send")
    for person in (mixed.alice, olga):
        seen = await person.waits_for("Elm Park tells you:\n\nThe hall is closed.")
        assert seen is not None
        assert seen.shows == "photo" or person is olga
    await api.until(lambda: api.counts["sendPhoto"] == 2)
    assert {call.params["photo"] for call in api.calls_of("sendPhoto")} == set(api.world.files)
    await sees(mixed.wilma, "The hall is closed.")
    assert 'alt="The &lt;door&gt; &amp; the bell"' in mixed.wilma.visitor.page.html
    address = f"/w/media/{await mixed.copy()}"
    answers = await asyncio.gather(*(mixed.http.get(address) for _ in range(3)))
    for answer in answers:
        content = await answer.read()
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(content)).size == (64, 48)
        assert SECRET not in content
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("inline")
    assert api.counts["getFile"] == 1
    assert (await mixed.http.get(address[:-1] + "_")).status == 404
    await sent_once(mixed)
    await town.passes(days=40)
    assert (await mixed.http.get(address)).status == 404
    assert list(await asyncio.to_thread(folder, town)) == []


def folder(town: Everywhere) -> list[Path]:
    return list(town.folkmoot.settings.media_dir.iterdir())


async def sent_once(mixed: Mixed) -> None:
    """Neither the clock nor another process, which takes everything over, sends any of it again."""
    town, settings = mixed.town, mixed.town.folkmoot.settings
    await town.passes(minutes=5)
    other = build(settings.model_copy(update={"port": 0, "telegram_mode": "polling"}), clock=town.clock)
    other.jobs.start = lambda: None  # type: ignore[method-assign]
    async with running(other, listen=False):
        await mixed.town.passes(hours=2)
    assert mixed.api.counts["sendPhoto"] == 2


async def test_a_document_is_saved_under_its_own_name(mixed: Mixed) -> None:
    await mixed.olga.sends("/announce")
    await mixed.olga.waits_for("A picture or a document can go with it")
    await mixed.olga.sends_document("Plan für Ełk.pdf", b"%PDF <script>", "text/html", "The plan.")
    await mixed.olga.waits_for("With this document: ")
    await mixed.olga.taps("Send")
    await sees(mixed.wilma, "Plan für Ełk.pdf")
    async with mixed.http.get(f"/w/media/{await mixed.copy()}") as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        assert await answer.read() == b"%PDF <script>"
        saved = answer.headers["Content-Disposition"]
        assert saved == "attachment; filename*=UTF-8''Plan%20f%C3%BCr%20E%C5%82k.pdf"
    assert (await mixed.alice.waits_for("The plan.")).shows == "document"  # type: ignore[union-attr]


async def test_a_picture_that_is_none_is_said_so_and_telegram_away_is_tried_again(mixed: Mixed) -> None:
    await mixed.olga.sends_photo(b"\xff\xd8\xff broken", "/announce Look.")
    await mixed.olga.taps("Send")
    await sees(mixed.wilma, "Look.")
    address = f"/w/media/{await mixed.copy()}"
    mixed.api.fail("getFile", "500")
    for status, words in ((503, "cannot be fetched just now"), (422, "is broken or too large to be shown")):
        async with mixed.http.get(address) as answer:
            assert answer.status == status
            assert words in await answer.text()


async def test_a_resend_after_a_lost_answer_follows_the_rule_for_letters_to_many(mixed: Mixed) -> None:
    """A refusal that was not heard comes again; what may have arrived does not."""
    api = mixed.api
    api.fail("sendPhoto", "429", retry_after=1, chat=mixed.alice.id)
    api.fail("sendPhoto", "reset_after", chat=mixed.olga.id)
    await mixed.olga.sends_photo(photo(), "/announce Look.")
    await mixed.olga.taps("Send")
    await mixed.alice.waits_for("Look.", seconds=PATIENCE)
    await mixed.town.passes(seconds=timedelta(hours=1).total_seconds())
    for person in (mixed.alice, mixed.olga):
        assert [one.shows for one in person.screen()].count("photo") == 1


async def test_a_terminal_says_what_lies_with_a_message() -> None:
    from rich.console import Console

    from bot.message import Media, Message, Parcel

    paper = io.StringIO()
    terminal = Terminal("Tess", Console(file=paper, width=200))
    for media in (
        Media("photo", {}, about="A \x1b[31mdoor"),
        Media("photo", {}),
        Media("document", {}, "plan.pdf"),
    ):
        await terminal.deliver(Parcel(1, "Tess", "send", Message("Look.", media=media)))  # type: ignore[arg-type]
    assert [line for line in paper.getvalue().splitlines() if line] == [
        "🖼 A [31mdoor", "Look.", "🖼", "Look.", "📄 plan.pdf", "Look.",
    ]  # fmt: skip
