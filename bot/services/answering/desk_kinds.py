"""Which kind of problem somebody at the desk means by what they type, of those that occur in their lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Service
from bot.services.answering import desk
from bot.services.answering.desk import OTHER, Reach
from bot.services.reporting import guessing, report_views
from bot.services.reporting.gazetteer import fold

LONGEST = 80  # letters of what is looked for
BEGINNING = 3  # letters from which the beginning of a name is enough


async def meant(
    session: AsyncSession, mine: Reach, words: str, *, other: str, now: datetime
) -> tuple[str, Sequence[str]]:
    """The first list that has such a kind, and the kinds that fit, the most frequent first; ("", ()) where none has.
    `other` is what a report without a kind is called in the reader's language."""
    typed = fold(words[:LONGEST])
    if not typed or not mine.lists:
        return "", ()
    sizes = await desk.tally(session, mine, now=now)
    there = {code for which in mine.lists for code in sizes[which]}
    services = await report_views.known(session, Service, Service.service_code, there - {OTHER})
    called = {code: _names(one) for code, one in services.items()} | {OTHER: [fold(other)]}
    for which in mine.lists:
        codes = [code for code, _ in sizes[which].most_common()]
        very = [code for code in codes if typed in called[code]]
        near = [code for code in codes if _fits(services.get(code), called[code], typed)]
        if very or near:
            return which, very or near
    return "", ()


def _names(service: Service) -> list[str]:
    return [fold(service.service_code), *(fold(name) for name in service.names.values())]


def _fits(service: Service | None, names: Sequence[str], typed: str) -> bool:
    if len(typed) >= BEGINNING and any(f" {typed}" in f" {name}" for name in names):
        return True
    return service is not None and guessing.is_meant(service, typed)
