"""Folkmoot: a chat bot that lowers the barrier to taking part in local life."""

__version__ = "0.1.0"
