"""Every kind of poll by the same rules: what a tap makes, what is counted, what is refused."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import i18n, kinds
from bot.errors import Refused
from bot.kinds import WRITE, Form, Written, ranking, scale
from tests.writings import ENGLISH, WRITINGS, answered, form_of, moment, moves


def test_every_kind_is_tried_here() -> None:
    assert set(WRITINGS) == set(kinds.every())


@pytest.mark.parametrize("name", WRITINGS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_count_that_is_kept_equals_a_recount(name: str, data: st.DataObject) -> None:
    kind, form = kinds.named(name), form_of(name)
    ballots: dict[int, object] = {}
    counts: dict[str, int] = {}
    for _ in range(data.draw(st.integers(1, 12))):
        voter = data.draw(st.integers(0, 3))
        answer = answered(
            kind, form, lambda offered: data.draw(st.sampled_from(offered)), data.draw(st.integers(1, 6))
        )
        withdrawn = voter in ballots and data.draw(st.booleans())
        counts = kind.moved(form, counts, ballots.get(voter), None if withdrawn else answer)
        ballots[voter] = None if withdrawn else answer
    assert counts == kind.count(form, [one for one in ballots.values() if one is not None])


@pytest.mark.parametrize("name", WRITINGS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_same_tap_twice_makes_one_and_the_same_answer(name: str, data: st.DataObject) -> None:
    kind, form = kinds.named(name), form_of(name)
    before = answered(
        kind, form, lambda offered: data.draw(st.sampled_from(offered)), data.draw(st.integers(0, 6))
    )
    offered = [move for move in moves(kind, form, before) if move != WRITE]
    if not offered:
        return
    move = data.draw(st.sampled_from(offered))
    try:
        once = kind.step(form, before, move)
    except Refused:
        return
    assert kind.step(form, once, move) == once


@pytest.mark.parametrize("name", WRITINGS)
@pytest.mark.parametrize("move", [-(2**62), -999, -30, 20, 130, 1019, 2**62])
def test_a_forged_move_is_refused(name: str, move: int) -> None:
    with pytest.raises(Refused):
        kinds.named(name).step(form_of(name), None, move)


@pytest.mark.parametrize("name", WRITINGS)
def test_buttons_before_a_group_show_nobodys_answer(name: str) -> None:
    kind, form = kinds.named(name), form_of(name)
    mine = answered(kind, form, lambda offered: offered[0], 1)
    assert kind.taps(form, mine, ENGLISH, True) == kind.taps(form, None, ENGLISH, True)
    assert not any(tap.chosen for row in kind.taps(form, mine, ENGLISH, True) for tap in row)


@pytest.mark.parametrize("name", WRITINGS)
@pytest.mark.parametrize("language", i18n.available())
def test_every_kind_speaks_every_language(name: str, language: str) -> None:
    tongue, kind, form = i18n.tongue(language), kinds.named(name), form_of(name)
    answer = answered(kind, form, lambda offered: offered[0], 1)
    table = kind.table(form, kind.count(form, [answer]), tongue)
    assert kind.hint(form, tongue)
    assert kind.rule(form, tongue)
    assert kind.said(form, answer, tongue)
    assert all(bar.said and 0 <= bar.share <= 1 for bar in table.bars)
    assert table.bars or table.notes


@pytest.mark.parametrize("name", WRITINGS)
def test_nobodys_answers_make_a_table_too(name: str) -> None:
    table = kinds.named(name).table(form_of(name), {}, ENGLISH)
    assert not table.best
    assert all(bar.value == 0 for bar in table.bars)


@pytest.mark.parametrize(
    ("head", "name", "argument"),
    [
        ("rank", "ranking", ""),
        ("Rank borda", "ranking", "borda"),
        ("several 2", "several", "2"),
        ("scale 1-5", "scale", "1-5"),
        ("scale  0 - 10", "scale", "0 - 10"),
        ("dates", "dates", ""),
        ("text", "text", ""),
        ("count 5", "count", "5"),
        ("count me in 12", "count", "12"),
        ("points 10", "points", "10"),
        ("one", "one", ""),
    ],
)
def test_a_word_before_the_colon_names_the_kind(head: str, name: str, argument: str) -> None:
    found = kinds.spoken(head)
    assert found is not None
    assert (found[0].name, found[1]) == (name, argument)


@pytest.mark.parametrize("head", ["Note", "textile", "counted", "scales", ""])
def test_other_words_before_a_colon_name_none(head: str) -> None:
    assert kinds.spoken(head) is None


@pytest.mark.parametrize(
    ("name", "argument", "parts"),
    [
        ("one", "", ("A",)),
        ("one", "", ("A", "a")),
        ("one", "", tuple("ABCDEFGHIJK")),
        ("one", "", ("A", "B" * 101)),
        ("several", "1", ("A", "B")),
        ("several", "x", ("A", "B")),
        ("scale", "1-2", ()),
        ("scale", "5-1", ()),
        ("scale", "1-5", ("only one",)),
        ("ranking", "coin", ("A", "B")),
        ("dates", "", ("2026-12-01",)),
        ("dates", "", ("2026-12-01", "2026-12-01")),
        ("points", "1", ("A", "B")),
        ("points", "21", ("A", "B")),
        ("points", "5", ("A",)),
        ("count", "", ()),
        ("count", "1", ()),
        ("count", "many", ()),
    ],
)
def test_what_cannot_be_asked_is_refused(name: str, argument: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        kinds.named(name).read(Written(argument, parts, moment, "Europe/London"))


def test_nobody_chooses_more_than_was_said() -> None:
    kind, form = kinds.named("several"), form_of("several")
    two = kind.step(form, kind.step(form, None, 0), 1)
    with pytest.raises(Refused):
        kind.step(form, two, 2)
    assert kind.step(form, two, -1) == [1]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 501])
def test_no_words_and_too_many_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        kinds.named("text").write(Form(), text)


# --- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([1, 2, 3, 4], 0.5, 2.5),
        ([1, 2, 3], 0.5, 2),
        ([5], 0.5, 5),
        ([1, 1, 5, 5], 0.25, 1),
        ([1, 2, 3, 4], 0.25, 1.5),
        ([1, 2, 3, 4], 0.75, 3.5),
    ],
)
def test_quantiles(values: list[int], share: float, expected: float) -> None:
    votes = [(value, values.count(value)) for value in range(1, 6)]
    assert scale.quantile(votes, share) == expected


def test_a_scale_tells_its_average_middle_and_spread() -> None:
    kind, form = kinds.named("scale"), form_of("scale")
    notes = [str(note) for note in kind.table(form, {"1": 1, "4": 2, "5": 1}, ENGLISH).notes]
    assert notes[1:] == [
        "The average is 3.5.",
        "The middle answer is 4.",
        "Half of the answers are from 2.5 to 4.5.",
    ]


def test_the_best_date_counts_if_need_be_as_half() -> None:
    kind, form = kinds.named("dates"), form_of("dates")
    ballots = [[2, 1], [0, 2], [0, 1]]
    assert kind.table(form, kind.count(form, ballots), ENGLISH).best == (1,)


def test_points_are_added_up_and_their_shares_are_of_all_that_were_given() -> None:
    kind, form = kinds.named("points"), form_of("points")
    ballots = [[5, 0, 0], [0, 2, 1], [0, 4]]  # the last one was given before there was a third choice
    table = kind.table(form, kind.count(form, ballots), ENGLISH)
    assert [bar.value for bar in table.bars] == [5, 6, 1]
    assert (table.bars[1].share, table.best) == (0.5, (1,))


def test_count_me_in_is_full_when_enough_are_in() -> None:
    kind, form = kinds.named("count"), form_of("count")
    assert not kind.full(form, kind.count(form, [1, 1, 1, 1, 0]))
    assert kind.full(form, kind.count(form, [1] * 5))


# --- orders ----------------------------------------------------------------------------------------

FORTY_FIVE = (
    (5, "ACBED"), (5, "ADECB"), (8, "BEDAC"), (3, "CABED"), (7, "CAEBD"), (2, "CBADE"), (7, "DCEBA"), (8, "EBADC"),
)  # fmt: skip
"""45 voters, five candidates: the worked example of Wikipedia, "Schulze method", which comes out E, A, C, B, D."""


def test_schulze_as_in_the_worked_example() -> None:
    form = Form(tuple("ABCDE"), {"method": "schulze"})
    ballots = [["ABCDE".index(one) for one in order] for count, order in FORTY_FIVE for _ in range(count)]
    counts = kinds.named("ranking").count(form, ballots)
    pairs = ranking.pairs(form, counts)
    assert pairs[0][1:] == (20, 26, 30, 22)
    wins = {name: sum(row) for name, row in zip("ABCDE", ranking.beats(pairs), strict=True)}
    assert sorted(wins, key=lambda name: -wins[name]) == list("EACBD")
    assert kinds.named("ranking").table(form, counts, ENGLISH).best == (4,)


orders = st.integers(2, 4).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.permutations(range(n)).flatmap(lambda p: st.integers(0, n).map(lambda k: p[:k])), max_size=9
        ),
    )
)


@settings(max_examples=60, deadline=None)
@given(orders)
def test_schulze_agrees_with_its_definition_path_by_path(given_orders: tuple[int, list[list[int]]]) -> None:
    n, ballots = given_orders
    form = Form(tuple("ABCD"[:n]), {"method": "schulze"})
    pairs = ranking.pairs(form, kinds.named("ranking").count(form, ballots))

    def strength(one: int, other: int) -> int:
        """Of the strongest path: over all orders of all others in between, the weakest step, where each is won."""
        between = [i for i in range(n) if i not in (one, other)]
        paths = [(one, *some, other) for k in range(len(between) + 1) for some in permutations(between, k)]
        steps = [[(pairs[a][b], pairs[b][a]) for a, b in pairwise(path)] for path in paths]
        return max(min(for_ if for_ > against else 0 for for_, against in path) for path in steps)

    expected = tuple(tuple(i != j and strength(i, j) > strength(j, i) for j in range(n)) for i in range(n))
    assert ranking.beats(pairs) == expected


@settings(max_examples=25, deadline=None)
@given(orders)
def test_points_are_shared_out_whole(given_orders: tuple[int, list[list[int]]]) -> None:
    n, ballots = given_orders
    form = Form(tuple("ABCD"[:n]), {"method": "borda"})
    counts = kinds.named("ranking").count(form, ballots)
    points = ranking.points(ranking.pairs(form, counts), len(ballots))
    assert sum(points) == len(ballots) * n * (n - 1) / 2


def test_a_full_order_of_four_gives_three_two_one_and_no_points() -> None:
    form = Form(tuple("ABCD"), {"method": "borda"})
    counts = kinds.named("ranking").count(form, [[2, 0, 3, 1]])
    assert ranking.points(ranking.pairs(form, counts), 1) == (2, 0, 3, 1)
