"""Closing times as people write them, in each language; a day without a time is its evening."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot import when
from bot.errors import Refused
from bot.i18n import tongue

MONDAY = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "Friday 18:00", "2026-11-27T18:00"),
        ("en", "friday at 6pm", "2026-11-27T18:00"),
        ("en", "Friday", "2026-11-27T18:00"),
        ("en", "tomorrow 9:30", "2026-11-24T09:30"),
        ("en", "in 3 days", "2026-11-26T19:00"),
        ("en", "18:00", "2026-11-24T18:00"),
        ("en", "1 Dec 19:00", "2026-12-01T19:00"),
        ("en", "3/12/2026 10:00", "2026-12-03T10:00"),
        ("pl", "piątek 18:00", "2026-11-27T18:00"),
        ("pl", "w piątek o 18:00", "2026-11-27T18:00"),
        ("pl", "jutro", "2026-11-24T19:00"),
        ("pl", "za 3 dni", "2026-11-26T19:00"),
        ("pl", "1 grudnia 19:00", "2026-12-01T19:00"),
        ("cy", "dydd Gwener 18:00", "2026-11-27T18:00"),
        ("cy", "Gwener 18:00", "2026-11-27T18:00"),
        ("cy", "yfory", "2026-11-24T19:00"),
        ("cy", "1 Rhagfyr 19:00", "2026-12-01T19:00"),
        ("cy", "yfory am 18:00", "2026-11-24T18:00"),
        ("cy", "Mawrth 9:00", "2026-11-24T09:00"),
        ("cy", "ddydd Gwener am 18:00", "2026-11-27T18:00"),
        ("cy", "ymhen wythnos", "2026-11-30T19:00"),
        ("pl", "piątek o 18", "2026-11-27T18:00"),
        ("pl", "we wtorek o 9:00", "2026-11-24T09:00"),
        ("pl", "za tydzień", "2026-11-30T19:00"),
        ("en", "Friday at 18", "2026-11-27T18:00"),
        ("ur", "جمعہ 18:00", "2026-11-27T18:00"),
        ("ur", "کل 18:00", "2026-11-24T18:00"),
        ("ur", "1 دسمبر 19:00", "2026-12-01T19:00"),
        ("ur", "یکم دسمبر 19:00", "2026-12-01T19:00"),
        ("ur", "3 دن بعد", "2026-11-26T19:00"),
        ("ur", "جمعہ شام 6 بجے", "2026-11-27T18:00"),
        ("ur", "جمعے کو 18:00", "2026-11-27T18:00"),
    ],
)
def test_a_moment_in_words(code: str, text: str, expected: str) -> None:
    assert when.read(text, tongue(code), "UTC", now=MONDAY) == datetime.fromisoformat(expected + "+00:00")


@pytest.mark.parametrize("text", ["", "some day", "ąę", "🙂", "x" * 5000, "٪٪"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        when.read(text, tongue("en"), "Europe/London", now=MONDAY)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "yesterday", "2026-11-22T19:00"),
        ("en", "Friday", "2026-11-20T18:00"),
        ("en", "1 November", "2026-11-01T18:00"),
        ("en", "tomorrow", "2026-11-24T19:00"),
        ("pl", "tydzień temu", "2026-11-16T19:00"),
        ("cy", "wythnos yn ôl", "2026-11-16T19:00"),
        ("ur", "کل", "2026-11-22T19:00"),
        ("ur", "3 دن پہلے", "2026-11-20T19:00"),
    ],
)
def test_what_has_been_is_the_last_of_its_name(code: str, text: str, expected: str) -> None:
    read = when.read(text, tongue(code), "Europe/London", now=MONDAY, past=True)
    assert read.isoformat() == expected + ":00+00:00"


def test_august_in_welsh_is_august() -> None:
    july = datetime(2026, 7, 20, 12, 0, tzinfo=UTC)
    assert when.read("9 Awst 18:00", tongue("cy"), "UTC", now=july) == datetime(2026, 8, 9, 18, 0, tzinfo=UTC)


def test_the_town_s_own_clock_counts() -> None:
    july = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert when.read("Friday 18:00", tongue("en"), "Europe/London", now=july).hour == 17


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        # The night in which the hour from one to two comes twice
        ("2026-10-24T12:00", "25 Oct 01:30", "2026-10-25T00:30"),
        ("2026-10-24T20:00", "01:30", "2026-10-25T00:30"),
        ("2026-10-24T20:00", "tomorrow at 9", "2026-10-25T09:00"),
        ("2026-10-24T20:00", "in 2 days", "2026-10-26T21:00"),
        ("2026-10-24T20:00", "in 6 hours", "2026-10-25T02:00"),
        ("2026-10-25T00:10", "01:30", "2026-10-25T00:30"),
        ("2026-10-25T00:10", "in 50 minutes", "2026-10-25T01:00"),
        ("2026-10-25T00:45", "in 20 minutes", "2026-10-25T01:05"),
        ("2026-10-25T01:10", "01:30", "2026-10-25T01:30"),
        ("2026-10-25T01:10", "in 20 minutes", "2026-10-25T01:30"),
        ("2026-10-25T01:10", "in 3 days", "2026-10-28T01:10"),
        # The night that has no such hour
        ("2027-03-27T20:00", "01:30", "2027-03-28T01:30"),
        ("2027-03-27T20:00", "tomorrow at 9", "2027-03-28T08:00"),
        ("2027-03-27T20:00", "in 2 days", "2027-03-29T19:00"),
        ("2027-03-28T00:45", "in 3 hours", "2027-03-28T03:45"),
        ("2027-03-28T00:45", "1 day 2 hours", "2027-03-29T02:45"),
        ("2027-03-28T00:45", "Friday", "2027-04-02T17:00"),
    ],
)
def test_a_moment_in_the_nights_when_clocks_change(now: str, text: str, expected: str) -> None:
    begin, moment = (datetime.fromisoformat(one + "+00:00") for one in (now, expected))
    assert when.read(text, tongue("en"), "Europe/London", now=begin) == moment


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-10-24T17:00", "2026-10-27T18:00"), ("2027-03-26T18:00", "2027-03-29T17:00")],
)
def test_days_lead_to_the_same_time_of_day(now: str, expected: str) -> None:
    begin, moment = (datetime.fromisoformat(one + "+00:00") for one in (now, expected))
    assert when.in_days(3, "Europe/London", now=begin) == moment
