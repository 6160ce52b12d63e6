"""Buttons within Telegram's limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from bot.channels.telegram.text import shortened
from bot.message import Button, Message, Rows

LONGEST_LABEL = 64
MOST_IN_A_ROW = 8
MOST_IN_ALL = 100

_PLACE: dict[str, Any] = {
    # A pin needs no language; Telegram itself asks before it sends a place.
    "keyboard": [[{"text": "📍", "request_location": True}]],
    "resize_keyboard": True,
    "one_time_keyboard": True,
}


def under(message: Message, *, private: bool) -> dict[str, Any] | None:
    """The `reply_markup` of `message`, as the Bot API wants it. A message has only one, so its own buttons go before
    "share my place"."""
    if rows := list(_rows(message.rows)):
        return {"inline_keyboard": rows}
    # Telegram takes this button in private chats only.
    return _PLACE if message.wants_place and private else None


def in_place_of_writing(markup: dict[str, Any] | None) -> bool:
    """Whether it stands where one writes; such a one belongs to no message that could be edited."""
    return markup is _PLACE


def words(message: Message) -> Markup:
    """The text, with a line for each link that Telegram takes under no button."""
    said = message.text
    for button in _buttons(message.rows):
        if button.url and not _public(button.url):
            said += Markup("\n{}: {}").format(button.label, button.url)
    return said


def _rows(rows: Rows) -> Iterator[list[dict[str, Any]]]:
    left = MOST_IN_ALL
    for row in rows:
        shown = [_button(button) for button in row if not (button.url and not _public(button.url))][:left]
        left -= len(shown)
        for first in range(0, len(shown), MOST_IN_A_ROW):
            yield shown[first : first + MOST_IN_A_ROW]


def _button(button: Button) -> dict[str, Any]:
    label = shortened(button.label.strip(), LONGEST_LABEL) or "…"
    does = {"url": button.url} if button.url else {"callback_data": button.payload}
    return {"text": label, **does}


def _buttons(rows: Rows) -> Iterator[Button]:
    for row in rows:
        yield from row


def _public(url: str) -> bool:
    """Whether a button may lead there: a house without a public address has links to `localhost`."""
    parts = urlsplit(url)
    return parts.scheme == "tg" or "." in (parts.hostname or "")
