"""What the postman brings to the web chat: kept once, replaced in place, and shown in open pages at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.channels.webchat import WebChat, hub
from bot.channels.webchat.stream import PER_SESSION
from bot.db import Database
from bot.message import Action, Button, Message, Parcel
from bot.models import WebSession
from tests.channels.webchat_town import Visitor, WebTown, a_web_town, until


@pytest.fixture
async def town(database_url: URL) -> AsyncIterator[WebTown]:
    async with a_web_town(database_url.render_as_string(hide_password=False)) as open_town:
        await open_town.community()
        yield open_town


async def known(town: WebTown, alice: Visitor) -> str:
    """Alice has said something; returns her chat."""
    await alice.opens("/w/elm-park")
    await alice.says("hello")
    async with town.folkmoot.database.reading() as session:
        return (await session.scalars(select(WebSession.chat))).one()


def web(town: WebTown) -> WebChat:
    return next(channel for channel in town.folkmoot.channels if isinstance(channel, WebChat))


def parcel(
    chat: str, words: str, envelope: int = 900, action: Action = "send", target: str | None = None
) -> Parcel:
    return Parcel(envelope, chat, action, Message(words, ((Button("Fine", "f:1"),),)), target)  # type: ignore[arg-type]


class Listener:
    """Reads a stream of events."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response
        self.heard: list[dict[str, Any]] = []
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for raw in self.response.content:
            if raw.startswith(b"data: "):
                self.heard.append(json.loads(raw[6:]))

    def hears(self, words: str) -> Callable[[], bool]:
        return lambda: any(words in line["html"] for line in self.heard)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self.response.close()


async def test_the_same_envelope_twice_is_one_line(town: WebTown) -> None:
    async with town.visitor() as alice:
        chat = await known(town, alice)
        first = await web(town).deliver(parcel(chat, "The bench is coming."))
        again = await web(town).deliver(parcel(chat, "The bench is coming."))
        assert first == again
        await alice.opens("/w/elm-park")
        assert alice.page.text.count("The bench is coming.") == 1


async def test_an_edit_replaces_the_line_where_it_stands(town: WebTown) -> None:
    async with town.visitor() as alice:
        chat = await known(town, alice)
        line = await web(town).deliver(parcel(chat, "First.", 901))
        await web(town).deliver(parcel(chat, "Second.", 902))
        assert await web(town).deliver(parcel(chat, "First, better.", 903, "edit", line)) == line
        await alice.opens("/w/elm-park")
        text = alice.page.text
        assert text.index("First, better.") < text.index("Second.")
        assert "First. " not in text


async def test_what_nobody_waits_for_is_no_new_line(town: WebTown) -> None:
    async with town.visitor() as alice:
        chat = await known(town, alice)
        drawn = parcel(chat, "Ann has taken it.", 901, "edit", "999999")
        assert (
            await web(town).deliver(replace(drawn, message=replace(drawn.message, only_in_place=True)))
            is None
        )
        await alice.opens("/w/elm-park")
        assert "Ann has taken it." not in alice.page.text


async def test_nobody_can_have_the_line_of_another_replaced(town: WebTown) -> None:
    async with town.visitor() as alice:
        chat = await known(town, alice)
        line = await web(town).deliver(parcel(chat, "For Alice.", 901))
        other = await web(town).deliver(parcel("f" * 40, "For Mallory.", 902, "edit", line))
        assert other != line
        await alice.opens("/w/elm-park")
        assert "For Alice." in alice.page.text


async def test_an_open_page_hears_lines_edits_and_toasts_at_once(town: WebTown) -> None:
    async with town.visitor() as alice:
        chat = await known(town, alice)
        async with alice.http.get("/w/events?after=0") as response:
            assert response.headers["Content-Type"] == "text/event-stream"
            page = Listener(response)
            line = await web(town).deliver(parcel(chat, "First.", 901))
            await until(page.hears("First."), "the line")
            await web(town).deliver(parcel(chat, "Better.", 902, "edit", line))
            await until(page.hears("Better."), "the edit")
            await web(town).deliver(parcel(chat, "Counted.", 903, "toast", "q1"))
            await until(page.hears("Counted."), "the toast")
            assert [line["kind"] for line in page.heard[-3:]] == ["said", "said", "toast"]
            await page.stop()


