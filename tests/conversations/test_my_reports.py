"""What residents do with their reports: the same problem counted once, taken back, added to, back again, answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import func, select

from bot.letters.reporting.report_presses import Add, Back, Mine, Reply, See, Wants, Withdraw
from bot.message import Attached, Media
from bot.models import Concern, Happening, Resident, ServiceRequest
from bot.services.answering import casework
from handlers.reporting.my_reports import LISTED
from tests.conversations.test_reporting import HERE, reported
from tests.council import a_body, an_officer
from tests.town import Person, Town


async def by_the_officer(
    town: Town, act: Callable[..., Awaitable[Any]], *given: Any, who: str = "Bob", **more: Any
) -> None:
    """Bob the officer, or whoever else is named, does something with a report."""
    async with town.folkmoot.database.writing() as session:
        bob = await session.scalar(select(Resident).where(Resident.name == who))
        await act(session, *given, by=bob, now=town.clock(), **more)
    await town.quiet()


async def fresh(town: Town, made: ServiceRequest) -> ServiceRequest:
    async with town.folkmoot.database.reading() as session:
        return await session.get_one(ServiceRequest, made.id)


async def a_report(town: Town, name: str = "Alice") -> tuple[Person, ServiceRequest]:
    """Alice's full bin, with Bob the officer at its desk."""
    council = await a_body(town)
    await an_officer(town, "Bob", council.waste)
    alice = await town.member(name)
    return alice, await reported(town, alice)


async def joins(carol: Person) -> None:
    """Carol has the same problem."""
    await carol.says("/report Full bin here")
    await carol.shares_place(HERE[0] + 0.0001, HERE[1])
    await carol.taps("Bins")
    assert carol.sees("Is it this one?")
    assert carol.sees("11 metres away. 1 person has reported it.")
    await carol.taps("Yes, it is this one")


async def test_whoever_has_the_same_problem_is_counted_once(town: Town) -> None:
    _alice, made = await a_report(town)
    carol = await town.member("Carol")
    await joins(carol)
    assert carol.sees("You are counted: it concerns 2 people now.")
    await carol.says("/report Full bin again")
    await carol.shares_place(*HERE)
    await carol.taps("Bins")
    assert carol.sees("You have told us about it.")
    await carol.taps("Yes, it is this one")
    assert carol.sees("You are counted for this one already, and it is still being looked after.")
    assert carol.sees("Your words or photo are with it now.")
    assert (await fresh(town, made)).people == 2
    async with town.folkmoot.database.reading() as session:
        added = select(Happening.words).where(Happening.event == "added").order_by(Happening.id)
        assert (await session.scalars(added)).all() == ["Full bin here", "Full bin again"]


async def test_everyone_concerned_hears_each_thing_once_and_in_their_language(town: Town) -> None:
    alice, made = await a_report(town)
    danuta = await town.member("Danuta", language="pl")
    await danuta.says("/report Kosz pełny")
    await danuta.shares_place(*HERE)
    await danuta.taps("Bins")
    name, payload = danuta.button("Tak, to ten")
    await danuta.presses(payload, on=name)
    await by_the_officer(town, casework.answer, made.id, "We come on Tuesday. <b>Sorry</b>")
    await town.tick()
    await town.tick()
    assert alice.text.count("We come on Tuesday. <b>Sorry</b>") == 1
    assert danuta.text.count("We come on Tuesday. <b>Sorry</b>") == 1
    assert alice.sees("There is an answer to this report:")
    assert not danuta.sees("There is an answer to this report:")


async def test_those_who_want_only_the_end_hear_only_the_end(town: Town) -> None:
    alice, made = await a_report(town)
    await alice.taps("Tell me only how it ends")
    assert alice.sees("You only hear how it ends.")
    await by_the_officer(town, casework.answer, made.id, "We come on Tuesday.")
    assert not alice.sees("We come on Tuesday.")
    await by_the_officer(town, casework.move, made.id, "fixed", words="Emptied.")
    assert alice.sees("Emptied.")
    assert alice.sees("If that is not right, or the problem comes back, you can say so with the button.")


