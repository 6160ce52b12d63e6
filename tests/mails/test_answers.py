"""Answers by e-mail: passed on with their thread, held until the writer is known, and never believed by their name."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.channels.email import office
from bot.models import Address, HeldMail, Mailbox, Resident
from bot.services import files, mailboxes
from bot.services.people import residents
from tests.mails.conftest import Post, a_post
from tests.mails.desk import BINS
from tests.mails.test_letters import a_picture
from tests.mails.test_signed import look, press
from tests.mails.town_hall import Arrived

ALICE = "alice@council.example"


def a_mail(
    letter: Arrived, text: str = "We empty it on Monday.", *, by: str = BINS, name: str = "1", **heads: str
) -> tuple[bytes, str]:
    """An answer to a letter, as a mail program writes it, and where it goes."""
    mail = EmailMessage()
    mail["From"], mail["To"] = by, letter.mail["Reply-To"]
    mail["Subject"] = f"Re: {letter.mail['Subject']}"
    mail["Message-ID"] = f"<{name}@council.example>"
    mail["In-Reply-To"] = letter.mail["Message-ID"]
    for head, value in heads.items():
        mail[head.replace("_", "-")] = value
    quoted = "\n".join(f"> {line}" for line in letter.plain.splitlines())
    mail.set_content(f"{text}\n\nOn Mon, 23 Nov 2026 at 10:00, Elm Park reports wrote:\n{quoted}\n")
    return bytes(mail), letter.mail["Reply-To"].addresses[0].addr_spec


async def a_letter(post: Post, **about: str) -> Arrived:
    await post.desk.writes(**about)  # type: ignore[arg-type]
    return await post.hall.gets()


async def count(post: Post, table: type) -> int:
    async with post.town.folkmoot.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_an_answer_from_the_address_we_wrote_to_is_passed_on(post: Post) -> None:
    letter = await a_letter(post)
    assert (await post.brings(*a_mail(letter))).startswith("250")
    ((sender, about, reply),) = post.desk.replies
    assert (sender, about, reply.to, reply.text) == (BINS, "EP-1042", BINS, "We empty it on Monday.")
    answer = await post.hall.gets(2)
    assert (answer.to, "They read it now." in answer.plain) == (BINS, True)
    assert answer.mail["References"] == letter.mail["References"]
    async with post.town.folkmoot.database.reading() as session:
        assert await mailboxes.confirmed(session, BINS)


async def test_the_same_mail_twice_is_one_answer(post: Post) -> None:
    mail, to = a_mail(await a_letter(post))
    told = await asyncio.gather(*(post.brings(mail, to) for _ in range(4)))
    assert all(one.startswith("250") for one in told)
    assert len(post.desk.replies) == 1


async def test_somebody_else_is_asked_first_and_what_they_wrote_is_held(post: Post) -> None:
    letter = await a_letter(post)
    await post.brings(*a_mail(letter, by=ALICE))
    asked = await post.hall.gets(2)
    assert (asked.to, post.desk.replies) == (ALICE, [])
    assert asked.mail["Subject"] == "Is this address yours? (EP-1042)"
    assert "Monday" not in asked.plain
    path = "/e/" + asked.link("Yes, it is mine").partition("/e/")[2]
    async with post.town.visitor() as visitor:
        _, words = await look(visitor, path)
        assert ALICE in words
        assert await count(post, HeldMail) == 1
        _, words = await press(visitor, path)
        assert "Done. Thank you." in words
    ((sender, about, reply),) = post.desk.replies
    assert (sender, about, reply.to, reply.text) == (ALICE, "EP-1042", BINS, "We empty it on Monday.")
    assert await count(post, HeldMail) == 0
    await post.brings(*a_mail(letter, "And again on Friday.", by=ALICE, name="2"))
    assert [reply.text for *_, reply in post.desk.replies][1:] == ["And again on Friday."]
    async with post.town.visitor() as visitor:
        await press(visitor, path)
    assert len(post.desk.replies) == 2


async def test_they_may_confirm_by_answering(post: Post) -> None:
    await post.brings(*a_mail(await a_letter(post), by=ALICE))
    asked = await post.hall.gets(2)
    await post.brings(*a_mail(asked, "yes", by=ALICE, name="2"))
    assert [reply.text for *_, reply in post.desk.replies] == ["We empty it on Monday."]
    await post.quiet()
    texts = [one.plain for one in post.hall.arrived if one.to == ALICE]
    assert [("have passed on what you wrote" in text, "They read it now" in text) for text in texts[1:]] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )


async def test_nobody_confirms_for_somebody_else(post: Post) -> None:
    await post.brings(*a_mail(await a_letter(post), by=ALICE))
    asked = await post.hall.gets(2)
    await post.brings(*a_mail(asked, "yes", by="mallory@evil.example", name="2"))
    assert not post.desk.replies
    assert await count(post, HeldMail) == 1


async def test_they_are_asked_once_a_day(post: Post) -> None:
    letter = await a_letter(post)
    for number in range(3):
        await post.brings(*a_mail(letter, by=ALICE, name=str(number)))
    await post.quiet()
    assert [one.to for one in post.hall.arrived] == [BINS, ALICE]
    assert await count(post, HeldMail) == 3
    post.town.clock.pass_by(timedelta(days=1, hours=1))
    await post.brings(*a_mail(letter, by=ALICE, name="4"))
    await post.quiet()
    assert [one.to for one in post.hall.arrived] == [BINS, ALICE, ALICE]


async def test_only_so_many_wait(post: Post) -> None:
    letter = await a_letter(post)
    for number in range(23):
        await post.brings(*a_mail(letter, by=ALICE, name=str(number)))
    assert await count(post, HeldMail) == mailboxes.HELD_AT_MOST


@pytest.mark.parametrize("how", ["no signature", "another thread", "another address", "another town"])
async def test_a_mail_that_proves_nothing_is_not_passed_on(post: Post, how: str) -> None:
    letter = await a_letter(post)
    _, to = a_mail(letter)
    forged = {
        "no signature": "reports@town.example",
        "another thread": to.replace("EP-1042", "EP-1043"),
        "another address": to.replace("+r1.", "+r2."),
        "another town": to.replace("town.example", "other.example"),
    }[how]
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = BINS, forged, f"Re: {letter.mail['Subject']}"
    mail["Message-ID"] = "<forged@council.example>"
    mail.set_content("Close it.")
    told = await post.brings(bytes(mail), forged)
    assert told.startswith("550" if how == "another town" else "250")
    assert not post.desk.replies
    if how != "another town":
        answer = await post.hall.gets(2)
        assert "We could not tell which of our e-mails this answers" in answer.plain
        await post.brings(bytes(mail).replace(b"forged@", b"again@"), forged)
        await post.quiet()
        assert len(post.hall.arrived) == 2, "said once a day"


async def test_the_name_of_our_letter_is_proof_too(post: Post) -> None:
    letter = await a_letter(post)
    mail, _ = a_mail(letter)
    plain = "reports@town.example"
    mail = mail.replace(letter.mail["Reply-To"].addresses[0].addr_spec.encode(), plain.encode())
    await post.brings(mail, plain)
    assert [about for _, about, _ in post.desk.replies] == ["EP-1042"]


@pytest.mark.parametrize(
    "head",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"List_Id": "<bins.council.example>"},
    ],
    ids=lambda head: next(iter(head)),
)
async def test_machines_are_not_answered(post: Post, head: dict[str, str]) -> None:
    mail, to = a_mail(await a_letter(post), "I am away until Monday.", **head)
    assert (await post.brings(mail, to)).startswith("250")
    await post.brings(mail.replace(to.encode(), b"reports@town.example"), "reports@town.example")
    await post.quiet()
    assert not post.desk.replies
    assert len(post.hall.arrived) == 1


async def test_mails_that_name_no_sender_on_their_envelope_are_not_answered(post: Post) -> None:
    mail, to = a_mail(await a_letter(post), "I am away until Monday.")
    assert (await post.brings(mail, to, by="")).startswith("250")
    await post.quiet()
    assert (post.desk.replies, len(post.hall.arrived)) == ([], 1)


@pytest.mark.parametrize("holds", ["no letter", "a letter"])
async def test_a_flood_of_strangers_is_not_answered_for_ever(
    post: Post, monkeypatch: pytest.MonkeyPatch, holds: str
) -> None:
    """Their senders are forged, and whoever is answered did not write."""
    monkeypatch.setattr(office, "ANSWERS_AN_HOUR", 3)
    mail, to = a_mail(await a_letter(post))
    if holds == "no letter":
        mail = mail.replace(b"In-Reply-To", b"X-Other").replace(to.encode(), b"reports@town.example")
    for number in range(6):
        forged = mail.replace(b"From: bins@", b"From: nobody%d@" % number).replace(b"<1@", b"<n%d@" % number)
        await post.brings(forged, "reports@town.example")
    await post.quiet()
    assert len(post.hall.arrived) == 1 + 3


async def test_two_machines_do_not_write_to_each_other_for_ever(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that answers whatever comes, and says nothing of being one."""
    monkeypatch.setattr(office, "ANSWERS_AN_HOUR", 3)
    letter = await a_letter(post)
    for number in range(8):
        await post.brings(*a_mail(letter, "We have got your message.", name=str(number)))
    await post.quiet()
    assert len(post.hall.arrived) == 1 + 3
    assert len(post.desk.replies) == 8, "nothing of what they wrote is lost"


