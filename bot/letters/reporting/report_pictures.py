"""A report's picture, as it goes with a message."""

from collections.abc import Sequence
from dataclasses import replace

from bot.message import Media
from bot.models import Photo


def our_copy(photo: Photo) -> Media | None:
    """Our own copy; None as long as it is not fetched, or where it is hidden."""
    if photo.file_key is None or photo.hidden_because is not None:
        return None
    return Media("photo", {}, "photo.jpg", type="image/jpeg", key=photo.file_key)


def arriving(photos: Sequence[Photo]) -> Media | None:
    """The first of these for a letter that goes out at once, before anybody can have fetched it."""
    for photo in photos:
        if photo.hidden_because is None:
            known = picture([photo]) or Media("photo", {})
            return known if known.key else replace(known, photo=photo.id)
    return None


def picture(photos: Sequence[Photo]) -> Media | None:
    """The first of these: our own copy, or what the channel that it came by knows. What was sent as a file waits for
    our copy, for it may say more than is to be seen."""
    for photo in photos:
        if photo.hidden_because is not None:
            continue
        if (ours := our_copy(photo)) is not None:
            return ours
        if photo.media is not None and photo.media.get("kind") == "photo" and photo.media.get("key") is None:
            return Media.from_json(photo.media)
    return None
