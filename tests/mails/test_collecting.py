"""A mailbox that is looked into, on a real IMAP server: every mail once, and none lost, whatever breaks in between."""

from __future__ import annotations

import asyncio
import imaplib
import socket
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.email import channel, collecting
from bot.channels.email.collecting import Account, Box, Collector, NoMailbox
from bot.channels.email.intake import Intake
from bot.errors import DatabaseTrouble
from tests.channels.webchat_town import until
from tests.faults.cable import cable
from tests.faults.test_databases import full_disk
from tests.faults.test_reports_without_database import cuts_once
from tests.mails.conftest import Post, a_post
from tests.mails.desk import BINS
from tests.mails.mailbox import PASSWORD, USER, Mailbox
from tests.mails.test_answers import ALICE, a_letter, a_mail


@pytest.fixture
async def town(database_url: URL, mailbox: Mailbox) -> AsyncIterator[Post]:
    """A town that looks into the mailbox only when a test says so."""
    mailbox.is_empty()
    async with a_post(database_url) as post:
        yield post


def collector(post: Post, box: Mailbox, intake: Intake | None = None, **about: Any) -> Collector:
    account = Account(
        **{"host": "127.0.0.1", "port": box.port, "tls": "none", "user": USER, "password": PASSWORD, **about}
    )
    return Collector(account, intake or post.channel.intake, post.town.folkmoot.database, post.town.clock)


class Breaking(Intake):
    """Breaks before or after the commit."""

    def __init__(
        self, of: Intake, *, before: Sequence[BaseException] = (), after: Sequence[BaseException] = ()
    ) -> None:
        super().__init__(of._office)
        self._before, self._after = list(before), list(after)

    async def take(self, *mail: Any, **about: Any) -> None:
        if self._before:
            raise self._before.pop(0)
        await super().take(*mail, **about)
        if self._after:
            raise self._after.pop(0)


async def test_new_mails_are_taken_in_once_and_marked_as_read(town: Post, mailbox: Mailbox) -> None:
    looks = collector(town, mailbox)
    await looks.look()
    letter = await a_letter(town)
    mailbox.gets(a_mail(letter)[0], a_mail(letter, "And on Friday.", name="2")[0])
    assert await looks.look() == 2
    assert [reply.text for *_, reply in town.desk.replies] == ["We empty it on Monday.", "And on Friday."]
    assert mailbox.unread() == 0
    assert await looks.look() == 0
    mailbox.gets(a_mail(letter, "At last.", name="3")[0])
    assert await collector(town, mailbox).look() == 1, "another process goes on where the first one stopped"
    assert len(town.desk.replies) == 3


async def test_what_a_town_was_sent_before_its_first_look_is_not_lost(town: Post, mailbox: Mailbox) -> None:
    letter = await a_letter(town)
    private = b"From: aunt@family.example\r\nTo: reports@town.example\r\nMessage-ID: <t@x>\r\n\r\nTea?\r\n"
    mailbox.gets(private, a_mail(letter)[0])
    await collector(town, mailbox).look()
    assert len(town.desk.replies) == 1
    await town.quiet()
    assert "aunt@family.example" not in [one.to for one in town.hall.arrived], "that was none of our business"


async def test_a_database_that_is_away_loses_nothing(town: Post, mailbox: Mailbox) -> None:
    await collector(town, mailbox).look()
    letter = await a_letter(town)
    mailbox.gets(a_mail(letter)[0])
    away = Breaking(town.channel.intake, before=[DatabaseTrouble("It is away.")])
    looks = collector(town, mailbox, away)
    with pytest.raises(DatabaseTrouble):
        await looks.look()
    assert (mailbox.unread(), town.desk.replies) == (1, [])
    await looks.look()
    assert (mailbox.unread(), len(town.desk.replies)) == (0, 1)


@pytest.mark.parametrize("table", ["seen", "mailboxes"])
async def test_mails_that_find_no_room_stay_in_the_mailbox_and_are_taken_in_once_when_there_is(
    town: Post, mailbox: Mailbox, database_url: URL, table: str
) -> None:
    looks = collector(town, mailbox)
    await looks.look()
    letter = await a_letter(town)
    mailbox.gets(a_mail(letter)[0], a_mail(letter, "On Friday.", name="2")[0])
    async with full_disk(town.town, database_url, table):
        for _ in range(4):  # more often than a mail is tried that makes us stumble
            with pytest.raises((DatabaseTrouble, SQLAlchemyError)):
                await looks.look()
        assert (mailbox.unread(), town.desk.replies) == (2, [])
    await looks.look()
    assert [reply.text for *_, reply in town.desk.replies] == ["We empty it on Monday.", "On Friday."]
    assert mailbox.unread() == 0


@pytest.mark.parametrize("table", ["seen", "facts"])
async def test_a_line_to_the_database_that_breaks_while_a_mail_is_taken_in_loses_nothing_and_doubles_nothing(
    postgresql_url: URL, mailbox: Mailbox, table: str
) -> None:
    mailbox.is_empty()
    async with cable(postgresql_url) as line, a_post(line.url) as post:
        looks = collector(post, mailbox)
        await looks.look()
        mailbox.gets(a_mail(await a_letter(post))[0])
        cut = cuts_once(post.town, line, table)
        for _ in range(2):
            with suppress(DatabaseTrouble, SQLAlchemyError, OSError):
                await looks.look()
        assert cut, "it did not break"
        assert [reply.text for *_, reply in post.desk.replies] == ["We empty it on Monday."]
        assert mailbox.unread() == 0


