"""A picture is sent from a real browser: looked at, drawn over, sent once, offline and without scripts too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.browser.conftest import Opens
from tests.browser.test_for_everybody import violations
from tests.browser.test_taking_part import OFFLINE
from tests.channels.webchat_town import WebTown
from tests.photographs import near, opened, photograph

KEPT = "/w/media/"
CHEST = """new Promise((fine) => {
  indexedDB.open("folkmoot.elm-park").onsuccess = ({ target }) => {
    const asked = target.result.transaction("pictures", "readwrite").objectStore("pictures").doing();
    asked.onsuccess = () => fine(asked.result);
  };
})"""
"""Does something in the browser's own database."""


@pytest.fixture
def lamp(tmp_path: Path) -> Path:
    """A photograph on a telephone: red on the left, blue on the right."""
    path = tmp_path / "lamp.jpg"
    path.write_bytes(photograph(size=(1280, 960)))
    return path


async def chooses(page: Page, picture: Path) -> Locator:
    await page.get_by_label("Add a picture").set_input_files(picture)
    canvas = page.get_by_role("img", name="Your picture")
    await expect(canvas).to_be_visible()
    await canvas.scroll_into_view_if_needed()  # and until then it lies still
    return canvas


async def sent(page: Page) -> bytes:
    """What the visitor's own bubble shows, from the server."""
    shown = page.locator(".mine[data-rank] .picture img")
    await expect(shown).to_have_js_property("complete", True)
    assert await shown.evaluate("(image) => image.naturalWidth") > 0
    address = await shown.get_attribute("src") or ""
    assert address.startswith(KEPT)
    return await (await page.request.get(page.url.split("/w/")[0] + address)).body()


async def lying(town: WebTown) -> int:
    kept = town.folkmoot.settings.media_dir / "kept"
    return await asyncio.to_thread(lambda: len([path for path in kept.rglob("*") if len(path.name) == 64]))


async def test_a_picture_is_looked_at_and_sent_with_its_words(
    town: WebTown, opens: Opens, lamp: Path
) -> None:
    await town.community()
    page = await opens("/w/elm-park")
    await chooses(page, lamp)
    await page.get_by_label("Your message").fill("The lamp is broken.")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine[data-rank]")).to_contain_text("The lamp is broken.")
    await expect(page.locator(".mine")).to_have_count(1)
    await expect(page.locator("#preview")).to_be_hidden()
    await expect(page.get_by_label("Your message")).to_be_focused()
    assert opened(await sent(page)).size == (1280, 960)
    await page.reload()
    assert opened(await sent(page)).size == (1280, 960)
    assert await page.evaluate("localStorage.length") == 0


async def test_what_is_drawn_over_is_hidden_for_good(town: WebTown, opens: Opens, lamp: Path) -> None:
    await town.community()
    page = await opens("/w/elm-park")
    canvas = await chooses(page, lamp)
    undo = page.get_by_role("button", name="Undo the last one")
    await expect(undo).to_be_disabled()
    box = await canvas.bounding_box()
    assert box is not None
    at = (box["x"] + box["width"] * 0.48, box["y"] + box["height"] * 0.2)
    await page.mouse.move(*at)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.8, steps=4)
    await page.mouse.up()
    await page.mouse.click(box["x"] + 4, box["y"] + 4)
    await expect(undo).to_be_enabled()
    await undo.click()
    await expect(undo).to_be_enabled()
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine[data-rank] .picture img")).to_be_visible()
    got = opened(await sent(page))
    assert near(got.getpixel((100, 480)), (254, 0, 0))
    assert near(got.getpixel((1200, 480)), (0, 0, 254))
    assert near(got.getpixel((20, 20)), (254, 0, 0)), "that was taken back"
    assert not near(got.getpixel((630, 480)), (254, 0, 0)), "red and blue are mixed here"
    assert await lying(town) == 1


