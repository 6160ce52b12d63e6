"""The fake Telegram as others see it: two foreign clients, its people, its troubles, its own process."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import telegram

from tests.fake_telegram import TOKEN, FakeTelegram
from tests.fake_telegram.judge import trouble_with_call, trouble_with_update
from tests.fake_telegram.models import aiogram
from tests.fake_telegram.odd import ODD_KINDS

# The foreign clients announce changes of their own; they are not what is tried here.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
PNG = b"\x89PNG\r\n\x1a\n a picture"


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def bot(api: FakeTelegram) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(api.token, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot") as ptb:
        yield ptb


async def test_python_telegram_bot_gets_on_with_it(api: FakeTelegram, bot: telegram.Bot) -> None:
    alice = api.user("Alice", language_code="cy")
    await alice.opens(api.link("abc"))
    (first,) = await bot.get_updates(timeout=5, allowed_updates=["message", "callback_query"])
    assert first.message is not None
    assert first.message.text == "/start abc"
    assert first.message.from_user is not None
    assert first.message.from_user.language_code == "cy"
    key = telegram.InlineKeyboardButton("Ydw", callback_data="v:1:0")
    sent = await bot.send_message(
        alice.id, "<b>Cadw?</b>", parse_mode="HTML", reply_markup=telegram.InlineKeyboardMarkup([[key]]),
        link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
    )  # fmt: skip
    assert sent.parse_entities() == {sent.entities[0]: "Cadw?"}
    await alice.taps("Ydw")
    (tap,) = await bot.get_updates(offset=first.update_id + 1)
    assert tap.callback_query is not None
    await tap.callback_query.answer("Diolch", show_alert=True)
    await tap.callback_query.edit_message_text("Wedi cyfrif")
    assert (alice.newest.text, alice.toasts, alice.all_toasts[0].alert) == ("Wedi cyfrif", ["Diolch"], True)
    photo = await bot.send_photo(alice.id, PNG, caption="Map")
    assert bytes(await (await photo.photo[-1].get_file()).download_as_bytearray()) == PNG
    await bot.set_my_commands([("help", "Help")], telegram.BotCommandScopeAllPrivateChats(), "pl")
    assert len(await bot.get_my_commands(telegram.BotCommandScopeAllPrivateChats(), "pl")) == 1
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("A moot", "cy")
    assert (await bot.get_my_description("cy")).description == "A moot"
    assert (await bot.get_chat(alice.id)).first_name == "Alice"
    api.assert_proper()


async def test_aiogram_gets_on_with_it(api: FakeTelegram) -> None:
    alice = api.user("Alice", started=True)
    session = aiogram.client.session.aiohttp.AiohttpSession(
        api=aiogram.client.telegram.TelegramAPIServer.from_base(api.url)
    )
    async with aiogram.Bot(api.token, session=session) as bot:
        assert (await bot.get_me()).username == api.username
        sent = await bot.send_message(alice.id, "<i>Hi</i>", parse_mode="HTML")
        assert sent.entities is not None
        await bot.copy_message(alice.id, alice.id, sent.message_id)
        picture = aiogram.types.BufferedInputFile(PNG, "a.png")
        shown = await bot.send_photo(alice.id, picture)
        media = aiogram.types.InputMediaPhoto(media=picture, caption="New")
        await bot.edit_message_media(media, chat_id=alice.id, message_id=shown.message_id)
        assert [seen.text for seen in alice.screen()] == ["Hi", "Hi", "New"]
        await bot.set_webhook("https://a.org/hook", secret_token="s")
        assert (await bot.get_webhook_info()).url == "https://a.org/hook"
    api.assert_proper()


async def test_a_file_must_belong_to_something(api: FakeTelegram) -> None:
    alice = api.user("Alice", started=True)
    for name, words in (("text", "can't be a file"), ("stray", "is attached to nothing")):
        form = aiohttp.FormData({"chat_id": str(alice.id)} | ({} if name == "text" else {"text": "a"}))
        form.add_field(name, PNG, filename="a.png")
        address = f"{api.url}/bot{api.token}/sendMessage"
        async with aiohttp.ClientSession() as wire, wire.post(address, data=form) as answer:
            assert words in (await answer.json())["description"]
    assert len(api.violations) == 2


async def test_a_second_judge_reads_every_call(
    api: FakeTelegram, bot: telegram.Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = api.user("Alice", started=True)
    assert trouble_with_call("sendMessage", {"chat_id": 1, "text": "a"}) is None
    assert "text" in str(trouble_with_call("sendMessage", {"chat_id": 1, "text": ["a"]}))
    assert trouble_with_update({"update_id": 1, "message": {"text": "a"}}) is not None
    # What our own list of types would let pass, the other judge must still see.
    monkeypatch.setattr(
        "tests.fake_telegram.telegram.read", lambda asked: {"chat_id": alice.id, "text": ["a"]}
    )
    with pytest.raises(telegram.error.BadRequest, match="so says aiogram"):
        await bot.send_message(alice.id, "a")
    assert len(api.violations) == 1


async def test_all_that_people_do_is_a_proper_update(api: FakeTelegram, bot: telegram.Bot) -> None:
    alice, bob = api.user("Alice"), api.user("Bob")
    group = api.group("Elm Park", [alice, bob])
    sent = await alice.sends("Hello @bob https://a.org #park /help@folkmoot_test_bot")
    kinds = [entity["type"] for entity in sent["message"]["entities"]]
    assert kinds == ["mention", "url", "hashtag", "bot_command"]
    updates = [sent, await alice.edits(sent, "Hello again"), await alice.sends_photo(PNG, "Look")]
    updates += [await alice.sends_odd(kind) for kind in ODD_KINDS if kind != "unknown"]
    updates += [await alice.forwards("News"), await alice.shares_place(51.5, -0.1), await alice.pins(1)]
    updates += [
        await alice.blocks_bot(),
        await alice.unblocks_bot(),
        await alice.presses("x", inaccessible=True),
    ]
    updates += [await group.joins(bob), await group.loses(bob), await group.promotes_bot(alice)]
    updates += [await group.removes_bot(alice), await group.adds_bot(alice)]
    await group.upgrade()
    updates += list(api.queue.waiting)[-2:]
    for update in updates:
        assert trouble_with_update(update) is None, update
        assert telegram.Update.de_json(update, bot).effective_chat is not None


async def test_privacy_mode_hears_commands_and_answers_only(api: FakeTelegram, bot: telegram.Bot) -> None:
    alice = api.user("Alice")
    group = api.group("Elm Park", [alice], kind="supergroup")
    posted = await bot.send_message(group.id, "Keep the market?")
    heard = ["/help", "/help@folkmoot_test_bot", "/polls@Folkmoot_Test_Bot now"]
    for text in [*heard, "chat among neighbours", "/help@other_bot"]:
        await alice.says_in(group, text)
    await alice.says_in(group, "an answer", reply_to=posted.message_id)
    got = [update.message.text for update in await bot.get_updates() if update.message]
    assert got == [*heard, "an answer"]


@pytest.mark.parametrize(
    ("kind", "error", "arrives"),
    [
        ("429", telegram.error.RetryAfter, False),
        ("500", telegram.error.NetworkError, False),
        ("502", telegram.error.NetworkError, False),
        ("400", telegram.error.BadRequest, False),
        ("403", telegram.error.Forbidden, False),
        ("reset", telegram.error.NetworkError, False),
        ("reset_after", telegram.error.NetworkError, True),
        ("slow_after", telegram.error.TimedOut, True),
        ("truncated", telegram.error.TelegramError, True),
    ],
)
async def test_an_ordered_trouble_strikes_once(
    api: FakeTelegram, bot: telegram.Bot, kind: Any, error: type[Exception], arrives: bool
) -> None:
    alice = api.user("Alice", started=True)
    fault = api.fail("sendMessage", kind, seconds=0.6)
    with pytest.raises(error):
        await bot.send_message(alice.id, "Hello", read_timeout=0.4)
    assert (fault.hits, fault.over, alice.sees("Hello")) == (1, True, arrives)
    await bot.send_message(alice.id, "again")
    assert alice.newest.text == "again"
    assert [call.fault for call in api.calls_of("sendMessage")] == [kind, None]


async def test_slow_and_nonsense_and_a_share_of_calls(api: FakeTelegram, bot: telegram.Bot) -> None:
    alice = api.user("Alice", started=True)
    api.fail("sendMessage", "slow", seconds=0.4)
    begun = asyncio.get_running_loop().time()
    await bot.send_message(alice.id, "late")
    assert asyncio.get_running_loop().time() - begun >= 0.4
    api.fail("sendMessage", "wrong_json")
    with pytest.raises((telegram.error.TelegramError, TypeError, KeyError, AttributeError)):
        await bot.send_message(alice.id, "garbled")
    assert alice.sees("garbled")
    fault = api.fail("*", "500", rate=0.5)
    for _ in range(40):
        try:
            await bot.send_chat_action(alice.id, "typing")
        except telegram.error.NetworkError:
            continue
    assert 8 <= fault.hits <= 32
    fault.stop()
    await bot.send_chat_action(alice.id, "typing")


async def test_telegram_goes_and_comes_back_at_the_same_place(api: FakeTelegram, bot: telegram.Bot) -> None:
    alice = api.user("Alice")
    url = api.url
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await api.until(lambda: api.queue._poll)
    await api.stop()
    with pytest.raises(telegram.error.NetworkError):
        await poll
    with pytest.raises(telegram.error.NetworkError):
        await bot.get_me()
    await alice.sends("while you were out")
    await api.start()
    assert api.url == url
    (update,) = await bot.get_updates(timeout=5)
    assert update.message is not None
    assert update.message.text == "while you were out"


async def test_the_pace_is_kept_when_asked_for() -> None:
    now = 1_800_000_000.0
    async with FakeTelegram(pace=True, clock=lambda: now) as api:
        crowd = [api.user(f"P{number}", started=True) for number in range(40)]
        group = api.group("Elm Park", crowd[:1])

        async def write(chat: int) -> int:
            """0, or the seconds to wait."""
            async with wire.post(
                f"{api.url}/bot{api.token}/sendMessage", json={"chat_id": chat, "text": "a"}
            ) as said:
                body = await said.json()
                assert said.status in (200, 429)
                return int(body.get("parameters", {}).get("retry_after", 0))

        async with aiohttp.ClientSession() as wire:
            assert [await write(crowd[0].id) for _ in range(4)] == [0, 0, 0, 1]
            now += 60
            assert [await write(group.id) for _ in range(21)] == [0] * 20 + [3]
            now += 60
            assert [await write(person.id) for person in crowd[:31]] == [0] * 30 + [1]
        assert api.pace is not None
        assert api.pace.refused == 3


async def test_it_runs_as_its_own_process_and_is_steered_from_outside() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fake_telegram", "--lenient", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        url = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()
        async with aiohttp.ClientSession() as wire:

            async def ask(path: str, **params: Any) -> Any:
                async with wire.post(f"{url}{path}", json=params) as answer:
                    return await answer.json()

            ids = (await ask("/control/users", count=50))["ids"]
            await ask("/control/say", **{"from": ids, "text": "/start abc"})
            key = json.dumps({"inline_keyboard": [[{"text": "Yes", "callback_data": "v:1:0"}]]})
            for number in ids:
                await ask(f"/bot{TOKEN}/sendMessage", chat_id=number, text="Keep it?", reply_markup=key)
            taps = await ask("/control/tap", taps=[{"user": number, "label": "Yes"} for number in ids])
            await ask(
                f"/bot{TOKEN}/answerCallbackQuery", callback_query_id=taps["queries"][0], text="Counted"
            )
            got = (await ask(f"/bot{TOKEN}/getUpdates", limit=100))["result"]
            await ask(f"/bot{TOKEN}/getUpdates", offset=got[-1]["update_id"] + 1)
            async with wire.get(f"{url}/control/counters") as answer:
                counters = await answer.json()
            async with wire.get(f"{url}/control/screen", params={"user": ids[0]}) as answer:
                shown = await answer.json()
        assert (len(got), counters["waiting"], counters["confirmed"]) == (100, 0, 100)
        assert (counters["asked"], counters["answered"], counters["shown"]) == (50, 1, 50)
        assert shown["toasts"] == ["Counted"]
        assert shown["screen"][0]["buttons"] == [["Yes"]]
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0
