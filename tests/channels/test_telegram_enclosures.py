"""Pictures and documents at Telegram: how they are read, how they are sent by their names there, never uploaded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from markupsafe import Markup

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.reading import Us, read
from bot.errors import RetryLater, Undeliverable
from bot.message import Attached, Button, Command, Media, Odd, Parcel
from tests.channels.telegram_line import parcel
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.people import Person

PNG = b"\x89PNG\r\n\x1a\n a picture"
US = Us(7123456789, "FolkBot")
YES = ((Button("Yes", "v:1:0"),),)


def sent(update: dict[str, Any]) -> Any:
    turn = read(update, US)
    assert turn
    return turn.what


async def a_picture(api: FakeTelegram) -> Media:
    media: Media = sent(await api.user("Olga").sends_photo(PNG)).media
    return media


def with_media(to: Person, media: Media, text: str = "Hello", **more: Any) -> Parcel:
    plain = parcel(to.id, Markup("<b>{}</b>").format(text), YES, **more)
    return replace(plain, message=replace(plain.message, media=media))


async def test_a_picture_is_read_with_its_words_and_its_command(api: FakeTelegram) -> None:
    olga = api.user("Olga")
    plain = sent(await olga.sends_photo(PNG, "The hall & more"))
    assert plain == Attached(plain.media, "The hall & more")
    assert (plain.media.kind, plain.media.size) == ("photo", len(PNG))
    assert list(plain.media.files) == ["telegram:7123456789"]
    below = sent(await olga.sends_photo(PNG, "/announce@FolkBot The hall\nis closed"))
    assert below.command == Command("announce", "The hall\nis closed")
    plan = sent(await olga.sends_document("plan.pdf", b"%PDF", "application/pdf", "The plan"))
    assert (plan.media.kind, plan.media.name, plan.media.type) == ("document", "plan.pdf", "application/pdf")
    assert plan.text == "The plan"


async def test_an_album_is_one_thing_and_its_pictures_come_one_by_one(api: FakeTelegram) -> None:
    updates = await api.user("Olga").sends_album(PNG, PNG, PNG, caption="/announce The hall")
    turns = [turn for update in updates if (turn := read(update, US))]
    first, *others = [turn.what for turn in turns if isinstance(turn.what, Attached)]
    assert (first.media.kind, first.command) == ("photo", Command("announce", "The hall"))
    assert [(one.media.kind, one.text, one.command) for one in others] == [("photo", "", None)] * 2
    assert len({turn.key for turn in turns}) == 3
    (album,) = {turn.album for turn in turns}
    assert album is not None
    assert album.startswith("album ")
    assert len(album) <= 64
    film = {"message_id": 1, "chat": {"id": 5}, "from": {"id": 5}, "video": {}, "media_group_id": "1" * 99}
    turn = read({"update_id": 1, "message": film}, US)
    assert turn is not None
    assert (turn.what, turn.album) == (Odd("album"), f"album {'1' * 58}")


def test_of_the_sizes_of_a_picture_the_largest_is_taken() -> None:
    sizes = [{"file_id": f"s{width}", "width": width, "file_size": width} for width in (90, 1280, 320)]
    body = {"message_id": 1, "chat": {"id": 5}, "from": {"id": 5}, "photo": sizes}
    assert sent({"update_id": 1, "message": body}) == Attached(
        Media("photo", {US.credential: "s1280"}, size=1280)
    )


@pytest.mark.parametrize("photo", [[], None, 5, [{}], [{"file_id": 5}], {"file_id": "x"}, [None, "x"]])
def test_a_picture_that_makes_no_sense_is_just_something_odd(photo: object) -> None:
    body = {"message_id": 1, "chat": {"id": 5}, "from": {"id": 5}, "photo": photo}
    assert sent({"update_id": 1, "message": body}) == Odd("photo")


async def test_a_file_goes_by_its_name_with_the_words_below_it(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice, media = api.user("Alice", started=True), await a_picture(api)
    name = await channel.deliver(with_media(alice, media))
    assert name == f"{alice.id}:{alice.newest.message_id}"
    assert (alice.newest.shows, alice.newest.text, alice.newest.buttons) == ("photo", "Hello", (("Yes",),))
    assert api.calls_of("sendPhoto")[0].params["photo"] == media.files["telegram:7123456789"]
    assert api.counts["sendMessage"] == 0


async def test_words_that_do_not_fit_below_come_after_it(api: FakeTelegram, channel: TelegramChannel) -> None:
    alice, media = api.user("Alice", started=True), await a_picture(api)
    await channel.deliver(with_media(alice, media, "x" * 1024))
    assert [one.shows for one in alice.screen()] == ["photo"]
    await channel.deliver(with_media(alice, media, "x" * 1025, envelope=2))
    assert [(one.shows, len(one.text)) for one in alice.screen()[1:]] == [("photo", 0), ("text", 1025)]
    assert alice.newest.buttons == (("Yes",),)
    api.fail("sendMessage", "500")
    with pytest.raises(RetryLater):
        await channel.deliver(with_media(alice, media, "x" * 1025, envelope=3))
    await channel.deliver(with_media(alice, media, "x" * 1025, envelope=3))
    assert [one.shows for one in alice.screen()[3:]] == ["photo", "text"], "the picture comes once"


async def test_a_file_that_this_bot_does_not_know_keeps_no_words_back(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice, media = api.user("Alice", started=True), await a_picture(api)
    strange = replace(media, files={"telegram:5": "theirs"})
    gone = replace(media, files={"telegram:7123456789": "gone"})
    wrong = replace(media, kind="document")
    for number, one in enumerate((strange, gone, wrong)):
        await channel.deliver(with_media(alice, one, f"Hello {number}", envelope=number))
        assert (alice.newest.shows, alice.newest.text) == ("text", f"Hello {number}")
    await channel.deliver(with_media(alice, gone, "x" * 1025, envelope=9))
    assert [(one.shows, len(one.text)) for one in alice.screen()[3:]] == [("text", 1025)]


async def test_a_message_may_become_one_with_a_picture_and_words_again(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    alice, media = api.user("Alice", started=True), await a_picture(api)
    name = await channel.deliver(parcel(alice.id, "Hello"))
    assert await channel.deliver(with_media(alice, media, "Look", action="edit", target=name)) == name
    assert await channel.deliver(with_media(alice, media, "Look!", action="edit", target=name)) == name
    assert [(one.shows, one.text) for one in alice.screen()] == [("photo", "Look!")]
    await channel.deliver(parcel(alice.id, "Words only", action="edit", target=name))
    assert (alice.newest.shows, alice.newest.text) == ("text", "Words only")


async def test_a_file_is_fetched_whole_or_said_not_to_be_there(
    api: FakeTelegram, channel: TelegramChannel
) -> None:
    media = await a_picture(api)
    assert await channel.fetch(media) == PNG
    for files in ({}, {"telegram:7123456789": "gone"}):
        with pytest.raises(Undeliverable):
            await channel.fetch(replace(media, files=files))
    api.fail("getFile", "500")
    with pytest.raises(RetryLater):
        await channel.fetch(media)
    large = await api.user("Olga").sends_document("large.pdf", bytes(20 * 1024 * 1024 + 1), "application/pdf")
    with pytest.raises(Undeliverable):
        await channel.fetch(sent(large).media)
