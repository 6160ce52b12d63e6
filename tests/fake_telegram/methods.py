"""All methods that the fake plays: who the bot is, its menus, chats, files and pressed buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fake_telegram import messages
from tests.fake_telegram.checks import Json
from tests.fake_telegram.refusal import Refusal, bad
from tests.fake_telegram.state import Room, Toast, World


def get_me(world: World, params: Json) -> Json:
    """getMe."""
    return {
        **world.bot.as_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": not world.settings.get("privacy", {}).get("on", True),
        "supports_inline_queries": True,
        "supports_guest_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


def answer_callback_query(world: World, params: Json) -> bool:
    """answerCallbackQuery."""
    toast = None
    if params.get("text") or params.get("url"):
        toast = Toast(params.get("text", ""), bool(params.get("show_alert")), params.get("url"))
    world.answer(str(params["callback_query_id"]), toast)
    return True


# --- names, descriptions and menus, each by language -------------------------------------------


def _sets(setting: str, field: str) -> Callable[[World, Json], bool]:
    def change(world: World, params: Json) -> bool:
        kept = world.settings.setdefault(setting, {})
        language = params.get("language_code", "")
        if params.get(field):
            kept[language] = params[field]
        else:
            kept.pop(language, None)
        return True

    return change


def _gets(setting: str, field: str) -> Callable[[World, Json], Json]:
    def look(world: World, params: Json) -> Json:
        kept = world.settings.get(setting, {})
        default = world.bot.first_name if setting == "name" else ""
        return {field: kept.get(params.get("language_code", ""), kept.get("", default))}

    return look


def _menu_key(world: World, params: Json) -> str:
    scope = params.get("scope") or {"type": "default"}
    if "chat_id" in scope:
        world.room(scope["chat_id"])
    parts = (
        scope["type"],
        scope.get("chat_id", ""),
        scope.get("user_id", ""),
        params.get("language_code", ""),
    )
    return ":".join(map(str, parts))


def set_my_commands(world: World, params: Json) -> bool:
    """setMyCommands."""
    commands = [one | {"command": one["command"].removeprefix("/")} for one in params["commands"]]
    world.settings.setdefault("commands", {})[_menu_key(world, params)] = commands
    return True


def delete_my_commands(world: World, params: Json) -> bool:
    """deleteMyCommands."""
    world.settings.get("commands", {}).pop(_menu_key(world, params), None)
    return True


def get_my_commands(world: World, params: Json) -> list[Json]:
    """getMyCommands: exactly this scope and language; what is not set is empty."""
    found: list[Json] = world.settings.get("commands", {}).get(_menu_key(world, params), [])
    return found


def _set_menu_button(world: World, params: Json) -> bool:
    world.settings.setdefault("menu_button", {})[str(params.get("chat_id", ""))] = params.get(
        "menu_button", {"type": "default"}
    )
    return True


def _get_menu_button(world: World, params: Json) -> Json:
    found: Json = world.settings.get("menu_button", {}).get(
        str(params.get("chat_id", "")), {"type": "commands"}
    )
    return found


# --- chats and files ---------------------------------------------------------------------------


def get_file(world: World, params: Json) -> Json:
    """getFile."""
    return world.file_json(params["file_id"])


def get_chat(world: World, params: Json) -> Json:
    """getChat."""
    room = _known(world, params)
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return {
        **room.as_json(),
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def _known(world: World, params: Json) -> Room:
    """A chat that the bot has met; of others it is told that there is no such chat."""
    room = world.room(params["chat_id"])
    if room.bot_is == "stranger":
        raise bad("chat not found")
    return world.open_room(room.id) if not room.private else room


def member_json(world: World, user_id: int, status: str) -> Json:
    """A `ChatMember`."""
    account = world.accounts[user_id].as_json()
    account.pop("language_code", None)
    member: Json = {"status": status, "user": account}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "kicked":
        member["until_date"] = 0
    if status == "administrator":
        rights = [
            "can_be_edited",
            "is_anonymous",
            "can_manage_chat",
            "can_delete_messages",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_send_welcome_messages",  # since Bot API 10.3
            "can_delete_stories",
        ]
        member |= dict.fromkeys(rights, False) | {"can_manage_chat": True, "can_pin_messages": True}
    return member


def get_chat_member(world: World, params: Json) -> Json:
    """getChatMember."""
    room = _known(world, params)
    user_id = params["user_id"]
    if user_id not in world.accounts:
        raise bad("invalid user_id specified")
    if user_id == world.bot.id:
        return member_json(world, user_id, room.bot_is)
    return member_json(world, user_id, room.members.get(user_id, "member" if room.private else "left"))


def get_chat_administrators(world: World, params: Json) -> list[Json]:
    """getChatAdministrators."""
    room = _known(world, params)
    if room.private:
        raise bad("there are no administrators in the private chat")
    chosen = [
        (number, status) for number, status in room.members.items() if status in ("creator", "administrator")
    ]
    return [member_json(world, number, status) for number, status in chosen]


def leave_chat(world: World, params: Json) -> bool:
    """leaveChat."""
    room = world.open_room(params["chat_id"])
    if room.private:
        raise bad("chat member status can't be changed in private chats")
    room.bot_is = "left"
    world.changed()
    return True


def send_chat_action(world: World, params: Json) -> bool:
    """sendChatAction."""
    world.open_room(params["chat_id"]).actions.append(params["action"])
    return True


def pin(world: World, params: Json) -> bool:
    """pinChatMessage."""
    room = world.open_room(params["chat_id"])
    if params["message_id"] not in room.posts:
        raise bad("message to pin not found")
    if not room.private and room.bot_is != "administrator":
        raise bad("not enough rights to manage pinned messages in the chat")
    if params["message_id"] not in room.pinned:
        room.pinned.append(params["message_id"])
    world.changed()
    return True


def unpin(world: World, params: Json) -> bool:
    """unpinChatMessage."""
    room = world.open_room(params["chat_id"])
    number = params.get("message_id", room.pinned[-1] if room.pinned else 0)
    if number not in room.pinned:
        raise bad("message to unpin not found")
    room.pinned.remove(number)
    world.changed()
    return True


def _log_out(world: World, params: Json) -> bool:
    raise Refusal(400, "Bad Request: this house has no cloud to log out of", improper=True)


PLAYED: dict[str, Callable[[World, Json], Any]] = {
    "getMe": get_me,
    "sendMessage": messages.send_message,
    "sendPhoto": messages.send_photo,
    "sendDocument": messages.send_document,
    "sendLocation": messages.send_location,
    "sendVenue": messages.send_location,
    "copyMessage": messages.copy_message,
    "forwardMessage": messages.forward_message,
    "editMessageText": messages.edit_text,
    "editMessageCaption": messages.edit_caption,
    "editMessageReplyMarkup": messages.edit_markup,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "setMyCommands": set_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getMyCommands": get_my_commands,
    "setMyName": _sets("name", "name"),
    "getMyName": _gets("name", "name"),
    "setMyDescription": _sets("description", "description"),
    "getMyDescription": _gets("description", "description"),
    "setMyShortDescription": _sets("short_description", "short_description"),
    "getMyShortDescription": _gets("short_description", "short_description"),
    "setChatMenuButton": _set_menu_button,
    "getChatMenuButton": _get_menu_button,
    "getFile": get_file,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "sendChatAction": send_chat_action,
    "pinChatMessage": pin,
    "unpinChatMessage": unpin,
    "logOut": _log_out,
    "close": _log_out,
}
