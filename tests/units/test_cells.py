"""Small cells: whoever subtracts what is shown from what is known finds nothing about fewer than five people."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.crowd import FEWEST
from bot.services.taking_part.cells import NOBODY, WORTH_A_HINT, Cell, Split, Step, split, steps, told

CELLS = st.builds(
    lambda people, share: Cell(people, min(people, people * share // 100)),
    st.integers(0, 60),
    st.integers(0, 100),
)
TOWNS = st.tuples(st.dictionaries(st.sampled_from("ABCDEF"), CELLS, max_size=6), CELLS)
Town = tuple[dict[str, Cell], Cell]


def both(cell: Cell) -> tuple[int, int]:
    """Who took part, and who did not."""
    return cell.took_part, cell.people - cell.took_part


@settings(max_examples=500)
@given(TOWNS)
def test_whoever_subtracts_the_shown_groups_from_the_whole_finds_at_least_five_people_or_nobody(
    town: Town,
) -> None:
    groups, rest = town
    found = split(groups, rest)
    whole = sum(groups.values(), start=rest)
    left = sum((groups[name] for name in groups if name not in found.shown), start=rest)
    if not found.shown:
        assert found.others is None
        return
    for number in (*both(left), *(n for name in found.shown for n in both(groups[name]))):
        assert number >= FEWEST or left.people == 0
    for name in found.shown:
        assert min(both(groups[name])) >= FEWEST
    assert left.people == whole.people - sum(groups[name].people for name in found.shown)
    assert (found.others is None) == (left.people == 0)


@settings(max_examples=500)
@given(TOWNS)
def test_no_two_shown_numbers_differ_by_one_to_four(town: Town) -> None:
    found = split(*town)
    cells = [*found.shown.values(), *([found.others] if found.others else [])]
    numbers = [number for cell in cells for number in (cell.people, cell.took_part)]
    assert all(one - other == 0 or abs(one - other) >= FEWEST for one, other in product(numbers, numbers))
    assert all(number >= FEWEST for number in numbers)
    assert all(cell.took_part <= cell.people for cell in cells)


def could_be(
    found: Split, groups: dict[str, Cell], rest: Cell, name: str, named: tuple[str, ...] | None = None
) -> set[int]:
    """How many of a hidden group may have taken part, for somebody who knows all sizes and the whole exactly, and how
    many of each shown group did; `named` are those of which they were told that hardly anyone did."""
    told = found.hardly if named is None else named
    hidden = [one for one, cell in groups.items() if one not in found.shown and cell.people]
    whole = sum((groups[one].took_part for one in hidden), start=rest.took_part)
    most = {one: 4 if one in told else groups[one].people for one in hidden}
    room = sum(most[one] for one in hidden if one != name) + rest.people
    return {number for number in range(most[name] + 1) if 0 <= whole - number <= room}


@settings(max_examples=500)
@given(TOWNS)
def test_a_group_that_is_named_as_hardly_reached_may_have_had_nobody_up_to_four(town: Town) -> None:
    groups, rest = town
    found = split(groups, rest)
    for name in found.hardly:
        assert groups[name].people >= WORTH_A_HINT
        assert groups[name].took_part < FEWEST
        assert could_be(found, groups, rest, name) == {0, 1, 2, 3, 4}


@settings(max_examples=500)
@given(TOWNS)
def test_naming_some_pins_down_no_other_hidden_group(town: Town) -> None:
    groups, rest = town
    found = split(groups, rest)
    if found.hardly:
        for name, cell in groups.items():
            if cell.people and name not in found.shown:
                known = len(could_be(found, groups, rest, name, named=()))
                assert len(could_be(found, groups, rest, name)) >= min(FEWEST, known)


def test_one_small_group_takes_the_next_smallest_with_it() -> None:
    groups = {"North": Cell(40, 20), "South": Cell(30, 8), "East": Cell(10, 2)}
    found = split(groups)
    assert found.shown == {"North": Cell(40, 20)}
    assert found.others == Cell(40, 10)


def test_two_groups_of_which_one_is_small_show_nothing() -> None:
    assert split({"North": Cell(40, 20), "South": Cell(10, 2)}) == Split({}, None, ())


def test_a_large_group_that_hardly_took_part_is_named_without_its_number() -> None:
    found = split({"North": Cell(60, 30), "South": Cell(50, 20), "East": Cell(40, 2), "West": Cell(40, 6)})
    assert found.hardly == ("East",)
    assert "East" not in found.shown


def test_somebody_who_joins_is_not_seen_in_the_difference() -> None:
    before = split({"North": Cell(40, 20), "South": Cell(50, 20)}, NOBODY)
    after = split({"North": Cell(41, 21), "South": Cell(50, 20)}, NOBODY)
    assert before == after


BLOCKS = st.lists(st.dictionaries(st.sampled_from(["", *"ABCD"]), st.integers(0, 12), max_size=5), max_size=8)


@settings(max_examples=500)
@given(BLOCKS)
def test_whatever_is_subtracted_of_what_was_told_of_blocks_is_at_least_five_people_or_nobody(
    blocks: list[dict[str, int]],
) -> None:
    """An attacker who looks after each block and knows how many people each one had."""
    looks: list[dict[str, int]] = [dict.fromkeys(("whole", *"ABCD"), 0)]
    for block in blocks:
        shown = told(block)
        seen = looks[-1]
        looks.append({name: seen[name] + shown.get(name, 0) for name in "ABCD"})
        looks[-1]["whole"] = seen["whole"] + (sum(block.values()) if shown else 0)
    for earlier, later in combinations(looks, 2):
        grown = {name: later[name] - earlier[name] for name in later}
        groups = [grown[name] for name in "ABCD"]
        for number in (*groups, *(grown["whole"] - some for some in sums(groups))):
            assert number == 0 or number >= FEWEST, (earlier, later)


def sums(numbers: list[int]) -> set[int]:
    """Of any of these."""
    found = {0}
    for number in numbers:
        found |= {one + number for one in found}
    return found


def test_a_small_group_hides_a_large_one_with_it() -> None:
    assert told({"North": 9, "South": 6, "East": 2}) == {"North": 9}
    assert told({"North": 9, "East": 2}) == {}
    assert told({"North": 9, "": 5}) == {"North": 9}
    assert told({"North": 9}) == {"North": 9}


DAYS = st.lists(st.integers(-1, 9), max_size=20)


@settings(max_examples=500)
@given(DAYS)
def test_no_day_is_found_out_by_looking_each_day_and_subtracting(grown: list[int]) -> None:
    """An attacker who notes the steps of each day and the whole of that day, and subtracts all from all."""
    counts: list[tuple[date, int]] = []
    whole, marks = 0, {(date.min, 0)}
    for number, more in enumerate(grown):
        whole = max(0, whole + more)
        counts.append((date(2026, 11, 1) + timedelta(days=number), whole))
        marks |= edges(steps(counts, final=False))
    last = steps(counts, final=True)
    marks |= edges(last)
    for (day, one), (other_day, other) in combinations(sorted(marks), 2):
        assert other - one == 0 or other - one >= FEWEST, (day, other_day)
    if min(grown, default=0) >= 0 and last:
        assert sum(step.people for step in last) == whole


def edges(found: list[Step]) -> set[tuple[date, int]]:
    """Up to which day, how many: all that the steps say."""
    people, marks = 0, set()
    for step in found:
        people += step.people
        marks.add((step.last, people))
    return marks


def test_days_are_put_together_until_they_are_five_people() -> None:
    monday = date(2026, 11, 23)
    counts = [(monday + timedelta(days=n), whole) for n, whole in enumerate((6, 8, 12, 13))]
    tuesday, thursday = monday + timedelta(days=1), monday + timedelta(days=3)
    assert steps(counts, final=False) == [Step(monday, monday, 6)]
    assert steps(counts, final=True) == [Step(monday, monday, 6), Step(tuesday, thursday, 7)]
