"""Telegram's HTML: to text and entities with UTF-16 offsets, as strict as its manual asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.fake_telegram.refusal import Refusal, improper

Entity = dict[str, Any]

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_ATTRIBUTES = {
    "a": "href",
    "span": "class",
    "code": "class",
    "blockquote": "expandable",
    "tg-emoji": "emoji-id",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG = re.compile(
    r"<(/?)([a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s<>\"']+))?)*)\s*>"
)
_ATTRIBUTE = re.compile(r"\s+([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s<>\"']+)))?")
_SPECIAL = re.compile(r"[<>&]")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]+));")
_LINK = re.compile(
    r"(?i)^(?:https?://[^\s/?#]+\S*|tg://\S+|ton://\S+|mailto:\S+|tel:\S+|[\w-]+(\.[\w-]+)+\S*)$"
)


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    tag: str
    offset: int
    value: str


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def parse(source: str) -> tuple[str, list[Entity]]:
    """The text without its markup, and its entities; raises Refusal where the markup is wrong."""
    said: list[str] = []
    length = at = 0
    waiting: list[_Open] = []
    entities: list[Entity] = []
    while at < len(source):
        letter = source[at]
        if letter == "<":
            match = _tag_at(source, at)
            tag = match[2].lower()
            if match[1]:
                entities += _closed(waiting, tag, length, source, at)
            else:
                waiting.append(_Open(tag, length, _value(tag, match[3], source, at)))
            at = match.end()
            continue
        plain, at = _reference(source, at) if letter == "&" else _literal(source, at)
        said.append(plain)
        length += units(plain)
    if waiting:
        raise _broken(f'Can\'t find end tag corresponding to start tag "{waiting[-1].tag}"')
    return trimmed("".join(said), entities)


def _broken(words: str) -> Refusal:
    return improper(f"can't parse entities: {words}")


def _place(source: str, at: int) -> str:
    return f"at byte offset {len(source[:at].encode())}"


def _tag_at(source: str, at: int) -> re.Match[str]:
    match = _TAG.match(source, at)
    if match is None:
        side = "end" if source.startswith("</", at) else "start"
        name = re.compile(r"</?([a-zA-Z0-9-]*)").match(source, at)
        if side == "start" and name and name[1].lower() not in _KINDS:
            raise _broken(f'Unsupported start tag "{name[1].lower()}" {_place(source, at)}')
        raise _broken(f"Unclosed {side} tag {_place(source, at)}")
    if not match[1] and match[2].lower() not in _KINDS:
        raise _broken(f'Unsupported start tag "{match[2].lower()}" {_place(source, at)}')
    return match


def _value(tag: str, attributes: str, source: str, at: int) -> str:
    """The one attribute that this tag may have."""
    found = ""
    for name, *values in _ATTRIBUTE.findall(attributes):
        if name.lower() != _ATTRIBUTES.get(tag):
            raise _broken(f'Unexpected attribute "{name}" of the tag "{tag}" {_place(source, at)}')
        found = "".join(values) or name
    found = _REFERENCE.sub(lambda match: _reference(match[0], 0)[0], found)
    if tag == "span" and found != "tg-spoiler":
        raise _broken(f'Tag "span" must have class "tg-spoiler" {_place(source, at)}')
    if tag == "tg-emoji" and not found.isdigit():
        raise _broken(f"Invalid custom emoji identifier specified {_place(source, at)}")
    if tag == "a" and found and not _LINK.match(found):
        # Telegram would drop the link in silence; the reader would find bare words.
        raise _broken(f'Link "{found}" leads nowhere {_place(source, at)}')
    return found


def _closed(waiting: list[_Open], tag: str, length: int, source: str, at: int) -> list[Entity]:
    if not waiting:
        raise _broken(f"Unexpected end tag {_place(source, at)}")
    start = waiting.pop()
    if tag and tag != start.tag:
        raise _broken(f'Unmatched end tag {_place(source, at)}, expected "</{start.tag}>", found "</{tag}>"')
    entity: Entity = {"type": _KINDS[start.tag], "offset": start.offset, "length": length - start.offset}
    if start.tag == "a":
        if not start.value:
            raise _broken(f"Link without an address {_place(source, at)}")
        entity["url"] = start.value
    if start.tag == "blockquote" and start.value:
        entity["type"] = "expandable_blockquote"
    if start.tag == "tg-emoji":
        entity["custom_emoji_id"] = start.value
    return [entity] if entity["length"] else []


def _reference(source: str, at: int) -> tuple[str, int]:
    match = _REFERENCE.match(source, at)
    if match is None:
        raise _broken(f'Unescaped "&" {_place(source, at)}')
    if match[3]:
        if match[3] not in _NAMED:
            raise _broken(f'Unsupported entity "{match[0]}" {_place(source, at)}')
        return _NAMED[match[3]], match.end()
    code = int(match[1]) if match[1] else int(match[2], 16)
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        raise _broken(f'Bad entity "{match[0]}" {_place(source, at)}')
    return chr(code), match.end()


def _literal(source: str, at: int) -> tuple[str, int]:
    if source[at] == ">":
        raise _broken(f'Unescaped ">" {_place(source, at)}')
    special = _SPECIAL.search(source, at)
    stop = special.start() if special else len(source)
    return source[at:stop], stop


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """White space at both ends goes, as Telegram does it, and the entities follow."""
    cut = units(text) - units(text.lstrip())
    text = text.strip()
    end = units(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] + entity["length"] - cut, end)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return text, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


_FOUND = [
    ("url", re.compile(r"(?i)\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+\.[a-z]{2,}\b")),
    (
        "bot_command",
        re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])", re.ASCII),
    ),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{2,31}\b", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d_]\w*")),
]
_SHUT = {"code", "pre", "text_link", "custom_emoji"}


def found_in(text: str, entities: list[Entity]) -> list[Entity]:
    """`entities` with those that Telegram finds by itself: addresses, commands, mentions, hashtags."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in _SHUT]
    more: list[Entity] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start, stop = units(text[: match.start()]), units(text[: match.end()])
            if all(stop <= a or b <= start for a, b in taken):
                taken.append((start, stop))
                more.append({"type": kind, "offset": start, "length": stop - start})
    return sorted(entities + more, key=lambda entity: (entity["offset"], -entity["length"]))
