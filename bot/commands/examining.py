"""`folkmoot doctor`: the state of a running town."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.commands.saying import AsJson, moment, say, say_json

if TYPE_CHECKING:
    from bot.doctor import Health
    from bot.settings import Settings


def doctor(json: AsJson = False) -> None:
    """Show how a running town is: what waits to be sent, what was given up, when jobs last ran, who is there."""
    from bot.settings import read

    health = asyncio.run(_examine(read()))
    if json:
        say_json(_facts(health))
    else:
        say(*_told(health))


async def _examine(settings: Settings) -> Health:
    from bot.clock import utc_now
    from bot.commands.town import town
    from bot.doctor import examine

    async with town(settings) as database, database.reading() as session:
        return await examine(session, now=utc_now())


def _facts(health: Health) -> dict[str, Any]:
    return {
        "at": moment(health.at),
        "outbox": [
            {
                "channel": depth.channel,
                "lane": depth.lane.name.lower(),
                "waiting": depth.waiting,
                "oldest_seconds": round((health.at - depth.oldest).total_seconds()),
            }
            for depth in health.waiting
        ],
        "given_up": [
            {"lane": one.lane.name.lower(), "reason": one.reason, "count": one.count}
            for one in health.given_up
        ],
        "jobs": [{"name": job, "last": moment(at)} for job, at in health.jobs.items()],
        "communities": health.communities,
        "people": health.people,
        "members": health.members,
        "open_polls": health.open_polls,
        "languages": [
            {"language": one.language, "missing": one.missing, "fuzzy": one.fuzzy} for one in health.languages
        ],
    }


def _told(health: Health) -> list[str]:
    return [
        f"Communities: {health.communities}, people: {health.people} ({health.members} of them members), "
        f"open polls: {health.open_polls}",
        "",
        "Waiting to be sent:" if health.waiting else "Nothing waits to be sent.",
        *(
            f"  {depth.channel}, {depth.lane.name.lower()}: {depth.waiting}, the oldest {_ago(health.at, depth.oldest)}"
            for depth in health.waiting
        ),
        "Given up in the last 24 hours:" if health.given_up else "Nothing was given up in the last 24 hours.",
        *(f"  {one.count:>7}  {one.lane.name.lower():<8}  {one.reason}" for one in health.given_up),
        "",
        "Jobs last ran:" if health.jobs else "No job has run yet; start the service with `folkmoot run`.",
        *(f"  {job}: {_ago(health.at, at)}" for job, at in health.jobs.items()),
        "",
        "Languages that are not complete:" if health.languages else "All languages are complete.",
        *(
            f"  {one.language}: {one.missing} sentences missing, {one.fuzzy} unsure"
            for one in health.languages
        ),
    ]


def _ago(now: datetime, then: datetime) -> str:
    span = now - then
    for size, word in (
        (timedelta(days=1), "days"),
        (timedelta(hours=1), "hours"),
        (timedelta(minutes=1), "minutes"),
    ):
        if span >= 2 * size:
            return f"{span // size} {word} ago"
    return f"{max(0, span // timedelta(seconds=1))} seconds ago"
