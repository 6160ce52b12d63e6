"""The methods that send, change and take away messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.fake_telegram.checks import Json, Upload
from tests.fake_telegram.limits import MEGA, fitting_file, keyboard, written
from tests.fake_telegram.refusal import bad, improper
from tests.fake_telegram.state import Post, World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def _put(world: World, params: Json, content: Callable[[], Json]) -> Json:
    """Send something: the chat, the keyboard and the answered message are the same for all kinds."""
    room = world.open_room(params["chat_id"])
    body = content()
    markup = params.get("reply_markup")
    keyboard(markup, private=room.private)
    if reply := params.get("reply_parameters"):
        answered = world.room(reply.get("chat_id", room.id)).posts.get(reply["message_id"])
        if answered:
            body["reply_to_message"] = {k: v for k, v in answered.body.items() if k != "reply_to_message"}
        elif not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
    if markup and markup.get("inline_keyboard"):
        body["reply_markup"] = markup
    if params.get("protect_content"):
        body["has_protected_content"] = True
    post = world.post(room, world.bot, body)
    if markup and "inline_keyboard" not in markup:
        # Telegram lets nobody edit a message that came with a reply keyboard.
        post.plain = False
        post.keyboard = room.keyboard = None if "remove_keyboard" in markup else markup
    return post.body


def send_message(world: World, params: Json) -> Json:
    """sendMessage."""
    return _put(world, params, lambda: _text(params))


def _text(params: Json, *, edit: bool = False) -> Json:
    text, entities = written(params, edit=edit)
    said: Json = {"text": text}
    if entities:
        said["entities"] = entities
    if options := params.get("link_preview_options"):
        said["link_preview_options"] = options
    return said


def _caption(params: Json) -> Json:
    caption, entities = written(params, "caption")
    said: Json = {"caption": caption} if caption else {}
    if entities:
        said["caption_entities"] = entities
    return said


def send_photo(world: World, params: Json) -> Json:
    """sendPhoto."""
    return _put(world, params, lambda: {"photo": _photo(world, params["photo"]), **_caption(params)})


def send_document(world: World, params: Json) -> Json:
    """sendDocument."""
    return _put(world, params, lambda: {"document": _document(world, params["document"]), **_caption(params)})


def _file_id(world: World, file: Any, folder: str) -> str:
    if isinstance(file, Upload):
        return world.keep(file, folder)
    if file in world.files:
        kept = world.files[file][0].partition("/")[0]
        if kept != folder:
            kinds = {"photos": "Photo", "documents": "Document"}
            raise bad(f"can't use file of type {kinds[kept]} as {kinds[folder]}")
        return str(file)
    if file.startswith(("http://", "https://")):
        return world.keep(Upload(file.rpartition("/")[2], b"\x89PNG\r\n\x1a\n"), folder)
    raise bad("wrong file identifier/HTTP URL specified")


def photo_sizes(file_id: str, size: int) -> list[Json]:
    """The `PhotoSize`s of a stored picture; its measures are made up."""
    whole = {
        "file_id": file_id,
        "file_unique_id": f"u{file_id[-6:]}",
        "width": 1280,
        "height": 960,
        "file_size": size,
    }
    return [whole | {"width": 320, "height": 240}, whole]


def _photo(world: World, file: Any) -> list[Json]:
    file_id = _file_id(world, file, "photos")
    return photo_sizes(file_id, len(world.files[file_id][1].content))


def _document(world: World, file: Any) -> Json:
    return document(world, _file_id(world, file, "documents"))


def document(world: World, file_id: str) -> Json:
    """The `Document` of a stored file."""
    upload = world.files[file_id][1]
    return {"file_id": file_id, "file_unique_id": f"u{file_id[-6:]}", "file_name": upload.name,
            "mime_type": upload.kind, "file_size": len(upload.content)}  # fmt: skip


def send_location(world: World, params: Json) -> Json:
    """sendLocation and sendVenue."""
    if not (-90 <= params["latitude"] <= 90 and -180 <= params["longitude"] <= 180):
        raise improper("wrong latitude or longitude specified")
    place = {"latitude": float(params["latitude"]), "longitude": float(params["longitude"])}
    if "title" in params:
        venue = {"location": place, "title": params["title"], "address": params["address"]}
        return _put(world, params, lambda: {"venue": venue, "location": place})
    return _put(world, params, lambda: {"location": place})


def copy_message(world: World, params: Json) -> Json:
    """copyMessage."""
    source = world.room(params["from_chat_id"]).posts.get(params["message_id"])
    if source is None:
        raise bad("message to copy not found")
    kept = ("text", "entities", "photo", "document", "caption", "caption_entities", "location")
    copied = {name: source.body[name] for name in kept if name in source.body}
    if "caption" in params:
        copied |= _caption(params)
    return {"message_id": _put(world, params, lambda: copied)["message_id"]}


def _edited(world: World, params: Json, change: Callable[[Post], Json]) -> Json | bool:
    """Change a message: a keyboard that is not given again is taken away."""
    markup = params.get("reply_markup")
    if "inline_message_id" in params:
        keyboard(markup, private=False)
        if params["inline_message_id"] not in world.inline:
            raise bad("MESSAGE_ID_INVALID")
        _replace(world, world.inline[params["inline_message_id"]], change, markup)
        return True
    if "chat_id" not in params:
        raise improper("chat_id is empty")
    if "message_id" not in params:
        raise improper("message identifier is not specified")
    keyboard(markup, private=True)
    post = world.own_post(world.open_room(params["chat_id"]), params["message_id"], "edit")
    return _replace(world, post, change, markup)


def _replace(world: World, post: Post, change: Callable[[Post], Json], markup: Json | None) -> Json:
    kept = {k: v for k, v in post.body.items() if k not in ("reply_markup", "edit_date")}
    after = kept | change(post)
    after = {k: v for k, v in after.items() if v is not None}
    if markup and markup["inline_keyboard"]:
        after["reply_markup"] = markup
    if _shown(post.body) == _shown(after):
        raise bad(NOT_MODIFIED)
    post.body = after | {"edit_date": int(world.clock())}
    world.changed()
    return post.body


def _shown(body: Json) -> str:
    """What Telegram compares: all but the time of the last edit and the wish about previews."""
    return json.dumps({k: v for k, v in body.items() if k not in _NOT_COMPARED}, sort_keys=True)


_NOT_COMPARED = ("edit_date", "link_preview_options")


def edit_text(world: World, params: Json) -> Json | bool:
    """editMessageText."""

    said = _text(params, edit=True)

    def change(post: Post) -> Json:
        if "text" not in post.body:
            raise bad("there is no text in the message to edit")
        return {"entities": None, "link_preview_options": None} | said

    return _edited(world, params, change)


def edit_caption(world: World, params: Json) -> Json | bool:
    """editMessageCaption."""

    said = _caption(params)

    def change(post: Post) -> Json:
        if not {"photo", "document"} & post.body.keys():
            raise bad("there is no caption in the message to edit")
        return {"caption": None, "caption_entities": None} | said

    return _edited(world, params, change)


def edit_markup(world: World, params: Json) -> Json | bool:
    """editMessageReplyMarkup."""
    return _edited(world, params, lambda post: {})


def edit_media(world: World, params: Json, files: dict[str, Upload]) -> Json | bool:
    """editMessageMedia, with pictures and documents."""
    media = params["media"]
    if media["type"] not in ("photo", "document"):
        raise improper(f"this house shows pictures and documents only, not {media['type']}")
    file: Any = media["media"]
    if file.startswith("attach://"):
        if file.removeprefix("attach://") not in files:
            raise improper("file part of the request is missing")
        file = files[file.removeprefix("attach://")]
        fitting_file(file, 50 * MEGA, picture=media["type"] == "photo")
    said = _caption(media)

    def change(post: Post) -> Json:
        gone = {"photo": None, "document": None, "caption": None, "caption_entities": None, "text": None}
        shown: Any = _photo(world, file) if media["type"] == "photo" else _document(world, file)
        return gone | {"entities": None, media["type"]: shown} | said

    return _edited(world, params, change)


def delete_message(world: World, params: Json) -> bool:
    """deleteMessage: the bot's own, and in a private chat everybody's, for 48 hours."""
    room = world.open_room(params["chat_id"])
    post = room.posts.get(params["message_id"])
    if post is None:
        raise bad("message to delete not found")
    may = post.by_bot or room.private or room.bot_is == "administrator"
    if not may or world.clock() - post.body["date"] > 48 * 3600:
        raise bad("message can't be deleted")
    del room.posts[params["message_id"]]
    world.changed()
    return True


def delete_messages(world: World, params: Json) -> bool:
    """deleteMessages: those that can't be found are passed over."""
    if not 1 <= len(params["message_ids"]) <= 100:
        raise improper("message_ids must hold 1-100 identifiers")
    room = world.open_room(params["chat_id"])
    for number in params["message_ids"]:
        if number in room.posts:
            delete_message(world, {"chat_id": room.id, "message_id": number})
    return True


def forward_message(world: World, params: Json) -> Json:
    """forwardMessage."""
    source = world.room(params["from_chat_id"]).posts.get(params["message_id"])
    if source is None:
        raise bad("message to forward not found")
    own = ("message_id", "from", "chat", "date", "reply_markup", "edit_date", "reply_to_message")
    copied = {name: value for name, value in source.body.items() if name not in own}
    origin = {"type": "user", "date": source.body["date"], "sender_user": source.body["from"]}
    return _put(world, params, lambda: copied | {"forward_origin": origin})
