"""Residents report problems: from a photo, words or a place to the right desk, in a few taps."""

from __future__ import annotations

from bot.message import Attached, Media, Words
from tests.bodies import a_body
from tests.town import Town

BIN = Media("photo", {"paper": "bin.jpg"}, size=100_000)


async def test_a_photo_and_three_taps_make_a_report(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await alice.does(Attached(BIN))
    assert alice.sees("Where is it?")
    await alice.shares_place(51.5, -0.1)
    await alice.taps("Bins")
    assert alice.sees("Everyone can read your words and see your photo, but not who you are.")
    await alice.taps("Send")
    assert alice.sees("Your report has the number")
    assert alice.sees("It goes to Waste of North District")
    assert alice.sees("You get an answer by Monday 30 November")
    await alice.says("/myreports")
    assert alice.sees("Received")
