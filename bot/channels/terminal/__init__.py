"""The terminal: the same conversation with numbered buttons, for trying things and for demonstrations."""

from bot.channels.terminal.channel import Terminal

__all__ = ["Terminal"]
