"""The web chat's small rules: who may frame it, how buckets fill, which language a browser wants most."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from bot.channels.webchat.buckets import Buckets, Pace
from bot.channels.webchat.guard import client
from bot.channels.webchat.manners import ancestors
from bot.readers import accepted


@pytest.mark.parametrize(
    ("setting", "rule"),
    [
        ("*", "'self' *"),
        ("", "'self'"),
        ("none", "'self'"),
        (
            "https://elm.example, https://*.town.example:8443",
            "'self' https://elm.example https://*.town.example:8443",
        ),
        ("https://a.example; *", "'self' *"),
    ],
)
def test_only_sites_can_be_named_as_frames(setting: str, rule: str) -> None:
    assert ancestors(setting) == rule


def test_a_bucket_gives_its_burst_and_fills_again() -> None:
    buckets = Buckets(Pace(burst=2, per_second=0.5))
    assert [buckets.wait("alice", 0), buckets.wait("alice", 0), buckets.wait("alice", 0)] == [0, 0, 2]
    assert buckets.wait("bob", 0) == 0
    assert buckets.wait("alice", 2) == 0
    assert buckets.wait("alice", 2) == 2


def test_buckets_do_not_grow_without_end() -> None:
    buckets = Buckets(Pace(burst=2, per_second=1), keep=100)
    for number in range(1000):
        buckets.wait(str(number), 0)
    assert len(buckets._buckets) <= 101


def test_the_dearest_language_comes_first() -> None:
    assert accepted("en;q=0.5, pl, cy;q=0.8, *;q=0.1, xx;q=0, yy;q=a") == ["pl", "cy", "en"]


@pytest.mark.parametrize(
    ("peer", "told", "believed"),
    [
        ("127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("8.8.8.8", "6.6.6.6", "8.8.8.8"),
    ],
)
def test_only_a_proxy_nearby_is_believed_about_who_comes(peer: str, told: str, believed: str) -> None:
    request = make_mocked_request("GET", "/w/elm-park", headers={"X-Forwarded-For": told})
    assert client(request.clone(remote=peer)) == believed
