"""Long polling. Asking for what comes next confirms what came before, so we ask only after the commit.

The library's own updater confirms updates before they are handled; a `kill -9` in between would lose them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.fates import trouble_of
from bot.channels.telegram.kinds import ALLOWED
from bot.channels.telegram.patience import Report, pauses, until_done, wait_after
from bot.channels.telegram.reading import Us, read
from bot.channels.telegram.wire import PATIENCE, Declined, Wire
from bot.errors import Busy, DatabaseTrouble
from bot.message import Incoming, Receipt

Submit = Callable[[Incoming], Awaitable[Receipt]]
"""Hands one turn to the dispatcher and returns after its commit; raises Busy or DatabaseTrouble."""

Take = Callable[[object], bool]
"""Sees to an update that asks for nothing to be done; false for all others."""

HOLD = 25
"""Seconds that Telegram holds an answer back while there is nothing new."""

_MOST = 100
_BUSY_PAUSE = 0.2
_TRIES = 5

log = logging.getLogger(__name__)


def none_of_it(update: object) -> bool:
    """Nothing is taken."""
    return False


async def poll(wire: Wire, bot: Bot, us: Us, submit: Submit, report: Report, take: Take = none_of_it) -> None:
    """Receive until cancelled. What `take` takes is seen to, and goes to nobody else."""
    asked: dict[str, Any] = {"timeout": HOLD, "limit": _MOST, "allowed_updates": ALLOWED}
    waits = pauses()
    # Telegram does not answer getUpdates while there is a webhook.
    await until_done(lambda: bot.delete_webhook(drop_pending_updates=False), report)
    report(None)
    while True:
        try:
            updates = await wire.ask("getUpdates", asked, patience=HOLD + PATIENCE)
        except TelegramError as error:
            report(trouble_of(error))
            await asyncio.sleep(wait_after(error, waits))
            asked["timeout"] = 0  # so that we learn at once when it works again
            if isinstance(error, Declined) and error.code == 409:
                await until_done(lambda: bot.delete_webhook(drop_pending_updates=False), report)
            continue
        report(None)
        waits, asked["timeout"] = pauses(), HOLD
        turns = [incoming for one in updates if not take(one) and (incoming := read(one, us))]
        await hand_in(turns, submit)
        asked["offset"] = max((update["update_id"] + 1 for update in updates), default=asked.get("offset", 0))


async def hand_in(turns: Sequence[Incoming], submit: Submit) -> None:
    """Submit all turns together and return when every one of them is committed."""
    waits, failures = pauses(), 0
    while turns:
        ends = await asyncio.gather(*(submit(turn) for turn in turns), return_exceptions=True)
        left = [(turn, end) for turn, end in zip(turns, ends, strict=True) if isinstance(end, BaseException)]
        for _, end in left:
            if not isinstance(end, Exception):
                raise end  # we are being stopped: nothing may be confirmed
        unexpected = [(turn, end) for turn, end in left if not isinstance(end, Busy | DatabaseTrouble)]
        failures += bool(unexpected)
        if failures >= _TRIES:
            for turn, end in unexpected:
                log.error("update %s (%s) is given up", turn.key, type(turn.what).__name__, exc_info=end)
            left = [pair for pair in left if pair not in unexpected]
        turns = [turn for turn, _ in left]
        if turns:
            await asyncio.sleep(_BUSY_PAUSE if all(isinstance(end, Busy) for _, end in left) else next(waits))
