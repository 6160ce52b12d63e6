"""The desk: which reports somebody finds there, in which order, and what the card of one shows."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.letters.in_charge.desk_presses import Listed, Show
from bot.message import Place, Tap
from bot.models import Officer, Resident, Service
from tests.council import an_officer
from tests.desk import PHOTO, a_desk, another_team, joins, resident
from tests.town import Town


async def test_a_new_report_comes_to_its_team_with_a_way_to_open_it(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report(media=[PHOTO])
    for officer in (desk.ann, desk.ben):
        assert "A new report for your team:" in officer.latest
        assert "Bins, Elm Road" in officer.latest
        assert "The bin is full." in officer.latest
        media = list(officer.screen.messages.values())[-1].media
        assert media is not None
        assert media.files == PHOTO.files
        assert media.photo, "a channel may wait for our copy"
    await desk.ann.taps("Open")
    assert f"Report {made.service_request_id}" in desk.ann.latest
    assert "With Waste. Nobody has taken it." in desk.ann.latest


async def test_the_worst_come_first_overdue_then_many_people_then_old(town: Town) -> None:
    desk = await a_desk(town)
    late = await desk.report("late")
    await town.passes(days=30)
    old = await desk.report("old")
    await town.passes(hours=1)
    many = await desk.report("many")
    await town.passes(hours=1)
    new = await desk.report("new")
    await joins(town, many, await town.member("Bob"), await town.member("Carol"))
    await desk.ann.says("/desk")
    buttons = [row[0].label for row in list(desk.ann.screen.messages.values())[-1].rows][:4]
    order = [one.service_request_id for one in (late, many, old, new)]
    assert [label.split(" · ")[0] for label in buttons] == order
    assert "All of my team (4)" in desk.ann.latest
    assert "1 is overdue." in desk.ann.latest
    assert "⚠" in desk.ann.latest.split("Bins, Elm Road")[1]
    assert "3 people" in desk.ann.latest
    assert "Bins, Elm Road\nmany\n" in desk.ann.latest, "words tell one bin of a street from another"


async def test_lists_are_narrowed_by_buttons_with_counts(town: Town) -> None:
    desk = await a_desk(town)
    taken, asked, done, free = [await desk.report(words) for words in ("one", "two", "three", "four")]
    await desk.opens(desk.ann, taken)
    await desk.ann.taps("Take it")
    await desk.opens(desk.ben, asked)
    await desk.ben.taps("Ask back")
    await desk.ben.says("Which of the two?")
    await desk.opens(desk.ben, done)
    await desk.ben.taps("Fixed")
    await desk.ben.taps("Tell everyone that it is fixed")
    await desk.ann.says("/desk")
    for label in ("Mine (1)", "Taken by nobody (1)", "Waiting for an answer (1)", "Ended lately (1)"):
        assert f"[{label}]" in desk.ann.latest
    await desk.ann.taps("Mine (1)")
    assert taken.service_request_id in desk.ann.latest
    await desk.ann.taps("Taken by nobody (1)")
    assert free.service_request_id in desk.ann.latest
    await desk.ann.taps("Waiting for an answer (1)")
    assert asked.service_request_id in desk.ann.latest
    await desk.ann.taps("Ended lately (1)")
    assert done.service_request_id in desk.ann.latest
    assert free.service_request_id not in desk.ann.latest
    await town.passes(days=15)
    await desk.ann.says("/desk")
    assert "[Ended lately (0)]" in desk.ann.latest


async def test_a_long_list_has_pages_in_the_same_message(town: Town) -> None:
    desk = await a_desk(town)
    made = []
    for number in range(8):
        made.append(await desk.report(f"report {number}"))
        await town.passes(hours=1)
    await desk.ann.says("/desk")
    before = len(desk.ann.screen.messages)
    assert made[5].service_request_id in desk.ann.latest
    assert made[6].service_request_id not in desk.ann.latest
    await desk.ann.taps("More")
    assert made[6].service_request_id in desk.ann.latest
    assert made[0].service_request_id not in desk.ann.latest
    await desk.ann.taps("Back")
    assert made[0].service_request_id in desk.ann.latest
    assert len(desk.ann.screen.messages) == before


@pytest.mark.parametrize("page", [-5, 99])
async def test_a_page_that_there_is_not_is_the_nearest_one(town: Town, page: int) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.ann.does(Tap(Listed(which="team", page=page).pack()))
    assert made.service_request_id in desk.ann.latest


async def test_nobody_else_has_a_desk(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    mallory = await town.member("Mallory")
    for what in (Listed(which="team", page=0), Listed(which="everything", page=0)):
        await mallory.does(Tap(what.pack()))
        assert "Only officers of a body and organisers have a desk." in mallory.latest
    await mallory.says("/desk")
    assert "Only officers of a body and organisers have a desk." in mallory.latest
    await mallory.does(Tap(Show(report=made.id).pack()))
    assert "I do not know this report, or it is not with you." in mallory.latest
    await mallory.does(Tap(Show(report=99_999).pack()))
    assert "I do not know this report, or it is not with you." in mallory.latest
    assert not mallory.sees("The bin is full")


async def test_another_team_sees_nothing_of_it(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    _, cara = await another_team(town, desk.council)
    await cara.says("/desk")
    assert "Nothing is open at your desk." in cara.latest
    await desk.opens(cara, made)
    assert "I do not know this report, or it is not with you." in cara.latest


async def test_a_director_sees_the_reports_of_all_teams(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    dora = await an_officer(town, "Dora", desk.council.waste)
    async with town.folkmoot.database.writing() as session:
        who = await resident(town, dora)
        post = (await session.scalars(select(Officer).where(Officer.resident_id == who.id))).one()
        post.team_id, post.post = None, "director"
    await dora.says("/desk")
    assert made.service_request_id in dora.latest
    await desk.opens(dora, made)
    await dora.taps("Take it")
    assert dora.sees("You look after it now.")


async def test_the_desk_is_found_by_those_who_have_one(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    for person, has in ((desk.ann, True), (olga, True), (desk.alice, False)):
        await person.says("/help")
        assert ("/desk" in person.latest) == has


async def test_the_card_shows_place_people_dates_and_answers(town: Town) -> None:
    desk = await a_desk(town)
    async with town.folkmoot.database.writing() as session:
        service = await session.get_one(Service, "bins")
        service.attributes = [
            {"code": "colour", "datatype": "singlevaluelist", "description": {"en": "Which colour?"},
             "values": [{"key": "g", "name": {"en": "Green"}}]},
            {"code": "smell", "datatype": "text", "description": {"en": "Does it smell?"}},
        ]  # fmt: skip
    made = await desk.report(attributes={"colour": "g", "smell": "yes, see evil.example/a", "gone": "x"})
    await joins(town, made, await town.member("Bob"))
    await desk.opens(desk.ann, made)
    card = desk.ann.latest
    assert "Which colour? Green" in card
    assert "Does it smell? yes, see evil[.]example/a" in card
    assert "It concerns 2 people." in card
    assert "It came on Monday 23 November." in card
    assert "Somebody has to see it by Tuesday 24 November." in card
    assert "An answer is due by Monday 30 November." in card
    assert "Whoever reported it has not told a name." in card
    message = list(desk.ann.screen.messages.values())[-1]
    links = [button.url for row in message.rows for button in row if button.url]
    assert links == ["https://www.openstreetmap.org/?mlat=51.50000&mlon=-0.10000#map=18/51.50000/-0.10000"]
    await town.passes(days=7, hours=8)
    await desk.opens(desk.ann, made)
    assert "An answer is due by Monday 30 November. ⚠ That time has passed today." in desk.ann.latest
    await town.passes(hours=8)
    await desk.opens(desk.ann, made)
    assert "An answer is due by Monday 30 November. ⚠ That was 1 day ago." in desk.ann.latest


async def test_a_card_with_a_picture_fits_below_it(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report("A long story. " * 200, media=[PHOTO, PHOTO])
    await desk.opens(desk.ann, made)
    message = list(desk.ann.screen.messages.values())[-1]
    assert message.media == PHOTO
    assert len(message.text.striptags()) <= 1024
    await desk.ann.taps("All 2 pictures")
    assert [one.media for one in list(desk.ann.screen.messages.values())[-2:]] == [PHOTO, PHOTO]


async def test_a_name_is_shown_to_the_team_only_and_only_if_told(town: Town) -> None:
    desk = await a_desk(town)
    _, cara = await another_team(town, desk.council)
    olga, bob = await town.organiser(), await town.member("Bob")
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(Resident, (await resident(town, desk.alice)).id)).name = "Marjolein"
    named = await desk.report("named", named=True)
    await desk.opens(desk.ann, named)
    assert "Reported by Marjolein." in desk.ann.latest
    unnamed = await desk.report("unnamed")
    await joins(town, named, bob)
    await desk.opens(desk.ann, unnamed)
    assert "Marjolein" not in desk.ann.latest
    for person in (olga, bob, cara):
        for made in (named, unnamed):
            await desk.opens(person, made)
            await person.says(f"/myreports {made.service_request_id}")
            await person.says("/desk")
    await desk.opens(desk.ann, named)
    for act, words in (("Answer", "We come."), ("Ask back", "Which?")):
        await desk.ann.taps(act)
        await desk.ann.says(words)
        if act == "Answer":
            await desk.ann.taps("Send")
    for person in (olga, bob, cara):
        assert "Marjolein" not in person.text


async def test_what_a_resident_writes_has_nothing_to_tap(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report(
        "See https://evil.example/x or @mallory, then /forgetme", address="www.evil.example"
    )
    assert not any(word in desk.ann.latest for word in ("https://evil", "@mallory", " /forgetme", "www.evil"))
    await desk.ann.says("/desk")
    assert "www.evil" not in desk.ann.latest
    await desk.opens(desk.ann, made)
    assert "https[:]//evil[.]example" in desk.ann.latest
    await desk.alice.says(f"/myreports {made.service_request_id}")
    await desk.alice.taps("Add words or a photo")
    await desk.alice.says("and http://more.example")
    await desk.opens(desk.ann, made)
    await desk.ann.taps("What happened")
    assert "http[:]//more[.]example" in desk.ann.latest


async def test_others_nearby_are_named(town: Town) -> None:
    desk = await a_desk(town)
    one = await desk.report("one")
    other = await desk.report("other", place=Place(51.5002, -0.1))
    far = await desk.report("far", place=Place(51.6, -0.1))
    here = await desk.report("here")
    await desk.opens(desk.ann, one)
    for named in (
        f"{other.service_request_id}, 22 metres away",
        f"{here.service_request_id}, in the same place",
    ):
        assert named in desk.ann.latest
    assert far.service_request_id not in desk.ann.latest


async def test_a_report_without_anything_has_a_card_too(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    made = await desk.report("", kind=None, place=None, address=None)
    await desk.opens(olga, made)
    assert "Something else" in olga.latest
    assert "Nobody is in charge of it yet." in olga.latest
