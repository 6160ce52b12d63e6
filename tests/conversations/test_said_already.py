"""What somebody wrote is not asked again: it stands in the last look at a report, and can be changed there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from bot.demo import bodies
from bot.demo.town import PLACE
from bot.models import Resident, Service
from tests.conversations.test_reporting import HERE, newest
from tests.council import a_body
from tests.town import Person, Town

NUMBER = "Which number stands on the lamp post?"
QUESTIONS: list[dict[str, Any]] = [
    {"code": "number", "datatype": "string", "order": 1, "description": {"en": "Its number?"}, "required": True,
     "found_after": {"en": ["lamp"]}},
    {"code": "lit", "datatype": "singlevaluelist", "order": 2, "description": {"en": "Lit?"},
     "values": [{"key": "day", "name": {"en": "By day too"}}, {"key": "flickers", "name": {"en": "Flickers"}}]},
    {"code": "near", "datatype": "multivaluelist", "order": 3, "description": {"en": "Near?"},
     "values": [{"key": "school", "name": {"en": "School"}}, {"key": "bus", "name": {"en": "Bus stop"}}]},
]  # fmt: skip


async def asked_at_lamps(town: Town) -> None:
    """The kind for lamps has these questions."""
    await a_body(town)
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(Service, "streetlights")).attributes = QUESTIONS


async def about(who: Person, words: str) -> None:
    """A lamp is reported, up to the first question of its kind."""
    await who.says(f"/report {words}")
    await who.shares_place(*HERE)
    await who.taps("Street lights")


async def test_what_the_words_tell_is_shown_and_not_asked(town: Town) -> None:
    await asked_at_lamps(town)
    alice = await town.member("Alice")
    await about(alice, "The lamp L12 flickers by the school")
    for answer in ("Its number? L12", "Lit? Flickers", "Near? School"):
        assert alice.sees(answer)
    await alice.taps("Send")
    assert (await newest(town)).service_attributes == {"number": "L12", "lit": "flickers", "near": ["school"]}


async def test_what_the_words_do_not_tell_is_asked(town: Town) -> None:
    await asked_at_lamps(town)
    alice = await town.member("Alice")
    await about(alice, "The lamp 12 and lamp 14 flicker, by day too")
    assert alice.sees("Its number?")
    await alice.says("12")
    assert alice.sees("Near?"), "how it is lit was told"
    await alice.taps("That is all")
    await alice.taps("Send")
    assert (await newest(town)).service_attributes == {"number": "12", "lit": "day", "near": []}


async def test_what_was_taken_from_the_words_can_be_changed_at_the_last_look(town: Town) -> None:
    await asked_at_lamps(town)
    alice = await town.member("Alice")
    await about(alice, "The lamp L12 flickers by the school")
    await alice.taps("Change an answer")
    assert alice.sees("Which answer do you want to change?")
    await alice.taps("Back")
    assert alice.sees("Its number? L12")
    await alice.taps("Change an answer")
    await alice.taps("Its number?")
    await alice.says("L13")
    assert alice.sees("Its number? L13")
    await alice.taps("Change an answer")
    await alice.taps("Near?")
    assert alice.sees("✔ School")
    await alice.taps("✔ School")
    await alice.taps("Bus stop")
    await alice.taps("That is all")
    assert alice.sees("Near? Bus stop")
    await alice.taps("Change an answer")
    await alice.taps("Lit?")
    await alice.taps("Skip")
    assert not alice.sees("Lit?")
    await alice.taps("Change an answer")
    await alice.taps("Its number?")
    await alice.says("L14")
    await alice.taps("Send")
    assert (await newest(town)).service_attributes == {"number": "L14", "near": ["bus"]}


async def test_the_only_answer_is_changed_without_asking_which(town: Town) -> None:
    await asked_at_lamps(town)
    alice = await town.member("Alice")
    await about(alice, "It is dark")
    await alice.says("L12")
    await alice.taps("Skip")
    await alice.taps("That is all")
    await alice.taps("Change an answer")
    assert alice.sees("Its number?")
    await alice.says("L13")
    await alice.taps("Send")
    assert (await newest(town)).service_attributes["number"] == "L13"


async def test_without_an_answer_there_is_none_to_change(town: Town) -> None:
    await a_body(town)
    alice = await town.member("Alice")
    await about(alice, "The lamp L12 is dark")
    assert alice.sees("[Send]")
    assert not alice.sees("Change an answer")


async def test_a_made_up_change_of_an_answer_changes_nothing(town: Town) -> None:
    await asked_at_lamps(town)
    alice = await town.member("Alice")
    await about(alice, "The lamp L12 flickers by the school")
    await alice.taps("Change an answer")
    name, payload = alice.button("Its number?")
    await alice.presses(payload.replace("number", "nothing"), on=name)
    assert alice.sees("Please tap one of the buttons.")
    await alice.presses(payload, on=name)
    await alice.presses(payload, on=name)
    await alice.says("L13")
    assert alice.sees("Its number? L13")


@pytest.mark.parametrize(
    ("language", "words", "number"),
    [
        ("en", "lamp 12 in Mill Lane is dark", "12"),
        ("cy", "Polyn lamp 12 yn dywyll", "12"),
        ("pl", "Latarnia nr 12 nie świeci", "12"),
        ("ur", "کھمبا نمبر 12 کی بتی بند ہے", "12"),
    ],
)
async def test_the_make_believe_town_reads_the_number_of_a_lamp(
    town: Town, language: str, words: str, number: str
) -> None:
    await town.community(place=PLACE)
    async with town.folkmoot.database.writing() as session:
        await bodies.settle(session, now=town.clock())
        kind = (await session.get_one(Service, "street-light")).name_in(language)
    alice = await town.member("Alice")
    async with town.folkmoot.database.writing() as session:
        await session.execute(update(Resident).values(language=language))
    await alice.says(f"/report {words}")
    await alice.shares_place(51.5602, 0.1802)
    await alice.taps(kind)
    await alice.taps(alice.latest.partition("\n[")[2].partition("]")[0])
    assert (await newest(town)).service_attributes == {"lamp-number": number}
