"""All answers of a closed poll, one by one and without names, and the one that stands beside a receipt."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence

from aiohttp import hdrs, web

from bot import kinds
from bot.console.front import SAFE
from bot.console.result_files import harmless
from bot.i18n import Tongue
from bot.kinds import Answer
from bot.models import Standing

PRIVATE = {**SAFE, "Cache-Control": "no-store"}
"""Whose receipt somebody looks up is nobody's business, a proxy's neither."""

COLUMNS = ("receipt", "answer")
Row = tuple[str, Answer]


async def stream(
    request: web.Request, batches: AsyncIterator[Sequence[Row]], standing: Standing, tongue: Tongue
) -> web.StreamResponse:
    """The list as CSV, written as it is read: however long it is, little of it is in memory."""
    poll = standing.poll
    response = web.StreamResponse(headers={**SAFE, "Cache-Control": "public, max-age=300"})
    response.content_type, response.charset = "text/csv", "utf-8"
    response.headers[hdrs.CONTENT_DISPOSITION] = f'inline; filename="folkmoot-{poll.code}-answers.csv"'
    await response.prepare(request)
    await response.write(("\ufeff" + _lines([COLUMNS])).encode())
    async for batch in batches:
        await response.write(_lines(_told(standing, batch, tongue)).encode())
    await response.write_eof()
    return response


def said(standing: Standing, answer: Answer, tongue: Tongue) -> str:
    """An answer in words."""
    poll = standing.poll
    return kinds.named(poll.kind).said(poll.form, answer, tongue)


def _told(standing: Standing, batch: Sequence[Row], tongue: Tongue) -> list[tuple[str, str]]:
    return [(receipt, harmless(said(standing, answer, tongue))) for receipt, answer in batch]


def _lines(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
