"""What any channel must do, run over each of them, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.engine import URL

from tests.channels.everywhere import CHANNELS, Everywhere, everywhere, sees


@pytest.fixture(params=CHANNELS)
async def place(request: pytest.FixtureRequest, database_url: URL) -> AsyncIterator[Everywhere]:
    """A town in each channel, on each database."""
    url = database_url.render_as_string(hide_password=False)
    async with everywhere(url, request.param) as town:
        yield town


async def test_a_stranger_votes_two_taps_after_the_link_and_changes_their_mind(place: Everywhere) -> None:
    poll = await place.poll("Keep the market?", "Yes", "No")
    alice = await place.guest("Alice")
    await alice.opens(poll.code)
    await sees(alice, "Keep the market?")
    await alice.taps("Yes")
    await sees(alice, "Your answer is counted.")
    await sees(alice, "✔ Yes")
    assert await place.result(poll) == {"Yes": 1, "No": 0}
    await alice.taps("No")
    await sees(alice, "✔ No")
    assert await place.result(poll) == {"Yes": 0, "No": 1}


async def test_an_organiser_asks_in_one_line_and_gets_links_to_pass_on(place: Everywhere) -> None:
    olga = await place.guest("Olga")
    await olga.opens(await place.invitation("organiser"))
    if place.channel == "web":
        await olga.taps("Accept")
    await sees(olga, "You are an organiser of Elm Park now.")
    await olga.says("/poll Shall we keep the market? | Yes | No | Sundays too")
    await sees(olga, "This is how people will see it:")
    await olga.taps("Send")
    await sees(olga, "Sent. It is on its way to 1 person.")
    await sees(olga, "paper:elm-park/")
    await sees(olga, "Elm Park asks. Tap your answer.")


async def test_the_three_questions_are_typed_skipped_and_remembered(place: Everywhere) -> None:
    poll = await place.poll("Keep the market?", "Yes", "No")
    alice = await place.guest("Alice")
    await alice.opens(poll.code)
    await sees(alice, "Keep the market?")
    await alice.taps("Yes")
    await sees(alice, "What shall I call you?")
    await alice.says("Alice <b>of</b> & the Mill")
    await sees(alice, "Which part of town")
    await alice.taps("Skip")
    await sees(alice, "What do you care about?")
    await alice.says("/me")
    await sees(alice, "Name: Alice <b>of</b> & the Mill")


async def test_no_is_said_and_the_talk_goes_on(place: Everywhere) -> None:
    await place.community()
    alice = await place.guest("Alice")
    await alice.says("/poll Keep it? | Yes | No")
    await sees(alice, "Only organisers can ask a question.")
    await alice.says("/nosuchthing")
    await sees(alice, "I do not know that one.")
    await alice.says("help")
    await sees(alice, "This is what I can do:")


async def test_a_result_reaches_everyone_who_voted(place: Everywhere) -> None:
    poll = await place.poll("Keep the market?", "Yes", "No")
    alice = await place.guest("Alice")
    await alice.opens(poll.code)
    await sees(alice, "Keep the market?")
    await alice.taps("Yes")
    await sees(alice, "Your answer is counted.")
    await place.passes(days=4)
    await sees(alice, "This is how it came out.")
    await sees(alice, "1 of 2 people asked took part.")


async def test_long_and_hostile_words_arrive_as_they_were_written(place: Everywhere) -> None:
    question = "<i>\"Why\"</i> & 'how' " + "🙂" * 60 + " http://a.example/?x=1&y=2"
    poll = await place.poll(question, "<script>", "ok")
    alice = await place.guest("Alice")
    await alice.opens(poll.code)
    await sees(alice, question)
    await alice.taps("<script>")
    await sees(alice, "✔ <script>")
    assert await place.result(poll) == {"<script>": 1, "ok": 0}


async def test_an_announcement_arrives_and_its_organiser_sees_how_far_it_has_come(place: Everywhere) -> None:
    poll = await place.poll("Keep the market?", "Yes", "No")
    alice, olga = await place.guest("Alice"), await place.guest("Ola")
    await alice.opens(poll.code)
    await sees(alice, "Keep the market?")
    await alice.taps("Yes")
    await sees(alice, "Your answer is counted.")
    await olga.opens(await place.invitation("organiser"))
    if place.channel == "web":
        await olga.taps("Accept")
    await sees(olga, "You are an organiser of Elm Park now.")
    told = "The <b>hall</b> & the café are closed. See http://a.example/?x=1&y=2"
    await olga.says(f"/announce {told}")
    await sees(olga, "It goes to 3 people in Elm Park.")
    await olga.taps("Send")
    await sees(alice, f"Elm Park tells you: {told} You get this because you are in Elm Park.")
    while "Done. 3 of 3 people have it." not in await olga.screen():
        await place.tick()  # pytest-timeout is the deadline
