"""How long things are kept: said in one place, told in the papers and on the pages, and carried out by the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import retention
from bot.channels.email.intake import ENCLOSED
from bot.channels.webchat import tidy
from bot.charts import Chart
from bot.jobs import Entry
from bot.models import (
    Address,
    Base,
    Board,
    Broadcast,
    Concern,
    Enclosure,
    Envelope,
    File,
    GroupCode,
    HeldMail,
    Invitation,
    Letter,
    LinkCode,
    Mailing,
    Resident,
    Seen,
    ServiceRequest,
    WebLine,
    WebSession,
)
from bot.services import files, mailboxes
from bot.services.announcing import announcements
from bot.services.community import invitations
from bot.services.polling import result_pictures
from tests.house.tree import ROOT
from tests.town import Town

Put = Callable[[AsyncSession, str, datetime], Awaitable[Any]]


async def somebody(session: AsyncSession, chat: str, at: datetime, **about: Any) -> Resident:
    one = Resident(language="en", interests=[], created_at=at, **about)
    session.add(one)
    await session.flush()
    session.add(Address(channel="paper", chat=chat, resident_id=one.id, created_at=at))
    return one


async def keeper(session: AsyncSession, name: str, at: datetime) -> int:
    return (await somebody(session, name, at, name="Kim", agreed_at=at)).id


async def group(session: AsyncSession, name: str, at: datetime, **about: Any) -> int:
    there = Address(channel="paper", chat=f"group {name}", created_at=at, **about)
    session.add(there)
    await session.flush()
    return there.id


async def stranger(session: AsyncSession, name: str, at: datetime) -> None:
    await somebody(session, name, at)


async def goodbye(session: AsyncSession, name: str, at: datetime) -> None:
    one = await somebody(session, name, at + timedelta(days=300))
    await session.flush()
    there = (await session.scalars(select(Address).where(Address.resident_id == one.id))).one()
    there.forgotten_at = at


async def talk(session: AsyncSession, name: str, at: datetime) -> None:
    one = await keeper(session, name, at)
    there = (await session.scalars(select(Address).where(Address.resident_id == one))).one()
    there.talk = {"flow": "name", "n": 1, "answers": {"name": {"words": "Kim"}}, "at": at.isoformat()}


async def words(session: AsyncSession, name: str, at: datetime) -> None:
    session.add(Mailing(subject=name, created_at=at, ended_at=at))
    session.add(Letter(subject=name, language="en", body={"text": name}, created_at=at))
    await session.flush()


async def envelope(session: AsyncSession, name: str, at: datetime) -> None:
    home = await group(session, name, at)
    sent = {"channel": "paper", "lane": 0, "state": "sent", "created_at": at, "not_before": at, "done_at": at}
    session.add(Envelope(address_id=home, once_key=name, **sent))
    await session.flush()


async def seen(session: AsyncSession, name: str, at: datetime) -> None:
    session.add(Seen(channel="paper", key=name, seen_at=at))


async def transcript(session: AsyncSession, name: str, at: datetime) -> None:
    session.add(WebSession(chat=name, codes=[], created_at=at, seen_at=at))
    await session.flush()
    session.add(WebLine(chat=name, seq=1, rank=1, kind="said", body={"text": name}, at=at))


async def file(session: AsyncSession, name: str, at: datetime) -> None:
    until = at + retention.age("file")
    about = {"subject": name, "kind": "document", "name": name, "type": "text/plain", "size": 1, "names": {}}
    session.add(File(key=name, content=b"1", created_at=at, expires_at=until, **about))


async def picture(session: AsyncSession, name: str, at: datetime) -> None:
    life = retention.age("picture")
    about: dict[str, Any] = {"kind": "photo", "name": name, "media_type": "image/jpeg", "size": 1}
    await files.keep_stored(session, name, subject=name, life=life, now=at, **about)


async def drawing(session: AsyncSession, name: str, at: datetime) -> None:
    await files.keep_drawing(
        session,
        Chart(name, "", (), ()),
        name=name,
        subject=result_pictures.SUBJECT,
        life=retention.age("drawing"),
        now=at,
        about=name,
    )


async def enclosure(session: AsyncSession, name: str, at: datetime) -> None:
    told = Broadcast(community_id=1, language="en", texts={"en": name}, state="done", sent_at=at, done_at=at)
    session.add(told)
    await session.flush()
    session.add(Enclosure(broadcast_id=told.id, edition=1, key=name, kind="photo", files={}, created_at=at))


async def held_mail(session: AsyncSession, name: str, at: datetime) -> None:
    there = await mailboxes.at(session, f"{name}@council.example", language="en", now=at)
    await mailboxes.hold(session, there, name, now=at, about="EP-1", sent_to=there.id, text=name, media=[])


async def mailed_picture(session: AsyncSession, name: str, at: datetime) -> None:
    about: dict[str, Any] = {"kind": "photo", "name": name, "media_type": "image/png", "subject": ENCLOSED}
    await files.keep(session, b"1", life=retention.age("mailed picture"), now=at, **about)


async def joining_code(session: AsyncSession, name: str, at: datetime) -> None:
    until = at + retention.age("joining code")
    session.add(LinkCode(code_hash=name, resident_id=await keeper(session, name, at), expires_at=until))


async def group_code(session: AsyncSession, name: str, at: datetime) -> None:
    until, by = at + retention.age("group code"), await keeper(session, name, at)
    session.add(GroupCode(code_hash=name, community_id=1, resident_id=by, expires_at=until))


async def invitation(session: AsyncSession, name: str, at: datetime) -> None:
    session.add(Invitation(code_hash=name, community_id=1, role="organiser", created_at=at, expires_at=at))


async def left_group(session: AsyncSession, name: str, at: datetime) -> None:
    await group(session, name, at, closed_at=at)


async def board(session: AsyncSession, name: str, at: datetime) -> None:
    there = await group(session, name, at)
    session.add(
        Board(address_id=there, kind="poll", number=there, language="en", due_at=at, done_at=at, last=True)
    )


async def report(session: AsyncSession, name: str, at: datetime) -> None:
    by, kept = await keeper(session, name, at), {"community_id": 1, "description": name, "language": "en"}
    one = ServiceRequest(
        service_request_id=name,
        status="fixed",
        resident_id=by,
        requested_datetime=at,
        updated_datetime=at,
        **kept,
    )
    session.add(one)
    await session.flush()
    session.add(Concern(service_request_id=one.id, resident_id=by, why="reporter", since=at))


CASES: dict[str, tuple[Put, Any]] = {
    "stranger": (stranger, Resident),
    "goodbye": (goodbye, Resident),
    "talk": (talk, None),
    "words": (words, Letter),
    "envelope": (envelope, Envelope),
    "seen": (seen, Seen),
    "transcript": (transcript, WebLine),
    "file": (file, File),
    "picture": (picture, File),
    "drawing": (drawing, File),
    "enclosure": (enclosure, Enclosure),
    "held mail": (held_mail, HeldMail),
    "mailed picture": (mailed_picture, File),
    "joining code": (joining_code, LinkCode),
    "group code": (group_code, GroupCode),
    "invitation": (invitation, Invitation),
    "report": (report, Concern),
    "group": (left_group, Address),
    "board": (board, Board),
}
"""Subject → how one of it is put, as of a moment, and where it is counted."""


async def count(town: Town, table: Any) -> int:
    async with town.folkmoot.database.reading() as session:
        if table is None:
            talks = await session.scalars(select(Address.talk).where(Address.talk.is_not(None)))
            return sum("Kim" in str(one) for one in talks)
        return await session.scalar(select(func.count()).select_from(table)) or 0


def test_each_age_has_a_case_here() -> None:
    assert {name for name, rule in retention.RULES.items() if rule.age is not None} == set(CASES)


@pytest.mark.parametrize("subject", CASES)
async def test_what_is_older_than_its_age_goes_and_what_is_younger_stays(town: Town, subject: str) -> None:
    put, table = CASES[subject]
    town.folkmoot.jobs.entries += [
        Entry("tidy web chat", tidy, 3600),
        Entry("tidy mails", mailboxes.tidy, 3600),
    ]
    await town.community()
    now, age, a_little = town.clock(), retention.age(subject), timedelta(seconds=2)
    async with town.folkmoot.database.writing() as session:
        await put(session, "old", now - age - a_little)
        await put(session, "young", now - age + a_little)
    assert await count(town, table) == 2
    await town.tick()
    assert await count(town, table) == 1


def test_the_paper_says_what_the_program_does() -> None:
    paper = (ROOT / "docs/privacy.md").read_text("utf-8")
    told = [line for line in paper.splitlines() if line.startswith("|")]
    assert told == retention.table()


def test_every_table_has_a_rule() -> None:
    named = {table for rule in retention.RULES.values() for table in rule.tables}
    assert named == {table.name for table in Base.metadata.sorted_tables}


def test_ages_that_follow_from_each_other_do() -> None:
    assert retention.age("enclosure") == announcements.LIFE + retention.age("transcript")
    assert timedelta(days=7) == invitations.LIFE, "as the rule for invitations says in words"
