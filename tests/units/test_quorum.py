"""How many have to answer so that it counts: as people write it, as it is kept, and how many that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import quorum
from bot.errors import Refused
from bot.quorum import LEAST, MOST, Quorum

QUORUMS = st.one_of(
    st.builds(Quorum, st.integers(LEAST, MOST)),
    st.builds(Quorum, st.integers(1, 100), share=st.just(value=True)),
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("20", Quorum(20)),
        (" 20 ", Quorum(20)),
        ("25%", Quorum(25, share=True)),
        ("25 %", Quorum(25, share=True)),
        ("% 25", Quorum(25, share=True)),
        ("٢٥٪", Quorum(25, share=True)),
        ("۲۰", Quorum(20)),
        ("100%", Quorum(100, share=True)),
    ],
)
def test_a_number_and_a_share_are_read_as_people_write_them(said: str, meant: Quorum) -> None:
    assert quorum.read(said) == meant


@pytest.mark.parametrize(
    "said", ["0", "1", "-3", "many", "", "0%", "101%", "2.5", "25 % %", "% 25 %", "9999999", "9" * 40, "²"]
)
def test_what_is_none_is_refused(said: str) -> None:
    with pytest.raises(Refused):
        quorum.read(said)


@given(QUORUMS)
def test_what_is_kept_is_read_as_it_was(asked: Quorum) -> None:
    assert quorum.kept(str(asked)) == asked
    assert len(str(asked)) <= 16


@given(QUORUMS, st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_share_is_the_fewest_people_that_are_as_many(asked: Quorum, people: int, more: int) -> None:
    needed = asked.needed(people)
    assert needed >= 1
    assert asked.needed(people + more) >= needed
    if asked.share and people:
        assert 100 * needed >= asked.number * people
        assert needed == 1 or 100 * (needed - 1) < asked.number * people


def test_where_every_answer_counts_nothing_is_kept() -> None:
    assert quorum.kept(None) is None
