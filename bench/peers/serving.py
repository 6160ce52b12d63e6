"""How the python-telegram-bot peers are started: the library's own Application, polling or webhook, as it comes."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import uvloop
from telegram.ext import Application, ApplicationBuilder

CONCURRENT = "CONCURRENT_UPDATES"
"""Where it is set, the library answers many updates at once; without, it answers one after the other."""

UVLOOP = "ON_UVLOOP"
"""Where it is set, the bot runs on uvloop."""


def application() -> ApplicationBuilder[Any, Any, Any, Any, Any, Any]:
    """A builder that knows the token and where the Bot API is."""
    root = os.environ["TELEGRAM_API_URL"]
    builder = Application.builder().token(os.environ["TELEGRAM_TOKEN"]).base_url(f"{root}/bot")
    return builder.concurrent_updates(bool(os.environ.get(CONCURRENT)))


def serve(app: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Run until stopped."""
    if os.environ.get(UVLOOP):
        asyncio.set_event_loop(uvloop.new_event_loop())
    if os.environ["TELEGRAM_MODE"] == "polling":
        app.run_polling()
        return
    app.run_webhook(
        listen="127.0.0.1",
        port=int(os.environ["PORT"]),
        url_path="hook",
        webhook_url=os.environ["PUBLIC_URL"] + "/hook",
        secret_token=os.environ["TELEGRAM_WEBHOOK_SECRET"],
    )
