"""Presses: whatever fits is read back as it was packed; whatever does not is refused, never misread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadPress
from bot.letters.people.people import Accept, Change
from bot.letters.polling.poll_desk import CloseNow
from bot.letters.polling.polls import Vote
from bot.press import LIMIT, code_of
from handlers import ROUTERS

numbers = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)
words = st.text(alphabet="abcXYZ019_-.", max_size=50)


@given(poll=numbers, choice=numbers)
def test_numbers_come_back(poll: int, choice: int) -> None:
    assert Vote.unpack(Vote(poll=poll, choice=choice).pack()) == Vote(poll=poll, choice=choice)


@given(word=words)
def test_words_come_back(word: str) -> None:
    assert Change.unpack(Change(what=word).pack()) == Change(what=word)


@given(payload=st.text(max_size=80))
def test_anything_else_is_refused_or_read_to_the_letter(payload: str) -> None:
    for router in ROUTERS:
        for entry in router.presses.values():
            try:
                press = entry.kind.unpack(payload)
            except BadPress:
                continue
            assert all(type(getattr(press, name)) is kind for name, kind in press.fields)


@given(cut=st.integers(min_value=0, max_value=7))
def test_a_half_cut_payload_is_refused(cut: int) -> None:
    packed = Vote(poll=1234567, choice=1).pack()[: cut - 9]
    with pytest.raises(BadPress):
        Vote.unpack(packed)


@pytest.mark.parametrize("payload", ["", "ł:1", "v" * (LIMIT + 1)])
def test_what_no_button_could_hold_has_no_code(payload: str) -> None:
    with pytest.raises(BadPress):
        code_of(payload)


@pytest.mark.parametrize(
    "payload", ["v:1", "v:1:2:3", "v:１:2", "v: 1:2", "v:1.0:2", f"v:{2**63}:1", "pc:1:0"]
)
def test_a_vote_is_two_whole_numbers_and_nothing_else(payload: str) -> None:
    with pytest.raises(BadPress):
        Vote.unpack(payload)


def test_what_a_button_cannot_carry_is_found_when_packing() -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        Accept(invitation="a:b").pack()
    with pytest.raises(ValueError, match="bytes long"):
        Accept(invitation="a" * LIMIT).pack()


def test_the_longest_presses_of_the_house_fit() -> None:
    assert len(CloseNow(poll=2**63 - 1, sure=1).pack()) <= LIMIT
