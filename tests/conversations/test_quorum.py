"""A question that counts when enough people answer: asked so, seen so, and told plainly how it ended."""

from __future__ import annotations

import csv
import io
import json

import pytest

from bot.models import Poll
from tests.newsroom import Newsroom, voted
from tests.town import Person, Town


async def asked(olga: Person, town: Town, line: str) -> Poll:
    await olga.says(line)
    await olga.taps("Send")
    return await town.newest_poll()


async def test_it_is_chosen_in_the_preview_and_everyone_is_told_before_they_answer(town: Town) -> None:
    alice = await town.member("Alice")
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    assert "It counts if" not in olga.latest
    await olga.taps("Edit")
    await olga.taps("When it counts")
    assert "[Always]" in olga.latest
    assert "[With 10 people]" in olga.latest
    assert "[With 25% of those asked]" in olga.latest
    await olga.says("20")
    assert "It counts if 20 people answer." in olga.latest
    await olga.taps("Send")
    assert "It counts if 20 people answer." in alice.latest
    await alice.taps("Yes")
    assert "It counts if 20 people answer." in alice.latest
    assert (await town.newest_poll()).quorum == "20"


@pytest.mark.parametrize(
    ("tap", "shown"),
    [
        ("With 10 people", "It counts if 10 people answer."),
        ("With 25%", "It counts if 25% of the people asked answer."),
        ("Always", None),
    ],
)
async def test_ready_answers(town: Town, tap: str, shown: str | None) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No | quorum 50")
    await olga.taps("Edit")
    await olga.taps("When it counts")
    await olga.taps(tap)
    assert "It counts if 50" not in olga.latest
    assert "This is how people will see it:" in olga.latest
    assert shown is None or shown in olga.latest


@pytest.mark.parametrize("said", ["0", "-3", "many", "1", "101 %", "0 %", "2000000"])
async def test_what_is_no_such_number_is_explained_and_asked_again(town: Town, said: str) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    await olga.taps("Edit")
    await olga.taps("When it counts")
    await olga.says(said)
    assert "Please write a number of people, such as 20" in olga.latest
    await olga.says("2")
    assert "It counts if 2 people answer." in olga.latest


@pytest.mark.parametrize(
    "ending",
    [
        "quorum 25 % | closes Friday 18:00",
        "closes Friday 18:00 | quorum: 25%",
        "kworum ٢٥٪ | koniec ankiety Friday",
    ],
)
async def test_in_one_line_it_stands_behind_the_choices(town: Town, ending: str) -> None:
    olga = await town.organiser()
    await olga.says(f"/poll Keep the market? | Yes | No | {ending}")
    assert "▫️ Yes\n▫️ No\n" in olga.latest.split("It counts")[0] + "\n"
    assert "It counts if 25% of the people asked answer." in olga.latest
    assert "Friday 27 November" in olga.latest


async def test_in_one_line_a_wrong_one_is_asked_again_and_the_rest_is_kept(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No | quorum many | closes tomorrow 9:00")
    assert "Please write a number of people, such as 20" in olga.latest
    await olga.taps("With 10 people")
    assert "It closes Tuesday 24 November, 09:00." in olga.latest
    assert "It counts if 10 people answer." in olga.latest


async def test_a_choice_that_begins_like_it_stays_a_choice_where_others_follow(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll What is it? | quorum 7 | A word")
    assert "▫️ quorum 7\n▫️ A word" in olga.latest


async def test_too_few_is_said_plainly_and_hides_nothing(town: Town) -> None:
    olga = await town.organiser()
    poll = await asked(olga, town, "/poll Keep the market? | Yes | No | quorum 3")
    alice, bob = town.stranger("Alice"), town.stranger("Bob")
    for person in (alice, bob):
        await person.opens(poll.code)
        await person.taps("Yes")
    await town.passes(days=4)
    for person in (alice, olga):
        assert "Not enough people answered for this to count: 2 of 3." in person.text
        assert "Yes: 2 votes, 100%" in person.text


async def test_enough_is_said_too(town: Town) -> None:
    olga = await town.organiser()
    poll = await asked(olga, town, "/poll Keep the market? | Yes | No | quorum 50%")
    alice, bob = town.stranger("Alice"), town.stranger("Bob")
    await alice.opens(poll.code)
    await bob.opens(poll.code)
    await alice.taps("Yes")
    await bob.taps("No")
    await town.passes(days=4)
    assert "Enough people answered for this to count: 2, with 2 needed." in alice.text


async def test_a_group_is_told_likewise(town: Town) -> None:
    olga = await town.organiser()
    there = Person(town, "Olga", group="the square")
    await there.says("/connect")
    await asked(olga, town, "/poll Keep the market? | Yes | No | quorum 5")
    assert "It counts if 5 people answer." in there.text
    neighbour = Person(town, "Nia", group="the square")
    await neighbour.taps("Yes")
    await town.passes(days=4)
    await town.passes(seconds=10)
    assert "Not enough people answered for this to count: 1 of 5." in there.text


async def test_its_page_and_its_files_tell_it(newsroom: Newsroom) -> None:
    town = newsroom.town
    olga = await town.organiser()
    poll = await asked(olga, town, "/poll Keep the market? | Yes | No | quorum 50 %")
    await voted(town, poll, Alice="Yes")
    _, page, _ = await newsroom.gets(f"/p/{poll.code}")
    assert "It counts if 50% of the people asked answer." in page
    kept = json.loads((await newsroom.gets(f"/p/{poll.code}.json"))[1])
    assert kept["quorum"] == {"rule": "50%", "needed": 1, "reached": None}
    await town.stranger("Bob").opens(poll.code)
    await town.passes(days=4)
    _, page, _ = await newsroom.gets(f"/p/{poll.code}")
    assert "<strong>Not enough people answered for this to count: 1 of 2.</strong>" in page
    assert "Yes: 1 vote, 100%" in page
    kept = json.loads((await newsroom.gets(f"/p/{poll.code}.json"))[1])
    assert kept["quorum"] == {"rule": "50%", "needed": 2, "reached": False}
    text = (await newsroom.gets(f"/p/{poll.code}.csv"))[1].lstrip("\ufeff")
    rows = {row["measure"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (rows["quorum"]["label"], rows["quorum"]["value"]) == ("50%", "2")
