"""Hiding: organisers take a report's words or a picture out of everybody's sight, with a reason; whoever sent it hears
that, and may object. Those in charge see it all the same. Each act is in the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.letters.in_charge import hiding as letters
from bot.letters.in_charge.desk_presses import Show
from bot.message import Button, Message
from bot.models import Happening, Photo, Resident, ServiceRequest
from bot.services import audit, files
from bot.services.community import communities
from bot.services.reporting import histories, report_news, report_photos, report_views, reports
from bot.services.reporting.hindrances import short_enough

LONGEST = 500  # characters of a reason


def reason(text: str) -> str:
    """Why something is hidden; Refused where that is not said."""
    text = " ".join(text.split())
    if not text:
        raise Refused(N_("Please say why in a sentence. Whoever sent it hears it."))
    return short_enough(text, LONGEST)


async def hide(
    session: AsyncSession, number: int, why: str, *, by: Resident, now: datetime
) -> ServiceRequest:
    """Hide the words of a report from everybody but those in charge."""
    made = await _theirs(session, number, by)
    if made.hidden_because is not None:
        raise Refused(N_("That is hidden already."))
    made.hidden_because = reason(why)
    happening = await _note(session, made, "hidden", by=by, now=now, reason=made.hidden_because)
    await report_news.write_anew(session, made, happening, now=now)
    return made


async def hide_picture(
    session: AsyncSession, photo_id: int, why: str, *, by: Resident, now: datetime
) -> ServiceRequest:
    """Hide a picture, in the same way."""
    photo, made = await picture(session, photo_id, by=by)
    if photo.hidden_because is not None:
        raise Refused(N_("That is hidden already."))
    photo.hidden_because = reason(why)
    if photo.file_key is not None:  # whoever got its address before finds nothing there
        await files.withhold(session, photo.file_key)
    await _note(session, made, "hidden", by=by, now=now, photo=photo, reason=photo.hidden_because)
    return made


async def unhide(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> ServiceRequest:
    """Show the words again."""
    made = await _theirs(session, number, by)
    if made.hidden_because is None:
        raise Refused(N_("That is not hidden."))
    made.hidden_because = None
    await _note(session, made, "shown", by=by, now=now)
    return made


async def unhide_picture(
    session: AsyncSession, photo_id: int, *, by: Resident, now: datetime
) -> ServiceRequest:
    """Show the picture again."""
    photo, made = await picture(session, photo_id, by=by)
    if photo.hidden_because is None:
        raise Refused(N_("That is not hidden."))
    photo.hidden_because = None
    if photo.file_key is not None:
        await files.withhold(session, photo.file_key, withheld=False)
    await _note(session, made, "shown", by=by, now=now, photo=photo)
    return made


async def picture(session: AsyncSession, photo_id: int, *, by: Resident) -> tuple[Photo, ServiceRequest]:
    """A picture with its report, locked, for an organiser of its community; none that answers a question, which they do
    not see."""
    photo = await session.scalar(select(Photo).where(Photo.id == photo_id, report_photos.no_answer()))
    if photo is None:
        raise Refused(N_("I do not know this picture any more."))
    made = await _theirs(session, photo.service_request_id, by)
    await session.refresh(photo)
    return photo, made


async def _theirs(session: AsyncSession, number: int, by: Resident) -> ServiceRequest:
    made = await reports.locked(session, number)
    await communities.require_organiser(session, by, made.community_id)
    if made.confidential:
        raise Refused(N_("Nobody but those in charge can see this report anyway."))
    return made


async def _note(
    session: AsyncSession,
    made: ServiceRequest,
    event: str,
    *,
    by: Resident,
    now: datetime,
    photo: Photo | None = None,
    reason: str | None = None,
) -> Happening:
    """Into the history and the audit log, and to whoever sent it."""
    details: dict[str, Any] = {"reason": reason} if reason else {}
    if photo is not None:
        details["photo"] = str(photo.id)
    happening = await histories.note(session, made, event, now=now, public=True, **details)
    subject = f"report:{made.id}" if photo is None else f"photo:{photo.id}"
    audit.record(
        session,
        "report.hide" if event == "hidden" else "report.show",
        by=by,
        community_id=made.community_id,
        now=now,
        subject=subject,
        **details,
    )
    whose = made.resident_id if photo is None else photo.resident_id
    if whose is None:
        return happening
    view = await report_views.of(session, made)

    def said(tongue: Tongue) -> Message:
        secret = view.secret_to(whose)  # whoever sent only a picture of it
        if event == "shown":
            return letters.shown(view, tongue, secret=secret)
        return letters.hidden(view, reason or "", tongue, picture=photo is not None, secret=secret)

    them = select(Resident.id).where(Resident.id == whose)
    await report_news.put(session, them, said, f"hiding:{happening.id}", now=now)
    return happening


async def disagree(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> None:
    """Whoever sent what is hidden says that it should not be. The organisers hear it once each time it was hidden."""
    made = await reports.locked(session, number)
    reported = made.resident_id == by.id
    pictures = select(Photo.id).where(Photo.service_request_id == made.id, Photo.hidden_because.is_not(None))
    found = await session.scalars(pictures if reported else pictures.where(Photo.resident_id == by.id))
    hidden: set[str | None] = {str(number) for number in found}
    if reported and made.hidden_because is not None:
        hidden.add(None)
    if not hidden and not reported:
        raise Refused(N_("This report is not one of yours."))
    acts = await session.scalars(
        select(Happening)
        .where(Happening.service_request_id == made.id, Happening.event == "hidden")
        .order_by(Happening.id.desc())
    )
    last = next((one for one in acts if one.details.get("photo") in hidden), None)
    if last is None:
        raise Refused(N_("Nothing of it is hidden any more."))
    view = await report_views.of(session, made)

    def said(tongue: Tongue) -> Message:
        return letters.objected(view, tongue, show=Button(tongue._("Open"), Show(report=made.id)))

    organisers = report_news.organisers(made.community_id)
    if await report_news.put(session, organisers, said, f"hiding:{last.id}:objected", now=now):
        await histories.note(session, made, "note", now=now, public=False, resident=by, objected=True)
