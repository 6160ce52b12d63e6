"""Bodies that are in charge of something: their teams, officers and areas, and who does which service where."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, BigInt, Bytewise, BytewiseLine, Id, Json, Line, Moment, Short

POSTS = ("officer", "lead", "director", "councillor")
"""What somebody does in a body: in a team as its officer or its lead; for the whole body as its director, or as the
councillor who is told when a promise is not kept."""


class Body(Base):
    """A council, a landlord, a water company: whoever can be in charge of something.

    `calendar` names public holidays, such as `GB-ENG` (a country of the library `holidays`, with its part), and
    `closed_days` further days (ISO dates) on which nobody works; `working_week` are weekdays, Monday is 0.
    `contact` may hold `phone`, `email` and `url` for everybody to see.
    """

    __tablename__ = "bodies"

    id: Mapped[Id]
    slug: Mapped[Short] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    kind: Mapped[str] = mapped_column(String(16))
    jurisdiction_id: Mapped[Short | None]
    zone: Mapped[Short]
    calendar: Mapped[str | None] = mapped_column(String(16))
    closed_days: Mapped[list[str]] = mapped_column(Json, default=list)
    working_week: Mapped[list[int]] = mapped_column(Json, default=lambda: [0, 1, 2, 3, 4])
    contact: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    created_at: Mapped[Moment]

    def name_in(self, language: str) -> str:
        """The body's name in a language, or in the first one it has."""
        return self.names.get(language) or next(iter(self.names.values()))


class Team(Base):
    """Part of a body that does the work. Its reports are mailed to its `email`, where the service sends e-mail."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("body_id", "slug"),)

    id: Mapped[Id]
    body_id: Mapped[int] = mapped_column(BigInt, ForeignKey("bodies.id"))
    slug: Mapped[Short]
    names: Mapped[dict[str, str]]
    language: Mapped[str] = mapped_column(String(16), default="en")
    email: Mapped[Line | None]
    created_at: Mapped[Moment]

    def name_in(self, language: str) -> str:
        """The team's name in a language, or in the first one it has."""
        return self.names.get(language) or next(iter(self.names.values()))


class Officer(Base):
    """Somebody fills a post: in a team, or for the whole body where `team_id` is null. Posts own the work, people fill
    them: a report belongs to its team, and `ServiceRequest.officer_id` says who of it has taken it. `area_id` is
    the ward of a councillor, null for the whole body. `mailbox`: whoever reads at the team's own e-mail address."""

    __tablename__ = "officers"
    __table_args__ = (
        CheckConstraint(f"post IN {POSTS}", name="post"),
        CheckConstraint(
            "(team_id IS NULL) = (post IN ('director', 'councillor'))", name="teams_have_officers"
        ),
        CheckConstraint("area_id IS NULL OR post = 'councillor'", name="councillors_have_wards"),
        UniqueConstraint("body_id", "team_id", "resident_id"),
        Index("ix_officers_resident_id", "resident_id"),
        Index("ix_officers_team_id", "team_id"),
        Index("ix_officers_area_id", "area_id"),
    )

    id: Mapped[Id]
    body_id: Mapped[int] = mapped_column(BigInt, ForeignKey("bodies.id"))
    team_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("teams.id"))
    resident_id: Mapped[int] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="CASCADE"))
    area_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("areas.id"))
    post: Mapped[str] = mapped_column(String(16))
    mailbox: Mapped[bool] = mapped_column(default=False)
    since: Mapped[Moment]


class Area(Base):
    """A part of the world with a name, as GeoJSON (`Polygon` or `MultiPolygon`, WGS 84, holes allowed).

    `kind` is such as `ward`, `district`, `county`, or `private` for private ground; `body_id` is whose it is, if it is
    known. `size` is in square kilometres: of two that hold a point the smaller one goes first.
    """

    __tablename__ = "areas"
    __table_args__ = (Index("ix_areas_body_id", "body_id"),)

    id: Mapped[Id]
    slug: Mapped[Short] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    kind: Mapped[str] = mapped_column(String(16))
    body_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("bodies.id"))
    geometry: Mapped[dict[str, Any]] = mapped_column(Json)
    size: Mapped[float]
    changed_at: Mapped[Moment]

    def name_in(self, language: str) -> str:
        """The area's name in a language, or in the first one it has."""
        return self.names.get(language) or next(iter(self.names.values()))


