"""A python-telegram-bot that keeps nothing: answers a tap and edits its message."""

from __future__ import annotations

from telegram import Update
from telegram.ext import CallbackQueryHandler, ContextTypes

from bench.peers.serving import application, serve


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what was tapped."""
    query = update.callback_query
    assert query is not None
    await query.answer("Thank you.")
    markup = getattr(query.message, "reply_markup", None)
    await query.edit_message_text(f"You tapped {query.data}.", reply_markup=markup)


if __name__ == "__main__":
    app = application().build()
    app.add_handler(CallbackQueryHandler(echo))
    serve(app)
