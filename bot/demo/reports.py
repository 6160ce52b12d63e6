"""Reports of the make-believe town: one in every state, made and worked on by the town's own services."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo import photos
from bot.message import Media, Place
from bot.models import Community, Officer, Resident, ServiceRequest, Team
from bot.services import files
from bot.services.answering import casework, twins
from bot.services.following_up import checking_fixed, mornings
from bot.services.reporting import own_reports, receiving, reports

Act = tuple[float, str, tuple[Any, ...]]
"""So many days after the report came: what was done, and with which words."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report: so many days ago, by which resident, of which kind, in whose words, where. `team` works on it."""

    ago: float
    by: int
    kind: str | None
    words: str
    address: str
    lat: float
    long: float
    team: str | None = None
    acts: tuple[Act, ...] = ()
    also: tuple[int, ...] = ()
    """Residents who have the same problem."""
    attributes: Mapping[str, Any] | None = None
    named: bool = False
    photo: str | None = None
    """Which of the scenes it shows."""


LONGEST_AGO = timedelta(days=60)

REPORTS: tuple[Told, ...] = (
    Told(0.1, 3, "full-bin", "The bin by the bus stop is overflowing.", "Station Road", 51.5558, 0.1884, photo="bin"),
    Told(
        9, 4, "street-light", "Latarnia nie świeci od tygodnia.", "Elm Road", 51.5603, 0.1803,
        also=(5, 6, 7, 22), attributes={"lamp-number": "17"}, photo="lamp",
    ),
    Told(
        2, 8, "fly-tipping", "A mattress and two chairs behind the school.", "Mill Lane School", 51.5411, 0.1975,
        team="waste", acts=((0.3, "take", ()),), attributes={"size": "car"}, photo="rubbish",
    ),
    Told(
        6, 21, "pothole", "Twll dwfn wrth y groesfan.", "Station Road", 51.5563, 0.1879,
        team="highways", also=(1, 2), photo="hole",
        acts=((1, "move", ("investigating", None)), (2, "answer", ("Somebody measures it on Thursday.",))),
    ),
    Told(
        12, 9, "tree", "A branch hangs low over the path.", "The Green", 51.5472, 0.1848,
        team="streets", acts=((2, "plan", ("planned", 20, "We cut it back when the birds have left.")),), named=True,
        photo="branch",
    ),
    Told(
        14, 10, "pavement", "Three loose slabs, my gran fell.", "Oak Avenue", 51.5641, 0.1752,
        team="highways", also=(11, 12, 13, 14, 15), photo="slabs",
        acts=((1, "take", ()), (4, "plan", ("action_scheduled", 3, "The paving team comes."))),
    ),
    Told(
        45, 16, "graffiti", "Words on the wall of the library.", "Mill Lane", 51.5403, 0.1962,
        team="waste", acts=((2, "move", ("fixed", "Cleaned this morning.", "clean")), (31, "yes", ())),
    ),
    Told(
        20, 17, "bench", "The bench has no back any more.", "The Green", 51.5466, 0.1859,
        team="streets", acts=((3, "move", ("unable_to_fix", "It belongs to the old station, which is sold.")),),
    ),
    Told(
        18, 18, "drain", "The drain in our yard smells.", "Oak Avenue", 51.5644, 0.1749,
        team="highways",
        acts=((2, "move", ("not_responsible", "A drain in a yard is the house owner's. Ask your landlord first.")),),
    ),
    Told(
        8, 19, "street-light", "Dark at the corner of Elm Road.", "Elm Road", 51.5604, 0.1802,
        team="streets", acts=((1, "merge", (1,)),), attributes={"lamp-number": "17"},
    ),
    Told(
        25, 23, "tree", "یہ درخت بیمار لگتا ہے۔", "Big Elm", 51.5475, 0.1841,
        team="streets", acts=((2, "move", ("internal_referral", "Our tree doctor looks at it with the county.")),),
    ),
    Told(5, 24, "dog-mess", "Every morning on the path.", "The Green", 51.5468, 0.1853, acts=((1, "withdraw", ()),)),
    Told(
        40, 25, "full-bin", "This bin is full each Sunday.", "Big Elm", 51.5474, 0.1843,
        team="waste", also=(26, 27),
        acts=((1, "move", ("fixed", "Emptied.")), (8, "again", ("Full again, and it is only Saturday.",))),
    ),
    Told(
        3, 28, "pothole", "Hole beside the playground gate.", "Playground on The Green", 51.5463, 0.1862,
        team="highways", acts=((0.5, "hand_over", ("streets", "The path in the park is not a road of ours.")),),
    ),
    Told(
        4, 29, "street-light", "The light by the steps flickers.", "School Hill", 51.5426, 0.1952,
        team="streets", acts=((0.5, "ask", ("Which number stands on the lamp post?",)),),
    ),
    Told(1, 30, None, "There is an old boat in the canal.", "Canal Path", 51.5376, 0.2012),
    Told(7, 31, "noise", "Music all night above the shop.", "Station Road", 51.5561, 0.1881, team="waste"),
)  # fmt: skip


