"""What in somebody's words may be about a private person: names with a title, telephone numbers, mail addresses, number
plates. It is asked about before such words go public. Pure; it hides nothing, and knows no names without a title."""

from __future__ import annotations

import re

MOST = 5  # findings; more make the question no clearer

_LATIN = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]+"
_TITLES = (
    # English and Welsh
    rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Dame|Rev|Bonwr|Bones|Parch)\b\.?\s+{_LATIN}(?:\s+{_LATIN})?",
    # Polish, in all its cases
    rf"\b(?:[Pp]an(?:a|u|em|i|ią|ie)?|[Pp]aństw(?:o|a|u|em)|[Dd]oktor(?:a|em)?|[Kk]s\.|[Ss]ąsiad(?:a|em|ka|ki|ką)?)\s+"
    rf"{_LATIN}(?:\s+{_LATIN})?",
    rf"\b(?:[Mm]y neighbou?r|[Nn]eighbou?r|[Ff]y nghymydog)\s+{_LATIN}(?:\s+{_LATIN})?",
    # Urdu: titles before a name, and after it
    r"(?:جناب|محترمہ|محترم|مسٹر|مسز|مس|ڈاکٹر|بیگم)\s+[\u0600-\u06FF]+(?:\s+[\u0600-\u06FF]+)?",
    r"[\u0600-\u06FF]+\s+(?:صاحبہ|صاحب|بیگم)",
)
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_PHONE = r"(?<![\w.])(?:\+|00)?\(?\d(?:[\s().–-]{0,3}\d){8,13}(?!\w)"
_PLATES = (
    r"\b[A-Z]{2}\d{2}\s?[A-Z]{3}\b",  # Britain: AB12 CDE
    r"\b[A-Z]{2,3}\s?(?=[A-Z0-9]*\d)[A-Z0-9]{4,5}\b(?<![A-Z]{5})",  # Poland: WX 12345, KR 1A234
    r"\b[A-Z]{2,3}-\d{2,4}(?:-\d{2,4})?\b",  # Pakistan: LEA-1234
)

_ALL = tuple(re.compile(each) for each in (*_TITLES, _MAIL, _PHONE, *_PLATES))


def private_matters(text: str) -> list[str]:
    """The pieces of these words that may name a private person or lead to one, in their order, each once."""
    found = sorted(
        (match.start(), -match.end(), match.group().strip()) for one in _ALL for match in one.finditer(text)
    )
    pieces: list[str] = []
    end = -1
    for start, minus_end, piece in found:
        if start >= end and piece not in pieces:
            pieces.append(piece)
            end = -minus_end
    return pieces[:MOST]
