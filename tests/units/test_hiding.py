"""Faces and number plates are hidden in pictures, so that there is no way back to them."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageStat

from bot import pictures
from bot.pictures import CELLS, Region, pixelated, taken
from tests.photographs import LAMP, near, noise, opened, photograph


def checks(size: tuple[int, int] = (400, 300)) -> bytes:
    """Small squares in black and white, as letters on a number plate are."""
    board = Image.new("RGB", size, "white")
    for x in range(0, size[0], 10):
        for y in range(0, size[1], 10):
            if (x + y) // 10 % 2:
                board.paste("black", (x, y, x + 10, y + 10))
    drawn = io.BytesIO()
    board.save(drawn, "JPEG", quality=95)
    return drawn.getvalue()


def busy(picture: Image.Image, box: tuple[int, int, int, int]) -> float:
    """How much is to be seen there."""
    return max(ImageStat.Stat(picture.crop(box)).stddev)


def test_what_is_hidden_cannot_be_read_and_the_rest_stays_as_it_was() -> None:
    before, after = opened(checks()), opened(pixelated(checks(), [(0.25, 0.25, 0.5, 0.5)]))
    assert before.size == after.size
    assert busy(before, (104, 79, 296, 221)) > 100
    assert busy(after, (104, 79, 296, 221)) < 12
    assert busy(after, (0, 0, 90, 300)) > 100
    assert busy(after, (310, 0, 400, 300)) > 100


def test_of_what_is_hidden_only_a_few_colours_are_left() -> None:
    board = Image.frombytes("RGB", (400, 300), noise(400 * 300 * 3))
    drawn = io.BytesIO()
    board.save(drawn, "PNG")
    whole = opened(drawn.getvalue())
    pictures._pixelate(whole, (0, 0, 1, 1))
    colours = whole.getcolors(1000)
    assert colours is not None
    assert len(colours) <= CELLS * CELLS
    for _, colour in colours:
        assert isinstance(colour, tuple)
        assert all(shade % 32 == 16 for shade in colour), "and not even those exactly"


def test_two_pictures_that_differ_only_where_they_are_hidden_become_the_same() -> None:
    def plate(number: str) -> bytes:
        car = Image.new("RGB", (600, 400), "grey")
        ImageDraw.Draw(car).text((250, 190), number, fill="white", font_size=28)
        drawn = io.BytesIO()
        car.save(drawn, "PNG")
        return drawn.getvalue()

    region = [(0.38, 0.4, 0.35, 0.2)]
    one, other = (taken(plate(number), region).jpeg for number in ("AB12 CDE", "AB12 CDF"))
    assert taken(plate("AB12 CDE")).jpeg != taken(plate("AB12 CDF")).jpeg
    assert one == other


anywhere = st.one_of(st.floats(), st.floats(-2, 2), st.sampled_from([0.0, 1.0, -0.0, 1e308, -1e308]))


@given(st.lists(st.tuples(anywhere, anywhere, anywhere, anywhere), max_size=30))
@settings(max_examples=120, deadline=None)
def test_a_region_may_be_anywhere(regions: list[Region]) -> None:
    content = photograph(size=(50, 30))
    assert opened(pixelated(content, regions)).size == (50, 30)
    assert taken(content, regions).place == LAMP


def test_a_region_ends_at_the_edge_of_the_picture_and_may_be_drawn_backwards() -> None:
    for regions in ([(-1.0, -1.0, 5.0, 5.0)], [(1.0, 1.0, -1.0, -1.0)]):
        after = opened(pixelated(checks(), regions))
        assert busy(after, (10, 10, 90, 65)) < 12
    same = [(0.5, 0.5, 0.0, 0.2), (2.0, 0.1, 0.5, 0.5), (float("nan"), 0.0, 1.0, 1.0)]
    assert pixelated(checks(), same) == pixelated(checks(), [])


def test_regions_are_where_they_are_seen_when_the_camera_was_held_on_its_side() -> None:
    after = opened(taken(photograph(size=(640, 320), turned=6), [(0.0, 0.42, 1.0, 0.2)]).jpeg)
    assert after.size == (320, 640)
    assert near(after.getpixel((160, 100)), (254, 0, 0))
    assert near(after.getpixel((160, 560)), (0, 0, 254))
    assert not near(after.getpixel((160, 310)), (254, 0, 0)), "the middle, where red meets blue"
