"""What the wire and the logs tell: the name of a message, and never what it says."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from bot import logs
from bot.channels.telegram.wire import Wire
from bot.settings import Settings
from tests.channels.telegram_line import line, parcel
from tests.fake_telegram import FakeTelegram


async def test_the_most_talkative_log_tells_nothing_of_what_people_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = io.StringIO()
    monkeypatch.setattr("sys.stderr", read)
    before, level = logging.root.handlers, logging.root.level
    logs.configure(Settings(_env_file=None, log_level="debug", log_format="json"))  # type: ignore[call-arg]
    try:
        async with FakeTelegram() as api, line(api) as channel:
            await channel.deliver(parcel(api.user("Alice", started=True).id, "The bins come on Tuesday"))
    finally:
        logging.root.handlers = before
        logging.root.setLevel(level)
        structlog.reset_defaults()
    assert "connected to Telegram" in read.getvalue()
    assert "Tuesday" not in read.getvalue()


def test_an_answer_of_a_shape_that_nobody_knows_still_names_the_message() -> None:
    said = {"ok": True, "result": {"message_id": 7, "chat": {"id": 5}, "reply_markup": {}, "new": [1]}}
    result = Wire.parse_json_payload(json.dumps(said).encode())["result"]
    assert (result["message_id"], result["chat"]["id"], "reply_markup" in result) == (7, 5, False)
