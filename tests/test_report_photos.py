"""The pictures of reports: fetched and drawn anew, shown on pages only as long as they may be, and let go of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from bot import chores, retention
from bot.errors import RetryLater, Undeliverable
from bot.letters.reporting.report_pictures import our_copy
from bot.message import Attached, Media
from bot.models import File, Photo, ServiceRequest
from bot.services import files
from bot.services.people import traces
from bot.services.reporting import report_photos
from tests.council import a_body
from tests.newsroom import Newsroom
from tests.photographs import SECRET, opened, photograph
from tests.reports import BIN, a_report, photos_come
from tests.town import Person, Town


async def photo(town: Town) -> Photo | None:
    async with town.folkmoot.database.reading() as session:
        found: Photo | None = await session.scalar(select(Photo))
        return found


async def sends(town: Town) -> Person:
    """Alice reports something with a photo."""
    await a_body(town)
    alice = await town.member("Alice")
    await alice.does(Attached(BIN, "The bin is full"))
    await alice.shares_place(51.5, -0.1)
    await alice.taps("Bins")
    await alice.taps("Send")
    return alice


async def shown(newsroom: Newsroom, path: str) -> tuple[int, bytes, Any]:
    newsroom.town.clock.pass_by(timedelta(seconds=2))
    async with newsroom.http.get(path) as got:
        return got.status, await got.read(), got.headers


async def test_a_photo_is_drawn_anew_and_shown_on_the_pages(newsroom: Newsroom) -> None:
    await sends(newsroom.town)
    one = await photo(newsroom.town)
    assert one is not None
    assert our_copy(one) is None
    await photos_come(newsroom.town)
    one = await photo(newsroom.town)
    assert one is not None
    assert (one.media, one.file_key is None) == (None, False)
    media = our_copy(one)
    assert media is not None
    assert (media.kind, media.key, media.files) == ("photo", one.file_key, {})
    async with newsroom.town.folkmoot.database.reading() as session:
        made = await session.get_one(ServiceRequest, one.service_request_id)
    there = f"/r/{made.service_request_id}/photo/{one.id}"
    for page in ("/c/elm-park/reports", f"/r/{made.service_request_id}"):
        assert there in (await newsroom.gets(page))[1]
    status, content, headers = await shown(newsroom, there)
    assert (status, opened(content).size) == (200, (900, 600))
    assert SECRET.encode() not in content
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"] == "inline; filename=picture"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"] == "noindex"
    status, content, _ = await shown(newsroom, f"{there}?small")
    assert (status, opened(content).size) == (200, (320, 213))


async def test_what_may_not_be_seen_is_not_there(newsroom: Newsroom) -> None:
    town = newsroom.town
    await a_body(town)
    made = await a_report(town, media=(BIN,))
    other = await a_report(town, "Another")
    await photos_come(town)
    one = await photo(town)
    assert one is not None
    there = f"/r/{made.service_request_id}/photo/{one.id}"
    _, _, headers = await shown(newsroom, there)
    for path in (
        f"/r/{other.service_request_id}/photo/{one.id}",
        f"/r/{made.service_request_id}/photo/{one.id + 1}",
        f"/r/{made.service_request_id}/photo/999999999999999999",
        f"/r/{made.service_request_id}/photo/..%2f..%2fetc%2fpasswd",
        f"/r/{made.service_request_id}/photo/{one.file_key}",
    ):
        assert (await shown(newsroom, path))[0] == 404
    for table, number, why in (
        (Photo, one.id, {"hidden_because": "A face is on it."}),
        (ServiceRequest, made.id, {"hidden_because": "It names somebody."}),
        (ServiceRequest, made.id, {"confidential": True}),
    ):
        async with town.folkmoot.database.writing() as session:
            await session.execute(update(table).where(table.id == number).values(**why))
        async with newsroom.http.get(there, headers={"If-None-Match": headers["ETag"]}) as got:
            assert got.status == 404
        assert (await shown(newsroom, f"{there}?small"))[0] == 404
        async with town.folkmoot.database.writing() as session:
            undone = {name: False if said is True else None for name, said in why.items()}
            await session.execute(update(table).where(table.id == number).values(**undone))
    assert (await shown(newsroom, there))[0] == 200


async def test_whoever_sent_a_broken_one_hears_it(town: Town) -> None:
    alice = await sends(town)
    await photos_come(town, b"no picture")
    assert alice.sees("I could not read the photo for your report")
    assert await photo(town) is None


async def test_what_is_gone_where_it_came_from_is_told_too(town: Town) -> None:
    alice = await sends(town)
    await photos_come(town, Undeliverable("gone"))
    assert alice.sees("I could not read the photo for your report")


async def test_what_cannot_be_had_just_now_is_tried_again_for_hours_and_then_given_up(town: Town) -> None:
    alice = await sends(town)
    tries, passed = [], 0
    for wait in (*report_photos.WAITS, report_photos.WAITS[-1] + 60):
        town.clock.pass_by(timedelta(seconds=wait - passed))
        passed = wait
        for _ in range(2):  # nothing comes of asking twice
            await photos_come(town, RetryLater("busy", after=1))
        one = await photo(town)
        tries.append(one and one.tries)
    assert tries == [1, 2, 3, 4, 5, 6, None]
    assert alice.sees("I could not fetch the photo for your report")


async def test_a_picture_that_lies_here_already_belongs_to_the_report(newsroom: Newsroom) -> None:
    town = newsroom.town
    await a_body(town)
    stored = await town.folkmoot.intake.keep(photograph())
    async with town.folkmoot.database.writing() as session:
        sent = await files.keep_stored(
            session, stored.stored, kind="photo", name="p.jpg", media_type="image/jpeg", size=stored.size,
            subject="picture", life=timedelta(days=1), now=town.clock(),
        )  # fmt: skip
    made = await a_report(town, media=(sent,))
    await photos_come(town, Undeliverable("nobody is asked"))
    one = await photo(town)
    assert one is not None
    assert one.file_key not in (None, sent.key)
    town.clock.pass_by(timedelta(days=300))
    assert (await shown(newsroom, f"/r/{made.service_request_id}/photo/{one.id}"))[0] == 200


async def test_a_picture_sent_on_the_web_page_too_late_is_told(town: Town) -> None:
    await a_body(town)
    await a_report(town, media=(Media("photo", {}, key="gone" * 6),))
    await chores.Photos(town.folkmoot.database, town.clock, town.folkmoot.intake).look()
    assert await photo(town) is None


async def test_a_process_that_knows_no_channel_leaves_it_to_others(town: Town) -> None:
    await a_body(town)
    await a_report(town, media=(BIN,))
    town.folkmoot.intake.fetch = None
    await chores.Photos(town.folkmoot.database, town.clock, town.folkmoot.intake).look()
    one = await photo(town)
    assert one is not None
    assert one.tries == 0


async def test_pictures_go_with_what_else_a_report_tells_of_people(town: Town) -> None:
    await a_body(town)
    made = await a_report(town, media=(BIN,))
    await photos_come(town)
    assert await kept(town) == 1
    async with town.folkmoot.database.writing() as session:
        await session.execute(
            update(ServiceRequest)
            .where(ServiceRequest.id == made.id)
            .values(status="fixed", resolved_at=town.clock(), updated_datetime=town.clock())
        )
    await fades(town)
    assert await kept(town) == 1
    town.clock.pass_by(retention.age("report") + timedelta(days=1))
    await fades(town)
    assert await kept(town) == 0


async def kept(town: Town) -> int:
    """How many pictures of reports the store has to keep."""
    async with town.folkmoot.database.reading() as session:
        counted = select(func.count()).select_from(File).where(File.subject == report_photos.SUBJECT)
        return int(await session.scalar(counted) or 0)


async def fades(town: Town) -> None:
    async with town.folkmoot.database.writing() as session:
        await traces.fade(session, after=0, now=town.clock())
