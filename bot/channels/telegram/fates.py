"""What Telegram's refusals mean: for a letter one of four fates, for the operator one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable

from telegram.error import TelegramError

from bot.channels.telegram.wire import Declined, Unheard
from bot.errors import AddressClosed, DeliveryFailed, Moved, RetryLater, Undeliverable

TOKEN_NOT_VALID = "The token is not valid. Ask BotFather for it and set TELEGRAM_TOKEN."  # noqa: S105 - a sentence
CONFLICT = "Another program is receiving messages with the same token. Stop it, or give this one its own bot."
UNREACHABLE = "Telegram cannot be reached just now. Trying again by itself."

_SOON = 2.0
_MUCH_LATER = 60.0


def _flood(said: Declined, group: bool) -> DeliveryFailed:
    # Telegram does not say which limit was hit. Groups have one of their own (20 a minute); the limit for a
    # private chat is kept by our pacing, so there it is the bot's.
    return RetryLater(_reason(said), after=wait_of(said) or 1.0, whole_channel=not group, whole_chat=group)


def _later(said: Declined, _: bool) -> DeliveryFailed:
    return RetryLater(_reason(said), after=_SOON)


def _lost(said: Declined, _: bool) -> DeliveryFailed:
    return RetryLater(_reason(said), after=_SOON, maybe_arrived=True)


def _no_entry(said: Declined, _: bool) -> DeliveryFailed:
    return RetryLater(_reason(said), after=_MUCH_LATER, whole_channel=True)


def _closed(said: Declined, _: bool) -> DeliveryFailed:
    return AddressClosed(_reason(said))


def _dropped(said: Declined, _: bool) -> DeliveryFailed:
    return Undeliverable(_reason(said))


def _moved(said: Declined, _: bool) -> DeliveryFailed:
    to = said.parameters.get("migrate_to_chat_id")
    return Moved(_reason(said), to=str(to)) if isinstance(to, int) else Undeliverable(_reason(said))


FATES: tuple[tuple[str, Callable[[Declined, bool], DeliveryFailed]], ...] = (
    (r"429 ", _flood),
    (r"\d+ .*group chat was upgraded to a supergroup", _moved),
    (r"40[14] ", _no_entry),  # a token taken back, or never given
    (r"504 ", _lost),
    (r"409 |5\d\d ", _later),
    (r"403 .*bot was blocked by the user", _closed),
    (r"403 .*user is deactivated", _closed),
    (r"403 .*bot can't initiate conversation", _closed),
    (r"403 .*bot can't send messages to (bots|the bot)", _closed),
    (r"403 .*bot was kicked from", _closed),
    (r"403 .*bot is not a member of", _closed),
    (r"40[03] .*group chat was (deleted|deactivated)", _closed),
    (r"400 .*chat not found", _closed),
    # Seen for some minutes with people who read on afterwards.
    (r"403 .*bot can't send messages to the user", _later),
    (r"", _dropped),
)
"""Code and description of a refusal → its fate; the first that fits. Nothing else closes an address."""

_COMPILED = tuple((re.compile(words, re.IGNORECASE), fate) for words, fate in FATES)


def fate_of(error: TelegramError, *, group: bool = False) -> DeliveryFailed:
    """What becomes of a letter after `error`."""
    if isinstance(error, Unheard):
        return RetryLater(error.message, after=_SOON, maybe_arrived=error.maybe_arrived)
    if not isinstance(error, Declined):
        # The library could not make sense of an answer that said yes.
        return RetryLater(type(error).__name__, after=_SOON, maybe_arrived=True)
    said = f"{error.code} {error.description}"
    return next(fate(error, group) for words, fate in _COMPILED if words.match(said))


def wait_of(error: TelegramError) -> float | None:
    """How long Telegram asked to wait."""
    wait = error.parameters.get("retry_after") if isinstance(error, Declined) else None
    return float(wait) if isinstance(wait, int | float) and wait > 0 else None


_OPERATOR = {401: TOKEN_NOT_VALID, 404: TOKEN_NOT_VALID, 409: CONFLICT}


def trouble_of(error: TelegramError) -> str:
    """The same for the operator, in one sentence."""
    if isinstance(error, Declined):
        return _OPERATOR.get(error.code, f"{UNREACHABLE} It said: {_reason(error)}.")
    return f"{UNREACHABLE} ({error.message})"


def is_hopeless(error: TelegramError) -> bool:
    """Whether only a person can change it, so that asking often is of no use."""
    return isinstance(error, Declined) and error.code in _OPERATOR


def _reason(said: Declined) -> str:
    """Code and description without what Telegram quotes from the letter."""
    words = ": ".join(said.description.split(": ")[:2])
    words = re.sub(r"\"[^\"]*\"|'[^']*[:/][^']*'", "…", words)
    return f"{said.code} {words}"[:120]
