"""The town's one secret, by which we know again what we gave out: forms, links and addresses."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import insert_new
from bot.models import WebSeal


async def secret(session: AsyncSession, now: datetime) -> bytes:
    """The secret, made when there is none. Whoever signs with it says for what, so that nothing signed for one purpose
    serves another."""
    made = {"id": 1, "secret": secrets.token_bytes(32), "made_at": now}
    await session.execute(insert_new(session, WebSeal).values(**made))
    return (await session.scalars(select(WebSeal.secret))).one()
