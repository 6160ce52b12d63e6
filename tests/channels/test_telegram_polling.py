"""Long polling: what was not committed comes again, what was is never asked for twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from bot.channels.telegram import patience
from bot.channels.telegram.fates import CONFLICT, TOKEN_NOT_VALID
from bot.channels.telegram.polling import hand_in
from bot.errors import Busy, DatabaseTrouble
from bot.message import Command, Incoming, Tap, Words
from tests.channels.telegram_line import Desk, line, parcel
from tests.fake_telegram import TOKEN, FakeTelegram


def offsets(api: FakeTelegram) -> list[int]:
    return [call.params.get("offset", 0) for call in api.calls_of("getUpdates")]


async def test_what_was_not_committed_when_the_power_went_comes_again() -> None:
    async with FakeTelegram() as api:
        alice, desk = api.user("Alice"), Desk()
        desk.open.clear()
        async with line(api, desk):
            first = await alice.sends("Hello")
            await api.until(lambda: desk.offered)
        assert api.queue.confirmed == 0
        assert max(offsets(api)) == 0
        desk.open.set()
        async with line(api, desk):
            await api.until(lambda: desk.committed)
            await api.until(lambda: api.queue.confirmed == 1)
        assert [(turn.key, turn.what) for turn in desk.committed] == [
            (str(first["update_id"]), Words("Hello"))
        ]
        api.assert_proper()


async def test_one_slow_turn_keeps_its_whole_batch_unconfirmed() -> None:
    async with FakeTelegram() as api:
        alice, desk = api.user("Alice"), Desk()
        desk.open.clear()
        for number in range(5):
            await alice.sends(f"Word {number}")
        async with line(api, desk):
            await api.until(lambda: len(desk.offered) == 5, what="all five offered together")
            assert api.queue.confirmed == 0
            desk.open.set()
            await api.settles()
        assert desk.heard == [Words(f"Word {number}") for number in range(5)]


@pytest.mark.parametrize("trouble", [Busy("full"), DatabaseTrouble("The database is away.")])
async def test_a_turn_that_cannot_be_taken_now_is_offered_again_and_taken_once(trouble: Exception) -> None:
    async with FakeTelegram() as api:
        alice, desk = api.user("Alice"), Desk()
        desk.troubles = [trouble]
        desk.open.clear()
        async with line(api, desk):
            await alice.sends("/start abc")
            await api.until(lambda: len(desk.offered) == 2)
            assert api.queue.confirmed == 0
            desk.open.set()
            await api.settles()
        assert desk.heard == [Command("start", "abc")]
        assert len(desk.offered) == 2


async def test_a_turn_that_always_breaks_does_not_hold_up_the_town(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(patience, "_FIRST", 0.001)
    done: list[str] = []

    async def submit(turn: Incoming) -> Any:
        if turn.key == "1":
            raise RuntimeError("broken")
        done.append(turn.key)

    turns = [Incoming("telegram", key, "5", "5", Words("secret words")) for key in ("1", "2")]
    await asyncio.wait_for(hand_in(turns, submit), 5)
    assert done == ["2"]
    assert "update 1 (Words) is given up" in caplog.text
    assert "secret words" not in caplog.text


async def test_a_dispatcher_that_is_being_stopped_confirms_nothing() -> None:
    offered: list[str] = []

    async def submit(turn: Incoming) -> Any:
        offered.append(turn.key)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(hand_in([Incoming("telegram", "1", "5", "5", Words("Hello"))], submit), 5)
    assert offered == ["1"]


async def test_the_same_update_twice_has_the_same_key() -> None:
    async with FakeTelegram() as api:
        alice, desk = api.user("Alice"), Desk()
        async with line(api, desk):
            update = await alice.sends("Hello")
            await api.until(lambda: desk.committed)
            api.repeat(update)
            await api.until(lambda: len(desk.committed) == 2)
        assert [turn.key for turn in desk.committed] == [str(update["update_id"])] * 2


async def test_telegram_goes_away_and_comes_back_and_nothing_is_lost() -> None:
    async with FakeTelegram() as api:
        alice, desk = api.user("Alice"), Desk()
        async with line(api, desk) as channel:
            assert channel.trouble is None
            await api.stop()
            await api.until(lambda: channel.trouble, what="trouble")
            await alice.sends("Is anybody there?")
            await api.start()
            await api.until(lambda: desk.committed, 10)
            await api.until(lambda: channel.trouble is None)
        assert desk.heard == [Words("Is anybody there?")]


@pytest.mark.parametrize("kind", ["500", "502", "429", "reset", "truncated", "wrong_json"])
async def test_a_failed_poll_is_tried_again(kind: Any) -> None:
    async with FakeTelegram() as api:
        alice, desk = api.user("Alice"), Desk()
        api.fail("getUpdates", kind)
        async with line(api, desk):
            await alice.sends("Hello")
            await api.until(lambda: desk.committed, 10)
        assert desk.heard == [Words("Hello")]


async def test_a_second_program_with_the_same_token_is_named_as_the_trouble() -> None:
    async with FakeTelegram() as api, line(api) as first:
        await api.until(lambda: api.queue._poll)
        async with line(api):
            await api.until(lambda: first.trouble == CONFLICT)


async def test_a_wrong_token_is_said_in_one_sentence_and_opening_does_not_hang() -> None:
    async with FakeTelegram() as api, line(api, token=SecretStr("7123456789:wrong")) as channel:
        assert channel.trouble == TOKEN_NOT_VALID
        assert channel.link("abc", "elm") is None


async def test_a_webhook_of_before_is_taken_down_and_what_waited_is_kept() -> None:
    async with FakeTelegram() as api:
        api.queue.set_webhook({"url": "http://127.0.0.1:9/nobody"})
        alice, desk = api.user("Alice"), Desk()
        await alice.sends("Hello")
        async with line(api, desk):
            await api.until(lambda: desk.committed, 10)
        assert api.calls_of("deleteWebhook")[0].params == {"drop_pending_updates": False}
        api.assert_proper()


async def test_a_tap_comes_with_its_message_and_a_link_opens_the_bot() -> None:
    async with FakeTelegram() as api:
        alice, desk = api.user("Alice", language_code="pl"), Desk()
        async with line(api, desk) as channel:
            assert channel.credential == f"telegram:{TOKEN.partition(':')[0]}"
            link = channel.link("abc", "elm")
            assert link == api.link("abc")
            await alice.opens(link)
            await alice.presses("v:1:0", 77, inaccessible=True)
            await api.until(lambda: len(desk.committed) == 2)
        opened, tapped = desk.committed
        assert opened.what == Command("start", "abc")
        assert isinstance(tapped.what, Tap)
        assert (tapped.what.payload, tapped.message) == ("v:1:0", f"{alice.id}:77")
        assert (tapped.chat, tapped.sender, tapped.language) == (str(alice.id), str(alice.id), "pl")


async def test_a_closed_channel_delivers_later() -> None:
    async with FakeTelegram() as api:
        async with line(api) as channel:
            pass
        with pytest.raises(Exception, match="not connected"):
            await channel.deliver(parcel(1, "Hello"))
