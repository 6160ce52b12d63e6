"""From Telegram's JSON to `Incoming`: one pure function.

It reads the JSON itself instead of python-telegram-bot's `Update`, which refuses a whole batch when one
update has a shape it does not know, and takes longer than everything else on the way in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.telegram.kinds import CONTENTS, KINDS, NOTICES, UPDATES
from bot.message import (
    ELSEWHERE,
    Attached,
    Blocked,
    Command,
    Content,
    Incoming,
    Media,
    MovedTo,
    Odd,
    Place,
    Tap,
    Unblocked,
    Words,
)

__all__ = ["KINDS", "Us", "read"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Us:
    """The bot itself, which messages in groups may be meant for."""

    id: int
    username: str

    @property
    def credential(self) -> str:
        """The name under which it stands with what only this bot can use, such as the names of files."""
        return f"telegram:{self.id}"


def read(update: object, us: Us) -> Incoming | None:
    """What somebody did, or None when it is not for us (or nobody did it)."""
    body = _table(update)
    number = _whole(body.get("update_id"))
    if number is None:
        return None
    for field, reader in _READERS.items():
        if isinstance(body.get(field), dict):
            return reader(str(number), body[field], us)
    for field, kind in UPDATES.items():
        if isinstance(body.get(field), dict):
            return _incoming(str(number), body[field], Odd(kind))
    return None


def _message(key: str, message: Json, us: Us) -> Incoming | None:
    if (to := _whole(message.get("migrate_to_chat_id"))) is not None:
        return _incoming(key, message, MovedTo(str(to)))
    if "migrate_from_chat_id" in message:
        return None  # the other half of the same news
    for field, kind in NOTICES.items():
        if field in message:
            # Nobody who merely joins or leaves a group becomes known to us.
            return None if _in_group(message) else _incoming(key, message, Odd(kind))
    if _table(message.get("via_bot")).get("id") == us.id:
        return None  # what somebody shows of ours in a chat is nothing that they say to us
    if _table(message.get("from")).get("is_bot") is True and "sender_chat" not in message:
        return None  # two bots could talk for ever
    what = _content(message, us)
    if what is None or (_in_group(message) and not isinstance(what, Command) and not _for_us(message, us)):
        return None
    album = _text(message.get("media_group_id"))  # its pictures come as messages of their own
    return _incoming(key, message, what, album=f"album {album}"[:64] if album else None)


def _edited(key: str, message: Json, us: Us) -> Incoming | None:
    # A place that is shared live is "edited" every few seconds.
    kind = "live_place" if "location" in message else "edited"
    return None if _in_group(message) else _incoming(key, message, Odd(kind))


def _post(key: str, message: Json, us: Us) -> Incoming | None:
    return _incoming(key, message, Odd("channel_post"))


def _tap(key: str, query: Json, us: Us) -> Incoming | None:
    message = _table(query.get("message"))
    chat, number = _whole(_table(message.get("chat")).get("id")), _whole(message.get("message_id"))
    name = f"{chat}:{number}" if chat is not None and number is not None else None
    tap = Tap(_text(query.get("data")) or "", _text(query.get("id")))
    if "inline_message_id" in query:
        return _elsewhere(key, query, tap)
    return _incoming(key, {"from": query.get("from"), "chat": message.get("chat")}, tap, name)


def _chosen(key: str, chosen: Json, us: Us) -> Incoming | None:
    """Something of ours was posted in another chat; what it is called says what it is."""
    return _elsewhere(key, chosen, Tap(_text(chosen.get("result_id")) or ""))


def _elsewhere(key: str, body: Json, tap: Tap) -> Incoming | None:
    """Under a message of ours in a chat that we are not in; all that is known of that chat is this message."""
    who = _incoming(key, {"from": body.get("from")}, tap)
    name = _text(body.get("inline_message_id")) or ""
    if who is None or not _INLINE.fullmatch(name):
        return None
    name = ELSEWHERE + name
    return replace(who, chat=name, message=name, group=True, source="inline")


_INLINE = re.compile(r"[\w-]{1,57}")  # so long a chat's name may be


def _membership(key: str, change: Json, us: Us) -> Incoming | None:
    member = _table(change.get("new_chat_member"))
    if member.get("status") == "restricted":
        here = member.get("is_member") is True and member.get("can_send_messages") is not False
    else:
        here = member.get("status") in ("member", "administrator", "creator")
    return _incoming(key, change, Unblocked() if here else Blocked())


_READERS: dict[str, Callable[[str, Json, Us], Incoming | None]] = {
    "message": _message,
    "edited_message": _edited,
    "channel_post": _post,
    "edited_channel_post": _post,
    "callback_query": _tap,
    "chosen_inline_result": _chosen,
    "my_chat_member": _membership,
}


def _content(message: Json, us: Us) -> Content | None:
    if "forward_origin" in message or "forward_date" in message:
        return Odd("forwarded")
    if place := _where(message):
        return place
    if text := _text(message.get("text")):
        return _words(message, text, us)
    field, kind = next((one for one in CONTENTS.items() if one[0] in message), ("", "unknown"))
    if _in_group(message):
        return Odd(kind)
    caption = _text(message.get("caption")) or ""
    said = _words(message, caption, us, "caption_entities")
    command = said if isinstance(said, Command) else None
    media = _MEDIA[field](message[field], us) if field in _MEDIA else None
    if media is None and "media_group_id" in message:
        return Odd("album", command)
    return Odd(kind, command) if media is None else Attached(media, caption, command)


def _photo(sizes: object, us: Us) -> Media | None:
    """The largest of the sizes in which a picture comes."""
    found = [
        one for one in map(_table, sizes if isinstance(sizes, list) else ()) if _text(one.get("file_id"))
    ]
    if not found:
        return None
    largest = max(found, key=lambda one: _whole(one.get("width")) or 0)
    return Media("photo", {us.credential: largest["file_id"]}, size=_whole(largest.get("file_size")))


def _document(file: object, us: Us) -> Media | None:
    told = _table(file)
    file_id = _text(told.get("file_id"))
    if file_id is None:
        return None
    name, kind = _text(told.get("file_name")), _text(told.get("mime_type"))
    return Media("document", {us.credential: file_id}, name, _whole(told.get("file_size")), kind)


_MEDIA: dict[str, Callable[[object, Us], Media | None]] = {"photo": _photo, "document": _document}


def _where(message: Json) -> Place | None:
    location = _table(message.get("location")) or _table(_table(message.get("venue")).get("location"))
    lat, long = location.get("latitude"), location.get("longitude")
    if isinstance(lat, int | float) and isinstance(long, int | float):
        return Place(float(lat), float(long))
    return None


def _words(message: Json, text: str, us: Us, listed: str = "entities") -> Content | None:
    group = _in_group(message)
    for entity, said in _entities(message, text, listed):
        if entity.get("offset") != 0:
            continue
        if entity.get("type") == "bot_command" and said.startswith("/"):
            name, _, whose = said[1:].partition("@")
            if group and whose and whose.lower() != us.username.lower():
                return None
            return Command(name.lower(), text[len(said) :].strip())
        if group and said.lower() == f"@{us.username}".lower():
            return Words(text[len(said) :].strip(" ,:\n"))
    return Words(text)


def _for_us(message: Json, us: Us) -> bool:
    """Whether it answers us or names us. What neighbours say to each other is not ours to hear."""
    answered = _table(message.get("reply_to_message"))
    # In a forum every message "answers" the notice that opened its topic.
    if _table(answered.get("from")).get("id") == us.id and "forum_topic_created" not in answered:
        return True
    name = f"@{us.username}".lower()
    return any(
        entity.get("type") == "mention" and said.lower() == name
        for field, listed in (("text", "entities"), ("caption", "caption_entities"))
        for entity, said in _entities(message, _text(message.get(field)) or "", listed)
    )


def _entities(message: Json, text: str, field: str = "entities") -> list[tuple[Json, str]]:
    """The entities and the words they stand for; Telegram counts in UTF-16 units."""
    listed = message.get(field)
    coded = text.encode("utf-16-le", "surrogatepass") if listed else b""
    found = []
    for entity in map(_table, listed if isinstance(listed, list) else ()):
        start, length = _whole(entity.get("offset")), _whole(entity.get("length"))
        if start is not None and length is not None and start >= 0 and length > 0:
            said = coded[2 * start : 2 * (start + length)].decode("utf-16-le", "replace")
            found.append((entity, said))
    return found


def _incoming(
    key: str, body: Json, what: Content, message: str | None = None, album: str | None = None
) -> Incoming | None:
    """Who did it and where; None when nobody can be named."""
    person = _table(body.get("from")) or _table(body.get("user"))
    # An anonymous administrator, or a channel, speaks under the chat's name.
    speaks_as = _whole(_table(body.get("sender_chat")).get("id"))
    number = _whole(person.get("id"))
    sender = speaks_as or (number if (number or 0) > 0 else None)
    chat = _whole(_table(body.get("chat")).get("id")) or sender
    sender = sender or chat
    if chat is None or sender is None:
        return None
    # A channel that speaks in a group is somebody else than the channel as a chat of its own.
    name = f"{sender}:itself" if speaks_as and speaks_as != chat else str(sender)
    return Incoming(
        "telegram", key, str(chat), name, what,
        language=_text(person.get("language_code")), message=message, group=_in_group(body), album=album,
    )  # fmt: skip


def _in_group(body: Json) -> bool:
    """Groups and channels have numbers below zero."""
    return (_whole(_table(body.get("chat")).get("id")) or 0) < 0


def _table(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
