"""Troubles that a test can order: errors, lost answers, slowness, nonsense, and Telegram's pace."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import Literal

from tests.fake_telegram.refusal import Refusal

Kind = Literal[
    "429", "500", "502", "400", "403", "404", "reset", "reset_after", "slow", "slow_after", "truncated", "wrong_json",
    "larger",
]  # fmt: skip
AFTER: frozenset[str] = frozenset({"reset_after", "slow_after", "truncated", "wrong_json"})
"""These strike when the call has had its effect; all others but `slow` strike instead of it. The method "file" stands
for the fetching of one: it can be `slow`, refused, `truncated`, which breaks it off half-way, or `larger` than said."""


@dataclass(slots=True)
class Fault:
    """One ordered trouble. It ends after `times` hits, or hits a share `rate` of the calls until stopped."""

    method: str
    kind: Kind
    times: int | None = 1
    rate: float = 1.0
    retry_after: int = 1
    seconds: float = 1.0
    description: str = ""
    chat: int | None = None
    hits: int = 0
    over: bool = False

    def stop(self) -> None:
        """No more of it."""
        self.over = True

    def refusal(self) -> Refusal | None:
        """The refusal that the bot gets, if this trouble is one."""
        if self.kind == "429":
            words = f"Too Many Requests: retry after {self.retry_after}"
            return Refusal(429, words, parameters={"retry_after": self.retry_after})
        if self.kind == "500":
            return Refusal(500, self.description or "Internal Server Error")
        if self.kind in ("400", "403", "404"):
            default = {"400": "Bad Request: something", "403": "Forbidden: something", "404": "Not Found"}[
                self.kind
            ]
            return Refusal(int(self.kind), self.description or default)
        return None


class Faults:
    """The troubles that wait for their calls."""

    def __init__(self, seed: int = 0) -> None:
        self._ordered: list[Fault] = []
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def order(self, fault: Fault) -> Fault:
        """Wait for the next fitting call."""
        self._ordered.append(fault)
        return fault

    def clear(self) -> None:
        """Everything works again."""
        self._ordered.clear()

    def pick(self, method: str, chat: object) -> Fault | None:
        """The trouble that strikes this call."""
        for fault in self._ordered:
            if fault.over or fault.method not in ("*", method) or fault.chat not in (None, chat):
                continue
            if fault.rate < 1.0 and self._chance.random() >= fault.rate:
                continue
            fault.hits += 1
            fault.over = fault.times is not None and fault.hits >= fault.times
            return fault
        return None


@dataclass(slots=True)
class _Bucket:
    """Fills with `per_second` up to `size`; a message takes one out."""

    size: float
    per_second: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        self.level = min(self.size, self.level + (now - self.at) * self.per_second)
        self.at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.per_second


@dataclass(slots=True)
class Pace:
    """Telegram's published pace: 30 a second for a bot, 1 a second for a chat, 20 a minute for a group."""

    per_second: float = 30
    paid_per_second: float = 1000
    chat_burst: float = 3
    per_minute_in_group: float = 20
    refused: int = 0
    _buckets: dict[object, _Bucket] = field(default_factory=dict)

    def take(self, chat: int, *, private: bool, paid: bool, now: float) -> None:
        """Count one message; raises Refusal when it came too early."""
        whole = self.paid_per_second if paid else self.per_second
        in_chat = (
            (self.chat_burst, 1.0) if private else (self.per_minute_in_group, self.per_minute_in_group / 60)
        )
        buckets = [self._bucket(("bot", paid), whole, whole, now), self._bucket(chat, *in_chat, now)]
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            self.refused += 1
            seconds = max(1, math.ceil(wait))
            raise Refusal(
                429, f"Too Many Requests: retry after {seconds}", parameters={"retry_after": seconds}
            )
        for bucket in buckets:
            bucket.level -= 1

    def _bucket(self, key: object, size: float, per_second: float, now: float) -> _Bucket:
        return self._buckets.setdefault(key, _Bucket(size, per_second, size, now))


PACED = frozenset(
    ["sendMessage", "sendPhoto", "sendDocument", "sendLocation", "sendVenue", "copyMessage", "forwardMessage"]
)
