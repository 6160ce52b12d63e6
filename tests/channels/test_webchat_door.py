"""The web chat's door: who may knock, how often, with what; and what a browser is told to allow."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot.channels.webchat.guard import PACES
from bot.errors import Busy
from bot.message import Incoming, Receipt
from bot.models import Seen
from tests.channels.webchat_town import Visitor, WebTown, a_web_town
from tests.databases import Sqlite


@pytest.fixture
async def town(sqlite_files: Sqlite, tmp_path: Path) -> AsyncIterator[WebTown]:
    """On SQLite only: the door is the same whatever is behind it."""
    async with a_web_town(sqlite_files.fresh(tmp_path).render_as_string()) as open_town:
        await open_town.community()
        yield open_town


def words_form(alice: Visitor) -> dict[str, str]:
    """What the page's text field would post."""
    return next(form.fields for form in reversed(alice.page.forms) if "words" in form.fields)


async def turns(town: WebTown) -> int:
    """How many turns the town has handled."""
    async with town.folkmoot.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Seen)) or 0


FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


async def test_a_form_on_another_site_does_nothing(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        form = {**words_form(alice), "words": "hello"}
        for headers in FOREIGN:
            await alice.sends(form, **headers)
            assert alice.answer is not None
            assert alice.answer.status == 403, headers
    assert await turns(town) == 0


async def test_a_form_without_our_proof_does_nothing(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        good = words_form(alice)
        for proof in (
            "",
            "v.1.2.3",
            good["proof"][:-1] + "x",
            "s." + good["proof"][2:],
            "v.zz.zz." + "é" * 9,
        ):
            await alice.sends({**good, "words": "hello", "proof": proof})
            assert alice.answer is not None
            assert alice.answer.status == 403
    assert await turns(town) == 0


async def test_a_proof_belongs_to_one_session(town: WebTown) -> None:
    async with town.visitor() as alice, town.visitor() as bob:
        for one in (alice, bob):
            await one.opens("/w/elm-park")
            await one.says("hello")
        before = await turns(town)
        await bob.sends({**words_form(bob), "words": "hello", "proof": words_form(alice)["proof"]})
        assert bob.answer is not None
        assert bob.answer.status == 403
        assert await turns(town) == before


async def test_a_page_that_was_open_for_days_asks_to_send_once_more_and_then_it_counts(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        town.clock.pass_by(timedelta(days=3))
        await alice.says("hello")
        assert "open for a long time" in alice.page.html
        await alice.presses("Send again")
        assert "hello" in alice.page.text
    assert await turns(town) == 1


async def test_a_script_renews_its_proof_and_sends_the_same_again(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        status, said = await alice.says_by_script(words="hello", proof="stale")
        assert (status, said["stale"]) == (403, True)
        async with alice.http.get("/w/proof") as response:
            fresh = (await response.json())["proof"]
        status, said = await alice.says_by_script(words="hello", proof=fresh)
        assert (status, said["ok"]) == (200, True)
    assert await turns(town) == 1


async def test_two_people_with_the_same_key_are_both_heard(town: WebTown) -> None:
    key = str(uuid4())
    for words in ("hello", "hello"):
        async with town.visitor() as somebody:
            await somebody.opens("/w/elm-park")
            assert (await somebody.says_by_script(words=words, key=key))[0] == 200
    assert await turns(town) == 2


async def test_long_texts_are_refused_kindly_and_given_back(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        first = alice.page
        await alice.says("x" * 4097)
        assert alice.answer is not None
        assert alice.answer.status == 400
        assert "4,096" in alice.page.html
        assert "x" * 4097 in alice.page.html
        alice.page = first
        await alice.says("😀" * 4096)
        assert alice.answer.status == 200
        alice.page = first
        await alice.says("x" * 100_000)
        assert alice.answer.status == 413


NONSENSE = (b"", b"{", b"[]", b'{"key": 1}', b"key=%ff", b"\xff\xfe", b"[" * 60_000)
KINDS = ("application/json", "application/x-www-form-urlencoded", "image/png")


async def test_nonsense_gets_a_sentence_and_never_a_traceback(town: WebTown) -> None:
    async with town.visitor() as alice:
        for body, kind in itertools.product(NONSENSE, KINDS):
            async with alice.http.post("/w/say", data=body, headers={"Content-Type": kind}) as answer:
                assert answer.status == 400, (body[:20], kind)
                assert "We could not read that." in await answer.text()


NOT_OURS = (
    {"press": "x" * 201},
    {"place": "91,0"},
    {"place": "nan,0"},
    {"place": "a"},
    {"command": "Poll x"},
    {"speak": "xx"},
)


async def test_what_no_page_of_ours_sends_is_not_taken_in(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        for fields in NOT_OURS:
            status, said = await alice.says_by_script(**fields)
            assert status == 400, fields
            assert said["error"]
    assert await turns(town) == 0


async def test_forged_and_foreign_buttons_get_a_polite_answer(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        for press in ("v:1", "v:99999999999999999999:0", "nothing", "v:1:0:" + "0" * 150, "é:1"):
            form = words_form(alice)
            await alice.sends({**form, "words": "", "press": press, "message": "999999", "key": str(uuid4())})
            assert alice.answer is not None
            assert alice.answer.status == 200


async def test_control_characters_and_half_letters_do_no_harm(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        status, _ = await alice.says_by_script(words="good\x00 \ud83d morning\r\nall")
        assert status == 200
        await alice.opens("/w/elm-park")
        assert "good morning all" in alice.page.text


async def test_who_sends_too_fast_waits_a_moment(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        statuses = []
        for _ in range(PACES["session"].burst + 2):
            await alice.sends({**words_form(alice), "words": " ", "key": str(uuid4())} | proof_of(alice))
            assert alice.answer is not None
            statuses.append(alice.answer.status)
        assert statuses[-1] == 429
        assert "wait a moment" in alice.page.html
        assert alice.answer is not None
        assert int(alice.answer.headers["Retry-After"]) == 1


def proof_of(alice: Visitor) -> dict[str, str]:
    """The proof on the page, whichever page it is."""
    return {"proof": next(form.fields["proof"] for form in alice.page.forms if "proof" in form.fields)}


async def test_when_the_town_is_busy_nothing_is_lost(town: WebTown, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(incoming: Incoming) -> Receipt:
        raise Busy

    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        chat = next(channel for channel in town.folkmoot.channels if channel.name == "web")
        room = chat._room  # type: ignore[attr-defined]
        open_door, room.submit = room.submit, busy
        status, said = await alice.says_by_script(words="a bench, please")
        assert status == 503
        assert "Nothing is lost" in said["error"]
        await alice.says("a bench, please")
        room.submit = open_door
        await alice.presses("Send again")
        assert "a bench, please" in alice.page.text


async def test_every_answer_is_dressed_strictly(town: WebTown) -> None:
    async with town.visitor() as alice:
        for path in (
            "/w/elm-park",
            "/w/nowhere",
            "/w/proof",
            "/w/embed.js",
            "/w/UP",
            "/w/%00",
            "/w/elm-park/a/b",
        ):
            async with alice.http.get(path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "same-origin"


async def test_the_page_has_no_inline_script_or_style_and_loads_nothing_from_others(town: WebTown) -> None:
    async with town.visitor() as alice:
        html = (await alice.opens("/w/elm-park")).html
        for script in re.findall(r"<script[^>]*>", html):
            assert "src=" in script or 'type="application/json"' in script
        assert "<style" not in html
        assert not re.search(r"\s(style|on\w+)=", html)
        assert not re.search(r'(src|href)="(https?:)?//', html)
        for name in re.findall(r"/w/static/\w+/[\w.]+", html):
            async with alice.http.get(name) as answer:
                assert answer.status == 200
                assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("framed", "parts"), [("", ["SameSite=Lax"]), ("1", ["SameSite=None", "Partitioned"])]
)
async def test_the_cookie_fits_where_the_page_is_shown(
    sqlite_files: Sqlite, tmp_path: Path, framed: str, parts: list[str]
) -> None:
    url = sqlite_files.fresh(tmp_path).render_as_string()
    async with a_web_town(url, public_url="https://town.example") as town, town.visitor() as alice:
        await town.community()
        await alice.opens(f"/w/elm-park?framed={framed}")
        form = {**words_form(alice), "words": "hello"}
        async with alice.http.post("/w/say", data=form, allow_redirects=False) as answer:
            cookie = answer.headers["Set-Cookie"]
        for part in ("HttpOnly", "Secure", "Path=/w", "Max-Age=31536000", *parts):
            assert part in cookie.split("; "), cookie
