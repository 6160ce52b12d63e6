"""Votes a second, end to end: Folkmoot beside bots of the usual making, under one load from one fake Telegram."""
