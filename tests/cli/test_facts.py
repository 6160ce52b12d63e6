"""Commands that print facts: for people as text, for programs as JSON of a fixed shape."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import utc_now
from bot.commands.polls import _facts
from bot.models import Poll, Tally
from tests.cli.conftest import Desk

ELM_PARK = (
    "community",
    "add",
    "elm-park",
    "--name",
    "Elm Park",
    "--zone",
    "Europe/London",
    "--languages",
    "en",
)


def test_an_operator_founds_a_community_and_finds_it_in_the_list(either_desk: Desk) -> None:
    told = either_desk.types(*ELM_PARK)
    assert told.code == 0
    assert "Elm Park is founded." in told.out
    assert "http://localhost:8080/w/elm-park" in told.out
    listed = either_desk.types("community", "list")
    assert "elm-park: Elm Park (en; Europe/London), people: 0, no organiser yet" in listed.out


def test_a_community_is_founded_with_everything_one_can_say_of_it(desk: Desk) -> None:
    words = [
        *ELM_PARK,
        "--name-in",
        "cy=Parc y Llwyf",
        "--area",
        "North",
        "--area",
        "South",
        "--at",
        "51.55,0.19",
    ]
    founded = desk.types(*words, "--json").json
    assert founded == {
        "slug": "elm-park",
        "name": "Elm Park",
        "names": {"en": "Elm Park", "cy": "Parc y Llwyf"},
        "zone": "Europe/London",
        "languages": ["en"],
        "areas": ["North", "South"],
        "people": 0,
        "organisers": 0,
        "links": {"telegram": None, "web": "http://localhost:8080/w/elm-park"},
    }
    assert desk.types("community", "list", "--json").json == [founded]


def test_a_community_is_founded_on_a_machine_that_had_none(bare_desk: Desk) -> None:
    assert bare_desk.types(*ELM_PARK).code == 0
    assert (bare_desk.folder / "data/folkmoot.db").is_file()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"elm-park": "Elm Park"},
            "A short name has small letters, digits and hyphens only, such as elm-park.",
        ),
        (
            {"Europe/London": "London"},
            "There is no time zone called London. One that exists is Europe/London.",
        ),
        ({"en": "en,tlh"}, "I do not speak tlh yet."),
        ({"en": ","}, "A community needs a name of up to 60 letters and a language."),
    ],
)
def test_a_community_that_cannot_be_is_refused_in_one_sentence(
    desk: Desk, change: dict[str, str], sentence: str
) -> None:
    told = desk.types(*(change.get(word, word) for word in ELM_PARK))
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(sentence)
    assert told.err.count("\n") == 1


def test_a_second_community_of_the_same_name_is_refused(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    assert desk.types(*ELM_PARK).err == "There is a community called elm-park already.\n"


@pytest.mark.parametrize("wrong", [("--at", "here"), ("--at", "91,0"), ("--name-in", "Parc y Llwyf")])
def test_a_mistyped_option_ends_with_2(desk: Desk, wrong: tuple[str, str]) -> None:
    told = desk.types(*ELM_PARK, *wrong)
    assert told.code == 2
    assert "should look like" in told.err


def test_an_invitation_has_a_link_for_each_channel_and_an_end(either_desk: Desk) -> None:
    either_desk.types(*ELM_PARK)
    made = either_desk.types("invite", "organiser", "--community", "elm-park", "--json").json
    assert made["links"] == {"telegram": None, "web": f"http://localhost:8080/w/elm-park/{made['code']}"}
    assert list(made) == ["code", "links", "expires"]
    assert made["expires"].endswith("Z")
    days = datetime.fromisoformat(made["expires"]).astimezone(UTC) - utc_now()
    assert timedelta(days=6, hours=23) < days <= timedelta(days=7)


def test_an_invitation_is_shown_to_be_passed_on(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    told = desk.types("invite", "organiser", "--community", "elm-park", PUBLIC_URL="https://town.example/")
    assert re.search(r"^  https://town\.example/w/elm-park/[a-z2-9]{20}$", told.out, re.MULTILINE)


def test_without_a_web_chat_there_is_no_web_link(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    made = desk.types("invite", "organiser", "--community", "elm-park", "--json", WEBCHAT="false").json
    assert made["links"] == {"telegram": None, "web": None}


def test_nobody_is_invited_to_a_community_that_is_not_there(desk: Desk) -> None:
    told = desk.types("invite", "organiser", "--community", "atlantis")
    assert (told.code, told.out, told.err) == (1, "", "There is no community called atlantis.\n")


def test_nobody_is_invited_to_be_mayor(desk: Desk) -> None:
    told = desk.types("invite", "mayor", "--community", "elm-park")
    assert told.code == 2
    assert "organiser" in told.err


def test_a_community_without_polls_says_so(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    assert (
        desk.types("poll", "list", "--community", "elm-park").out == "Nobody has asked anything there yet.\n"
    )
    assert desk.types("poll", "list", "--community", "elm-park", "--json").json == []


def test_the_doctor_finds_a_quiet_town_well(either_desk: Desk) -> None:
    either_desk.types(*ELM_PARK)
    told = either_desk.types("doctor")
    assert told.code == 0
    assert "Communities: 1, people: 0 (0 of them members), open polls: 0" in told.out
    assert "Nothing waits to be sent." in told.out
    facts: dict[str, Any] = either_desk.types("doctor", "--json").json
    assert facts["outbox"] == []
    assert facts["given_up"] == []
    assert facts["jobs"] == []
    assert facts["communities"] == 1


def test_a_poll_whose_time_is_over_is_closed_even_before_the_clock_has_told_it() -> None:
    now = utc_now()
    poll = Poll(
        id=1, code="abc", question="Bench?", kind="one", choices=["Yes", "No"], options={}, closes_at=now
    )
    tally = Tally(counts={"1": 2}, asked=5, took_part=2)
    assert _facts(poll, tally, now=now - timedelta(seconds=1))["state"] == "open"
    told = _facts(poll, tally, now=now)
    assert told["state"] == "closed"
    assert told["choices"] == [{"text": "Yes", "votes": 0}, {"text": "No", "votes": 2}]
