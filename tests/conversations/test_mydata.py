"""Everything known of a person, given to them: whole, theirs alone, to be read and for programs, a few times a day."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot import i18n
from bot.letters.people import mydata as letters
from bot.models import Consent, Envelope, File, Resident
from tests.everything import AREA, HALF, NAME, OUTCOME, QUESTION, TOLD, TYPED, everything
from tests.house.tree import ROOT
from tests.town import Person, Town


async def given(town: Town, person: Person) -> tuple[dict[str, Any], str]:
    """What somebody was given last: the file for programs, and the page."""
    media = [one.media for one in person.screen.messages.values() if one.media is not None][-2:]
    async with town.folkmoot.database.reading() as session:
        contents = select(File.key, File.content)
        kept = {key: content.decode() for key, content in await session.execute(contents) if content}
    assert [one.name for one in media] == ["my-data.html", "my-data.json"]
    page, programs = (kept[one.key or ""] for one in media)
    return json.loads(programs), page


def names(data: Any) -> set[str]:
    """All names in a file, however deep, but for what others have named."""
    if isinstance(data, list):
        return set().union(*map(names, data))
    if not isinstance(data, dict):
        return set()
    inside = [value for name, value in data.items() if name not in ("unfinished_talk", "texts", "details")]
    return set(data).union(*map(names, inside))


async def test_all_of_it_is_there_and_nothing_of_others(database_url: URL, tmp_path: Path) -> None:
    async with everything(database_url.render_as_string(hide_password=False), tmp_path) as it:
        await it.mara.says("/cancel")
        await it.mara.says("/announce")
        await it.mara.says(HALF)
        await it.web.opens("/w/elm-park")
        await it.mara.taps("Cancel")
        await it.mara.says("/mydata")
        data, page = await given(it.town, it.mara)
        assert [name for name, value in data.items() if value in ([], {}, None)] == []
        for words in (NAME, AREA, TYPED, QUESTION, OUTCOME, TOLD, "mara-on-paper", "sluice.pdf"):
            assert words in json.dumps(data, ensure_ascii=False)
            assert words in page
        async with it.town.folkmoot.database.reading() as session:
            agreed = await session.scalars(select(Consent.id).where(Consent.resident_id == int(it.marks[0])))
            assert len(data["consents"]) == len(agreed.all())
        for others in ("Olga", "Bob"):
            assert others not in str(data) + page
        answers = {one["question"]: (one["answered"], one["my_answer"]) for one in data["polls"]}
        assert answers["Is the sluice safe?"] == (True, "Quite")
        assert answers["Keep the market?"] == (True, None), "nobody can tell it any more"
        assert all(line["words"] for chat in data["web_chats"] for line in chat["conversation"])
        assert {one["state"] for one in data["messages"]} >= {"sent"}
        described = (ROOT / "docs/my-data.md").read_text("utf-8")
        assert [name for name in sorted(names(data)) if f"`{name}`" not in described] == []
        named = set(re.findall(r"^\| `(\w+)`", described, re.MULTILINE))
        assert named - names(data) - set(data) == set(), "described, and not in the file"


@pytest.mark.parametrize("language", ["en", "ur", "pl", "cy"])
async def test_the_page_needs_nothing_else_and_is_in_the_readers_language(town: Town, language: str) -> None:
    alice = town.stranger("Alice", language=language)
    await alice.says("/mydata")
    data, page = await given(town, alice)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ur" else "ltr"}">' in page
    assert 'name="viewport"' in page
    assert not re.search(r"<script|<link|<img|https?://|url\(", page)
    assert str(i18n.tongue(language)._("What is known about you")) in page
    assert data["you"]["language"] == language
    assert i18n.tongue(language).name in page
    assert re.fullmatch(r"2026-11-23T10:00:00\+00:00", data["made_at"])


async def test_what_somebody_wrote_never_becomes_markup_of_the_page(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/me")
    await alice.taps("Name")
    await alice.says("<script>alert(1)</script>")
    await alice.says("/mydata")
    data, page = await given(town, alice)
    assert data["you"]["name"] == "<script>alert(1)</script>"
    assert "<script" not in page
    assert "&lt;script&gt;" in page


async def test_a_button_gives_it_too_and_a_few_times_a_day_are_enough(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/me")
    await alice.taps("Everything as a file")
    assert alice.sees("It is on its way.")
    await given(town, alice)
    await alice.says("my data")
    await alice.says("/mydata")
    assert "The same for programs." in alice.latest
    await alice.says("/mydata")
    assert "I have made these files for you 3 times today" in alice.latest
    await town.passes(hours=25)
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(File.key))).all() == [], "they are gone after a day"
    await alice.says("/mydata")
    assert "The same for programs." in alice.latest


async def test_the_files_are_theirs_and_never_in_the_outbox(town: Town) -> None:
    alice = await town.member("Alice")
    delivered: list[str] = []

    async def look(parcel: object) -> None:
        async with town.folkmoot.database.reading() as session:
            delivered.extend(str(body) for body in await session.scalars(select(Envelope.body)))

    town.paper.fail = look
    await alice.says("/mydata")
    assert "my-data.json" in str(delivered)
    assert "known_since" not in str(delivered)
    async with town.folkmoot.database.reading() as session:
        owners = set(await session.scalars(select(File.owner_id)))
        assert owners == set(await session.scalars(select(Resident.id)))


def test_every_name_on_the_page_has_a_word_of_its_own() -> None:
    assert len(set(letters.NAMES.values())) == len(letters.NAMES)


async def test_files_stay_theirs_when_two_places_become_one_person(town: Town) -> None:
    phone, web = town.stranger("Phone"), town.stranger("Web")
    await web.says("/mydata")
    await phone.says("/link")
    await web.says(f"/link {phone.latest.split('/link ')[1].splitlines()[0]}")
    async with town.folkmoot.database.reading() as session:
        (kept,) = (await session.scalars(select(Resident.id))).all()
        assert (await session.scalars(select(File.owner_id))).all() == [kept, kept]
