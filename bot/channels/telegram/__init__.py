"""Telegram: residents write to a bot, or press buttons under its messages. To be imported where there is a bot only:
its library takes a fifth of a second."""
