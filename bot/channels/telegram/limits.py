"""Telegram's published limits; source: core.telegram.org/bots/faq, on broadcasting to users."""

from __future__ import annotations

from bot.message import ELSEWHERE
from bot.pace import Limits, Rate

FREE = 30.0
"""Messages a second that a bot may send without paying for them."""


def limits(per_second: float = FREE, *, in_chat: float = 1, in_group: float = 20) -> Limits:
    """About 30 messages a second per bot unless more is paid for, one a second in a chat with short bursts, 20 a
    minute in a group. Groups and channels have negative numbers.

    What a chat or a group is written keeps a little below, for messages overtake each other on their way: of any
    minute's 20 in a group two may go at once.
    """
    at_once = min(2.0, in_group / 2)
    return Limits(
        whole=Rate(per_second, burst=max(1, int(per_second / 2))),
        chat=Rate(in_chat * 0.95, burst=3),
        group=Rate((in_group - at_once) / 60, burst=max(1, int(at_once))),
        is_group=lambda chat: chat.startswith(("-", ELSEWHERE)),
    )
