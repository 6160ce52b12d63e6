"""Things people send though nobody asked: the fields of their messages, by kind."""

from __future__ import annotations

import copy

from tests.fake_telegram.checks import Json

_FILE: Json = {"file_id": "CAACAgQAAxkBAAIodd", "file_unique_id": "AgADodd", "file_size": 2048}
_CLIP: Json = {**_FILE, "width": 320, "height": 240, "duration": 3}
_ANSWER: Json = {"voter_count": 0}

_KINDS: dict[str, Json] = {
    "sticker": {
        "sticker": {
            **_FILE,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
        }
    },
    "voice": {"voice": {**_FILE, "duration": 4, "mime_type": "audio/ogg"}},
    "audio": {"audio": {**_FILE, "duration": 180, "title": "A song"}},
    "video": {"video": {**_CLIP, "mime_type": "video/mp4"}},
    "video_note": {"video_note": {**_FILE, "length": 240, "duration": 3}},
    "animation": {"animation": _CLIP, "document": {**_FILE, "file_name": "cat.mp4"}},
    "document": {"document": {**_FILE, "file_name": "minutes.pdf", "mime_type": "application/pdf"}},
    "contact": {"contact": {"phone_number": "447700900123", "first_name": "Bob"}},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "venue": {
        "location": {"latitude": 51.5, "longitude": -0.12},
        "venue": {
            "location": {"latitude": 51.5, "longitude": -0.12},
            "title": "Village hall",
            "address": "1 High Street",
        },
    },
    "live_location": {"location": {"latitude": 51.5, "longitude": -0.12, "live_period": 900}},
    "story": {"story": {"chat": {"id": 4242, "type": "private", "first_name": "Bob"}, "id": 7}},
    "game": {
        "game": {"title": "Chess", "description": "A game", "photo": [{**_FILE, "width": 90, "height": 90}]}
    },
    "poll": {
        "poll": {
            "id": "5300000000000000001",
            "question": "Tea or coffee?",
            "options": [
                {"persistent_id": "0", "text": "Tea", **_ANSWER},
                {"persistent_id": "1", "text": "Coffee", **_ANSWER},
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
    },
    "new_title": {"new_chat_title": "A new name"},
    "photo_gone": {"delete_chat_photo": True},
    "timer": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    "unknown": {},
}

ODD_KINDS = tuple(_KINDS)


def content(kind: str) -> Json:
    """The fields of a message of that kind."""
    return copy.deepcopy(_KINDS[kind])
