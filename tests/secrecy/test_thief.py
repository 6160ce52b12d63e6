"""Who has the database's files learns while a poll is open what they can compute, and after its close nothing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.models import Ballot, Participation, Poll
from bot.services.polling import closing, sealing
from tests.secrecy import thief
from tests.town import Town

ORDER = (0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1)
"""What twelve people choose, one after the other; a thief may know who came when."""


async def voted(town: Town) -> Poll:
    poll = await town.poll("Keep the market?", "Yes", "No")
    for number, choice in enumerate(ORDER):
        person = town.stranger(f"person {number}")
        await person.opens(poll.code)
        await person.taps(("Yes", "No")[choice])
        await person.says("/cancel")
    return poll


async def closed(town: Town) -> None:
    await town.passes(days=4)
    await town.tick()


async def test_while_a_poll_is_open_its_key_and_marks_are_there_to_be_found(town: Town) -> None:
    poll = await voted(town)
    everything = await thief.bytes_of(town)
    key = await thief.key(town, poll)
    assert key is not None
    assert key in everything
    assert all(mark in everything for mark in await thief.marks(town, poll))


async def test_after_the_close_no_byte_of_the_key_or_of_a_mark_is_left(town: Town) -> None:
    poll = await voted(town)
    key, before = await thief.key(town, poll), await thief.marks(town, poll)
    await closed(town)
    everything = await thief.bytes_of(town)
    assert key is not None
    assert key not in everything
    assert [mark.hex() for mark in before if mark in everything] == []
    assert await town.result(poll) == {"Yes": 6, "No": 6}


async def test_the_order_of_the_ballots_says_nothing_about_who_came_when(town: Town) -> None:
    poll = await voted(town)
    key = await thief.key(town, poll)
    async with town.folkmoot.database.reading() as session:
        people = (
            await session.scalars(select(Participation.resident_id).where(Participation.took_part))
        ).all()
    assert key is not None
    theirs = {sealing.sealed(thief.mark_of(key, person)): person for person in people}
    await closed(town)
    lying = await thief.marks(town, poll)
    assert set(lying) == set(theirs)
    placed = await thief.places(town, poll)
    assert len({written for _, written in placed}) == 1
    async with town.folkmoot.database.reading() as session:
        by_mark = await session.scalars(
            select(Ballot.answer).where(Ballot.poll_id == poll.id).order_by(Ballot.voter)
        )
        assert [int(str(answer)) for answer, _ in placed] == list(by_mark)


async def test_a_poll_is_sealed_once_and_stays_as_it_was_counted(town: Town) -> None:
    poll = await voted(town)
    await closed(town)
    marks = await thief.marks(town, poll)
    await town.tick()
    assert await thief.marks(town, poll) == marks
    assert {len(mark) for mark in marks} == {sealing.SEALED_MARK}
    async with town.folkmoot.database.reading() as session:
        assert (await session.get_one(Poll, poll.id)).sealed_at is not None


async def test_what_was_cut_off_in_the_middle_is_sealed_to_the_end(town: Town) -> None:
    poll = await voted(town)
    before = await thief.marks(town, poll)
    town.clock.pass_by(timedelta(days=4))
    async with town.folkmoot.database.writing() as session:
        await closing.close_due(session, now=town.clock())
        one = (await session.scalars(select(Ballot).where(Ballot.voter == sorted(before)[3]))).one()
        one.voter = sealing.sealed(one.voter)
    await town.tick()
    assert set(await thief.marks(town, poll)) == {sealing.sealed(mark) for mark in before}
