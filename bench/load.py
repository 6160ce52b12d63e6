"""The people at the other end: who taps what and when, and how long they wait for an answer."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.fake import BOT, Fake

PEOPLE = 2_000
FIRST = 500_000_000  # the number of the first person
CHOICES = ("Yes, every week", "Only in summer", "No")
QUESTION = "Shall we keep the market on Saturday?"
MESSAGE = 7  # the message under which everybody taps

_KEYBOARD = ",".join(f'[{{"text":"{label}","callback_data":"v:1:{n}"}}]' for n, label in enumerate(CHOICES))
_TAP = (
    (
        '"callback_query":{"id":"%d","from":{"id":%d,"is_bot":false,"first_name":"Person","language_code":"en"},'
        '"message":{"message_id":' + str(MESSAGE) + ',"from":{"id":' + str(BOT["id"]) + ',"is_bot":true,'
        '"first_name":"Bench","username":"bench_bot"},"chat":{"id":%d,"first_name":"Person","type":"private"},'
        '"date":1700000000,"text":"' + QUESTION + '","reply_markup":{"inline_keyboard":[' + _KEYBOARD + "]}},"
        '"chat_instance":"-1","data":"v:%d:%d"}'
    )
    .replace("%d", "\0")
    .replace("%", "%%")
    .replace("\0", "%d")
    .encode()
)


@dataclass(slots=True)
class Tap:
    """One tap on its way: since when, and which of its two signs have come back."""

    person: int
    choice: int
    began: float
    answered: float = 0.0
    edited: bool = False


@dataclass
class Load:
    """Who taps. A tap is over when its callback query is answered and its message edited. `chosen` may say what they
    chose the last time."""

    poll: int = 1
    people: Sequence[int] = range(FIRST, FIRST + PEOPLE)
    chosen: dict[int, int] = field(default_factory=dict)
    done: list[Tap] = field(default_factory=list)
    fake: Fake = field(init=False)
    _free: deque[int] = field(default_factory=deque)
    _by_query: dict[str, Tap] = field(default_factory=dict)
    _by_chat: dict[int, Tap] = field(default_factory=dict)
    _again: bool = False
    _number: int = 0

    def __post_init__(self) -> None:
        self.fake = Fake(self._answered, self._edited)
        self._free.extend(self.people)

    @property
    def in_flight(self) -> int:
        """Taps that are not over."""
        return len(self._by_chat)

    def tap(self) -> None:
        """The next person taps another choice than last time."""
        person = self._free.popleft()
        choice = (self.chosen.get(person, person % len(CHOICES)) + 1) % len(CHOICES)
        self._number += 1
        tap = Tap(person, choice, time.perf_counter())
        self._by_query[str(self._number)] = self._by_chat[person] = tap
        self.fake.push(_TAP % (self._number, person, person, self.poll, choice))

    def keep(self, count: int) -> None:
        """From now on so many taps are in flight, each followed by another when it is over."""
        self._again = True
        for _ in range(count - self.in_flight):
            self.tap()

    async def at(self, rate: float, seconds: float) -> None:
        """Tap so often a second, at random moments, whether or not answers come."""
        chance = random.Random(1)  # noqa: S311 - the same moments for everybody
        start = due = time.perf_counter()
        while (due := due + chance.expovariate(rate)) < start + seconds:
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            while not self._free:  # noqa: ASYNC110 - everybody waits for an answer; their waits tell
                await asyncio.sleep(0.005)
            self.tap()

    async def rest(self, patience: float = 45.0) -> None:
        """Tap no more and wait for what is under way; TimeoutError says how much never came."""
        self._again = False
        deadline = time.monotonic() + patience
        while self.in_flight:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.in_flight} taps were never answered")
            await asyncio.sleep(0.01)

    def votes(self) -> Counter[int]:
        """How many people chose what, by their last tap that was answered."""
        return Counter(self.chosen.values())

    def _answered(self, query: str) -> None:
        tap = self._by_query.pop(query, None)
        if tap is None:
            return  # a second answer to the same tap
        tap.answered = time.perf_counter()
        self.chosen[tap.person] = tap.choice
        if tap.edited:
            self._over(tap)

    def _edited(self, chat: int) -> None:
        tap = self._by_chat.get(chat)
        if tap is None or tap.edited:
            return
        tap.edited = True
        if tap.answered:
            self._over(tap)

    def _over(self, tap: Tap) -> None:
        del self._by_chat[tap.person]
        self._free.append(tap.person)
        self.done.append(tap)
        if self._again:
            self.tap()
