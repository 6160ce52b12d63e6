"""Telegram: residents write to a bot, or press buttons under its messages."""

from bot.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
