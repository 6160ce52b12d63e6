"""Polls in group chats: asked there, answered with a tap, and shown with the newest state, never once a vote."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from bot.message import Blocked, MovedTo, Parcel, Tap, Unblocked
from bot.models import Board, Consent, Poll
from tests.conversations.test_groups import in_group
from tests.town import Person, Town


async def connected_town(town: Town, *groups: str) -> Person:
    """An organiser in private, whose community asks in these groups too."""
    olga = await town.organiser("Olga")
    for group in groups:
        await in_group(town, "Olga", group).says("/connect")
    return olga


def edits(town: Town, group: str = "-42") -> list[Parcel]:
    """The edits that reached a group."""
    return [one for one in town.paper.delivered if one.chat == group and one.action == "edit"]


async def everybody_taps(town: Town, poll: Poll, people: int, *, group: str = "-42", begin: int = 0) -> None:
    """So many people tap the first choice in the same moment."""
    voters = [in_group(town, f"Voter {number}", group) for number in range(begin, begin + people)]
    taps = [one.incoming(Tap(f"v:{poll.id}:0", query=f"{one.name} taps"), message="1") for one in voters]
    receipts = await asyncio.gather(*map(town.folkmoot.dispatcher.submit, taps))
    assert {receipt.outcome for receipt in receipts} == {"done"}


async def test_a_poll_is_asked_in_a_group_and_answered_there_with_a_tap(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = in_group(town, "Alice")
    assert "Elm Park asks. Tap your answer." in alice.latest
    assert "Nobody here sees what you chose." in alice.latest
    assert "/forgetme" in alice.latest
    before = alice.latest
    await alice.taps("Yes")
    assert alice.screen.toasts == ["Counted. Thank you."]
    assert alice.latest == before
    await town.passes(seconds=6)
    assert "1 person has taken part." in alice.latest
    assert "✔" not in alice.latest
    assert "100%" not in alice.latest
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_one_person_counts_once_in_a_group_and_in_private(town: Town) -> None:
    await connected_town(town, "-42", "-43")
    poll = await town.poll("Keep the market?", "Yes", "No")
    await in_group(town, "Alice", "-42").taps("Yes")
    await in_group(town, "Alice", "-43").taps("No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    assert await town.result(poll) == {"Yes": 1, "No": 0}
    await town.passes(seconds=6)
    for group in ("-42", "-43"):
        assert "1 person has taken part." in in_group(town, "Alice", group).latest


async def test_when_it_closes_the_buttons_go_and_the_result_comes(town: Town) -> None:
    await connected_town(town, "-42")
    await town.poll("Keep the market?", "Yes", "No")
    alice = in_group(town, "Alice")
    await alice.taps("Yes")
    await town.passes(days=4)
    await town.passes(seconds=6)
    question, result = list(alice.screen.messages.values())[-2:]
    for message in (question, result):
        assert "Yes: 1 vote, 100%" in str(message.text)
        assert message.rows == ()
    count = len(town.paper.delivered)
    await town.passes(minutes=5)
    assert len(town.paper.delivered) == count


async def test_what_happens_next_is_told_in_the_group_too(town: Town) -> None:
    olga = await connected_town(town, "-42")
    await town.poll("Keep the market?", "Yes", "No", by=olga)
    alice = in_group(town, "Alice")
    await alice.taps("Yes")
    await town.passes(days=4)
    await town.passes(seconds=6)
    await olga.taps("Tell them")
    await olga.says("It stays until May")
    await olga.taps("Leave it out")
    await olga.taps("There is nothing more to do")
    await olga.taps("Send")
    await town.passes(seconds=6)
    assert "Elm Park asked a question here. This is what happens next." in alice.latest
    assert "It stays until May" in alice.latest
    assert alice.text.count("It stays until May") == 2  # the question has it now as well
    await town.tick()
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(Board.id).where(Board.done_at.is_(None))) is None


async def test_a_question_that_nobody_answered_closes_quietly(town: Town) -> None:
    await connected_town(town, "-42")
    await town.poll("Keep the market?", "Yes", "No")
    count = len(town.paper.screens["-42"].messages)
    await town.passes(days=4)
    await town.passes(seconds=6)
    assert "Nobody answered this time." in in_group(town).latest
    assert len(town.paper.screens["-42"].messages) == count


async def test_each_group_is_asked_in_its_own_language(town: Town) -> None:
    olga = await connected_town(town, "-42")
    await in_group(town, "Olga", "-43").says("/connect pl")
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    ala = in_group(town, "Alice", "-43")
    assert "Elm Park pyta." in ala.latest
    assert "Elm Park asks." in in_group(town).latest
    await ala.taps("Yes")
    async with town.folkmoot.database.reading() as session:
        said = (await session.scalars(select(Consent).order_by(Consent.id.desc()).limit(1))).one()
    assert (said.language, said.wording.split()[0]) == ("pl", "Zapisujemy")
    await town.passes(seconds=6)
    await in_group(town, "Olga", "-43").says("/connect cy")
    await town.passes(seconds=6)
    assert "Mae Elm Park yn gofyn." in ala.text
    assert "Elm Park pyta." not in ala.text
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_another_communitys_questions_stay_out(town: Town) -> None:
    await connected_town(town, "-42")
    ota = await town.organiser("Ota", slug="oak-hill")
    await town.poll("Cut the oak?", "Yes", "No", by=ota)
    assert not in_group(town).sees("Cut the oak?")


async def test_a_group_that_is_left_in_peace_loses_the_question_and_hears_no_result(town: Town) -> None:
    await connected_town(town, "-42", "-43")
    await town.poll("Keep the market?", "Yes", "No")
    await in_group(town, "Alice").taps("Yes")
    await town.passes(seconds=6)
    await in_group(town, "Olga").says("/disconnect")
    await town.passes(seconds=6)
    left, other = in_group(town), in_group(town, group="-43")
    assert "This question is not asked here any more." in left.text
    assert not any(message.rows for message in left.screen.messages.values())
    await town.passes(days=4)
    await town.passes(seconds=6)
    assert "100%" not in left.text
    assert "100%" in other.text


async def test_a_group_that_throws_us_out_hears_no_more_and_goes_on_when_it_lets_us_in(town: Town) -> None:
    await connected_town(town, "-42")
    first = await town.poll("Keep the market?", "Yes", "No", closes="in 9 days")
    alice = in_group(town, "Alice")
    await alice.does(Blocked())
    count = len(town.paper.screens["-42"].messages)
    await everybody_taps(town, first, 3, group="-99")
    await town.poll("New benches?", "Yes", "No")
    await town.passes(seconds=6)
    assert len(town.paper.screens["-42"].messages) == count
    assert "have taken part" not in alice.text
    await alice.does(Unblocked())
    await town.passes(seconds=6)
    assert "3 people have taken part." in alice.text
    assert "New benches?" not in alice.text


async def test_a_group_that_moves_in_the_middle_keeps_its_question(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    await in_group(town, "Alice", "-100").says("/help")
    await in_group(town, "Alice").does(MovedTo("-100"))
    await everybody_taps(town, poll, 2, group="-100")
    await town.passes(seconds=6)
    assert "2 people have taken part." in in_group(town, group="-100").latest
    await town.poll("New benches?", "Yes", "No")
    assert "New benches?" in in_group(town, group="-100").latest


async def test_erasing_oneself_is_seen_in_the_number(town: Town) -> None:
    await connected_town(town, "-42")
    await town.poll("Keep the market?", "Yes", "No")
    for name in ("Alice", "Bob"):
        await in_group(town, name).taps("Yes")
    await town.passes(seconds=6)
    alice = town.stranger("Alice")
    await alice.says("/forgetme")
    await alice.does(Tap("z:1", query="q"))
    await town.passes(seconds=6)
    assert "1 person has taken part." in in_group(town).latest