async def test_a_process_that_dies_after_the_commit_does_nothing_twice(town: Post, mailbox: Mailbox) -> None:
    await collector(town, mailbox).look()
    letter = await a_letter(town)
    mailbox.gets(a_mail(letter)[0])
    dies = Breaking(town.channel.intake, after=[KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        await collector(town, mailbox, dies).look()
    assert (mailbox.unread(), len(town.desk.replies)) == (1, 1)
    await collector(town, mailbox).look()
    assert (mailbox.unread(), len(town.desk.replies)) == (0, 1)


async def test_a_yes_that_is_read_twice_is_answered_once(town: Post, mailbox: Mailbox) -> None:
    await collector(town, mailbox).look()
    mailbox.gets(a_mail(await a_letter(town), by=ALICE)[0])
    await collector(town, mailbox).look()
    mailbox.gets(a_mail(await town.hall.gets(2), "yes", by=ALICE, name="2")[0])
    with pytest.raises(KeyboardInterrupt):
        await collector(town, mailbox, Breaking(town.channel.intake, after=[KeyboardInterrupt()])).look()
    await collector(town, mailbox).look()
    await town.quiet()
    assert len(town.desk.replies) == 1
    assert len([one for one in town.hall.arrived if one.to == ALICE]) == 3, "asked, told, thanked"


async def test_one_mail_that_makes_us_stumble_does_not_hold_up_the_others(
    town: Post, mailbox: Mailbox
) -> None:
    await collector(town, mailbox).look()
    letter = await a_letter(town)
    mailbox.gets(a_mail(letter)[0], a_mail(letter, "On Friday.", name="2")[0])
    looks = collector(town, mailbox, Breaking(town.channel.intake, before=[ZeroDivisionError()] * 3))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await looks.look()
    await looks.look()
    assert [reply.text for *_, reply in town.desk.replies] == ["On Friday."]


async def test_a_mailbox_with_new_numbers_is_read_anew_and_nothing_is_done_twice(
    town: Post, mailbox: Mailbox
) -> None:
    looks = collector(town, mailbox)
    await looks.look()
    letter = await a_letter(town)
    mailbox.gets(a_mail(letter)[0])
    await looks.look()
    await looks._remember(12345, 1_000_000)  # as if it had been another edition
    mailbox.gets(a_mail(letter, "On Friday.", name="2")[0])
    await looks.look()
    assert [reply.text for *_, reply in town.desk.replies] == ["We empty it on Monday.", "On Friday."]


async def test_of_a_huge_mail_only_the_headers_are_fetched(
    town: Post, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await collector(town, mailbox).look()
    letter = await a_letter(town)
    monkeypatch.setattr(collecting, "LARGEST", 50_000)
    mailbox.gets(a_mail(letter, "x" * 60_000)[0])
    await collector(town, mailbox).look()
    answer = await town.hall.gets(2)
    assert (answer.to, town.desk.replies) == (BINS, [])
    assert "Your e-mail is too large for us" in answer.plain


async def test_whoever_stops_us_waits_until_the_line_is_free_and_then_it_is_closed(
    town: Post, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, steps, lines = threading.Event(), list[str](), list[imaplib.IMAP4]()
    after, leave = Box.after, Box.leave

    def asks(box: Box, number: int) -> list[int]:
        lines.append(box._line)
        begun.set()
        time.sleep(0.3)
        found = after(box, number)
        steps.append("answered")
        return found

    def leaves(box: Box) -> None:
        steps.append("left")
        leave(box)

    monkeypatch.setattr(Box, "after", asks)
    monkeypatch.setattr(Box, "leave", leaves)
    looking = asyncio.create_task(collector(town, mailbox).look())
    await asyncio.to_thread(begun.wait)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert steps == ["answered", "left"]
    assert lines[0].socket().fileno() == -1


def test_a_line_that_broke_is_closed_too(mailbox: Mailbox) -> None:
    box = Box(Account("127.0.0.1", mailbox.port, "none", USER, PASSWORD))
    box._line.socket().shutdown(socket.SHUT_RDWR)
    box.leave()
    assert box._line.socket().fileno() == -1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "shut"}, "The mailbox does not accept the login in IMAP_URL."),
        ({"folder": "Nowhere"}, "The mailbox has no folder of the name in IMAP_URL."),
        ({"tls": "starttls"}, "The mailbox offers no encryption that we can trust; look at IMAP_URL."),
        ({"port": 1}, "The mailbox cannot be reached just now (ConnectionRefusedError)."),
    ],
    ids=["login", "folder", "encryption", "port"],
)
async def test_what_is_wrong_is_named_in_one_sentence(
    town: Post, mailbox: Mailbox, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(NoMailbox) as no:
        await collector(town, mailbox, **wrong).look()
    assert str(no.value) == said


async def test_a_running_town_looks_by_itself_and_says_when_it_cannot(
    database_url: URL, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "EVERY", 0.5)
    mailbox.is_empty()
    login = f"imap+plain://{USER}:{quote(PASSWORD)}@127.0.0.1"
    async with a_post(database_url, imap_url=f"{login}:{mailbox.port}/INBOX", mail_port=None) as post:
        letter = await a_letter(post)
        mailbox.gets(a_mail(letter)[0])
        await until(lambda: post.desk.replies, "the mail is found")
        assert post.channel.trouble is None
    async with a_post(database_url, imap_url=f"{login}:1") as post:  # where nobody ever listens
        await until(lambda: post.channel.trouble, "the trouble is noticed")
        assert "The mailbox cannot be reached" in (post.channel.trouble or "")
