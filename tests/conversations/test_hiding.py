"""Organisers hide words or a picture with a reason; whoever sent it hears that, and may say that they do not agree."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.letters.in_charge.hiding import Hide, HidePicture, Object, Unhide, UnhidePicture
from bot.letters.reporting.report_following import Follow
from bot.letters.reporting.report_presses import Add, Withdraw
from bot.message import Attached, Message, Tap
from bot.models import Deed, Photo, ServiceRequest
from bot.services.answering import casework
from tests.conversations.test_my_reports import by_the_officer
from tests.desk import PHOTO, Desk, a_desk, joins
from tests.town import Person, Town


async def hidden(town: Town, why: str = "It names a neighbour.") -> tuple[Desk, Person, ServiceRequest]:
    """Alice's report, whose words Olga has hidden."""
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report("The man at number 9 is a thief.", media=[PHOTO])
    await desk.opens(olga, made)
    await olga.taps("Hide the words")
    await olga.says(why)
    return desk, olga, made


async def test_hidden_words_are_seen_by_those_in_charge_only_and_the_reporter_hears_why(town: Town) -> None:
    desk, olga, made = await hidden(town)
    assert "It is hidden. Those in charge still see it." in olga.latest
    assert "The organisers have hidden the words of this report" in desk.alice.latest
    assert "Why: It names a neighbour." in desk.alice.latest
    bob = await town.member("Bob")
    await bob.says(f"/myreports {made.service_request_id}")
    assert "thief" not in bob.text
    assert "The organisers have hidden" in bob.latest
    assert "Elm Road" not in bob.latest
    assert list(bob.screen.messages.values())[-1].media is None, "as on its page"
    await desk.alice.says(f"/myreports {made.service_request_id}")
    assert "Elm Road" in desk.alice.latest
    await desk.opens(desk.ann, made)
    assert "thief" in desk.ann.latest
    assert "Hidden from everybody else: It names a neighbour." in desk.ann.latest
    async with town.folkmoot.database.reading() as session:
        deed = (await session.scalars(select(Deed).where(Deed.act == "report.hide"))).one()
        assert (deed.subject, deed.details["reason"]) == (f"report:{made.id}", "It names a neighbour.")


async def test_the_reporter_objects_and_the_organisers_hear_it_once(town: Town) -> None:
    desk, olga, made = await hidden(town)
    oscar = await town.organiser("Oscar")
    for _ in range(3):
        await desk.alice.taps("It should not be hidden")
        await town.passes(minutes=1)
    assert desk.alice.screen.toasts[-1] == "The organisers know now that you do not agree."
    for person in (olga, oscar):
        assert person.text.count("says that it should not be hidden. Please look at it once more") == 1
        assert "Alice" not in person.text
    await olga.taps("Open")
    await olga.taps("Show the words again")
    assert "The organisers show again what they had hidden" in desk.alice.latest
    assert (await desk.fresh(made)).hidden_because is None
    await desk.alice.does(Tap(Object(report=made.id).pack(), query="q"))
    assert desk.alice.screen.toasts[-1] == "Nothing of it is hidden any more."
    async with town.folkmoot.database.reading() as session:
        assert "report.show" in list(await session.scalars(select(Deed.act)))


