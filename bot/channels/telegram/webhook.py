"""The webhook: Telegram brings updates, and is told "taken" only after the commit."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

from aiohttp import web
from pydantic import SecretStr

from bot.channels.telegram.polling import Submit
from bot.channels.telegram.reading import Us, read
from bot.errors import Busy, DatabaseTrouble

PATH = "/telegram/webhook"
LONGEST_BODY = 1024 * 1024
CONNECTIONS = 40

_SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


def route(secret: SecretStr, us: Callable[[], Us | None], submit: Submit) -> web.RouteDef:
    """Where Telegram brings updates. `us` is None until Telegram has told who we are."""

    async def receive(request: web.Request) -> web.Response:
        if not _is_telegram(request, secret):
            return web.Response(status=403)
        body = await _body(request)
        if body is None:
            return web.Response(status=413)
        ours = us()
        if ours is None:
            return _come_back()
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return web.Response(status=400)
        incoming = read(update, ours)
        try:
            if incoming:
                await submit(incoming)
        except (Busy, DatabaseTrouble):
            return _come_back()
        return web.Response()

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


def _come_back() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": "1"})
