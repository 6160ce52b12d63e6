"""What was filled in on a page behind a link, read with care."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from aiohttp import web

from bot.channels.email.quoting import LONGEST
from bot.i18n import N_

BODY_LIMIT = 128 * 1024  # bytes of a form; a letter may take twelve

FORGED = N_("This link is not whole. Please open it once more from the e-mail.")
TOO_LONG = N_("This is too long to send. Please make it shorter.")
WORDS_WANTED = N_("Please write some words first.")

_JOINS = "\u200c\u200d\u200e\u200f"

Fields = Mapping[str, str]


class No(Exception):
    """A page says no; with `again`, the words that were written, it asks once more."""

    def __init__(self, status: int, sentence: str, *, again: str | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.again = status, sentence, again


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > BODY_LIMIT:
        raise No(413, TOO_LONG)
    taken = bytearray()
    async for piece in request.content.iter_chunked(8192):
        taken += piece
        if len(taken) > BODY_LIMIT:
            raise No(413, TOO_LONG)
    return bytes(taken)


async def fields(request: web.Request) -> Fields:
    """The fields of a form. Raises No for what is none."""
    try:
        told = parse_qs((await _body(request)).decode("utf-8", "replace"), max_num_fields=5)
    except ValueError:
        raise No(400, FORGED) from None
    return {name: values[0] for name, values in told.items()}


def words(fields: Fields) -> str:
    """What was written, where the press asks for it."""
    told = fields.get("words", "").replace("\r\n", "\n")
    written = "".join(char for char in told if char in "\n\t" or char.isprintable() or char in _JOINS).strip()
    if len(written) > LONGEST:
        raise No(413, TOO_LONG, again=written[:LONGEST])
    if not written:
        raise No(400, WORDS_WANTED, again="")
    return written
