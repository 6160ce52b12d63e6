"""The make-believe town: believable, made by the town's own services, and made once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot import demo, kinds
from bot.clock import utc_now
from bot.db import Database
from bot.demo import Town, photos
from bot.demo.town import SLUG
from bot.i18n import tongue
from bot.letters.polling.series import compared
from bot.message import Media
from bot.models import (
    Address,
    Ballot,
    Base,
    Broadcast,
    Envelope,
    Participation,
    Photo,
    Poll,
    Resident,
    Suggestion,
)
from bot.services import files
from bot.services.announcing import broadcasts
from bot.services.community import communities
from bot.services.polling import outcomes, polls, series
from tests.conftest import BOTH
from tests.databases import Postgresql, Sqlite

pytestmark = pytest.mark.xdist_group("demo")  # in one process, which seeds one town on each database


@dataclass(frozen=True)
class Seeded:
    """A town that was seeded, when, and what was said of it."""

    database: Database
    town: Town
    now: datetime


_drawn_in: set[str] = set()
"""Where pictures were drawn while the town was seeded."""


async def _seed(url: URL, now: datetime) -> Town:
    database, drawing, loop = Database(url), photos.photo, threading.get_ident()

    def drawn(scene: str) -> bytes:
        _drawn_in.add("the loop" if threading.get_ident() == loop else "a thread")
        return drawing(scene)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(photos, "photo", drawn)
        try:
            return await demo.seed(database, now=now)
        finally:
            await database.close()


@pytest.fixture(scope="module", params=BOTH)
def original(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sqlite | Postgresql, URL, Town, datetime]]:
    """It takes seconds to seed, so it is done once; nobody works with this one."""
    now = utc_now()
    if request.param == "sqlite":
        files: Sqlite = request.getfixturevalue("sqlite_files")
        url = files.fresh(tmp_path_factory.mktemp("demo"))
        yield files, url, asyncio.run(_seed(url, now)), now
        return
    server: Postgresql = request.getfixturevalue("postgresql_server")
    url = server.fresh()
    yield server, url, asyncio.run(_seed(url, now)), now
    server.give_back(url)


@pytest.fixture
def seeded(
    original: tuple[Sqlite | Postgresql, URL, Town, datetime],
    tmp_path: Path,
    open_database: Callable[[URL], Database],
) -> Iterator[Seeded]:
    """A copy of it for each test."""
    source, url, town, now = original
    copy = source.copy(url, tmp_path) if isinstance(source, Sqlite) else source.copy(url)
    yield Seeded(open_database(copy), town, now)
    if isinstance(source, Postgresql):
        source.drop(copy)


async def rows(database: Database) -> dict[str, int]:
    """How much is in each table."""
    async with database.reading() as session:
        return {
            table.name: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


async def test_the_town_has_people_questions_and_an_open_poll(seeded: Seeded) -> None:
    town = seeded.town
    assert (town.slug, town.name, town.new) == ("elm-park", "Elm Park", True)
    async with seeded.database.reading() as session:
        community = await communities.by_slug(session, "elm-park")
        assert community is not None
        assert await communities.size(session, community.id) == 40
        assert len(await communities.organisers(session, community.id)) == 1
        asked = await polls.of_community(session, community.id)
        opened = await polls.by_code(session, town.poll or "")
    assert opened is not None
    assert opened.question == town.question
    assert {poll.kind for poll, _ in asked} == set(kinds.every())
    assert [poll.closed_at is None for poll, _ in asked[-9:]] == [True, *[False] * 8]
    assert {poll.results for poll, _ in asked if poll.closed_at is None} == {"voted", "closed"}
    closed, _ = asked[-1]
    assert closed.outcome


def test_its_pictures_are_drawn_beside_the_loop(seeded: Seeded) -> None:
    assert _drawn_in == {"a thread"}


async def test_one_promise_was_kept_one_is_late_and_one_outcome_is_missing(seeded: Seeded) -> None:
    now = seeded.now
    async with seeded.database.reading() as session:
        community = await communities.by_slug(session, SLUG)
        assert community is not None
        found = await outcomes.ledger(session, community, now=now)
        rate = await outcomes.loop(session, community, now=now)
    assert {one.state for one in found.owed} == {"awaited", "owed"}
    assert any(one.late > 0 for one in found.owed)
    assert any(one.said for one in found.owed)
    assert [(one.state, one.late) for one in found.kept] == [("done", 0)]
    assert (rate.polls, rate.told, rate.due) == (5, 95, 112)


async def test_one_question_was_asked_three_times_and_one_was_answered_by_too_few(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        rows = (await session.scalars(select(Poll).order_by(Poll.id))).all()
        again = [poll for poll in rows if poll.series is not None]
        seen = await series.of(session, again[0])
        suggested = (await session.scalars(select(Suggestion.choice))).all()
    assert [poll.id for poll in again] == [one.poll.id for one in seen]
    assert len(seen) == 3
    asked = compared(seen, tongue("en"))
    assert asked is not None
    assert [one.figures["1-5"].said for one in asked.askings] == ["2.3", "2.8", "3.4"]
    assert suggested == ["A fountain to drink from"]
    few = [poll for poll in rows if poll.quorum]
    assert [poll.quorum for poll in few] == ["20"]


async def test_the_town_was_told_something_in_two_languages(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        told = (await session.scalars(select(Broadcast))).one()
        assert (await broadcasts.progress(session, told)).sent == 38
    assert (told.state, set(told.texts)) == ("done", {"en", "pl"})


async def test_every_tally_of_the_town_equals_a_recount(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        for poll in (await session.scalars(select(Poll))).all():
            (tally,) = [
                tally
                for one, tally in await polls.of_community(session, poll.community_id)
                if one.id == poll.id
            ]
            part = Participation.poll_id == poll.id
            asked = await session.scalar(select(func.count()).where(part)) or 0
            took_part = await session.scalar(select(func.count()).where(part, Participation.took_part))
            votes = await polls.recount(session, poll)
            assert votes == tally.counts
            assert (asked, took_part) == (tally.asked, tally.took_part)
            ballots = await session.scalar(select(func.count()).where(Ballot.poll_id == poll.id))
            assert took_part == ballots
            assert took_part is not None
            assert took_part < tally.asked


async def test_every_photo_of_a_report_can_be_put_with_it(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        photos = (await session.scalars(select(Photo))).all()
        assert {one.kind for one in photos} == {"problem", "work"}
        for one in photos:
            sent = Media.from_json(one.media or {})
            assert sent.key is not None
            assert await files.found(session, sent.key, now=seeded.now) is not None


async def test_seeding_twice_adds_nothing(seeded: Seeded) -> None:
    first = seeded.town
    before = await rows(seeded.database)
    again = await demo.seed(seeded.database, now=seeded.now + timedelta(hours=1))
    assert await rows(seeded.database) == before
    assert (again.poll, again.new) == (first.poll, False)


async def test_two_towns_are_alike_but_for_their_codes(seeded: Seeded) -> None:
    now = seeded.now
    async with seeded.database.reading() as session:
        people = (await session.execute(select(Resident.name, Resident.language).order_by(Resident.id))).all()
        questions = (await session.execute(select(Poll.question, Poll.closes_at).order_by(Poll.id))).all()
    assert len({name for name, _ in people}) == 43
    assert {language for _, language in people} == {"en", "cy", "pl", "ur"}
    assert [closes_at - now for _, closes_at in questions] == [
        timedelta(days=days)
        for days in (-61, -35, -8, -55, -45, -18, -5, -2, 20, 12, 16, 10, 11, 13, 14, 30, 25)
    ]


async def test_nothing_is_ever_sent_to_people_who_do_not_exist(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Address)) == 0
        assert await session.scalar(select(func.count()).select_from(Envelope)) == 0


async def test_when_all_its_polls_have_closed_there_is_no_poster(seeded: Seeded) -> None:
    town = await demo.seed(seeded.database, now=seeded.now + timedelta(days=60))
    assert (town.poll, town.question, town.new) == (None, None, False)


async def test_a_town_of_that_name_is_left_alone(database: Database) -> None:
    async with database.writing() as session:
        await communities.add(
            session, SLUG, {"en": "Our Elm Park"}, zone="UTC", languages=["en"], now=utc_now()
        )
    before = await rows(database)
    town = await demo.seed(database, now=utc_now())
    assert (town.name, town.poll) == ("Our Elm Park", None)
    assert await rows(database) == before


@pytest.mark.parametrize("hour", [2, 20])
async def test_it_can_be_founded_at_any_hour(database: Database, hour: int) -> None:
    town = await demo.seed(database, now=utc_now().replace(hour=hour, minute=5))
    assert town.new
    assert town.poll is not None
