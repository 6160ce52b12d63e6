"""The pages behind links in letters. To open one changes nothing: mail scanners open links. One button does it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from functools import lru_cache
from importlib.resources import files
from urllib.parse import parse_qs

import jinja2
import structlog
from aiohttp import web

from bot.channels.email import office
from bot.channels.email.intake import Intake
from bot.channels.email.office import NAME, TROUBLES, Office, There
from bot.channels.email.quoting import LONGEST
from bot.channels.email.stamps import Forged, Link, TooOld
from bot.errors import BadPress, Busy
from bot.i18n import N_, Tongue
from bot.message import Incoming, Receipt, Tap
from bot.press import Press
from bot.readers import reads

SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri "
    "'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
BODY_LIMIT = 128 * 1024  # bytes of a form; a letter may take twelve
SHOWABLE = {"image/jpeg", "image/png", "image/webp"}

FORGED = N_("This link is not whole. Please open it once more from the e-mail.")
TOO_OLD = N_("This link is too old. Please answer the e-mail instead, or ask for a new one.")
GONE = N_("This link does not work any more.")
BUSY = N_("We are very busy just now. Nothing is lost; please try again in a moment.")
CONFIRM = N_("This e-mail address is yours, and what was written from it may be passed on.")
TOO_LONG = N_("This is too long to send. Please make it shorter.")
WORDS_WANTED = N_("Please write some words first.")

DONE = N_("Done. Thank you.")
SEEN = N_("This was done already. Nothing was done twice.")
REFUSED = N_("That did not work. The reason is on its way to you by e-mail.")
BROKEN = N_("Something went wrong on our side. Nothing was saved; please try again.")

log = structlog.get_logger()


class _No(Exception):
    def __init__(self, status: int, sentence: str, *, again: str | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.again = status, sentence, again


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Pages:
    """Answers for every signed link."""

    def __init__(self, at: Office, intake: Intake) -> None:
        self._office, self._intake = at, intake

    async def look(self, request: web.Request) -> web.StreamResponse:
        """What the link is for, and the one button; or the file that it leads to."""
        link, there = await self._read(request)
        if link.kind == "file":
            return await self._file(link)
        return self._asking(request, link, there)

    async def do(self, request: web.Request) -> web.StreamResponse:
        """The button was pressed."""
        link, there = await self._read(request)
        if link.kind == "file":
            raise _No(405, FORGED)
        words = await self._words(request, link)
        try:
            if link.kind == "confirm":
                await self._intake.confirmed_by_link(there)
                return self._told(request, there, Receipt("done"), DONE)
            receipt = await self._press(request, link, there, words)
        except (Busy, *TROUBLES) as error:
            log.info("a link could not be followed just now", reason=type(error).__name__)
            raise _No(503, BUSY, again=words) from None
        return self._told(request, there, receipt)

    async def _read(self, request: web.Request) -> tuple[Link, There]:
        stamps = await self._office.stamps()
        try:
            link = stamps.of_link(request.match_info["token"], now=self._office.clock())
        except Forged:
            raise _No(404, FORGED) from None
        except TooOld:
            raise _No(410, TOO_OLD) from None
        async with self._office.database.reading() as session:
            there = await office.at(session, number=link.address)
        if there is None or (link.kind == "press" and self._kind(link) is None):
            raise _No(410, GONE)
        return link, there

    def _kind(self, link: Link) -> type[Press] | None:
        try:
            kind = self._office.kind_of(link.payload)
        except BadPress:
            return None
        return kind if kind.says is not None else None

    async def _words(self, request: web.Request, link: Link) -> str | None:
        """What was written, where the press asks for it."""
        body = await _body(request)
        kind = self._kind(link) if link.kind == "press" else None
        if kind is None or kind.asks is None:
            return None
        try:
            told = parse_qs(body.decode("utf-8", "replace"), max_num_fields=5).get("words", [""])[0]
        except ValueError:
            raise _No(400, FORGED) from None
        told = told.replace("\r\n", "\n")
        words = "".join(
            char for char in told if char in "\n\t" or char.isprintable() or char in _JOINS
        ).strip()
        if len(words) > LONGEST:
            raise _No(413, TOO_LONG, again=words[:LONGEST])
        if not words:
            raise _No(400, WORDS_WANTED, again="")
        return words

    async def _press(self, request: web.Request, link: Link, there: There, words: str | None) -> Receipt:
        # The same link with the same words is the same press, however often it is sent.
        seed = f"{request.match_info['token']}\0{words or ''}".encode()
        key = "p" + hashlib.sha256(seed).hexdigest()[:40]
        what = Tap(link.payload, query="page", words=words)
        receipt = await self._office.submit(
            Incoming(NAME, key, there.email, there.email, what, about=link.about, takes_note=True)
        )
        await self._intake.confirm(there)  # whoever presses a button of a letter has the letter
        return receipt

    def _asking(
        self, request: web.Request, link: Link, there: There, *, again: str = "", sorry: str | None = None,
        status: int = 200,
    ) -> web.Response:  # fmt: skip
        kind = self._kind(link) if link.kind == "press" else None
        return self._page(
            request, "asking.html", there, status, says=CONFIRM if kind is None else kind.says,
            asks=None if kind is None else kind.asks, about=link.about, again=again, longest=LONGEST,
            sorry=sorry, email=there.email,
        )  # fmt: skip

    def _told(
        self, request: web.Request, there: There, receipt: Receipt, otherwise: str | None = None
    ) -> web.Response:
        outcomes = {"done": DONE, "seen": SEEN, "refused": REFUSED, "broken": BROKEN}
        note = receipt.note.text if receipt.note is not None else None
        return self._page(
            request, "told.html", there, 200, note=note or None, sentence=otherwise or outcomes[receipt.outcome],
            email=there.email if receipt.outcome == "done" and otherwise is None else None,
        )  # fmt: skip

    async def _file(self, link: Link) -> web.Response:
        made = await self._office.drawer.take(link.payload)
        if made is None:
            raise _No(410, GONE)
        shown = made.type in SHOWABLE
        kind = made.type if shown else "application/octet-stream"
        name = "picture" if shown else "file"
        headers = {
            **SAFE,
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{name}"',
        }
        return web.Response(body=made.content, content_type=kind, headers=headers)

    def polite(self, handler: Handler) -> Handler:
        """The handler, with what it refuses said in words."""

        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except _No as no:
                return await self._sorry(request, no)
            except TROUBLES as error:
                log.warning("a page of a letter could not be shown", reason=type(error).__name__)
                return await self._sorry(request, _No(503, BUSY))

        return answer

    async def _sorry(self, request: web.Request, no: _No) -> web.StreamResponse:
        if no.again is not None:
            link, there = await self._read(request)
            return self._asking(request, link, there, again=no.again, sorry=no.sentence, status=no.status)
        return self._page(request, "told.html", None, no.status, note=None, sentence=no.sentence, email=None)

    def _page(
        self, request: web.Request, name: str, there: There | None, status: int, **told: object
    ) -> web.Response:
        to = self._language(request, there)
        text = templates().get_template(name).render(_=to._, tongue=to, **told)
        return web.Response(text=text, status=status, content_type="text/html", headers=SAFE)

    def _language(self, request: web.Request, there: There | None) -> Tongue:
        known = None if there is None else there.language
        header = request.headers.get("Accept-Language", "")
        return reads((request.query.get("lang"), known), header, self._office.language)


_JOINS = "\u200c\u200d\u200e\u200f"
_STYLE = files("bot.channels.email").joinpath("static", "signed.css")


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > BODY_LIMIT:
        raise _No(413, TOO_LONG)
    taken = bytearray()
    async for piece in request.content.iter_chunked(8192):
        taken += piece
        if len(taken) > BODY_LIMIT:
            raise _No(413, TOO_LONG)
    return bytes(taken)


async def _style(request: web.Request) -> web.Response:
    headers = {**SAFE, "Cache-Control": "no-cache"}
    return web.Response(text=_STYLE.read_text("utf-8"), content_type="text/css", headers=headers)


def routes(at: Office, intake: Intake) -> list[web.RouteDef]:
    """Every address below /e."""
    pages = Pages(at, intake)
    token = "/e/{token:[A-Za-z0-9_.-]{20,600}}"  # noqa: S105 - the shape of one
    return [
        web.get("/e/signed.css", _style),
        web.get(token, pages.polite(pages.look)),
        web.post(token, pages.polite(pages.do)),
    ]


@lru_cache(maxsize=1)
def templates() -> jinja2.Environment:
    """The pages of this room."""
    return jinja2.Environment(loader=jinja2.PackageLoader("bot.channels.email"), autoescape=True)
