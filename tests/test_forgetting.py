"""Nothing of somebody who erased themselves is left: tables and files are searched for all their values."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot import retention
from bot.message import Blocked, Tap
from bot.models import Address, Base, Deed, Following, Participation, Poll, Resident, Tally
from tests.everything import FIRST, PERSONAL, PUBLIC, Everything, everything, found
from tests.town import Town

NOBODY = {
    "bodies": "what an operator wrote down of a council",
    "teams": "what an operator wrote down of a council",
    "areas": "parts of the map",
    "services": "kinds of problems",
    "emergencies": "numbers to call",
    "named_places": "names of streets and squares",
    "place_words": "words of those",
    "answer_templates": "ready words of a body",
    "report_figures": "numbers of many reports",
    "nudges": "which reminders of a report went out, not to whom",
    "communities": "what an operator founded",
    "tallies": "numbers only",
    "boards": "a message in a group, which is nobody's",
    "group_chats": "a group and a community",
    "mailings": "numbers of what many get",
    "letters": "what many get, in the name of a community",
    "enclosures": "what went with an announcement, in the name of a community",
    "follow_ups": "what became of a promise, in the name of a community",
    "portraits": "the picture of a community",
    "turnouts": "numbers by day",
    "reckonings": "numbers by group",
    "rewritten": "which question took the place of which",
    "reminders": "which reminders went out, not to whom",
    "seen": "numbers and hashes of updates, without whose they were",
    "ticks": "when jobs ran",
    "facts": "what the program found out about the outside",
    "web_seals": "the town's secret",
}
"""Tables that hold nobody, and why. A table that is neither here nor had something of hers in it is not covered by the
proof: let `tests/everything.py` put something of hers there, or say here why that cannot be."""

FOR_THE_GOODBYE = {
    "addresses.id", "addresses.chat", "envelopes.address_id", "envelopes.once_key", "web_sessions.chat",
    "web_lines.chat",
}  # fmt: skip
"""Where the chat in which somebody erased themselves may still stand for an hour."""


@pytest.fixture
async def it(database_url: URL, tmp_path: Path) -> AsyncIterator[Everything]:
    async with everything(database_url.render_as_string(hide_password=False), tmp_path) as town:
        yield town


async def erases(it: Everything, where: str) -> None:
    """Mara has all of it erased, there."""
    if where == "web":
        await it.web.opens("/w/elm-park")
        await it.web.says("/forgetme")
        await it.web.presses("Yes, erase it")
        assert "I have erased everything about you." in it.web.page.text
    else:
        await it.mara.does(Tap("z:0", query="q"))  # as under /me, in the middle of a talk
        await it.mara.taps("Yes, erase it")
        assert it.mara.sees("I have erased everything about you.")
    await it.town.quiet()


def uncovered(tables: set[str], hers: set[str]) -> set[str]:
    """Tables of which the proof knows nothing."""
    return tables - hers - set(NOBODY)


async def test_she_is_in_every_table_that_could_hold_somebody(it: Everything) -> None:
    hers = await found(it, it.marks)
    assert uncovered({table.name for table in Base.metadata.sorted_tables}, set(hers)) == set()
    assert set(NOBODY) & set(hers) == set(), "this table does hold somebody"
    everywhere = str(hers)
    assert [
        mark for mark in it.marks if f": {mark}'" not in everywhere and f': {mark}"' not in everywhere
    ] == []


def test_a_table_that_nobody_thought_of_is_noticed() -> None:
    assert uncovered({"residents", "seen", "diaries"}, {"residents"}) == {"diaries"}


@pytest.mark.parametrize("where", ["paper", "web"])
async def test_nothing_of_her_is_left_in_any_table_or_file(
    it: Everything, where: str, tmp_path: Path
) -> None:
    before = await it.town.result(it.closed_poll)
    public = await found(it, PUBLIC)
    await erases(it, where)
    left = await found(it, it.marks)
    places = {place.partition(":")[0] for where in left.values() for place in where}
    assert places <= FOR_THE_GOODBYE, "the rest is gone at once"
    assert not [place for where in left.values() for place in where if place.endswith(PERSONAL)]
    await it.town.passes(minutes=61)
    assert await found(it, it.marks) == {}
    assert await asyncio.to_thread(in_files, tmp_path, it.marks) == []
    after = await found(it, PUBLIC)
    assert {
        table: after.get(table) for table in ("polls", "broadcasts", "enclosures", "service_requests")
    } == {table: public[table] for table in ("polls", "broadcasts", "enclosures", "service_requests")}, (
        "what she asked and told for the community stays, without her name"
    )
    assert await it.town.result(it.closed_poll) == before
    assert await it.town.result(it.open_poll) == {"Quite": 1, "Not quite": 0}
    async with it.town.folkmoot.database.reading() as session:
        tally = await session.get_one(Tally, it.open_poll.id)
        asked = (
            await session.scalars(select(Participation).where(Participation.poll_id == it.open_poll.id))
        ).all()
        assert (tally.took_part, tally.asked) == (1, len(asked))
        assert (await session.scalars(select(Deed.actor_id).where(Deed.act == "poll.outcome"))).all() == [
            None
        ]
        assert (await session.scalars(select(Following.target))).all() == []
        assert {one.asked_by for one in await session.scalars(select(Poll))} >= {None}
        people = (await session.scalars(select(Resident.id).order_by(Resident.id))).all()
        assert people == [FIRST, FIRST + 1, FIRST + 2], "Nobody, Olga and Bob"


def in_files(folder: Path, marks: tuple[str, ...]) -> list[str]:
    """Media files in which one of these stands, in name or content."""
    media = folder / "media"
    return [
        str(path)
        for path in media.rglob("*")
        if path.is_file()
        for mark in marks
        if mark in str(path) or mark.encode() in path.read_bytes()
    ]


async def test_whoever_writes_again_within_the_hour_is_somebody_new_and_stays(it: Everything) -> None:
    await erases(it, "paper")
    await it.mara.opens("elm-park")
    await it.mara.taps("Join Elm Park")
    await it.town.passes(minutes=61)
    async with it.town.folkmoot.database.reading() as session:
        there = (await session.scalars(select(Address).where(Address.chat == "mara-on-paper"))).one()
        assert there.forgotten_at is None
        assert there.resident_id not in {int(mark) for mark in it.marks if mark.isdecimal()}


async def test_what_goes_and_what_stays_is_said_before(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/forgetme")
    for words in (
        "This goes, at once and everywhere:",
        "• your answers to open questions: they are taken back",
        "• every place where I know you; this one too, 1 hour after my goodbye",
        "This stays:",
        "• the counts of closed questions. Nobody can tell from them what you answered.",
        "• what you asked, told or did for a community as an organiser, without your name.",
        "• what you reported for everyone to see, and what became of it, without your name.",
    ):
        assert words in alice.latest
    await alice.taps("Yes, erase it")
    await alice.does(Blocked())  # as it comes when somebody then deletes the chat
    await town.passes(minutes=61)
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Address.chat))).all() == []


async def test_an_unfinished_talk_loses_its_words_after_two_days_and_is_still_known(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/announce")
    await olga.says("Half a thought")
    for days, kept in ((1, True), (2, False)):
        await town.passes(days=days)
        async with town.folkmoot.database.reading() as session:
            talk = (await session.scalars(select(Address.talk).where(Address.chat == "Olga"))).one()
        assert ("Half a thought" in str(talk)) is kept
    await olga.says("Where were we?")
    assert olga.sees("We had not talked about this for a while")
    await olga.says("/announce")
    await olga.says("Half a thought")
    await town.passes(days=(retention.age("talk") + timedelta(days=31)).days)
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Address.talk).where(Address.chat == "Olga"))).one() is None
