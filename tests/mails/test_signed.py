"""Buttons of letters: a link shows what it does, one press does it once, and a forged or old one says so."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from bot.channels.email.stamps import Link
from tests.channels.webchat_town import Visitor
from tests.mails.conftest import Post
from tests.mails.desk import BINS


async def look(visitor: Visitor, path: str) -> tuple[int, str]:
    async with visitor.http.get(path) as page:
        return page.status, _words(await page.text())


async def press(visitor: Visitor, path: str, **fields: str) -> tuple[int, str]:
    async with visitor.http.post(path, data=fields or {"x": ""}) as page:
        return page.status, _words(await page.text())


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<body>")[2])).strip()


async def link(post: Post, label: str) -> str:
    await post.desk.writes()
    return "/e/" + (await post.hall.gets()).link(label).partition("/e/")[2]


async def test_to_open_a_link_changes_nothing(post: Post) -> None:
    path = await link(post, "Take it")
    before = await post.town.rows()
    async with post.town.visitor() as scanner:
        for _ in range(3):
            status, words = await look(scanner, path)
    assert status == 200
    assert "Your team looks after it from now on." in words
    assert "Reference: EP-1042" in words
    assert BINS in words
    assert not post.desk.acts
    assert await post.town.rows() == before


async def test_one_press_does_it_and_says_what_came_of_it(post: Post) -> None:
    path = await link(post, "Take it")
    async with post.town.visitor() as officer:
        status, words = await press(officer, path)
        assert (status, post.desk.acts) == (200, [("take", BINS, "EP-1042", None)])
        assert "It is yours now." in words
        assert f"If there is more to say, it comes to {BINS}." in words
        answer = await post.hall.gets(2)
        assert answer.to == BINS
        assert "You have it." in answer.plain
        assert answer.mail["Subject"] == "You have it. Answer whenever you like. [EP-1042]"
        assert answer.mail["References"] == post.hall.arrived[0].mail["References"]
        _, words = await press(officer, path)
    assert "This was done already." in words
    assert len(post.desk.acts) == 1


async def test_two_presses_at_once_are_one(post: Post) -> None:
    path = await link(post, "Take it")
    async with post.town.visitor() as one, post.town.visitor() as other:
        told = await asyncio.gather(*(press(visitor, path) for visitor in (one, other, one, other)))
    assert [status for status, _ in told] == [200] * 4
    assert len(post.desk.acts) == 1


async def test_words_come_along_with_the_press(post: Post) -> None:
    path = await link(post, "Answer")
    async with post.town.visitor() as officer:
        _, words = await look(officer, path)
        assert "Your answer" in words
        await press(officer, path, words="  We empty it on Monday.\r\nSorry for the smell. ")
    assert post.desk.acts == [("answer", BINS, "EP-1042", "We empty it on Monday.\nSorry for the smell.")]


async def test_no_words_are_asked_for_again_and_the_rest_is_kept(post: Post) -> None:
    path = await link(post, "Answer")
    async with post.town.visitor() as officer:
        status, words = await press(officer, path, words="   ")
        assert (status, "Please write some words first." in words) == (400, True)
        status, words = await press(officer, path, words="x" * 10_001)
        assert (status, "This is too long to send." in words) == (413, True)
        status, _ = await press(officer, path, words="x" * 200_000)
        assert status == 413
    assert not post.desk.acts


async def test_a_refusal_is_said_on_the_page_and_can_be_tried_otherwise(post: Post) -> None:
    path = await link(post, "Answer")
    async with post.town.visitor() as officer:
        _, words = await press(officer, path, words="no")
        assert "Please say a little more." in words
        _, words = await press(officer, path, words="It is done")
        assert "Done. Thank you." in words
    assert [words for *_, words in post.desk.acts] == ["It is done"]


async def test_hostile_words_are_words(post: Post) -> None:
    path = await link(post, "Answer")
    async with post.town.visitor() as officer:
        await press(officer, path, words="</textarea><script>alert(1)</script>\0\x1b[31m")
        async with officer.http.post(path, data={"words": "<b>" * 9_000}) as page:
            assert "<b><b>" not in await page.text()
    assert post.desk.acts[0][3] == "</textarea><script>alert(1)</script>[31m"


@pytest.mark.parametrize("change", ["another sign", "another press", "cut off", "nonsense"])
async def test_a_forged_link_is_none(post: Post, change: str) -> None:
    path = await link(post, "Take it")
    body, _, seal = path.removeprefix("/e/").partition(".")
    forged = {
        "another sign": f"{body}.{seal[::-1]}",
        "another press": f"{body[:-2]}AA.{seal}",
        "cut off": f"{body}.{seal[:-1]}",
        "nonsense": "A" * 80,
    }[change]
    async with post.town.visitor() as mallory:
        for told in (await look(mallory, f"/e/{forged}"), await press(mallory, f"/e/{forged}")):
            assert told[0] == 404
            assert "This link is not whole." in told[1]
    assert not post.desk.acts


async def test_an_old_link_says_that_it_is_old(post: Post) -> None:
    path = await link(post, "Take it")
    post.town.clock.pass_by(timedelta(days=29))
    async with post.town.visitor() as officer:
        assert (await look(officer, path))[0] == 200
        post.town.clock.pass_by(timedelta(days=2))
        for status, words in (await look(officer, path), await press(officer, path)):
            assert status == 410
            assert "This link is too old." in words
    assert not post.desk.acts


async def test_a_press_that_may_not_be_a_link_is_none_even_when_signed(post: Post) -> None:
    await post.desk.writes()
    await post.hall.gets()
    stamps = await post.stamps()
    token = stamps.link(Link("press", 1, None, "x3:7"), now=post.town.clock())
    async with post.town.visitor() as mallory:
        assert (await press(mallory, f"/e/{token}"))[0] == 410
    assert not post.desk.acts


async def test_the_page_speaks_the_language_of_the_address(post: Post) -> None:
    await post.desk.writes(language="ur")
    path = "/e/" + (await post.hall.gets()).link("Take it").partition("/e/")[2]
    async with post.town.visitor() as officer:
        async with officer.http.get(path, headers={"Accept-Language": "pl"}) as page:
            assert '<html lang="ur" dir="rtl">' in await page.text()
        async with officer.http.get(path + "?lang=cy") as page:
            assert '<html lang="cy" dir="ltr">' in await page.text()


async def test_browsers_are_told_to_load_nothing_and_to_tell_nobody(post: Post) -> None:
    path = await link(post, "Take it")
    async with post.town.visitor() as officer, officer.http.get(path) as page:
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