async def test_a_picture_is_hidden_by_itself(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report(media=[PHOTO, PHOTO])
    await desk.opens(olga, made)
    await olga.taps("Hide picture 2")
    assert list(olga.screen.messages.values())[-1].media == PHOTO
    await olga.says("A child is on it.")
    assert "hidden a picture" in desk.alice.latest
    async with town.folkmoot.database.reading() as session:
        found = await session.scalars(select(Photo).order_by(Photo.id))
        assert [one.hidden_because for one in found] == [None, "A child is on it."]
    await olga.says("/desk")
    await olga.taps("Hidden (1)")
    await olga.taps(made.service_request_id)
    await olga.taps("Show picture 2 again")
    async with town.folkmoot.database.reading() as session:
        assert list(await session.scalars(select(Photo.hidden_because))) == [None, None]


async def test_whoever_objects_is_heard_while_anything_is_hidden_whatever_is_shown_again(town: Town) -> None:
    desk, olga, made = await hidden(town)
    await desk.opens(olga, made)
    await olga.taps("Hide picture 1")
    await olga.says("A child is on it.")
    await olga.taps("Show picture 1 again")
    await desk.alice.does(Tap(Object(report=made.id).pack(), query="q"))
    assert desk.alice.screen.toasts[-1] == "The organisers know now that you do not agree."
    assert "says that it should not be hidden. Please look at it once more" in olga.latest


async def test_what_is_hidden_and_taken_back_is_in_no_list_that_leads_nowhere(town: Town) -> None:
    desk, olga, made = await hidden(town)
    await desk.alice.does_press(Withdraw(report=made.id, sure=1).pack())
    await olga.says("/desk")
    await olga.taps("Hidden (0)")
    assert "Nothing is hidden." in olga.latest
    assert made.service_request_id not in olga.latest


async def test_what_is_hidden_is_offered_to_nobody_as_the_same(town: Town) -> None:
    desk, _, made = await hidden(town)
    other = await desk.report("other")
    await desk.opens(desk.ann, other)
    assert made.service_request_id not in desk.ann.latest


async def test_a_reason_is_needed_and_only_organisers_of_that_community_hide(town: Town) -> None:
    desk = await a_desk(town)
    olga, mallory = await town.organiser(), await town.organiser("Mallory", "oak-hill")
    made = await desk.report(media=[PHOTO])
    await desk.opens(olga, made)
    await olga.taps("Hide the words")
    await olga.says("x" * 501)
    assert "That is longer than 500 letters." in olga.latest
    await olga.says("/cancel")
    for person in (mallory, desk.ann, desk.alice):
        for press in (
            Hide(report=made.id),
            HidePicture(photo=1),
            HidePicture(photo=99),
            Unhide(report=made.id),
            UnhidePicture(photo=1),
            Unhide(report=-1),
        ):
            await person.does(Tap(press.pack(), query="q"))
            await person.says("Because I can.")
            await person.says("/cancel")
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Photo.hidden_because))).one() is None
        assert not {"report.hide", "report.show"} & set(await session.scalars(select(Deed.act)))
    assert (await desk.fresh(made)).hidden_because is None


async def test_only_whoever_sent_it_objects(town: Town) -> None:
    desk, olga, made = await hidden(town)
    bob = await town.member("Bob")
    for number in (made.id, 99):
        await bob.does(Tap(Object(report=number).pack(), query="q"))
    assert "should not be hidden. Please" not in olga.text
    await joins(town, await desk.report("other"), bob)


async def test_hiding_what_is_hidden_says_so(town: Town) -> None:
    _, olga, made = await hidden(town)
    await olga.does(Tap(Hide(report=made.id).pack(), query="q"))
    await olga.says("Again.")
    assert olga.sees("That is hidden already.")
    await olga.says("/cancel")
    await olga.does(Tap(UnhidePicture(photo=1).pack(), query="q"))
    assert olga.screen.toasts[-1] == "That is not hidden."


async def concerned(town: Town, why: str) -> tuple[Desk, Person, Person, ServiceRequest]:
    """Alice's report, Carol whom it concerns too, and Olga who looks after the town."""
    desk = await a_desk(town)
    carol, olga = await town.member("Carol"), await town.organiser()
    made = await desk.report("The man at number 9 is a thief.", media=[PHOTO])
    if why == "follow":
        await carol.does(Tap(Follow(report=made.id, on=1).pack()))
    else:
        await joins(town, made, carol)
    return desk, carol, olga, made


async def hides(desk: Desk, olga: Person, made: ServiceRequest) -> None:
    await desk.opens(olga, made)
    await olga.taps("Hide the words")
    await olga.says("It names a neighbour.")


def told(person: Person, before: int) -> list[Message]:
    """What they have been sent since."""
    return list(person.screen.messages.values())[before:]


