"""Posters: what is on them fits and is drawn as text, and the code is read from the picture and from the paper."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from xml.etree import ElementTree

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from bot import i18n
from bot.charts import Artist, Sheet, paper, spec
from bot.letters.community import posters as letters
from bot.models import Community, Poll
from tests.town import MONDAY

LINK = "https://town.example/l/k7m2q9xa"
WORD = "Kraftfahrzeughaftpflicht"
QUESTIONS = {
    "short": "Dogs?",
    "usual": "Shall we keep the market on Saturday?",
    "longest": ("Shall the old bandstand by the river be mended, painted and opened on Sundays? " * 4)[:300],
    "one word": "W" * 300,
    "a long word": f"Shall we write {WORD} on the sign?",
    "markup": "<script>alert(1)</script> & </text><image href='x'/> \u202eevil\u202c “quotes” 🎉?",
    "urdu": "کیا ہم ہفتے کو بازار جاری رکھیں؟",
    "long urdu": ("کیا دریا کے کنارے پرانا چبوترہ مرمت کیا جائے اور اتوار کو کھولا جائے؟ " * 5)[:300],
}
LANGUAGES = (("en",), ("en", "cy"), ("en", "ur"), ("ur",), ("ur", "pl"))


def a_sheet(question: str | None, *languages: str, link: str = LINK, name: str = "Elm Park") -> Sheet:
    community = Community(
        slug="elm-park", names={"en": name, "ur": "ایلم پارک"}, zone="Europe/London", languages=["en", "ur"]
    )
    poll = None
    if question is not None:
        poll = Poll(question=question, closes_at=MONDAY)
    tongues = [i18n.tongue(code) for code in languages]
    return letters.sheet(community, poll, tongues, link, picture=None, app=False)


@pytest.fixture
async def artist() -> AsyncIterator[Artist]:
    drawing = Artist()
    yield drawing
    await drawing.close()


def read(picture: Image.Image) -> list[str]:
    """What a phone reads from it."""
    return [one.text for one in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("languages", LANGUAGES, ids="+".join)
def test_everything_fits_on_the_paper_and_nothing_lies_on_the_code(
    question: str, languages: tuple[str, ...]
) -> None:
    sheet = a_sheet(QUESTIONS[question], *languages)
    x, y, side = paper.CODE
    left = paper.WIDE - x - side if sheet.rtl else x
    boxes = []
    for line in texts(sheet):
        wide = spec.wide(spec.plain(line.text), line.size, line.bold)
        boxes.append((line.x - wide if line.end else line.x, line.y - line.size, wide, line.size * 1.25))
    for bx, by, wide, high in boxes:
        assert bx >= 20, "within the paper"
        assert bx + wide <= paper.WIDE - 20
        assert by + high <= paper.HIGH - 10
        beside = bx + wide <= left or bx >= left + side
        assert beside or by + high <= y + 6 or by >= y + side, "not on the code"
    said = "".join(spec.plain(line.text).replace(" ", "") for line in texts(sheet))
    assert spec.plain(sheet.titles[0]).replace(" ", "") in said, "the question is there to its end"


def texts(sheet: Sheet) -> list[paper.Line]:
    found = []
    for part in (paper._head, paper._question, paper._beside, paper._foot):
        found += list(part(sheet))
    return found


def test_the_folds_of_the_paper_miss_the_code() -> None:
    x, y, side = paper.CODE
    assert x + side < paper.WIDE / 2
    assert y > paper.HIGH / 2


@pytest.mark.parametrize("languages", LANGUAGES, ids="+".join)
async def test_the_code_is_read_from_the_picture_and_from_the_paper(
    artist: Artist, languages: tuple[str, ...]
) -> None:
    sheet = a_sheet(QUESTIONS["usual"], *languages)
    with Image.open(io.BytesIO(await artist.poster(sheet, "png"))) as picture:
        assert abs(picture.height / picture.width - 297 / 210) < 0.01
        assert read(picture) == [LINK]
    printed = pypdfium2.PdfDocument(await artist.poster(sheet, "pdf"))
    assert [round(side) for side in printed[0].get_size()] == [595, 842], "A4"
    assert len(printed) == 1
    assert read(printed[0].render(scale=2, grayscale=True).to_pil()) == [LINK]


async def test_a_torn_and_faded_poster_is_still_read(artist: Artist) -> None:
    with Image.open(io.BytesIO(await artist.poster(a_sheet(QUESTIONS["usual"], "en"), "png"))) as picture:
        worn = picture.convert("L").point(lambda light: 90 + light // 2)
    x, y, side = (int(one * paper.SHARP) for one in paper.CODE)
    pen = ImageDraw.Draw(worn)
    pen.ellipse((x + side * 0.42, y + side * 0.5, x + side * 0.62, y + side * 0.7), fill=230)
    pen.line((x, y + side * 0.8, x + side, y + side * 0.72), fill=230, width=9)
    assert read(worn) == [LINK]


def test_the_quiet_zone_is_as_wide_as_scanners_want_it() -> None:
    path, modules = paper._code(LINK)
    columns = [int(x) for x, _ in re.findall(r"M(\d+) (\d+)h", path)]
    assert min(columns) == 4
    assert max(int(y) for _, y in re.findall(r"M(\d+) (\d+)h", path)) == modules - 5


@pytest.mark.parametrize("name", ["<script>", "A & B", "\u202eevil \u2067x"])
def test_what_somebody_wrote_is_text_and_nothing_else(name: str) -> None:
    drawn = paper.svg(a_sheet(QUESTIONS["markup"], "en", name=name))
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own
    kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert kinds == {"svg", "rect", "path", "text"}
    assert "\u202e" not in drawn
    assert "alert(1)" in "".join(root.itertext())


def test_a_question_is_as_large_as_it_fits() -> None:
    sizes = {name: next(iter(paper._question(a_sheet(text, "en")))).size for name, text in QUESTIONS.items()}
    assert sizes["short"] == paper.LARGEST
    assert sizes["short"] > sizes["usual"] - 1 > sizes["longest"] >= 20
    lines = [line.text for line in paper._question(a_sheet(QUESTIONS["a long word"], "en"))]
    assert any(WORD in line for line in lines), "it is made smaller before a word is broken"


def test_two_languages_are_equally_large() -> None:
    sheet = a_sheet(None, "en", "ur")
    for part in (paper._question, paper._beside):
        sizes = {(line.bold, line.size) for line in part(sheet)}
        assert len(sizes) == len({bold for bold, _ in sizes})


def test_urdu_stands_at_the_right_and_says_so() -> None:
    for line in paper._beside(a_sheet(QUESTIONS["usual"], "en", "ur")):
        assert line.end == spec.from_the_right(line.text)
        assert line.text.startswith("\u202b") == line.end


async def test_a_poster_that_leads_into_telegram_says_so(artist: Artist) -> None:
    sheet = replace(a_sheet("Dogs?", "en"), leads_to="https://t.me/elm_bot?start=k7m2q9xa")
    with Image.open(io.BytesIO(await artist.poster(sheet, "png"))) as picture:
        assert read(picture) == ["https://t.me/elm_bot?start=k7m2q9xa"]
