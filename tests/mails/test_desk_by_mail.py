"""The desk by e-mail, the whole way on real lines: a resident reports in the chat, a letter goes out over SMTP, an
officer's answer lies in a mailbox over IMAP, and the resident hears it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

import handlers.in_charge.team_mail
from bot import i18n
from bot.channels.email import channel, office
from bot.message import Attached, Media, Reply
from bot.models import Address, Happening, HeldMail, Officer, Team
from tests.channels.webchat_town import until
from tests.conversations.test_reporting import HERE
from tests.council import a_body
from tests.mails.conftest import Post, a_post
from tests.mails.mailbox import PASSWORD, USER, Mailbox
from tests.mails.test_answers import a_mail
from tests.mails.town_hall import Arrived
from tests.town import Person

LETTERS = Path(__file__).parent / "letters"
TEAM, BOB = "waste@council.example", "bob@council.example"
_names = itertools.count(1)


@pytest.fixture
async def post(
    database_url: URL, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Post]:
    """A town that looks into a mailbox by itself, and whose handlers are its own. No letter waits for a photo: on
    paper there is none to come."""
    monkeypatch.setattr(channel, "EVERY", 0.2)
    monkeypatch.setattr(office, "LOOKS", 0)
    mailbox.is_empty()
    login = f"imap+plain://{USER}:{quote(PASSWORD)}@127.0.0.1:{mailbox.port}/INBOX"
    async with a_post(database_url, imap_url=login, mail_port=None, media_dir=tmp_path / "media") as opened:
        opened.town.folkmoot.router.contents[Reply] = handlers.in_charge.team_mail.replied
        yield opened


async def a_report(post: Post, *, reporter: str = "en", team: str = "en") -> tuple[Person, Arrived]:
    """Alice sends a photo of a full bin in the chat; its letter arrives at a team that has nothing but a mail address.
    `reporter` and `team` are the languages that are spoken at the two ends."""
    council = await a_body(post.town)
    async with post.town.folkmoot.database.writing() as session:
        waste = await session.get_one(Team, council.waste.id)
        waste.email, waste.language = TEAM, team
    await post.town.tick()
    alice = await post.town.member("Alice", language=reporter)
    await alice.does(Attached(Media("photo", {"paper": "bin.jpg"}, size=100_000), "The bin is full"))
    await alice.shares_place(*HERE)
    await alice.taps("Bins")
    await alice.taps(str(i18n.tongue(reporter)._("Send")))
    return alice, await post.hall.gets()


def written(name: str, letter: Arrived, *, by: str = TEAM) -> bytes:
    """A mail of the folder, as if it answered this letter."""
    mail = (LETTERS / f"{name}.eml").read_bytes()
    for old, new in (
        ("reports+ANSWER@town.example", letter.mail["Reply-To"].addresses[0].addr_spec),
        ("reports+BOUNCE@town.example", letter.sender),
        ("<LETTER@town.example>", str(letter.mail["Message-ID"])),
        ("alice@council.example", by),
        ("bins@council.example", TEAM),
        ("<1@council.example>", f"<of-the-folder-{next(_names)}@council.example>"),
    ):
        mail = mail.replace(old.encode(), new.encode())
    return mail


async def all_read(mailbox: Mailbox) -> None:
    """Wait until everything in it is marked as read."""
    async with asyncio.timeout(60):
        while await asyncio.to_thread(mailbox.unread):
            await asyncio.sleep(0.1)


async def answers(post: Post) -> list[tuple[str | None, str | None]]:
    """What was answered, with its language."""
    async with post.town.folkmoot.database.reading() as session:
        said = select(Happening.words, Happening.language).where(Happening.event == "answer")
        return [(words, language) for words, language in await session.execute(said.order_by(Happening.id))]


async def test_a_report_reaches_a_mailbox_and_a_colleague_s_answer_the_resident_when_it_is_known_to_be_theirs(
    post: Post, mailbox: Mailbox
) -> None:
    alice, letter = await a_report(post)
    assert "The bin is full" in letter.plain
    mailbox.gets(written("outlook", letter, by=BOB))
    asked = await post.hall.gets(2)
    assert asked.to == BOB
    assert not alice.sees("We empty it on Monday.")
    mailbox.gets(a_mail(asked, "yes", by=BOB, name="yes")[0])
    await until(lambda: alice.sees("We empty it on Monday."), "the answer to be heard")
    await post.town.quiet()
    assert alice.text.count("We empty it on Monday.") == 1
    for quoted in ("above this line", "Street Scene", "Sent:"):
        assert not alice.sees(quoted)
    await post.quiet()
    back = [one for one in post.hall.arrived if one.to == BOB and "gets your answer" in one.plain]
    assert len(back) == 1
    mailbox.gets(a_mail(letter, "And on Friday again.", by=BOB, name="second")[0])
    await until(lambda: len(post.hall.arrived) >= 5, "the second answer, which nobody has to confirm")
    assert await answers(post) == [("We empty it on Monday.", "en"), ("And on Friday again.", "en")]
    async with post.town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(HeldMail)) == 0
        assert await session.scalar(select(func.count()).where(Officer.mailbox.is_(False))) == 1
    await all_read(mailbox)


@pytest.mark.parametrize("name", ["gmail-ur", "outlook-ur"])
async def test_a_letter_in_urdu_is_answered_in_urdu_and_heard_as_it_was_written(
    post: Post, mailbox: Mailbox, name: str
) -> None:
    alice, letter = await a_report(post, reporter="pl", team="ur")
    assert '<html lang="ur" dir="rtl">' in letter.html
    assert letter.mail["Content-Language"] == "ur"
    assert "The bin is full" in letter.plain
    mailbox.gets(written(name, letter))
    await until(lambda: alice.sees("ہم اسے پیر کو خالی کریں گے۔"), "the answer to be heard")
    await post.town.quiet()
    assert alice.text.count("ہم اسے پیر کو خالی کریں گے۔") == 1
    assert not alice.sees("نے لکھا"), "the quoted letter is not part of the answer"
    assert await answers(post) == [("ہم اسے پیر کو خالی کریں گے۔", "ur")]
    back = await post.hall.gets(2)
    assert (back.to, back.mail["Content-Language"]) == (TEAM, "ur")
    assert 'dir="rtl"' in back.html


async def test_mails_of_machines_are_no_answers_and_a_letter_that_comes_back_is_told_to_the_organisers(
    post: Post, mailbox: Mailbox
) -> None:
    olga = await post.town.organiser()
    alice, letter = await a_report(post)
    before = alice.text
    mailbox.gets(written("vacation", letter), written("vacation-ur", letter), written("receipt", letter))
    mailbox.gets(written("bounce-postfix", letter))
    await all_read(mailbox)
    await post.town.tick()
    assert await answers(post) == []
    assert alice.text == before
    assert len(post.hall.arrived) == 1, "a machine was answered"
    assert olga.text.count("Mails to Waste of North District do not arrive") == 1
    async with post.town.folkmoot.database.reading() as session:
        closed = await session.scalars(select(Address.chat).where(Address.closed_at.is_not(None)))
        assert list(closed) == [TEAM]
    mailbox.gets(a_mail(letter, "We are back, and come on Tuesday.", by=TEAM, name="back")[0])
    await until(lambda: alice.sees("We are back, and come on Tuesday."), "the answer of people")
