"""Telegram's published limits; source: core.telegram.org/bots/faq, on broadcasting to users."""

from __future__ import annotations

from bot.pace import Limits, Rate

PUBLISHED = Limits(
    whole=Rate(per_second=30, burst=30),
    chat=Rate(per_second=1, burst=4),
    group=Rate(per_second=20 / 60, burst=4),
    is_group=lambda chat: chat.startswith("-"),
)
"""About 30 messages a second per bot, one a second in a chat with short bursts, 20 a minute in a group.
Groups and channels have negative numbers."""
