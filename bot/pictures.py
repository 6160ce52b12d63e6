"""Pictures made fit to be shown: drawn anew, no larger than a screen needs, with nothing in them but what is seen."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

MOST_POINTS = 25_000_000  # of a picture to be unpacked; what is packed small may be huge unpacked
MOST_IN_STEPS = (
    120_000_000  # of a JPEG, which can be unpacked small: cameras of telephones reach a hundred million
)
LONGEST_SIDE = 1600  # points of a picture as it is shown
SQUARE = 512  # points of the picture of a community
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_REGIONS = 20  # hidden in one picture
CELLS = 4  # along the longer side of what is hidden: no face and no number is left in so few
SHADES = 32  # steps between the colours of a cell

TYPE = "image/jpeg"

Region = tuple[float, float, float, float]
"""A part of an upright picture: left, top, width and height, as fractions of the whole."""


class NoPicture(ValueError):
    """What is there is no picture that can be shown."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture as it may be kept: an upright JPEG without notes. `place` is where it says it was taken, latitude and
    longitude in degrees of WGS 84; sides in points."""

    jpeg: bytes
    place: tuple[float, float] | None
    width: int
    height: int


def taken(content: bytes, hidden: Iterable[Region] = ()) -> Taken:
    """The picture and the place that it tells of, its `hidden` parts pixelated; of an animated one the first picture.
    Raises NoPicture. Takes a moment and some tens of megabytes: not for the event loop, and few at a time."""
    where: list[tuple[float, float] | None] = []

    def look(found: Image.Image) -> None:
        where.append(_place(found))

    drawn, (width, height) = _redrawn(content, _small, hidden, look)
    return Taken(drawn, where[0], width, height)


def place(content: bytes) -> tuple[float, float] | None:
    """Where a picture says that it was taken, if it says so; None for what is no picture. Not for
    the event loop."""
    try:
        with _opened(content) as found:
            return _place(found)
    except NoPicture:
        return None


def redrawn(content: bytes) -> bytes:
    """The picture as a JPEG without notes on place, time or camera; raises NoPicture. Takes a moment: not for the
    event loop."""
    return _redrawn(content, _small)[0]


def squared(content: bytes) -> bytes:
    """The same, its middle cut out as a square."""
    return _redrawn(content, _square)[0]


def narrowed(jpeg: bytes, side: int) -> bytes:
    """The same, no longer than `side` points; raises NoPicture."""

    def small(picture: Image.Image) -> Image.Image:
        picture.draft("RGB", (side, side))
        picture.thumbnail((side, side))
        return picture

    return _redrawn(jpeg, small)[0]


def pixelated(jpeg: bytes, regions: Iterable[Region]) -> bytes:
    """The picture with these parts of it made into a few large cells; raises NoPicture. There is no way back."""
    return _redrawn(jpeg, _small, regions)[0]


def _small(picture: Image.Image) -> Image.Image:
    size = picture.size
    picture.draft("RGB", (_share(size[0], max(size)), _share(size[1], max(size))))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=None)  # what can be unpacked small was
    return picture


def _share(side: int, longest: int) -> int:
    return max(1, side * LONGEST_SIDE // longest)


def _square(picture: Image.Image) -> Image.Image:
    from PIL import ImageOps

    picture.draft("RGB", (SQUARE, SQUARE))
    side = min(SQUARE, *picture.size)
    return ImageOps.fit(picture, (side, side))


def _redrawn(
    content: bytes,
    fit: Callable[[Image.Image], Image.Image],
    hidden: Iterable[Region] = (),
    look: Callable[[Image.Image], None] = lambda _: None,
) -> tuple[bytes, tuple[int, int]]:
    with _opened(content) as found:
        look(found)
        turn = _turn(found)
        upright = _on_white(fit(found))  # small before anything else is done with it
        upright = upright if turn is None else upright.transpose(turn)
        for region in list(hidden)[:MOST_REGIONS]:
            _pixelate(upright, region)
        drawn = io.BytesIO()
        upright.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return drawn.getvalue(), upright.size


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """The picture, unless it would take too much memory to unpack it. NoPicture, whatever goes wrong with it."""
    from PIL import Image  # late: a start does not need it

    Image.MAX_IMAGE_PIXELS = MOST_IN_STEPS  # Pillow's own bound is narrower, and a warning
    try:
        with Image.open(io.BytesIO(content), formats=_formats(content)) as found:
            _bounded(found)
            yield found
    except NoPicture:
        raise
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise NoPicture(type(error).__name__) from None


# Pillow says in many ways that something is no picture; that it unpacks to far too much, as a warning or in a way of
# its own.
_BROKEN = (
    RuntimeError,
    MemoryError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    ArithmeticError,
    LookupError,
    TypeError,
    struct.error,
    Warning,
)


def _formats(content: bytes) -> tuple[str, ...]:
    """What it may be read as. The reader of what iPhones make is loaded when there is one of theirs."""
    if content[4:8] != b"ftyp" or content[8:12] not in _HEIC:
        return FORMATS
    from pi_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    return ("HEIF",)


_HEIC = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")


def _bounded(found: Image.Image) -> None:
    """Raises NoPicture for what would take too much memory: a JPEG whose lines come one after the other is unpacked
    small, a WEBP several times over, all else as large as it is."""
    most = MOST_POINTS
    if found.format in ("JPEG", "MPO") and not found.info.get("progressive"):
        most = MOST_IN_STEPS
    elif found.format == "WEBP":
        most = MOST_POINTS // 2
    if found.width * found.height > most:
        raise NoPicture("too many points")


def _on_white(picture: Image.Image) -> Image.Image:
    """Its colours only, in a picture of their own: whatever else came with it stays behind."""
    from PIL import Image

    page = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        plain = picture.convert("RGBA")
        page.paste(plain, mask=plain.getchannel("A"))
    else:
        if picture.mode.startswith("I"):  # a grey of 16 bits, of which Pillow would make white
            picture = picture.point(lambda shade: shade * (1 / 256)).convert("L")
        page.paste(picture.convert("RGB"))
    return page


def _turn(found: Image.Image) -> Image.Transpose | None:
    """What makes it upright."""
    from PIL import Image

    turns = Image.Transpose
    return {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_270,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_90,
    }.get(_noted(found, lambda: found.getexif().get(_ORIENTATION)))


_ORIENTATION, _GPS = 0x0112, 0x8825  # Exif 3.0, tables 4 and 15


def _place(found: Image.Image) -> tuple[float, float] | None:
    def read() -> tuple[float, float] | None:
        noted = found.getexif().get_ifd(_GPS)
        lat, long = _degrees(noted[2], noted[1], "NS"), _degrees(noted[4], noted[3], "EW")
        sane = isfinite(lat) and isfinite(long) and abs(lat) <= 90 and abs(long) <= 180
        return (round(lat, 6), round(long, 6)) if sane and (lat or long) else None

    where: tuple[float, float] | None = _noted(found, read)
    return where


def _noted(found: Image.Image, read: Callable[[], Any]) -> Any:
    """What somebody's camera wrote; None where that cannot be read, which spoils no picture."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - notes may be broken in every way
        return None


