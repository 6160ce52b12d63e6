"""Communities, who belongs to them in which role, and invitations to a role."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, BigInt, Id, Json, Moment, Short

ROLES = ("resident", "organiser")


class Community(Base):
    """A town, an estate, an interest: whoever is asked together.

    `names` maps a language to the name in it; `areas` are the parts of town people may say they live in;
    `lat`, `long` its middle in WGS 84 degrees; `zone` an IANA time zone. `members_ask`: in its group chats everybody
    may ask, not its organisers alone. `area_id` are its borders, where they were loaded.
    """

    __tablename__ = "communities"

    id: Mapped[Id]
    slug: Mapped[Short] = mapped_column(unique=True)
    names: Mapped[dict[str, str]]
    zone: Mapped[Short]
    languages: Mapped[list[str]]
    areas: Mapped[list[str]] = mapped_column(Json, default=list)
    lat: Mapped[float | None] = mapped_column(Float)
    long: Mapped[float | None] = mapped_column(Float)
    members_ask: Mapped[bool] = mapped_column(default=False)
    area_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("areas.id"))
    created_at: Mapped[Moment]

    def name_in(self, language: str) -> str:
        """The name in `language`, else in the community's first language that has one."""
        return self.names.get(language) or next(iter(self.names.values()))


class Membership(Base):
    """A resident belongs to a community. `source` is the code of the link they came by, if any."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        Index("ix_memberships_resident_id", "resident_id"),
        Index("ix_memberships_community_id_role", "community_id", "role"),
        Index("ix_memberships_community_id_joined_at", "community_id", "joined_at"),
    )

    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(16), default="resident")
    area: Mapped[Short | None]
    source: Mapped[Short | None]
    joined_at: Mapped[Moment]

    community: Mapped[Community] = relationship(lazy="raise")


class Portrait(Base):
    """The picture of a community, a small square JPEG; `edition` names what is on it."""

    __tablename__ = "portraits"

    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    edition: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[Moment]


class SentPortrait(Base):
    """A picture that an organiser has sent for a community, until it was fetched; `media` says from where, and
    `address_id` where it was sent."""

    __tablename__ = "sent_portraits"
    __table_args__ = (
        Index("ix_sent_portraits_resident_id", "resident_id"),
        Index("ix_sent_portraits_address_id", "address_id"),
    )

    community_id: Mapped[int] = mapped_column(BigInt, ForeignKey("communities.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="CASCADE"))
    address_id: Mapped[int] = mapped_column(BigInt, ForeignKey("addresses.id", ondelete="CASCADE"))
    media: Mapped[dict[str, Any]] = mapped_column(Json)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    sent_at: Mapped[Moment]


class Invitation(Base):
    """A one-time, expiring link to a role: `organiser` of a community, or `officer`, who fills a post of a body, in a
    team, for a ward or for all of it. Only the hash of its code is kept; `made_by` is null for the operator."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('organiser', 'officer')", name="role"),
        CheckConstraint(
            "(role = 'officer') = (body_id IS NOT NULL AND post IS NOT NULL AND community_id IS NULL)",
            name="leads_somewhere",
        ),
        Index("ix_invitations_community_id", "community_id"),
        Index("ix_invitations_body_id", "body_id"),
        Index("ix_invitations_team_id", "team_id"),
        Index("ix_invitations_area_id", "area_id"),
    )

    id: Mapped[Id]
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    community_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("communities.id"))
    role: Mapped[str] = mapped_column(String(16))
    body_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("bodies.id"))
    team_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("teams.id"))
    area_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("areas.id"))
    post: Mapped[str | None] = mapped_column(String(16))
    made_by: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    used_by: Mapped[int | None] = mapped_column(BigInt, ForeignKey("residents.id", ondelete="SET NULL"))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
