"""One kind at a time: lists at the desk are narrowed with a tap or a word, and stay so until all kinds are wanted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.letters.in_charge.desk_lists import KINDS_ON_A_PAGE
from bot.letters.in_charge.desk_presses import Kinds, Listed, ShowFrom
from bot.message import Message, Tap
from bot.models import Service, ServiceRequest
from bot.press import LIMIT, Press
from bot.services.answering.desk import OTHER
from tests.desk import Desk, a_desk, another_team, joins
from tests.plans import listening, looking, read_from_end_to_end
from tests.town import Person, Town

MOST_BUTTONS = 100  # in one keyboard of Telegram


async def a_busy_desk(town: Town, **kinds: int) -> tuple[Desk, dict[str, list[ServiceRequest]]]:
    """So many open reports of each kind with Ann's team, each an hour older than the next; `other` has no kind."""
    desk = await a_desk(town)
    made: dict[str, list[ServiceRequest]] = {}
    for kind, count in kinds.items():
        for number in range(count):
            one = await desk.report(f"{kind} {number}")
            async with town.folkmoot.database.writing() as session:
                its = await session.get_one(ServiceRequest, one.id)
                its.service_code = None if kind == "other" else kind
            made.setdefault(kind, []).append(one)
            town.clock.pass_by(timedelta(hours=1))
    await town.tick()
    return desk, made


def card(person: Person) -> Message:
    return list(person.screen.messages.values())[-1]


def listed(person: Person) -> list[str]:
    """The references on the buttons of a list, from above."""
    labels = [row[0].label for row in card(person).rows]
    return [label.split(" · ")[0] for label in labels if " · " in label]


async def test_a_list_is_narrowed_to_a_kind_that_occurs_in_it_and_widened_again(town: Town) -> None:
    desk, made = await a_busy_desk(town, bins=8, trees=2, other=1)
    await desk.ann.says("/desk")
    assert "All of my team (11)" in desk.ann.latest
    assert "Page 1 of 2" in desk.ann.latest
    before = len(desk.ann.screen.messages)
    await desk.ann.taps("Only one kind")
    labels = [button.label for row in card(desk.ann).rows for button in row]
    assert labels == ["Bins (8)", "Trees (2)", "Something else (1)", "All kinds (11)"]
    await desk.ann.taps("Trees (2)")
    assert "All of my team · Trees (2)" in desk.ann.latest
    assert listed(desk.ann) == [one.service_request_id for one in made["trees"]]
    await desk.ann.taps("Another kind")
    await desk.ann.taps("Something else (1)")
    assert listed(desk.ann) == [made["other"][0].service_request_id]
    await desk.ann.taps("All kinds (11)")
    assert "All of my team (11)" in desk.ann.latest
    assert len(desk.ann.screen.messages) == before


async def test_where_a_list_fits_one_page_nothing_is_to_be_narrowed(town: Town) -> None:
    desk, _ = await a_busy_desk(town, bins=3, trees=3)
    await desk.ann.says("/desk")
    assert not desk.ann.sees("[Only one kind]")
    assert "Page" not in desk.ann.latest


async def test_a_kind_stays_through_pages_other_lists_cards_and_what_is_done_there(town: Town) -> None:
    desk, made = await a_busy_desk(town, bins=8, trees=8)
    await desk.ann.says("/desk trees")
    trees = [one.service_request_id for one in made["trees"]]
    assert listed(desk.ann) == trees[:6]
    await desk.ann.taps("More")
    assert listed(desk.ann) == trees[6:]
    assert "Page 2 of 2" in desk.ann.latest
    await desk.ann.taps(f"{trees[7]} · Trees")
    await desk.ann.taps("Take it")
    await desk.ann.taps("More …")
    await desk.ann.taps("Back to the report")
    await desk.ann.taps("What happened")
    await desk.ann.taps("Back to the report")
    await desk.ann.taps("Answer")
    await desk.ann.says("We come on Tuesday.")
    await desk.ann.taps("Send")
    await desk.ann.taps("To the list")
    assert "All of my team · Trees (8)" in desk.ann.latest
    assert listed(desk.ann) == trees[6:]
    await desk.ann.taps("Mine (1)")
    assert "Mine · Trees (1)" in desk.ann.latest
    assert listed(desk.ann) == trees[7:]
    await desk.ann.taps("All of my team (8)")
    assert listed(desk.ann) == trees[:6]