async def test_a_tap_hides_as_much_as_a_face(town: WebTown, opens: Opens, lamp: Path) -> None:
    await town.community()
    page = await opens("/w/elm-park", has_touch=True)
    canvas = await chooses(page, lamp)
    box = await canvas.bounding_box()
    assert box is not None
    await canvas.tap(position={"x": box["width"] * 0.51, "y": box["height"] * 0.5})
    await expect(page.get_by_role("button", name="Undo the last one")).to_be_enabled()
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine[data-rank] .picture img")).to_be_visible()
    got = opened(await sent(page))
    mixed = got.getpixel((645, 480))  # in the cell that reaches from red to blue
    assert not near(mixed, (254, 0, 0))
    assert not near(mixed, (0, 0, 254))
    assert near(got.getpixel((630, 300)), (254, 0, 0))
    assert near(got.getpixel((500, 480)), (254, 0, 0))


async def test_it_can_be_taken_away_and_another_one_chosen(
    town: WebTown, opens: Opens, lamp: Path, tmp_path: Path
) -> None:
    await town.community()
    page = await opens("/w/elm-park")
    await chooses(page, lamp)
    await page.get_by_role("button", name="Remove the picture").click()
    await expect(page.locator("#preview")).to_be_hidden()
    await expect(page.get_by_label("Add a picture")).to_be_focused()
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine")).to_have_count(0)
    other = tmp_path / "other.jpg"
    await asyncio.to_thread(other.write_bytes, photograph(size=(300, 400)))
    await chooses(page, lamp)
    await chooses(page, other)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine[data-rank] .picture img")).to_be_visible()
    assert opened(await sent(page)).size == (300, 400)


async def test_one_that_is_too_large_is_said_so_before_it_goes(
    town: WebTown, opens: Opens, tmp_path: Path
) -> None:
    await town.community()
    page = await opens("/w/elm-park")
    large = tmp_path / "large.jpg"
    await asyncio.to_thread(large.write_bytes, photograph() + bytes(10 * 1024 * 1024))
    await page.get_by_label("Add a picture").set_input_files(large)
    await expect(page.get_by_text("This picture is larger than 10 megabytes.")).to_be_visible()
    await expect(page.locator("#preview")).to_be_hidden()


async def test_one_that_cannot_be_shown_may_be_sent_and_the_server_says_what_it_thinks(
    town: WebTown, opens: Opens, tmp_path: Path
) -> None:
    await town.community()
    page = await opens("/w/elm-park", expected=("422",))
    broken = tmp_path / "broken.jpg"
    await asyncio.to_thread(broken.write_bytes, b"no picture")
    await page.get_by_label("Add a picture").set_input_files(broken)
    await expect(page.get_by_text("This picture cannot be shown here.")).to_be_visible()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Not sent. I could not read that picture")).to_be_visible()


async def test_what_is_sent_offline_survives_a_reload_and_is_sent_once(
    town: WebTown, opens: Opens, lamp: Path
) -> None:
    await town.community()
    page = await opens("/w/elm-park", expected=OFFLINE)

    async def lost(route: Route) -> None:
        await route.abort()

    await page.route("**/w/say*", lost)
    await chooses(page, lamp)
    await page.get_by_label("Your message").fill("The lamp is broken.")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Waiting to be sent")).to_be_visible()
    await expect(page.locator(".mine .picture canvas")).to_be_visible()
    await page.reload()
    await expect(page.locator(".mine .picture")).to_contain_text("Picture")
    await page.unroute("**/w/say*")
    await page.reload()
    await expect(page.locator(".mine[data-rank]")).to_contain_text("The lamp is broken.")
    assert opened(await sent(page)).size == (1280, 960)
    assert await page.evaluate("localStorage.length") == 0
    assert await page.evaluate(CHEST.replace("doing", "count")) == 0
    assert await lying(town) == 1