async def test_a_report_that_concerns_nobody_else_ends_when_it_is_taken_back(town: Town) -> None:
    alice, made = await a_report(town)
    await alice.taps("See my report")
    await alice.taps("Take it back")
    number = made.service_request_id
    assert alice.sees(
        f"Shall I take your report {number} back? It ends with that, and leaves the public pages."
    )
    await alice.taps("Yes, take it back")
    assert alice.sees("You have taken it back. Only those in charge still see it, and that it is done with.")
    assert (await fresh(town, made)).status == "closed"
    carol = await town.member("Carol")
    await carol.says(f"/myreports {made.service_request_id}")
    assert carol.sees("Only those in charge can see this report.")
    await alice.does_press(Withdraw(report=made.id, sure=1).pack())
    assert alice.sees("This report is not one of yours.")


async def test_a_report_goes_on_for_the_others(town: Town) -> None:
    alice, made = await a_report(town)
    carol = await town.member("Carol")
    await joins(carol)
    for person in (carol, alice):
        await person.does_press(Withdraw(report=made.id, sure=0).pack())
        assert f"Shall I take you out of report {made.service_request_id}?" in person.latest
    await alice.does_press(Withdraw(report=made.id, sure=1).pack())
    assert alice.sees("It goes on for the others whom it concerns, without you.")
    after = await fresh(town, made)
    assert (after.status, after.people, after.resident_id) == ("received", 1, None)


async def test_what_is_added_is_with_the_report(town: Town) -> None:
    alice, _made = await a_report(town)
    await alice.taps("See my report")
    await alice.taps("Add words or a photo")
    await alice.does(Attached(Media("photo", {"paper": "two.jpg"})))
    assert alice.sees("Thank you. It is with the report now.")
    await alice.taps("See the report")
    assert alice.sees("More words or a photo came.")


async def test_whoever_adds_without_end_is_asked_kindly_to_wait(town: Town) -> None:
    alice, made = await a_report(town)
    for number in range(11):
        await alice.does_press(Add(report=made.id).pack())
        await alice.says(f"More {number}")
    assert alice.sees("You have added a lot to this report today, thank you.")
    await town.passes(hours=25)
    await alice.does_press(Add(report=made.id).pack())
    await alice.says("More today")
    assert "Thank you. It is with the report now." in alice.latest


async def test_what_is_back_goes_on_at_the_same_desk_with_clocks_of_its_own(town: Town) -> None:
    alice, made = await a_report(town)
    await by_the_officer(town, casework.move, made.id, "fixed", words="Emptied.")
    await town.passes(days=3)
    await alice.taps("It is back")
    await alice.says("Full again")
    assert alice.sees("It is open again, at the same desk.")
    after = await fresh(town, made)
    assert (after.status, after.reopened, after.team_id) == ("confirmed", 1, made.team_id)
    assert made.expected_datetime
    assert after.expected_datetime
    assert after.expected_datetime > made.expected_datetime
    bob = town.stranger("Bob")
    assert bob.sees("This report was opened again, because it is not fixed:")
    await bob.says(f"/desk {made.service_request_id}")
    await bob.taps("What happened")
    assert "Open again. “Full again”" in bob.latest, "nobody in charge has said so"
    await alice.does_press(Back(report=made.id).pack())
    await alice.says("Still full")
    assert alice.sees("This report is still open")


async def test_a_question_stops_the_clocks_until_it_is_answered(town: Town) -> None:
    alice, made = await a_report(town)
    carol = await town.member("Carol")
    await joins(carol)
    await by_the_officer(town, casework.ask, made.id, "Which of the two bins?")
    assert alice.sees("Which of the two bins?")
    assert not carol.sees("Which of the two bins?")
    await town.passes(days=4)
    await alice.taps("Answer the question")
    await alice.says("The green one")
    assert alice.sees("Those in charge have your answer now")
    after = await fresh(town, made)
    assert made.expected_datetime is not None
    assert after.expected_datetime is not None
    assert (after.expected_datetime - made.expected_datetime).days == 4
    assert after.waiting_since is None
    assert town.stranger("Bob").sees("Whoever reported this has answered your question:")
    await alice.does_press(Reply(report=made.id).pack())
    await alice.says("The green one, really")
    assert alice.sees("Your answer has come already")


