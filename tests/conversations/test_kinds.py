"""Every kind of poll as people meet it: asked in one line, answered, changed, closed and told."""

from __future__ import annotations

from bot.models import Poll
from tests.conversations.test_groups import in_group
from tests.conversations.test_polls_in_groups import connected_town
from tests.town import Person, Town


async def arrives(town: Town, name: str, poll: Poll, language: str = "en") -> Person:
    """Somebody who has met us before and opens a poll by its link."""
    person = await town.member(name, language=language)
    await person.opens(poll.code)
    return person


async def closed(town: Town) -> None:
    await town.passes(days=4)


# --- several -----------------------------------------------------------------------------------


async def test_several_answers_are_chosen_and_taken_back_one_by_one(town: Town) -> None:
    poll = await town.poll("several 2: What does the park need?", "Benches", "Lamps", "Trees")
    alice = await arrives(town, "Alice", poll)
    assert "Tap up to 2 answers." in alice.latest
    await alice.taps("Benches")
    await alice.taps("Trees")
    assert alice.sees("Your answer: Benches and Trees")
    assert alice.sees("✔ Benches")
    assert alice.sees("✔ Trees")
    await alice.taps("✔ Benches")
    assert alice.sees("Your answer: Trees")
    assert await town.result(poll) == {"Benches": 0, "Lamps": 0, "Trees": 1}


async def test_one_choice_too_many_is_refused_and_the_others_stay(town: Town) -> None:
    poll = await town.poll("several 2: What does the park need?", "Benches", "Lamps", "Trees")
    alice = await arrives(town, "Alice", poll)
    for label in ("Benches", "Trees", "Lamps"):
        await alice.taps(label)
    assert alice.sees("You can choose 2 at most.")
    assert await town.result(poll) == {"Benches": 1, "Lamps": 0, "Trees": 1}


async def test_a_double_tap_does_not_take_a_choice_back(town: Town) -> None:
    poll = await town.poll("several: What does the park need?", "Benches", "Lamps", "Trees")
    alice = await arrives(town, "Alice", poll)
    name, payload = alice.button("Lamps")
    for _ in range(2):
        await alice.presses(payload, on=name)
    assert await town.result(poll) == {"Benches": 0, "Lamps": 1, "Trees": 0}


# --- scale -------------------------------------------------------------------------------------


async def test_a_scale_tells_average_middle_and_spread(town: Town) -> None:
    poll = await town.poll("scale 1-5: How was the fair?", "dull", "splendid")
    for name, number in (("Alice", "2"), ("Bob", "4"), ("Cem", "5")):
        person = await arrives(town, name, poll)
        assert "1 means “dull”, 5 means “splendid”." in person.latest
        await person.taps(number)
    assert person.sees("The average is 3.7.")
    assert person.sees("The middle answer is 4.")
    assert person.sees("✔ 5")
    assert await town.result(poll) == {"1": 0, "2": 1, "3": 0, "4": 1, "5": 1}


# --- ranking -----------------------------------------------------------------------------------


async def test_choices_are_put_in_order_and_undone(town: Town) -> None:
    poll = await town.poll("rank: What first?", "Road", "Park", "Hall")
    alice = await arrives(town, "Alice", poll)
    for label in ("Park", "Road", "Hall"):
        await alice.taps(label)
    assert alice.sees("Your answer: 1. Park · 2. Road · 3. Hall")
    await alice.taps("Undo")
    await alice.taps("Undo")
    assert alice.sees("Your answer: 1. Park")
    assert alice.sees("In front: Park")
    await town.result(poll)


async def test_the_order_that_most_prefer_is_in_front_and_nobody_counts_twice(town: Town) -> None:
    poll = await town.poll("rank borda: What first?", "Road", "Park", "Hall")
    for name, order in (("Alice", ("Park", "Road")), ("Bob", ("Park", "Hall")), ("Cem", ("Road", "Park"))):
        person = await arrives(town, name, poll)
        for label in order:
            await person.taps(label)
    assert await town.result(poll) == {"Road": 3, "Park": 5, "Hall": 1}
    await closed(town)
    assert person.sees("Park: 5 of 6 points")
    assert person.sees("In front: Park")


# --- dates -------------------------------------------------------------------------------------


async def test_dates_are_shown_and_answered_the_readers_way(town: Town) -> None:
    poll = await town.poll("dates: When shall we meet?", "1 Dec 19:00", "3 Dec 19:00")
    alice, ala = await arrives(town, "Alice", poll), await arrives(town, "Ala", poll, language="pl")
    assert "[Tuesday 1 December, 19:00]" in alice.latest
    assert "[wtorek 1 grudnia, 19:00]" in ala.latest
    await alice.taps("Tuesday 1 December")
    await ala.taps("czwartek 3 grudnia")
    await ala.taps("czwartek 3 grudnia")
    assert alice.sees("Your answer: ✔ Tuesday 1 December, 19:00")
    assert ala.sees("(✔) czwartek 3 grudnia, 19:00")
    await closed(town)
    assert alice.sees("Tuesday 1 December, 19:00: suits 1 person, and 0 if need be")
    assert alice.sees("The best: Tuesday 1 December, 19:00")


