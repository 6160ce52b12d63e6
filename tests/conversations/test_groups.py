"""Groups: what is personal stays out of them, whoever writes and however it is asked for."""

from __future__ import annotations

import pytest

from bot.message import Command, Incoming, Place, Tap, Words
from tests.town import Person, Town


def in_group(town: Town, name: str = "Alice", group: str = "-42", language: str = "en") -> Person:
    """Somebody who writes in a group."""
    person = town.stranger(name, language)
    person.group = group
    return person


@pytest.mark.parametrize(
    "act", [Command("me"), Command("link"), Words("me"), Words("link"), Place(51.5, 0.1), Words("Mill")]
)
async def test_nothing_personal_is_said_before_everybody(town: Town, act: Command | Words | Place) -> None:
    await town.member("Alice")
    alice = in_group(town)
    await alice.does(act)
    assert "Let us talk about this in private" in alice.text
    assert "/link " not in alice.text
    assert "Name:" not in alice.text


@pytest.mark.parametrize("payload", ["z:1", "z:0", "m:name", "l:pl", "x:1:1", "j:1"])
async def test_a_forged_press_in_a_group_changes_nothing(town: Town, payload: str) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    receipt = await in_group(town).does(Tap(payload, query="q"))
    assert receipt.outcome == "refused"
    assert await town.result(poll) == {"Yes": 1, "No": 0}
    await alice.says("/me")
    assert "Language: English" in alice.latest


async def test_a_command_for_another_bot_is_met_with_silence(town: Town) -> None:
    alice = in_group(town)
    await alice.does(Command("weather", "tomorrow"))
    assert alice.screen.messages == {}


async def test_an_anonymous_administrator_is_answered_and_the_next_turn_too(town: Town) -> None:
    for number in range(2):
        nobody = Incoming("paper", f"a{number}", "-42", "-42", Command("help"), "en", group=True)
        await town.folkmoot.dispatcher.submit(nobody)
    alice = town.stranger("Alice")
    await alice.says("/help")
    assert alice.sees("This is what I can do:")
