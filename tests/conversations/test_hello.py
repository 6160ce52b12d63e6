"""Saying hello first: who we are, finding a community by name, link or place, and what nobody asked for."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from bot import i18n
from bot.message import Blocked, Incoming, MovedTo, Odd, Place, Tap, Unblocked
from bot.models import Address, Officer, Resident
from handlers.odd import ANSWERS
from handlers.people.helping import TOPICS, Topic
from tests.council import a_body
from tests.town import Town


async def test_start_without_a_code_says_who_we_are_and_asks_where(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("/start")
    assert alice.sees("I am Folkmoot")
    assert alice.sees("Which community are you in?")
    assert alice.sees("/forgetme")


async def test_a_community_is_found_by_its_name(town: Town) -> None:
    await town.community("elm-park")
    await town.community("far-away")
    alice = town.stranger("Alice")
    await alice.says("/start")
    await alice.says("elm park")
    assert "[Join Elm Park]" in alice.latest
    assert "Far Away" not in alice.latest
    await alice.taps("Join Elm Park")
    assert alice.sees("You are in Elm Park now.")


async def test_a_community_is_found_by_a_shared_place(town: Town) -> None:
    await town.community("elm-park", place=Place(51.55, 0.19))
    await town.community("far-away", place=Place(56.0, -3.0))
    alice = town.stranger("Alice")
    await alice.shares_place(51.54, 0.20)
    assert "[Join Elm Park]" in alice.latest
    assert "Far Away" not in alice.latest


async def test_an_unknown_name_is_met_kindly(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("Atlantis")
    assert alice.sees("I found no community by that.")


async def test_an_unknown_code_says_so_and_shows_the_way_on(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.opens("nosuchcode")
    assert alice.sees("I do not know this link.")
    assert alice.sees("Which community are you in?")


async def test_the_language_comes_from_the_app(town: Town) -> None:
    for wanted, spoken in (("pl-PL", "pl"), ("ur", "ur"), ("cy-GB", "cy"), ("xx", "en"), ("", "en")):
        person = town.stranger(f"P {wanted}", language=wanted)
        await person.says("/start")
        async with town.folkmoot.database.reading() as session:
            address = (await session.scalars(select(Address).where(Address.chat == person.name))).one()
            assert (await session.get_one(Resident, address.resident_id or 0)).language == spoken


async def test_help_fits_on_a_phone_and_depends_on_the_role(town: Town) -> None:
    alice, olga = await town.member("Alice"), await town.organiser()
    await alice.says("/help")
    await olga.says("/help")
    assert "/polls" in alice.latest
    assert "/poll:" not in alice.latest
    assert "/poll:" in olga.latest
    assert len(olga.latest.split("\n")) <= 16
    assert "[" not in alice.latest, "there is little enough to tell it at once"


async def test_each_command_is_told_once_at_once_or_behind_a_topic(town: Town) -> None:
    olga = await town.organiser()
    put = await a_body(town)
    async with town.folkmoot.database.writing() as session:
        me = (await session.scalars(select(Address).where(Address.chat == "Olga"))).one().resident_id
        session.add(
            Officer(
                body_id=put.body.id, team_id=put.waste.id, resident_id=me, post="lead", since=town.clock()
            )
        )
    await olga.says("/help")
    pages = [olga.latest]
    for label, _ in TOPICS.values():
        await olga.taps(label)
        pages.append(olga.latest)
        await olga.taps("Back")
    assert olga.latest == pages[0]
    assert all(len(one.split("\n")) <= 16 for one in pages)
    told = re.findall(r"^/(\w+):", "\n".join(pages), re.MULTILINE)
    roles = {"resident", "organiser", "officer"}
    commands = town.folkmoot.router.commands.values()
    assert sorted(told) == sorted(one.name for one in commands if one.found_by(roles) and one.name != "help")
    assert {name for _, names in TOPICS.values() for name in names} <= set(told)


async def test_a_topic_tells_a_resident_nothing_of_what_others_do(town: Town) -> None:
    alice = await town.member("Alice")
    for code in ("people", "nonsense"):
        await alice.does(Tap(Topic(topic=code).pack(), query="q"))
    assert alice.screen.toasts == ["I do not know this button. Please use the newest one."] * 2
    assert "/invite" not in alice.text


@pytest.mark.parametrize("code", i18n.available())
async def test_help_is_found_by_its_word_in_each_language(town: Town, code: str) -> None:
    word = str(i18n.tongue(code)._("help").unescape()).split(",")[0]
    alice = town.stranger("Alice", language="en")
    await alice.says(f" {word.upper()} ")
    assert alice.sees("This is what I can do:")


async def test_an_unknown_command_is_met_kindly(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.says("/fly")
    assert alice.sees("I do not know that one.")


@pytest.mark.parametrize("kind", sorted(ANSWERS))
async def test_odd_things_in_private_get_an_answer(town: Town, kind: str) -> None:
    alice = town.stranger("Alice")
    receipt = await alice.does(Odd(kind))
    assert receipt.outcome == "done"
    assert len(alice.screen.messages) == 1


async def test_odd_things_in_groups_and_notices_are_met_with_silence(town: Town) -> None:
    alice = town.stranger("Alice")
    await alice.does(Odd("pinned"))
    alice.group = "-5"
    await alice.does(Odd("photo"))
    assert alice.screen.messages == {}


async def test_who_blocked_us_gets_nothing_more_until_they_come_back(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.does(Blocked())
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    assert olga.sees("1 person in Elm Park will get it.")
    await olga.taps("Send")
    assert not alice.sees("Keep the market?")
    await alice.does(Unblocked())
    await alice.says("/polls")
    assert alice.sees("Keep the market?")


async def test_a_group_that_became_a_supergroup_keeps_its_address(town: Town) -> None:
    alice = town.stranger("Alice")
    alice.group = "-5"
    await alice.does(Odd("joined"))
    await alice.does(MovedTo("-1005"))
    async with town.folkmoot.database.reading() as session:
        chats = (await session.scalars(select(Address.chat).where(Address.resident_id.is_(None)))).all()
    assert chats == ["-1005"]


async def test_looking_at_a_page_makes_nobody_known(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    dispatcher = town.folkmoot.dispatcher
    async with town.folkmoot.database.reading() as session:
        before = await session.scalar(select(func.count()).select_from(Address))
    alice = town.stranger("Alice")
    from bot.message import Command

    shown = await dispatcher.rehearse(alice.incoming(Command("start", poll.code)))
    assert "Keep the market?" in shown[0].text
    assert [button.label for row in shown[0].rows for button in row] == ["Yes", "No"]
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Address)) == before


async def test_looking_at_an_invitation_does_not_use_it_up(town: Town) -> None:
    code = await town.invitation("organiser")
    alice = town.stranger("Alice")
    from bot.message import Command

    looked: Incoming = alice.incoming(Command("start", code))
    shown = await town.folkmoot.dispatcher.rehearse(looked)
    assert "You are invited" in shown[0].text
    await alice.opens(code)
    assert alice.sees("You are an organiser of Elm Park now.")
    shown = await town.folkmoot.dispatcher.rehearse(town.stranger("Eve").incoming(Command("start", code)))
    assert "has been used or is too old" in shown[0].text
