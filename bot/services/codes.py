"""Codes that people pass on: short enough to read out, random enough not to be guessed, kept as hashes."""

from __future__ import annotations

import hashlib
import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters or digits that look alike on a poster: i, l, o, 0 and 1 are left out."""

POLL = 8  # characters, 40 bits: a link that is meant to be passed on
INVITATION = 20  # characters, 99 bits: whoever has it becomes an organiser
JOINING = 10  # characters, 49 bits, for ten minutes: typed from one screen to another


def new(length: int) -> str:
    """A fresh code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def hashed(code: str) -> str:
    """What is kept of a code that grants something."""
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