async def test_the_way_back_stays_when_a_colleague_has_the_card_drawn_anew(town: Town) -> None:
    desk, made = await a_busy_desk(town, bins=8, trees=2)
    await desk.ann.says("/desk trees")
    number = made["trees"][0].service_request_id
    await desk.ann.taps(f"{number} · Trees")
    await desk.opens(desk.ben, made["trees"][0])
    await desk.ben.taps("Take it")
    await town.tick()
    assert desk.ann.sees("Ben has taken it.")
    await desk.ann.taps("To the list")
    assert "All of my team · Trees (2)" in desk.ann.latest


async def test_the_way_back_stays_when_a_colleague_acts_while_an_answer_is_written(town: Town) -> None:
    desk, made = await a_busy_desk(town, bins=8, trees=2)
    await desk.ann.says("/desk trees")
    await desk.ann.taps(f"{made['trees'][0].service_request_id} · Trees")
    await desk.ann.taps("Answer")
    await desk.opens(desk.ben, made["trees"][0])
    await desk.ben.taps("Being looked into")
    await town.tick()
    await desk.ann.says("We come on Tuesday.")
    await desk.ann.taps("Send")
    await desk.ann.taps("To the list")
    assert "All of my team · Trees (2)" in desk.ann.latest


async def test_a_report_that_is_handed_over_leads_back_to_the_kind_that_was_looked_at(town: Town) -> None:
    desk, made = await a_busy_desk(town, bins=8, trees=2)
    await another_team(town, desk.council)
    await desk.ann.says("/desk trees")
    await desk.ann.taps(f"{made['trees'][0].service_request_id} · Trees")
    await desk.ann.taps("Hand over")
    await desk.ann.taps("Streets · North District")
    await desk.ann.says("It is theirs.")
    await desk.ann.taps("To the list")
    assert "All of my team · Trees (1)" in desk.ann.latest
    await desk.ann.taps(f"{made['trees'][1].service_request_id} · Trees")
    await desk.ann.taps("More …")
    await desk.ann.taps("Not my team's")
    await desk.ann.says("It is somebody else's.")
    await desk.ann.taps("To the list")
    assert "There is nothing of this kind in this list now." in desk.ann.latest
    assert desk.ann.sees("[All kinds (8)]")


@pytest.mark.parametrize(
    "words", ["trees", "Trees", "TREE", "branch", "drzewo", "tre"], ids=lambda one: one.lower()
)
async def test_a_kind_can_be_typed_as_it_is_called_in_any_language(town: Town, words: str) -> None:
    desk, made = await a_busy_desk(town, bins=1, trees=1)
    await desk.ann.says(f"/desk {words}")
    assert "All of my team · Trees (1)" in desk.ann.latest
    assert listed(desk.ann) == [made["trees"][0].service_request_id]


async def test_a_word_that_fits_several_kinds_offers_these(town: Town) -> None:
    desk, _ = await a_busy_desk(town, bins=1, trees=2, potholes=3)
    async with town.folkmoot.database.writing() as session:
        for code in ("trees", "potholes"):
            service = await session.get_one(Service, code)
            service.names = {"en": f"Street {code}"}
    await desk.ann.says("/desk street")
    labels = [button.label for row in card(desk.ann).rows for button in row]
    assert labels == ["Street potholes (3)", "Street trees (2)", "All kinds (6)"]
    await desk.ann.says("/desk something else")
    assert "There is no kind of this name in your lists either." in desk.ann.latest


async def test_a_kind_that_is_in_none_of_the_lists_is_refused_as_an_unknown_report_is(town: Town) -> None:
    desk, _ = await a_busy_desk(town, bins=1)
    for person in (desk.ann, await town.member("Mallory")):
        for words in ("trees", "<b>x</b> or *not*", "🌳", "x" * 3000):
            await person.says(f"/desk {words}")
            assert "I do not know this report, or it is not with you." in person.latest


async def test_what_is_overdue_and_concerns_most_people_comes_first_in_a_kind_too(town: Town) -> None:
    desk, made = await a_busy_desk(town, trees=1)
    await town.passes(days=30)
    desk.alice = await town.member("Alfred")
    more = [await desk.report(f"more {number}") for number in range(2)]
    async with town.folkmoot.database.writing() as session:
        for one in more:
            (await session.get_one(ServiceRequest, one.id)).service_code = "trees"
    await joins(town, more[1], await town.member("Bob"))
    bin_ = await desk.report("late too")
    await desk.ann.says("/desk trees")
    order = [made["trees"][0], more[1], more[0]]
    assert listed(desk.ann) == [one.service_request_id for one in order]
    assert "1 is overdue." in desk.ann.latest
    assert bin_.service_request_id not in desk.ann.latest


