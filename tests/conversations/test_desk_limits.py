"""What cannot be done at the desk: with ended reports, by others, all at once without a word."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.letters.in_charge import desk_presses as presses
from bot.message import Tap
from bot.models import Concern, Deed, Happening, ServiceRequest
from bot.press import Press
from tests.council import an_officer
from tests.desk import Desk, a_desk, another_team, joins, resident
from tests.town import Town

ACTS = [
    one
    for one in vars(presses).values()
    if isinstance(one, type)
    and issubclass(one, Press)
    and one.__module__ == presses.__name__
    and [name for name, _ in one.fields] == ["report"]
]
"""All that is done with one report."""


async def events(desk: Desk, made: ServiceRequest) -> list[str]:
    async with desk.town.folkmoot.database.reading() as session:
        found = await session.scalars(
            select(Happening.event).where(Happening.service_request_id == made.id).order_by(Happening.id)
        )
        return list(found)


async def test_an_ended_report_can_be_opened_again_and_nothing_else(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Fixed")
    await desk.ann.taps("Tell everyone that it is fixed")
    for act in (
        presses.Take,
        presses.Mended,
        presses.Plan,
        presses.Cannot,
        presses.HandOver,
        presses.AskBack,
        presses.JoinTo,
    ):
        await desk.ann.does(Tap(act(report=made.id).pack(), query="q"))
        assert desk.ann.screen.toasts[-1] in (
            "This report has ended. Open it again first.",
            "That cannot be done with this report as it stands now.",
        )
    assert (await desk.fresh(made)).status == "fixed"
    await desk.ann.taps("Open it again")
    now = await desk.fresh(made)
    assert (now.status, now.reopened) == ("confirmed", 1)
    assert "[Fixed]" in desk.ann.latest


@pytest.mark.parametrize("act", ACTS, ids=lambda one: one.__name__)
async def test_forged_presses_do_nothing(town: Town, act: type[Press]) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    _, cara = await another_team(town, desk.council)
    mallory, before = await town.member("Mallory"), await desk.fresh(made)
    heard = desk.alice.text
    for person in (cara, mallory, await town.organiser()):
        for number in (made.id, 99_999, -1):
            await person.does(Tap(act(report=number).pack(), query="q"))  # type: ignore[call-arg]
            await person.says("They are all fools.")
            await person.says("/cancel")
    now = await desk.fresh(made)
    assert (now.status, now.officer_id, now.team_id) == (before.status, before.officer_id, before.team_id)
    assert await events(desk, made) == ["reported", "routed"]
    assert desk.alice.text == heard
    assert not cara.sees("The bin is full")
    assert not mallory.sees("The bin is full")


async def test_a_talk_does_not_outlive_the_right_to_it(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    streets, cara = await another_team(town, desk.council)
    await desk.opens(desk.ann, made)
    await desk.ann.taps("Answer")
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(ServiceRequest, made.id)).team_id = streets.id
    await desk.ann.says("We come on Friday.")
    assert "We come on Friday." not in desk.alice.text
    assert desk.ann.sees("I do not know this report, or it is not with you.")
    await desk.ann.says("/desk")
    assert "All of my team (0)" in desk.ann.latest
    await desk.opens(cara, made)
    assert "The bin is full." in cara.latest


@pytest.mark.parametrize("begin", [["Hand over"], ["More …", "Join with another"]])
async def test_what_was_begun_with_a_report_that_has_gone_meanwhile_is_over(
    town: Town, begin: list[str]
) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    streets, _ = await another_team(town, desk.council)
    ended = await desk.report("Another one.")
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(ServiceRequest, ended.id)).status = "fixed"
    await desk.opens(desk.ann, made)
    for label in begin:
        await desk.ann.taps(label)
    if begin[0] == "More …":
        await desk.ann.says(ended.service_request_id)
        assert "This report has ended. Open it again first." in desk.ann.latest
        assert "Which report is it the same as?" in desk.ann.latest
    async with town.folkmoot.database.writing() as session:
        (await session.get_one(ServiceRequest, made.id)).team_id = streets.id
    await desk.ann.says("It is theirs.")
    assert desk.ann.sees("I do not know this report, or it is not with you.")
    await desk.ann.says("/desk")
    assert "All of my team (0)" in desk.ann.latest


async def test_a_lead_answers_all_of_a_kind_at_once_with_words(town: Town) -> None:
    desk = await a_desk(town)
    made = [await desk.report(f"report {number}") for number in range(3)]
    await desk.report("A lamp.", kind="streetlights")
    bob = await town.member("Bob")
    await joins(town, made[0], bob)
    await desk.opens(desk.ben, made[0])
    await desk.ben.taps("More …")
    assert "at once" not in desk.ben.latest
    await desk.ben.does(Tap(presses.AnswerAll(report=made[0].id).pack(), query="q"))
    assert desk.ben.screen.toasts[-1] == "Only the lead of this team can answer several at once."
    await desk.ben.says("Sorry.")
    assert "Sorry." not in desk.alice.text
    await desk.ben.says("/cancel")
    await desk.opens(desk.ann, made[0])
    await desk.ann.taps("More …")
    await desk.ann.taps("Answer 3 of this kind at once")
    assert "There are 3 open reports of this kind in this area." in desk.ann.latest
    await desk.ann.says("The lorry is broken; we come tomorrow.")
    assert "This goes to 4 people:" in desk.ann.latest
    await desk.ann.taps("Send")
    for one in made:
        assert (await desk.fresh(one)).answered_at == town.clock()
        assert (await desk.fresh(one)).status == "confirmed"
    assert desk.alice.text.count("The lorry is broken") == 3
    assert bob.text.count("The lorry is broken") == 1
    async with town.folkmoot.database.reading() as session:
        acts = list(await session.scalars(select(Deed.act).where(Deed.act == "report.answer_all")))
    assert len(acts) == 3


async def test_whoever_wants_only_the_end_hears_only_the_end(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    async with town.folkmoot.database.writing() as session:
        how = await session.get_one(Concern, (made.id, (await resident(town, desk.alice)).id))
        how.wants = "end"
    before = desk.alice.text
    await desk.ann.taps("Open")
    await desk.ann.taps("Take it")
    assert desk.alice.text == before
    await desk.ann.taps("Fixed")
    await desk.ann.taps("Tell everyone that it is fixed")
    assert "Fixed" in desk.alice.latest


async def test_the_desk_speaks_the_officers_language(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    ursula = await an_officer(town, "Ursula", desk.council.waste, language="ur")
    await desk.opens(ursula, made)
    for english in ("Take it", "Nobody has taken", "It came on"):
        assert english not in ursula.latest
