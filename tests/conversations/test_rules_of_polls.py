"""The rules around a poll, whatever its kind: asked step by step, who sees what, one answer a person."""

from __future__ import annotations

import pytest

from bot.models import Poll
from tests.town import Person, Town


async def arrives(town: Town, name: str, poll: Poll, language: str = "en") -> Person:
    """Somebody who has met us before and opens a poll by its link."""
    person = await town.member(name, language=language)
    await person.opens(poll.code)
    return person


async def test_the_preview_says_how_it_is_counted(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll rank: What first? | Road | Park | Hall")
    assert "Counted by comparing each two (Schulze)" in olga.latest
    assert "What comes out equal is shown as equal." in olga.latest


@pytest.mark.parametrize(
    ("way", "said", "shown"),
    [
        ("Choose several answers", ("Up to 2", "Benches\nLamps\nTrees"), "Tap up to 2 answers."),
        ("A number on a scale", ("From 1 to 5", "not at all / very much"), "1 means “not at all”"),
        ("Put in order", ("Compare each two", "Road\nPark"), "Tap them in your order"),
        ("Find a date", ("1 Dec 19:00\n3 Dec 19:00",), "▫️ Tuesday 1 December, 19:00"),
        ("In their own words", (), "Answer in your own words."),
        ("Count me in", ("12",), "It goes ahead when 12 people are in."),
    ],
)
async def test_each_kind_is_asked_step_by_step(
    town: Town, way: str, said: tuple[str, ...], shown: str
) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await olga.says("What do you think?")
    await olga.taps(way)
    for step in said:
        if any(step in label for label in olga.latest.split("\n")[-6:]):
            await olga.taps(step)
        else:
            await olga.says(step)
    await olga.taps("in 3 days")
    assert shown in olga.latest
    await olga.taps("Send")
    assert olga.sees("Sent.")


async def test_a_result_that_is_never_shown_is_seen_by_organisers_only(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Who should chair? | Ann | Ben")
    await olga.taps("Edit")
    await olga.taps("Who sees the result, and when")
    await olga.taps("Never")
    assert "Only the organisers see the result." in olga.latest
    await olga.taps("Send")
    poll = await town.newest_poll()
    alice = await arrives(town, "Alice", poll)
    await alice.taps("Ann")
    assert alice.sees("Only the organisers see the result.")
    await town.passes(days=4)
    assert not alice.sees("1 vote")
    assert "Ann: 1 vote, 100%" in olga.latest


async def test_names_are_only_seen_where_everyone_was_told(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Who brings cake? | I do | I do not")
    assert "never who" in olga.latest
    await olga.taps("Edit")
    await olga.taps("Who sees who chose what")
    await olga.taps("Yes, with names")
    assert "Organisers see who chose what." in olga.latest


async def test_a_kind_changed_in_the_preview_asks_anew_for_its_choices(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll What first? | Road | Park")
    await olga.taps("Edit")
    await olga.taps("How people answer")
    await olga.taps("Put in order")
    await olga.taps("By points")
    await olga.says("Road\nPark\nHall")
    assert "Counted by points (Borda)" in olga.latest


async def test_the_words_of_the_kinds_work_in_each_language(town: Town) -> None:
    ola = await town.organiser("Ola", language="pl")
    await ola.says("/poll terminy: Kiedy się spotkamy? | 1 grudnia 19:00 | 3 grudnia 19:00")
    assert "▫️ wtorek 1 grudnia, 19:00" in ola.latest


async def test_two_places_that_become_one_person_keep_one_answer_of_any_kind(town: Town) -> None:
    poll = await town.poll("several: What does the park need?", "Benches", "Lamps", "Trees")
    here, there = await arrives(town, "Alice", poll), await arrives(town, "Alice elsewhere", poll)
    await here.taps("Benches")
    await here.taps("Trees")
    await there.taps("Lamps")
    await here.says("/link")
    code = here.latest.split("/link ")[1].split()[0]
    await there.says(f"/link {code}")
    assert await town.result(poll) == {"Benches": 1, "Lamps": 0, "Trees": 1}


async def test_whoever_is_forgotten_takes_any_answer_back(town: Town) -> None:
    poll = await town.poll("rank: What first?", "Road", "Park", "Hall")
    alice, bob = await arrives(town, "Alice", poll), await arrives(town, "Bob", poll)
    for person in (alice, bob):
        await person.taps("Hall")
        await person.taps("Park")
    await alice.says("/forgetme")
    await alice.taps("Yes, erase it")
    assert await town.result(poll) == {"Road": 0, "Park": 1, "Hall": 2}
