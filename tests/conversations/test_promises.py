"""You said, we did: what was decided and promised, kept, late and dropped; and who may see what is owed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from bot.message import Blocked, Tap
from bot.models import Deed, FollowUp, Poll
from tests.promises import PROMISED, an_answered_poll, answers, at, promised
from tests.town import Person, Town


async def test_whoever_answered_hears_what_was_decided_by_whom_and_until_when_it_will_be_done(
    town: Town,
) -> None:
    olga = await town.organiser()
    (alice,) = await promised(town, olga)
    assert "Sent to 1 person." in olga.latest
    assert "The stalls come back." in alice.latest
    assert "Decided by: the council" in alice.latest
    assert "It will be done by 5 December 2026." in alice.latest


async def test_the_result_says_until_when_people_hear_what_comes_of_it(town: Town) -> None:
    olga = await town.organiser()
    (alice,) = await an_answered_poll(town, olga)
    assert "No outcome yet, promised for Thursday 10 December." in alice.latest
    assert "they hear it within 14 days" in olga.latest


async def test_what_goes_out_can_be_changed_before_it_does(town: Town) -> None:
    olga = await town.organiser()
    (alice,) = await an_answered_poll(town, olga)
    await olga.taps("Tell them")
    await olga.says("The stalls come back.")
    await olga.says("Everyone who came on Monday")
    await olga.taps("in 7 days")
    assert "It will be done by 3 December 2026." in olga.latest
    await olga.taps("Edit")
    await olga.taps("Until when it will be done")
    await olga.taps("There is nothing more to do")
    assert "Decided by: Everyone who came on Monday" in olga.latest
    await olga.taps("Send")
    assert "There is nothing more to do." in alice.latest
    assert "3 December" not in alice.latest


@pytest.mark.parametrize(
    ("day", "complaint"),
    [
        ("some day", "could not read that as a time"),
        ("1 January 2020", "That day has passed already."),
        ("1 January 2090", "within 5 years"),
    ],
)
async def test_a_day_that_cannot_be_promised_is_explained_and_asked_again(
    town: Town, day: str, complaint: str
) -> None:
    olga = await town.organiser()
    await an_answered_poll(town, olga)
    await olga.taps("Tell them")
    await olga.says("The stalls come back.")
    await olga.taps("Leave it out")
    await olga.says(day)
    assert complaint in olga.latest
    assert "Until when will it be done?" in olga.latest


async def test_done_is_told_to_everyone_who_answered_and_ends_the_asking(town: Town) -> None:
    olga = await town.organiser()
    (alice,) = await promised(town, olga)
    await at(town, 2026, 12, 6, 12)
    await olga.taps("Done")
    assert "This goes to everyone who answered:" in olga.latest
    assert "This is how far it is." not in alice.text
    await olga.taps("Send")
    assert "Sent to 1 person." in olga.latest
    assert "You answered a question in Elm Park. This is how far it is." in alice.latest
    assert "It is done." in alice.latest
    await at(town, 2026, 12, 14, 12)
    assert olga.text.count(PROMISED) == 0  # the one there was has become the answer


async def test_late_says_why_and_until_when_and_the_asking_begins_anew_on_the_new_day(town: Town) -> None:
    olga = await town.organiser()
    (alice,) = await promised(town, olga)
    await at(town, 2026, 12, 6, 12)
    await olga.taps("It will be late")
    await olga.says("The stalls are still being mended.")
    await olga.says("5 December 2026")
    assert "Please name a later day." in olga.latest
    await olga.says("20 December")
    await olga.taps("Send")
    assert "It will be late: it is promised for 20 December 2026 now." in alice.latest
    assert "Why: The stalls are still being mended." in alice.latest
    await at(town, 2026, 12, 20, 12)
    assert not olga.sees(PROMISED)
    await at(town, 2026, 12, 21, 12)
    assert olga.text.count(PROMISED) == 1
    async with town.folkmoot.database.reading() as session:
        said = (await session.scalars(select(FollowUp))).one()
        deed = (await session.scalars(select(Deed).order_by(Deed.id.desc()).limit(1))).one()
    assert (said.said, said.was, said.until) == ("late", date(2026, 12, 5), date(2026, 12, 20))
    assert (deed.act, deed.details) == ("promise.late", {"was": "2026-12-05", "until": "2026-12-20"})


async def test_dropped_says_why(town: Town) -> None:
    olga = await town.organiser()
    (alice,) = await promised(town, olga)
    await at(town, 2026, 12, 6, 12)
    await olga.taps("We drop it")
    await olga.says("There is no money left.")
    await olga.taps("Edit")
    await olga.says("The money went to the roof.")
    await olga.taps("Send")
    assert "It will not be done." in alice.latest
    assert "Why: The money went to the roof." in alice.latest
    await alice.says("/promises")
    assert "Nothing is owed in Elm Park just now." in alice.latest


async def test_a_promise_is_settled_once(town: Town) -> None:
    olga = await town.organiser()
    (alice,) = await promised(town, olga)
    await at(town, 2026, 12, 6, 12)
    name, payload = olga.button("Done")
    await olga.taps("Done")
    await olga.taps("Send")
    heard = len(alice.screen.messages)
    await olga.presses(payload, on=name)
    assert olga.sees("This promise has come to its end already.")
    assert len(alice.screen.messages) == heard


async def test_only_organisers_say_how_far_it_is(town: Town) -> None:
    olga = await town.organiser()
    (alice,) = await promised(town, olga)
    poll = await town.newest_poll()
    for payload in (
        f"ps:{poll.id}:done",
        f"ps:{poll.id}:late",
        f"pm:{poll.id}",
        "ps:99:done",
        f"ps:{poll.id}:x",
    ):
        receipt = await alice.does(Tap(payload, query="q"))
        assert receipt.outcome == "refused", payload
    async with town.folkmoot.database.reading() as session:
        assert (await session.get_one(Poll, poll.id)).settled is None


async def test_anyone_may_look_at_what_is_owed_and_organisers_can_answer_there(town: Town) -> None:
    olga = await town.organiser()
    await promised(town, olga)
    await an_answered_poll(town, olga)
    bob = await town.member("Bob", slug="far-away")
    await at(town, 2026, 12, 18, 12)
    await bob.says("promises")
    assert "Nothing is owed in Far Away just now." in bob.latest
    await bob.says("/promises elm-park")
    assert "This is owed in Elm Park:" in bob.latest
    assert "The stalls come back.\nPromised for 5 December 2026. That was 13 days ago." in bob.latest
    assert "No outcome yet, promised for 13 December 2026. That was 5 days ago." in bob.latest
    assert "[" not in bob.latest
    await olga.says("/promises")
    assert olga.latest.count("[Keep the market?]") == 2
    rows = list(olga.screen.messages.values())[-1].rows
    assert [row[0].payload.split(":")[0] for row in rows if row[0].payload] == ["pm", "po"]


async def test_what_was_kept_lately_is_shown_and_how_late_it_came(town: Town) -> None:
    olga = await town.organiser()
    (alice,) = await promised(town, olga)
    await at(town, 2026, 12, 8, 12)
    await olga.says("/promises")
    await olga.taps("Keep the market?")
    await olga.taps("Done")
    await olga.taps("Send")
    await alice.says("/promises")
    assert "This was kept lately:" in alice.latest
    assert "Done on Tuesday 8 December. It came 3 days late." in alice.latest
    await at(town, 2027, 3, 20, 12)
    await alice.says("/promises")
    assert "This was kept lately:" not in alice.latest


async def test_a_polish_resident_asks_in_polish(town: Town) -> None:
    await promised(town, await town.organiser())
    ala = await town.member("Ala", language="pl")
    await ala.says("obietnice")
    assert "5 grudnia 2026" in ala.latest


async def test_the_rate_counts_who_was_told_in_time_among_all_that_was_due(town: Town) -> None:
    olga = await town.organiser()
    await an_answered_poll(town, olga, "Alice", "Bob", "Cem")
    await answers(olga, "It stays.", "the council")
    await at(town, 2026, 12, 10, 12)
    await olga.says("/promises")
    assert "in time" not in olga.latest  # the last day is not over
    await at(town, 2026, 12, 11, 12)
    await olga.says("/promises")
    assert "3 of 3 answers got an outcome in time: 100%." in olga.latest
    await an_answered_poll(town, olga, "Alice")
    await at(town, 2026, 12, 29, 12)
    await olga.says("/promises")
    assert "3 of 4 answers got an outcome in time: 75%." in olga.latest


async def test_an_outcome_that_comes_too_late_or_reaches_nobody_is_not_told_in_time(town: Town) -> None:
    olga = await town.organiser()
    alice, _ = await an_answered_poll(town, olga, "Alice", "Bob")
    await alice.does(Blocked())
    await answers(olga, "It stays.", "the council")
    await an_answered_poll(town, olga, "Cem")
    await at(town, 2026, 12, 20, 12)
    await answers(olga, "It stays.", "the council")
    await olga.says("/promises")
    assert "1 of 3 answers got an outcome in time: 33%." in olga.latest


async def test_a_group_hears_how_far_it_is(town: Town) -> None:
    olga = await town.organiser()
    group = Person(town, "Olga", group="-42")
    await group.says("/connect")
    await promised(town, olga)
    await town.passes(seconds=6)
    assert "It will be done by 5 December 2026." in group.latest
    await at(town, 2026, 12, 6, 12)
    await town.tick()
    await olga.taps("Done")
    await olga.taps("Send")
    await town.passes(seconds=6)
    assert "Elm Park asked a question here. This is how far it is." in group.latest
    assert group.latest.count("It is done.") == 1
    before = len(group.screen.messages)
    await town.passes(seconds=6)
    await town.passes(seconds=6)
    assert len(group.screen.messages) == before
