"""Reports of problems (Open311: service requests), whom they concern, their pictures, and everything that happened."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    TextClause,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.lifecycle import ENDED, OPEN, STATUSES
from bot.models.base import Base, BigInt, Id, Json, Line, Moment, Short

_OPEN = text("status IN (" + ", ".join(f"'{code}'" for code in OPEN) + ")")
_ENDED = text("status IN (" + ", ".join(f"'{code}'" for code in ENDED) + ")")

_CHECKED = text("event = 'checked'")
_HIDDEN = text("hidden_because IS NOT NULL")


def _where(condition: TextClause) -> dict[str, Any]:
    return {"sqlite_where": condition, "postgresql_where": condition}


def _some(column: str) -> dict[str, Any]:
    """Nobody is looked for: where most rows have nobody there, a database that counts would think it no use."""
    return _where(text(f"{column} IS NOT NULL"))


WANTS = ("all", "end", "none")
"""Which news somebody wants of a report they are concerned by: all, only how it ends, or none."""

EVENTS = (
    "reported",  # it came
    "routed",  # it got to a team; `details` has the reason
    "handed_over",  # from one team to another
    "taken",  # an officer took it
    "status",  # its state changed
    "answer",  # an officer said something to everyone concerned
    "note",  # an officer or organiser wrote something down for those in charge
    "asked",  # the reporter was asked something; the clocks stand still
    "replied",  # and answered
    "added",  # the reporter or a follower added words or a picture
    "joined",  # somebody has the same problem
    "merged",  # another report was joined with this one
    "split",  # and taken apart again
    "reminded",  # whoever has it was reminded
    "asked_again",  # somebody above them was told that a promise was not kept
    "checked",  # the reporter was asked whether it is fixed, or answered that
    "hidden",  # its words or a picture were hidden
    "shown",  # and shown again
)


class ServiceRequest(Base):
    """One problem at one place.

    `service_request_id` is the reference that people read out; `service_code` is null for "something else".
    `service_attributes` are the answers to the service's own questions, by their codes. `because` keeps why it was
    routed as it was: ids of `area` and `duty`, and how (`area`, `anywhere`, `nobody`, `hand`).
    `officer_id` is who of the team has taken it. `resident_id` is who reported it, null once they erased themselves;
    `named` says that those in charge may know their name. `people` counts whom it concerns.

    The three clocks: until when somebody will have seen it, answered, resolved it (`expected_datetime`), and when that
    was. They stand still from `waiting_since`, while the reporter is asked something; the targets move by as much,
    and `waited` adds up how long that was, in seconds.
    `planned_for` is the day of the work. `hops` counts handings-over, `reopened` how often it came back. `check_at` is
    when it is asked whether it is fixed, null when it was; `found_fixed` what was answered (null: nothing, or not
    known); it stays false where it was opened again because it was not. `cell` is where it lies on the grid by which
    neighbours are found (`services/reporting/nearby.py`).
    `hidden_because` is why organisers show its words to nobody but those in charge. `review_at` is when somebody has
    to look next, at the latest: a promise never waits for nobody.
    """

    __tablename__ = "service_requests"
    __table_args__ = (
        CheckConstraint(f"status IN {tuple(STATUSES)}", name="status"),
        CheckConstraint("(status = 'duplicate') = (duplicate_of IS NOT NULL)", name="duplicates_have_a_twin"),
        Index("ix_service_requests_near", "cell", "service_code", **_where(_OPEN)),
        Index("ix_service_requests_desk", "team_id", "id", **_where(_OPEN)),
        Index("ix_service_requests_open", "community_id", "id", **_where(_OPEN)),
        Index("ix_service_requests_open_body", "body_id", "id", **_where(_OPEN)),
        Index("ix_service_requests_ended", "community_id", "updated_datetime", **_where(_ENDED)),
        Index("ix_service_requests_community_id_requested", "community_id", "requested_datetime"),
        Index("ix_service_requests_team_id_requested", "team_id", "requested_datetime"),
        Index("ix_service_requests_body_id_requested", "body_id", "requested_datetime"),
        Index("ix_service_requests_resident_id", "resident_id", "requested_datetime", **_some("resident_id")),
        Index("ix_service_requests_team_id_resolved_at", "team_id", "resolved_at"),
        Index("ix_service_requests_hidden", "community_id", "id", **_where(_HIDDEN)),
        Index("ix_service_requests_officer_id", "officer_id", **_some("officer_id")),
        Index("ix_service_requests_duplicate_of", "duplicate_of", **_some("duplicate_of")),
        Index("ix_service_requests_review_at", "review_at", "id"),
        Index("ix_service_requests_check_at", "check_at"),
    )

    id: Mapped[Id]
    service_request_id: Mapped[str] = mapped_column(String(12), unique=True)
    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"))
    service_code: Mapped[str | None] = mapped_column(String(24), ForeignKey("services.service_code"))
    service_attributes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    description: Mapped[str]
    language: Mapped[str] = mapped_column(String(16))
    address: Mapped[Line | None]
    lat: Mapped[float | None]
    long: Mapped[float | None]
    cell: Mapped[int | None] = mapped_column(BigInt)
    area_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("areas.id"))
    resident_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    named: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20))
    status_notes: Mapped[str | None]
    duplicate_of: Mapped[int | None] = mapped_column(BigInt, ForeignKey("service_requests.id"))
    body_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("bodies.id"))
    team_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("teams.id"))
    officer_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("officers.id", ondelete="SET NULL"))
    because: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    people: Mapped[int] = mapped_column(BigInt, default=1)
    hops: Mapped[int] = mapped_column(SmallInteger, default=0)
    reopened: Mapped[int] = mapped_column(SmallInteger, default=0)
    requested_datetime: Mapped[Moment]
    updated_datetime: Mapped[Moment]
    acknowledge_by: Mapped[Moment | None]
    answer_by: Mapped[Moment | None]
    expected_datetime: Mapped[Moment | None]
    acknowledged_at: Mapped[Moment | None]
    answered_at: Mapped[Moment | None]
    resolved_at: Mapped[Moment | None]
    waiting_since: Mapped[Moment | None]
    waited: Mapped[int] = mapped_column(BigInt, default=0, server_default=text("0"))
    planned_for: Mapped[date | None] = mapped_column(Date)
    check_at: Mapped[Moment | None]
    found_fixed: Mapped[bool | None]
    review_at: Mapped[Moment | None]
    hidden_because: Mapped[str | None]


def is_open() -> ColumnElement[bool]:
    """Whether a report is open, said in the very words of the indexes of open ones: SQLite uses such an index only
    where it reads the condition, not where it is given the states beside the statement."""
    return ServiceRequest.status.in_([literal_column(f"'{code}'") for code in OPEN])


class Concern(Base):
    """A report concerns somebody: they reported it (`reporter`), have the same problem (`same`), or follow it only
    (`follow`), in which case they are not counted."""

    __tablename__ = "concerns"
    __table_args__ = (
        CheckConstraint(f"wants IN {WANTS}", name="wants"),
        CheckConstraint("why IN ('reporter', 'same', 'follow')", name="why"),
        Index("ix_concerns_resident_id", "resident_id"),
    )

    service_request_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("service_requests.id", ondelete="CASCADE"), primary_key=True
    )
    resident_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    )
    why: Mapped[str] = mapped_column(String(8))
    wants: Mapped[str] = mapped_column(String(8), default="all")
    since: Mapped[Moment]


class Happening(Base):
    """Something that happened to a report; the list of them is its history. `event` is one of EVENTS.

    `words` are as they were written, in `language`. `public` says whether everybody may see it. `before` and `after`
    are states. `officer_id` and `resident_id` say who did it, for those in charge; both null: the clock, or somebody
    who erased themselves. `team_id` is the team on whose behalf.
    """

    __tablename__ = "happenings"
    __table_args__ = (
        CheckConstraint(f"event IN {EVENTS}", name="event"),
        Index("ix_happenings_service_request_id_id", "service_request_id", "id"),
        Index("ix_happenings_checked", "service_request_id", **_where(_CHECKED)),
        Index("ix_happenings_officer_id", "officer_id", **_some("officer_id")),
        Index("ix_happenings_resident_id", "resident_id", "at", **_some("resident_id")),
    )

    id: Mapped[Id]
    service_request_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("service_requests.id", ondelete="CASCADE")
    )
    at: Mapped[Moment]
    event: Mapped[str] = mapped_column(String(16))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(16))
    public: Mapped[bool]
    officer_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("officers.id", ondelete="SET NULL"))
    resident_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    team_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("teams.id"))
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Photo(Base):
    """A picture of a report. `media` is where it comes from until it was fetched; then `file_key` names it among the
    files. `kind` is `problem`, or `work` for one that those in charge sent of what they did."""

    __tablename__ = "photos"
    __table_args__ = (
        CheckConstraint("kind IN ('problem', 'work')", name="kind"),
        Index("ix_photos_service_request_id_id", "service_request_id", "id"),
        Index("ix_photos_resident_id", "resident_id", **_some("resident_id")),
        Index(
            "ix_photos_to_fetch",
            "id",
            sqlite_where=text("media IS NOT NULL"),
            postgresql_where=text("media IS NOT NULL"),
        ),
        Index("ix_photos_hidden", "service_request_id", **_where(_HIDDEN)),
    )

    id: Mapped[Id]
    service_request_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("service_requests.id", ondelete="CASCADE")
    )
    happening_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("happenings.id", ondelete="CASCADE"))
    resident_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(8))
    media: Mapped[dict[str, Any] | None] = mapped_column(Json)
    file_key: Mapped[Short | None]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    hidden_because: Mapped[str | None]
    at: Mapped[Moment]


class Nudge(Base):
    """Whoever has a report was reminded of one of its three clocks (`acknowledge`, `answer`, `resolve`), or of the
    `day` of the work; `step` is a rung of the ladder (`services/following_up/ladder.py`), `round` tells the target from
    those before."""

    __tablename__ = "nudges"

    service_request_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("service_requests.id", ondelete="CASCADE"), primary_key=True
    )
    clock: Mapped[str] = mapped_column(String(12), primary_key=True)
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    at: Mapped[Moment]


class Spot(Base):
    """A lamp post, a bin, a bench with a link of its own (`start=at_<code>`): place and kind are filled in."""

    __tablename__ = "spots"
    __table_args__ = (Index("ix_spots_community_id", "community_id"), Index("ix_spots_made_by", "made_by"))

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"))
    name: Mapped[Line]
    lat: Mapped[float]
    long: Mapped[float]
    service_code: Mapped[str | None] = mapped_column(String(24), ForeignKey("services.service_code"))
    made_by: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    made_at: Mapped[Moment]
