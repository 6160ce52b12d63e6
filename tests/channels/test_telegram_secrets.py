"""The token is in no log line, no exception and no warning, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.channels.telegram.wire import Unheard, Wire
from bot.errors import DeliveryFailed
from tests.channels.telegram_line import line, parcel
from tests.fake_telegram import TOKEN, FakeTelegram

WORD = TOKEN.partition(":")[2]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that any logger says, at its most talkative."""
    chatty = ["", "asyncio", "aiohttp", "aiohttp.client", "telegram", "telegram.Bot", "httpx", "httpcore"]
    for name in chatty:
        caplog.set_level(1, name or None)
    assert logging.getLogger("telegram.Bot").isEnabledFor(logging.DEBUG)
    yield caplog
    records = caplog.get_records("call")
    assert any("getMe" in record.getMessage() for record in records)
    assert all(WORD not in record.getMessage() + repr(record.__dict__) for record in records)


def whole(error: BaseException | None) -> Iterator[str]:
    """The error with everything that led to it."""
    if error is not None:
        yield repr(error) + str(error) + "".join(traceback.format_exception(error))
        yield from whole(error.__cause__)
        yield from whole(error.__context__)


@pytest.mark.parametrize(
    "kind",
    ["500", "502", "400", "403", "429", "reset", "reset_after", "truncated", "wrong_json", "gone", "away"],
)
async def test_no_failure_shows_the_token(told: pytest.LogCaptureFixture, kind: Any) -> None:
    async with FakeTelegram() as api:
        alice = api.user("Alice", started=True)
        async with line(api) as channel:
            if kind == "gone":
                await api.stop()
            elif kind == "away":
                await alice.blocks_bot()
            else:
                api.fail("sendMessage", kind)
            with pytest.raises(DeliveryFailed) as failure:
                await channel.deliver(parcel(alice.id, "Hello"))
            assert all(WORD not in text for text in whole(failure.value))
            assert WORD not in repr(channel) + repr(vars(channel)) + str(channel.trouble)


async def test_an_address_that_cannot_be_one_does_not_show_it_either() -> None:
    for root in ("http://[::bad", "ftp://x", "http://127.0.0.1:1"):
        wire = Wire(SecretStr(TOKEN), root)
        await wire.initialize()
        try:
            with pytest.raises(Unheard) as failure:
                await wire.ask("getMe", {})
        finally:
            await wire.shutdown()
        assert not failure.value.maybe_arrived
        assert all(WORD not in text for text in whole(failure.value))


async def test_a_file_comes_over_the_same_wire() -> None:
    async with FakeTelegram() as api:
        update = await api.user("Alice").sends_photo(b"\xff\xd8\xff a picture")
        wire = Wire(SecretStr(TOKEN), api.url)
        await wire.initialize()
        file = await wire.bot().get_file(update["message"]["photo"][-1]["file_id"])
        assert bytes(await file.download_as_bytearray()) == b"\xff\xd8\xff a picture"
        assert WORD not in repr(file)
        await wire.shutdown()
