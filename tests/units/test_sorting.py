"""The sorting table and the pace: order per chat, lanes, edits that replace older ones, and the published limits."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from bot.channels.telegram.limits import limits
from bot.message import Action, Message, Parcel
from bot.outbox import Lane
from bot.pace import Limits, Pace, Rate
from bot.sorting import Picked, Sorting

WORDS = Message(Markup("hello"))


def parcel(
    number: int, chat: str = "a", action: Action = "send", lane: Lane = Lane.REPLY, target: str | None = None
) -> Parcel:
    return Parcel(number, chat, action, WORDS, target, lane)


def picked(table: Sorting, pace: Pace | None = None, now: float = 0.0) -> int:
    found = table.pick(pace or Pace(Limits()), now)
    assert isinstance(found, Picked)
    return found.parcel.envelope


def test_an_answer_goes_before_bulk_however_late_it_came() -> None:
    table = Sorting()
    for number in range(50):
        table.put(parcel(number, chat=f"c{number}", lane=Lane.BULK))
    table.put(parcel(99, chat="c7"))
    assert picked(table) == 99


def test_a_mark_under_a_thumb_goes_before_other_answers() -> None:
    table = Sorting()
    for number in range(20):
        table.put(parcel(number, chat=f"c{number}"))
    table.put(parcel(99, chat="c99", action="edit", target="m"))
    assert picked(table) == 99


def test_one_chat_is_served_by_one_hand_and_in_order() -> None:
    table = Sorting()
    first, second = parcel(1), parcel(2)
    table.put(first)
    table.put(second)
    assert picked(table) == 1
    assert isinstance(table.pick(Pace(Limits()), 0.0), float)
    table.delivered(first)
    assert picked(table) == 2


def test_what_is_put_back_stays_before_what_waits_behind_it() -> None:
    table = Sorting()
    table.put(parcel(1))
    table.put(parcel(2))
    assert picked(table) == 1
    table.put_back(parcel(1), not_before=5.0)
    assert isinstance(table.pick(Pace(Limits()), 4.9), float)
    assert picked(table, now=5.0) == 1


def test_the_newest_edit_replaces_the_older_ones_and_the_toast_overtakes() -> None:
    table = Sorting()
    for number in (1, 2, 3):
        table.put(parcel(number, action="edit", target="m"))
    table.put(parcel(4, action="edit", target="other"))
    table.put(parcel(5, action="toast", target="q"))
    assert picked(table) == 5
    found = table.pick(Pace(Limits()), 0.0)
    assert isinstance(found, Picked)
    assert found.parcel.envelope == 3
    assert [old.envelope for old in found.superseded] == [1, 2]


def test_a_chat_whose_answer_was_taken_back_still_gets_its_letter() -> None:
    table = Sorting()
    table.put(parcel(1, lane=Lane.BULK))
    table.put(parcel(2))
    assert table.take_back({2}) == {2}
    assert picked(table) == 1
    assert table.take_back({1}) == set()


def test_an_answer_does_not_wait_for_a_letter_that_failed() -> None:
    table = Sorting()
    table.put(parcel(1, lane=Lane.BULK))
    assert picked(table) == 1
    table.put(parcel(2, lane=Lane.BULK))
    table.put_back(parcel(1, lane=Lane.BULK), not_before=5.0)
    table.put(parcel(3))
    assert picked(table) == 3
    table.delivered(parcel(3))
    assert isinstance(table.pick(Pace(Limits()), 4.9), float)
    assert picked(table, now=5.0) == 1


def test_a_chat_with_more_to_come_goes_first_among_letters_to_many() -> None:
    table = Sorting()
    for number in range(5):
        table.put(parcel(number, chat=f"c{number}", lane=Lane.BULK))
    for number in range(5, 8):
        table.put(parcel(number, chat="-group", lane=Lane.BULK))
    assert picked(table) == 5


def test_what_many_get_is_left_lying_when_no_hand_is_free_for_it() -> None:
    table = Sorting()
    table.put(parcel(1, lane=Lane.BULK))
    assert isinstance(table.pick(Pace(Limits()), 0.0, bulk=False), float)
    table.put(parcel(2, chat="b"))
    assert isinstance(table.pick(Pace(Limits()), 0.0, bulk=False), Picked)
    assert picked(table) == 1


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_nothing_is_lost_or_doubled_whatever_the_order(dice: random.Random) -> None:
    table, pace = Sorting(), Pace(Limits())
    carried: list[Parcel] = []
    seen: list[int] = []
    for number in range(60):
        table.put(parcel(number, chat=dice.choice("abc"), lane=dice.choice(list(Lane))))
        if dice.random() < 0.6:
            found = table.pick(pace, 0.0)
            if isinstance(found, Picked):
                carried.append(found.parcel)
        if carried and dice.random() < 0.7:
            done = carried.pop(0)
            seen.append(done.envelope)
            table.delivered(done)
    while True:
        found = table.pick(pace, 0.0)
        if isinstance(found, Picked):
            carried.append(found.parcel)
        elif carried:
            done = carried.pop()
            seen.append(done.envelope)
            table.delivered(done)
        else:
            break
    assert sorted(seen) == list(range(60))


def sent_within(
    limits: Limits, chats: list[str], seconds: float, *, bulk: bool = False
) -> list[tuple[float, str]]:
    """When each chat could be written to, asking all the time."""
    pace, now, sent = Pace(limits), 0.0, []
    while now < seconds:
        for chat in chats:
            if pace.wait(chat, now, bulk=bulk) == 0:
                pace.take(chat, now, bulk=bulk)
                sent.append((now, chat))
        now += 0.01
    return sent


def test_the_limits_hold_and_are_used() -> None:
    limits = Limits(Rate(30, 30), Rate(1, 3), Rate(20 / 60, 3), is_group=lambda chat: chat.startswith("-"))
    many = sent_within(limits, [f"p{number}" for number in range(200)], 10)
    assert 320 <= len(many) <= 30 + 300
    assert len(sent_within(limits, ["p"], 10)) in range(12, 14)
    assert len(sent_within(limits, ["-g"], 60)) in range(22, 24)


def test_bulk_leaves_room_for_answers() -> None:
    limits = Limits(Rate(30, 1))
    chats = [f"p{number}" for number in range(100)]
    assert len(sent_within(limits, chats, 10, bulk=True)) <= 0.8 * 300 + 1


def test_a_pause_is_as_long_as_it_was_told_and_stops_only_what_it_said() -> None:
    pace = Pace(Limits())
    pace.pause_chat("-g", 0.0, 3.0)
    assert pace.wait("-g", 2.9, bulk=False) > 0
    assert pace.wait("-g", 3.0, bulk=False) == 0
    assert pace.wait("a", 0.0, bulk=False) == 0
    pace.pause(10.0, 7.0)
    assert pace.wait("a", 16.9, bulk=False) > 0
    assert pace.wait("a", 17.0, bulk=False) == 0


def test_a_busy_clock_does_not_cost_bulk_its_pace() -> None:
    pace, now, sent = Pace(Limits(Rate(30, 15))), 0.0, 0
    while now < 20:
        if pace.wait_whole(now, bulk=True) == 0:
            pace.take("a", now, bulk=True)
            sent += 1
        now += 0.03
    assert sent >= 0.97 * 0.8 * 30 * 20


def test_no_minute_in_a_group_and_no_second_in_a_chat_is_overfull() -> None:
    for chat, span, most in (("-1", 60, 20), ("1", 1, 3)):
        times = [at for at, _ in sent_within(limits(), [chat], 180)]
        assert max(sum(at <= other < at + span for other in times) for at in times) <= most
    assert len(sent_within(limits(), ["-1"], 600)) >= 0.88 * 200
