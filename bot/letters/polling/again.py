"""The words around asking once more: what was asked before, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.i18n import Tongue
from bot.letters.markup import bold, paragraphs
from bot.letters.polling.pictures import short
from bot.letters.polling.poll_desk import Again, Earlier
from bot.message import Button, Message
from bot.models import Poll

__all__ = ["Again", "Earlier", "listed"]

LABEL = 80  # characters of a question on a button


def listed(found: Sequence[Poll], tongue: Tongue, *, more: bool, first: bool = True) -> Message:
    """Questions as buttons, the newest first, with the way to those before them and back to the newest."""
    rows = [(Button(short(poll.question, LABEL), Again(poll=poll.id)),) for poll in found]
    turning = []
    if not first:
        turning.append(Button(tongue._("The newest"), Earlier(before=0)))
    if more:
        turning.append(Button(tongue._("Earlier ones"), Earlier(before=found[-1].id)))
    text = paragraphs(
        bold(str(tongue._("Asked before").unescape())),
        tongue._("Tap one to ask it again. You see it before it goes, and can change all of it."),
    )
    return Message(text, (*rows, *((tuple(turning),) if turning else ())))