async def test_an_answer_that_comes_late_comes_too_and_what_cannot_be_said_any_more_ends_the_talk(
    town: Town,
) -> None:
    alice, made = await a_report(town)
    await by_the_officer(town, casework.ask, made.id, "Which of the two bins?")
    await town.passes(days=15, hours=23)  # the days went on meanwhile, in a morning
    assert (await fresh(town, made)).waiting_since is None
    await alice.taps("Answer the question")
    await alice.says("The green one")
    assert alice.sees("Those in charge have your answer now")
    assert town.stranger("Bob").sees("Whoever reported this has answered your question:")
    async with town.folkmoot.database.reading() as session:
        replied = (await session.scalars(select(Happening).where(Happening.event == "replied"))).one()
        assert (replied.words, replied.public) == ("The green one", False)
    await by_the_officer(town, casework.ask, made.id, "And which side?")
    await alice.taps("Answer the question")
    await by_the_officer(town, casework.move, made.id, "fixed", words="Emptied")
    await alice.says("The left one")
    assert alice.sees("This report has ended. If it is back, say so with the button below it")
    await alice.says("/myreports")
    assert "These reports concern you:" in alice.latest


async def test_whoever_has_many_gets_to_each_of_them(town: Town) -> None:
    alice, made = await a_report(town)
    for _ in range(LISTED + 2):
        await reported(town, alice)
        await town.passes(hours=3)
    await alice.says("/myreports")
    assert made.service_request_id not in alice.latest
    await alice.taps("More")
    assert f"{made.service_request_id} · Received" in alice.latest
    assert len(alice.latest.split("Received")) - 1 == 3
    await alice.taps("Back")
    assert made.service_request_id not in alice.latest
    await alice.does_press(Mine(page=-(10**9)).pack())
    await alice.does_press(Mine(page=10**9).pack())
    assert f"{made.service_request_id} · Received" in alice.latest


async def test_nobody_can_touch_what_does_not_concern_them(town: Town) -> None:
    _, made = await a_report(town)
    mallory = await town.member("Mallory")
    for press in (
        Withdraw(report=made.id, sure=1),
        Withdraw(report=made.id, sure=0),
        Add(report=made.id),
        Reply(report=made.id),
        Back(report=made.id),
        Wants(report=made.id, wants="none"),
    ):
        await mallory.does_press(press.pack())
        assert "This report is not one of yours." in mallory.heard, press
        mallory.screen.toasts.clear()
    await mallory.does_press(See(report=10**12).pack())
    assert mallory.sees("I do not know this report any more.")
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Concern)) == 1


async def test_nobody_learns_who_reported(town: Town) -> None:
    council = await a_body(town)
    bob = await an_officer(town, "Bob", council.waste)
    olga = await town.organiser()
    alice = await town.member("Alice")
    await alice.says("/me")
    await alice.taps("Name")
    await alice.says("Alice Archer")
    made = await reported(town, alice)
    carol = await town.member("Carol")
    await carol.opens(f"r_{made.service_request_id}")
    assert carol.sees("The bin is full")
    await carol.taps("I have the same problem")
    for person in (bob, olga, carol):
        assert "Archer" not in person.text


async def test_a_number_is_read_as_people_type_it(town: Town) -> None:
    _alice, made = await a_report(town)
    carol = await town.member("Carol")
    spelled = " ".join(made.service_request_id.lower())
    await carol.says(f"/myreports {spelled}")
    assert carol.sees("The bin is full")
    await carol.says("/myreports QQQQQQ9")
    assert carol.sees("I do not know a report with that number.")
    nobody = await town.member("Nobody")
    await nobody.says("/myreports")
    assert nobody.sees("You have not reported anything yet.")