async def test_a_picture_that_the_browser_has_lost_is_asked_for_again(
    town: WebTown, opens: Opens, lamp: Path
) -> None:
    await town.community()
    page = await opens("/w/elm-park", expected=OFFLINE)

    async def lost(route: Route) -> None:
        await route.abort()

    await page.route("**/w/say*", lost)
    await chooses(page, lamp)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Waiting to be sent")).to_be_visible()
    await page.evaluate(CHEST.replace("doing", "clear"))
    await page.reload()
    await expect(page.get_by_text("Not sent. The picture is not here any more.")).to_be_visible()


async def test_without_scripts_the_same_form_sends_it(town: WebTown, opens: Opens, lamp: Path) -> None:
    await town.community()
    page = await opens("/w/elm-park", java_script_enabled=False)
    await expect(page.locator("#preview")).to_be_hidden()
    await page.get_by_label("Your message").fill("Hello")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine")).to_contain_text("Hello")
    await page.get_by_label("Add a picture").set_input_files(lamp)
    await page.get_by_label("Your message").fill("The lamp is broken.")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine").last).to_contain_text("The lamp is broken.")
    await expect(page.locator(".mine .picture img")).to_be_visible()
    assert await lying(town) == 1


async def test_without_scripts_a_broken_one_can_be_chosen_again(
    town: WebTown, opens: Opens, lamp: Path, tmp_path: Path
) -> None:
    await town.community()
    page = await opens("/w/elm-park", java_script_enabled=False, expected=("422",))
    broken = tmp_path / "broken.jpg"
    await asyncio.to_thread(broken.write_bytes, b"no picture")
    await page.get_by_label("Add a picture").set_input_files(broken)
    await page.get_by_label("Your message").fill("The lamp is broken.")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="I could not read that picture")).to_be_visible()
    await page.get_by_label("Choose the picture again").set_input_files(lamp)
    await page.get_by_role("button", name="Send again").click()
    await expect(page.locator(".mine")).to_contain_text("The lamp is broken.")
    await expect(page.locator(".mine .picture img")).to_be_visible()


async def test_a_picture_that_is_not_kept_any_more_is_a_sentence(
    town: WebTown, opens: Opens, lamp: Path
) -> None:
    await town.community()
    page = await opens("/w/elm-park", expected=("404",))
    await chooses(page, lamp)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine[data-rank] .picture img")).to_be_visible()
    await town.passes(days=2)
    await page.reload()
    await expect(page.get_by_text("This picture is not kept here any more.")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ur-PK"])
async def test_axe_finds_nothing_beside_a_picture_and_all_of_it_fits(
    town: WebTown, opens: Opens, lamp: Path, language: str
) -> None:
    await town.community()
    page = await opens("/w/elm-park", locale=language, viewport={"width": 320, "height": 640})
    await page.locator("#picture").set_input_files(lamp)
    await expect(page.locator("#preview canvas")).to_be_visible()
    assert not await violations(page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    small = await page.evaluate(
        """[...document.querySelectorAll('footer button, footer label[for=picture]')]
        .filter((one) => one.checkVisibility())
        .map((one) => one.getBoundingClientRect()).filter((box) => box.width < 44 || box.height < 44).length"""
    )
    assert not small
    await page.locator(".send").click()
    await expect(page.locator(".mine[data-rank] .picture img")).to_be_visible()
    assert not await violations(page)


async def test_it_is_chosen_by_keyboard(town: WebTown, opens: Opens, lamp: Path) -> None:
    await town.community()
    page = await opens("/w/elm-park")
    await page.get_by_label("Your message").focus()
    await page.keyboard.press("Tab")
    await expect(page.locator("#picture")).to_be_focused()
    async with page.expect_file_chooser() as choosing:
        await page.keyboard.press("Space")
    await (await choosing.value).set_files(lamp)
    await expect(page.get_by_role("img", name="Your picture")).to_be_visible()
