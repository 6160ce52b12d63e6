"""`folkmoot run` and `folkmoot demo`: the service starts, says where to go, and ends when asked."""

from __future__ import annotations

import re
import time
import urllib.request

import pytest

from tests.cli.conftest import PATIENCE, Desk
from tests.fake_telegram import TOKEN, FakeTelegram

ELM_PARK = ["community", "add", "elm-park", "--name", "Elms", "--zone", "UTC", "--languages", "en", "--json"]


def test_run_makes_the_database_seeds_nothing_and_ends_when_asked(bare_desk: Desk) -> None:
    with bare_desk.service("run") as service:
        assert bare_desk.types("community", "list", "--json").json == []
        ticked = jobs_that_ran(bare_desk)
    ended = service.stop()
    assert (ended.code, ended.out) == (0, "")
    assert "Traceback" not in ended.err
    assert "close polls" in ticked


def jobs_that_ran(desk: Desk) -> set[str]:
    """The jobs that the doctor knows of, as soon as there is one."""
    deadline = time.monotonic() + PATIENCE
    while not (jobs := desk.types("doctor", "--json").json["jobs"]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return {job["name"] for job in jobs}


def test_a_demo_says_where_to_go_and_each_address_opens(bare_desk: Desk) -> None:
    with bare_desk.service("demo") as service:
        shown = service.reads("Stop with Ctrl-C")
        polls = bare_desk.types("poll", "list", "--community", "elm-park", "--json").json
        assert [poll["state"] for poll in polls[:2]] == ["open", "open"]
        assert "closed" in {poll["state"] for poll in polls}
        asked = polls[0]
        links = [
            link.replace("localhost", "127.0.0.1")
            for link in re.findall(r"^  (http\S+)$", shown, re.MULTILINE)
        ]
        stranger, poster, organiser = links
        pages = [opened(link) for link in links]
    assert stranger == f"{service.address}/w/elm-park"
    assert poster == f"{service.address}/w/elm-park/{asked['code']}"
    assert organiser.startswith(stranger)
    assert asked["question"] in pages[1]
    assert "organiser" in pages[2]
    assert "@BotFather" in shown


def opened(link: str) -> str:
    """The page behind a link."""
    with urllib.request.urlopen(link, timeout=10) as page:  # noqa: S310 - our own service
        return str(page.read().decode())


def test_a_second_demo_adds_nothing_but_a_fresh_invitation(bare_desk: Desk) -> None:
    invitations = set()
    towns = []
    for _ in range(2):
        with bare_desk.service("demo") as service:
            shown = service.reads("Stop with Ctrl-C")
            invitations.add(re.findall(r"/w/elm-park/([a-z2-9]{20})$", shown, re.MULTILINE)[0])
            polls = bare_desk.types("poll", "list", "--community", "elm-park", "--json").json
            towns.append((bare_desk.types("community", "list", "--json").json, polls))
    assert len(invitations) == 2
    assert towns[0][1] == towns[1][1]
    assert [one["people"] for one in towns[0][0]] == [one["people"] for one in towns[1][0]]


async def test_a_demo_with_a_bot_shows_its_links_and_commands_know_it_from_then_on(bare_desk: Desk) -> None:
    async with FakeTelegram(username="elm_park_bot", lenient=True) as api:
        telegram = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url}
        shown = await bare_desk.aside(lambda: _shown_by_demo(bare_desk, telegram))
    assert len(re.findall(r"^  https://t\.me/elm_park_bot\?start=\w+$", shown, re.MULTILINE)) == 2
    assert "@BotFather" not in shown
    made = await bare_desk.aside(
        lambda: bare_desk.runs("invite", "organiser", "--community", "elm-park", "--json")
    )
    assert made.json["links"]["telegram"] == f"https://t.me/elm_park_bot?start={made.json['code']}"


def _shown_by_demo(desk: Desk, settings: dict[str, str]) -> str:
    with desk.service("demo", **settings) as service:
        return service.reads("Stop with Ctrl-C")


async def test_a_bot_whose_service_never_ran_is_asked_for_its_name(desk: Desk) -> None:
    async with FakeTelegram(username="elm_park_bot", lenient=True) as api:
        telegram = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url}
        told = await desk.aside(lambda: desk.runs(*ELM_PARK, **telegram))
        checked = await desk.aside(lambda: desk.runs("check", **telegram))
    assert told.json["links"]["telegram"] == "https://t.me/elm_park_bot?start=elm-park"
    assert "✔ telegram: The bot is @elm_park_bot." in checked.out
    assert checked.code == 0


@pytest.mark.parametrize("command", ["run", "check"])
async def test_a_token_that_telegram_does_not_know_is_named_and_not_shown(desk: Desk, command: str) -> None:
    async with FakeTelegram(lenient=True) as api:
        settings = {"TELEGRAM_TOKEN": "123456:WRONG-WRONG", "TELEGRAM_API_URL": api.url, "PORT": "0"}
        told = await desk.aside(lambda: desk.runs(command, **settings))
    assert told.code == 1
    assert "TELEGRAM_TOKEN" in told.out + told.err
    assert "WRONG-WRONG" not in told.out + told.err
    assert "Traceback" not in told.err


def test_a_telegram_that_cannot_be_reached_is_found_by_check_and_leaves_links_out(desk: Desk) -> None:
    telegram = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": "http://127.0.0.1:1"}
    checked = desk.types("check", **telegram)
    assert checked.code == 1
    assert "✘ telegram: http://127.0.0.1:1 gives no answer" in checked.out
    assert desk.types(*ELM_PARK, **telegram).json["links"]["telegram"] is None
