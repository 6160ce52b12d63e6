"""What somebody wrote themselves in a mail: without the letter that they answer, and without signature."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.i18n import N_, available, tongue

ABOVE = N_("Please write above this line.")
"""Stands at the head of our letters. Whatever a mail program does with a letter that is answered, this line stays."""
BELOW = N_("You can answer this e-mail in your own words; they reach us.")
"""Stands at the foot of our letters: what comes after it was written by somebody else."""

LONGEST = 10_000  # characters of what somebody wrote that are passed on

_QUOTED = re.compile(r"^\s*>")
_WROTE = re.compile(
    r"(?:\b(?:wrote|writes)|\bysgrifenn?odd\b[^:]{0,200}|\b(?:napisał(?:a|\(a\)|/a)?|pisze)|نے\s?(?:لکھا|تحریر\s?کیا)(?:\s?ہے)?)"
    r"\s*[:：]\s*$|نے\s?(?:لکھا|تحریر\s?کیا)(?:\s?ہے)?\s*۔?\s*$"
)
"""How a line ends that says who wrote what follows, in Apple Mail, Gmail, Thunderbird and others."""
_WHEN_OR_WHO = re.compile(r"\d|@")
_SEPARATOR = re.compile(
    r"^\s*(?:>\s*)*(?:[-_–—]{2,}\s*)(?:Original Message|Original message|Forwarded message|Begin forwarded message"
    r"|Neges wreiddiol|Y neges wreiddiol|Neges a anfonwyd ymlaen|Wiadomość oryginalna|Oryginalna wiadomość"
    r"|Treść oryginalnej wiadomości|Przekazana wiadomość|اصل پیغام|اصلی پیغام)\s*[-_–—]*\s*$"
)
_RULE = re.compile(r"^\s*_{20,}\s*$")  # Outlook draws one above the letter that is answered
_FROM = re.compile(
    r"^\W{0,4}(?:From|Oddi wrth|Oddi|Od|Nadawca|از طرف|از|منجانب|بھیجنے والا)\W{0,3}:\W{0,4}\S"
)
_SENT = re.compile(
    r"^\W{0,4}(?:Sent|Date|To|Subject|Cc|Anfonwyd|Dyddiad|At|Pwnc|Wysłano|Wysłane|Data|Do|DW|Temat"
    r"|تاریخ|بھیجا گیا|بخدمت|موضوع)\W{0,3}:"
)
_MOBILE = re.compile(
    r"^\s*(?:Sent (?:from|with|using) (?:my |the |Outlook|Mail|Yahoo|Proton|AquaMail|BlueMail|Samsung).{0,60}"
    r"|Get Outlook for .{0,60}|Download Outlook for .{0,60}|Anfonwyd o(?:'m| fy|ddi ar) .{0,60}"
    r"|Wysłan[eyo] (?:z|za pomocą) .{0,60}|Pobierz program Outlook .{0,60}|.{0,20}میرے .{0,40}سے بھیجا.{0,20})\s*$",
    re.IGNORECASE,
)
_DASHES = re.compile(r"^\s*--\s*$")
_GOODBYE = re.compile(
    r"^\s*(?:(?:kind|best|warm|many|with)?\s*(?:kind|best|warm)?\s*(?:regards|wishes)"
    r"|yours (?:sincerely|faithfully|truly)|sincerely|cofion(?: gorau| cynnes| caredig)?"
    r"|(?:yn gywir|yr eiddoch yn (?:gywir|ddiffuant))|dymuniadau gorau"
    r"|(?:serdecznie )?pozdrawiam(?: serdecznie)?|z poważaniem|z wyrazami szacunku|łączę pozdrowienia"
    r"|والسلام|نیک تمنائیں|نیک خواہشات|خیر اندیش|نیازمند|آپ کا مخلص)\s*[,.،۔]?\s*$",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^\s*(?:many thanks|thanks|thank you|diolch(?: yn fawr)?|dziękuję|dzięki|شکریہ)\s*[,.،۔]?\s*$",
    re.IGNORECASE,
)
_SMALL_PRINT = re.compile(
    r"^\W*(?:this|the information (?:contained )?in this|mae'r|mae’r|yr? wybodaeth|niniejsza|ta wiadomość|یہ)\b.{0,120}"
    r"(?:e-?mail|message|e-?bost|neges|wiadomość|ای میل|پیغام).{0,200}"
    r"(?:confidential|intended (?:only|solely|for)|cyfrinachol|poufn|خفیہ|رازدارانہ)",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """What the sender wrote, at most `LONGEST` characters, with at most one empty line between paragraphs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:5_000]
    written = _above(lines)
    if not _words(written):
        written = _after(lines)
    written = _without_signature(_without_quotes(written))
    return (
        re.sub(r"\n\s*\n\s*", "\n\n", "\n".join(line.rstrip() for line in written)).strip()[:LONGEST].strip()
    )