def _degrees(parts: Any, towards: Any, ways: str) -> float:
    """Degrees, minutes and seconds as one number, negative to the south and to the west."""
    degrees, minutes, seconds = (float(part) for part in parts)
    way = (towards.decode("ascii") if isinstance(towards, bytes) else str(towards)).strip(" \0").upper()
    if way not in tuple(ways) or min(degrees, minutes, seconds) < 0:
        raise ValueError("nowhere")
    value = degrees + minutes / 60 + seconds / 3600
    return value if way == ways[0] else -value


def _pixelate(picture: Image.Image, region: Region) -> None:
    """Cells of one colour each, their edges where the region's are or beyond them."""
    from PIL import Image

    if not all(isfinite(number) for number in region):
        return
    left, top, width, height = region
    across = _within(left, left + width, picture.width)
    down = _within(top, top + height, picture.height)
    if across is None or down is None:
        return
    box = (across[0], down[0], across[1], down[1])
    size = (across[1] - across[0], down[1] - down[0])
    longest = max(size)
    cells = (max(1, round(CELLS * size[0] / longest)), max(1, round(CELLS * size[1] / longest)))
    few = picture.crop(box).resize(cells, Image.Resampling.BOX)
    plain = few.point(lambda shade: min(255, shade // SHADES * SHADES + SHADES // 2))
    picture.paste(plain.resize(size, Image.Resampling.NEAREST), box)


def _within(start: float, end: float, whole: int) -> tuple[int, int] | None:
    """From the first to after the last point, within the picture; None where there is none."""
    first, last = sorted((min(max(start, 0.0), 1.0), min(max(end, 0.0), 1.0)))
    low, high = int(first * whole), min(whole, int(-(-last * whole // 1)))
    return (low, high) if high > low and last > first else None