async def test_an_organiser_narrows_what_nobody_is_in_charge_of(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    for number in range(8):
        await desk.report(f"other {number}", kind=None)
        await town.passes(hours=1)
    made = await desk.report("trees")
    async with town.folkmoot.database.writing() as session:
        its = await session.get_one(ServiceRequest, made.id)
        its.service_code, its.team_id, its.body_id = "trees", None, None
    await olga.says("/desk trees")
    assert "Nobody in charge · Trees (1)" in olga.latest
    await olga.taps(f"{made.service_request_id} · Trees")
    await olga.taps("To the list")
    assert "Nobody in charge · Trees (1)" in olga.latest
    await olga.taps("All kinds (9)")
    await olga.taps("Only one kind")
    await olga.taps("Something else (8)")
    assert "Nobody in charge · Something else (8)" in olga.latest


@pytest.mark.parametrize("page", [-5, 10**18])
async def test_forged_kinds_lists_and_pages_are_refused_or_the_nearest(town: Town, page: int) -> None:
    desk, made = await a_busy_desk(town, bins=1)
    mallory, bins = await town.member("Mallory"), made["bins"][0]
    press: Press
    for kind in ("nonsense", "-.-", "b" * 24):
        for press in (
            Listed(which="team", kind=kind, page=page),
            ShowFrom(report=bins.id, which="team", kind=kind, page=0),
        ):
            await desk.ann.does(Tap(press.pack(), query="q"))
            assert desk.ann.screen.toasts[-1] == "I do not know this kind of problem any more."
    for which in ("nobody", "late", "everything"):
        for press in (
            Kinds(which=which),
            Listed(which=which, kind="bins"),
            ShowFrom(report=bins.id, which=which, kind="bins", page=0),
        ):
            await desk.ann.does(Tap(press.pack(), query="q"))
            assert desk.ann.screen.toasts[-1] == "Only officers of a body and organisers have a desk."
    for press in (Kinds(which="team"), Listed(which="team", kind="bins"), Listed(which="team", kind=OTHER)):
        await mallory.does(Tap(press.pack(), query="q"))
        assert mallory.screen.toasts[-1] == "Only officers of a body and organisers have a desk."
    await desk.ann.does(Tap(Kinds(which="team", page=page).pack()))
    assert desk.ann.sees("[Bins (1)]")
    await desk.ann.does(Tap(ShowFrom(report=bins.id, which="team", kind="trees", page=page).pack()))
    await desk.ann.taps("To the list")
    assert "There is nothing of this kind in this list now." in desk.ann.latest


async def test_many_kinds_with_long_names_stay_within_a_keyboard(town: Town) -> None:
    desk = await a_desk(town)
    codes = [f"kind-{number:02}".ljust(24, "x") for number in range(40)]
    async with town.folkmoot.database.writing() as session:
        for number, code in enumerate(codes):
            name = (
                f"Kind {number}"
                if number % 2
                else f"The {number}. kind of everything that can go wrong in a town"
            )
            session.add(Service(service_code=code, names={"en": name}))
        await session.flush()
    for code in codes:
        made = await desk.report("x")
        town.clock.pass_by(timedelta(hours=2))
        async with town.folkmoot.database.writing() as session:
            (await session.get_one(ServiceRequest, made.id)).service_code = code
    await town.tick()
    await desk.ann.says("/desk")
    await desk.ann.taps("Only one kind")
    seen: set[str] = set()
    for _ in range(3):
        buttons = [button for row in card(desk.ann).rows for button in row]
        assert len(buttons) <= KINDS_ON_A_PAGE + 3 <= MOST_BUTTONS
        assert all(len(button.label) <= 64 for button in buttons)
        seen |= {button.payload for button in buttons if button.payload and button.payload.endswith("x:0")}
        if desk.ann.sees("[More]"):
            await desk.ann.taps("More")
    assert len(seen) == len(codes)
    await desk.ann.taps("Back")
    assert desk.ann.sees("[More]")


async def test_a_narrowed_list_takes_no_more_looks_and_reads_no_table_from_end_to_end(town: Town) -> None:
    desk, _ = await a_busy_desk(town, bins=2, trees=2)
    looks = []
    for kind in ("", "trees", OTHER):
        with listening(town.folkmoot.database) as asked:
            await desk.ann.does_press(Listed(which="team", kind=kind).pack())
        looks.append([one for one in looking(asked) if "FROM service_requests" in one.statement])
        assert not await read_from_end_to_end(town.folkmoot.database, looks[-1])
    assert [len(one) for one in looks] == [2, 2, 2]


def test_what_the_buttons_hold_fits_in_them_at_its_longest() -> None:
    longest = ShowFrom(report=10**13, which="waiting", kind="k" * 24, page=10**6)
    assert len(longest.pack()) <= LIMIT
