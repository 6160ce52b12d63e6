"""Every no that people may hear, and the rarer ways a talk can take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.conversation.dispatch import QUEUE
from bot.errors import Busy, Refused
from bot.message import Blocked, Command, MovedTo, Odd, Tap
from bot.models import Address, Invitation, Resident
from bot.services.community import communities
from bot.services.people import residents
from bot.services.polling import questions
from tests.town import Town


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("j:999", "I do not know this community."),
        ("x:999:0", "You are not a member there."),
        ("x:999:1", "You are not a member there."),
        ("pc:999:0", "I do not know this poll."),
        ("po:999", "I do not know this poll."),
        ("p:999", "I do not know this poll."),
        ("ar:999", "I do not know this invitation."),
        ("a:nosuch", "I do not know this invitation."),
        ("i:cars", "I do not know this subject."),
        ("l:xx", "I do not speak that language yet."),
        ("m:shoes", "That button does not work any more."),
        ("m:area", "You are in no community yet."),
    ],
)
async def test_a_press_that_stands_for_nothing_is_told_why(town: Town, payload: str, said: str) -> None:
    alice = town.stranger("Alice")
    receipt = await alice.does(Tap(payload, query="q"))
    assert receipt.outcome == "refused"
    assert alice.sees(said)


@pytest.mark.parametrize(
    ("slug", "given", "said"),
    [
        ("Elm Park!", {}, "small letters, digits and hyphens"),
        ("static", {}, "A page of ours is called"),
        ("elm-park", {}, "There is a community called"),
        ("mill", {"zone": "Mars/Olympus"}, "There is no time zone called"),
        ("mill", {"languages": ("xx",)}, "I do not speak {code} yet."),
        ("mill", {"languages": ()}, "A community needs a name"),
    ],
)
async def test_a_community_that_cannot_be_is_told_why(
    town: Town, slug: str, given: dict[str, object], said: str
) -> None:
    await town.community("elm-park")
    details: dict[str, object] = {"zone": "Europe/London", "languages": ("en",), **given}
    with pytest.raises(Refused, match=said.split("{")[0]):
        async with town.folkmoot.database.writing() as session:
            await communities.add(session, slug, {"en": "Mill"}, now=town.clock(), **details)  # type: ignore[arg-type]


def test_words_that_cannot_be_kept_are_told_why() -> None:
    for check, text in ((questions.question, "  "), (questions.outcome, ""), (residents.area, "x" * 61)):
        with pytest.raises(Refused):
            check(text)


async def test_who_closes_or_tells_twice_is_told_so(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.taps("Yes")
    await olga.says("/cancel")
    await olga.does(Tap(f"po:{poll.id}", query="q"))
    await olga.says("Too early.")
    await olga.taps("Leave it out")
    await olga.taps("There is nothing more to do")
    await olga.taps("Send")
    assert olga.sees("This poll is still open.")
    await olga.says("/cancel")
    for _ in range(2):
        await olga.does(Tap(f"pc:{poll.id}:1", query="q"))
    assert olga.sees("This poll has closed already.")
    await olga.does(Tap(f"po:{poll.id}", query="q"))
    await olga.says("It stayes.")
    await olga.taps("Leave it out")
    await olga.taps("There is nothing more to do")
    await olga.taps("Edit")
    await olga.taps("What was decided")
    await olga.says("It stays.")
    await olga.taps("Send")
    await olga.does(Tap(f"po:{poll.id}", query="q"))
    assert olga.sees("You have told people already what comes of it.")


async def test_an_organiser_whom_nobody_answered_hears_it_once(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.does(Tap(f"pc:{poll.id}:1", query="q"))
    assert olga.text.count("Nobody answered this time.") == 1


async def test_another_flow_in_the_middle_of_one_is_asked_about_and_can_wait_or_come(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.taps("Yes")
    await olga.says("/cancel")
    await town.passes(days=4)
    await olga.says("/poll")
    await olga.does(Tap(f"po:{poll.id}", query="q"))
    assert "We are in the middle of something." in olga.latest
    await olga.taps("Go on with it")
    assert "What would you like to ask?" in olga.latest
    await olga.does(Tap(f"po:{poll.id}", query="q"))
    await olga.taps("Leave it")
    assert "What was decided? Write it" in olga.latest


async def test_back_at_the_first_question_asks_it_again(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    async with town.folkmoot.database.reading() as session:
        talk = (await session.scalars(select(Address.talk).where(Address.chat == "Olga"))).one()
    assert talk is not None
    await olga.does(Tap(f"n:{talk['n']}:back", query="q"))
    assert "What would you like to ask?" in olga.latest


async def test_a_used_invitation_cannot_be_taken_back_and_a_leavers_does_not_work(town: Town) -> None:
    olga, _ = await town.organiser(), await town.organiser("Otto")
    await olga.says("/invite")
    code = olga.latest.split("paper:elm-park/")[1].split("\n")[0]
    async with town.folkmoot.database.reading() as session:
        used = (await session.scalars(select(Invitation.id).where(Invitation.used_at.is_not(None)))).first()
    await olga.does(Tap(f"ar:{used}", query="q"))
    assert olga.sees("This invitation has been used already.")
    await olga.does(Tap("x:1:1", query="q"))
    await olga.opens(code)
    assert olga.sees("has been used or is too old")


async def test_two_names_of_one_group_become_one(town: Town) -> None:
    alice = town.stranger("Alice")
    for group in ("-5", "-1005"):
        alice.group = group
        await alice.does(Odd("photo"))
    alice.group = "-5"
    await alice.does(MovedTo("-1005"))
    async with town.folkmoot.database.reading() as session:
        groups = select(func.count()).select_from(Address).where(Address.resident_id.is_(None))
        assert await session.scalar(groups) == 1


async def test_who_linked_two_places_and_blocked_one_is_written_to_at_the_other(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    phone, web = town.stranger("Phone"), town.stranger("Web")
    await phone.opens(poll.code)
    await phone.taps("Yes")
    await phone.says("/cancel")
    await phone.says("/link")
    code = phone.latest.split("/link ")[1].split("\n")[0]
    await web.says(f"/link {code}")
    await phone.does(Blocked())
    await town.passes(days=4)
    assert web.sees("This is how it came out.")
    assert not phone.sees("This is how it came out.")


async def test_a_link_to_a_place_that_is_blocked_moves_the_letters(town: Town) -> None:
    await town.community()
    phone, web = await town.member("Phone"), town.stranger("Web")
    await phone.says("/link")
    code = phone.latest.split("/link ")[1].split("\n")[0]
    await phone.does(Blocked())
    await web.says(f"/link {code}")
    await town.poll("Keep the market?", "Yes", "No")
    assert web.sees("Keep the market?")


async def test_somebody_in_two_communities_says_which_part_of_which(town: Town) -> None:
    alice = await town.member("Alice")
    await town.community("far-away")
    await alice.says("far away")
    await alice.taps("Join Far Away")
    await alice.says("/me")
    await alice.taps("Part of town")
    assert "For which community?" in alice.latest
    await alice.taps("Far Away")
    await alice.taps("North")
    assert "Far Away: resident, part of town: North" in alice.latest
    assert "Elm Park: resident, part of town: not told" in alice.latest
    await alice.says("nothing like it")
    assert "What shall I do with it?" in alice.latest


async def test_whoever_comes_when_the_queue_is_full_is_asked_to_wait(town: Town) -> None:
    dispatcher, alice = town.folkmoot.dispatcher, town.stranger("Alice")
    dispatcher._waiting.extend([None] * QUEUE)  # type: ignore[list-item]
    try:
        with pytest.raises(Busy):
            await dispatcher.submit(alice.incoming(Command("help")))
    finally:
        dispatcher._waiting.clear()
    await alice.says("/help")
    assert alice.sees("This is what I can do:")


async def test_whoever_came_and_left_nothing_is_forgotten_and_whoever_is_in_a_talk_is_not(town: Town) -> None:
    await town.stranger("Passer-by").says("/help")
    talker = town.stranger("Talker")
    await talker.says("/me")
    await talker.taps("Name")
    town.clock.pass_by(timedelta(days=2))
    await town.tick()
    async with town.folkmoot.database.reading() as session:
        chats = (await session.scalars(select(Address.chat))).all()
        assert await session.scalar(select(func.count()).select_from(Resident)) == 1
    assert chats == ["Talker"]
