"""What goes first on the way out, how long a claim lasts, and how long things are worth sending."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum


class Lane(IntEnum):
    """What goes first: an answer, then what concerns one person, then what many get."""

    REPLY = 0
    PERSONAL = 1
    BULK = 2


LEASE = timedelta(seconds=60)
"""How long a claim lasts; after that whoever is the postman then takes it up again."""

TOAST_LIFE = timedelta(seconds=10)
"""After that the note under a tap helps nobody, and Telegram refuses it as too old."""

LIFE = {Lane.REPLY: timedelta(days=1), Lane.PERSONAL: timedelta(days=7), Lane.BULK: timedelta(days=7)}
"""How long things are worth sending where nobody says otherwise: nothing unsent waits without end."""

POST = "post"
"""What is told (`db.tell`) when something was put that no postman has in hand: the channel, or nothing for any."""
