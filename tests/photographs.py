"""Photographs for tests: as cameras and telephones make them, with what those note in them."""

from __future__ import annotations

import io
import random
from base64 import b64decode
from fractions import Fraction

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

SECRET = "Ada's telephone"
LAMP = (51.5, -0.125)
"""Where the lamp post stands."""


def photograph(
    kind: str = "JPEG",
    size: tuple[int, int] = (64, 32),
    place: tuple[float, float] | None = LAMP,
    turned: int = 1,
    **more: object,
) -> bytes:
    """Red on the left and blue on the right; `turned` is how the camera was held, as Exif numbers it."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    taken = io.BytesIO()
    picture.save(taken, kind, exif=notes(place, turned).tobytes(), **more)
    return taken.getvalue()


def notes(place: tuple[float, float] | None = LAMP, turned: int = 1) -> Image.Exif:
    """What a camera notes."""
    noted = Image.Exif()
    noted[0x010E], noted[0x0112] = SECRET, turned
    if place is not None:
        lat, long = place
        gps = noted.get_ifd(0x8825)
        gps[1], gps[2] = "N" if lat >= 0 else "S", degrees(abs(lat))
        gps[3], gps[4] = "E" if long >= 0 else "W", degrees(abs(long))
    return noted


def degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes and seconds, as they are written in."""
    whole = Fraction(value).limit_denominator(3_600_000)
    minutes = (whole - int(whole)) * 60
    seconds = round((minutes - int(minutes)) * 60 * 1000)
    return IFDRational(int(whole), 1), IFDRational(int(minutes), 1), IFDRational(seconds, 1000)


def opened(content: bytes) -> Image.Image:
    """The picture, read whole."""
    found = Image.open(io.BytesIO(content))
    found.load()
    return found


def noise(size: int, seed: int = 1) -> bytes:
    """So many bytes that mean nothing, the same each time."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - no secret


def near(colour: object, wanted: tuple[int, int, int]) -> bool:
    """Whether a point has that colour, as far as a JPEG keeps colours."""
    assert isinstance(colour, tuple)
    return all(abs(one - other) <= 24 for one, other in zip(colour, wanted, strict=True))


HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA"
    "AAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAAEEAAgAAAAACLQABAAAAAAAAALIAAAA4aWluZgAAAAAAAgAAABVp"
    "bmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZo"
    "dmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAA"
    "AwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAA"
    "AAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90"
    "AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAPttZGF0AAAAPSgBr1jm9Oq/"
    "/+Vrv/6j/IfJ//9f/0q9V+4xE/6eBVpa/3P0fRXdlA5uGcMnVNrcJetN1Xo0zzWlNDNHn0QAAAAGRXhpZgAATU0AKgAAAAgA"
    "AwEOAAIAAAAQAAAAMgESAAMAAAABAAYAAIglAAQAAAABAAAAQgAAAABBZGEncyB0ZWxlcGhvbmUAAAQAAQACAAAAAk4AAAAA"
    "AgAFAAAAAwAAAHgAAwACAAAAAlcAAAAABAAFAAAAAwAAAJAAAAAAAAAAMwAAAAEAAAAeAAAAAQAAAAAAAAABAAAAAAAAAAEA"
    "AAAHAAAAAQAAAB4AAAAB"
)
"""64 by 32 points and held on its side, from the same place, as an iPhone makes them; what reads these cannot write."""
