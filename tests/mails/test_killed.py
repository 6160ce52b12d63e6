"""The service killed while it sends letters to teams, and while it takes their answers out of a mailbox: each letter
arrives, each answer counts, and what comes twice says that it is the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.clock import utc_now
from bot.db import Database
from bot.models import (
    Address,
    Community,
    Envelope,
    Fact,
    Happening,
    HeldMail,
    Letter,
    Officer,
    Photo,
    Resident,
    ServiceRequest,
    Team,
)
from bot.services.answering import team_mail
from bot.services.community import communities
from bot.services.reporting import receiving
from bot.services.reporting.receiving import Draft
from tests import council
from tests.channels.webchat_town import free_port
from tests.faults.mortal import Death, Moment, life
from tests.mails.conftest import FROM
from tests.mails.mailbox import PASSWORD, USER, Mailbox
from tests.mails.test_answers import a_mail
from tests.mails.test_bounces import BOUNCE
from tests.mails.test_letters import a_picture
from tests.mails.town_hall import Arrived, TownHall, a_town_hall

WASTE, STREETS, BOB = "waste@council.example", "streets@council.example", "bob@council.example"
TAKING_IN = ("happenings", "seen", "held_mails", "mailboxes", "files", "facts")
"""Tables that are written to while a mail is taken in."""


@dataclass
class Council:
    """A town with two teams that have nothing but a mail address, and the wires to its service."""

    database: Database
    given: dict[str, Any]
    hall: TownHall
    community: int
    in_flight: set[str] = field(default_factory=set)
    """The names of letters that had arrived, and were not noted as sent, when the service died."""

    async def reported(self, number: int, *, first: int = 0) -> None:
        """So many problems, by somebody else each, for both teams in turn."""
        now = utc_now()
        async with self.database.writing() as session:
            community = await session.get_one(Community, self.community)
            for one in range(first, first + number):
                by = Resident(language="en", interests=[], created_at=now, greeted_at=now)
                session.add(by)
                await session.flush()
                session.add(
                    Address(
                        channel="paper", chat=f"r{one}", resident_id=by.id, preferred=True, created_at=now
                    )
                )
                kind = ("bins", "streetlights")[one % 2]
                await receiving.report(session, community, Draft(f"Problem {one}", kind), by=by, now=now)

    async def nothing_owed(self) -> bool:
        """Whether every letter is noted as sent."""
        owed = select(Envelope.id).where(Envelope.channel == "email", Envelope.done_at.is_(None)).limit(1)
        async with self.database.reading() as session:
            return await session.scalar(owed) is None

    async def died(self) -> None:
        """Remember what was on its way at that moment. To be asked before the next life."""
        await asyncio.sleep(0.3)  # what it had put on the wire arrives
        sent = select(Envelope.reference).where(Envelope.channel == "email", Envelope.state == "sent")
        async with self.database.reading() as session:
            noted = {str(one) for one in await session.scalars(sent)}
        arrived = {_name(one) for one in self.hall.arrived}
        assert noted <= arrived, "noted as sent, and it never arrived"
        self.in_flight |= arrived - noted

    async def counted(self, table: type, *which: Any) -> int:
        """How many rows."""
        async with self.database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(table).where(*which)) or 0)


def _name(one: Arrived) -> str:
    """A letter's Message-ID up to the @, as it is kept."""
    return str(one.mail["Message-ID"]).strip("<>").partition("@")[0]


@asynccontextmanager
async def a_council(url: URL, folder: Path, mailbox: Mailbox | None = None) -> AsyncIterator[Council]:
    """Founded, and no service yet."""
    database, now = Database(url), utc_now()
    async with a_town_hall() as hall:
        given: dict[str, Any] = {
            "database_url": url.render_as_string(hide_password=False),
            "smtp_url": f"smtp+plain://127.0.0.1:{hall.port}",
            "mail_from": FROM,
            "media_dir": folder / "media",
            "port": free_port(),
            "webchat": False,
        }
        if mailbox is not None:
            given["imap_url"] = f"imap+plain://{USER}:{quote(PASSWORD)}@127.0.0.1:{mailbox.port}/INBOX"
        async with database.writing() as session:
            community = await communities.add(
                session, "elm-park", {"en": "Elm Park"}, now=now, zone="Europe/London", languages=("en",)
            )
            made = await council.found(session, now=now)
            for team, email in ((made.waste, WASTE), (made.streets, STREETS)):
                (await session.get_one(Team, team.id)).email = email
            await session.flush()
            await team_mail.settle(session, now=now)
        try:
            yield Council(database, given, hall, community.id)
        finally:
            await database.close()


