"""A picture or a document that lies with a message, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

BESIDE_MEDIA = 1024
"""Letters of a text in one message with a picture or a document, counted as messengers do (`bot.message.units`); Bot
API, sendPhoto.caption."""

_PICTURES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a document that lies with a message, as data: nothing of the file itself.

    `files` maps the credential of a channel's bot to the name under which that channel knows the file. `name` is the
    file's own name if it has one, `size` is in bytes and `type` a media type, as far as they are known. `about` says
    in words what is to be seen. `key` names the copy that web pages show, once it may be shown. `photo` is the number
    of a report's picture whose copy is still to come, for channels that can wait a moment (`Drawer.coming`).
    """

    kind: Literal["photo", "document"]
    files: Mapping[str, str]
    name: str | None = None
    size: int | None = None
    type: str | None = None
    about: str | None = None
    key: str | None = None
    photo: int | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, or a document that says it is one that we can read."""
        return self.kind == "photo" or self.type in _PICTURES

    def as_json(self) -> dict[str, Any]:
        """The shape kept in talks, letters and the outbox."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Media:
        """Read what `as_json` wrote."""
        return cls(**kept)
