"""A voting bot as tutorials write it: python-telegram-bot, SQLAlchemy's ORM, aiosqlite, a session for each tap."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from bench.load import CHOICES, FIRST, PEOPLE, QUESTION
from bench.peers.serving import application, serve


class Base(DeclarativeBase):
    """Parent of the tables."""


class User(Base):
    """Somebody who has started the bot."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class Poll(Base):
    """A question."""

    __tablename__ = "polls"

    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str]


class Vote(Base):
    """What somebody chose."""

    __tablename__ = "votes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    choice: Mapped[int]


engine = create_async_engine(os.environ["DATABASE_URL"], connect_args={"timeout": 30})  # seconds for a lock
Session = async_sessionmaker(engine, expire_on_commit=False)


async def vote(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Keep the vote, answer, and show how it stands."""
    query = update.callback_query
    assert query is not None
    assert query.data is not None
    _, poll_id, choice = query.data.split(":")
    async with Session() as session:
        if await session.get(User, query.from_user.id) is None:
            session.add(User(id=query.from_user.id))
        poll = await session.get_one(Poll, int(poll_id))
        found = await session.scalar(
            select(Vote).where(Vote.user_id == query.from_user.id, Vote.poll_id == poll.id)
        )
        if found is None:
            session.add(Vote(user_id=query.from_user.id, poll_id=poll.id, choice=int(choice)))
        else:
            found.choice = int(choice)
        await session.commit()
        counts = await standing(session, poll)
    await query.answer("Your vote is counted.")
    await query.edit_message_text(words(poll, counts), reply_markup=keyboard(poll))


async def standing(session: AsyncSession, poll: Poll) -> dict[int, int]:
    """Votes by choice."""
    rows = await session.execute(
        select(Vote.choice, func.count()).where(Vote.poll_id == poll.id).group_by(Vote.choice)
    )
    return {row[0]: row[1] for row in rows}


def words(poll: Poll, counts: dict[int, int]) -> str:
    """The question and how it stands."""
    lines = [f"{label}: {counts.get(number, 0)}" for number, label in enumerate(CHOICES)]
    return "\n".join([poll.question, "", *lines])


def keyboard(poll: Poll) -> InlineKeyboardMarkup:
    """A button for each choice."""
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(label, callback_data=f"v:{poll.id}:{number}")]
            for number, label in enumerate(CHOICES)
        ]
    )


async def prepare(app: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Make the tables; everybody has started the bot before."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with Session() as session:
        session.add(Poll(id=1, question=QUESTION))
        session.add_all(User(id=number) for number in range(FIRST, FIRST + PEOPLE))
        await session.commit()


if __name__ == "__main__":
    app = application().post_init(prepare).build()
    app.add_handler(CallbackQueryHandler(vote))
    serve(app)
