"""A question in one line: `scale 1-5: How was the fair? | dull | splendid | quorum 25% | closes Friday 18:00`."""

from collections.abc import Callable, Sequence

from bot import i18n, kinds, quorum, when
from bot.conversation.flow import Answer
from bot.i18n import Tongue

DAYS = (1, 3, 7)
USUAL = "3"


def in_one_line(text: str) -> dict[str, Answer]:
    """The answers that a one-line form holds; none for an empty one. Bars and new lines divide alike."""
    parts = [part.strip() for part in text.replace("|", "\n").split("\n") if part.strip()]
    if not parts:
        return {}
    answers: dict[str, Answer] = {"closes": {"pick": USUAL}}
    while len(parts) > 1 and (end := _end(parts[-1])):
        answers |= end
        parts = parts[:-1]
    question, spoken = _kind_before_the_colon(parts[0])
    if question:
        answers["question"] = {"words": question}
    if spoken is None and len(parts) == 1:
        return answers
    kind, argument = spoken or (kinds.named(kinds.USUAL), "")
    answers["kind"] = {"kind": kind.name}
    if kind.argument is not None:
        answers["argument"] = {"said": argument}
    if len(parts) > 1 or () in kind.offers:
        answers["choices"] = {"parts": parts[1:]}
    return answers


def _kind_before_the_colon(part: str) -> tuple[str, tuple[kinds.Kind, str] | None]:
    head, colon, rest = part.partition(":")
    spoken = kinds.spoken(head) if colon else None
    return (part, None) if spoken is None else (rest.strip(), spoken)


def closing_part(part: str) -> str | None:
    """What follows the word "closes", in any of our languages."""
    return _after(when.closing_words, part)


def _end(part: str) -> dict[str, Answer] | None:
    """What may stand behind the choices: until when, and with how many answers it counts."""
    if said := closing_part(part):
        return {"closes": {"words": said}}
    if said := _after(quorum.words, part):
        return {"quorum": {"words": said}}
    return None


def _after(words: Callable[[Tongue], Sequence[str]], part: str) -> str | None:
    for code in i18n.available():
        for word in words(i18n.tongue(code)):
            if part.casefold().startswith((word + " ", word + ":")):
                return part[len(word) :].strip(" :")
    return None
