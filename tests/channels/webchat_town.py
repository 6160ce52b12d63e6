"""A town with its web chat open on a real port, and visitors who use it without any script: pages, forms, cookies."""

from __future__ import annotations

import asyncio
import io
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any, ClassVar

from aiohttp import ClientResponse, ClientSession, CookieJar, FormData
from sqlalchemy import func, select

from bot.app import build, running
from bot.clock import SetClock
from bot.models import Base
from bot.pace import Limits
from bot.settings import Settings
from tests.paper import PaperChannel
from tests.town import MONDAY, Town

PATIENCE = 30.0


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class WebTown(Town):
    """The make-believe town, with a web address."""

    waits_for: ClassVar[tuple[str, ...]] = ("paper", "web")

    site: str = ""

    @asynccontextmanager
    async def visitor(self, **headers: str) -> AsyncIterator[Visitor]:
        """Somebody with a browser that has no scripts."""
        jar = CookieJar(unsafe=True)
        async with ClientSession(
            self.site, cookie_jar=jar, headers={"Accept": "text/html", **headers}
        ) as session:
            yield Visitor(session)

    async def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        async with self.folkmoot.database.reading() as session:
            return {
                table.name: await session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }


@asynccontextmanager
async def a_web_town(url: str, **given: Any) -> AsyncIterator[WebTown]:
    """A running town on that database, with its pages open."""
    clock, port = SetClock(MONDAY), free_port()
    settings = Settings(_env_file=None, database_url=url, port=port, **given)  # type: ignore[call-arg, arg-type]
    folkmoot = build(settings, clock=clock)
    paper = PaperChannel()
    folkmoot.add(paper, Limits())
    folkmoot.jobs.start = lambda: None  # type: ignore[method-assign]  # time passes only when a test says so
    async with running(folkmoot):
        await until(
            lambda: all(postman.on_duty for postman in folkmoot.postmen.values()), "the postmen are on duty"
        )
        yield WebTown(folkmoot, paper, clock, site=f"http://127.0.0.1:{port}")


async def until(holds: Callable[[], object], what: str) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain: {what}")
        await asyncio.sleep(0.01)


@dataclass
class Form:
    """A form of the page: what it carries, and its buttons as (label, name, value)."""

    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """A page as somebody without scripts has it: text, and forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: list[Form] = []
        self.attributes: dict[str, str] = {}
        self._button: tuple[str, str] | None = None
        self._label = ""
        self._written: str | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        """The words of the conversation."""
        log = self.html[self.html.find('id="log"') : self.html.find("<footer")]
        return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", log)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.attributes = here
        if tag == "form":
            self.forms.append(Form())
        if tag in {"input", "textarea"} and self.forms:
            self.forms[-1].fields[here.get("name", "")] = here.get("value", "")
            self._written = here.get("name", "") if tag == "textarea" else None
        if tag == "button":
            self._button, self._label = (here.get("name", ""), here.get("value", "")), ""

    def handle_data(self, data: str) -> None:
        self._label += data
        if self._written and self.forms:
            self.forms[-1].fields[self._written] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._written = None
        if tag == "button" and self._button and self.forms:
            self.forms[-1].buttons.append((self._label.strip(), *self._button))
            self._button = None


class Visitor:
    """Reads pages and presses buttons."""

    def __init__(self, session: ClientSession) -> None:
        self.http = session
        self.path = ""
        self.page = Page("")
        self.answer: ClientResponse | None = None

    async def opens(self, path: str) -> Page:
        """Go to an address."""
        self.path = path
        async with self.http.get(path) as response:
            return await self._look(response)

    async def presses(self, label: str) -> Page:
        """Press the last button with this label; the one beside the field only if no other has it."""
        newest_first = list(reversed(self.page.forms))
        for form in sorted(newest_first, key=lambda form: "words" in form.fields):
            for text, name, value in form.buttons:
                if label == text.removeprefix("✔ "):
                    return await self.sends({**form.fields, **({name: value} if name else {})})
        raise AssertionError(f"there is no button {label!r} on:\n{self.page.text}")

    async def says(self, text: str) -> Page:
        """Write into the field and send it."""
        form = next(form for form in reversed(self.page.forms) if "words" in form.fields)
        return await self.sends({**form.fields, "words": text})

    async def sends(self, fields: dict[str, str], **headers: str) -> Page:
        """Post a form."""
        async with self.http.post("/w/say", data=fields, headers=headers) as response:
            return await self._look(response)

    async def sends_picture(self, content: bytes, words: str = "", **more: str) -> Page:
        """Choose a picture, write something beside it, and send both."""
        async with self.http.post("/w/say", data=self.with_picture(content, words, **more)) as response:
            return await self._look(response)

    async def sends_picture_by_script(
        self, content: bytes, words: str = "", **more: str
    ) -> tuple[int, dict[str, Any]]:
        """The same as the page's script posts it."""
        form, asked = self.with_picture(content, words, **more), {"Accept": "application/json"}
        async with self.http.post("/w/say", data=form, headers=asked) as response:
            return response.status, await response.json()

    def with_picture(self, content: bytes, words: str = "", **more: str) -> FormData:
        """The form beside the field, filled."""
        form = next(form for form in reversed(self.page.forms) if "picture" in form.fields)
        filled = FormData(quote_fields=False)
        for name, value in {**form.fields, "words": words, **more}.items():
            if name != "picture":
                filled.add_field(name, value)
        filled.add_field("picture", io.BytesIO(content), filename="../../lamp.html", content_type="text/html")
        return filled

    async def says_by_script(self, **fields: str) -> tuple[int, dict[str, Any]]:
        """What the page's script posts."""
        form = next(form for form in reversed(self.page.forms) if "words" in form.fields)
        whole = {**form.fields, "words": "", **fields}
        async with self.http.post("/w/say", json=whole, headers={"Accept": "application/json"}) as response:
            return response.status, await response.json()

    async def _look(self, response: ClientResponse) -> Page:
        self.answer = response
        self.page = Page(await response.text())
        return self.page
