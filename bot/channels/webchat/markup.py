"""Our small HTML (b, i, code, a) made safe for a page: what is not on the list is shown as plain text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from markupsafe import Markup, escape

_PLAIN = {"b", "i", "code"}
_SCHEMES = {"http", "https"}
_GAP = re.compile(r"\n{2,}")


def clean(text: str, *, new_tab: str) -> Markup:
    """The text with only allowed markup. `new_tab` warns a screen reader of links that open one."""
    reader = _Reader(new_tab)
    reader.feed(text)
    reader.close()
    return Markup("").join([*reader.out, *(Markup(f"</{tag}>") for tag in reversed(reader.open))])  # noqa: S704


class _Reader(HTMLParser):
    """Writes down again what is allowed, escapes the rest, and keeps tags balanced."""

    def __init__(self, new_tab: str) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[Markup] = []
        self.open: list[str] = []
        self._new_tab = new_tab

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _PLAIN:
            self.out.append(Markup(f"<{tag}>"))  # noqa: S704 - one of three known names
            self.open.append(tag)
        elif tag == "a" and "a" not in self.open and (href := _safe(dict(attrs).get("href"))):
            self.out.append(Markup('<a href="{}" target="_blank" rel="noopener noreferrer">').format(href))
            self.open.append(tag)
        else:
            self.out.append(escape(self.get_starttag_text()))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.open:
            self.out.append(escape(f"</{tag}>"))
            return
        while True:
            last = self.open.pop()
            if last == "a":
                self.out.append(Markup('<span class="unseen"> ({})</span>').format(self._new_tab))
            self.out.append(Markup(f"</{last}>"))  # noqa: S704 - it was opened by us
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        first, *more = _GAP.split(data)
        self.out.append(escape(first))
        self.out += [Markup('<span class="gap"></span>') + escape(part) for part in more]

    def handle_comment(self, data: str) -> None:
        self.out.append(escape(f"<!--{data}-->"))

    def handle_decl(self, decl: str) -> None:
        self.out.append(escape(f"<!{decl}>"))

    def handle_pi(self, data: str) -> None:
        self.out.append(escape(f"<?{data}>"))

    def unknown_decl(self, data: str) -> None:
        self.out.append(escape(f"<![{data}]>"))


def _safe(href: str | None) -> str | None:
    try:
        return href if href and urlsplit(href.strip()).scheme.lower() in _SCHEMES else None
    except ValueError:
        return None