def _above(lines: list[str]) -> list[str]:
    """The lines before an unmarked copy of our letter. Copies that are marked with > are left in for now."""
    for number, line in enumerate(lines):
        if len(line) > 1_000:
            continue
        if _ours(line) or (_RULE.match(line) and _copy_follows(lines, number)):
            return _without_heading(lines[:number])
        if _SEPARATOR.match(line) or _headings(lines, number):
            return lines[:number]
        if (ends := _on_wrote(lines, number)) and not _quoted_follows(lines, ends):
            return lines[:number]
    return lines


def _without_heading(lines: list[str]) -> list[str]:
    """Without an "On … wrote:" that our own line was found behind."""
    for number in range(max(0, len(lines) - 6), len(lines)):
        if _on_wrote(lines, number) or _headings(lines, number):
            return lines[:number]
    return lines


def _after(lines: list[str]) -> list[str]:
    """The lines below an unmarked copy of our letter, if its end can be told."""
    for number in range(len(lines) - 1, -1, -1):
        if not _QUOTED.match(lines[number]) and BELOW_IN_ALL().search(lines[number]):
            return lines[number + 1 :]
    return []


def _ours(line: str) -> bool:
    return not _QUOTED.match(line) and bool(ABOVE_IN_ALL().search(line))


def _copy_follows(lines: list[str], number: int) -> bool:
    return any(_headings(lines, after) for after in range(number + 1, min(number + 4, len(lines))))


def _headings(lines: list[str], number: int) -> bool:
    """Whether a block such as From:, Sent:, To: begins here."""
    if not _FROM.match(lines[number][:300]):
        return False
    following = [line for line in lines[number + 1 : number + 7] if line.strip()][:4]
    return sum(bool(_SENT.match(line[:300])) for line in following) >= 2


def _on_wrote(lines: list[str], number: int) -> int:
    """The line after an "On … wrote:" that begins here and may run over three lines; 0 when there is none."""
    if not lines[number].strip():
        return 0
    for length in (1, 2, 3):
        some = lines[number : number + length]
        if len(some) < length or not some[-1].strip():
            return 0
        joined = " ".join(re.sub(r"^[\s>]+", "", line).strip() for line in some)
        if len(joined) <= 400 and _WROTE.search(joined) and _WHEN_OR_WHO.search(joined):
            return number + length
    return 0


def _quoted_follows(lines: list[str], number: int) -> bool:
    rest = (line for line in lines[number : number + 4] if line.strip())
    return any(_QUOTED.match(line) for line in rest)


def _without_quotes(lines: list[str]) -> list[str]:
    """Without lines that begin with > and what introduces them."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        if (ends := _on_wrote(lines, number)) and _quoted_follows(lines, ends):
            number = ends
            continue
        if not _QUOTED.match(lines[number]):
            kept.append(lines[number])
        number += 1
    return kept


def _without_signature(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if len(line) > 1_000 or not line.strip():
            continue
        ends = _DASHES.match(line) or _MOBILE.match(line) or _SMALL_PRINT.match(line) or _RULE.match(line)
        goodbye = _GOODBYE.match(line) or (_THANKS.match(line) and _name_follows(lines, number))
        if ends or (goodbye and _words(lines[:number])):
            return lines[:number]
    return lines


def _name_follows(lines: list[str], number: int) -> bool:
    """After thanks there comes a name, and not more of the matter."""
    following = [line for line in lines[number + 1 :] if line.strip()]
    return not following or len(following[0].split()) <= 4


def _words(lines: list[str]) -> bool:
    return any(line.strip() and not _QUOTED.match(line) for line in lines)


@lru_cache(maxsize=1)
def ABOVE_IN_ALL() -> re.Pattern[str]:  # noqa: N802 - a constant that needs the catalogues
    """The line at the head of our letters in all languages."""
    return _in_all(ABOVE)


@lru_cache(maxsize=1)
def BELOW_IN_ALL() -> re.Pattern[str]:  # noqa: N802
    """The line at their foot."""
    return _in_all(BELOW)


def _in_all(sentence: str) -> re.Pattern[str]:
    said = {str(tongue(code)._(sentence).unescape()) for code in available()}
    # Mail programs fold lines and change spaces.
    return re.compile("|".join(r"\s+".join(map(re.escape, one.split())) for one in sorted(said)))