@pytest.mark.parametrize("why", ["follow", "same"])
async def test_news_of_what_is_hidden_tells_nobody_but_its_reporter_where_it_is(town: Town, why: str) -> None:
    desk, carol, olga, made = await concerned(town, why)
    await hides(desk, olga, made)
    before = len(carol.screen.messages)
    await by_the_officer(town, casework.answer, made.id, "We come on Friday.", who="Ann")
    await town.passes(hours=2)
    await by_the_officer(town, casework.move, made.id, "fixed", words="Painted over.", who="Ann")
    news = told(carol, before)
    assert len(news) == 2
    for words, one in zip(("We come on Friday.", "Painted over."), news, strict=True):
        assert words in str(one.text)
        assert f"Bins {made.service_request_id} The" in str(one.text.striptags())
        assert "The organisers have hidden its words and where it is." in str(one.text)
        assert "Elm Road" not in f"{one.text}{one.subject}"
        assert "thief" not in str(one.text)
        assert one.media is None
        assert not [button for row in one.rows for button in row if button.url]
    assert "Bins, Elm Road" in desk.alice.latest
    assert "Painted over." in desk.alice.latest
    await carol.taps("See the report")
    assert "Elm Road" not in carol.latest
    await carol.says("/myreports")
    assert "Elm Road" not in carol.latest
    await desk.alice.says("/myreports")
    assert "Elm Road" in desk.alice.latest
    await desk.opens(desk.ann, made)
    assert "Elm Road" in desk.ann.latest
    assert "thief" in desk.ann.latest


async def test_whoever_is_asked_whether_it_is_fixed_is_not_told_where_what_is_hidden_is(town: Town) -> None:
    desk, carol, olga, made = await concerned(town, "same")
    await hides(desk, olga, made)
    await by_the_officer(town, casework.move, made.id, "fixed", words="Painted over.", who="Ann")
    before = len(carol.screen.messages)
    await town.passes(days=29)
    (asked,) = told(carol, before)
    assert "Is it?" in str(asked.text)
    assert "Elm Road" not in f"{asked.text}{asked.subject}"
    assert "Bins, Elm Road" in desk.alice.latest
    assert "Is it?" in desk.alice.latest


async def test_news_that_was_written_before_it_was_hidden_goes_without_what_is_hidden(town: Town) -> None:
    desk, carol, olga, made = await concerned(town, "follow")
    for words in ("We know.", "We come on Friday.", "Or on Monday."):
        await by_the_officer(town, casework.answer, made.id, words, who="Ann")
    assert not carol.sees("We come on Friday.")
    await hides(desk, olga, made)
    before, of_alice = len(carol.screen.messages), len(desk.alice.screen.messages)
    await town.passes(hours=2)
    (news,) = told(carol, before)
    (alices,) = told(desk.alice, of_alice)
    for one in (news, alices):
        assert "“We come on Friday.”\n“Or on Monday.”" in str(one.text)
    assert "Elm Road" not in f"{news.text}{news.subject}"
    assert "Bins, Elm Road" in str(alices.text)


async def test_news_that_waits_is_written_once_however_often_it_is_hidden_and_shown(town: Town) -> None:
    desk, carol, olga, made = await concerned(town, "follow")
    for words in ("We know.", "We come on Friday."):
        await by_the_officer(town, casework.answer, made.id, words, who="Ann")
    for _ in range(2):
        await hides(desk, olga, made)
        await desk.opens(olga, made)
        await olga.taps("Show the words again")
    before = len(carol.screen.messages)
    await by_the_officer(town, casework.answer, made.id, "Or on Monday.", who="Ann")
    await town.passes(hours=2)
    (news,) = told(carol, before)
    assert "“We come on Friday.”\n“Or on Monday.”" in str(news.text)
    assert "Bins, Elm Road" in str(news.text)


async def test_whoever_added_a_picture_to_what_is_hidden_hears_no_place(town: Town) -> None:
    desk, carol, olga, made = await concerned(town, "same")
    await carol.does(Tap(Add(report=made.id).pack()))
    await carol.does(Attached(PHOTO))
    await hides(desk, olga, made)
    before = len(carol.screen.messages)
    await desk.opens(olga, made)
    await olga.taps("Hide picture 2")
    await olga.says("A child is on it.")
    (news,) = told(carol, before)
    assert "hidden a picture" in str(news.text)
    assert "Elm Road" not in str(news.text)


async def test_an_address_in_what_organisers_hear_is_nothing_to_tap(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report("The man at number 9 is a thief.", address="https://evil.example/login")
    await desk.opens(olga, made)
    await olga.taps("Hide the words")
    await olga.says("It names a neighbour.")
    await desk.alice.taps("It should not be hidden")
    assert "Please look at it once more" in olga.latest
    assert "https[:]//evil[.]example" in olga.latest
