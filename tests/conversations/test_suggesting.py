"""Suggesting a missing answer: an organiser lets it in, nobody learns whose it is, and the close forgets it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.errors import Refused
from bot.letters.polling.polls import Suggest
from bot.letters.polling.suggesting import LetIn, Sift
from bot.models import Poll, Resident, Suggestion
from bot.services.polling import suggesting
from tests.town import Person, Town


async def growing(town: Town, olga: Person, line: str = "/poll What is needed? | Benches | Lamps") -> Poll:
    """A question to which people may suggest answers."""
    await olga.says(line)
    for label in ("Edit", "Whether people may add answers", "Yes, they may"):
        await olga.taps(label)
    assert "People may suggest more answers. Nobody sees one before you let it in." in olga.latest
    await olga.taps("Send")
    return await town.newest_poll()


async def suggests(person: Person, poll: Poll, text: str) -> None:
    await person.opens(poll.code)
    await person.taps("Suggest an answer")
    await person.says(text)


async def waiting(town: Town) -> list[str]:
    async with town.folkmoot.database.reading() as session:
        return list(await session.scalars(select(Suggestion.choice).order_by(Suggestion.id)))


async def test_it_is_let_in_with_a_tap_and_everyone_can_choose_it(town: Town) -> None:
    olga, alice, bob = await town.organiser(), await town.member("Alice"), await town.member("Bob")
    there = Person(town, "Olga", group="the square")
    await there.says("/connect")
    poll = await growing(town, olga)
    await bob.taps("Lamps")
    await suggests(alice, poll, "A  tap")
    assert alice.sees("You will hear what becomes of it.")
    assert "Somebody suggested an answer to your question." in olga.latest
    assert "A tap" not in olga.latest + bob.text
    await olga.taps("Read it")
    assert "“A tap”" in olga.latest
    assert "Alice" not in olga.latest
    await olga.taps("Let it in")
    assert "You have read them all." in olga.latest
    assert "Your suggestion is in the list now: A tap." in alice.latest
    assert await waiting(town) == []
    await town.passes(seconds=10)
    assert "[A tap]" in there.text
    await alice.taps("Look at the question")
    await alice.taps("A tap")
    await bob.taps("Benches")
    assert "[A tap]" in bob.text
    assert await town.result(poll) == {"Benches": 1, "Lamps": 0, "A tap": 1}


async def test_what_is_left_out_is_told_and_shown_to_nobody(town: Town) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    poll = await growing(town, olga)
    await suggests(alice, poll, "<b>Nonsense</b> & {n}")
    await olga.taps("Read it")
    assert "“<b>Nonsense</b> & {n}”" in olga.text.replace("&lt;", "<").replace("&gt;", ">").replace(
        "&amp;", "&"
    )
    assert all("<b>Nonsense" not in str(one.text) for one in olga.screen.messages.values())
    await olga.taps("Leave it out of the list")
    assert "did not put your suggestion into the list" in alice.latest
    assert (await town.newest_poll()).choices == ["Benches", "Lamps"]
    assert await waiting(town) == []
    await suggests(alice, poll, "A tap")
    assert await waiting(town) == ["A tap"]


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("lamps", "is there twice"),
        ("x" * 5000, "too long"),
        ("x" * 101, "too long"),
        (" \n ", "Please answer with a few words."),
    ],
)
async def test_what_cannot_be_a_choice_is_explained_and_asked_again(
    town: Town, said: str, complaint: str
) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    poll = await growing(town, olga)
    await suggests(alice, poll, said)
    assert alice.sees(complaint)
    await alice.says("A tap")
    assert await waiting(town) == ["A tap"]


async def test_one_of_a_person_waits_and_ten_are_enough(town: Town) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    poll = await growing(town, olga, "/poll What? | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9")
    await suggests(alice, poll, "10")
    await alice.presses(Suggest(poll=poll.id).pack(), on=next(iter(alice.screen.messages)))
    assert alice.sees("Your suggestion waits to be read.")
    await suggests(await town.member("Bob"), poll, "11")
    await olga.taps("Read it")
    await olga.taps("Let it in")
    assert "“11”" in olga.latest
    await olga.taps("Let it in")
    assert olga.sees("There are 10 answers already")
    await olga.taps("Leave it out of the list")
    assert len((await town.newest_poll()).choices) == 10


async def test_after_the_close_nothing_comes_in_and_what_waits_is_gone(town: Town) -> None:
    olga, alice, bob = await town.organiser(), await town.member("Alice"), await town.member("Bob")
    poll = await growing(town, olga)
    await suggests(alice, poll, "A tap")
    await town.passes(days=2, hours=20)
    await bob.taps("Suggest an answer")
    await olga.taps("Read it")
    name, payload = olga.button("Let it in")
    await town.passes(hours=6)
    assert await waiting(town) == []
    await bob.says("Trees")
    assert bob.sees("This poll has closed.")
    await olga.presses(payload, on=name)
    assert olga.sees("This poll has closed.")
    await alice.presses(Suggest(poll=poll.id).pack(), on=next(iter(alice.screen.messages)))
    assert alice.sees("This poll has closed.")
    assert (await town.newest_poll()).choices == ["Benches", "Lamps"]


async def test_forged_buttons_and_other_communities_get_nowhere(town: Town) -> None:
    olga, alice, fay = (
        await town.organiser(),
        await town.member("Alice"),
        await town.organiser("Fay", "far-away"),
    )
    poll = await growing(town, olga)
    await suggests(alice, poll, "A tap")
    async with town.folkmoot.database.reading() as session:
        number = (await session.scalars(select(Suggestion.id))).one()
    for person in (alice, fay):
        on = next(iter(person.screen.messages))
        await person.presses(Sift(poll=poll.id).pack(), on=on)
        await person.presses(LetIn(poll=poll.id, number=number, shown=1).pack(), on=on)
        assert person.sees("Only organisers of this community can do that.")
        assert "“A tap”" not in person.text
    plain = await town.poll("Keep it?", "Yes", "No", by=olga)
    on = next(iter(olga.screen.messages))
    await alice.presses(Suggest(poll=plain.id).pack(), on=on)
    assert alice.sees("Nothing can be added to this question.")
    await olga.presses(LetIn(poll=plain.id, number=number, shown=1).pack(), on=on)
    assert olga.sees("Nothing can be added to this question.")
    await olga.presses(LetIn(poll=poll.id, number=number + 9, shown=1).pack(), on=on)
    assert olga.sees("Somebody has read this suggestion already.")
    for press in (Suggest(poll=10**12), Sift(poll=10**12), LetIn(poll=10**12, number=1, shown=1)):
        await olga.presses(press.pack(), on=on)
        assert olga.sees("I do not know this poll.")
    assert await waiting(town) == ["A tap"]


async def test_only_organisers_there_can_judge_one_whoever_asks(town: Town) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    poll = await growing(town, olga)
    await suggests(alice, poll, "A tap")
    async with town.folkmoot.database.writing() as session:
        one = (await session.scalars(select(Suggestion))).one()
        hers = await session.get_one(Resident, one.resident_id)
        with pytest.raises(Refused):
            await suggesting.judge(session, poll.id, one.id, let_in=True, by=hers, now=town.clock())
    assert await waiting(town) == ["A tap"]


async def test_dates_are_read_and_stand_behind_those_there_are(town: Town) -> None:
    olga, alice, bob = await town.organiser(), await town.member("Alice"), await town.member("Bob")
    poll = await growing(town, olga, "/poll dates: When? | 3 Dec 19:00 | 5 Dec 19:00")
    await bob.taps("3 December")
    await suggests(alice, poll, "some day")
    assert alice.sees("could not read that as a time")
    await alice.says("3 December 19:00")
    assert alice.sees("This date is there already.")
    await alice.says("1 December 19:00")
    await olga.taps("Read it")
    assert "“Tuesday 1 December, 19:00”" in olga.latest
    await olga.taps("Let it in")
    await bob.taps("3 December")
    await bob.taps("1 December")
    assert bob.sees("Your answer: (✔) Thursday 3 December, 19:00 · ✔ Tuesday 1 December, 19:00")
    assert list((await town.result(poll)).values()) == [0.5, 0, 1]


async def test_whoever_may_choose_as_many_as_they_like_still_may(town: Town) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    poll = await growing(town, olga, "/poll several: What is needed? | Benches | Lamps")
    await suggests(alice, poll, "A tap")
    await olga.taps("Read it")
    await olga.taps("Let it in")
    await alice.taps("Look at the question")
    for label in ("Benches", "Lamps", "A tap"):
        await alice.taps(label)
    assert await town.result(poll) == {"Benches": 1, "Lamps": 1, "A tap": 1}


@pytest.mark.parametrize(
    "line", ["rank: What first? | A | B", "scale 1-5: How?", "text: What?", "count 5: Who?"]
)
async def test_where_later_answers_would_not_be_fair_it_is_not_offered(town: Town, line: str) -> None:
    olga = await town.organiser()
    await olga.says(f"/poll {line}")
    await olga.taps("Edit")
    assert "Whether people may add answers" not in olga.latest


async def test_a_question_that_is_changed_forgets_what_waits(town: Town) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    poll = await growing(town, olga)
    await suggests(alice, poll, "A tap")
    await olga.says("/polls")
    for label in ("What is needed?", "Change it", "Send"):
        await olga.taps(label)
    assert await waiting(town) == []
    changed = await town.newest_poll()
    assert (changed.id > poll.id, changed.grows) == (True, True)
    await suggests(alice, changed, "A tap")
    assert await waiting(town) == ["A tap"]


async def test_the_desk_shows_how_many_wait(town: Town) -> None:
    olga = await town.organiser()
    poll = await growing(town, olga)
    for name in ("Alice", "Bob"):
        await suggests(await town.member(name), poll, f"{name}s own")
    assert olga.text.count("Somebody suggested an answer") == 1
    await olga.says("/polls")
    await olga.taps("What is needed?")
    await olga.taps("Read 2 suggestions")
    assert "2 suggestions wait to be read." in olga.latest
    await olga.taps("Let it in")
    assert "“Bobs own”" in olga.latest


@pytest.mark.parametrize(("both", "kept"), [(True, "Hers"), (False, "From elsewhere")])
async def test_two_places_that_become_one_person_keep_one_suggestion(
    town: Town, both: bool, kept: str
) -> None:
    olga = await town.organiser()
    poll = await growing(town, olga)
    here, there = await town.member("Alice"), await town.member("Alice elsewhere")
    if both:
        await suggests(here, poll, "Hers")
    await suggests(there, poll, "From elsewhere")
    await here.says("/link")
    await there.says(f"/link {here.latest.split('/link ')[1].split()[0]}")
    assert await waiting(town) == [kept]


async def test_whoever_erases_themselves_takes_a_suggestion_along(town: Town) -> None:
    olga, alice = await town.organiser(), await town.member("Alice")
    await suggests(alice, await growing(town, olga), "A tap")
    await alice.says("/forgetme")
    await alice.taps("Yes, erase it")
    assert await waiting(town) == []
    await olga.taps("Read it")
    assert "You have read them all." in olga.latest
