"""The Bot API's limits on what a call holds: lengths, buttons, command names, links."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fake_telegram.checks import UPDATE_KINDS, Json, Upload
from tests.fake_telegram.html import Entity, found_in, parse, trimmed, units
from tests.fake_telegram.refusal import improper

LONGEST_TEXT, LONGEST_CAPTION, LONGEST_TOAST = 4096, 1024, 200
MOST_BUTTONS = 100
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_URL = re.compile(
    r"(?i)(?:(?:https?://)?(?:[\w-]+\.)+[\w-]{2,}|https?://(?:localhost|\d+(?:\.\d+){3}))(?::\d+)?(?:[/?#]\S*)?"
)
_TG = re.compile(r"(?i)(?:tg|ton|tonsite)://\S+")
ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document",    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip


def written(params: Json, field: str = "text", *, edit: bool = False) -> tuple[str, list[Entity]]:
    """Text or caption as the reader gets it; raises Refusal where it is empty, too long or ill-formed."""
    source = params.get(field) or ""
    entities = params.get("entities" if field == "text" else "caption_entities") or []
    mode = params.get("parse_mode") or ""
    if mode.lower() not in ("", "html"):
        raise improper(f'this house writes HTML only, not parse_mode "{mode}"')
    text, entities = parse(source) if mode else trimmed(source, _inside(entities, units(source)))
    if field == "text" and not text:
        raise improper("text must be non-empty" if source else "message text is empty")
    if units(text) > (LONGEST_TEXT if field == "text" else LONGEST_CAPTION):
        if field != "text":
            raise improper("message caption is too long")
        raise improper("MESSAGE_TOO_LONG" if edit else "message is too long")
    for entity in entities:
        _deep_link(entity.get("url", ""))
    for match in re.findall(r"https?://t\.me/\S+", text):
        _deep_link(match)
    return text, found_in(text, entities)


def _inside(entities: list[Entity], length: int) -> list[Entity]:
    for entity in entities:
        if entity["offset"] < 0 or entity["length"] < 1 or entity["offset"] + entity["length"] > length:
            raise improper("ENTITY_BOUNDS_INVALID")
    return entities


def _deep_link(url: str) -> None:
    """`?start=` of a link to a bot holds 1-64 of A-Z, a-z, 0-9, _ and -; else the app opens without it."""
    parts = urlsplit(url)
    if parts.netloc.lower() not in ("t.me", "telegram.me"):
        return
    for name in ("start", "startgroup"):
        for payload in parse_qs(parts.query, keep_blank_values=True).get(name, []):
            if payload and not _PAYLOAD.fullmatch(payload):
                raise improper(f'deep link with the payload "{payload}" that Telegram drops')


def keyboard(markup: Json | None, *, private: bool) -> None:
    """Raises Refusal when the keyboard under a message would not be taken."""
    if markup is None:
        return
    rows: list[list[Json]] = markup.get("inline_keyboard") or markup.get("keyboard") or []
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS:
        raise improper("reply markup is too long")
    for button in buttons:
        if not button["text"].strip():
            raise improper("button text must be non-empty")
        if "inline_keyboard" in markup:
            _inline_button(button)
        elif not private and (button.get("request_location") or button.get("request_contact")):
            raise improper("location can be requested in private chats only")
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= len(placeholder) <= 64:
        raise improper("input field placeholder must be 1-64 characters")


_DOES = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "callback_game",
    "pay", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat",
)  # fmt: skip


def _inline_button(button: Json) -> None:
    does = [name for name in _DOES if name in button]
    if not does or button.get("callback_data") == "" or button.get("url") == "":
        raise improper(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(does) > 1:
        raise improper(f"inline keyboard button has several uses: {', '.join(does)}")
    if len(button.get("callback_data", "").encode()) > 64:
        raise improper("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None:
        if not (_URL.fullmatch(url) or _TG.fullmatch(url)):
            raise improper(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        _deep_link(url)
    if "web_app" in button and not button["web_app"]["url"].startswith("https://"):
        raise improper("inline keyboard button Web App URL is invalid: Only HTTPS links are allowed")
    if button.get("style") not in (None, "danger", "success", "primary"):
        raise improper("invalid button style specified")


def _language(params: Json) -> None:
    # "A two-letter ISO 639-1 language code. If empty …"
    if not re.fullmatch(r"(?:[a-z]{2})?", params.get("language_code", "")):
        raise improper("invalid language code specified")


def _commands(params: Json) -> None:
    _language(params)
    if len(params["commands"]) > 100:
        raise improper("BOT_COMMANDS_TOO_MUCH")
    names = [command["command"].removeprefix("/") for command in params["commands"]]
    for name, command in zip(names, params["commands"], strict=True):
        if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
            raise improper("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise improper("BOT_COMMAND_DESCRIPTION_INVALID")
    if len(set(names)) != len(names):
        raise improper("BOT_COMMAND_DUPLICATED")


def _at_most(field: str, longest: int, words: str) -> Callable[[Json], None]:
    def check(params: Json) -> None:
        _language(params)
        if units(params.get(field, "")) > longest:
            raise improper(words)

    return check


def _toast(params: Json) -> None:
    if units(params.get("text", "")) > LONGEST_TOAST:
        raise improper("MESSAGE_TOO_LONG")
    if params.get("cache_time", 0) < 0:
        raise improper("cache_time must be non-negative")


def _polling(params: Json) -> None:
    if not 1 <= params.get("limit", 100) <= 100:
        raise improper("limit must be between 1 and 100")
    if params.get("timeout", 0) < 0:
        raise improper("timeout must be positive")
    _kinds(params)


def _kinds(params: Json) -> None:
    unknown = set(params.get("allowed_updates") or []) - UPDATE_KINDS
    if unknown:
        raise improper(f"unknown update kinds {sorted(unknown)}")


def _webhook(params: Json) -> None:
    _kinds(params)
    if "secret_token" in params and not _SECRET.fullmatch(params["secret_token"]):
        raise improper("secret token contains unallowed characters")
    if not 1 <= params.get("max_connections", 40) <= 100:
        raise improper("max_connections must be between 1 and 100")
    url = urlsplit(params["url"])
    # Only a Bot API server on one's own machine takes plain HTTP, as this one does.
    if params["url"] and url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise improper("bad webhook: An HTTPS URL must be provided for webhook")


def _action(params: Json) -> None:
    if params["action"] not in ACTIONS:
        raise improper("wrong parameter action in request")


def _media_file(field: str, largest: int, *, picture: bool = False) -> Callable[[Json], None]:
    def check(params: Json) -> None:
        fitting_file(params[field], largest, picture=picture)

    return check


def fitting_file(upload: Any, largest: int, *, picture: bool) -> None:
    """Raises Refusal when an uploaded file is empty, too big or, for a photo, no picture."""
    if not isinstance(upload, Upload):
        return
    if not upload.content:
        raise improper("file must be non-empty")
    if len(upload.content) > largest:
        raise improper("file is too big")
    signs = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")
    if picture and not upload.content.startswith(signs):
        raise improper("IMAGE_PROCESS_FAILED")


MEGA = 1024 * 1024
OF_METHOD: dict[str, Callable[[Json], None]] = {
    "getUpdates": _polling,
    "setWebhook": _webhook,
    "answerCallbackQuery": _toast,
    "setMyCommands": _commands,
    "deleteMyCommands": _language,
    "getMyCommands": _language,
    "setMyDescription": _at_most("description", 512, "BOT_DESCRIPTION_TOO_LONG"),
    "setMyShortDescription": _at_most("short_description", 120, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
    "setMyName": _at_most("name", 64, "BOT_NAME_TOO_LONG"),
    "sendChatAction": _action,
    "sendPhoto": _media_file("photo", 10 * MEGA, picture=True),
    "sendDocument": _media_file("document", 50 * MEGA),
}
