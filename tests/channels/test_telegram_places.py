"""Where a picture was taken that comes as a file: Telegram is asked where somebody wants to know, and not for long."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from bot.channels.telegram import places
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.message import Attached, Command, Incoming, Media, Place, Words
from tests.channels.telegram_line import Desk, line
from tests.fake_telegram import FakeTelegram
from tests.photographs import HEIC, LAMP, photograph

JPEG = "image/jpeg"


def heard(desk: Desk) -> list[Attached]:
    return [what for what in desk.heard if isinstance(what, Attached)]


async def test_a_picture_sent_as_a_file_tells_where_it_was_taken(api: FakeTelegram) -> None:
    desk, alice = Desk(), api.user("Alice")
    async with line(api, desk, asks_for_place=lambda _: True):
        await alice.sends_document("lamp.jpg", photograph(), JPEG, "Broken.")
        await alice.sends_document("lamp.heic", HEIC, "image/heic")
        await api.until(lambda: len(desk.committed) == 2)
    assert [what.place for what in heard(desk)] == [Place(*LAMP)] * 2
    assert heard(desk)[0].text == "Broken."
    assert "51.5" not in str([what.media.as_json() for what in heard(desk)])


async def test_what_tells_nothing_is_taken_as_it_is(api: FakeTelegram) -> None:
    desk, alice = Desk(), api.user("Alice")
    async with line(api, desk, asks_for_place=lambda _: True):
        await alice.sends_document("bare.jpg", photograph(place=None), JPEG)
        await alice.sends_document("none.jpg", b"no picture", JPEG)
        await api.until(lambda: len(desk.committed) == 2)
        asked = api.counts["getFile"]
        await alice.sends_photo(photograph())
        await alice.sends_document("plan.pdf", photograph(), "application/pdf")
        await alice.sends_document("large.jpg", bytes(10 * 1024 * 1024 + 1), JPEG)
        await api.until(lambda: len(desk.committed) == 5)
    assert [what.place for what in heard(desk)] == [None] * 5
    assert (asked, api.counts["getFile"]) == (2, 2), "the others are not fetched at all"


async def test_where_nobody_wants_to_know_nothing_is_fetched(api: FakeTelegram) -> None:
    desk, alice = Desk(), api.user("Alice")
    async with line(api, desk):
        await alice.sends_document("lamp.jpg", photograph(), JPEG)
        await api.until(lambda: len(desk.committed) == 1)
    assert heard(desk)[0].place is None
    assert api.counts["getFile"] == 0


async def test_a_telegram_that_does_not_give_it_out_costs_the_place_and_nothing_else(
    api: FakeTelegram,
) -> None:
    desk, alice = Desk(), api.user("Alice")
    async with line(api, desk, asks_for_place=lambda _: True):
        for fault in ("500", "400", "reset", "wrong_json"):
            api.fail("getFile", fault)
            await alice.sends_document(f"{fault}.jpg", photograph(), JPEG)
        await api.until(lambda: len(desk.committed) == 4)
    assert [what.place for what in heard(desk)] == [None] * 4


async def test_others_are_answered_while_one_file_is_slow_and_that_is_not_waited_for_long(
    api: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PATIENCE", 1.0)
    desk, alice, bob = Desk(), api.user("Alice"), api.user("Bob")
    api.fail("getFile", "slow", seconds=60, times=100)
    for number in range(6):
        await alice.sends_document(f"{number}.jpg", photograph(), JPEG)
    await bob.sends("hello")
    begun = time.monotonic()
    async with line(api, desk, asks_for_place=lambda _: True):
        await api.until(lambda: desk.heard == [Words("hello")])
        await api.until(lambda: len(desk.committed) == 7)
    assert time.monotonic() - begun < 20, "all of them together"
    assert [what.place for what in heard(desk)] == [None] * 6


async def nothing(turn: Turn, what: object) -> Outcome:
    raise NotImplementedError


def sent(media: Media, command: str = "", *, group: bool = False) -> Incoming:
    what = Attached(media, command and f"/{command}", Command(command) if command else None)
    return Incoming("telegram", "1", "5", "5", what, group=group)


def test_something_must_want_the_place() -> None:
    file, plan = (
        Media("document", {}, "lamp.jpg", type=JPEG),
        Media("document", {}, "plan.pdf", type="text/plain"),
    )
    quiet, lamps, flows, unprompted = Router(), Router(), Router(), Router()
    quiet.command("poll")(nothing)
    lamps.command("lamp", encloses=True, places=True)(nothing)
    flows.flow("lamp", places=True)(nothing)  # type: ignore[arg-type]
    unprompted.unprompted(Attached, places=True)(nothing)
    assert not Router.of([quiet]).asks_for_place(sent(file))
    assert not Router.of([quiet, lamps]).asks_for_place(sent(file))
    assert Router.of([quiet, lamps]).asks_for_place(sent(file, "lamp"))
    for router in (Router.of([quiet, flows]), Router.of([unprompted, quiet])):
        assert router.asks_for_place(sent(file))
        assert router.asks_for_place(sent(file, "unknown"))
        assert not router.asks_for_place(sent(file, "poll"))
        assert not router.asks_for_place(sent(plan))
        assert not router.asks_for_place(sent(file, group=True))
        assert not router.asks_for_place(Incoming("telegram", "1", "5", "5", Words("lamp.jpg")))


async def test_nothing_is_fetched_twice_at_a_time_more_than_needed(api: FakeTelegram) -> None:
    desk, alice = Desk(), api.user("Alice")
    async with line(api, desk, asks_for_place=lambda _: True) as channel:
        at_once, most = 0, 0
        fetch = channel._wire.fetch

        async def counted(path: str, **given: Any) -> bytes:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.02)
            try:
                return await fetch(path, **given)
            finally:
                at_once -= 1

        channel._wire.fetch = counted  # type: ignore[method-assign]
        for number in range(8):
            await alice.sends_document(f"{number}.jpg", photograph(), JPEG)
        await api.until(lambda: len(desk.committed) == 8)
    assert most <= places.AT_ONCE
    assert [what.place for what in heard(desk)] == [Place(*LAMP)] * 8
