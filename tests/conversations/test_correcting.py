"""An announcement put right: whoever had it gets the correction, all others the new text only."""

from __future__ import annotations

import asyncio

from bot.message import Parcel, Tap, Words
from tests.announcements import (
    CLOSED,
    OPEN,
    Slow,
    announced,
    deeds,
    does,
    how_many_have,
    looks,
    sees,
    taps,
)
from tests.neighbours import neighbours
from tests.town import Town


async def test_a_correction_goes_to_those_who_had_it_and_the_new_text_to_all_others(town: Town) -> None:
    people = await neighbours(town, 5)
    olga = await town.organiser()
    wire = Slow(town, takes=2)
    await announced(olga)
    await sees(olga, "3 of 6 people have it.")
    everyone = [*people, olga]
    had_it = [person for person in everyone if person.sees(f"{CLOSED}\n\nYou get this")]
    await taps(olga, "Correct it")
    assert "How shall it read?" in olga.latest
    await does(olga, Words(OPEN))
    assert "A correction from Elm Park. Please go by this, not by what we wrote before:" in olga.latest
    assert "3 people have had it already and get the new text as a correction." in olga.latest
    assert "3 people have not had it yet and get only the new text." in olga.latest
    wire.takes = 100
    await taps(olga, "Send")
    await sees(olga, "Done.\n\n6 of 6 people have it.")
    assert [person.text.count(OPEN) for person in people] == [1] * 5
    for person in everyone:
        assert person.sees(f"{CLOSED}\n\nYou get this") == (person in had_it)
    assert [one for one in people if one.sees("A correction from")] == [
        one for one in people if one in had_it
    ]
    assert olga.sees("This goes on in a newer message below.")
    assert await deeds(town) == ["send", "correct"]


async def test_what_is_on_the_wire_during_a_correction_is_corrected_too(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    may_go = asyncio.Event()

    async def alice_waits(parcel: Parcel) -> None:
        if parcel.chat == alice.chat and CLOSED in parcel.message.text:
            await may_go.wait()

    town.paper.fail = alice_waits
    await announced(olga)
    await taps(olga, "Correct it")
    await does(olga, Words(OPEN))
    await taps(olga, "Send")
    await looks(town)
    assert olga.sees("The correction goes out in a moment.")
    may_go.set()
    await sees(olga, "Done.\n\n2 of 2 people have it.")
    assert alice.sees(CLOSED)
    assert alice.sees("A correction from Elm Park.")


async def test_a_correction_of_a_correction_reaches_everyone_who_had_either(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    await announced(olga)
    for text in (OPEN, "Ring us first."):
        await sees(olga, "Done.\n\n2 of 2 people have it.")
        await olga.taps("Correct it")
        await olga.says(text)
        await taps(olga, "Send")
        await sees(alice, text)
    assert alice.text.count("A correction from Elm Park") == 2


async def test_what_was_stopped_can_be_put_right(town: Town) -> None:
    people = await neighbours(town, 3)
    olga = await town.organiser()
    wire = Slow(town, takes=1)
    await announced(olga)
    await sees(olga, "2 of 4 people have it.")
    await taps(olga, "Stop")
    await taps(olga, "Yes, stop it")
    await sees(olga, "Stopped.\n\n2 of 4 people have it.")
    wire.takes = 100
    await olga.taps("Correct it")
    await olga.says(OPEN)
    await olga.taps("Send")
    await sees(olga, "Done.\n\n4 of 4 people have it.")
    assert how_many_have(people, OPEN) == 3
    assert sum(person.sees(CLOSED) for person in people) <= 1


async def test_a_correction_must_be_another_text_and_come_in_time(town: Town) -> None:
    olga = await town.organiser()
    await announced(olga)
    await sees(olga, "1 of 1 person has it.")
    message, correct = olga.button("Correct it")
    await olga.taps("Correct it")
    await olga.says(CLOSED)
    await olga.taps("Send")
    assert olga.sees("That is what it says already.")
    await olga.says("/cancel")
    await looks(town, days=4)
    assert "Correct it" not in olga.text
    await does(olga, Tap(correct, query="q"), message)
    assert olga.sees("That was sent more than 3 days ago. Please make a new announcement.")
    assert await deeds(town) == ["send"]