async def test_whoever_finds_no_date_is_counted_too(town: Town) -> None:
    poll = await town.poll("dates: When shall we meet?", "1 Dec 19:00", "3 Dec 19:00")
    alice = await arrives(town, "Alice", poll)
    await alice.taps("None of these suits me")
    assert alice.sees("Your answer: none of these dates")
    assert alice.sees("1 person has taken part.")


async def test_organisers_see_who_can_come_and_everyone_is_told_so_before(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("dates: When shall we meet?", "1 Dec 19:00", "3 Dec 19:00", by=olga)
    alice = await town.member("Alice")
    await alice.says("/me")
    await alice.taps("Name")
    await alice.says("Alice Ash")
    await alice.opens(poll.code)
    assert "Organisers see who chose what." in alice.latest
    await alice.taps("Tuesday 1 December")
    await olga.taps("How it stands")
    assert olga.sees("Alice Ash: ✔ Tuesday 1 December, 19:00")
    await closed(town)
    assert "Alice Ash: ✔ Tuesday 1 December, 19:00" in olga.latest
    assert not alice.sees("Alice Ash: ✔")


async def test_a_date_that_has_passed_or_is_none_is_asked_again(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll dates: When shall we meet? | 1 Dec 19:00 | someday maybe")
    assert "I could not read that as a time." in olga.latest
    await olga.says("1 Dec 19:00\n3 Dec 19:00")
    assert "▫️ Tuesday 1 December, 19:00" in olga.latest


# --- text --------------------------------------------------------------------------------------


async def test_words_are_written_changed_and_shown_to_nobody(town: Town) -> None:
    poll = await town.poll("text: What would you change here?")
    alice, bob = await arrives(town, "Alice", poll), await arrives(town, "Bob", poll)
    await alice.taps("Write my answer")
    assert "The organisers read every answer before anybody else can see it." in alice.latest
    await alice.says("More <b>trees</b>")
    assert alice.sees("Your answer: More <b>trees</b>")
    await alice.taps("Change my answer")
    await alice.says("More shade")
    assert alice.sees("Your answer: More shade")
    await bob.taps("Write my answer")
    await bob.says("A swing")
    await closed(town)
    assert bob.sees("2 people wrote an answer.")
    assert not bob.sees("shade")
    await town.result(poll)


async def test_words_too_many_are_refused_and_asked_again(town: Town) -> None:
    poll = await town.poll("text: What would you change here?")
    alice = await arrives(town, "Alice", poll)
    await alice.taps("Write my answer")
    await alice.says("x" * 501)
    assert alice.sees("Please write 1 to 500 letters.")
    await alice.says("Shade")
    assert alice.sees("Your answer is counted. Thank you.")


# --- points ------------------------------------------------------------------------------------


async def test_points_are_shared_out_and_begun_again(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("points 3: What shall we spend it on?", "Benches", "Lamps", "Trees", by=olga)
    alice, bob = await arrives(town, "Alice", poll), await arrives(town, "Bob", poll)
    assert "You have 3 points to share out." in alice.latest
    name, payload = alice.button("Lamps")
    await alice.taps("Lamps")
    await alice.presses(payload, on=name)
    assert "[✔ Lamps ●]" in alice.latest, "the same tap twice gives one point"
    await alice.taps("Lamps")
    await alice.taps("Trees")
    await alice.taps("Benches")
    assert alice.sees("All 3 points are given.")
    assert alice.sees("Your answer: Lamps (2) and Trees (1)")
    await bob.taps("Benches")
    await bob.taps("Begin again")
    await bob.taps("Trees")
    assert "Lamps: 2 points, 50%" in bob.latest
    assert await town.result(poll) == {"Benches": 0, "Lamps": 2, "Trees": 2}


async def test_points_are_given_in_a_group_one_with_each_tap(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("points 3: What shall we spend it on?", "Benches", "Lamps")
    nia = in_group(town, "Nia")
    for label in ("Lamps", "Lamps", "Benches", "Benches"):
        await nia.taps(label)
    assert nia.screen.toasts[-2:] == [
        "Counted: Benches (1) and Lamps (2)",
        "All 3 points are given. Tap “Begin again” to take them back.",
    ]
    assert await town.result(poll) == {"Benches": 1, "Lamps": 2}


# --- count me in -------------------------------------------------------------------------------


async def test_count_me_in_closes_by_itself_when_enough_are_in(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("count 2: A street supper?", by=olga)
    alice, bob = await arrives(town, "Alice", poll), await arrives(town, "Bob", poll)
    cem = await arrives(town, "Cem", poll)
    assert "It goes ahead when 2 people are in." in alice.latest
    await alice.taps("Count me in")
    await alice.taps("Take me out again")
    await bob.taps("Count me in")
    assert bob.sees("1 person of 2 is in.")
    await alice.taps("Count me in")
    assert alice.sees("That is enough: it goes ahead.")
    await town.tick()
    assert "The poll in Elm Park has closed." in bob.latest
    assert "What happens next?" in olga.latest
    await cem.taps("Count me in")
    assert cem.sees("This poll has closed.")
