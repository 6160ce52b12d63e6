"""Answering polls: two taps from a link to a counted vote, changed as often as one likes, counted once a person."""

from __future__ import annotations

import asyncio
import hashlib
import random
from datetime import timedelta

from sqlalchemy import func, select

from bot.message import Tap
from bot.models import Ballot, Community, Consent, Membership, Participation, Resident
from tests.town import Town


async def test_a_stranger_is_counted_two_taps_after_the_link(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    assert alice.sees("Keep the market?")
    assert alice.sees("/forgetme")
    await alice.taps("Yes")
    assert alice.sees("✔ Yes")
    assert alice.sees("Your answer is counted.")
    assert alice.screen.toasts == ["Counted. Thank you."]
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_a_second_tap_moves_the_vote_and_counts_one_person(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await alice.taps("No")
    assert alice.sees("✔ No")
    assert not alice.sees("✔ Yes")
    assert alice.sees("1 person has taken part.")
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_the_same_choice_twice_counts_once(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await alice.taps("Yes")
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_results_are_seen_only_after_ones_own_vote(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice, bob = town.stranger("Alice"), town.stranger("Bob")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await bob.opens(poll.code)
    assert not bob.sees("1 vote")
    await bob.taps("No")
    assert bob.sees("Yes: 1 vote, 50%")


async def test_results_after_the_close_are_not_seen_before(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    await olga.taps("Edit")
    await olga.taps("Who sees the result, and when")
    await olga.taps("When the poll has closed")
    await olga.taps("Send")
    alice = await town.member("Alice")
    await alice.says("/polls")
    await alice.taps("Keep the market?")
    await alice.taps("Yes")
    assert alice.sees("The result comes when the poll has closed.")
    assert not alice.sees("100%")


async def test_voting_joins_the_community_and_records_the_consent_as_it_was_said(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    ala = town.stranger("Ala", language="pl-PL")
    await ala.opens(poll.code)
    await ala.taps("Yes")
    async with town.folkmoot.database.reading() as session:
        resident = (await session.scalars(select(Resident).where(Resident.language == "pl"))).one()
        belongs = (
            await session.scalars(select(Membership).where(Membership.resident_id == resident.id))
        ).one()
        consent = (await session.scalars(select(Consent).where(Consent.resident_id == resident.id))).one()
    assert belongs.role == "resident"
    assert consent.language == "pl"
    assert "/forgetme" in consent.wording


async def test_only_looking_leaves_no_consent_and_no_membership(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    async with town.folkmoot.database.reading() as session:
        # One of each is the organiser's own.
        assert await session.scalar(select(func.count()).select_from(Consent)) == 1
        assert await session.scalar(select(func.count()).select_from(Membership)) == 1


async def test_the_three_questions_come_once_after_the_first_vote(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    assert "What shall I call you?" in alice.latest
    await alice.taps("Skip")
    assert "Which part of town" in alice.latest
    await alice.taps("North")
    assert "What do you care about?" in alice.latest
    await alice.taps("No")
    assert "What shall I call you?" not in alice.latest


async def test_a_vote_after_the_closing_time_is_refused_kindly_and_not_counted(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    town.clock.pass_by(timedelta(days=3, seconds=1))
    receipt = await alice.taps("Yes")
    assert receipt.outcome == "refused"
    assert alice.sees("came a little too late")
    assert await town.result(poll) == {"Yes": 0, "No": 0}


async def test_forged_payloads_get_one_polite_sentence(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    for payload in (
        "v:999999:0",
        f"v:{poll.id}:77",
        f"v:{poll.id}",
        "v:x:y",
        "zzz:1",
        "",
        "v:1:0:0:0",
        "v" * 300,
        "✔",
    ):
        alice.screen.toasts.clear()
        receipt = await alice.does(Tap(payload, query="q"))
        assert receipt.outcome == "refused", payload
        assert len(alice.screen.toasts) == 1, payload
        assert not alice.sees("went wrong"), payload
    assert await town.result(poll) == {"Yes": 0, "No": 0}


async def test_an_old_button_works_while_its_poll_is_open(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No", closes="in 30 days")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await town.passes(days=20)
    await alice.taps("Yes")
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_polls_lists_the_owed_ones_first(town: Town) -> None:
    await town.poll("Keep the market?", "Yes", "No")
    alice = await town.member("Alice")
    await town.poll("New benches?", "Yes", "No", by=await town.organiser())
    await alice.taps("Yes")
    await alice.says("/polls")
    listing = alice.text[alice.text.index("Waiting for your answer:") :]
    assert listing.index("Keep the market?") < listing.index("You have answered these")
    assert listing.index("You have answered these") < listing.rindex("New benches?")


async def test_nobody_looks_into_a_community_they_do_not_belong_to(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    eve = await town.member("Eve", slug="far-away")
    await eve.does(Tap(f"p:{poll.id}", query="q"))
    assert eve.sees("I do not know this poll.")


async def test_in_a_group_a_tap_counts_for_the_person_and_shows_nobody_their_choice(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    alice.group = "-100"
    await alice.does(Tap(f"v:{poll.id}:0", query="q"), message="7")
    assert alice.screen.toasts == ["Counted. Thank you."]
    assert alice.screen.messages == {}
    assert await town.result(poll) == {"Yes": 1, "No": 0}
    alone = town.stranger("Alice")
    await alone.opens(poll.code)
    await alone.taps("No")
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_the_tally_equals_a_recount_whatever_people_do(town: Town) -> None:
    dice = random.Random(7)  # noqa: S311 - a fixed seed, nothing secret
    poll = await town.poll("Which day?", "Mon", "Tue", "Wed")
    people = [town.stranger(f"P{number}") for number in range(12)]
    last: dict[str, int] = {}
    for _ in range(8):
        some = dice.sample(people, 9)
        picks = {person.name: dice.randrange(3) for person in some}
        taps = [person.incoming(Tap(f"v:{poll.id}:{picks[person.name]}", query="q")) for person in some]
        await asyncio.gather(*(town.folkmoot.dispatcher.submit(tap) for tap in taps))
        last |= picks
    result = await town.result(poll)
    assert list(result.values()) == [list(last.values()).count(number) for number in range(3)]


async def test_a_ballot_names_nobody(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    async with town.folkmoot.database.reading() as session:
        ballot = (await session.scalars(select(Ballot))).one()
        part = (await session.scalars(select(Participation).where(Participation.took_part))).one()
    columns = {"poll_id", "voter", "answer", "shown", "themes", "resident_id"}
    assert set(Ballot.__table__.columns.keys()) == columns
    assert ballot.resident_id is None
    assert ballot.voter != str(part.resident_id).encode().ljust(32)
    assert ballot.voter not in {hashlib.sha256(str(number).encode()).digest() for number in range(100)}
    assert len(ballot.voter) == 32


async def test_everyone_is_addressed_in_their_community_language_names(town: Town) -> None:
    await town.community("elm-park")
    async with town.folkmoot.database.writing() as session:
        community = (await session.scalars(select(Community))).one()
        community.names = {"en": "Elm Park", "cy": "Parc y Llwyfen"}
    poll = await town.poll("Keep the market?", "Yes", "No")
    gwen = town.stranger("Gwen", language="cy")
    await gwen.opens(poll.code)
    assert gwen.sees("Parc y Llwyfen")
