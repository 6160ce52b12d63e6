"""Parcels on their way out: sent, put in the place of another message, or shown as a short note."""

from __future__ import annotations

from typing import Any

from telegram.error import TelegramError

from bot.channels.telegram import keyboard
from bot.channels.telegram.fates import fate_of
from bot.channels.telegram.text import LONGEST_TOAST, parts, shortened
from bot.channels.telegram.wire import Declined, Unheard, Wire
from bot.errors import Undeliverable
from bot.message import Message, Parcel

Markup = dict[str, Any] | None

_LOOKS = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
_UNCHANGED = "message is not modified"
_NOT_EDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
_REMEMBERED = 1000


class Sender:
    """Delivers parcels. Remembers how much of a long one has arrived, so that a retry sends only the rest."""

    def __init__(self, wire: Wire, *, paid: bool = False) -> None:
        self._wire = wire
        self._paid = {"allow_paid_broadcast": True} if paid else {}
        self._begun: dict[int, int] = {}

    async def deliver(self, parcel: Parcel) -> str | None:
        """Deliver and return the name of the (last) message; raises DeliveryFailed."""
        try:
            return await (self._note(parcel) if parcel.action == "toast" else self._say(parcel))
        except TelegramError as error:
            group = parcel.action != "toast" and parcel.chat.startswith("-")
            raise fate_of(error, group=group) from None

    async def _note(self, parcel: Parcel) -> None:
        """Answer a tap."""
        await self._wire.ask("answerCallbackQuery", note(parcel.target, parcel.message))

    async def _say(self, parcel: Parcel) -> str | None:
        pieces = parts(keyboard.words(parcel.message))
        if not pieces:
            raise Undeliverable("nothing to say")
        chat, name = _number(parcel.chat), None
        markup = keyboard.under(parcel.message, private=chat > 0)
        last = len(pieces) - 1
        for number in range(min(self._begun.get(parcel.envelope, 0), last), last + 1):
            replace = parcel.target if parcel.action == "edit" and number == 0 else None
            shown = markup if number == last else None
            name = await self._put(chat, pieces[number], shown, replace)
            self._remember(parcel.envelope, number + 1 if number < last else 0)
        return name

    def _remember(self, envelope: int, arrived: int) -> None:
        self._begun.pop(envelope, None)
        if arrived:
            self._begun[envelope] = arrived
        if len(self._begun) > _REMEMBERED:
            del self._begun[next(iter(self._begun))]

    async def _put(self, chat: int, html: str, markup: Markup, replace: str | None) -> str:
        """Write one message, in the place of `replace` if that can be done."""
        place = _place(replace)
        content = {"text": html, **_LOOKS, **({"reply_markup": markup} if markup else {})}
        if replace and place and not keyboard.in_place_of_writing(markup):
            try:
                await self._wire.ask("editMessageText", {**place, **content})
                return replace
            except Declined as error:
                said = error.description.lower()
                if _UNCHANGED in said:
                    return replace
                moved = "migrate_to_chat_id" in error.parameters and place.get("chat_id") != chat
                gone = chat > 0 and any(words in said for words in _NOT_EDITABLE)
                if not moved and not gone:  # in a group somebody took it away, and not to see it again
                    raise
        sent = await self._wire.ask("sendMessage", {"chat_id": chat, **content, **self._paid})
        return name_of(sent)


def note(query: str | None, message: Message) -> dict[str, Any]:
    """The answer to a tap. With nothing to say it only ends the waiting that the person sees."""
    text = shortened(message.text.striptags(), LONGEST_TOAST)
    return {"callback_query_id": query or "", **({"text": text} if text else {})}


def _number(chat: str) -> int:
    try:
        return int(chat)
    except ValueError:
        raise Undeliverable("not a Telegram chat") from None


def name_of(sent: Any) -> str:
    """Our name for a message that Telegram has just taken."""
    try:
        return f"{int(sent['chat']['id'])}:{int(sent['message_id'])}"
    except (KeyError, TypeError, ValueError):
        raise Unheard("the answer is not Telegram's", maybe_arrived=True) from None


def _place(message: str | None) -> dict[str, Any]:
    """The parameters that say which message is meant; none if the name is not one of ours."""
    kind, _, number = (message or "").rpartition(":")
    if kind == "inline":
        return {"inline_message_id": number}
    try:
        return {"chat_id": int(kind), "message_id": int(number)}
    except ValueError:
        return {}