async def test_a_stream_goes_on_where_it_was_cut_off(town: WebTown) -> None:
    async with town.visitor() as alice:
        chat = await known(town, alice)
        await web(town).deliver(parcel(chat, "First.", 901))
        async with alice.http.get("/w/lines?after=0") as response:
            seq = (await response.json())["lines"][-1]["seq"]
        await web(town).deliver(parcel(chat, "Second.", 902))
        async with alice.http.get("/w/events", headers={"Last-Event-ID": str(seq)}) as response:
            page = Listener(response)
            await until(page.hears("Second."), "what was missed")
            assert not page.hears("First.")()
            await page.stop()


async def test_what_another_process_delivers_is_heard_too(
    town: WebTown, database_url: URL, open_database: Callable[[URL], Database]
) -> None:
    here = web(town)._room
    other = WebChat(
        open_database(database_url),
        here.submit,
        here.rehearse,
        here.site,
        "en",
        here.clock,
        "*",
        here.shelf,
        here.intake,
    )
    async with town.visitor() as alice:
        chat = await known(town, alice)
        async with alice.http.get("/w/events") as response:
            page = Listener(response)
            await other.deliver(parcel(chat, "From next door.", 901))
            await until(page.hears("From next door."), "the other process's line")
            await page.stop()


async def test_a_line_from_another_process_is_heard_and_not_waited_for(
    postgresql_url: URL, open_database: Callable[[URL], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "EVERY", 600.0)
    monkeypatch.setattr(hub, "SELDOM", 600.0)
    address = postgresql_url.render_as_string(hide_password=False)
    async with a_web_town(address) as town, town.visitor() as alice:
        await town.community()
        chat, here = await known(town, alice), web(town)._room
        other = WebChat(
            open_database(postgresql_url),
            here.submit,
            here.rehearse,
            here.site,
            "en",
            here.clock,
            "*",
            here.shelf,
            here.intake,
        )
        await until(lambda: town.folkmoot.database.news.listening, "the line to the other process")
        async with alice.http.get("/w/events") as response:
            page = Listener(response)
            await other.deliver(parcel(chat, "From next door.", 901))
            await until(page.hears("From next door."), "the other process's line")
            await page.stop()


async def test_what_is_told_of_a_line_reveals_neither_the_chat_nor_a_word(town: WebTown) -> None:
    told: list[str | None] = []
    town.folkmoot.database.news.hear(hub.CHAT, told.append)
    async with town.visitor() as alice:
        chat = await known(town, alice)
    assert told
    assert all(mark and len(mark) == 16 and mark not in chat and mark != chat for mark in told)


async def test_a_session_has_a_limited_number_of_streams(town: WebTown) -> None:
    async with town.visitor() as alice:
        await known(town, alice)
        streams = [await alice.http.get("/w/events") for _ in range(PER_SESSION + 1)]
        assert [stream.status for stream in streams] == [200] * PER_SESSION + [429]
        for stream in streams:
            stream.close()
        listeners = web(town)._room.hub
        await web(town).deliver(parcel("0" * 40, "Somebody else's."))
        await until(lambda: listeners.total <= PER_SESSION, "closed streams are noticed")


async def test_a_stranger_has_no_stream_and_is_not_asked_to_try_again(town: WebTown) -> None:
    async with town.visitor() as alice, alice.http.get("/w/events") as response:
        assert response.status == 204


@pytest.mark.parametrize("minutes", [1, -60], ids=["later", "the clock set back"])
async def test_a_toast_of_before_is_not_shown_again(town: WebTown, minutes: int) -> None:
    async with town.visitor() as alice:
        chat = await known(town, alice)
        await web(town).deliver(parcel(chat, "Counted.", 903, "toast", "q1"))
        assert "Counted." in (await alice.opens("/w/elm-park")).text
        town.clock.pass_by(timedelta(minutes=minutes))
        assert "Counted." not in (await alice.opens("/w/elm-park")).text
        async with alice.http.get("/w/lines?after=0") as response:
            assert "Counted." not in await response.text()


async def test_links_lead_to_the_page_of_a_community_or_code(town: WebTown) -> None:
    assert (
        web(town).link("abc", "elm-park") == f"http://localhost:{town.folkmoot.settings.port}/w/elm-park/abc"
    )
    assert web(town).link("", "elm-park") == f"http://localhost:{town.folkmoot.settings.port}/w/elm-park"


async def test_a_question_for_a_place_has_all_its_buttons_and_takes_them_along(town: WebTown) -> None:
    await town.community()
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.presses("Join Elm Park")
        page = await alice.says("/report The bin is full")
        assert "You can share where you are with this button" not in page.text
        asked = [page.text.index(one) for one in ("Where is it?", "Share my place", "I cannot say where")]
        assert asked == sorted(asked)
        page = await alice.presses("I cannot say where")
        assert "Where is it?" not in page.text
        assert "Share my place" not in page.text
