"""Telegram's published limits; source: core.telegram.org/bots/faq, on broadcasting to users."""

from __future__ import annotations

from bot.pace import Limits, Rate


def limits(per_second: float = 30) -> Limits:
    """About 30 messages a second per bot unless more is paid for, one a second in a chat with short bursts, 20 a
    minute in a group. Groups and channels have negative numbers."""
    return Limits(
        whole=Rate(per_second, burst=max(1, int(per_second))),
        chat=Rate(per_second=1, burst=4),
        group=Rate(per_second=20 / 60, burst=4),
        is_group=lambda chat: chat.startswith("-"),
    )
