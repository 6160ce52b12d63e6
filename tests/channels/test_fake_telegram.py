"""The fake Telegram is as strict as Telegram: each check bites, each state is kept, each trouble strikes."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests import fake_telegram
from tests.fake_telegram import FakeTelegram

Json = dict[str, Any]
Ask = Callable[..., Coroutine[Any, Any, Json]]
PNG = b"\x89PNG\r\n\x1a\n a picture"
CASES = Path(fake_telegram.__file__).parent
IMPROPER = json.loads((CASES / "improper.json").read_text(encoding="utf-8"))
REFUSED = json.loads((CASES / "refused.json").read_text(encoding="utf-8"))
YES = {"inline_keyboard": [[{"text": "✔ Yes", "callback_data": "v:1:0"}]]}


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def ask(api: FakeTelegram) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession() as wire:

        async def asking(method: str, **params: Any) -> Json:
            async with wire.post(f"{api.url}/bot{api.token}/{method}", json=params) as answer:
                body: Json = await answer.json()
                assert answer.status == body.get("error_code", 200)
                return body

        yield asking


def _spelled(value: Any, names: Json) -> Any:
    """{"repeat": [x, n, y, m]} is n times x and m times y."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [_spelled(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    if "repeat" not in value:
        return {name: _spelled(one, names) for name, one in value.items()}
    pairs = list(zip(value["repeat"][::2], value["repeat"][1::2], strict=True))
    if isinstance(pairs[0][0], str):
        return "".join(one * times for one, times in pairs)
    return [one for one, times in pairs for _ in range(times)]


@pytest.mark.parametrize(("name", "method", "params", "code", "says"), IMPROPER, ids=[c[0] for c in IMPROPER])
async def test_telegram_refuses(
    api: FakeTelegram, ask: Ask, name: str, method: str, params: Json, code: int, says: str
) -> None:
    alice = api.user("Alice", started=True)
    group = api.group("Elm Park", [alice])
    said = await ask(method, **_spelled(params, {"ALICE": alice.id, "GROUP": group.id}))
    assert (said["ok"], said["error_code"]) == (False, code)
    assert says in said["description"]
    assert len(api.violations) == 1
    with pytest.raises(AssertionError):
        api.assert_proper()


@pytest.mark.parametrize(("name", "method", "params", "says"), REFUSED, ids=[c[0] for c in REFUSED])
async def test_telegram_refuses_but_blames_nobody(
    api: FakeTelegram, ask: Ask, name: str, method: str, params: Json, says: str
) -> None:
    alice, bob = api.user("Alice", started=True), api.user("Bob")
    group = api.group("Elm Park", [alice])
    await ask("sendMessage", chat_id=alice.id, text="Hello")
    await alice.says_in(group, "Hello all")
    names = {"ALICE": alice.id, "BOB": bob.id, "GROUP": group.id, "BOT": api.world.bot.id}
    said = await ask(method, **_spelled(params, names))
    assert not said["ok"]
    assert says in said["description"]
    api.assert_proper()


async def test_a_stranger_with_another_token_is_turned_away(api: FakeTelegram) -> None:
    async with aiohttp.ClientSession() as wire, wire.get(f"{api.url}/bot1:wrong/getMe") as answer:
        assert answer.status == 401
        assert (await answer.json())["description"] == "Unauthorized"


async def test_what_just_fits_is_taken(api: FakeTelegram, ask: Ask) -> None:
    alice = api.user("Alice", started=True)
    wide = {"inline_keyboard": [[{"text": "Yes", "callback_data": "a" * 64}]] * 100}
    assert (await ask("sendMessage", chat_id=alice.id, text="😀" * 2048, reply_markup=wide))["ok"]
    marked = f"<b>{'a' * 4096}</b>"
    assert (await ask("sendMessage", chat_id=str(alice.id), text=marked, parse_mode="HTML"))["ok"]
    assert (await ask("sendMessage", chat_id=alice.id, text=f"https://t.me/x?start={'a' * 64}"))["ok"]
    api.assert_proper()


