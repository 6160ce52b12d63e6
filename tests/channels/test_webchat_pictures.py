"""Pictures on the web: sent with a form, kept without what their camera noted, shown to who sent them, handed in."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData
from PIL import Image
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.channels.webchat import brought
from bot.channels.webchat.guard import PACES
from bot.intake import LARGEST
from bot.message import Attached, Command, Incoming, Place, Receipt
from bot.models import File, Resident, WebLine
from tests.channels.webchat_town import Visitor, WebTown, a_web_town
from tests.photographs import HEIC, LAMP, SECRET, near, opened, photograph


@pytest.fixture
async def town(database_url: URL, tmp_path: Path) -> AsyncIterator[WebTown]:
    url = database_url.render_as_string(hide_password=False)
    async with a_web_town(url, media_dir=tmp_path / "media") as open_town:
        await open_town.community()
        yield open_town


def web(town: WebTown) -> Any:
    return next(channel for channel in town.folkmoot.channels if channel.name == "web")._room  # type: ignore[attr-defined]


@pytest.fixture
def handed_in(town: WebTown) -> list[Incoming]:
    """What reaches the dispatcher."""
    room, taken = web(town), []
    submit = room.submit

    async def noted(incoming: Incoming) -> Receipt:
        taken.append(incoming)
        receipt: Receipt = await submit(incoming)
        return receipt

    room.submit = noted
    return taken


def attached(incoming: Incoming) -> Attached:
    assert isinstance(incoming.what, Attached)
    return incoming.what


async def files(town: WebTown) -> list[File]:
    async with town.folkmoot.database.reading() as session:
        return list(await session.scalars(select(File).order_by(File.created_at)))


def lying(town: WebTown) -> list[bytes]:
    kept = town.folkmoot.settings.media_dir / "kept"
    return [path.read_bytes() for path in kept.rglob("*") if path.is_file() and len(path.name) == 64]


def shown(alice: Visitor) -> list[str]:
    """The addresses of the pictures on the page."""
    return [
        part.partition('"')[0] for part in alice.page.html.split('<img src="')[1:] if "/w/media/" in part[:60]
    ]


async def test_a_picture_is_handed_in_with_its_words_and_seen_by_who_sent_it(
    town: WebTown, handed_in: list[Incoming]
) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph(), "The lamp is broken.")
        assert "I can only read words and taps for now." in alice.page.text
        assert "The lamp is broken." in alice.page.text
        (address,) = shown(alice)
        async with alice.http.get(address) as answer:
            assert (answer.status, answer.content_type) == (200, "image/jpeg")
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Disposition"] == "inline; filename=picture"
            assert answer.headers["Cache-Control"] == "no-store"
            content = await answer.read()
        assert opened(content).size == (64, 32)
    what = attached(handed_in[0])
    assert (what.text, what.place, what.command) == ("The lamp is broken.", Place(*LAMP), None)
    assert (what.media.kind, dict(what.media.files), what.media.size) == ("photo", {}, len(content))
    assert address == f"/w/media/{what.media.key}"
    assert await asyncio.to_thread(lying, town) == [content]
    assert SECRET.encode() not in content
    (row,) = await files(town)
    assert (row.kind, row.name, row.type, row.size) == ("photo", "picture.jpg", "image/jpeg", len(content))


async def test_nobody_else_sees_it(town: WebTown) -> None:
    async with town.visitor() as alice, town.visitor() as eve:
        for one in (alice, eve):
            await one.opens("/w/elm-park")
            await one.sends_picture(photograph())
        (address,) = shown(alice)
        assert (await alice.http.get(address)).status == 200
        assert (await eve.http.get(address)).status == 404
        async with ClientSession(town.site, headers={"Accept": "text/html"}) as nobody:
            assert (await nobody.get(address)).status == 404
    owners = [row.owner_id for row in await files(town)]
    async with town.folkmoot.database.reading() as session:
        assert sorted(owners) == sorted(await session.scalars(select(Resident.id)))  # type: ignore[type-var]
    assert len(await asyncio.to_thread(lying, town)) == 1, "the same picture is kept once"


async def test_where_it_was_taken_stands_in_no_line_and_no_row_of_it(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph(), "Look.")
    async with town.folkmoot.database.reading() as session:
        said = [str(line.body) for line in await session.scalars(select(WebLine))]
    rows = [
        str({name: getattr(row, name) for name in ("names", "name", "subject")}) for row in await files(town)
    ]
    assert not [text for text in said + rows if "51.5" in text or "0.125" in text]


async def test_after_a_day_it_is_gone_unless_something_needs_it(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph())
        (address,) = shown(alice)
        await town.passes(hours=23)
        assert (await alice.http.get(address)).status == 200
        for _ in range(5):
            await town.passes(hours=1)
        assert (await alice.http.get(address)).status == 404
    assert await asyncio.to_thread(lying, town) == []


async def test_who_erases_themselves_takes_it_along(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph())
        await alice.says("/forgetme")
        await alice.presses("Yes, erase it")
    assert await files(town) == []
    for _ in range(3):
        await town.passes(hours=1)
    assert await asyncio.to_thread(lying, town) == []


async def test_sent_again_after_a_lost_answer_it_is_one_picture_and_one_turn(
    town: WebTown, handed_in: list[Incoming]
) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        for _ in range(3):
            assert (await alice.sends_picture_by_script(photograph(), "Look."))[0] == 200
            alice.http.cookie_jar.clear()  # it came with the answer that was lost
    assert len({one.key for one in handed_in}) == 1
    assert len({attached(one).media.key for one in handed_in}) == 1
    assert len(await files(town)) == 1
    async with town.folkmoot.database.reading() as session:
        mine = (await session.scalars(select(WebLine).where(WebLine.kind == "mine"))).all()
    assert len(mine) == 1


async def test_it_is_kept_before_anything_is_said_of_it(town: WebTown) -> None:
    """Whoever reads the turn finds the picture, whatever happens after."""
    room = web(town)
    seen: list[bytes | None] = []

    async def look(incoming: Incoming) -> Receipt:
        made = await room.intake.drawer.take(attached(incoming).media.key)
        seen.append(made and made.content)
        return Receipt("done")

    room.submit = look
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture_by_script(photograph())
    assert seen == await asyncio.to_thread(lying, town)


async def test_a_command_beside_it_is_a_command(town: WebTown, handed_in: list[Incoming]) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph(), "/announce The hall")
        await alice.sends_picture(photograph(), "/help")
    assert [attached(one).command for one in handed_in] == [Command("announce", "The hall"), Command("help")]


async def test_what_was_drawn_over_is_hidden_before_anything_is_kept(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(photograph(size=(640, 320)), hide="[[0.45, 0.1, 0.2, 0.8]]")
        (address,) = shown(alice)
        got = opened(await (await alice.http.get(address)).read())
    assert near(got.getpixel((50, 160)), (254, 0, 0))
    assert not near(got.getpixel((315, 160)), (254, 0, 0)), "red and blue are mixed here"
    assert len(await asyncio.to_thread(lying, town)) == 1


async def test_what_an_iphone_takes_is_taken(town: WebTown, handed_in: list[Incoming]) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(HEIC)
        assert opened(await (await alice.http.get(shown(alice)[0])).read()).size == (32, 64)
    assert attached(handed_in[0]).place == Place(*LAMP)


NO_PICTURES = {
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "half of one": photograph(size=(400, 400))[:-900],
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
async def test_what_is_no_picture_is_refused_kindly_and_the_words_are_given_back(
    town: WebTown, content: bytes
) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        await alice.sends_picture(content, "My <words>")
        assert alice.answer is not None
        assert alice.answer.status == 422
        assert "I could not read that picture: it is broken, or too large." in alice.page.html
        assert "My &lt;words&gt;" in alice.page.html
        await alice.sends_picture(photograph(), "My words")
        assert alice.answer.status == 200
        assert "My words" in alice.page.text


async def test_what_is_too_large_is_refused_after_it_was_heard_out(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        status, said = await alice.sends_picture_by_script(bytes(LARGEST + 1))
        assert (status, said["error"]) == (
            413,
            "That file is larger than 10 megabytes. Please send a smaller one.",
        )
        status, _ = await alice.sends_picture_by_script(bytes(3 * LARGEST))
        assert status == 413
        assert await files(town) == []


async def test_a_form_without_our_proof_or_from_another_site_keeps_nothing(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        status, said = await alice.sends_picture_by_script(photograph(), proof="v.1.2.3")
        assert (status, said["stale"]) == (403, True)
        form, headers = alice.with_picture(photograph()), {"Origin": "https://evil.example"}
        assert (await alice.http.post("/w/say", data=form, headers=headers)).status == 403
    assert await files(town) == []
    assert await asyncio.to_thread(lying, town) == []


async def test_who_sends_many_pictures_waits_a_moment(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        statuses = []
        for number in range(PACES["pictures"].burst + 1):
            status, _ = await alice.sends_picture_by_script(
                photograph(size=(8, 8)), key=f"key-number-{number}"
            )
            statuses.append(status)
    assert statuses == [200] * PACES["pictures"].burst + [429]


async def test_when_many_are_on_their_way_it_comes_again_and_nothing_is_lost(
    town: WebTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web(town).guard, "pictures", asyncio.Semaphore(0))
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        async with alice.http.post(
            "/w/say", data=alice.with_picture(photograph()), headers={"Accept": "application/json"}
        ) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert "Nothing is lost" in (await answer.json())["error"]


async def test_one_that_never_ends_is_given_up(town: WebTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brought, "WITHIN", 0.2)

    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        form = alice.with_picture(photograph())()
        body = await form.as_bytes()
    head = (
        f"POST /w/say HTTP/1.1\r\nHost: {town.site[7:]}\r\nAccept: application/json\r\n"
        f"Content-Type: {form.headers['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    coming, going = await asyncio.open_connection("127.0.0.1", int(town.site.rpartition(":")[2]))
    going.write(head.encode() + body[:-200])
    async with asyncio.timeout(20):
        answered = await coming.readline()
    going.close()
    await going.wait_closed()
    assert answered.split()[1] == b"408"


async def test_words_alone_may_come_in_the_same_form(town: WebTown) -> None:
    """As they do without scripts: the field for the picture is there and empty."""
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        for chosen in ("", None):
            form = FormData()
            for name, value in next(f for f in alice.page.forms if "picture" in f.fields).fields.items():
                if name != "picture":
                    form.add_field(name, "Hello" if name == "words" else value)
            if chosen is not None:
                form.add_field("picture", b"", filename=chosen, content_type="application/octet-stream")
            async with alice.http.post("/w/say", data=form) as answer:
                page = await answer.text()
            assert answer.status == 200
            assert page.count('<p dir="auto">Hello</p>') == 1
    assert await files(town) == []


NONSENSE: dict[str, tuple[str, bytes]] = {
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n--x--"),
    "another boundary": ("multipart/form-data; boundary=y", b"--x\r\n\r\n--x--"),
    "nothing": ("multipart/form-data; boundary=x", b""),
    "the end only": ("multipart/form-data; boundary=x", b"--x--\r\n"),
    "no name": ("multipart/form-data; boundary=x", b"--x\r\n\r\nhello\r\n--x--\r\n"),
    "cut off": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a"\r\n\r\nabc',
    ),
    "the picture first": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a"\r\n\r\nabc\r\n--x--\r\n',
    ),
    "a form in a form": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n--y--\r\n--x--\r\n",
    ),
    "not of letters": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\n\xff\xfe\r\n--x--\r\n',
    ),
    "too many": (
        "multipart/form-data; boundary=x",
        b"".join(
            b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % number for number in range(99)
        )
        + b"--x--\r\n",
    ),
    "packed": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="key"\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\r\n--x--\r\n',
    ),
}


@pytest.mark.parametrize(("kind", "body"), NONSENSE.values(), ids=NONSENSE)
async def test_a_form_that_is_none_gets_a_sentence(town: WebTown, kind: str, body: bytes) -> None:
    async with (
        town.visitor() as alice,
        alice.http.post("/w/say", data=body, headers={"Content-Type": kind}) as answer,
    ):
        assert answer.status == 400
        assert "We could not read that." in await answer.text()


async def test_words_beside_a_picture_are_no_longer_than_elsewhere(town: WebTown) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        assert (await alice.sends_picture_by_script(photograph(), "x" * 4097))[0] == 400
        assert (await alice.sends_picture_by_script(photograph(), "x" * 100_000))[0] == 413
        assert (await alice.sends_picture_by_script(photograph(), press="v:1:0", command="help"))[0] == 200
    assert len(await files(town)) == 1


@pytest.mark.parametrize(
    "hide", ["{", "5", "[5]", "[[1,2,3]]", '[["a",0,0,0]]', "[[1e999,0,0,0]]" * 2, "[" * 9999]
)
async def test_parts_that_make_no_sense_keep_nothing(town: WebTown, hide: str) -> None:
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        assert (await alice.sends_picture_by_script(photograph(), hide=hide))[0] == 400
        assert (await alice.sends_picture_by_script(photograph(), hide=str([[0, 0, 1, 1]] * 21)))[0] == 400
    assert await files(town) == []


async def test_a_store_that_is_full_is_our_trouble_and_nothing_is_said_to_be_done(
    town: WebTown, handed_in: list[Incoming], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(town.folkmoot.intake.store, "put", full)
    async with town.visitor() as alice:
        await alice.opens("/w/elm-park")
        status, said = await alice.sends_picture_by_script(photograph())
    assert (status, handed_in) == (503, [])
    assert "not working on our side" in said["error"]


def test_the_picture_of_a_test_is_one() -> None:
    assert Image.open(io.BytesIO(photograph())).size == (64, 32)
