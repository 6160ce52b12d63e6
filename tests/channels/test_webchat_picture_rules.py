"""What is no picture, too much or too fast on the web: said kindly, nothing kept, nothing of the words lost."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import FormData

from bot.channels.webchat import brought
from bot.channels.webchat.guard import PACES
from bot.intake import LARGEST
from bot.message import Incoming
from tests.channels.test_webchat_pictures import files, handed_in, lying, town, web
from tests.channels.webchat_town import WebTown
from tests.photographs import photograph

__all__ = ["handed_in", "town"]


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
    "hide", ["{", "5", "[5]", "[[1,2,3]]", '[["a",0,0,0]]', "[[1e999,0,0,1]]", "[[NaN,0,1,1]]", "[" * 9999]
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