async def test_html_becomes_text_and_entities_in_utf16(api: FakeTelegram, ask: Ask) -> None:
    alice = api.user("Alice", started=True)
    html = '\n😀 <b>A &amp; <i>B</i></b> <a href="https://a.org/?x=1&amp;y=2">here</a> &#39;/help&#39; '
    said = (await ask("sendMessage", chat_id=alice.id, text=html, parse_mode="HTML"))["result"]
    assert said["text"] == "😀 A & B here '/help'"
    assert said["entities"] == [
        {"type": "bold", "offset": 3, "length": 5},
        {"type": "italic", "offset": 7, "length": 1},
        {"type": "text_link", "offset": 9, "length": 4, "url": "https://a.org/?x=1&y=2"},
        {"type": "bot_command", "offset": 15, "length": 5},
    ]


async def test_an_edit_is_seen_and_must_change_something(api: FakeTelegram, ask: Ask) -> None:
    alice = api.user("Alice")
    hers = (await alice.sends("/start"))["message"]["message_id"]
    mine = (await ask("sendMessage", chat_id=alice.id, text="Keep it?", reply_markup=YES))["result"][
        "message_id"
    ]
    plain = {"keyboard": [[{"text": "Help"}]]}
    fixed = (await ask("sendMessage", chat_id=alice.id, text="Hi", reply_markup=plain))["result"][
        "message_id"
    ]
    picture = await _photo(api, alice.id)

    async def edit(number: int, text: str, **more: Any) -> str:
        said = await ask("editMessageText", chat_id=alice.id, message_id=number, text=text, **more)
        return str(said.get("description", "ok"))

    assert "message is not modified" in await edit(mine, "Keep it?", reply_markup=YES)
    assert await edit(mine, "Keep it?") == "ok"
    assert alice.sees("Keep it?")
    assert not alice.sees("Yes"), "a keyboard that is not given again goes"
    assert "message to edit not found" in await edit(999, "a")
    assert "message can't be edited" in await edit(hers, "a")
    assert "message can't be edited" in await edit(fixed, "a")
    assert "there is no text in the message to edit" in await edit(picture, "a")
    assert (await ask("deleteMessage", chat_id=alice.id, message_id=mine))["result"] is True
    assert not alice.sees("Keep it?")
    assert (
        "message to delete not found"
        in (await ask("deleteMessage", chat_id=alice.id, message_id=mine))["description"]
    )
    api.assert_proper()


async def _photo(api: FakeTelegram, chat: int, content: bytes = PNG, kind: str = "photo", **more: str) -> int:
    form = aiohttp.FormData({"chat_id": str(chat), **more})
    form.add_field(kind, io.BytesIO(content), filename="a.png")
    address = f"{api.url}/bot{api.token}/send{kind.title()}"
    async with aiohttp.ClientSession() as wire, wire.post(address, data=form) as answer:
        said = await answer.json()
        return int(said["result"]["message_id"]) if said["ok"] else 0


async def test_pictures_are_pictures_and_can_be_fetched_again(api: FakeTelegram, ask: Ask) -> None:
    alice = api.user("Alice", started=True)
    assert not await _photo(api, alice.id, b"no picture")
    assert not await _photo(api, alice.id, b"", kind="document")
    assert await _photo(api, alice.id, b"minutes", kind="document")
    assert not await _photo(api, alice.id, caption="a" * 1025)
    assert not await _photo(api, alice.id, PNG + bytes(10 * 1024 * 1024))
    assert len(api.violations) == 4
    sent = await alice.sends_photo(PNG, "Look")
    path = (await ask("getFile", file_id=sent["message"]["photo"][-1]["file_id"]))["result"]["file_path"]
    async with aiohttp.ClientSession() as wire, wire.get(f"{api.url}/file/bot{api.token}/{path}") as answer:
        assert await answer.read() == PNG
    assert "wrong file identifier" in (await ask("sendPhoto", chat_id=alice.id, photo="x"))["description"]


async def test_a_tap_is_answered_once_and_in_time(ask: Ask, api: FakeTelegram) -> None:
    now = 1_800_000_000.0
    api.world.clock = lambda: now
    alice = api.user("Alice", started=True)
    await ask("sendMessage", chat_id=alice.id, text="Keep it?", reply_markup=YES)
    query = (await alice.taps("Yes"))["callback_query"]
    assert query["data"] == "v:1:0"
    assert query["message"]["text"] == "Keep it?"
    assert (await ask("answerCallbackQuery", callback_query_id=query["id"], text="Counted."))["ok"]
    assert alice.toasts == ["Counted."]
    late = (await alice.taps("✔ Yes"))["callback_query"]["id"]
    now += 15.5
    for name in (query["id"], late, "1"):
        said = await ask("answerCallbackQuery", callback_query_id=name)
        assert "query is too old and response timeout expired" in said["description"]
    with pytest.raises(AssertionError, match="finds no button 'No'"):
        await alice.taps("No", seconds=0.05)


