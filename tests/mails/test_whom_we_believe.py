"""Whom e-mails are believed: what a letter proves, and for whom."""

from __future__ import annotations

from email.message import EmailMessage

from sqlalchemy import func, select

from bot.models import Address
from tests.mails.conftest import Post
from tests.mails.desk import BINS
from tests.mails.test_answers import a_letter, a_mail


async def test_a_letter_to_one_s_own_address_proves_nothing_for_somebody_else(post: Post) -> None:
    """Whoever writes to us has a letter of ours: ours that says that we do not know what they answer."""
    await post.brings(*a_mail(await a_letter(post)))
    await post.hall.gets(2)
    stray = EmailMessage()
    stray["From"], stray["To"], stray["Message-ID"] = (
        "mallory@evil.example",
        "reports@town.example",
        "<m@evil>",
    )
    stray.set_content("Hello?")
    await post.brings(bytes(stray), "reports@town.example")
    hers = await post.hall.gets(3)
    assert hers.to == "mallory@evil.example"
    for number, words in enumerate(("forget me", "Yes, erase it all")):
        await post.brings(*a_mail(hers, words, by=BINS, name=f"forged-{number}"))
    await post.quiet()
    async with post.town.folkmoot.database.reading() as session:
        there = (await session.scalars(select(Address).where(Address.chat == BINS))).one()
        assert (there.talk, there.forgotten_at) == (None, None)
    told = [one.plain for one in post.hall.arrived[3:]]
    assert all("We could not tell which of our e-mails this answers" in one for one in told)


async def test_a_sender_that_reads_like_encoded_words_is_nobody(post: Post) -> None:
    mail = EmailMessage()
    mail["To"], mail["Message-ID"] = "reports@town.example", "<odd@evil.example>"
    mail.set_content("Hello?")
    raw = b"From: =?utf-8?q?x?=@evil.example\r\n" + bytes(mail)
    assert (await post.brings(raw, "reports@town.example")).startswith("250")
    async with post.town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Address)) == 0
