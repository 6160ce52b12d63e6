"""Following a report: hearing what comes of it without being counted; and the way to its page."""

from __future__ import annotations

from bot.letters.reporting.report_following import Follow
from bot.message import Command
from bot.services.answering import casework
from tests.conversations.test_my_reports import a_report, by_the_officer, fresh
from tests.town import Person, Town


async def looks(town: Town, reference: str, name: str = "Carol") -> Person:
    """Somebody comes by the link of a report's page."""
    person = await town.member(name)
    await person.does(Command("start", f"r_{reference}"))
    return person


async def test_whoever_follows_hears_news_and_is_not_counted(town: Town) -> None:
    _, made = await a_report(town)
    carol = await looks(town, made.service_request_id)
    await carol.taps("Follow it")
    await carol.taps("Follow it")
    assert carol.sees("You follow this report. You hear what comes of it.")
    assert (await fresh(town, made)).people == 1
    await by_the_officer(town, casework.answer, made.id, "We come on Friday.")
    assert carol.sees("We come on Friday.")
    await carol.says(f"/myreports {made.service_request_id}")
    assert "[Follow it no longer]" in carol.latest
    assert "Take it back" not in carol.latest
    await carol.taps("Follow it no longer")
    assert carol.sees("You hear no more of this report.")
    await by_the_officer(town, casework.answer, made.id, "It will be Saturday.")
    assert not carol.sees("It will be Saturday.")


async def test_whoever_has_the_problem_too_is_counted_after_all_and_stays(town: Town) -> None:
    _, made = await a_report(town)
    carol = await looks(town, made.service_request_id)
    await carol.taps("Follow it")
    await carol.taps("I have the same problem")
    assert (await fresh(town, made)).people == 2
    await carol.does_press(Follow(report=made.id, on=0).pack())
    await by_the_officer(town, casework.answer, made.id, "We come on Friday.")
    assert carol.sees("We come on Friday.")
    await carol.does_press(Follow(report=made.id, on=1).pack())
    assert (await fresh(town, made)).people == 2


async def test_what_is_kept_from_everybody_or_over_is_followed_by_nobody(town: Town) -> None:
    _, made = await a_report(town)
    carol = await town.member("Carol")
    async with town.folkmoot.database.writing() as session:
        (await session.merge(made)).confidential = True
    for number in (made.id, 999):
        await carol.does_press(Follow(report=number, on=1).pack())
        assert carol.sees("I do not know this report any more.")
    async with town.folkmoot.database.writing() as session:
        (await session.merge(made)).confidential = False
    await by_the_officer(town, casework.move, made.id, "fixed", words="Done.")
    await carol.does_press(Follow(report=made.id, on=1).pack())
    assert carol.sees("This report has ended.")


async def test_the_receipt_and_the_card_lead_to_the_page_where_it_is_known(town: Town) -> None:
    town.folkmoot.dispatcher._site = "https://town.example"
    alice, made = await a_report(town)
    page = f"https://town.example/r/{made.service_request_id}"
    assert page in urls(alice)
    carol = await looks(town, made.service_request_id)
    assert page in urls(carol)


def urls(person: Person) -> list[str | None]:
    """Where the buttons of the newest message lead."""
    newest = list(person.screen.messages.values())[-1]
    return [button.url for row in newest.rows for button in row]