async def tell(session: AsyncSession, town: Community, people: Sequence[Resident], *, now: datetime) -> None:
    """Make them all, each act at its time."""
    made: list[ServiceRequest] = []
    for told in sorted(REPORTS, key=lambda one: -one.ago):
        when = now - timedelta(days=told.ago)
        by = people[told.by % len(people)]
        draft = receiving.Draft(
            told.words,
            told.kind,
            dict(told.attributes or {}),
            Place(told.lat, told.long),
            told.address,
            [await _photo(session, told.photo, now=now)] if told.photo else [],
            named=told.named,
        )
        one = await receiving.report(session, town, draft, by=by, now=when)
        made.append(one)
        for number, also in enumerate(told.also):
            later = min(now, when + timedelta(hours=5 * (number + 1)))
            await reports.same(session, one.id, by=people[also % len(people)], now=later)
        for after, act, given in told.acts:
            await _do(session, told, one, act, given, by=by, now=when + timedelta(days=after))


async def _do(
    session: AsyncSession,
    told: Told,
    one: ServiceRequest,
    act: str,
    given: tuple[Any, ...],
    *,
    by: Resident,
    now: datetime,
) -> None:
    officer = await _officer(session, told.team) if told.team else by
    match act:
        case "take":
            await casework.take(session, one.id, by=officer, now=now)
        case "answer":
            await casework.answer(session, one.id, given[0], by=officer, now=now)
        case "ask":
            await casework.ask(session, one.id, given[0], by=officer, now=now)
        case "move":
            status, words, *scenes = given
            shown = [await _photo(session, scene, now=now) for scene in scenes]
            await casework.move(session, one.id, status, words=words, media=shown, by=officer, now=now)
        case "plan":
            day = (now + timedelta(days=given[1])).date()
            await casework.move(session, one.id, given[0], words=given[2], day=day, by=officer, now=now)
        case "hand_over":
            team = (await session.scalars(select(Team).where(Team.slug == given[0]))).one()
            await casework.hand_over(session, one.id, team.id, given[1], by=officer, now=now)
        case "merge":
            twin = select(ServiceRequest).where(
                ServiceRequest.service_code == one.service_code, ServiceRequest.id < one.id
            )
            into = (await session.scalars(twin.order_by(ServiceRequest.id))).first()
            assert into is not None  # noqa: S101 - the list above has it
            await twins.merge(session, one.id, into.id, by=officer, now=now)
        case "yes":
            town = await session.get_one(Community, one.community_id)
            by_day = mornings.wakes(now, town.zone)  # whenever the make-believe town is founded
            await checking_fixed.ask_due(session, now=by_day)
            await checking_fixed.answer(session, one.id, "yes", by=by, now=by_day)
        case "withdraw":
            await own_reports.withdraw(session, one.id, by=by, now=now)
        case "again":
            await own_reports.again(session, one.id, given[0], [], by=by, now=now)


async def _photo(session: AsyncSession, scene: str, *, now: datetime) -> Media:
    """As if somebody had sent it: it is put with the report's own pictures when the town runs."""
    return await files.keep(
        session,
        await asyncio.to_thread(photos.photo, scene),
        kind="photo",
        name="photo.jpg",
        media_type="image/jpeg",
        subject="photo",
        life=LONGEST_AGO,
        now=now,
    )


async def _officer(session: AsyncSession, team: str) -> Resident:
    """Whoever works there."""
    found = await session.scalars(
        select(Resident)
        .join(Officer, Officer.resident_id == Resident.id)
        .join(Team, Team.id == Officer.team_id)
        .where(Team.slug == team)
    )
    return found.one()
