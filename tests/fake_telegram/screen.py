"""What a chat looks like to the person who holds the telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.fake_telegram.checks import Json
from tests.fake_telegram.state import Post, Room


@dataclass(frozen=True, slots=True)
class Seen:
    """A visible message of the bot's, as it stands now."""

    message_id: int
    text: str
    buttons: tuple[tuple[str, ...], ...] = ()
    links: tuple[str, ...] = ()
    shows: str = "text"

    def holds(self, words: str) -> bool:
        """Whether the words stand in the text or on a button."""
        return words in self.text or any(words in label for row in self.buttons for label in row)

    def __str__(self) -> str:
        rows = "".join("\n   " + " ".join(f"[{label}]" for label in row) for row in self.buttons)
        return f"#{self.message_id} {self.text}{rows}"


def screen(room: Room) -> list[Seen]:
    """The bot's messages in a chat, oldest first."""
    return [seen(post) for post in room.posts.values() if post.by_bot]


def seen(post: Post) -> Seen:
    """How a message looks."""
    body = post.body
    rows: list[list[Json]] = body.get("reply_markup", {}).get("inline_keyboard", [])
    entities: list[Json] = body.get("entities") or body.get("caption_entities") or []
    return Seen(
        body["message_id"],
        str(body.get("text", body.get("caption", ""))),
        tuple(tuple(button["text"] for button in row) for row in rows),
        tuple(
            [entity["url"] for entity in entities if "url" in entity]
            + [button["url"] for row in rows for button in row if "url" in button]
        ),
        next((kind for kind in ("photo", "document", "location") if kind in body), "text"),
    )


def drawn(room: Room) -> str:
    """The whole screen as text, for the message of a failed test."""
    lines = [str(seen) for seen in screen(room)]
    lines += [f"keyboard: {' '.join(reply_labels(room))}"] if room.keyboard else []
    return "\n".join(lines) or "(an empty chat)"


def reply_buttons(room: Room) -> list[Json]:
    """The buttons of the reply keyboard below the chat."""
    rows = (room.keyboard or {}).get("keyboard", [])
    return [button for row in rows for button in row]


def reply_labels(room: Room) -> list[str]:
    """Their labels."""
    return [button["text"] for button in reply_buttons(room)]


def button(room: Room, label: str, message_id: int | None) -> tuple[Json, Json] | None:
    """The newest message with that inline button, and the button.

    Marks around the words ("✔ Yes" for "Yes") are overlooked when no label is exactly the same.
    """
    for same in (lambda text: text == label, lambda text: _bare(text) == _bare(label)):
        for body, one in _inline(room, message_id):
            if same(one["text"]):
                return body, one
    return None


def _inline(room: Room, message_id: int | None) -> Iterator[tuple[Json, Json]]:
    for number in sorted(room.posts, reverse=True):
        body = room.posts[number].body
        if message_id in (None, number):
            for row in body.get("reply_markup", {}).get("inline_keyboard", []):
                for one in row:
                    yield body, one


def _bare(label: str) -> str:
    return re.sub(r"^[\W_]+|[\W_]+$", "", label) or label
