"""What all tables share: the declarative base, naming convention, and column types for both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, LargeBinary, MetaData, SmallInteger, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """An aware moment, kept as UTC. SQLite keeps ISO text without a zone; PostgreSQL timestamptz."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Bytewise = String(64).with_variant(String(64, collation="C"), "postgresql")
BytewiseLine = String(300).with_variant(String(300, collation="C"), "postgresql")
"""Sorted by bytes, so that an index finds what begins with some letters."""

BigInt = BigInteger().with_variant(Integer, "sqlite")

Id = Annotated[int, mapped_column(BigInt, primary_key=True, autoincrement=True)]
Moment = Annotated[datetime, mapped_column(Utc)]
Short = Annotated[str, mapped_column(String(64))]
Line = Annotated[str, mapped_column(String(300))]


class Base(DeclarativeBase):
    """Parent of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it on the class
        datetime: Utc,
        dict[str, Any]: Json,
        dict[str, str]: Json,
        dict[str, int]: Json,
        list[str]: Json,
        str: Text,
        bytes: LargeBinary,
    }


__all__ = [
    "Base",
    "BigInt",
    "Bytewise",
    "BytewiseLine",
    "Id",
    "Json",
    "Line",
    "Moment",
    "Short",
    "SmallInteger",
    "Utc",
]
