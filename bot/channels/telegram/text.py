"""Texts within Telegram's limits: our HTML subset, cut at paragraphs, its tags balanced over the cuts.

Telegram counts UTF-16 units after the markup is gone (Bot API, sendMessage: 1-4096 characters after
entities parsing). Of named entities it knows only lt, gt, amp and quot, and all numeric ones, so markupsafe's
&#39; and &#34; are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from markupsafe import Markup, escape

from bot.message import units

LONGEST_TEXT = 4096
LONGEST_TOAST = 200

_TOKEN = re.compile(r"(</?[a-zA-Z][^<>]*>)")
_OPENING = re.compile(r"<(b|i|code)>|<a href=\"((?:https?|tg|mailto|tel):[^\"<>\s]+)\">")
_CLOSING = re.compile(r"</(b|i|code|a)>")
_STICKY = re.compile(r"[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
_BORDERS = (
    re.compile(r".*\n[ \t]*\n", re.DOTALL),
    re.compile(r".*\n", re.DOTALL),
    re.compile(r".*\s", re.DOTALL),
)

Run = tuple[str, tuple[str, ...]]
"""Plain text and the tags that are open around it."""


_LETTERS = r"(?:[^<>&]|&(?:lt|gt|amp|quot|#34|#39);)*"
_PLAIN = re.compile(rf"{_LETTERS}(?:<(b|i|code)>{_LETTERS}</\1>{_LETTERS})*")
"""Words with tags of ours around some of them, none within another: what most messages are."""


def parts(text: Markup, limit: int = LONGEST_TEXT) -> list[str]:
    """`text` as one or more pieces of HTML that Telegram takes; none when there is nothing to say."""
    whole = str(text).strip()
    if whole and 2 * len(whole) <= limit and _PLAIN.fullmatch(whole) and not _EDGES.search(whole):
        return [whole]
    return _parts(text, limit)


_EDGES = re.compile(r"^<\w+>\s|\s</\w+>$|<(\w+)></\1>|</\w+><")
"""What the longer way would tidy: white space just inside the first or last tag, tags around nothing, tags side by
side."""


def _parts(text: Markup, limit: int) -> list[str]:
    runs = list(_runs(str(text)))
    plain = "".join(words for words, _ in runs)
    return [_html(_slice(runs, start, stop)) for start, stop in _cuts(plain, limit)]


def shortened(text: str, limit: int) -> str:
    """`text`, or as much of its beginning as fits with an ellipsis."""
    if units(text) <= limit:
        return text
    return text[: _fitting(text, limit - 1)].rstrip() + "…"


def _runs(source: str) -> Iterator[Run]:
    """The text with its tags beside it. A tag that is none of ours goes, what it held stays."""
    around: list[tuple[str, str]] = []
    for token in _TOKEN.split(source):
        if opening := _OPENING.fullmatch(token):
            around.append((opening[1] or "a", token))
        elif closing := _CLOSING.fullmatch(token):
            names = [name for name, _ in around]
            if closing[1] in names:
                del around[len(names) - 1 - names[::-1].index(closing[1])]
        elif token and not _TOKEN.fullmatch(token):
            yield unescape(token), tuple(tag for _, tag in around)


def _cuts(plain: str, limit: int) -> Iterator[tuple[int, int]]:
    """Where each piece begins and ends, without the white space around it."""
    start, end = 0, len(plain.rstrip())
    while start < end:
        start += len(plain[start:end]) - len(plain[start:end].lstrip())
        stop = end if units(plain[start:end]) <= limit else _border(plain, start, limit)
        yield start, start + len(plain[start:stop].rstrip())
        start = stop


def _border(plain: str, start: int, limit: int) -> int:
    """The last paragraph's end that fits, or line's, or word's, or else as many letters as fit."""
    longest = _fitting(plain[start : start + limit + 1], limit)
    cut = seen = start + longest
    while seen < len(plain) and plain[seen].isspace():
        seen += 1  # a border right behind the last letter that fits is as good
    for border in _BORDERS:
        if found := border.match(plain, start, seen):
            return found.end()
    while cut > start + 1 and (_STICKY.match(plain, cut) or plain[cut - 1] == "\u200d"):
        cut -= 1
    return cut if cut > start + 1 else start + longest


def _fitting(text: str, limit: int) -> int:
    """How many letters of `text` take up at most `limit` units."""
    taken = 0
    for count, letter in enumerate(text):
        taken += 2 if letter > "\uffff" else 1
        if taken > limit:
            return count
    return len(text)


def _slice(runs: list[Run], start: int, stop: int) -> Iterator[Run]:
    at = 0
    for words, around in runs:
        if piece := words[max(start - at, 0) : max(stop - at, 0)]:
            yield piece, around
        at += len(words)


def _html(runs: Iterator[Run]) -> str:
    said: list[str] = []
    around: tuple[str, ...] = ()
    for words, wanted in runs:
        said += [*_between(around, wanted), str(escape(words))]
        around = wanted
    return "".join([*said, *_between(around, ())])


def _between(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    """The tags that lead from one set of open tags to another."""
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    for tag in reversed(before[same:]):
        yield "</a>" if tag.startswith("<a ") else f"</{tag[1:]}"
    yield from after[same:]
