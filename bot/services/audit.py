"""The audit log: every act of an organiser, officer or the operator leaves a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Deed, Resident


def record(
    session: AsyncSession,
    act: str,
    *,
    by: Resident | None,
    community_id: int | None,
    now: datetime,
    subject: str | None = None,
    **details: Any,
) -> None:
    """Write down who did what; `by` is None for the operator."""
    actor = None if by is None else by.id
    session.add(
        Deed(at=now, actor_id=actor, community_id=community_id, act=act, subject=subject, details=details)
    )
