"""Pictures made fit to be shown: drawn anew, no larger than a screen needs, with nothing in them but what is seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MOST_POINTS = 25_000_000  # of a picture to be read; what is packed small may be huge unpacked
LONGEST_SIDE = 1600  # points of a picture as it is shown
SQUARE = 512  # points of the picture of a community
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")

TYPE = "image/jpeg"


class NoPicture(ValueError):
    """What is there is no picture that can be shown."""


def redrawn(content: bytes) -> bytes:
    """The picture as a JPEG without notes on place, time or camera; raises NoPicture. Takes a moment: not for the
    event loop."""
    return _redrawn(content, _small)


def squared(content: bytes) -> bytes:
    """The same, its middle cut out as a square."""
    return _redrawn(content, _square)


def _small(picture: Image.Image) -> Image.Image:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return picture


def _square(picture: Image.Image) -> Image.Image:
    from PIL import ImageOps

    side = min(SQUARE, *picture.size)
    return ImageOps.fit(picture, (side, side))


def _redrawn(content: bytes, fit: Callable[[Image.Image], Image.Image]) -> bytes:
    from PIL import Image, ImageOps  # late: a start does not need them

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as found:
            if found.width * found.height > MOST_POINTS:
                raise NoPicture("too many points")
            found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = fit(ImageOps.exif_transpose(found))
            drawn = io.BytesIO()
            _on_white(upright).save(drawn, "JPEG", quality=QUALITY, optimize=True)
    except NoPicture:
        raise
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise NoPicture(type(error).__name__) from None
    return drawn.getvalue()


# Pillow says in many ways that something is no picture; that it unpacks to far too much, as a warning or in a way of
# its own.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, ArithmeticError, Warning)


def _on_white(picture: Image.Image) -> Image.Image:
    """Its colours only, in a picture of their own: whatever else came with it stays behind."""
    from PIL import Image

    plain = picture.convert("RGBA")
    page = Image.new("RGB", plain.size, "white")
    page.paste(plain, mask=plain.getchannel("A"))
    return page