class NamedPlace(Base):
    """A street, a square, a landmark of the gazetteer: what people type for a place. `folded` is its name as it is
    looked for, `within` says in words in which part of which town it lies."""

    __tablename__ = "named_places"
    __table_args__ = (
        Index("ix_named_places_folded", "folded"),
        Index("ix_named_places_lat_long", "lat", "long"),
        UniqueConstraint("name", "within", "kind"),
    )

    id: Mapped[Id]
    name: Mapped[Line]
    folded: Mapped[str] = mapped_column(BytewiseLine)
    kind: Mapped[Short]
    within: Mapped[Line] = mapped_column(default="")
    lat: Mapped[float]
    long: Mapped[float]


class PlaceWord(Base):
    """A folded word of a place's name, or of where it lies: what a place is found by if not by how its name begins."""

    __tablename__ = "place_words"
    __table_args__ = (Index("ix_place_words_place_id", "place_id"),)

    word: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    place_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("named_places.id", ondelete="CASCADE"), primary_key=True
    )


class Service(Base):
    """A kind of problem that people can report (Open311: service), the same whoever is in charge of it.

    `keywords` maps a language to words by which it is guessed. `attributes` are further questions in Open311's form:
    objects with `code`, `datatype`, `required`, `order`, `description` (by language), `values` (`key`, `name` by
    language), `variable`, and `found_after`: words by language behind which the answer stands where it was given
    already. `radius` is in metres: within it two reports may be about the same. `months` (1–12) are those in which it
    is likely; none are all. `service_notice` is said, by language, when it is chosen.
    """

    __tablename__ = "services"

    service_code: Mapped[str] = mapped_column(String(24), primary_key=True)
    names: Mapped[dict[str, str]]
    descriptions: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    keywords: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    group: Mapped[Short | None]
    attributes: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    service_notice: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    radius: Mapped[int] = mapped_column(SmallInteger, default=60)
    months: Mapped[list[int]] = mapped_column(Json, default=list)
    confidential: Mapped[bool] = mapped_column(default=False)
    order: Mapped[int] = mapped_column(SmallInteger, default=100)

    def name_in(self, language: str) -> str:
        """What this kind of problem is called in a language, or in the first one it has."""
        return self.names.get(language) or next(iter(self.names.values()))


class Emergency(Base):
    """What cannot wait for a report: `phone` is called first. `keywords` are as in `Service`; `area_id` says where this
    is the number to call, anywhere where it is null."""

    __tablename__ = "emergencies"
    __table_args__ = (Index("ix_emergencies_area_id", "area_id"),)

    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    names: Mapped[dict[str, str]]
    keywords: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    phone: Mapped[Short]
    area_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("areas.id"))


class Duty(Base):
    """Who does it: a team does a service in an area, anywhere where `area_id` is null. Ended ones stay, because reports
    were routed by them.

    The targets are in working days of the body, from when a report came: until somebody has seen it, until somebody
    has answered, until it is resolved. `community_id` and `made_by` tell of a rule that organisers made for their own
    community when they routed a report by hand.
    """

    __tablename__ = "duties"
    __table_args__ = (
        Index("ix_duties_service_code", "service_code"),
        Index("ix_duties_body_id", "body_id"),
        Index("ix_duties_team_id", "team_id"),
        Index("ix_duties_area_id", "area_id"),
        Index("ix_duties_community_id", "community_id"),
        Index("ix_duties_made_by", "made_by"),
    )

    id: Mapped[Id]
    body_id: Mapped[int] = mapped_column(BigInt, ForeignKey("bodies.id"))
    team_id: Mapped[int] = mapped_column(BigInt, ForeignKey("teams.id"))
    service_code: Mapped[str] = mapped_column(String(24), ForeignKey("services.service_code"))
    area_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("areas.id"))
    acknowledge_days: Mapped[int] = mapped_column(SmallInteger, default=1)
    answer_days: Mapped[int] = mapped_column(SmallInteger, default=5)
    resolve_days: Mapped[int] = mapped_column(SmallInteger, default=20)
    confidential: Mapped[bool] = mapped_column(default=False)
    community_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("communities.id"))
    made_by: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    created_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
