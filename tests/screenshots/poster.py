"""The poster of the guide."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from PIL import Image, ImageOps

from bot.charts import Artist
from bot.demo.town import NAMES
from bot.i18n import tongue
from bot.letters.community import posters
from bot.models import Community, Poll
from tests.house.tree import ROOT
from tests.screenshots.phones import HEAVIEST, PICTURES, SITE, TOWN


async def a_poster() -> None:
    """The poster of the guide, drawn as every other and made as small as a page shows it."""
    closes = datetime(2026, 12, 4, 18, 0, tzinfo=UTC)
    poll = Poll(question="Shall we keep the market on Saturday?", closes_at=closes, named=False)
    town = Community(slug=TOWN, names=NAMES, zone="Europe/London", languages=list(NAMES))
    both = [tongue(code) for code in ("en", "ur")]
    sheet = posters.sheet(town, poll, both, f"{SITE}/l/k7m2q9xa", picture=None, app=False)
    artist = Artist()
    drawn = await artist.poster(sheet, "png")
    await artist.close()
    path = PICTURES / "poster.png"
    with Image.open(io.BytesIO(drawn)) as image:
        framed = ImageOps.expand(image.resize((600, round(600 * image.height / image.width))), 1, "#b8c4c2")
        framed.quantize(64).save(path, optimize=True)
    assert path.stat().st_size < HEAVIEST
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
