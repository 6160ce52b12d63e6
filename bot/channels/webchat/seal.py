"""What proves that a form is ours: signed proofs, and the session secret that a newcomer's proof stands for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from bot.clock import Clock

GOOD_FOR = timedelta(hours=48)
"""How long a newcomer may leave a page open before the first press."""


def chat_of(token: str) -> str:
    """The chat that a cookie's secret opens; the secret cannot be read back from it."""
    return hashlib.sha256(token.encode()).hexdigest()[:40]


class Seal:
    """Signs with one secret that all processes of a town share.

    A newcomer has no cookie yet, so the page carries a proof with 256 random bits. The session's secret is
    worked out from them: a form that is sent twice, or whose answer was lost, leads to one and the same person.
    """

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def newcomer(self) -> str:
        """A proof for somebody we do not know yet."""
        body = f"v.{_whole(self._clock()):x}.{secrets.token_urlsafe(32)}"
        return f"{body}.{self._sign(body)}"

    def token(self, proof: str) -> str | None:
        """The session secret that a newcomer's proof stands for; None when it is forged or too old."""
        body, _, mark = proof.rpartition(".")
        if not body.startswith("v.") or not hmac.compare_digest(mark.encode(), self._sign(body).encode()):
            return None
        age = _whole(self._clock()) - int(body.split(".")[1], 16)
        return self._sign("token:" + body) if age <= GOOD_FOR.total_seconds() else None

    def regular(self, chat: str) -> str:
        """The proof for a session that we know."""
        return "s." + self._sign("session:" + chat)

    def fits(self, proof: str, chat: str) -> bool:
        """Whether `proof` was made for this session."""
        return hmac.compare_digest(proof.encode(), self.regular(chat).encode())

    def picture(self, name: str) -> str:
        """The key of the picture that came with this update: always the same, and nobody else can guess it."""
        return self._sign("picture:" + name)

    def _sign(self, text: str) -> str:
        mark = hmac.new(self._secret, text.encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(mark).decode().rstrip("=")


def _whole(moment: datetime) -> int:
    return int(moment.timestamp())
