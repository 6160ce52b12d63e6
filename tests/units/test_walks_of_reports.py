"""Whatever people do with reports, in whatever order: what must hold of each report holds after every step."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession

from bot import lifecycle, report_jobs
from bot.db import Database
from bot.models import Concern, Happening, Officer, ServiceRequest, Team
from tests.year import doing, founding
from tests.year.plan import Deed, moment

REPORTS = 3
PEOPLE = ("R0", "R1", "R2")
STATES = (*lifecycle.OPEN, *lifecycle.ENDED)

numbers = st.sampled_from((1, 2, 1, 2, 0))  # number 0 is nobody's
people = st.sampled_from(PEOPLE)
residents = st.sampled_from(("same", "add", "withdraw", "reply", "again"))
officers = st.sampled_from(("take", "answer", "ask", "split"))
acts = st.one_of(
    st.tuples(residents, numbers, people, st.just({})),
    st.tuples(officers, numbers, st.none(), st.just({})),
    st.tuples(
        st.just("check"), numbers, people, st.fixed_dictionaries({"answer": st.sampled_from(("yes", "no"))})
    ),
    st.tuples(
        st.just("move"), numbers, st.none(), st.fixed_dictionaries({"status": st.sampled_from(STATES)})
    ),
    st.tuples(st.just("plan"), numbers, st.none(), st.fixed_dictionaries({"days": st.integers(0, 60)})),
    st.tuples(st.just("merge"), numbers, st.none(), st.fixed_dictionaries({"into": numbers})),
    st.tuples(
        st.just("hand"),
        numbers,
        st.none(),
        st.fixed_dictionaries({"body": st.sampled_from((0, 1)), "team": st.sampled_from((0, 1))}),
    ),
    st.tuples(st.just("passes"), st.integers(1, 40), st.none(), st.just({})),
)
walks = st.lists(acts, min_size=3, max_size=14)


Walk = Sequence[tuple[str, int, str | None, dict[str, Any]]]


@pytest.mark.timeout(300)
def test_every_walk_keeps_what_must_hold(database_url: URL) -> None:
    asyncio.run(_founded(database_url))

    @given(walk=walks)
    @example(walk=[("merge", 1, None, {"into": 2}), ("move", 1, None, {"status": "confirmed"})])
    @example(walk=[("merge", 1, None, {"into": 2}), ("again", 1, "R1", {}), ("split", 1, None, {})])
    @example(walk=[("withdraw", 1, "R1", {}), ("answer", 1, None, {})])
    @example(
        walk=[
            ("same", 1, "R2", {}),
            ("ask", 1, None, {}),
            ("withdraw", 1, "R1", {}),
            ("passes", 20, None, {}),
        ]
    )
    @example(walk=[("take", 1, None, {}), ("hand", 1, None, {"body": 1, "team": 0}), ("passes", 9, None, {})])
    @settings(
        max_examples=25 if database_url.get_backend_name() == "sqlite" else 5,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def walked(walk: Walk) -> None:
        asyncio.run(_walked(database_url, walk))

    walked()


async def _founded(url: URL) -> None:
    database = Database(url)
    async with database.writing() as session:
        await founding.found(session, now=moment(0, 0))
    await database.close()


async def _walked(url: URL, walk: Walk) -> None:
    """One walk, of which nothing stays in the database."""
    database, now = Database(url), moment(0, 0)
    async with database.rehearsing() as session:
        for number in range(REPORTS):
            await _try(
                session, Deed(now, "report", number, PEOPLE[number], {"service": "s0" if number else None})
            )
        for what, number, by, more in walk:
            now += timedelta(hours=1)
            if what == "passes":
                now = (now + timedelta(days=number)).replace(hour=9, minute=5)
                await _jobs(session, now)
                await _looked_at(session, now)
            else:
                await _try(session, Deed(now, what, number, by, more))
            await _holds(session)
    await database.close()


async def _try(session: AsyncSession, deed: Deed) -> None:
    await doing.do(session, [(0, deed)], mark=False)


async def _jobs(session: AsyncSession, now: datetime) -> None:
    for _, job, _ in report_jobs.JOBS:
        while await job(session, now):
            pass


async def _looked_at(session: AsyncSession, now: datetime) -> None:
    """After the jobs somebody looks at each open report on a day to come."""
    for made in await session.scalars(select(ServiceRequest)):
        if lifecycle.STATUSES[made.status].open:
            assert made.review_at is not None
            assert made.review_at > now


async def _holds(session: AsyncSession) -> None:
    reports = {one.id: one for one in await session.scalars(select(ServiceRequest))}
    for made in reports.values():
        await _people(session, made)
        _clocks(made)
        if made.duplicate_of is not None:
            assert reports[made.duplicate_of].duplicate_of is None, "a chain of twins"
            assert made.duplicate_of != made.id
        assert (made.status == "duplicate") == (made.duplicate_of is not None)
        if made.team_id is not None:
            team = await session.get_one(Team, made.team_id)
            assert team.body_id == made.body_id
        if made.officer_id is not None:
            officer = await session.get_one(Officer, made.officer_id)
            assert officer.team_id in (None, made.team_id)
        steps = select(Happening).where(Happening.service_request_id == made.id, Happening.after.is_not(None))
        for one in await session.scalars(steps):
            ways = [each for each in lifecycle.STEPS if one.before in each.before and each.after == one.after]
            assert ways, f"there is no way from {one.before} to {one.after}"


async def _people(session: AsyncSession, made: ServiceRequest) -> None:
    counted = select(func.count()).where(Concern.service_request_id == made.id, Concern.why != "follow")
    assert made.people == await session.scalar(counted)


def _clocks(made: ServiceRequest) -> None:
    days = [one for one in (made.acknowledged_at, made.answered_at, made.resolved_at) if one is not None]
    assert days == sorted(days), "answered before it was seen, or after its end"
    still = lifecycle.STATUSES[made.status].open
    assert still == (made.review_at is not None), "a promise waits for nobody"
    assert still == (made.resolved_at is None)
    assert still or made.waiting_since is None, "an ended report waits for an answer"
    if made.team_id is not None:
        assert made.acknowledge_by
        assert made.answer_by
        assert made.expected_datetime