async def test_every_letter_to_a_team_arrives_although_the_service_is_killed_while_it_sends(
    database_url: URL, tmp_path: Path
) -> None:
    async with a_council(database_url, tmp_path) as there:
        await there.reported(12)
        for number in (3, 6):  # the server has that letter, and has not said so yet
            async with life(there.given) as first:
                there.hall.notices = lambda number=number, one=first: (  # type: ignore[misc]
                    one.end() if len(there.hall.arrived) == number else None
                )
                assert not await first.until(there.nothing_owed), "it was not killed"
            await there.died()
        there.hall.notices = lambda: None
        for number in (2, 3):  # it has claimed some; it has not noted what it sent
            async with life(
                there.given, Death(number, "after" if number == 2 else "before", ("envelopes",))
            ) as one:
                assert not await one.until(there.nothing_owed), "it was not killed"
            await there.died()
        async with life(there.given) as last:
            assert await last.until(there.nothing_owed)
        came = Counter(_name(one) for one in there.hall.arrived)
        meant = {(one.to, one.plain.partition("Problem ")[2].split()[0]) for one in there.hall.arrived}
        assert meant == {((WASTE, STREETS)[one % 2], str(one)) for one in range(12)}
        assert len(came) == 12, "a letter came again under another name, so nobody can tell"
        again = {name for name, times in came.items() if times > 1}
        assert again, "no letter was on its way when it died"
        assert again <= there.in_flight, "noted as sent, and sent again"


@pytest.fixture
def box(mailbox: Mailbox) -> Mailbox:
    """An empty mailbox."""
    mailbox.is_empty()
    return mailbox


def _with_a_picture(raw: bytes) -> bytes:
    from email import message_from_bytes, policy

    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(a_picture(), maintype="image", subtype="jpeg", filename="done.jpg")
    return bytes(mail)


async def _lives_through(there: Council, collected: int, moment: Moment) -> int:
    """The service dies at one commit after the other of taking in the mails that lie there; returns how often."""
    deaths = 0

    async def all_read() -> bool:
        async with there.database.reading() as session:
            marks = await session.scalars(select(Fact).where(Fact.name.like("mailbox:%")))
            return any(one.value["number"] >= collected for one in marks) and await there.nothing_owed()

    for number in (1, 2, 3):
        async with life(there.given, Death(number, moment, TAKING_IN)) as one:
            if await one.until(all_read):
                break
        deaths += 1
    async with life(there.given) as last:
        assert await last.until(all_read)
    return deaths


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_each_answer_counts_once_although_the_service_is_killed_at_every_commit_of_taking_it_in(
    database_url: URL, tmp_path: Path, box: Mailbox, moment: Moment
) -> None:
    async with a_council(database_url, tmp_path, box) as there:
        await there.reported(4)
        async with life(there.given) as first:
            assert await first.until(there.nothing_owed)
        letters = {one.plain.partition("Problem ")[2][:1]: one for one in there.hall.arrived}
        box.gets(a_mail(letters["0"], "We come on Monday.", by=WASTE, name="0")[0])
        box.gets(_with_a_picture(a_mail(letters["1"], "The lamp is new.", by=STREETS, name="1")[0]))
        box.gets(a_mail(letters["2"], "I come on Friday.", by=BOB, name="2")[0])
        deaths = await _lives_through(there, _last_of(box), moment)
        assert await there.counted(HeldMail) == 1
        (asked,) = {_name(one): one for one in there.hall.arrived if one.to == BOB}.values()
        box.gets(a_mail(asked, "yes", by=BOB, name="3")[0])
        box.gets(
            a_mail(letters["3"], "Notice: I am away.", by=STREETS, name="4", Auto_Submitted="auto-replied")[0]
        )
        box.gets(
            BOUNCE.format(
                to=letters["3"].sender, who=STREETS, action="failed", status="5.1.1", name="b"
            ).encode()
        )
        deaths += await _lives_through(there, _last_of(box), moment)
        assert deaths >= 4, "it hardly ever died"
        await _each_answer_counts_once(there)
        assert await there.counted(Photo, Photo.kind == "work") == 1
        assert await there.counted(HeldMail) == 0
        assert await there.counted(Officer, Officer.mailbox.is_(False)) == 1, "Bob fills a post, once"
        thanked = {_name(one): one for one in there.hall.arrived if "gets your answer to" in one.plain}
        assert Counter(one.to for one in thanked.values()) == {WASTE: 1, STREETS: 1, BOB: 1}
        to_bob = {_name(one) for one in there.hall.arrived if one.to == BOB}
        assert len(to_bob) == 3, "asked whether it is his, told that it was passed on, and thanked"


async def _each_answer_counts_once(there: Council) -> None:
    """Each of the three is in the history of its report, and was told, once; the one address that fails is closed."""
    async with there.database.reading() as session:
        answers = await session.execute(
            select(ServiceRequest.description, Happening.words)
            .join(ServiceRequest, ServiceRequest.id == Happening.service_request_id)
            .where(Happening.event == "answer")
            .order_by(ServiceRequest.id)
        )
        assert [tuple(one) for one in answers] == [
            ("Problem 0", "We come on Monday."),
            ("Problem 1", "The lamp is new."),
            ("Problem 2", "I come on Friday."),
        ]
        told = await session.scalars(
            select(Letter.body)
            .join(Envelope, Envelope.letter_id == Letter.id)
            .where(Envelope.channel == "paper")
        )
        heard = Counter(
            words
            for one in told
            for words in ("We come on Monday.", "The lamp is new.", "I come on Friday.")
            if words in str(one)
        )
        assert set(heard.values()) == {1}, heard
        assert len(heard) == 3
        closed = await session.scalars(select(Address.chat).where(Address.closed_at.is_not(None)))
        assert list(closed) == [STREETS]


def _last_of(box: Mailbox) -> int:
    """The number of the newest mail."""
    line = box._open()
    _, found = line.uid("SEARCH", "ALL")
    line.logout()
    return max(int(one) for one in found[0].split())
