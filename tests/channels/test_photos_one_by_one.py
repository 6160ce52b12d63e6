"""Photos sent one after the other, in Telegram and on the web: one question, whose ways to share a place stay there."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.channels.everywhere import OnTheWeb, everywhere, sees
from tests.council import a_body
from tests.fake_telegram.screen import reply_labels
from tests.photographs import photograph

WHERE = "Where is it?"
THREE = "I have 3 of them now. Send more, or answer the question above."
KIND = "What kind of problem is it?"


@pytest.mark.parametrize("door", ["polling", "webhook"])
async def test_in_telegram_the_pin_stays_below_the_chat(database_url: URL, tmp_path: Path, door: str) -> None:
    url = database_url.render_as_string(hide_password=False)
    async with everywhere(url, f"telegram {door}", media_dir=tmp_path / "media") as town:
        await town.community()
        await a_body(town)
        assert town.telegram is not None
        alice = town.telegram.user("Alice")
        await alice.sends("/start elm-park")
        await alice.taps("Join Elm Park")
        await alice.waits_for("call you")
        await alice.sends_photo(photograph(), "The bin is full")
        for _ in range(2):
            await alice.sends_photo(photograph())
        await alice.waits_for(THREE)
        assert sum(seen.holds(WHERE) for seen in alice.screen()) == 1
        assert sum(seen.holds("You can share where you are") for seen in alice.screen()) == 1
        assert reply_labels(alice.room) == ["📍"]
        await alice.shares_place(51.5, -0.1)
        await alice.waits_for(KIND)


async def test_on_the_web_the_place_can_be_shared_from_the_one_question(
    database_url: URL, tmp_path: Path
) -> None:
    url = database_url.render_as_string(hide_password=False)
    async with everywhere(url, "web", media_dir=tmp_path / "media") as town:
        await town.community()
        await a_body(town)
        alice = await town.guest("Alice")
        assert isinstance(alice, OnTheWeb)
        await alice.opens("")
        for _ in range(3):
            await alice.visitor.sends_picture(photograph())
        await sees(alice, THREE)
        page = alice.visitor.page
        assert page.text.count(WHERE) == 1
        assert page.html.count("data-share-place") == 1
        assert page.html.count("data-pick-place") == 1
        await alice.taps("Where the photo was taken")
        await sees(alice, KIND)
