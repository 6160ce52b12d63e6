"""Many people who do something in one moment: they share statements and a commit; each counts for themselves."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Command, Receipt, Tap
from bot.models import Ballot, Envelope, Membership, Participation, Poll, Resident, Tally
from bot.services import roll
from bot.services.people import residents
from tests.plans import listening, looking, read_from_end_to_end
from tests.town import MONDAY, Person, Town

FIXED = {
    "INSERT seen": 1,
    "SELECT addresses": 1,
    "SELECT residents": 2,
    "SELECT tallies": 1,
    "SELECT ballots": 1,
}
"""What a batch of votes reads and marks, however many they are: each once."""

POSTMAN = re.compile("BEGIN|envelopes|letters|mailings")
"""What is also the postman's, or the test's own."""


async def together(*doings: tuple[Person, Tap | Command]) -> list[Receipt]:
    """All of these at once, so that they are one batch."""
    town = doings[0][0].town
    receipts = await asyncio.gather(
        *(town.folkmoot.dispatcher.submit(person.incoming(what, message="1")) for person, what in doings)
    )
    await town.quiet()
    return receipts


def vote(poll: Poll, choice: int) -> Tap:
    """A tap on a choice."""
    return Tap(f"v:{poll.id}:{choice}", query="q")


@contextmanager
def statements(town: Town) -> Iterator[Counter[str]]:
    """Statements by their verb and first table; known when the block has ended."""
    counts: Counter[str] = Counter()
    with listening(town.folkmoot.database) as asked:
        yield counts
    counts.update(_verb_and_table(one.statement) for one in asked)


def _verb_and_table(statement: str) -> str:
    words = statement.replace(",", " ").split()
    at = next((n for n, word in enumerate(words) if word in {"INTO", "FROM", "UPDATE"}), None)
    return f"{words[0]} {words[at + 1]}" if at is not None else words[0]


async def known(town: Town, count: int) -> list[Person]:
    """So many members who have taken part before, so that a vote of theirs is nothing new."""
    town.folkmoot.postmen["paper"].wake()
    people = [town.stranger(f"p{number}") for number in range(count)]
    await together(*((one, Command("start", "elm-park")) for one in people))
    await together(*((one, Tap("j:1", query="q")) for one in people))
    await together(*((one, Command("cancel")) for one in people))
    return people


async def test_votes_cost_a_few_statements_however_many_they_are_and_how_big_the_town(town: Town) -> None:
    await town.community()
    people = await known(town, 12)
    poll = await town.poll("Keep the market?", "Yes", "No")
    await _crowd(town, poll, 400)
    await together(*((one, vote(poll, 0)) for one in people))
    with statements(town) as alone:
        await together((people[0], vote(poll, 1)))
    with statements(town) as many:
        await together(*((one, vote(poll, 1)) for one in people[1:]))
    for counts in (alone, many):
        assert {name: counts[name] for name in FIXED} == FIXED
        assert counts["INSERT ballots"] == 1
        assert counts["UPDATE tallies"] == 1
        assert counts["INSERT envelopes"] == 1
        assert not any("count(" in name for name in counts)
    turn = Counter({name: n for name, n in many.items() if not POSTMAN.search(name)})
    assert turn.total() <= 9, many


async def test_no_table_is_read_from_end_to_end_for_a_vote(town: Town) -> None:
    await town.community()
    people = await known(town, 6)
    poll = await town.poll("Keep the market?", "Yes", "No")
    with listening(town.folkmoot.database) as asked:
        await together(*((one, vote(poll, 0)) for one in people))
        await together(*((one, vote(poll, 1)) for one in people))
    turns = [one for one in looking(asked) if not POSTMAN.search(one.statement)]
    assert len(turns) >= 8
    assert not await read_from_end_to_end(town.folkmoot.database, turns)


async def _crowd(town: Town, poll: Poll, count: int) -> None:
    """Others who have voted already."""
    numbers = range(1000, 1000 + count)
    async with town.folkmoot.database.writing() as session:
        people = [{"id": n, "language": "en", "interests": [], "created_at": MONDAY} for n in numbers]
        await session.execute(insert(Resident), people)
        belong = [
            {"community_id": 1, "resident_id": n, "role": "resident", "joined_at": MONDAY} for n in numbers
        ]
        await session.execute(insert(Membership), belong)
        part = [{"poll_id": poll.id, "resident_id": n, "took_part": True} for n in numbers]
        await session.execute(insert(Participation), part)
        ballots = [{"poll_id": poll.id, "voter": n.to_bytes(32, "big"), "answer": 1} for n in numbers]
        await session.execute(insert(Ballot), ballots)
        tally = await session.get_one(Tally, poll.id)
        tally.counts = {"1": count}
        tally.took_part += count
        tally.asked += count


async def test_of_two_taps_by_one_person_in_a_moment_the_later_one_holds(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice, bob = await town.member("Alice"), await town.member("Bob")
    await together(
        (alice, vote(poll, 0)), (bob, vote(poll, 0)), (alice, vote(poll, 1)), (alice, vote(poll, 1))
    )
    assert await town.result(poll) == {"Yes": 1, "No": 1}


async def test_who_opens_a_link_and_answers_in_the_same_moment_is_asked_once(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    strangers = [town.stranger(f"s{number}") for number in range(3)]
    before = await tally_of(town, poll)
    await together(
        *((one, Command("start", poll.code)) for one in strangers),
        *((one, vote(poll, 0)) for one in strangers),
    )
    after = await tally_of(town, poll)
    assert after.asked == before.asked + 3
    assert after.took_part == 3
    assert await town.result(poll) == {"Yes": 3, "No": 0}


async def test_who_leaves_no_trace_in_the_moment_of_voting_leaves_none_in_the_count(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice, bob = await town.member("Alice"), await town.member("Bob")
    await together((alice, vote(poll, 0)), (bob, vote(poll, 0)), (alice, Tap("z:1", query="q")))
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_a_poll_closed_in_the_moment_of_a_vote_counts_what_came_before(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    alice, bob = await town.member("Alice"), await town.member("Bob")
    await together((alice, vote(poll, 0)), (olga, Tap(f"pc:{poll.id}:1", query="q")), (bob, vote(poll, 1)))
    assert await town.result(poll) == {"Yes": 1, "No": 0}
    assert alice.sees("This is how it came out")
    assert bob.sees("a little too late")


async def test_who_leaves_and_votes_in_the_same_moment_belongs_again(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice, bob = await town.member("Alice"), await town.member("Bob")
    await together((bob, vote(poll, 0)), (alice, Tap("x:1:1", query="q")), (alice, vote(poll, 1)))
    assert await town.result(poll) == {"Yes": 1, "No": 1}
    async with town.folkmoot.database.reading() as session:
        belong = await session.scalar(select(func.count()).select_from(Membership))
    assert belong == 3, "Olga, Bob, and Alice again"


async def test_a_vote_in_no_poll_holds_up_nobody(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice, mallory = await town.member("Alice"), town.stranger("Mallory")
    receipts = await together((mallory, Tap("v:999:0", query="q")), (alice, vote(poll, 0)))
    assert [receipt.outcome for receipt in receipts] == ["refused", "done"]
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_who_becomes_one_person_while_voting_has_one_vote(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice, twin = await town.member("Alice"), await town.member("Alice at home")
    await alice.says("/link")
    code = alice.latest.split("/link ")[1].split("\n")[0]
    await together((alice, vote(poll, 0)), (twin, vote(poll, 1)), (twin, Command("link", code)))
    assert sum((await town.result(poll)).values()) == 1


async def tally_of(town: Town, poll: Poll) -> Tally:
    """The tally as it is kept."""
    async with town.folkmoot.database.reading() as session:
        return await session.get_one(Tally, poll.id)


async def test_what_was_looked_up_is_looked_up_anew_after_somebody_changed_it_by_hand(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    await together((await town.member("Alice"), vote(poll, 0)))

    async def entries(session: AsyncSession) -> list[object]:
        held, _ = await roll.locked(session, poll.id)
        resident = (
            await session.scalars(select(Resident).join(Participation).where(Participation.took_part))
        ).one()
        found = [(await roll.entry(session, held, resident)).answer]
        await residents.withdraw(session, resident)
        return [*found, (await roll.entry(session, held, resident)).answer]

    async with town.folkmoot.database.rehearsing() as session:
        assert await entries(session) == [0, None]
        assert await session.scalar(select(func.count()).select_from(Ballot)) == 0


async def test_a_note_that_the_channel_carries_back_is_in_no_outbox(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = await town.member("Alice")
    brought = replace(alice.incoming(vote(poll, 0), message="1"), takes_note=True)
    receipt = await town.folkmoot.dispatcher.submit(brought)
    assert receipt.note is not None
    assert receipt.note.text == "Counted. Thank you."
    late = replace(alice.incoming(vote(poll, 7), message="1"), takes_note=True)
    refused = await town.folkmoot.dispatcher.submit(late)
    assert refused.note is not None
    assert refused.note.text == "That choice is not in this poll."
    assert (await town.folkmoot.dispatcher.submit(brought)).note is None
    await town.quiet()
    assert "Counted. Thank you." not in alice.screen.toasts
    async with town.folkmoot.database.reading() as session:
        ours = Envelope.once_key.like(f"paper:{brought.key}:%")
        assert list(await session.scalars(select(Envelope.action).where(ours))) == ["edit"]
