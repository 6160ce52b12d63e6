"""The picture that goes with a result: put down when a poll closes, drawn when the first of its readers is sent it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import retention
from bot.i18n import Tongue
from bot.letters.polling import pictures
from bot.message import Message
from bot.models import Standing
from bot.services import files

SUBJECT = "drawing"


async def beside(
    session: AsyncSession,
    message: Message,
    standing: Standing,
    tongue: Tongue,
    *,
    now: datetime,
    owner: int | None = None,
) -> Message:
    """The result with its picture, where there is something to be seen; with an `owner` the picture is theirs alone."""
    if standing.counts is None or not standing.took_part:
        return message
    chart = pictures.chart(standing, tongue)
    if not any(row.share for row in chart.rows):
        return message
    media = await files.keep_drawing(
        session,
        chart,
        name=f"folkmoot-{standing.poll.code}.png",
        subject=SUBJECT,
        life=retention.age("drawing"),
        now=now,
        about=pictures.alt(standing, tongue),
        owner=owner,
    )
    return replace(message, media=media)