async def test_pictures_come_along_and_other_things_are_counted(post: Post) -> None:
    letter = await a_letter(post)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = BINS, letter.mail["Reply-To"], "<p@council.example>"
    mail.set_content("Emptied, see the picture.")
    picture = a_picture()
    mail.add_attachment(picture, "image", "jpeg", filename="../../etc/IMG 1.jpg")
    mail.add_attachment(b"MZ\x90", "application", "octet-stream", filename="bin.jpg.exe")
    await post.brings(bytes(mail), letter.mail["Reply-To"].addresses[0].addr_spec)
    ((_, _, reply),) = post.desk.replies
    assert (len(reply.media), reply.left_out) == (1, 1)
    async with post.town.folkmoot.database.reading() as session:
        found = await files.found(session, reply.media[0].key or "", now=post.town.clock())
    assert found is not None
    assert (found.content, found.type, found.name) == (picture, "image/jpeg", "picture.jpg")


async def test_a_mail_without_words_of_its_own_is_not_passed_on(post: Post) -> None:
    letter = await a_letter(post)
    await post.brings(*a_mail(letter, ""))
    answer = await post.hall.gets(2)
    assert "We found nothing in your e-mail that you had written yourself" in answer.plain
    assert not post.desk.replies


async def test_a_confirmed_address_is_not_a_stranger(post: Post) -> None:
    await post.brings(*a_mail(await a_letter(post)))
    stray = a_mail(post.hall.arrived[0], by="stray@else.example", name="s")[0]
    await post.brings(stray.replace(b"In-Reply-To", b"X-No"), "reports@town.example")
    await post.town.passes(days=2)
    async with post.town.folkmoot.database.reading() as session:
        assert set(await session.scalars(select(Address.chat).where(Address.channel == "email"))) == {BINS}


async def test_after_erasing_themselves_nothing_of_them_is_believed(post: Post) -> None:
    letter = await a_letter(post)
    await post.brings(*a_mail(letter))
    async with post.town.folkmoot.database.writing() as session:
        there = (await session.scalars(select(Address).where(Address.chat == BINS))).one()
        assert there.resident_id is not None
        who = await session.get_one(Resident, there.resident_id)
        await residents.erase(session, who, here=there, now=post.town.clock())
    async with post.town.folkmoot.database.reading() as session:
        assert not await mailboxes.confirmed(session, BINS)
    assert await count(post, Mailbox) == 0


async def test_huge_mails_are_refused_by_the_port(database_url: URL) -> None:
    async with a_post(database_url) as post:
        letter = await a_letter(post)
        mail, to = a_mail(letter)
        told = await post.brings(mail + b"x" * 70 + (b"\r\n" + b"y" * 900) * 30_000, to)
        assert told.startswith("552")
        assert not post.desk.replies
