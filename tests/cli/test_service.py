"""`folkmoot run` and `folkmoot demo`: the service starts, says where to go, and ends when asked."""

from __future__ import annotations

import asyncio
import re
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot import demo
from bot.clock import utc_now
from bot.db import Database
from bot.models import Base, Poll, Tally
from bot.services import polls
from tests.cli.conftest import Desk, free_port
from tests.fake_telegram import FakeTelegram


def test_run_makes_the_database_and_seeds_nothing(bare_desk: Desk):
    with bare_desk.service("run") as service:
        assert bare_desk.types("community", "list", "--json").json == []
        told = service.stop()
    assert told.code == 0
    assert told.out == ""
    assert "Traceback" not in told.err


def test_a_first_demo_says_where_to_go_and_each_address_opens(bare_desk: Desk):
    with bare_desk.service("demo") as service:
        told = _shown(bare_desk, service)
        asked = bare_desk.types("poll", "list", "--community", "elm-park", "--json").json[0]
        links = re.findall(r"^  (http\S+)$", told, re.MULTILINE)
        assert f"{service.address.replace('127.0.0.1', 'localhost')}/w/elm-park" in links
        assert f"{service.address.replace('127.0.0.1', 'localhost')}/w/elm-park/{asked['code']}" in links
        for link in links:
            with urllib.request.urlopen(link.replace("localhost", "127.0.0.1"), timeout=10) as page:
                assert page.status == 200
                assert asked["question"] in page.read().decode() or asked["code"] not in link
    assert "BotFather" in told
    assert service.stop().code == 0


def _shown(desk: Desk, service: "Service") -> str:  # noqa: UP037
    raise NotImplementedError


@pytest.fixture
def town_database(database_url: URL):  # type: ignore[no-untyped-def]
    return Database(database_url)
