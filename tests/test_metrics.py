"""`/metrics`: off unless it is asked for, true when it is, and without a person in it."""

from __future__ import annotations

import asyncio
import json
import re

import yaml
from aiohttp import ClientSession
from pydantic import SecretStr
from sqlalchemy.engine import URL

from bot import outbox
from bot.app import build, running
from bot.console.watching import Watch, Watched
from bot.errors import RetryLater
from bot.message import Parcel, Tap
from bot.settings import Settings
from tests.house.tree import ROOT
from tests.town import Town

PAPERS = ROOT / "docs" / "operators"
SAMPLE = re.compile(r"^(\w+)(\{.*\})? (\S+)$", re.MULTILINE)


def watch(town: Town) -> Watch:
    """Whoever looks at the town."""
    folkmoot = town.folkmoot
    parts = Watched(folkmoot.database, folkmoot.clock, folkmoot.dispatcher, folkmoot.postmen, lambda: False)
    return Watch(folkmoot.metrics, parts)


async def numbers(watch: Watch) -> dict[str, float]:
    """Every number, by its name with labels."""
    said = (await watch.page()).body
    assert isinstance(said, bytes)
    return {name + labels: float(value) for name, labels, value in SAMPLE.findall(said.decode())}


async def test_there_are_no_metrics_unless_a_port_is_set_and_never_on_the_public_one(
    database_url: URL,
) -> None:
    url = SecretStr(database_url.render_as_string(hide_password=False))
    for port, expected in ((None, [404]), (0, [404, 200])):
        settings = Settings(_env_file=None, database_url=url, port=0, webchat=False, metrics_port=port)  # type: ignore[call-arg]
        async with running(build(settings)) as folkmoot:
            assert [await _metrics(door) for door in folkmoot.ports] == expected


async def _metrics(port: int) -> int:
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as said:
        return said.status


async def test_what_happens_in_the_town_is_counted_and_timed(town: Town) -> None:
    seen = watch(town)
    alice = await town.member("Alice")
    poll = await town.poll("Keep the market?", "Yes", "No")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await alice.does(Tap("v:999:0", query="q"))
    told = await numbers(seen)
    assert told['folkmoot_turns_total{channel="paper",kind="tap",outcome="done"}'] >= 1
    assert told['folkmoot_turns_total{channel="paper",kind="tap",outcome="refused"}'] == 1
    turns = sum(value for name, value in told.items() if name.startswith("folkmoot_turns_total"))
    assert told['folkmoot_turn_seconds_count{channel="paper"}'] == turns == told["folkmoot_batch_turns_sum"]
    sent = 'folkmoot_letters_total{channel="paper",fate="sent",lane="reply"}'
    assert told[sent] == sum(p.lane == 0 and p.action != "toast" for p in town.paper.delivered)
    assert told['folkmoot_letters_total{channel="paper",fate="sent",lane="note"}'] >= 1
    assert told['folkmoot_answer_seconds_count{channel="paper"}'] > told[sent]
    assert told['folkmoot_postman_on_duty{channel="paper"}'] == 1
    assert told["folkmoot_database_up"] == 1
    assert told["process_resident_memory_bytes"] > 0


async def test_nobody_can_be_found_in_the_numbers(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("my secret garden")
    told = " ".join(await numbers(watch(town)))
    assert not re.search("alice|garden", told, re.IGNORECASE)
    labels = set(re.findall(r'(\w+)="', told))
    assert labels <= {"channel", "kind", "outcome", "lane", "fate", "chore", "le", "role"}


async def test_what_waits_is_seen_with_its_age_and_what_was_sent_is_not(town: Town) -> None:
    seen = watch(town)
    alice = await town.member("Alice")

    async def wet(parcel: Parcel) -> None:
        raise RetryLater("429 Too Many Requests", after=30)

    town.paper.fail = wet
    await town.folkmoot.dispatcher.submit(alice.incoming(Tap("x:1")))
    told = await _until(seen, 'folkmoot_told_to_wait_total{channel="paper"}', 1)
    assert told['folkmoot_letters_unsent{channel="paper",lane="reply"}'] >= 1
    assert told['folkmoot_letters_unsent{channel="paper",lane="bulk"}'] == 0
    town.clock.now += outbox.LEASE / 4
    seen.forget()
    told = await numbers(seen)
    assert told['folkmoot_oldest_unsent_seconds{channel="paper",lane="reply"}'] == 15


async def _until(seen: Watch, name: str, least: float) -> dict[str, float]:
    async with asyncio.timeout(10):
        while (told := await numbers(seen)).get(name, 0) < least:
            await asyncio.sleep(0.01)
    return told


async def test_late_and_failed_ticks_are_seen(town: Town) -> None:
    metrics = town.folkmoot.metrics
    metrics.ticked("close polls", 5, 100.0)
    metrics.ticked("close polls", 5, 112.0)
    metrics.tick_failed("close polls")
    await town.tick()
    town.clock.now += outbox.LEASE
    told = await numbers(watch(town))
    assert told['folkmoot_tick_age_seconds{chore="close polls"}'] == 60
    assert told['folkmoot_ticks_failed_total{chore="close polls"}'] == 1


async def names_shown(town: Town) -> set[str]:
    """Every metric that a process which does everything shows."""
    metrics = town.folkmoot.metrics
    metrics.pace("paper", 30)
    metrics.ticked("tidy", 1, 0)
    metrics.tick_failed("tidy")
    await (await town.member("Alice")).says("hello")
    await town.tick()
    told = await numbers(watch(town))
    return {re.split(r"[{]", name)[0] for name in told} | {"folkmoot_told_to_wait_total", "up"}


def expressions() -> list[str]:
    """Every question that the dashboard and the rules ask."""
    board = json.loads((PAPERS / "dashboard.json").read_text("utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    rules = yaml.safe_load((PAPERS / "alerts.yaml").read_text("utf-8"))
    return asked + [rule["expr"] for group in rules["groups"] for rule in group["rules"]]


async def test_the_dashboard_and_the_rules_ask_only_for_what_is_shown(town: Town) -> None:
    shown = await names_shown(town)
    asked = {name for one in expressions() for name in re.findall(r"\b(?:folkmoot|process)_\w+|\bup\b", one)}
    assert asked <= shown, asked - shown
    ours = {re.sub("_(bucket|sum|count)$", "", one) for one in shown if one.startswith("folkmoot")}
    ours -= {one for one in ours if one.endswith("_created")}
    used = {re.sub("_(bucket|sum|count)$", "", name) for name in asked}
    assert ours - used <= {"folkmoot_role"}, "shown, and on no picture and in no rule"


def test_the_rules_have_what_prometheus_wants_of_them() -> None:
    rules = yaml.safe_load((PAPERS / "alerts.yaml").read_text("utf-8"))
    assert set(rules) == {"groups"}
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) >= 6
    for rule in alerts:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"\d+[smh]", rule["for"])
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "description"}


def test_the_dashboard_can_be_imported_beside_any_prometheus() -> None:
    board = json.loads((PAPERS / "dashboard.json").read_text("utf-8"))
    assert board["templating"]["list"][0]["type"] == "datasource"
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(set(numbers)) == len(numbers)
    for panel in board["panels"]:
        assert panel["title"]
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${source}"}
            assert panel["targets"]
