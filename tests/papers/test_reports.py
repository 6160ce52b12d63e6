"""The page about reports says what the ladder says."""

from __future__ import annotations

import re

from bot import lifecycle
from bot.services.following_up import ladder, mornings
from bot.services.reporting import enough, receiving, report_news, reports, waiting_news
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "reports.md").read_text("utf-8")
WHOM = {"owner": "whoever has it", "lead": "the team's lead", "above": "director and councillors"}
CLOCKS = ("acknowledge", "answer", "resolve")


def when(days: int) -> str:
    count = f"{abs(days)} day{'s' * (abs(days) != 1)}"
    return f"{count} {'before' if days < 0 else 'after'}"


def table() -> str:
    """The ladder as the page shows it."""
    rows = ["| when | somebody looks at it | an answer | it is solved |", "|---|---|---|---|"]
    for days in sorted({rung.days for rungs in ladder.LADDERS.values() for rung in rungs}):
        told = {
            clock: WHOM[rung.whom] for clock in CLOCKS for rung in ladder.LADDERS[clock] if rung.days == days
        }
        rows.append(f"| {when(days)} | " + " | ".join(told.get(clock, "–") for clock in CLOCKS) + " |")
    last = WHOM[ladder.LADDERS["resolve"][-1].whom]
    rows.append(f"| every {ladder.EVERY} days from then on | – | – | {last} |")
    return "\n".join(rows)


def test_the_ladder_on_the_page_is_the_one_that_is_climbed() -> None:
    found = re.search(r"<!-- ladder -->\n(.*)\n<!-- /ladder -->", PAGE, re.DOTALL)
    assert found
    assert found[1] == table()


def _often(limit: enough.Limit) -> str:
    return f"{limit.an_hour} in an hour and {limit.a_day} in a day"


def test_the_page_names_the_spans_that_hold() -> None:
    seen, answered, solved = receiving.USUAL_DAYS
    for sentence in (
        f"it takes {seen} working day to look at it, {answered} to answer and {solved} to solve it",
        f"After {ladder.REPLY_AFTER.days} days you are reminded, once. After {ladder.GOES_ON_AFTER.days} days",
        f"{report_news.NEWS_A_WEEK} messages with news of reports",
        f"reports up to {_often(enough.REPORTED)}".replace(" in", " problems in", 1),
        f"counted for up to {_often(enough.JOINED)}".replace(" in", " reports of others in", 1),
        f"says of up to {_often(enough.BACK)} that it is back",
        f"adds something to one report up to {enough.ADDED.a_day} times in a day",
        "They are reminded after {}, {} and {} days, and every {} days".format(
            *ladder.NOBODYS, ladder.NOBODYS_EVERY
        ),
    ):
        assert sentence in " ".join(PAGE.split()), sentence
    assert lifecycle.ASK_AFTER.days == 28, "four weeks"
    assert waiting_news.A_WHILE.total_seconds() == 3600, "an hour"
    assert (mornings.OPENS.hour, mornings.ANSWERED.hour) == (9, 10), "between nine and ten"
    assert (mornings.AWAKE.hour, mornings.ASLEEP.hour) == (8, 20), "by day"
    assert 175 < reports.BACK_WITHIN.days < 190, "half a year"
