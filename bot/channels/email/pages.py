"""The pages behind links in letters. To open one changes nothing: mail scanners open links. One button does it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import jinja2
import structlog
from aiohttp import web
from markupsafe import Markup

from bot.channels.email import choosing, forms, office
from bot.channels.email.forms import FORGED, Fields, No
from bot.channels.email.intake import Intake
from bot.channels.email.office import NAME, TROUBLES, Office, There
from bot.channels.email.quoting import LONGEST
from bot.channels.email.stamps import Forged, Link, TooOld
from bot.errors import BadPress, Busy, Refused
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
SHOWABLE = {"image/jpeg", "image/png", "image/webp"}

TOO_OLD = N_("This link is too old. Please answer the e-mail instead, or ask for a new one.")
GONE = N_("This link does not work any more.")
BUSY = N_("We are very busy just now. Nothing is lost; please try again in a moment.")
CONFIRM = N_("This e-mail address is yours, and what was written from it may be passed on.")
CHANGED = N_("This was changed in the meantime. Please look at it once more.")

DONE = N_("Done. Thank you.")
SEEN = N_("This was done already. Nothing was done twice.")
REFUSED = N_("That did not work. The reason is on its way to you by e-mail.")
BROKEN = N_("Something went wrong on our side. Nothing was saved; please try again.")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pressed:
    """What was pressed; `once` is of one look at a page to choose from."""

    payload: str
    once: str | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """What tells it from another press behind the same link."""
        return () if self.once is None else (self.payload, self.once)


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
        return await self._asking(request, link, there)

    async def do(self, request: web.Request) -> web.StreamResponse:
        """The button was pressed."""
        link, there = await self._read(request)
        if link.kind == "file":
            raise No(405, FORGED)
        filled = await forms.fields(request)
        words = None
        try:
            if link.kind == "confirm":
                await self._intake.confirmed_by_link(there)
                return self._told(request, there, Receipt("done"), DONE)
            pressed, asks = await self._pressed(link, there, filled)
            words = forms.words(filled) if asks else None
            receipt = await self._press(request, link, there, pressed, words)
        except (Busy, *TROUBLES) as error:
            log.info("a link could not be followed just now", reason=type(error).__name__)
            raise No(503, BUSY, again=words) from None
        return self._told(request, there, receipt, back=link.kind == "choose")

    async def _pressed(self, link: Link, there: There, filled: Fields) -> tuple[Pressed, bool]:
        """Which press it is, and whether words belong to it. The same link with the same words is the same press,
        however often it is sent; a page to choose from may be opened again to choose otherwise."""
        if link.kind == "press":
            kind = self._press_of(link)
            return Pressed(link.payload), kind is not None and kind.asks is not None
        try:
            offered = await choosing.offer(self._office, link, there)
        except Refused:
            raise No(409, CHANGED, again="") from None  # the page says why
        payload = filled.get("press", "")
        if offered is None or payload not in {one.payload for one in choosing.choosable(offered)}:
            raise No(409, CHANGED, again="")
        return Pressed(payload, filled.get("once", "")[:40]), offered.asks is not None

    async def _read(self, request: web.Request) -> tuple[Link, There]:
        stamps = await self._office.stamps()
        try:
            link = stamps.of_link(request.match_info["token"], now=self._office.clock())
        except Forged:
            raise No(404, FORGED) from None
        except TooOld:
            raise No(410, TOO_OLD) from None
        async with self._office.database.reading() as session:
            there = await office.at(session, number=link.address)
        if there is None or (link.kind == "press" and self._press_of(link) is None):
            raise No(410, GONE)
        return link, there

    def _press_of(self, link: Link) -> Press | None:
        try:
            press = self._office.press_of(link.payload)
        except BadPress:
            return None
        return press if press.says is not None else None

    async def _press(
        self, request: web.Request, link: Link, there: There, pressed: Pressed, words: str | None
    ) -> Receipt:
        seed = "\0".join((request.match_info["token"], words or "", *pressed.told)).encode()
        key = "p" + hashlib.sha256(seed).hexdigest()[:40]
        what = Tap(pressed.payload, query="page", words=words)
        receipt = await self._office.submit(
            Incoming(
                NAME, key, there.email, there.email, what, about=link.about, takes_note=True, by_link=True
            )
        )
        await self._intake.confirm(there)  # whoever presses a button of a letter has the letter
        return receipt

    async def _asking(
        self, request: web.Request, link: Link, there: There, *, again: str = "", sorry: str | None = None,
        status: int = 200,
    ) -> web.Response:  # fmt: skip
        if link.kind == "choose":
            try:
                offered = await choosing.offer(self._office, link, there)
            except Refused as no:
                return self._said(request, there, 410, note=there.tongue._(no.sentence, **no.holes))
            if offered is None:
                raise No(410, GONE)
            more = {"again": again, "sorry": sorry, "longest": LONGEST}
            return self._page(
                request, "choosing.html", there, status, **choosing.told(offered, there), **more
            )
        kind = self._press_of(link) if link.kind == "press" else None
        return self._page(
            request, "asking.html", there, status, says=CONFIRM if kind is None else kind.sentence(),
            asks=None if kind is None else kind.asks, about=link.about, again=again, longest=LONGEST,
            sorry=sorry, email=there.email,
        )  # fmt: skip

    def _told(
        self,
        request: web.Request,
        there: There,
        receipt: Receipt,
        otherwise: str | None = None,
        *,
        back: bool = False,
    ) -> web.Response:
        outcomes = {"done": DONE, "seen": SEEN, "refused": REFUSED, "broken": BROKEN}
        note = receipt.note.text if receipt.note is not None else None
        email = there.email if receipt.outcome == "done" and otherwise is None and not back else None
        sentence = otherwise or outcomes[receipt.outcome]
        return self._said(request, there, 200, note=note or None, sentence=sentence, email=email, back=back)

    def _said(
        self, request: web.Request, there: There | None, status: int, *, note: Markup | None = None,
        sentence: str = "", email: str | None = None, back: bool = False,
    ) -> web.Response:  # fmt: skip
        return self._page(
            request, "told.html", there, status, note=note, sentence=sentence, email=email, back=back
        )

    async def _file(self, link: Link) -> web.Response:
        made = await self._office.drawer.take(link.payload)
        if made is None:
            raise No(410, GONE)
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
            except No as no:
                return await self._sorry(request, no)
            except TROUBLES as error:
                log.warning("a page of a letter could not be shown", reason=type(error).__name__)
                return await self._sorry(request, No(503, BUSY))

        return answer

    async def _sorry(self, request: web.Request, no: No) -> web.StreamResponse:
        if no.again is not None:
            link, there = await self._read(request)
            return await self._asking(
                request, link, there, again=no.again, sorry=no.sentence, status=no.status
            )
        return self._said(request, None, no.status, sentence=no.sentence)

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


_STYLE = files("bot.channels.email").joinpath("static", "signed.css")


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
