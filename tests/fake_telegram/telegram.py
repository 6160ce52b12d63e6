"""The fake Telegram as a test holds it: its people, its troubles, and what the bot asked of it."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Self

from tests.fake_telegram import inline, judge
from tests.fake_telegram.checks import METHODS, NOT_PLAYED, Asked, Json, method_called, read, read_loosely
from tests.fake_telegram.faults import PACED, Fault, Faults, Kind, Pace
from tests.fake_telegram.groups import Group
from tests.fake_telegram.limits import OF_METHOD
from tests.fake_telegram.messages import edit_media
from tests.fake_telegram.methods import PLAYED
from tests.fake_telegram.people import Person
from tests.fake_telegram.record import Call, Violation
from tests.fake_telegram.refusal import Refusal, improper
from tests.fake_telegram.server import Door
from tests.fake_telegram.state import Account, World
from tests.fake_telegram.updates import Queue

TOKEN = "7123456789:AAFakeTokenForTheTestsOnly_0123456789"


class FakeTelegram:
    """A Bot API on 127.0.0.1. Use it with `async with`, or start() and close()."""

    def __init__(
        self,
        token: str = TOKEN,
        *,
        username: str = "folkmoot_test_bot",
        lenient: bool = False,
        pace: bool = False,
        privacy: bool = True,
        query_life: float = 15.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        number = int(token.partition(":")[0]) if token.partition(":")[0].isdigit() else 7123456789
        self.token = token
        self.username = username
        self.lenient = lenient
        self.pace: Pace | None = Pace() if pace else None
        self.world = World(Account(number, "Folkmoot", is_bot=True, username=username), clock)
        self.world.query_life = query_life
        self.world.settings["privacy"] = {"on": privacy}
        self.faults = Faults()
        self.queue = Queue(self.world, self._from_webhook)
        self.calls: list[Call] | deque[Call] = deque(maxlen=1000) if lenient else []
        self.counts: Counter[str] = Counter()
        self.errors: Counter[int] = Counter()
        self.violations: list[Violation] = []
        self.elsewhere = inline.Elsewhere(self.world, self.queue)
        self._door = Door(self)

    # --- being there ---------------------------------------------------------------------------

    async def start(self, port: int | None = None) -> Self:
        """Open the door; after a stop() on the port of before."""
        await self._door.open(port)
        return self

    async def stop(self) -> None:
        """Telegram is gone: connections break, new ones are refused. What it knows stays."""
        await self._door.shut()

    async def close(self) -> None:
        """The end."""
        await self.queue.close()
        await self._door.shut()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """The root that /bot<token>/<method> and /file/bot<token>/<path> hang on."""
        return f"http://127.0.0.1:{self._door.port}"

    def link(self, code: str) -> str:
        """The deep link that opens the bot with `/start code`."""
        return f"https://t.me/{self.username}?start={code}"

    # --- people, updates, troubles -------------------------------------------------------------

    def user(self, first_name: str, *, started: bool = False, **more: Any) -> Person:
        """A new person; `started` says that the bot may write to them already."""
        account = self.world.new_account(first_name, **more)
        if started:
            self.world.rooms[account.id].bot_is = "member"
        return Person(self.world, self.queue, account)

    def person(self, user_id: int) -> Person:
        """The person with that id."""
        return Person(self.world, self.queue, self.world.accounts[user_id])

    def group(
        self, title: str, members: list[Person], *, kind: str = "group", bot_is: str = "member"
    ) -> Group:
        """A group with the bot in it (unless bot_is="left"); the first member made it."""
        room = self.world.new_group(title, [person.id for person in members], kind, bot_is)
        return Group(self.world, self.queue, room)

    def push(self, update: Json) -> Json:
        """Put any update into the queue; a number is given if it has none."""
        return self.queue.push(update)

    def repeat(self, update: Json) -> None:
        """Deliver an update (as returned by push or by what a person did) once more."""
        self.queue.repeat(update)

    def fail(
        self, method: str, kind: Kind, *, times: int | None = None, rate: float | None = None, **more: Any
    ) -> Fault:
        """Order a trouble for a method or "*": once, or `times` times, or for a share `rate` of the calls.

        `more`: retry_after (429) · seconds (slow, slow_after) · description (400, 403, 500)
        chat (strikes only calls to that chat).
        """
        if times is None and rate is None:
            times = 1
        return self.faults.order(Fault(method, kind, times=times, rate=1.0 if rate is None else rate, **more))

    # --- looking and waiting -------------------------------------------------------------------

    def calls_of(self, method: str) -> list[Call]:
        """All calls of a method, oldest first."""
        return [call for call in self.calls if call.method == method]

    @property
    def unanswered(self) -> list[str]:
        """Pressed buttons that still wait for their answer."""
        return [query.id for query in self.world.queries.values() if not query.answered]

    async def until(self, true: Callable[[], object], seconds: float = 5, what: str = "it") -> None:
        """Wait until `true()`; AssertionError when that takes too long."""
        if not await self.world.until(true, seconds):
            raise AssertionError(f"{what} did not come true in {seconds} s")

    async def settles(self, seconds: float = 5) -> None:
        """Wait until all updates are confirmed and every pressed button has its answer."""
        await self.until(
            lambda: (
                not self.queue.waiting
                and not self.queue.again
                and not self.queue.delivering
                and not self.unanswered
            ),
            seconds,
            f"rest ({len(self.queue.waiting)} updates waiting)",
        )

    def assert_proper(self) -> None:
        """Fails with the first calls that no well-made bot would make."""
        assert not self.violations, "\n".join(map(str, self.violations[:5]))

    # --- a call --------------------------------------------------------------------------------

    async def perform(self, asked: Asked, fault: str | None = None) -> Any:
        """Judge a call and do what it asks for; raises Refusal. Everything is written down."""
        call = Call(asked.method, asked.given, self.world.clock(), fault=fault)
        try:
            call.result = await self._do(asked, call)
        except Refusal as refusal:
            self.note(call, refusal)
            raise
        self.note(call)
        return call.result

    def note(self, call: Call, refusal: Refusal | None = None) -> None:
        """Write a call down."""
        call.error = refusal
        self.calls.append(call)
        self.counts[call.method] += 1
        if refusal:
            self.errors[refusal.code] += 1
            if refusal.improper and not self.lenient:
                self.violations.append(Violation(call.method, refusal.description, call.params))
        self.world.changed()

    async def _do(self, asked: Asked, call: Call) -> Any:
        method = method_called(asked.method)
        if method is None or method in NOT_PLAYED:
            # Telegram knows the second kind; a bot of ours has no use for it, or this house must learn it.
            raise Refusal(404, "Not Found", improper=True)
        call.method = asked.method = method
        call.params = params = self._judged(asked)
        if method == "getUpdates":
            return await self.queue.get_updates(params)
        if method == "setWebhook":
            return self.queue.set_webhook(params)
        if method == "deleteWebhook":
            return self.queue.delete_webhook(params)
        if method == "getWebhookInfo":
            return self.queue.info()
        if self.pace and method in PACED:
            room = self.world.open_room(params["chat_id"])
            paid = bool(params.get("allow_paid_broadcast"))
            self.pace.take(room.id, private=room.private, paid=paid, now=self.world.clock())
        if method == "answerInlineQuery":
            return inline.answer(self.world, params)
        if method == "editMessageMedia":
            return edit_media(self.world, params, asked.files)
        return PLAYED[method](self.world, params)

    def _judged(self, asked: Asked) -> Json:
        if self.lenient:
            return read_loosely(asked)
        params = read(asked)
        if check := OF_METHOD.get(asked.method):
            check(params)
        if trouble := judge.trouble_with_call(asked.method, params):
            raise improper(f"{trouble} (so says aiogram)")
        return params

    async def _from_webhook(self, method: str, params: Json) -> Any:
        """A method call in the answer to a delivery; nobody hears of a refusal."""
        try:
            return await self.perform(Asked(method, params))
        except Refusal:
            return None


assert set(METHODS) == set(PLAYED) | {
    "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo", "editMessageMedia",
    "answerInlineQuery",
}, "every method of api.json is played"  # fmt: skip
