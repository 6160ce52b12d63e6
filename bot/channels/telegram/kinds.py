"""Every kind of content that Telegram knows (Bot API 10.1), and the name under which we hear of it."""

from __future__ import annotations

CONTENTS: dict[str, str] = {
    "animation": "animation",  # before document, which comes with it
    "live_photo": "photo",
    "photo": "photo",
    "video": "video",
    "video_note": "video_note",
    "voice": "voice",
    "audio": "audio",
    "document": "document",
    "paid_media": "photo",
    "sticker": "sticker",
    "story": "story",
    "contact": "contact",
    "dice": "dice",
    "poll": "poll",
    "game": "game",
    "checklist": "checklist",
    "rich_message": "rich_text",
    "invoice": "payment",
    "giveaway": "giveaway",
    "giveaway_winners": "giveaway",
    "users_shared": "contact",
    "chat_shared": "contact",
    "web_app_data": "form",
    "passport_data": "passport",
}
"""Fields of `Message` that a person sends → kind; the first that is there says what it is."""

NOTICES: dict[str, str] = {
    "new_chat_members": "joined",
    "left_chat_member": "left",
    "pinned_message": "pinned",
    "successful_payment": "payment",
    "refunded_payment": "payment",
    "gift": "gift",
    "unique_gift": "gift",
    "gift_upgrade_sent": "gift",
    **dict.fromkeys(
        (
            "community_chat_added", "community_chat_joined", "community_chat_removed",
            "chat_owner_left", "chat_owner_changed", "new_chat_title", "new_chat_photo",
            "delete_chat_photo", "group_chat_created", "supergroup_chat_created", "channel_chat_created",
            "message_auto_delete_timer_changed", "connected_website", "write_access_allowed",
            "proximity_alert_triggered", "boost_added", "chat_background_set", "checklist_tasks_done",
            "checklist_tasks_added", "direct_message_price_changed", "forum_topic_created",
            "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
            "general_forum_topic_hidden", "general_forum_topic_unhidden", "giveaway_created",
            "giveaway_completed", "managed_bot_created", "paid_message_price_changed", "poll_option_added",
            "poll_option_deleted", "suggested_post_approved", "suggested_post_approval_failed",
            "suggested_post_declined", "suggested_post_paid", "suggested_post_refunded",
            "video_chat_scheduled", "video_chat_started", "video_chat_ended",
            "video_chat_participants_invited",
        ),
        "notice",
    ),
}  # fmt: skip
"""Fields of `Message` that Telegram itself writes into a chat → kind."""

UPDATES: dict[str, str] = {
    "shipping_query": "payment",
    "pre_checkout_query": "payment",
    "purchased_paid_media": "payment",
    "poll_answer": "poll_answer",
    "message_reaction": "reaction",
    "chat_member": "member",
    "chat_join_request": "join_request",
    "managed_bot": "managed_bot",
}
"""Fields of `Update` with a person behind them, none of which we ask for → kind.

The rest has nobody we could answer (`poll`, counts of reactions, boosts) or is a talk with somebody else
(business and guest messages).
"""

KINDS: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *("edited", "live_place", "forwarded", "channel_post", "unknown"),
            *(*CONTENTS.values(), *NOTICES.values(), *UPDATES.values()),
        )
    )
)
"""All of them; what each gets for an answer is said in `handlers/odd.py`."""

ALLOWED: list[str] = [
    *("message", "edited_message", "callback_query", "my_chat_member"),
    *("inline_query", "chosen_inline_result"),
]
"""What we ask Telegram for."""
