"""HTML on both ways: our small markup as plain text and as safe HTML, and what others write in HTML as plain text."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from unicodedata import bidirectional
from urllib.parse import urlsplit

from markupsafe import Markup, escape

_TAG = re.compile(r'<(/?)(b|i|code|a)(?:\s+href="([^"]*)")?>')
_GAPS = re.compile(r"\n{2,}")


def safe(href: str) -> bool:
    """Whether an address may stand in a letter."""
    try:
        return urlsplit(href.strip()).scheme.lower() in {"http", "https", "mailto"}
    except ValueError:
        return False


def told(text: str) -> str:
    """Our markup as plain text; the address of a link stands behind its words."""
    out, at, link = "", 0, ""
    for tag in _TAG.finditer(text):
        out += unescape(text[at : tag.start()])
        at = tag.end()
        if tag[2] == "a" and not tag[1]:
            link = unescape(tag[3] or "")
        elif tag[2] == "a" and link:
            out, link = (out if out.endswith(link) else f"{out} ({link})"), ""
    return out + unescape(text[at:])


def paragraphs(text: str, *, rtl: bool) -> list[tuple[str, Markup]]:
    """Our markup as HTML, paragraph by paragraph with its direction; what is none of our tags is shown as it stands."""
    return [(way(told(one), rtl=rtl), _html(one)) for one in _GAPS.split(text.strip()) if one.strip()]


def headed(text: str, *, rtl: bool) -> tuple[tuple[str, Markup] | None, list[tuple[str, Markup]]]:
    """A heading and the rest: the first paragraph where it stands out as a whole or is one short line, else none."""
    found = paragraphs(text, rtl=rtl)
    if not found:
        return None, found
    first = found[0][1]
    stands_out = re.fullmatch(r"<b>(?:(?!</b>).)*</b>", first, re.DOTALL)
    if stands_out or (len(found) > 1 and "<br>" not in first and len(told(str(first))) <= SHORT):
        return found[0], found[1:]
    return None, found


SHORT = 120  # characters of a line that can be a heading


def _html(text: str) -> Markup:
    out, open_tags, at = [], list[str](), 0
    for tag in _TAG.finditer(text):
        out.append(_plain(text[at : tag.start()]))
        at = tag.end()
        name, href = tag[2], unescape(tag[3] or "")
        if tag[1]:
            while name in open_tags:
                out.append(Markup(f"</{open_tags.pop()}>"))  # noqa: S704 - it was opened by us
        elif name != "a":
            open_tags.append(name)
            out.append(Markup(f"<{name}>"))  # noqa: S704 - one of three known names
        elif safe(href) and "a" not in open_tags:
            open_tags.append("a")
            out.append(Markup('<a href="{}">').format(href))
    out.append(_plain(text[at:]))
    return Markup("").join([*out, *(Markup(f"</{name}>") for name in reversed(open_tags))])  # noqa: S704


def _plain(text: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in unescape(text).split("\n"))


def way(text: str, *, rtl: bool) -> str:
    """The direction of a paragraph: the letter's own, unless it has no word in a script that runs that way."""
    kinds = {bidirectional(char) for char in text}
    leftward, rightward = bool(kinds & {"R", "AL"}), "L" in kinds
    if rtl:
        return "ltr" if rightward and not leftward else "rtl"
    return "rtl" if leftward and not rightward else "ltr"


# --- what others write ---------------------------------------------------------------------------

QUOTES = {
    "gmail_quote",
    "gmail_quote_container",
    "gmail_attr",
    "moz-cite-prefix",
    "yahoo_quoted",
    "protonmail_quote",
}
"""Classes of what mail programs put around the letter that is answered."""
QUOTE_IDS = {
    "divrplyfwdmsg",
    "appendonsend",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-signature",
}
SIGNATURES = {"gmail_signature", "moz-signature", "protonmail_signature_block"}

_BLOCKS = {
    "p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre", "hr", "blockquote",
    "section", "article", "header", "footer",
}  # fmt: skip
_UNSEEN = {"style", "script", "head", "title", "template", "noscript", "svg"}
_EMPTY = {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"}
DEEPEST = 400  # tags within tags; nobody writes deeper, and what comes then is left out


def from_html(html: str) -> str:
    """The words of a mail that came in HTML only, without what its program marks as quoted or as a signature."""
    reader = _Reader()
    try:
        reader.feed(_plainly_marked(html))
        reader.close()
    except AssertionError:
        pass  # it trips over some marks; what came before them was read
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.out).split("\n")]
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def _plainly_marked(html: str) -> str:
    """Without comments, and with each < that begins no tag as a letter: the library would look through all that
    follows, once for each of them."""
    kept, at = [], 0
    while (begins := html.find("<!--", at)) >= 0:
        kept.append(html[at:begins])
        ends = html.find("-->", begins + 4)
        at = len(html) if ends < 0 else ends + 3
    kept.append(html[at:])
    return re.sub(r"<(?![^<>]*>)", "&lt;", "".join(kept))


class _Reader(HTMLParser):
    """Collects words; whatever stands in a tag that is left out is left out with it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._names = Counter[str]()  # of those that are open
        self._over = False

    @property
    def _left_out(self) -> bool:
        return self._over or (bool(self._open) and self._open[-1][1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        marks = set((about.get("class") or "").lower().split())
        if (about.get("id") or "").lower().removeprefix("x_") in QUOTE_IDS:
            self._over = True  # Outlook puts the letter behind this mark, not into it
        if tag in _BLOCKS and not self._left_out:
            self.out.append("\n" if tag != "p" else "\n\n")
        self._over = self._over or len(self._open) >= DEEPEST
        if tag in _EMPTY or self._over:
            return
        hidden = tag in _UNSEEN or "display:none" in (about.get("style") or "").replace(" ", "").lower()
        cited = tag == "blockquote" and (about.get("type") == "cite" or "gmail_quote" in marks)
        quoted = bool(marks & (QUOTES | SIGNATURES)) or cited
        self._open.append((tag, self._left_out or hidden or quoted))
        self._names[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY or not self._names[tag]:
            return
        closed = ""
        while closed != tag:
            closed = self._open.pop()[0]
            self._names[closed] -= 1
        if tag in _BLOCKS and not self._left_out:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.out.append(re.sub(r"\s+", " ", data))
