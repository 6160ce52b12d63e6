"""The webhook: only Telegram may bring updates, and only what is committed counts as brought."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from markupsafe import Markup
from pydantic import SecretStr

from bot.channels.telegram.channel import TelegramChannel
from bot.errors import Busy, DatabaseTrouble
from bot.message import Message, Words
from tests.channels.telegram_line import Desk
from tests.fake_telegram import TOKEN, FakeTelegram

SECRET = "s3cret_word"
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
UPDATE: dict[str, Any] = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "date": 1,
        "text": "Hello",
        "chat": {"id": 5, "type": "private"},
        "from": {"id": 5},
    },
}


@asynccontextmanager
async def house(api: FakeTelegram, desk: Desk) -> AsyncIterator[str]:
    """A web server with the channel's routes; gives the webhook's address."""
    app = web.Application()
    runner = web.AppRunner(app, shutdown_timeout=1)
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    site = f"http://127.0.0.1:{sock.getsockname()[1]}"
    channel = TelegramChannel(
        SecretStr(TOKEN),
        desk.submit,
        api_url=api.url,
        mode="webhook",
        webhook_secret=SecretStr(SECRET),
        public_url=site,
    )
    app.add_routes(channel.routes())
    await runner.setup()
    await web.SockSite(runner, sock).start()
    await channel.open()
    try:
        yield f"{site}/telegram/webhook"
    finally:
        await channel.close()
        await runner.cleanup()


async def bring(
    address: str, body: Any, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    given = HEADER if headers is None else headers
    async with (
        aiohttp.ClientSession() as client,
        client.post(
            address, data=body if isinstance(body, bytes | io.BytesIO) else json.dumps(body), headers=given
        ) as answer,
    ):
        return answer.status, dict(answer.headers), await answer.text()


async def test_telegram_is_told_the_secret_and_brings_what_alice_says() -> None:
    async with FakeTelegram() as api:
        alice, desk = api.user("Alice"), Desk()
        async with house(api, desk) as address:
            await api.until(lambda: api.queue.webhook)
            told = api.calls_of("setWebhook")[0].params
            assert (told["url"], told["secret_token"]) == (address, SECRET)
            assert told["drop_pending_updates"] is False
            await alice.sends("Hello")
            await api.until(lambda: desk.committed)
            await api.settles()
        assert desk.heard == [Words("Hello")]
        api.assert_proper()


async def test_a_webhook_that_somebody_took_down_is_put_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram.channel._LOOK_EVERY", 0.05)
    async with FakeTelegram() as api, house(api, Desk()) as address:
        await api.until(lambda: api.queue.webhook)
        api.queue.delete_webhook({})
        await api.until(lambda: api.queue.webhook.get("url") == address)


async def test_telegram_hears_taken_only_after_the_commit() -> None:
    async with FakeTelegram() as api:
        desk = Desk()
        desk.open.clear()
        async with house(api, desk) as address:
            brought = asyncio.create_task(bring(address, UPDATE))
            await api.until(lambda: desk.offered)
            assert not (await asyncio.wait({brought}, timeout=0.1))[0]
            desk.open.set()
            assert (await brought)[0] == 200


@pytest.mark.parametrize("given", [{}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"},
                                   {"X-Telegram-Bot-Api-Secret-Token": "sécret"}])  # fmt: skip
async def test_somebody_else_is_turned_away_before_a_word_is_read(given: dict[str, str]) -> None:
    async with FakeTelegram() as api:
        desk = Desk()
        async with house(api, desk) as address:
            assert (await bring(address, UPDATE, given))[0] == 403
            assert (await bring(address, b"{", given))[0] == 403
        assert not desk.offered


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"update_id": "x"}', b"[" * 100_000, b"null"]
)
async def test_nonsense_is_refused_without_a_traceback(body: bytes) -> None:
    async with FakeTelegram() as api, house(api, Desk()) as address:
        status, _, text = await bring(address, body)
    assert status == 400
    assert "Traceback" not in text


async def test_a_body_longer_than_any_update_is_refused() -> None:
    async with FakeTelegram() as api, house(api, Desk()) as address:
        assert (await bring(address, io.BytesIO(b" " * (1024 * 1024 + 1))))[0] == 413


async def test_neither_is_one_that_does_not_say_how_long_it_is() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 60_000

    async with (
        FakeTelegram() as api,
        house(api, Desk()) as address,
        aiohttp.ClientSession() as client,
        client.post(address, data=pieces(), headers=HEADER) as answer,
    ):
        assert answer.status == 413


@pytest.mark.parametrize("trouble", [Busy("full"), DatabaseTrouble("away")])
async def test_when_we_cannot_take_it_telegram_is_asked_to_come_back(trouble: Exception) -> None:
    async with FakeTelegram() as api:
        desk = Desk()
        desk.troubles = [trouble]
        async with house(api, desk) as address:
            status, headers, _ = await bring(address, UPDATE)
            assert (status, headers["Retry-After"]) == (503, "1")
            assert (await bring(address, UPDATE))[0] == 200
        assert desk.heard == [Words("Hello")]


async def test_an_update_that_is_not_for_us_is_taken_in_silence() -> None:
    async with FakeTelegram() as api:
        desk = Desk()
        async with house(api, desk) as address:
            assert (await bring(address, {"update_id": 3, "chat_boost": {}}))[0] == 200
        assert not desk.offered


async def test_the_note_under_a_tap_goes_back_with_the_answer() -> None:
    tap = {
        "update_id": 2,
        "callback_query": {
            "id": "77",
            "from": {"id": 5},
            "data": "v:1:0",
            "message": {"message_id": 1, "chat": {"id": 5, "type": "private"}},
        },
    }
    async with FakeTelegram() as api:
        desk = Desk()
        async with house(api, desk) as address:
            desk.note = Message(Markup("Counted &amp; <b>kept</b>."))
            _, _, said = await bring(address, tap)
            assert json.loads(said) == {
                "method": "answerCallbackQuery",
                "callback_query_id": "77",
                "text": "Counted & kept.",
            }
            desk.note = None
            assert (await bring(address, tap))[2] == ""
            assert (await bring(address, UPDATE))[2] == ""
