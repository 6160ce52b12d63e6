"""The bench's own reckoning: ratios, verdicts, growth, what a country needs; and towns that the database makes."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.engine import URL

from bench import country, settling, shards, table, targets, town, watched
from bench.contenders import settings
from bench.filling import Size
from bench.looking import part_of
from bench.peers.serving import CONCURRENT, UVLOOP
from bench.soak import Bounds, Look, judged
from bot.clock import utc_now
from bot.db import Database
from bot.models import Base, Resident
from bot.services.polling import asking, polls


def test_ratios_are_taken_within_a_round() -> None:
    # The machine was half as fast in the second round, for everybody.
    runs = {"ours": [{"v": 300.0}, {"v": 150.0}], "theirs": [{"v": 100.0}, {"v": 50.0}]}
    assert targets.ratios(runs, "ours", "theirs", "v") == [3.0, 3.0]


def test_rounds_of_which_one_has_no_partner_are_not_compared() -> None:
    with pytest.raises(ValueError, match="zip"):
        targets.ratios({"ours": [{"v": 1.0}], "theirs": []}, "ours", "theirs", "v")


@pytest.mark.parametrize(
    ("target", "values", "verdict"),
    [
        (targets.Target(least=15), [14.0, 15.0, 90.0], "met"),
        (targets.Target(least=15), [14.9, 90.0, 1.0], "**missed**"),
        (targets.Target(most=30), [10.0, 29.0, 300.0], "met"),
        (targets.Target(most=30), [31.0], "**missed**"),
        (targets.Target(most=30), [], "not measured"),
        (targets.Target(most=0), [0.0, 0.0, 1.0], "**missed**"),
    ],
)
def test_a_promise_is_about_the_median(target: targets.Target, values: list[float], verdict: str) -> None:
    assert targets.Row("a wait", "SQLite", target, values).verdict == verdict


def test_a_promise_about_size_is_kept_in_both_directions_only_by_growing_little() -> None:
    cost = {"small": [{"cpu_per_1000": 1.0}], "ballots": [{"cpu_per_1000": 1.2}]}
    results = deepcopy(table.saved()) | {"sizes": {"folkmoot-sqlite-polling": {"costs": cost}}}
    found = [row for row in targets.rows(results) if row.what.startswith("a vote's CPU")]
    assert [row.verdict for row in found] == ["**missed**", "not measured"]
    assert found[0].values == pytest.approx([20.0])


def test_every_promise_has_its_row_though_nothing_was_measured_but_votes() -> None:
    results = {"runs": table.saved()["runs"]}
    shown = [row.cells() for row in targets.rows(results)]
    assert len(shown) == len(targets.rows(table.saved()))
    assert {len(cells) for cells in shown} == {len(targets.HEADINGS)}


def test_memory_that_keeps_growing_is_seen_and_warming_up_is_not() -> None:
    flat = [(n * 1000.0, 90.0 + min(n, 10)) for n in range(40)]
    growing = [(n * 1000.0, 90.0 + n) for n in range(40)]
    assert targets.growth_of(flat) == pytest.approx(0)
    assert targets.growth_of(growing) == pytest.approx(20)
    assert targets.growth_of(growing[:1]) == 0


def looks(**last: Any) -> list[Look]:
    """Twelve looks at a service that does not grow, but for `last` from the ninth on."""
    made = []
    for number in range(12):
        tables = {"seen": 100 * number, "envelopes": 200 * number, "ballots": 2000}
        one = Look(5.0 * number, 100 * number, 100.0, 40, 3, tables, (5.0,) * 100)
        made.append(replace(one, **last) if number >= 8 else one)
    return made


def test_a_service_that_only_remembers_what_it_will_forget_has_not_grown() -> None:
    assert judged(looks(), Bounds()) == []


@pytest.mark.parametrize(
    ("last", "complaint"),
    [
        ({"memory_mb": 120.0}, "Memory"),
        ({"files": 60}, "Open files"),
        ({"unsent": 900}, "Unsent letters"),
        ({"tables": {"seen": 1100, "envelopes": 2200, "ballots": 2600}}, "The table ballots"),
        ({"tables": {"seen": 3300, "envelopes": 2200, "ballots": 2000}}, "The table seen"),
        ({"waits": (50.0,) * 100}, "Answers took"),
    ],
)
def test_what_grows_is_named(last: dict[str, Any], complaint: str) -> None:
    (found,) = judged(looks(**last), Bounds())
    assert found.startswith(complaint)


def test_a_peer_gets_the_fastest_of_its_ways() -> None:
    found = {
        "echo": {"as it comes": 90.0, "many at once": 120.0, "on uvloop": 110.0},
        "orm": {"as it comes": 50.0, "many at once": None, "on uvloop": 49.0},
    }
    assert settling.chosen(found, "echo-webhook") == {CONCURRENT: "1"}
    assert settling.chosen(found, "orm-polling") == {}
    assert settling.chosen(found, "folkmoot-sqlite-polling") == {}


def test_a_peer_that_lost_votes_in_its_fastest_way_goes_on_in_the_next() -> None:
    found = {"orm": {"as it comes": 50.0, "many at once": 60.0, "on uvloop": 55.0}}
    assert settling.unsettle(found, "orm-polling")
    assert settling.chosen(found, "orm-webhook") == {UVLOOP: "1"}
    assert settling.unsettle(found, "orm-webhook")
    assert settling.chosen(found, "orm-webhook") == {}
    assert not settling.unsettle(found, "orm-webhook")
    assert not settling.unsettle(found, "folkmoot-sqlite-polling")


def test_twice_the_bots_ask_a_country_in_half_the_time() -> None:
    usual = country.Country()
    assert country.reached(replace(usual, bots=80), "usual") == pytest.approx(
        country.reached(usual, "usual") / 2
    )
    assert country.peak(usual, "usual") <= country.peak(usual, "paid")


def test_what_breaks_first_stands_first() -> None:
    rates = [float(rate.replace(",", "")) for *_, rate in country.breaks_first(table.saved())]
    assert rates == sorted(rates)


def test_every_table_has_a_column_that_it_would_be_spread_by() -> None:
    assert set(shards.SPREAD) == set(Base.metadata.tables)
    for name, spread in shards.SPREAD.items():
        assert spread is shards.NOWHERE or spread.column in Base.metadata.tables[name].columns


@pytest.mark.parametrize(
    ("verb", "tables", "crosses"),
    [
        ("SELECT", ["residents", "memberships"], True),
        ("SELECT", ["tallies", "polls", "communities"], False),
        ("INSERT", ["envelopes"], False),
        ("UPDATE", ["envelopes"], True),
    ],
)
def test_what_is_not_found_by_one_column_crosses(verb: str, tables: list[str], crosses: bool) -> None:
    assert shards.crosses(verb, tables) == crosses


@pytest.mark.parametrize(
    ("statement", "called"),
    [
        (
            "SELECT t.a FROM tallies JOIN polls ON x FOR NO KEY UPDATE OF tallies, polls",
            "SELECT tallies + polls",
        ),
        ("INSERT INTO ballots (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", "INSERT ballots"),
        ("UPDATE tallies SET counts = 1", "UPDATE tallies"),
        ("COMMIT", "COMMIT"),
    ],
)
def test_a_statement_is_called_by_its_tables(statement: str, called: str) -> None:
    assert watched.name(statement) == called


def test_a_stack_belongs_to_its_innermost_known_part() -> None:
    stack = ["run (/x/asyncio/runners.py:1)", "send (/x/telegram/_bot.py:2)", "dumps (json/encoder.py:3)"]
    assert part_of(stack).startswith("python-telegram-bot")


async def test_a_made_town_is_one_that_can_vote(empty_url: URL) -> None:
    here = settings(empty_url.render_as_string(hide_password=False))
    poll, made = await town.found(here, Size(people=30, ballots=10))
    assert await town.votes(here) == (list(made), list(made))
    database = Database(here.database)
    try:
        async with database.writing() as session:
            standing = await polls.cast(
                session, poll, 0, by=await session.get_one(Resident, 17), now=utc_now()
            )
        assert (standing.asked, standing.took_part) == (30, 11)
        async with database.reading() as session:
            assert await asking.audience(session, standing.community.id) == 30
    finally:
        await database.close()
    assert (await town.votes(here))[0][0] == made[0] + 1
    assert await town.broadcast(here, "bench:1") == 30
