"""An aiogram bot that keeps nothing: answers a tap and edits its message, by polling or webhook, as its guide shows."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

dispatcher = Dispatcher()


@dispatcher.callback_query()
async def echo(query: CallbackQuery) -> None:
    """Say what was tapped."""
    assert isinstance(query.message, Message)
    await query.answer("Thank you.")
    await query.message.edit_text(f"You tapped {query.data}.", reply_markup=query.message.reply_markup)


async def polling(bot: Bot) -> None:
    """Ask for updates until stopped; each is handled in a task of its own."""
    await dispatcher.start_polling(bot)


async def webhook(bot: Bot) -> None:
    """Be brought updates until stopped."""
    secret = os.environ["TELEGRAM_WEBHOOK_SECRET"]
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=secret).register(app, path="/hook")
    setup_application(app, dispatcher, bot=bot)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    await bot.set_webhook(os.environ["PUBLIC_URL"] + "/hook", secret_token=secret)
    await asyncio.Event().wait()


def run(serving: Coroutine[Any, Any, None]) -> None:
    """On uvloop where it is installed, as aiogram's own `run_polling` does."""
    with suppress(ImportError):
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serving)
        return
    asyncio.run(serving)


async def main() -> None:
    """Make the bot and serve."""
    api = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["TELEGRAM_TOKEN"], session=AiohttpSession(api=api))
    await (polling if os.environ["TELEGRAM_MODE"] == "polling" else webhook)(bot)


if __name__ == "__main__":
    run(main())
