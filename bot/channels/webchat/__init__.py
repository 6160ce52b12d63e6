"""The web chat: a page in which a resident talks with the town, without an account or an app."""

from bot.channels.webchat.channel import WebChat
from bot.channels.webchat.shelf import Shelf, clearing
from bot.channels.webchat.transcript import tidy

__all__ = ["Shelf", "WebChat", "clearing", "tidy"]
