"""Pictures as they come in: where they were taken is read, then nothing stays in them but what is seen."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.pictures import (
    LONGEST_SIDE,
    MOST_IN_STEPS,
    MOST_POINTS,
    NoPicture,
    place,
    taken,
)
from tests.house.tree import ROOT
from tests.photographs import HEIC, LAMP, SECRET, near, noise, notes, opened, photograph


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_place_is_read_and_then_nothing_is_left_in_it(kind: str) -> None:
    content = photograph(kind)
    assert SECRET.encode() in content
    got = taken(content)
    assert (got.place, got.width, got.height) == (LAMP, 64, 32)
    assert place(content) == LAMP
    left = opened(got.jpeg)
    assert (left.format, left.mode, left.size, dict(left.getexif())) == ("JPEG", "RGB", (64, 32), {})
    assert set(left.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert SECRET.encode() not in got.jpeg


def test_what_an_iphone_takes_is_read_too() -> None:
    got = taken(HEIC)
    assert (got.place, got.width, got.height) == (LAMP, 32, 64)
    assert place(HEIC) == LAMP
    left = opened(got.jpeg)
    assert (left.format, left.size, SECRET.encode() in got.jpeg) == ("JPEG", (32, 64), False)
    assert near(left.getpixel((16, 8)), (200, 30, 30))


@pytest.mark.parametrize("turned", range(1, 9))
def test_it_stands_upright_however_the_camera_was_held(turned: int) -> None:
    upright = {1: (64, 32), 6: (32, 64)}[1 if turned < 5 else 6]
    got = taken(photograph(turned=turned))
    assert (got.width, got.height) == upright
    red_at = {
        1: (8, 16), 2: (56, 16), 3: (56, 16), 4: (8, 16),
        5: (16, 8), 6: (16, 8), 7: (16, 56), 8: (16, 56),
    }[turned]  # fmt: skip
    assert near(opened(got.jpeg).getpixel(red_at), (254, 0, 0))


@given(
    st.floats(-90, 90, allow_nan=False).map(lambda number: round(number, 4)),
    st.floats(-180, 180, allow_nan=False).map(lambda number: round(number, 4)),
)
@settings(max_examples=60, deadline=None)
def test_any_place_on_earth_is_read_as_it_was_noted(lat: float, long: float) -> None:
    got = place(photograph(size=(8, 8), place=(lat, long)))
    if (lat, long) == (0, 0):
        assert got is None, "a camera that does not know where it is"
    else:
        assert got == pytest.approx((lat, long), abs=1e-5)


def noted(**gps: object) -> bytes:
    """A picture whose notes on the place are these instead; a name is `tag_` with the tag's number."""
    broken = notes()
    for name, value in gps.items():
        if value is None:
            del broken.get_ifd(0x8825)[int(name[4:])]
        else:
            broken.get_ifd(0x8825)[int(name[4:])] = value
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG", exif=broken.tobytes())
    return content.getvalue()


@pytest.mark.parametrize(
    "gps",
    [
        {"tag_2": (91.0, 0.0, 0.0)},
        {"tag_4": (181.0, 0.0, 0.0)},
        {"tag_2": (51.0, 0.0)},
        {"tag_2": 51.0},
        {"tag_1": "X"},
        {"tag_3": ""},
        {"tag_1": None},
        {"tag_4": None},
        {"tag_2": (0.0, 0.0, 0.0), "tag_4": (0.0, 0.0, 0.0)},
    ],
)
def test_a_place_that_can_be_none_is_none_and_spoils_no_picture(gps: dict[str, object]) -> None:
    content = noted(**gps)
    assert place(content) is None
    assert taken(content).place is None
    assert taken(content).width == 8


def test_a_fraction_without_a_denominator_is_no_place() -> None:
    content = photograph()
    at = content.index(struct.pack(">II", 51, 1) if b"MM\x00*" in content else struct.pack("<II", 51, 1))
    assert place(content[:at] + bytes(8) + content[at + 8 :]) is None
    zero = content[: at + 4] + bytes(4) + content[at + 8 :]
    assert place(zero) is None
    assert taken(zero).width == 64


def test_notes_that_are_rubbish_spoil_no_picture() -> None:
    content = photograph()
    start = content.index(b"Exif\0\0") + 6
    for seed in range(30):
        rubbish = noise(60, seed)
        got = taken(content[:start] + rubbish + content[start + 60 :])
        assert {got.width, got.height} == {64, 32}


# --- what is no picture --------------------------------------------------------------------------


def png(side: int) -> bytes:
    """A small file that says that it is so large."""
    small = photograph("PNG", size=(1, 1))
    head = b"IHDR" + struct.pack(">II", side, side) + small[24:29]
    return small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[33:]


def jpeg(side: int) -> bytes:
    small = photograph(size=(8, 8))
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + struct.pack(">HH", side, side) + small[at + 4 :]


def several(kind: str) -> bytes:
    """An animated one: red, then green."""
    drawn = io.BytesIO()
    green = [Image.new("RGB", (40, 20), "green")]
    Image.new("RGB", (40, 20), "red").save(drawn, kind, save_all=True, append_images=green, duration=80)
    return drawn.getvalue()


