"""The clock's part for reports: promises that come due, "is it fixed?", and news that waited for more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.following_up import checking_fixed, climbing
from bot.services.reporting import waiting_news


async def look_at_reports(session: AsyncSession, now: datetime) -> bool:
    """Remind those in charge of what they promised, and ask again above them."""
    return await climbing.climb(session, now=now)


async def ask_whether_fixed(session: AsyncSession, now: datetime) -> bool:
    """Ask those concerned whether it is fixed."""
    return await checking_fixed.ask_due(session, now=now)


async def let_news_go(session: AsyncSession, now: datetime) -> bool:
    """Send the news of reports whose hour is over."""
    return await waiting_news.let_go(session, now=now)


Job = Callable[[AsyncSession, datetime], Awaitable[bool | None]]

JOBS: tuple[tuple[str, Job, float], ...] = (
    ("look at reports", look_at_reports, 60),
    ("ask whether fixed", ask_whether_fixed, 60),
    ("let news go", let_news_go, 60),
)
"""What it is called, what it does, and how often it looks, in seconds."""
