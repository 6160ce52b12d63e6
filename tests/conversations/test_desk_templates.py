"""Ready answers: what officers send with a tap, and what the leads of a body write of their own."""

from __future__ import annotations

from sqlalchemy import select

from bot.message import Tap
from bot.models import AnswerTemplate, Deed
from handlers.in_charge.desk_templates import AddTemplate, RemoveTemplate, Templates
from tests.desk import Desk, a_desk, joins
from tests.town import Town


async def written(desk: Desk) -> None:
    """Ann writes one, in English and Polish."""
    await desk.ann.says("/desk ready answers")
    await desk.ann.taps("Write a new one")
    await desk.ann.says("Bigger bin")
    await desk.ann.says("You get a bigger bin.")
    await desk.ann.taps("Leave it out")
    await desk.ann.says("Będzie większy kosz.")
    await desk.ann.taps("Leave it out")
    await desk.ann.taps("Keep it")


async def test_a_lead_writes_one_and_officers_of_the_body_use_it(town: Town) -> None:
    desk = await a_desk(town)
    await written(desk)
    assert "polski: Będzie większy kosz." in desk.ann.latest
    made = await desk.report()
    piotr = await town.member("Piotr", language="pl")
    eleri = await town.member("Eleri")
    await eleri.says("/language")
    await eleri.taps("Cymraeg")
    await joins(town, made, piotr, eleri)
    await desk.opens(desk.ben, made)
    await desk.ben.taps("Answer")
    await desk.ben.taps("Bigger bin")
    await desk.ben.taps("Send")
    assert "Będzie większy kosz." in piotr.latest
    assert "You get a bigger bin." in eleri.latest, "there is none in Welsh"
    assert "You get a bigger bin." in desk.alice.latest


async def test_it_is_taken_away_after_being_asked(town: Town) -> None:
    desk = await a_desk(town)
    await written(desk)
    await desk.ann.taps("Take away: Bigger bin")
    await desk.ann.taps("No, leave it")
    await desk.ann.taps("Take away: Bigger bin")
    await desk.ann.taps("Yes, take it away")
    assert "There are none of your own yet." in desk.ann.latest
    async with town.folkmoot.database.reading() as session:
        assert list(await session.scalars(select(Deed.act).order_by(Deed.id)))[-2:] == [
            "template.add",
            "template.remove",
        ]


async def test_nobody_but_leads_writes_or_takes_away(town: Town) -> None:
    desk = await a_desk(town)
    await written(desk)
    for person in (desk.ben, desk.alice):
        await person.says("/desk ready answers")
        assert "Only leads and directors of a body write its ready answers." in person.latest
        for press in (
            Templates(body=desk.council.body.id),
            Templates(body=99),
            AddTemplate(body=desk.council.body.id),
            RemoveTemplate(template=1, sure=1),
            RemoveTemplate(template=1, sure=0),
        ):
            await person.does(Tap(press.pack(), query="q"))
            assert person.screen.toasts[-1] == "Only leads and directors of a body write its ready answers."
    await desk.ann.does(Tap(RemoveTemplate(template=99, sure=1).pack(), query="q"))
    assert desk.ann.screen.toasts[-1] == "This ready answer is gone already."
    async with town.folkmoot.database.reading() as session:
        assert len(list(await session.scalars(select(AnswerTemplate)))) == 1


async def test_a_ready_answer_is_read_in_ones_own_language_with_the_officers_own_sentence(town: Town) -> None:
    desk = await a_desk(town)
    made = await desk.report()
    piotr = await town.member("Piotr", language="pl")
    await joins(town, made, piotr)
    await desk.ann.taps("Open")
    await desk.ann.taps("Answer")
    await desk.ann.taps("Known, work is ordered")
    assert "Thank you. The work is ordered." in desk.ann.latest
    assert "You can write one more sentence." in desk.ann.latest
    await desk.ann.says("It will be the blue van.")
    await desk.ann.says("It will be the green lorry.")
    assert "It will be the green lorry." in desk.ann.latest
    assert "blue" not in desk.ann.latest
    assert "Others read it in their own language" in desk.ann.latest
    await desk.ann.taps("Send")
    assert "Thank you. The work is ordered." in desk.alice.latest
    assert "It will be the green lorry." in desk.alice.latest
    assert "Thank you. The work is ordered." not in piotr.latest
    assert "It will be the green lorry." in piotr.latest
    await desk.opens(desk.ann, made)
    assert "The work is ordered." in desk.ann.latest


async def test_a_sentence_stays_with_the_ready_answer_that_it_was_written_for(town: Town) -> None:
    desk = await a_desk(town)
    await desk.report()
    await desk.ann.taps("Open")
    await desk.ann.taps("Answer")
    await desk.ann.taps("Known, work is ordered")
    await desk.ann.says("x" * 1501)
    assert "That is longer than 1500 letters." in desk.ann.latest
    await desk.ann.says("It will be the green lorry.")
    await desk.ann.taps("Back")
    await desk.ann.taps("Seen, we will look")
    assert "lorry" not in desk.ann.latest
    await desk.ann.says("We come on foot.")
    await desk.ann.taps("Write something else")
    await desk.ann.taps("Seen, we will look")
    await desk.ann.taps("Send")
    assert "We have seen this" in desk.alice.latest
    assert "lorry" not in desk.alice.text
    assert "on foot" not in desk.alice.text
