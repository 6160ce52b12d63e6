"""Flows: replayed at each turn, so nothing is forgotten; left politely, changed under way, grown old."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.message import Odd, Tap
from bot.models import Address
from tests.town import Town


async def talk_of(town: Town, name: str) -> dict[str, Any] | None:
    async with town.folkmoot.database.reading() as session:
        return (await session.scalars(select(Address).where(Address.chat == name))).one().talk


async def change_talk(town: Town, name: str, **changes: object) -> None:
    async with town.folkmoot.database.writing() as session:
        address = (await session.scalars(select(Address).where(Address.chat == name))).one()
        address.talk = {**(address.talk or {}), **changes}


async def test_a_command_in_the_middle_is_asked_about_once(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep it? | Yes | No")
    await olga.says("/help")
    assert "We are in the middle of something." in olga.latest
    await olga.taps("Go on with it")
    assert "This is how people will see it:" in olga.latest
    await olga.says("/help")
    await olga.says("/help")
    assert "This is what I can do:" in olga.latest
    assert await talk_of(town, "Olga") is None


async def test_leaving_does_what_was_asked_for(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep it? | Yes | No")
    await olga.says("/polls")
    await olga.taps("Leave it")
    assert olga.sees("No questions are open just now.")


async def test_cancel_needs_no_question(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await olga.says("/cancel")
    assert olga.sees("Nothing was sent.")
    await olga.says("/cancel")
    assert olga.sees("There is nothing to cancel.")


async def test_optional_questions_are_left_without_asking(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await alice.says("/help")
    assert "This is what I can do:" in alice.latest


async def test_voting_in_the_middle_of_writing_a_poll_disturbs_neither(town: Town) -> None:
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await olga.says("/poll")
    await olga.taps("Yes")
    assert await town.result(poll) == {"Yes": 1, "No": 0}
    await olga.says("New benches?")
    assert "Which answers can people choose?" in olga.latest


async def test_a_talk_of_two_days_ago_is_put_away_politely(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await town.passes(hours=49)
    await olga.says("Keep it?")
    assert olga.sees("I put it away.")
    assert await talk_of(town, "Olga") is None


async def test_a_button_of_an_earlier_talk_is_met_politely(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep it? | Yes | No")
    name, payload = olga.button("Send")
    await olga.taps("Cancel")
    await olga.does(Tap(payload, query="q"), message=name)
    assert olga.sees("That button is from an earlier question.")


async def test_the_wrong_kind_of_answer_asks_again_with_the_reason(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll Keep it? | Yes | No")
    await olga.says("well…")
    assert "Please tap one of the buttons." in olga.latest
    assert "[Send] [Edit]" in olga.latest
    await olga.does(Odd("photo"))
    assert "I cannot use that as an answer here." in olga.latest
    await olga.says("send")
    assert olga.sees("Sent. It is on its way")


async def test_a_flow_that_lost_a_question_goes_on(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    talk = await talk_of(town, "Olga")
    assert talk is not None
    await change_talk(
        town, "Olga", answers={**talk["answers"], "colour": {"words": "blue"}}, waiting="colour"
    )
    await olga.says("Keep it?")
    assert "What would you like to ask?" in olga.latest
    await olga.says("Keep it?")
    assert "Which answers can people choose?" in olga.latest


async def test_a_flow_whose_old_answer_no_longer_fits_asks_again_without_blame(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await olga.says("Keep it?")
    talk = await talk_of(town, "Olga")
    assert talk is not None
    await change_talk(town, "Olga", answers={**talk["answers"], "question": {"pick": "gone"}})
    await olga.says("Yes\nNo")
    assert olga.latest.startswith("What would you like to ask?")
    await olga.says("Keep it?")
    assert "When does it close?" in olga.latest


async def test_a_flow_that_is_gone_is_put_away_politely(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await change_talk(town, "Olga", flow="gone")
    await olga.says("Keep it?")
    assert olga.sees("This part has been renewed in the meantime.")
    await olga.says("/poll")
    assert "What would you like to ask?" in olga.latest


async def test_whoever_does_not_want_the_three_questions_now_is_told_where_they_are(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await alice.taps("Not now")
    assert alice.latest == "All right. You can tell me any time with /me."


async def test_a_double_tap_on_skip_answers_one_question(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    name, payload = alice.button("Skip")
    await alice.taps("Skip")
    await alice.does(Tap(payload, query="q"), message=name)
    assert "Which part of town" in alice.latest


async def test_flows_in_groups_move_to_the_private_chat(town: Town) -> None:
    olga = await town.organiser()
    olga.group = "-7"
    await olga.says("/announce The hall is closed.")
    assert "Let us talk about this in private" in olga.latest


async def test_huge_texts_are_refused_and_nothing_breaks(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    receipt = await olga.says("x" * 1_000_000)
    assert receipt.outcome == "done"
    assert "Please make it 300 or fewer." in olga.latest
