"""Mails while another program holds a lock on the database, for longer than we wait: none is lost, none counts twice,
and none arrives twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot import models
from bot.errors import DatabaseTrouble
from tests.faults.locks import LONG, PATIENCE, held, impatient
from tests.mails.conftest import Post, a_post
from tests.mails.mailbox import Mailbox
from tests.mails.test_answers import a_letter, a_mail
from tests.mails.test_collecting import collector
from tests.mails.town_hall import TownHall


@pytest.fixture
async def post(database_url: URL, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """A town that does not wait long for a lock."""
    await impatient(database_url, monkeypatch)
    async with a_post(database_url) as opened:
        yield opened


@pytest.mark.parametrize("table", ["seen", "mailboxes", "facts"])
async def test_mails_that_meet_a_lock_stay_in_the_mailbox_and_are_taken_in_once(
    post: Post, mailbox: Mailbox, database_url: URL, table: str
) -> None:
    mailbox.is_empty()
    looks = collector(post, mailbox)
    await looks.look()
    letter = await a_letter(post)
    await post.quiet()
    mailbox.gets(a_mail(letter)[0], a_mail(letter, "On Friday.", name="2")[0])
    async with held(database_url, table):
        for _ in range(4):  # more often than a mail is tried that makes us stumble
            with pytest.raises((DatabaseTrouble, SQLAlchemyError)):
                await looks.look()
        assert mailbox.unread() == 2
    await looks.look()
    assert [reply.text for *_, reply in post.desk.replies] == ["We empty it on Monday.", "On Friday."]
    assert mailbox.unread() == 0
    await post.quiet()
    assert len(post.hall.arrived) == 3, "the letter, and a word of thanks for each"


async def test_a_mail_that_is_brought_and_meets_a_lock_is_to_be_brought_again_and_taken_in_once(
    post: Post, database_url: URL
) -> None:
    mail, to = a_mail(await a_letter(post))
    await post.quiet()
    async with held(database_url, "seen", "mailboxes"):
        for _ in range(2):
            assert await post.brings(mail, to) == "451 4.3.0 Not just now; please bring it again"
        assert post.desk.replies == []
    for _ in range(2):
        assert (await post.brings(mail, to)).startswith("250")
    assert [reply.text for *_, reply in post.desk.replies] == ["We empty it on Monday."]
    await post.quiet()
    assert len(post.hall.arrived) == 2, "the letter, and a word of thanks"


async def test_a_mail_that_is_brought_waits_for_a_lock_that_is_let_go_of_soon(database_url: URL) -> None:
    async with a_post(database_url) as post:
        mail, to = a_mail(await a_letter(post))
        await post.quiet()
        async with held(database_url, "seen", "mailboxes"):
            bringing = asyncio.create_task(post.brings(mail, to))
            await asyncio.sleep(PATIENCE)
            assert not bringing.done()
        assert (await bringing).startswith("250")
        assert len(post.desk.replies) == 1


class Slow(TownHall):
    """Takes a letter, and says so only when a lock is held."""

    def __init__(self, url: URL, lock: AsyncExitStack) -> None:
        super().__init__()
        self._url, self._lock, self.locked = url, lock, asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> Any:  # noqa: N802
        """It is there."""
        told = await super().handle_DATA(server, session, envelope)
        if not self.locked.is_set():
            self.locked.set()
            await self._lock.enter_async_context(held(self._url, "envelopes"))
        return told


async def test_a_letter_that_was_sent_while_a_lock_is_held_is_noted_when_it_is_over_and_not_sent_again(
    database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    await impatient(database_url, monkeypatch)
    async with AsyncExitStack() as lock, a_post(database_url, Slow(database_url, lock)) as post:
        await post.desk.writes()
        await post.hall.gets()
        await asyncio.sleep(LONG)
        await lock.aclose()
        await post.quiet()
        await post.desk.writes("Another bin", key="2")
        await post.hall.gets(2)
        await post.quiet()
        assert ["Another" in one.plain for one in post.hall.arrived] == [False, True]
        async with post.town.folkmoot.database.reading() as session:
            states = select(models.Envelope.state).where(models.Envelope.channel == "email")
            assert list(await session.scalars(states)) == ["sent", "sent"]
