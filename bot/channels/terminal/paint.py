"""Our markup (<b>, <i>, <code>, <a>) as rich text."""

from __future__ import annotations

import re
from html import unescape

from rich.text import Text

STYLES = {"b": "bold", "i": "italic", "code": "cyan", "a": "underline"}

_TAG = re.compile(r"<(/?)(b|i|code|a)(?:\s[^>]*)?>")


def painted(markup: str) -> Text:
    """The words with their styles; everything that is none of our tags is printed as it stands."""
    text, open_tags, at = Text(), list[str](), 0
    for tag in _TAG.finditer(markup):
        text.append(_plain(markup[at : tag.start()]), " ".join(STYLES[name] for name in open_tags))
        at = tag.end()
        if not tag[1]:
            open_tags.append(tag[2])
        elif tag[2] in open_tags:
            open_tags.remove(tag[2])
    text.append(_plain(markup[at:]))
    return text


def harmless(words: str) -> str:
    """Words without control characters: somebody wrote them, and a terminal would obey."""
    return "".join(char for char in words if char in "\n\t" or char.isprintable() or char in _ISOLATES)


def _plain(markup: str) -> str:
    return harmless(unescape(markup))


_ISOLATES = "\u200c\u200d\u2066\u2067\u2068\u2069"
