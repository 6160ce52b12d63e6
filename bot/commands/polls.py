"""`folkmoot poll`: how a community's polls stand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.saying import AsJson, say, say_json

if TYPE_CHECKING:
    from datetime import datetime

    from bot.models import Poll, Tally
    from bot.settings import Settings


def show(
    community: Annotated[str, typer.Option(metavar="SLUG", help="The community's short name.")],
    json: AsJson = False,
) -> None:
    """List a community's polls, the newest first."""
    from bot.settings import read

    found = asyncio.run(_listed(read(), community))
    if json:
        say_json(found)
    elif not found:
        say("Nobody has asked anything there yet.")
    for one in () if json else found:
        say(f"{one['question']} ({one['state']}, code {one['code']})")
        counted = [f"  {choice['votes']:>5}  {choice['text']}" for choice in one["choices"]]
        say(*counted, *(f"  {note}" for note in one["notes"]))
        say(f"  People asked: {one['people_asked']}, took part: {one['people_took_part']}", "")


async def _listed(settings: Settings, slug: str) -> list[dict[str, Any]]:
    from bot.clock import utc_now
    from bot.commands.town import community_called, town
    from bot.services.polling import polls

    async with town(settings) as database, database.reading() as session:
        community = await community_called(session, slug)
        return [
            _facts(poll, tally, now=utc_now())
            for poll, tally in await polls.of_community(session, community.id)
        ]


def _facts(poll: Poll, tally: Tally, *, now: datetime) -> dict[str, Any]:
    from bot import kinds
    from bot.i18n import SOURCE, tongue

    table = kinds.named(poll.kind).table(poll.form, tally.counts, tongue(SOURCE))
    return {
        "id": poll.id,
        "code": poll.code,
        "question": poll.question,
        # From its closing time on nobody can answer, even while the result is not told yet.
        "state": "open" if poll.closed_at is None and poll.closes_at > now else "closed",
        "kind": poll.kind,
        "choices": [{"text": bar.label, "votes": bar.value} for bar in table.bars],
        "notes": [str(note.unescape()) for note in table.notes],
        "people_asked": tally.asked,
        "people_took_part": tally.took_part,
    }
