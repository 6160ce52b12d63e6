"""Answers in people's own words: an organiser reads each, lets it be shown or not, and says what it is about."""

from __future__ import annotations

import pytest

from tests.town import Person, Town


async def wrote(town: Town, *texts: str) -> tuple[Person, list[Person]]:
    """An organiser, and people who have answered in these words."""
    olga = await town.organiser()
    poll = await town.poll("text: What would you change?", by=olga)
    people = []
    for number, text in enumerate(texts):
        person = await town.member(f"person {number}")
        await person.opens(poll.code)
        await person.taps("Write my answer")
        await person.says(text)
        people.append(person)
    await olga.taps("How it stands")
    return olga, people


async def test_answers_are_read_one_by_one_and_only_those_let_through_are_told(town: Town) -> None:
    olga, (ann, _) = await wrote(town, "More shade", "My neighbour is a fool")
    assert "[Read 2 answers]" in olga.latest
    await olga.taps("Read 2 answers")
    for _ in range(2):
        await olga.taps("Do not show it" if "fool" in olga.text.split("“")[-1] else "Show it")
    assert olga.sees("You have read them all.")
    await town.passes(days=4)
    assert "What people said:\n• More shade" in ann.latest
    assert "fool" not in ann.latest


async def test_nothing_is_told_that_nobody_has_read(town: Town) -> None:
    olga, (ann,) = await wrote(town, "More shade")
    await town.passes(days=4)
    assert "1 person wrote an answer." in ann.latest
    assert "What people said:" not in ann.latest
    assert "[Read 1 answer]" in olga.latest


async def test_themes_are_named_reused_and_counted(town: Town) -> None:
    olga, (ann, *_) = await wrote(town, "More shade", "Plant an oak", "A bus at night")
    await olga.taps("Read 3 answers")
    await olga.taps("A new theme")
    await olga.says("Trees")
    assert "[✔ Trees]" in olga.latest
    await olga.taps("✔ Trees")
    assert "[✔ Trees]" not in olga.latest
    await olga.taps("A new theme")
    await olga.says("Trees")
    await olga.taps("Show it")
    await olga.taps("Trees")
    await olga.taps("Show it")
    await olga.taps("Show it")
    await town.passes(days=4)
    assert "What it is about:\nTrees: 2 answers" in ann.latest


async def test_an_answer_that_is_changed_is_read_anew(town: Town) -> None:
    olga, (ann,) = await wrote(town, "More shade")
    await olga.taps("Read 1 answer")
    await olga.taps("Show it")
    await ann.taps("Change my answer")
    await ann.says("Something else")
    await town.passes(days=4)
    assert "Something else" not in ann.latest
    assert "What people said:" not in ann.latest


async def test_whoever_is_no_organiser_reads_nothing(town: Town) -> None:
    olga, (ann,) = await wrote(town, "A secret of mine")
    await olga.taps("Read 1 answer")
    _, payload = olga.button("Show it")
    bob = await town.member("Bob")
    for forged in ("r:1", payload, payload.replace("rj:", "ra:")):
        await bob.presses(forged, on="1")
    assert not bob.sees("A secret of mine")
    await town.passes(days=4)
    assert "A secret of mine" not in ann.latest


@pytest.mark.parametrize("handle", ["", "zz", "00", "ff" * 9, "ffffffffffffffff"])
async def test_a_button_that_leads_to_no_answer_says_so(town: Town, handle: str) -> None:
    olga, _ = await wrote(town, "More shade")
    await olga.presses(f"rj:1:{handle}:1", on="1")
    assert olga.sees("This answer has been changed or taken back.")


async def test_a_theme_too_long_is_refused_and_asked_again(town: Town) -> None:
    olga, _ = await wrote(town, "More shade")
    await olga.taps("Read 1 answer")
    await olga.taps("A new theme")
    await olga.says("x" * 31)
    assert olga.sees("Please name a theme in 1 to 30 letters.")
    await olga.says("Trees")
    assert "[✔ Trees]" in olga.latest


async def test_what_was_made_of_answers_stays_with_them_when_ballots_are_sealed(town: Town) -> None:
    olga, _ = await wrote(town, "More shade", "Plant an oak")
    await olga.taps("Read 2 answers")
    await olga.taps("Show it")
    await town.passes(days=4)
    await town.tick()
    await olga.taps("Read 1 answer")
    await olga.taps("Show it")
    await olga.says("/polls")
    await olga.taps("What would you change?")
    await olga.says("/cancel")
    await olga.presses("p:1", on="1")
    assert "• More shade" in olga.latest
    assert "• Plant an oak" in olga.latest


async def test_words_that_nobody_has_read_are_never_listed(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll text: What would make Mill Lane safer?")
    for label in ("Edit", "Who sees who chose what", "All answers are listed", "Send"):
        await olga.taps(label)
    assert not (await town.newest_poll()).listed
