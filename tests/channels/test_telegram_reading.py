"""What Telegram tells, as the conversation gets it. aiogram's models judge the updates used here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.kinds import ALLOWED, CONTENTS, NOTICES, UPDATES
from bot.channels.telegram.reading import KINDS, Us, read
from bot.message import (
    Attached,
    Blocked,
    Command,
    Incoming,
    MovedTo,
    Odd,
    Place,
    Tap,
    Unblocked,
    Words,
)
from tests.fake_telegram import FakeTelegram, judge, odd
from tests.fake_telegram.models import aiogram

US = Us(77, "FolkBot")
ANN = {"id": 5, "is_bot": False, "first_name": "Ann", "language_code": "cy"}
ALONE = {"id": 5, "type": "private", "first_name": "Ann"}
GROUP = {"id": -100, "type": "supergroup", "title": "Elm Park"}
OURS = {
    "message_id": 8,
    "date": 1,
    "chat": GROUP,
    "from": {"id": 77, "is_bot": True, "first_name": "F"},
    "text": "?",
}


def message(chat: Any = ALONE, **content: Any) -> dict[str, Any]:
    return {"update_id": 9, "message": {"message_id": 3, "date": 1, "chat": chat, "from": ANN, **content}}


def text(words: str, chat: Any = ALONE, **more: Any) -> dict[str, Any]:
    """A text with the entities that Telegram finds in it."""
    from tests.fake_telegram.html import found_in

    update = message(chat, text=words, entities=found_in(words, []), **more)
    assert judge.trouble_with_update(update) is None
    return update


def what(update: Any) -> Any:
    incoming = read(update, US)
    return incoming and incoming.what


def test_a_private_text_says_who_where_and_in_which_language() -> None:
    turn = read(text("Hello"), US)
    assert turn == Incoming("telegram", "9", "5", "5", Words("Hello"), language="cy")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("/start", Command("start")),
        ("/start abc_1", Command("start", "abc_1")),
        ("/Start@folkbot abc", Command("start", "abc")),
        ("/poll Tea? | Yes\n| No", Command("poll", "Tea? | Yes\n| No")),
        ("/poll\nTea?\nYes\nNo", Command("poll", "Tea?\nYes\nNo")),
        ("Go to /start", Words("Go to /start")),
        ("/", Words("/")),
        ("😀 /help", Words("😀 /help")),
        ("Dŵr 😀 سلام", Words("Dŵr 😀 سلام")),
    ],
)
def test_words_and_commands_in_a_private_chat(said: str, meant: Any) -> None:
    assert what(text(said)) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Nice weather", None),
        ("/poll", Command("poll")),
        ("/poll@FolkBot Tea?", Command("poll", "Tea?")),
        ("/poll@OtherBot Tea?", None),
        ("@FolkBot help", Words("help")),
        ("😀 ask @folkbot", Words("😀 ask @folkbot")),
        ("@OtherBot help", None),
    ],
)
def test_in_a_group_only_what_is_meant_for_us_is_heard(said: str, meant: Any) -> None:
    assert what(text(said, GROUP)) == meant


def test_in_a_group_an_answer_to_us_is_heard_but_a_forum_topic_is_no_answer() -> None:
    assert what(text("Yes", GROUP, reply_to_message=OURS)) == Words("Yes")
    topic = OURS | {"forum_topic_created": {"name": "Roads", "icon_color": 1}}
    assert what(text("Yes", GROUP, reply_to_message=topic)) is None
    assert what(message(GROUP, dice={"emoji": "🎲", "value": 1}, reply_to_message=OURS)) == Odd("dice")


def test_a_turn_in_a_group_names_the_group_and_the_person() -> None:
    turn = read(text("/poll", GROUP), US)
    assert turn
    assert (turn.chat, turn.sender, turn.group) == ("-100", "5", True)


def test_an_anonymous_administrator_speaks_as_the_group() -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    turn = read(text("/poll", GROUP, **{"from": anonymous, "sender_chat": GROUP}), US)
    assert turn
    assert turn.sender == "-100"


def test_another_bot_is_not_answered() -> None:
    assert read(text("/poll", GROUP, **{"from": ANN | {"is_bot": True}}), US) is None


@pytest.mark.parametrize(
    ("status", "more", "meant"),
    [
        ("kicked", {"until_date": 0}, Blocked()),
        ("left", {}, Blocked()),
        ("member", {}, Unblocked()),
        ("administrator", {}, Unblocked()),
        ("restricted", {"is_member": True, "can_send_messages": True}, Unblocked()),
        ("restricted", {"is_member": True, "can_send_messages": False}, Blocked()),
        ("restricted", {"is_member": False}, Blocked()),
    ],
)
@pytest.mark.parametrize("chat", [ALONE, GROUP])
def test_being_blocked_thrown_out_and_let_in(status: str, more: Any, meant: Any, chat: Any) -> None:
    change = {"chat": chat, "from": ANN, "date": 1, "new_chat_member": {"status": status, **more}}
    turn = read({"update_id": 1, "my_chat_member": change}, US)
    assert turn
    assert (turn.what, turn.chat) == (meant, str(chat["id"]))


def test_a_group_that_becomes_a_supergroup_is_told_once() -> None:
    old = {"id": -5, "type": "group", "title": "Elm"}
    assert what(message(old, migrate_to_chat_id=-1005)) == MovedTo("-1005")
    assert what(message(GROUP, migrate_from_chat_id=-5)) is None


@pytest.mark.parametrize("field", ["location", "venue"])
def test_a_place_is_a_place_with_or_without_a_name(field: str) -> None:
    point = {"latitude": 51.5, "longitude": -0.12}
    content = {"location": point} if field == "location" else {"venue": {"location": point, "title": "Hall"}}
    assert what(message(**content)) == Place(51.5, -0.12)
    assert what({"update_id": 1, "edited_message": message(location=point)["message"]}) == Odd("live_place")


@pytest.mark.parametrize(
    ("message_part", "name"),
    [
        ({"message": {"message_id": 4, "date": 0, "chat": ALONE}}, "5:4"),
        ({"message": {"message_id": 4, "date": 1, "chat": GROUP, "text": "?"}}, "-100:4"),
        ({"inline_message_id": "AbC"}, "inline:AbC"),
        ({}, None),
    ],
)
def test_a_tap_names_the_message_it_came_from(message_part: Any, name: str | None) -> None:
    query = {"id": "q", "from": ANN, "chat_instance": "1", "data": "v:1:0", **message_part}
    update = {"update_id": 2, "callback_query": query}
    assert judge.trouble_with_update(update) is None
    turn = read(update, US)
    assert turn
    assert (turn.what, turn.message, turn.sender) == (Tap("v:1:0", "q"), name, "5")


@pytest.mark.parametrize("chat", [ALONE, GROUP])
def test_what_somebody_shows_of_ours_is_nothing_that_they_say(chat: Any) -> None:
    us = {"id": 77, "is_bot": True, "first_name": "F"}
    assert read(text("/poll or not, @FolkBot?", chat, via_bot=us), US) is None
    assert what(text("/poll", chat, via_bot=us | {"id": 78})) == Command("poll")


def test_a_tap_elsewhere_knows_nothing_but_the_message_and_who_tapped() -> None:
    query = {"id": "q", "from": ANN, "chat_instance": "1", "data": "vi:1:0:en", "inline_message_id": "AbC"}
    turn = read({"update_id": 2, "callback_query": query}, US)
    assert turn is not None
    assert (turn.chat, turn.sender, turn.group, turn.elsewhere) == ("inline:AbC", "5", True, True)
    assert (turn.source, turn.language) == ("inline", "cy")
    for odd_name in ("", "x" * 58, "a b", 7, None):
        assert read({"update_id": 2, "callback_query": query | {"inline_message_id": odd_name}}, US) is None


def test_what_was_shown_in_another_chat_is_a_tap_that_nobody_waits_for() -> None:
    chosen = {"result_id": "si:1:en", "from": ANN, "inline_message_id": "AbC", "query": "market"}
    update = {"update_id": 2, "chosen_inline_result": chosen}
    assert judge.trouble_with_update(update) is None
    turn = read(update, US)
    assert turn is not None
    assert (turn.what, turn.chat) == (Tap("si:1:en"), "inline:AbC")
    assert read({"update_id": 2, "chosen_inline_result": chosen | {"inline_message_id": None}}, US) is None


def test_a_game_button_has_no_payload_but_is_still_a_tap_to_be_answered() -> None:
    query = {"id": "q", "from": ANN, "chat_instance": "1", "game_short_name": "g"}
    assert what({"update_id": 2, "callback_query": query}) == Tap("", "q")


@pytest.mark.parametrize(("field", "kind"), [*CONTENTS.items(), *NOTICES.items()])
def test_each_kind_of_message_has_a_name(field: str, kind: str) -> None:
    assert what(message(**{field: {"any": "thing"}})) == Odd(kind)
    assert kind in KINDS


@pytest.mark.parametrize("chatter", sorted(CONTENTS))
def test_what_neighbours_show_each_other_in_a_group_is_not_ours(chatter: str) -> None:
    assert read(message(GROUP, **{chatter: {"any": "thing"}}), US) is None


@pytest.mark.parametrize("kind", odd.ODD_KINDS)
async def test_whatever_a_person_can_send_is_understood_as_something(kind: str) -> None:
    async with FakeTelegram() as api:
        turn = read(await api.user("Ann").sends_odd(kind), US)
    assert turn
    assert isinstance(turn.what, Place | Attached) or (isinstance(turn.what, Odd) and turn.what.kind in KINDS)


async def test_what_is_edited_forwarded_or_pinned_has_its_own_kind() -> None:
    async with FakeTelegram() as api:
        ann = api.user("Ann")
        sent = await ann.sends("Helo")
        assert what(await ann.edits(sent, "Hello")) == Odd("edited")
        assert what(await ann.forwards("/start abc")) == Odd("forwarded")
        assert what(await ann.pins(sent["message"]["message_id"])) == Odd("pinned")
        group = api.group("Elm", [ann])
        assert what(await group.joins(api.user("Bob"))) is None  # whoever only joins stays unknown to us
        assert what(await group.loses(ann)) is None


@pytest.mark.parametrize(("field", "kind"), UPDATES.items())
def test_updates_that_we_did_not_ask_for_have_a_name_too(field: str, kind: str) -> None:
    assert what({"update_id": 1, field: {"id": "1", "from": ANN}}) == Odd(kind)


def test_updates_with_nobody_behind_them_are_left_alone() -> None:
    for field in ("poll", "message_reaction_count", "chat_boost", "business_message", "guest_message"):
        assert read({"update_id": 1, field: {"id": "1", "from": ANN, "chat": ALONE}}, US) is None
    assert what({"update_id": 1, "channel_post": {"message_id": 1, "chat": GROUP}}) == Odd("channel_post")


ABOUT_A_MESSAGE = {
    "message_id", "message_thread_id", "direct_messages_topic", "from_user", "sender_chat", "sender_boost_count",
    "sender_business_bot", "sender_tag", "date", "guest_query_id", "business_connection_id", "chat",
    "forward_origin", "is_topic_message", "is_automatic_forward", "reply_to_message", "external_reply", "quote",
    "reply_to_story", "reply_to_checklist_task_id", "reply_to_poll_option_id", "via_bot", "guest_bot_caller_user",
    "guest_bot_caller_chat", "edit_date", "has_protected_content", "is_from_offline", "is_paid_post",
    "media_group_id", "author_signature", "paid_star_count", "text", "entities", "link_preview_options",
    "suggested_post_info", "effect_id", "caption", "caption_entities", "show_caption_above_media",
    "has_media_spoiler", "reply_markup", "venue", "location", "migrate_to_chat_id", "migrate_from_chat_id",
    "forward_date", "forward_from", "forward_from_chat", "forward_from_message_id", "forward_sender_name",
    "forward_signature", "user_shared", "ephemeral_message_id", "receiver_user",
}  # fmt: skip
"""What a message has beside its content, or what has a type of its own in `bot.message`."""


def test_no_content_that_the_bot_api_knows_is_without_a_name() -> None:
    known = {*CONTENTS, *NOTICES, *ABOUT_A_MESSAGE}
    assert not set(aiogram.types.Message.model_fields) - known
    asked = json.loads((Path(odd.__file__).parent / "api.json").read_text(encoding="utf-8"))["update_kinds"]
    assert {*ALLOWED, *UPDATES} <= set(asked)


_JUNK: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "from", "chat", "type", "text", "entities", "offset", "length", "message", "location", "venue",
             "latitude", "status", "new_chat_member", "reply_to_message", "data", "caption", "caption_entities",
             "migrate_to_chat_id", "sender_chat", "inline_message_id", "forward_origin", "message_id"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.sampled_from([*ALLOWED, "channel_post", "inline_query", "poll"]), _JUNK)
def test_the_strangest_update_raises_nothing(field: str, junk: Any) -> None:
    turn = read({"update_id": 1, field: junk}, US)
    assert turn is None or isinstance(turn, Incoming)
    read(junk, US)
