"""Short questions to the outside, for commands: one call to the Bot API, one look at a web address."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.settings import Settings

MOST = 100_000  # bytes of an answer that are read


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 when nobody answered; `result` is what the Bot API gave, if it gave anything."""

    status: int
    body: bytes = b""

    @property
    def result(self) -> dict[str, Any] | None:
        """The Bot API's result, when it is an object."""
        try:
            result = json.loads(self.body)["result"]
        except (ValueError, KeyError, TypeError):
            return None
        return result if isinstance(result, dict) else None


async def telegram(settings: Settings, method: str, *, patience: float) -> Answer:
    """Call a method of the Bot API that needs no arguments. The token is in the address, so that is never told."""
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    return await look(f"{settings.telegram_api_url}/bot{token}/{method}", patience=patience)


async def look(address: str, *, patience: float) -> Answer:
    """What stands at a web address."""
    return await asyncio.to_thread(_look, address, patience)


def _look(address: str, patience: float) -> Answer:
    # The standard library's client: one question does not need the half second that a better one takes to load.
    # Proxies of the environment are not asked, as the service does not ask them.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=patience) as answer:
            return Answer(answer.status, answer.read(MOST))
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, refusal.read(MOST))
    except (OSError, ValueError):
        return Answer(0)
