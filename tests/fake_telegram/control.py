"""The side door `/control/...`: JSON for tests and load generators in another process."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fake_telegram.checks import Json
from tests.fake_telegram.screen import button

if TYPE_CHECKING:
    from tests.fake_telegram.telegram import FakeTelegram

Deed = Callable[["FakeTelegram", Json], Awaitable[Any]]


async def _users(api: FakeTelegram, asked: Json) -> Json:
    """{"count": 100, "language_code": "en"} or {"users": [{"first_name": …, "id": …}]}: they have started."""
    wanted = asked.get("users") or [
        {"first_name": f"Person {number}", "language_code": asked.get("language_code", "en")}
        for number in range(asked.get("count", 1))
    ]
    return {"ids": [api.user(started=asked.get("started", True), **one).id for one in wanted]}


async def _updates(api: FakeTelegram, asked: Json) -> Json:
    """{"updates": […]}: as they are; a missing update_id is given."""
    return {"ids": [api.push(update)["update_id"] for update in asked["updates"]]}


async def _repeat(api: FakeTelegram, asked: Json) -> Json:
    """{"updates": […]}: delivered once more with their own ids."""
    for update in asked["updates"]:
        api.repeat(update)
    return {"repeated": len(asked["updates"])}


async def _say(api: FakeTelegram, asked: Json) -> Json:
    """{"from": [ids], "text": "/start abc"}."""
    sent = [await api.person(number).sends(asked["text"]) for number in asked["from"]]
    return {"ids": [update.get("update_id") for update in sent]}


async def _tap(api: FakeTelegram, asked: Json) -> Json:
    """{"taps": [{"user": id, "label": "Yes"} or {"user": id, "data": "v:1:0", "message_id": 3}]}."""
    queries: list[str | None] = []
    for tap in asked["taps"]:
        person = api.person(tap["user"])
        data, number = tap.get("data"), tap.get("message_id")
        if data is None:
            found = button(person.room, tap["label"], number)
            if found is None:
                queries.append(None)
                continue
            number, data = found[0]["message_id"], found[1]["callback_data"]
        update = await person.presses(data, number)
        queries.append(update["callback_query"]["id"])
    return {"queries": queries}


async def _deed(api: FakeTelegram, asked: Json) -> Json:
    """{"user": id, "deed": "blocks_bot"}: anything a Person does without further words."""
    allowed = (
        "blocks_bot",
        "unblocks_bot",
        "deletes_account",
        "sends_sticker",
        "sends_voice",
        "poll",
        "dice",
    )
    if asked["deed"] not in allowed:
        raise KeyError(asked["deed"])
    return {"update": await getattr(api.person(asked["user"]), asked["deed"])()}


async def _fail(api: FakeTelegram, asked: Json) -> Json:
    """{"method": "sendMessage", "kind": "429", "times": 2, …}."""
    api.fail(asked.pop("method"), asked.pop("kind"), **asked)
    return {}


async def _heal(api: FakeTelegram, asked: Json) -> Json:
    """No more troubles."""
    api.faults.clear()
    return {}


async def _counters(api: FakeTelegram, asked: Json) -> Json:
    """How much of what has happened so far."""
    queries = api.world.queries.values()
    return {
        "calls": dict(api.counts),
        "errors": {str(code): count for code, count in api.errors.items()},
        "violations": len(api.violations),
        "waiting": len(api.queue.waiting) + api.queue.delivering,
        "confirmed": api.queue.confirmed,
        "asked": len(queries),
        "answered": sum(query.answered for query in queries),
        "shown": sum(post.by_bot for room in api.world.rooms.values() for post in room.posts.values()),
        "too_fast": api.pace.refused if api.pace else 0,
    }


async def _violations(api: FakeTelegram, asked: Json) -> Json:
    """Calls that no well-made bot would make."""
    return {"violations": [str(violation) for violation in api.violations]}


async def _calls(api: FakeTelegram, asked: Json) -> Json:
    """?method=sendMessage&since=0: the log, from the call number `since`."""
    since = int(asked.get("since", 0))
    chosen = [call for call in list(api.calls)[since:] if asked.get("method") in (None, call.method)]
    said = [
        {
            "method": call.method,
            "params": call.params,
            "at": call.at,
            "ok": call.error is None,
            "error": call.error.description if call.error else None,
            "fault": call.fault,
            "result": call.result if call.method != "getUpdates" else None,
        }
        for call in chosen
    ]
    return {"calls": said, "next": len(api.calls)}


async def _screen(api: FakeTelegram, asked: Json) -> Json:
    """?user=1001: what that person sees."""
    person = api.person(int(asked["user"]))
    shown = [
        {"message_id": seen.message_id, "text": seen.text, "buttons": seen.buttons}
        for seen in person.screen()
    ]
    return {"screen": shown, "toasts": person.toasts}


_DO: dict[str, Deed] = {
    "users": _users, "updates": _updates, "repeat": _repeat, "say": _say, "tap": _tap, "deed": _deed,
    "fail": _fail, "heal": _heal,
}  # fmt: skip
_LOOK: dict[str, Deed] = {
    "counters": _counters, "violations": _violations, "calls": _calls, "screen": _screen,
}  # fmt: skip


def add_control(app: web.Application, api: FakeTelegram) -> None:
    """Hang the side door on the server: deeds by POST, looks by GET."""

    def answering(deed: Deed) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            asked = dict(request.query)
            try:
                if request.method == "POST" and request.can_read_body:
                    asked |= await request.json()
                said = await deed(api, asked)
            except (KeyError, TypeError, ValueError) as error:
                return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
            return web.json_response(said, dumps=lambda value: json.dumps(value, default=str))

        return answer

    for name, deed in _DO.items():
        app.router.add_post(f"/control/{name}", answering(deed))
    for name, deed in _LOOK.items():
        app.router.add_get(f"/control/{name}", answering(deed))
