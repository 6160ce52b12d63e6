"""What a resident sees of a parcel, and what becomes of it when Telegram says no."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from markupsafe import Markup

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.fates import TOKEN_NOT_VALID
from bot.errors import AddressClosed, DeliveryFailed, Moved, RetryLater, Undeliverable
from bot.message import Button
from tests.channels.telegram_line import line, parcel
from tests.fake_telegram import FakeTelegram

YES = ((Button("Yes", "v:1:0"), Button("No", "v:1:1")),)


async def test_a_message_arrives_with_its_buttons_and_without_a_preview(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice = api.user("Alice", started=True)
    name = await channel.deliver(parcel(alice.id, Markup("<b>Tea?</b> https://tea.example"), YES))
    assert name == f"{alice.id}:{alice.newest.message_id}"
    assert alice.newest.text == "Tea? https://tea.example"
    assert alice.newest.buttons == (("Yes", "No"),)
    assert api.calls[-1].params["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    "words",
    ["<b>not bold</b>", 'it\'s & "so" <3 > &amp;', "</code></b>", "<script>", "ﷺ 😀 &#39; &nbsp;", "a<b>c"],
)
async def test_what_a_resident_wrote_is_shown_as_written(
    api: FakeTelegram, channel: TelegramChannel, words: str
) -> None:
    alice = api.user("Alice", started=True)
    await channel.deliver(parcel(alice.id, Markup("<b>{}</b>").format(words), ((Button(words, "v"),),)))
    assert alice.newest.text == words
    assert alice.newest.buttons == ((words,),)


async def test_a_long_text_comes_in_parts_with_the_buttons_under_the_last(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice = api.user("Alice", started=True)
    paragraphs = [f"{number} " + "word " * 300 for number in range(8)]
    text = Markup("<b>{}</b>").format("\n\n".join(paragraphs))
    name = await channel.deliver(parcel(alice.id, text, YES))
    shown = alice.screen()
    assert [len(seen.buttons) for seen in shown] == [0] * (len(shown) - 1) + [1]
    assert name == f"{alice.id}:{shown[-1].message_id}"
    assert " ".join(seen.text for seen in shown).split() == " ".join(paragraphs).split()
    assert len(shown) == 4


async def test_when_a_long_text_breaks_off_only_the_rest_comes_again(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice = api.user("Alice", started=True)
    long = parcel(alice.id, "\n\n".join(f"{number} " + "x" * 3000 for number in range(3)))
    failing = asyncio.create_task(channel.deliver(long))
    await api.until(lambda: alice.screen())
    api.fail("sendMessage", "500")
    try:
        await failing
    except RetryLater:
        await channel.deliver(long)
    assert [seen.text[0] for seen in alice.screen()] == ["0", "1", "2"]


async def test_an_edit_takes_the_place_of_the_message(api: FakeTelegram, channel: TelegramChannel) -> None:
    alice = api.user("Alice", started=True)
    name = await channel.deliver(parcel(alice.id, "Tea?", YES))
    for _ in range(2):  # the second time nothing changes, which is no error
        assert await channel.deliver(parcel(alice.id, "Counted.", action="edit", target=name)) == name
    assert [(seen.text, seen.buttons) for seen in alice.screen()] == [("Counted.", ())]


@pytest.mark.parametrize("target", ["{}:999", "inline:abc", "nonsense", None])
async def test_an_edit_of_what_is_gone_becomes_a_new_message(
    api: FakeTelegram, channel: TelegramChannel, target: str | None
) -> None:
    alice = api.user("Alice", started=True)
    target = target and target.format(alice.id)
    name = await channel.deliver(parcel(alice.id, "Counted.", YES, action="edit", target=target))
    assert name == f"{alice.id}:{alice.newest.message_id}"
    assert alice.newest.buttons == (("Yes", "No"),)


async def test_what_nobody_waits_for_is_not_sent_anew_where_its_message_was_deleted(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice = api.user("Alice", started=True)
    drawn = parcel(alice.id, "Ann has taken it.", YES, action="edit", target=f"{alice.id}:999")
    drawn = replace(drawn, message=replace(drawn.message, only_in_place=True))
    assert await channel.deliver(drawn) is None
    assert not alice.screen()
    name = await channel.deliver(parcel(alice.id, "A new report.", YES))
    assert await channel.deliver(replace(drawn, target=name)) == name
    assert [seen.text for seen in alice.screen()] == ["Ann has taken it."]


async def test_an_edit_of_a_message_with_a_keyboard_becomes_a_new_message(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice = api.user("Alice", started=True)
    name = await channel.deliver(parcel(alice.id, "Where?", wants_place=True))
    assert await channel.deliver(parcel(alice.id, "Thank you.", action="edit", target=name)) != name
    assert [seen.text for seen in alice.screen()] == ["Where?", "Thank you."]


async def test_an_edit_that_grew_too_long_goes_on_in_new_messages(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice = api.user("Alice", started=True)
    name = await channel.deliver(parcel(alice.id, "Tea?", YES))
    text = "a" * 4000 + "\n\n" + "b" * 4000
    last = await channel.deliver(parcel(alice.id, text, YES, action="edit", target=name))
    assert [(seen.text[0], len(seen.buttons)) for seen in alice.screen()] == [("a", 0), ("b", 1)]
    assert last == f"{alice.id}:{alice.newest.message_id}" != name


async def test_a_tap_is_answered_with_a_short_note_or_in_silence(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice = api.user("Alice", started=True)
    for text in (Markup("<b>Counted.</b> ") + "& so " * 100, Markup("")):
        query = (await alice.presses("v:1:0"))["callback_query"]["id"]
        await channel.deliver(parcel(alice.id, text, action="toast", target=query))
    assert len(alice.toasts) == 1
    assert alice.toasts[0].startswith("Counted. & so")
    assert len(alice.toasts[0]) <= 200
    assert all(query.answered for query in api.world.queries.values())


async def test_a_note_for_a_tap_of_long_ago_is_dropped(api: FakeTelegram, channel: TelegramChannel) -> None:
    with pytest.raises(Undeliverable, match="query is too old"):
        await channel.deliver(parcel(5, "Counted.", action="toast", target="1"))
    assert api.errors[400] == 1


FATES: list[tuple[str, dict[str, Any], type[DeliveryFailed], dict[str, Any]]] = [
    ("429", {"retry_after": 7}, RetryLater, {"after": 7.0, "whole_channel": True, "maybe_arrived": False}),
    ("500", {}, RetryLater, {"maybe_arrived": False, "whole_channel": False}),
    ("502", {}, RetryLater, {"maybe_arrived": False}),
    ("reset", {}, RetryLater, {"maybe_arrived": True}),
    ("reset_after", {}, RetryLater, {"maybe_arrived": True}),
    ("truncated", {}, RetryLater, {"maybe_arrived": True}),
    ("wrong_json", {}, RetryLater, {"maybe_arrived": True}),
    ("400", {"description": "Bad Request: chat not found"}, AddressClosed, {}),
    ("400", {"description": "Bad Request: CHAT_WRITE_FORBIDDEN"}, Undeliverable, {}),
    ("400", {}, Undeliverable, {}),
    ("403", {"description": "Forbidden: bot was blocked by the user"}, AddressClosed, {}),
    ("403", {"description": "Forbidden: user is deactivated"}, AddressClosed, {}),
    ("403", {"description": "Forbidden: bot was kicked from the supergroup chat"}, AddressClosed, {}),
    ("403", {"description": "Forbidden: bot is not a member of the channel chat"}, AddressClosed, {}),
    ("403", {"description": "Forbidden: bot can't initiate conversation with a user"}, AddressClosed, {}),
    ("403", {"description": "Forbidden: bot can't send messages to the user"}, RetryLater, {}),
    ("403", {"description": "Forbidden: a reason that nobody has heard yet"}, Undeliverable, {}),
]


@pytest.mark.parametrize(("kind", "more", "fate", "details"), FATES)
async def test_each_failure_has_its_fate(
    api: FakeTelegram,
    channel: TelegramChannel,
    kind: Any,
    more: Any,
    fate: type[DeliveryFailed],
    details: Any,
) -> None:
    alice = api.user("Alice", started=True)
    api.fail("sendMessage", kind, **more)
    with pytest.raises(fate) as failure:
        await channel.deliver(parcel(alice.id, "a private word"))
    assert {name: getattr(failure.value, name) for name in details} == details
    assert "private" not in failure.value.reason
    await channel.deliver(parcel(alice.id, "And on it goes."))
    assert alice.sees("And on it goes.")


@pytest.mark.parametrize(
    "said",
    [
        'Bad Request: can\'t parse entities: Unsupported start tag "private" at byte offset 3',
        "Bad Request: inline keyboard button URL 'http://private.example/' is invalid: Wrong HTTP URL",
        'Bad Request: something "private" happened',
    ],
)
async def test_the_reason_holds_nothing_of_the_letter(
    api: FakeTelegram, channel: TelegramChannel, said: str
) -> None:
    api.fail("sendMessage", "400", description=said)
    with pytest.raises(Undeliverable, match="400 Bad Request: ") as failure:
        await channel.deliver(parcel(api.user("Alice", started=True).id, "Hello"))
    assert "private" not in failure.value.reason


async def test_a_slow_answer_is_one_that_may_have_arrived(
    api: FakeTelegram, channel: TelegramChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = api.user("Alice", started=True)
    await channel.deliver(parcel(alice.id, "Good morning"))  # the connection is there
    monkeypatch.setattr("bot.channels.telegram.wire.PATIENCE", 0.5)
    api.fail("sendMessage", "slow_after", seconds=5)
    with pytest.raises(RetryLater) as failure:
        await channel.deliver(parcel(alice.id, "Hello"))
    assert failure.value.maybe_arrived
    await api.until(lambda: alice.sees("Hello"))


async def test_while_telegram_is_gone_nothing_has_arrived(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    await api.stop()
    with pytest.raises(RetryLater) as failure:
        await channel.deliver(parcel(5, "Hello"))
    assert not failure.value.maybe_arrived
    await api.start()


async def test_too_much_for_a_group_holds_up_only_that_group(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    group = api.group("Elm", [api.user("Alice")])
    api.fail("sendMessage", "429", retry_after=30)
    with pytest.raises(RetryLater) as failure:
        await channel.deliver(parcel(group.id, "Hello"))
    assert (failure.value.after, failure.value.whole_channel) == (30.0, False)


async def test_people_and_groups_that_are_gone(api: FakeTelegram, channel: TelegramChannel) -> None:
    alice, bob, stranger = api.user("Alice", started=True), api.user("Bob", started=True), api.user("Cy")
    group = api.group("Elm", [alice])
    await alice.blocks_bot()
    await bob.deletes_account()
    await group.removes_bot(alice)
    for chat in (alice.id, bob.id, stranger.id, group.id, 424242):
        with pytest.raises(AddressClosed):
            await channel.deliver(parcel(chat, "Hello"))
    with pytest.raises(Undeliverable):
        await channel.deliver(parcel("no number", "Hello"))


async def test_a_group_that_became_a_supergroup_is_written_to_under_its_new_name(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    group = api.group("Elm", [api.user("Alice")])
    before = group.id
    name = await channel.deliver(parcel(before, "Tea?", YES))
    now = await group.upgrade()
    with pytest.raises(Moved) as moved:
        await channel.deliver(parcel(before, "Hello"))
    assert moved.value.to == str(now)
    await channel.deliver(parcel(now, "Counted.", action="edit", target=name))
    assert group.sees("Counted.")


async def test_a_token_that_was_taken_back_stops_the_whole_channel_for_a_while(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    api.token = "7123456789:another"
    with pytest.raises(RetryLater) as failure:
        await channel.deliver(parcel(5, "Hello"))
    assert failure.value.whole_channel
    await api.stop()
    await api.start()
    await api.until(lambda: channel.trouble == TOKEN_NOT_VALID, 10)


async def test_only_a_bot_that_pays_for_more_says_so(api: FakeTelegram) -> None:
    alice = api.user("Alice", started=True)
    for paid in (False, True):
        async with line(api, paid=paid) as channel:
            await channel.deliver(parcel(alice.id, "hello"))
        assert api.calls[-1].params.get("allow_paid_broadcast", False) is paid
