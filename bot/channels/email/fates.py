"""What a mail server's refusal means for a letter: one of the four fates of `bot/errors.py`."""

from __future__ import annotations

import re

from bot.errors import AddressClosed, DeliveryFailed, RetryLater, Undeliverable

SOON, LATER, MUCH_LATER = 60.0, 300.0, 3600.0
"""Seconds: after a line that broke, after "try again" (which greylists say for five minutes), for a full mailbox."""

_DETAIL = re.compile(r"^\s*([45]\.\d{1,3}\.\d{1,3})\b")


def code_of(code: int, message: str) -> str:
    """What can be kept of a refusal: its numbers, never its words, which may name people."""
    found = _DETAIL.match(message)
    return f"{code} {found[1]}" if found else str(code)


def of_recipient(code: int, message: str) -> DeliveryFailed:
    """The server does not take the letter for this address."""
    told = code_of(code, message)
    if told.endswith((".2.2", ".3.4")):
        return RetryLater(told, after=MUCH_LATER, whole_chat=True)  # the mailbox is full; it may be emptied
    if 400 <= code < 500:
        return RetryLater(told, after=LATER, whole_chat=True)
    # 5.7.x speaks of us, what we may send and from where: the address itself may be as good as ever.
    return Undeliverable(told) if " 5.7." in told or code in {530, 535} else AddressClosed(told)


def of_letter(code: int, message: str) -> DeliveryFailed:
    """The server does not take our sender, or this letter."""
    told = code_of(code, message)
    if code == 421:
        return RetryLater(told, after=SOON, whole_channel=True)
    return RetryLater(told, after=LATER, whole_chat=True) if 400 <= code < 500 else Undeliverable(told)


def of_server(reason: str) -> DeliveryFailed:
    """There is no talking to the server just now; nothing has left us."""
    return RetryLater(reason, after=SOON, whole_channel=True)


def of_silence(reason: str) -> DeliveryFailed:
    """The line broke after the letter was handed over, before the server said that it has it."""
    return RetryLater(reason, after=SOON, maybe_arrived=True)