BROKEN: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "words": lambda: b"a lamp post" * 100,
    "a page": lambda: b"<!doctype html><script>alert(1)</script>",
    "a drawing": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a paper": lambda: b"%PDF-1.7 " + photograph(),
    "an archive": lambda: b"PK\x03\x04" + photograph(),
    "another kind": lambda: several("GIF"),
    "a TIFF": lambda: photograph("TIFF"),
    "cut off": lambda: photograph(size=(400, 400))[:-700],
    "cut off in its head": lambda: photograph()[:100],
    "a PNG cut off": lambda: photograph("PNG", size=(400, 400))[:-40],
    "a WEBP cut off": lambda: photograph("WEBP", size=(400, 400))[:-30],
    "a HEIC cut off": lambda: HEIC[:500],
    "a HEIC of nothing": lambda: HEIC[:12] + bytes(600),
    "a PNG that unpacks to far too much": lambda: png(30_000),
    "a PNG that unpacks to too much": lambda: png(int(MOST_POINTS**0.5) + 1),
    "a JPEG that unpacks to far too much": lambda: jpeg(65_000),
    "a JPEG that unpacks to too much": lambda: jpeg(int(MOST_IN_STEPS**0.5) + 1),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_no_picture_is_said_to_be_none(content: Callable[[], bytes]) -> None:
    with pytest.raises(NoPicture):
        taken(content())
    assert place(b"x" + content()) is None


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_broken_in_a_picture_it_is_one_or_it_is_none(data: st.DataObject) -> None:
    content = bytearray(
        data.draw(st.sampled_from([photograph(), photograph("PNG"), photograph("WEBP"), HEIC]))
    )
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        got = taken(bytes(content))
    except NoPicture:
        return
    assert opened(got.jpeg).size == (got.width, got.height)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animated_one_the_first_picture_is_taken(kind: str) -> None:
    got = opened(taken(several(kind)).jpeg)
    assert near(got.getpixel((20, 10)), (254, 0, 0))


def test_of_a_pair_of_pictures_the_first_is_taken() -> None:
    drawn = io.BytesIO()
    green = [Image.new("RGB", (40, 20), "green")]
    Image.new("RGB", (40, 20), "red").save(drawn, "MPO", save_all=True, append_images=green)
    assert near(opened(taken(drawn.getvalue()).jpeg).getpixel((20, 10)), (254, 0, 0))


def test_what_hides_behind_a_picture_does_not_come_along() -> None:
    hidden = b"<script>alert(1)</script>PK\x03\x04%PDF-1.7"
    for content in (photograph() + hidden, photograph("PNG") + hidden, photograph(comment=hidden)):
        got = taken(content).jpeg
        assert not any(part in got for part in (b"script", b"PK\x03\x04", b"%PDF"))
        assert got.startswith(b"\xff\xd8")
        assert got.endswith(b"\xff\xd9")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_whatever_its_colours_are_made_of_every_browser_shows_it(mode: str) -> None:
    drawn = io.BytesIO()
    Image.new(mode, (30, 20)).save(drawn, "JPEG" if mode == "CMYK" else "PNG")
    got = opened(taken(drawn.getvalue()).jpeg)
    assert (got.format, got.mode, got.size) == ("JPEG", "RGB", (30, 20))


def test_greys_of_sixteen_bits_stay_grey() -> None:
    drawn = io.BytesIO()
    Image.new("I;16", (30, 20), 30_000).save(drawn, "PNG")
    shades = set(opened(taken(drawn.getvalue()).jpeg).convert("L").tobytes())
    assert 113 < min(shades) <= max(shades) < 121


# --- what is too large for a screen --------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((3200, 800), (LONGEST_SIDE, 400)),
        ((900, 4000), (360, LONGEST_SIDE)),
        ((20_000, 2), (LONGEST_SIDE, 1)),
        ((9, 9), (9, 9)),
    ],
)
def test_it_becomes_no_larger_than_a_screen(size: tuple[int, int], shown: tuple[int, int]) -> None:
    got = taken(photograph(size=size))
    assert (got.width, got.height) == shown == opened(got.jpeg).size


MEASURED = """
import sys
from bot import pictures

def most():  # of its memory so far, in kilobytes; what resource tells would have its parent's in it
    told = dict(line.split(":") for line in open("/proc/self/status"))
    return int(told["VmHWM"].split()[0])

pictures.taken(open(sys.argv[2], "rb").read())
content = open(sys.argv[1], "rb").read()
before = most()
got = pictures.taken(content)
print(got.width, got.height, most() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="nowhere else does a process tell this of itself")
def test_a_picture_of_fifty_million_points_takes_little_memory(tmp_path: Path) -> None:
    large, small = tmp_path / "large.jpg", tmp_path / "small.jpg"
    few = Image.frombytes("RGB", (102, 76), noise(102 * 76 * 3))
    few.resize((8160, 6128)).save(large, quality=85)
    few.save(small)
    measured = subprocess.run(
        [sys.executable, "-c", MEASURED, large, small], cwd=ROOT, capture_output=True, text=True, check=True
    )
    width, height, more = map(int, measured.stdout.split())
    assert (width, height) == (1600, 1202)
    assert 1024 < more < 60 * 1024, "kilobytes; unpacked whole it would take 200,000"
