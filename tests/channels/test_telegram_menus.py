"""Menus and descriptions are told in every language, and only when something changed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import RetryLater
from tests.channels.telegram_line import line
from tests.fake_telegram import FakeTelegram

SAID: dict[str, Any] = {
    "commands": {
        "en": [("help", "What you can do"), ("polls", "Open questions")],
        "cy": [("help", "Help" * 100)],
    },
    "short": {"en": "Take part.", "cy": "Cymerwch ran. " * 20},
    "long": {"en": "A town in your pocket.", "cy": "Tref yn eich poced. " * 50, "en-XA": "pseudo"},
    "otherwise": "en",
}


async def test_each_language_gets_its_own_and_the_rest_gets_english() -> None:
    async with FakeTelegram() as api, line(api) as channel:
        await channel.set_menus(**SAID, seen=None)
        told = [
            (call.params.get("language_code"), call.params["commands"])
            for call in api.calls_of("setMyCommands")
        ]
        assert [code for code, _ in told] == [None, "en", "cy"]
        assert told[0][1] == told[1][1]
        assert [c.params.get("language_code") for c in api.calls_of("setMyDescription")] == [None, "en", "cy"]
        assert len(api.calls_of("setMyShortDescription")) == 3
        api.assert_proper()


async def test_the_same_is_not_told_twice_but_a_change_is() -> None:
    async with FakeTelegram() as api, line(api) as channel:
        seen = await channel.set_menus(**SAID, seen=None)
        calls = len(api.calls_of("setMyCommands"))
        assert await channel.set_menus(**SAID, seen=seen) == seen
        assert len(api.calls_of("setMyCommands")) == calls
        changed = SAID | {"short": {"en": "Take part today."}}
        assert await channel.set_menus(**changed, seen=seen) != seen
        assert len(api.calls_of("setMyCommands")) == 2 * calls


async def test_a_failure_is_told_so_that_it_can_be_tried_again() -> None:
    async with FakeTelegram() as api, line(api) as channel:
        api.fail("setMyDescription", "429", retry_after=3)
        with pytest.raises(RetryLater):
            await channel.set_menus(**SAID, seen=None)
