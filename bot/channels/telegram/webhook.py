"""The webhook: Telegram brings updates, and is told "taken" only after the commit.

The note under a tap goes back in the same answer. Telegram does not say whether it took it, but it saves a call, and
whoever misses the note still sees the message change.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import replace

import orjson
from aiohttp import web
from pydantic import SecretStr

from bot.channels.telegram.polling import Submit, Take, none_of_it
from bot.channels.telegram.reading import Us, read
from bot.channels.telegram.sending import note
from bot.channels.telegram.wire import as_read
from bot.errors import Busy, DatabaseTrouble
from bot.message import Incoming, Receipt, Tap

PATH = "/telegram/webhook"
LONGEST_BODY = 1024 * 1024
CONNECTIONS = 40

_SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


def route(
    secret: SecretStr, us: Callable[[], Us | None], submit: Submit, take: Take = none_of_it
) -> web.RouteDef:
    """Where Telegram brings updates. `us` is None until Telegram has told who we are; what `take` takes is seen to."""

    async def receive(request: web.Request) -> web.Response:
        if not _is_telegram(request, secret):
            return web.Response(status=403)
        body = await _body(request)
        if body is None:
            return web.Response(status=413)
        ours = us()
        if ours is None:
            return _come_back()
        update = as_read(body)
        if not isinstance(update.get("update_id"), int):
            return web.Response(status=400)
        incoming = None if take(update) else read(update, ours)
        if incoming is None:
            return web.Response()
        try:
            receipt = await submit(replace(incoming, takes_note=True))
        except (Busy, DatabaseTrouble):
            return _come_back()
        return _taken(incoming, receipt)

    return web.post(PATH, receive)


def _is_telegram(request: web.Request, secret: SecretStr) -> bool:
    given = request.headers.get(_SECRET, "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(given, secret.get_secret_value().encode())


async def _body(request: web.Request) -> bytes | None:
    """The body, or None when it is longer than any update."""
    if (request.content_length or 0) > LONGEST_BODY:
        return None
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > LONGEST_BODY:
            return None
    return bytes(body)


def _taken(incoming: Incoming, receipt: Receipt) -> web.Response:
    """Telegram may let go of the update; with the note for a tap, if there is one."""
    if receipt.note is None or not isinstance(incoming.what, Tap):
        return web.Response()
    call = {"method": "answerCallbackQuery"} | note(incoming.what.query, receipt.note)
    return web.Response(body=orjson.dumps(call), content_type="application/json")


def _come_back() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": "1"})