async def test_people_who_cannot_be_written_to(api: FakeTelegram, ask: Ask) -> None:
    async def write(chat: int) -> Json:
        return await ask("sendMessage", chat_id=chat, text="Hello")

    alice = api.user("Alice")
    group = api.group("Elm Park", [alice])
    assert "bot can't initiate conversation with a user" in (await write(alice.id))["description"]
    assert (await write(12345))["description"] == "Bad Request: chat not found"
    await alice.sends("/start")
    await alice.blocks_bot()
    assert (await write(alice.id))["description"] == "Forbidden: bot was blocked by the user"
    await alice.unblocks_bot()
    assert (await write(alice.id))["ok"]
    await alice.deletes_account()
    assert (await write(alice.id))["description"] == "Forbidden: user is deactivated"
    before = group.id
    after = await group.upgrade()
    said = await write(before)
    assert said["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert said["parameters"] == {"migrate_to_chat_id": after}
    assert (await write(after))["ok"]
    await group.removes_bot(alice)
    assert (await write(after))["description"] == "Forbidden: bot was kicked from the supergroup chat"
    api.assert_proper()


async def test_polling_gives_again_what_was_not_confirmed(api: FakeTelegram, ask: Ask) -> None:
    alice = api.user("Alice")
    ids = [(await alice.sends(text))["update_id"] for text in ("a", "b", "c")]

    async def poll(**params: Any) -> list[int]:
        return [update["update_id"] for update in (await ask("getUpdates", **params))["result"]]

    assert await poll(limit=2) == ids[:2]
    assert await poll() == ids
    assert await poll(offset=ids[1]) == ids[1:]
    assert await poll(offset=-1) == ids[2:]
    assert await poll() == ids[2:]
    assert await poll(offset=ids[2] + 1, allowed_updates=["callback_query"]) == []
    await alice.sends("not wanted")
    assert await poll() == []
    tapped = await alice.presses("x")
    api.repeat(tapped)
    assert await poll() == [tapped["update_id"]] * 2


async def test_a_long_poll_waits_for_news_and_yields_to_another(api: FakeTelegram, ask: Ask) -> None:
    alice = api.user("Alice")
    first = asyncio.create_task(ask("getUpdates", timeout=20))
    await api.until(lambda: api.queue._poll)
    second = asyncio.create_task(ask("getUpdates", timeout=20))
    said = await first
    assert said["error_code"] == 409
    assert said["description"].startswith("Conflict: terminated by other getUpdates request; make sure")
    await api.until(lambda: api.queue._poll)
    await alice.sends("news")
    assert [update["message"]["text"] for update in (await second)["result"]] == ["news"]
    await ask("setWebhook", url="http://127.0.0.1:9/")
    assert "can't use getUpdates method while webhook is active" in (await ask("getUpdates"))["description"]


async def test_a_webhook_gets_the_secret_and_everything_again_until_it_agrees(
    api: FakeTelegram, ask: Ask
) -> None:
    seen: list[tuple[str | None, str]] = []
    alice = api.user("Alice", started=True)
    api.queue.retry_pause = 0.01

    async def take(request: web.Request) -> web.Response:
        seen.append(
            (
                request.headers.get("X-Telegram-Bot-Api-Secret-Token"),
                (await request.json())["message"]["text"],
            )
        )
        if len(seen) < 3:
            return web.Response(status=500)
        return web.json_response({"method": "sendMessage", "chat_id": alice.id, "text": "by return"})

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await (site := web.TCPSite(runner, "127.0.0.1", 0)).start()
    port = runner.addresses[0][1]
    try:
        await ask("setWebhook", url=f"http://127.0.0.1:{port}/hook", secret_token="s-1", max_connections=1)
        await alice.sends("one")
        await alice.sends("two")
        await alice.waits_until(lambda: len(alice.screen()) == 2)
        assert seen == [("s-1", "one")] * 3 + [("s-1", "two")]
        await api.settles()
        assert "500" in (await ask("getWebhookInfo"))["result"]["last_error_message"]
        await ask("deleteWebhook")
    finally:
        await site.stop()
        await runner.cleanup()
