"""Parcels on their way out: sent, put in the place of another message, or shown as a short note."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from telegram.error import TelegramError

from bot.channels.telegram import files, keyboard
from bot.channels.telegram.fates import fate_of
from bot.channels.telegram.files import Along
from bot.channels.telegram.text import LONGEST_TOAST, parts, shortened
from bot.channels.telegram.wire import Declined, Unheard, Wire
from bot.drawer import Drawer
from bot.errors import Undeliverable
from bot.media import BESIDE_MEDIA
from bot.message import ELSEWHERE, Message, Parcel
from bot.services.files import Made

Keyboard = dict[str, Any] | None

_LOOKS = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
_UNCHANGED = "message is not modified"
_GONE = ("message to edit not found", "message_id_invalid")
_NOT_EDITABLE = (*_GONE, "message can't be edited", "there is no text in the message to edit")
_REMEMBERED = 1000


class _TakenAway(Exception):
    """Whoever got the message has deleted it, and nobody waits for what would have stood there."""


class Sender:
    """Delivers parcels. Remembers how much of a long one has arrived, so that a retry sends only the rest."""

    def __init__(
        self, wire: Wire, credential: str, *, paid: bool = False, drawer: Drawer | None = None
    ) -> None:
        self._wire = wire
        self._luggage = files.Luggage(credential, drawer)
        self._paid = {"allow_paid_broadcast": True} if paid else {}
        self._begun: dict[int, int] = {}

    async def deliver(self, parcel: Parcel) -> str | None:
        """Deliver and return the name of the (last) message; raises DeliveryFailed."""
        try:
            return await (self._note(parcel) if parcel.action == "toast" else self._say(parcel))
        except _TakenAway:
            return None
        except TelegramError as error:
            group = parcel.action != "toast" and parcel.chat.startswith(("-", ELSEWHERE))
            raise fate_of(error, group=group) from None

    async def _note(self, parcel: Parcel) -> None:
        """Answer a tap."""
        await self._wire.ask("answerCallbackQuery", note(parcel.target, parcel.message))

    async def _say(self, parcel: Parcel) -> str | None:
        async with self._luggage.along(parcel.message.media) as file:
            return await self._write(parcel, file)

    async def _write(self, parcel: Parcel, file: Along) -> str | None:
        pieces = _pieces(keyboard.words(parcel.message), file)
        if not pieces:
            raise Undeliverable("nothing to say")
        elsewhere = parcel.chat.startswith(ELSEWHERE)
        if elsewhere:
            pieces = pieces[:1]  # nothing can be said there but in the place of that one message
        chat, name = 0 if elsewhere else _number(parcel.chat), None
        markup = keyboard.under(parcel.message, private=chat > 0)
        last = len(pieces) - 1
        for number in range(min(self._begun.get(parcel.envelope, 0), last), last + 1):
            replace = parcel.target if parcel.action == "edit" and number == 0 else None
            shown = markup if number == last else None
            along = file if number == 0 else {}
            only = parcel.message.only_in_place
            name = await self._put(chat, pieces[number], shown, replace, along, only=only) or name
            self._remember(parcel.envelope, number + 1 if number < last else 0)
        return name

    def _remember(self, envelope: int, arrived: int) -> None:
        self._begun.pop(envelope, None)
        if arrived:
            self._begun[envelope] = arrived
        if len(self._begun) > _REMEMBERED:
            del self._begun[next(iter(self._begun))]

    async def _put(
        self, chat: int, html: str, markup: Keyboard, replace: str | None, file: Along, *, only: bool
    ) -> str | None:
        """Write one message, in the place of `replace` if that can be done. Raises _TakenAway where it can be done
        `only` there."""
        place = _place(replace)
        keys = {"reply_markup": markup} if markup else {}
        if replace and place and not keyboard.in_place_of_writing(markup):
            try:
                await self._change({**place, **keys}, html, file)
                return replace
            except Declined as error:
                said = error.description.lower()
                if _UNCHANGED in said:
                    return replace
                if only and any(words in said for words in _GONE):
                    raise _TakenAway from None
                moved = "migrate_to_chat_id" in error.parameters and place.get("chat_id") != chat
                gone = chat > 0 and any(words in said for words in _NOT_EDITABLE)
                if not moved and not gone:  # in a group somebody took it away, and not to see it again
                    raise
        if not chat:
            raise Undeliverable("nothing new can be said there")
        sent = await self._send({"chat_id": chat, **keys, **self._paid}, html, file)
        return None if sent is None else name_of(sent)

    async def _change(self, around: dict[str, Any], html: str, file: Along) -> None:
        """Have a message become another one."""
        if not file:
            await self._wire.ask("editMessageText", {**around, "text": html, **_LOOKS})
            return
        ((kind, named),) = file.items()
        made = named if isinstance(named, Made) else None
        media = {"type": kind, "media": "attach://made" if made else named, **_below(html)}
        await self._with_file("editMessageMedia", {**around, "media": media}, "made", made)

    async def _send(self, around: dict[str, Any], html: str, file: Along) -> Any:
        """Write a new message; None where nothing is left of it, for a file that Telegram cannot use keeps no words
        back."""
        if file:
            ((kind, named),) = file.items()
            made = named if isinstance(named, Made) else None
            try:
                shown = {**around, **({} if made else file), **_below(html)}
                return await self._with_file(files.METHODS[kind], shown, kind, made)
            except Declined as error:
                if not any(words in error.description.lower() for words in files.UNUSABLE):
                    raise
                if not html:
                    return None
        return await self._wire.ask("sendMessage", {**around, "text": html, **_LOOKS})

    async def _with_file(self, method: str, parameters: dict[str, Any], part: str, made: Made | None) -> Any:
        if made is None:
            return await self._wire.ask(method, parameters)
        sent = await self._wire.hand_over(method, parameters, part, made)
        await self._luggage.arrived(made, sent)
        return sent


def _pieces(words: Markup, file: Along) -> list[str]:
    """The words in as many messages as they need. Beside a file they are below it, or all come after it."""
    if not file:
        return parts(words)
    below = parts(words, BESIDE_MEDIA)
    return below if len(below) == 1 else ["", *parts(words)]


def _below(html: str) -> dict[str, Any]:
    return {"caption": html, "parse_mode": "HTML"} if html else {}


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
