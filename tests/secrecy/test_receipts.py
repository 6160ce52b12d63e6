"""A receipt finds one's own answer in the list after the close; nobody else can make it or find it again."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy import select

from bot.models import Ballot, Poll
from bot.services.polling import sealing
from tests.newsroom import Newsroom
from tests.town import Person, Town


async def a_receipt(person: Person, question: str) -> str:
    """The code that somebody is shown for their answer."""
    await person.says("/polls")
    await person.taps(question)
    await person.taps("My receipt")
    return next(line for line in person.latest.split("\n") if len(line) == 11 and line[5] == "-")


async def list_of(town: Town, poll: Poll) -> dict[str, object]:
    """The answers as they are listed after the close: receipt → answer."""
    async with town.folkmoot.database.reading() as session:
        rows = await session.execute(select(Ballot.voter, Ballot.answer).where(Ballot.poll_id == poll.id))
        return {sealing.receipt(voter): answer for voter, answer in rows}


async def test_a_receipt_finds_the_answer_that_counted_in_the_end(town: Town) -> None:
    poll = await town.poll("rank: What first?", "Road", "Park", "Hall")
    alice, bob = await town.member("Alice"), await town.member("Bob")
    for person in (alice, bob):
        await person.opens(poll.code)
        await person.taps("Park")
    code = await a_receipt(alice, "What first?")
    await alice.taps("Back to the question")
    await alice.taps("Road")
    assert await a_receipt(alice, "What first?") == code
    assert await a_receipt(bob, "What first?") != code
    await town.passes(days=4)
    assert (await list_of(town, poll))[code] == [1, 0]


async def test_after_the_close_nobody_is_told_their_receipt(town: Town) -> None:
    await town.poll("Keep the market?", "Yes", "No")
    alice = await town.member("Alice")
    await alice.says("/polls")
    await alice.taps("Keep the market?")
    await alice.taps("Yes")
    await alice.says("/polls")
    await alice.taps("Keep the market?")
    name, payload = alice.button("My receipt")
    await town.passes(days=4)
    await alice.presses(payload, on=name)
    assert alice.sees("Nobody can find out any more which answer was yours.")


async def test_there_is_no_receipt_without_an_answer_or_where_answers_are_not_listed(town: Town) -> None:
    await town.poll("Keep the market?", "Yes", "No")
    await town.poll("text: What would you change?")
    alice = await town.member("Alice")
    for question in ("Keep the market?", "What would you change?"):
        await alice.says("/polls")
        await alice.taps(question)
        assert "[My receipt]" not in alice.latest
    await alice.presses("rc:1:0", on="1")
    assert alice.sees("You have not answered this yet.")
    await alice.presses("rc:2:0", on="1")
    assert alice.sees("The answers of this poll are not listed, so there are no receipts.")


async def test_people_are_told_before_they_answer_that_answers_will_be_listed(town: Town) -> None:
    poll = await town.poll("several: What does the park need?", "Benches", "Lamps")
    alice = await town.member("Alice")
    await alice.opens(poll.code)
    assert "At the end all answers are listed, without names." in alice.latest


async def test_an_organiser_may_keep_the_answers_off_the_list(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll rank: What first? | Road | Park")
    assert "all answers are listed without names" in olga.latest
    await olga.taps("Edit")
    await olga.taps("Who sees who chose what")
    await olga.taps("No, only how many")
    assert "all answers are listed without names" not in olga.latest
    await olga.taps("Send")
    assert not (await town.newest_poll()).listed


async def test_a_named_poll_says_whose_answers_they_are_and_lists_none(town: Town) -> None:
    poll = await town.poll("dates: When shall we meet?", "1 Dec 19:00", "3 Dec 19:00")
    alice = await town.member("Alice")
    await alice.opens(poll.code)
    await alice.taps("Tuesday 1 December")
    await town.passes(days=4)
    async with town.folkmoot.database.reading() as session:
        ballot = (await session.scalars(select(Ballot))).one()
    assert ballot.resident_id is not None
    assert not (await town.newest_poll()).listed


# --- where everybody looks ---------------------------------------------------------------------------


async def answered_by(town: Town, poll: Poll, count: int) -> list[Person]:
    people = [await town.member(f"person {number}") for number in range(count)]
    for person in people:
        await person.opens(poll.code)
        await person.taps("Park")
        await person.taps("Road")
    return people


async def test_after_the_close_the_list_is_public_and_a_receipt_finds_its_answer(newsroom: Newsroom) -> None:
    town = newsroom.town
    poll = await town.poll("rank: What first?", "Road", "Park", "Hall")
    alice, *_ = await answered_by(town, poll, 5)
    code = await a_receipt(alice, "What first?")
    assert (await newsroom.gets(f"/p/{poll.code}/answers.csv"))[0] == 404
    await town.passes(days=4)
    await town.passes(seconds=2)
    _, page, _ = await newsroom.gets(f"/p/{poll.code}")
    assert "All answers, without names" in page
    _, listed, _ = await newsroom.gets(f"/p/{poll.code}/answers.csv")
    assert len(listed.strip().splitlines()) == 6
    assert f"{code},1. Park · 2. Road" in listed
    for typed in (code, code.lower().replace("-", " ")):
        _, found, headers = await newsroom.gets(f"/p/{poll.code}/receipt?receipt={typed}")
        assert "<bdi>1. Park · 2. Road</bdi>" in found
        assert headers["Cache-Control"] == "no-store"


async def test_what_is_no_receipt_finds_nothing(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll("rank: What first?", "Road", "Park", "Hall")
    await answered_by(newsroom.town, poll, 5)
    await newsroom.town.passes(days=4)
    for typed in ("", "x", "AAAAA-AAAAA", "11111-11111", "<script>alert(1)</script>", "ä" * 10):
        status, page, _ = await newsroom.gets(f"/p/{poll.code}/receipt?receipt={quote(typed)}")
        assert status == 200
        assert "No answer has this receipt." in page
        assert "<script>" not in page


async def test_fewer_than_five_answers_are_not_listed(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll("rank: What first?", "Road", "Park", "Hall")
    await answered_by(newsroom.town, poll, 4)
    await newsroom.town.passes(days=4)
    await newsroom.town.passes(seconds=2)
    _, page, _ = await newsroom.gets(f"/p/{poll.code}")
    assert "All answers, without names" not in page
    assert (await newsroom.gets(f"/p/{poll.code}/answers.csv"))[0] == 404
