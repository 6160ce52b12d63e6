"""Letters by e-mail: what arrives at a town hall, and what becomes of a letter that is refused."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.errors import AddressClosed, DeliveryFailed, RetryLater, Undeliverable
from bot.lanes import Lane
from bot.message import Media, Parcel
from bot.models import Address, Envelope
from bot.services import files, mailboxes
from tests.channels.webchat_town import until
from tests.mails.conftest import Post, a_post
from tests.mails.desk import BINS
from tests.mails.town_hall import TownHall


async def ended(post: Post, key: str = "1") -> Envelope:
    """The envelope of a letter, once something is written down about it."""
    found: list[Envelope] = []

    async def look() -> bool:
        async with post.town.folkmoot.database.reading() as session:
            one = (await session.scalars(select(Envelope).where(Envelope.once_key == f"notice:{key}"))).one()
            found[:] = [one]
            return one.reason is not None or one.done_at is not None

    await _until(look)
    return found[0]


async def _until(look: object) -> None:
    import asyncio
    import time

    end = time.monotonic() + 30
    while not await look():  # type: ignore[operator]
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def closed(post: Post, email: str = BINS) -> bool:
    async with post.town.folkmoot.database.reading() as session:
        there = (await session.scalars(select(Address).where(Address.chat == email))).one()
        return there.closed_at is not None


async def test_a_letter_arrives_as_text_and_as_html(post: Post) -> None:
    await post.desk.writes(
        '<b>An overflowing bin</b> &amp; a smell\n\nElm Road, <a href="https://town.example/r">see it</a>'
    )
    letter = await post.hall.gets()
    assert letter.to == BINS
    assert letter.mail["From"] == "Elm Park reports <reports@town.example>"
    assert letter.mail["Subject"] == "Overflowing bin, Elm Road [EP-1042]"
    assert "An overflowing bin & a smell\n\nElm Road, see it (https://town.example/r)" in letter.plain
    assert "<b>An overflowing bin</b> &amp; a smell" in letter.html
    assert '<a href="https://town.example/r">see it</a>' in letter.html
    assert letter.mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in letter.mail.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


async def test_nothing_in_a_letter_is_fetched_from_elsewhere(post: Post) -> None:
    await post.desk.writes(
        "A <script src=https://evil.example/x.js></script> <b>b</b> <img src=https://evil.example/p.png>"
    )
    html = (await post.hall.gets()).html
    assert "<script" not in html
    assert "<img" not in html
    assert "@import" not in html
    assert "url(" not in html


async def test_buttons_become_links_where_their_press_says_what_it_does(post: Post) -> None:
    await post.desk.writes()
    letter = await post.hall.gets()
    assert letter.link("Take it").startswith(post.town.site.replace("127.0.0.1", "localhost") + "/e/")
    assert letter.link("Answer") != letter.link("Take it")
    assert letter.link("On the map") == "https://town.example/map"
    assert "Look:" not in letter.plain
    assert "Look</a>" not in letter.html


async def test_letters_of_one_reference_are_one_thread_at_each_address(post: Post) -> None:
    await post.desk.writes(key="1")
    await post.desk.writes(key="2", subject="EP-1042 is late")
    await post.desk.writes(key="3", thread="EP-1043")
    await post.desk.writes(key="4", to="roads@council.example")
    await post.hall.gets(4)
    letters = {one.mail["Message-ID"]: one for one in post.hall.arrived}
    assert len(letters) == 4
    roots: dict[str, set[str]] = {}
    for one in post.hall.arrived:
        assert one.mail["In-Reply-To"] == one.mail["References"]
        roots.setdefault(one.mail["References"], set()).add(one.mail["Subject"])
    assert sorted(map(sorted, roots.values())) == [
        ["EP-1042 is late", "Overflowing bin, Elm Road [EP-1042]"],
        ["Overflowing bin, Elm Road [EP-1042]"],
        ["Overflowing bin, Elm Road [EP-1043]"],
    ]


async def test_where_nothing_can_come_in_nobody_is_asked_to_answer(database_url: URL) -> None:
    async with a_post(database_url, mail_port=None) as post:
        await post.desk.writes()
        letter = await post.hall.gets()
        assert letter.mail["Reply-To"] is None
        assert letter.sender == "reports@town.example"
        assert "You can answer" not in letter.plain
        assert "above this line" not in letter.html


@pytest.mark.parametrize(("language", "way", "line"), [("cy", "ltr", "Dewis"), ("ur", "rtl", "لکھیں")])
async def test_a_letter_speaks_the_language_of_its_address(
    post: Post, language: str, way: str, line: str
) -> None:
    await post.desk.writes("Bin", language=language)
    letter = await post.hall.gets()
    assert f'<html lang="{language}" dir="{way}">' in letter.html
    assert letter.mail["Content-Language"] == language
    assert "Please write" not in letter.plain


def a_picture(size: tuple[int, int] = (60, 40)) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 90).save(file, "JPEG", quality=95)
    return file.getvalue()


async def kept(post: Post, content: bytes) -> Media:
    async with post.town.folkmoot.database.writing() as session:
        return await files.keep(
            session, content, kind="photo", name="bin.jpg", media_type="image/jpeg", subject="test",
            life=timedelta(days=9), now=post.town.clock(), about="A full bin",
        )  # fmt: skip


async def test_a_small_picture_travels_inside(post: Post) -> None:
    picture = a_picture()
    await post.desk.writes(media=await kept(post, picture))
    letter = await post.hall.gets()
    inside = [part for part in letter.mail.walk() if part.get_content_type() == "image/jpeg"]
    assert [part.get_content() for part in inside] == [picture]
    assert 'src="cid:picture" alt="A full bin"' in letter.html
    assert inside[0]["Content-ID"] == "<picture>"


async def test_a_large_picture_is_a_link_that_ends(post: Post) -> None:
    picture = a_picture((1900, 1500))
    assert len(picture) > 2 * 1024 * 1024
    await post.desk.writes(media=await kept(post, picture))
    letter = await post.hall.gets()
    assert "image/jpeg" not in [part.get_content_type() for part in letter.mail.walk()]
    link = letter.link("A full bin").partition("/e/")[2]
    async with post.town.visitor() as visitor:
        async with visitor.http.get(f"/e/{link}") as found:
            assert (found.status, found.content_type, await found.read()) == (200, "image/jpeg", picture)
            assert found.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        post.town.clock.pass_by(timedelta(days=31))
        async with visitor.http.get(f"/e/{link}") as found:
            assert found.status == 410


async def test_a_letter_that_may_have_arrived_is_sent_again_under_the_same_name(database_url: URL) -> None:
    hall = TownHall(hangs_up_after_letters=1)
    async with a_post(database_url, hall) as post:
        parcel = await a_parcel(post)
        with pytest.raises(RetryLater) as failure:
            await post.channel.deliver(parcel)
        assert failure.value.maybe_arrived
        name = await post.channel.deliver(parcel)
        first, second = hall.arrived
        assert first.mail["Message-ID"] == second.mail["Message-ID"] == f"<{name}@town.example>"
        assert bytes(first.mail) == bytes(second.mail)


async def a_parcel(
    post: Post, *, lane: Lane = Lane.PERSONAL, email: str = BINS, number: int = 7_000
) -> Parcel:
    """A letter that no postman knows of."""
    from bot.message import Message

    async with post.town.folkmoot.database.writing() as session:
        await mailboxes.at(session, email, language="en", now=post.town.clock())
    message = Message("A bin", subject="Bin", thread="EP-1")  # type: ignore[arg-type]
    return Parcel(number, email, "send", message, lane=lane, asked_at=post.town.clock())


REFUSALS = {
    "greylisted": ("450 4.2.0 Greylisted, come back in five minutes", RetryLater, "450 4.2.0"),
    "mailbox full": ("552 5.2.2 Mailbox full", RetryLater, "552 5.2.2"),
    "nobody there": ("550 5.1.1 No such user bins@council.example", AddressClosed, "550 5.1.1"),
    "nobody there, in few words": ("550 no such user", AddressClosed, "550"),
    "we are not liked": ("554 5.7.1 Your network is on our list", Undeliverable, "554 5.7.1"),
    "not let in": ("530 Authentication required", Undeliverable, "530"),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_each_refusal_of_an_address_has_its_fate(post: Post, case: str) -> None:
    said, fate, reason = REFUSALS[case]
    post.hall.refuses[BINS] = [said]
    with pytest.raises(DeliveryFailed) as failure:
        await post.channel.deliver(await a_parcel(post))
    assert type(failure.value) is fate
    assert failure.value.reason == reason
    if isinstance(failure.value, RetryLater):
        assert failure.value.whole_chat, "others are not kept waiting, and it is tried for days"


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ("451 4.3.0 Try later", RetryLater),
        ("552 5.3.4 Too large", Undeliverable),
        ("421 Closing", RetryLater),
    ],
)
async def test_each_refusal_of_a_letter_has_its_fate(
    post: Post, said: str, fate: type[DeliveryFailed]
) -> None:
    post.hall.refuses_letters = [said]
    with pytest.raises(DeliveryFailed) as failure:
        await post.channel.deliver(await a_parcel(post))
    assert type(failure.value) is fate
    assert not getattr(failure.value, "maybe_arrived", False)


async def test_a_server_that_is_away_stops_the_channel_and_costs_no_attempt(database_url: URL) -> None:
    async with a_post(database_url, smtp_url="smtp+plain://127.0.0.1:1") as post:
        with pytest.raises(RetryLater) as failure:
            await post.channel.deliver(await a_parcel(post))
        assert failure.value.whole_channel
        assert not failure.value.maybe_arrived
        assert "cannot be reached" in (post.channel.trouble or "")


async def test_a_refused_address_is_closed_and_the_cause_can_be_seen(post: Post) -> None:
    post.hall.refuses[BINS] = ["550 5.1.1 <bins@council.example>: no such user"]
    await post.desk.writes()
    envelope = await ended(post)
    assert (envelope.state, envelope.reason) == ("refused", "550 5.1.1")
    assert await closed(post)
    async with post.town.folkmoot.database.reading() as session:
        (failing,) = await mailboxes.failing(session)
    assert (failing.email, failing.cause, failing.closed) == (BINS, "550 5.1.1", True)


async def test_a_greylisted_letter_arrives_later(post: Post) -> None:
    post.hall.refuses[BINS] = ["450 4.2.0 Greylisted"]
    await post.desk.writes()
    assert (await ended(post)).state == "claimed"
    assert not await closed(post)
    await post.desk.writes(key="2", to="roads@council.example")
    assert (await post.hall.gets()).to == "roads@council.example", "nobody else waits for it"


async def test_answers_to_one_address_come_to_an_end(post: Post) -> None:
    for number in range(30):
        await post.channel.deliver(await a_parcel(post, lane=Lane.REPLY, number=number + 1))
    with pytest.raises(Undeliverable):
        await post.channel.deliver(await a_parcel(post, lane=Lane.REPLY, number=31))
    await post.channel.deliver(await a_parcel(post, lane=Lane.PERSONAL, number=32))
    await post.channel.deliver(await a_parcel(post, lane=Lane.REPLY, email="a@b.example", number=33))
    await until(lambda: len(post.hall.arrived) == 32, "all others arrive")


async def test_the_login_is_used_and_a_wrong_one_is_named(
    database_url: URL, caplog: pytest.LogCaptureFixture
) -> None:
    hall = TownHall(logins={"reports": "open sesame"})
    async with a_post(database_url, hall, login="reports:open%20sesame@") as post:
        await post.channel.deliver(await a_parcel(post))
        assert len(hall.arrived) == 1
        hall.logins = {"reports": "another"}
        with pytest.raises(RetryLater):
            await post.channel.deliver(await a_parcel(post))
        assert post.channel.trouble == "The mail server does not accept the login in SMTP_URL (535)."
        hall.logins = {"reports": "open sesame"}
        await post.channel.deliver(await a_parcel(post))
        assert not post.channel.trouble
    assert "sesame" not in caplog.text
    assert BINS not in caplog.text
