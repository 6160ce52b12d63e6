"""What an outcome becomes on its way out: envelopes, and the note under a tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import outbox
from bot.conversation.turn import SILENCE, Outcome, Turn
from bot.message import Action, Message, Tap


def drafts(turn: Turn, outcome: Outcome) -> list[outbox.Draft]:
    """Envelopes for an outcome, numbered under the update's own key so that nothing is put twice."""
    incoming, tap = turn.incoming, _tapped(turn)
    put = []
    for number, (action, message) in enumerate(_parts(turn, outcome)):
        key = f"{incoming.channel}:{incoming.key}:{number}"
        if incoming.elsewhere and action != "toast":
            continue
        if action == "toast":
            if tap and tap.query and not incoming.takes_note:
                under = outbox.Draft(turn.address, message, key, "toast", tap.query, asked_at=incoming.at)
                put.append(under)
        elif action == "edit" and tap and incoming.message and not incoming.group:
            edited = incoming.message
            put.append(outbox.Draft(turn.address, message, key, "edit", edited, asked_at=incoming.at))
        else:
            put.append(outbox.Draft(turn.address, message, key, asked_at=incoming.at))
    return put


def note(turn: Turn, outcome: Outcome) -> Message | None:
    """The note for a tap whose channel carries it back with the receipt."""
    tap = _tapped(turn)
    if not (tap and tap.query and turn.incoming.takes_note):
        return None
    return next(message for action, message in _parts(turn, outcome) if action == "toast")


def _parts(turn: Turn, outcome: Outcome) -> Sequence[tuple[Action, Message]]:
    """What is said. A tap is always answered, so that its button stops spinning."""
    tap = _tapped(turn)
    parts = outcome.parts
    if tap and tap.query and all(action != "toast" for action, _ in parts):
        parts = (*parts, *SILENCE.toast("").parts)
    about = turn.incoming.about
    if about is None:
        return parts
    return [(action, said if said.thread else replace(said, thread=about)) for action, said in parts]


def _tapped(turn: Turn) -> Tap | None:
    return turn.incoming.what if isinstance(turn.incoming.what, Tap) else None
