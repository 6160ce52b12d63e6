"""What Telegram remembers: chats with their messages, people, files, callback queries."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fake_telegram.checks import Json, Upload
from tests.fake_telegram.refusal import Refusal, bad, forbidden

FIRST_UPDATE = 415_000_001


@dataclass(slots=True)
class Account:
    """A person or a bot."""

    id: int
    first_name: str
    is_bot: bool = False
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    deleted: bool = False

    def as_json(self) -> Json:
        """A `User`."""
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if getattr(self, name):
                user[name] = getattr(self, name)
        return user


@dataclass(slots=True)
class Post:
    """A message as it stands now. `keyboard` is a reply keyboard, which no message shows to its bot."""

    body: Json
    by_bot: bool
    keyboard: Json | None = None
    plain: bool = True


@dataclass(slots=True)
class Room:
    """A chat. `bot_is` says what the bot is there: member, administrator, left, kicked or stranger."""

    id: int
    kind: str
    title: str
    owner: Account | None = None
    bot_is: str = "member"
    moved_to: int | None = None
    members: dict[int, str] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    keyboard: Json | None = None
    actions: list[str] = field(default_factory=list)
    last: int = 0

    @property
    def private(self) -> bool:
        """Whether it is a talk with one person."""
        return self.kind == "private"

    def as_json(self) -> Json:
        """A `Chat`."""
        if self.owner is None:
            return {"id": self.id, "type": self.kind, "title": self.title}
        person = self.owner.as_json()
        names: Json = {
            name: person[name] for name in ("first_name", "last_name", "username") if name in person
        }
        return {"id": self.id, "type": "private", **names}


@dataclass(slots=True)
class Query:
    """A pressed button that waits for its answer."""

    id: str
    by: int
    asked_at: float
    answered: bool = False


@dataclass(slots=True)
class Search:
    """Somebody looks for something in inline mode; `answer` is what the bot said."""

    id: str
    by: int
    asked_at: float
    answer: Json | None = None

    @property
    def results(self) -> list[Json]:
        """What is offered."""
        return list((self.answer or {}).get("results", ()))

    @property
    def titles(self) -> list[str]:
        """The same by its titles."""
        return [one["title"] for one in self.results]


@dataclass(frozen=True, slots=True)
class Toast:
    """What a person saw after pressing a button."""

    text: str
    alert: bool = False
    url: str | None = None


class World:
    """Everything there is, and a bell that rings when something changes."""

    def __init__(self, bot: Account, clock: Callable[[], float] = time.time) -> None:
        self.bot = bot
        self.clock = clock
        self.accounts: dict[int, Account] = {bot.id: bot}
        self.rooms: dict[int, Room] = {}
        self.files: dict[str, tuple[str, Upload]] = {}
        self.queries: dict[str, Query] = {}
        self.toasts: dict[int, list[Toast]] = {}
        self.searches: dict[str, Search] = {}
        self.inline: dict[str, Post] = {}
        self.settings: dict[str, dict[str, Any]] = {}
        self.query_life = 15.0
        self._next_account = 1000
        self._next_group = 500
        self._next_query = 4_000_000_000_000
        self._bell = asyncio.Event()

    def changed(self) -> None:
        """Wake everybody who waits for something to become true."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def until(self, true: Callable[[], object], seconds: float) -> bool:
        """Wait until `true()`; False when it took longer than `seconds`."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not true():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            try:
                await asyncio.wait_for(self._bell.wait(), min(left, 0.25))
            except TimeoutError:
                continue
        return True

    # --- who and where -------------------------------------------------------------------------

    def new_account(self, first_name: str, **more: Any) -> Account:
        """Somebody new, with a private room that the bot may not enter yet."""
        self._next_account += 1
        account = Account(more.pop("id", None) or self._next_account, first_name, **more)
        self.accounts[account.id] = account
        self.rooms[account.id] = Room(account.id, "private", first_name, account, bot_is="stranger")
        return account

    def new_group(self, title: str, members: list[int], kind: str, bot_is: str) -> Room:
        """A group with the bot in it."""
        self._next_group += 1
        number = -1_000_000_000_000 - self._next_group if kind == "supergroup" else -self._next_group
        room = Room(number, kind, title, bot_is=bot_is, members=dict.fromkeys(members, "member"))
        if members:
            room.members[members[0]] = "creator"
        self.rooms[number] = room
        return room

    def room(self, chat_id: int | str) -> Room:
        """The chat of that id or @name."""
        if isinstance(chat_id, str):
            name = chat_id.removeprefix("@").lower()
            people = (
                account for account in self.accounts.values() if (account.username or "").lower() == name
            )
            found = next(people, None)
            chat_id = found.id if found else 0
        room = self.rooms.get(chat_id)
        if room is None:
            raise bad("chat not found")
        if room.moved_to is not None:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=room.moved_to)
        return room

    def open_room(self, chat_id: int | str) -> Room:
        """A chat that the bot may write to; raises Refusal as Telegram words it."""
        if chat_id == self.bot.id:
            raise forbidden("bot can't send messages to the bot")
        room = self.room(chat_id)
        if room.owner and room.owner.deleted:
            raise forbidden("user is deactivated")
        if room.private and room.bot_is in _SHUT_PRIVATE:
            raise forbidden(_SHUT_PRIVATE[room.bot_is])
        if not room.private and room.bot_is in ("left", "kicked"):
            was = "was kicked from" if room.bot_is == "kicked" else "is not a member of"
            raise forbidden(f"bot {was} the {room.kind} chat")
        return room

    # --- messages ------------------------------------------------------------------------------

    def post(self, room: Room, sender: Account, content: Json) -> Post:
        """Put a message into a chat."""
        room.last += 1
        body: Json = {
            "message_id": room.last,
            "from": sender.as_json(),
            "chat": room.as_json(),
            "date": int(self.clock()),
            **content,
        }
        post = Post(body, by_bot=sender.id == self.bot.id)
        room.posts[room.last] = post
        self.changed()
        return post

    def own_post(self, room: Room, message_id: int | None, deed: str) -> Post:
        """A message of the bot's that may be changed."""
        post = room.posts.get(message_id or 0)
        if post is None:
            raise bad(f"message to {deed} not found")
        if not post.by_bot or not post.plain:
            raise bad(f"message can't be {deed}ed")
        return post

    # --- files and queries ---------------------------------------------------------------------

    def keep(self, upload: Upload, folder: str) -> str:
        """Store a file; returns its id."""
        number = len(self.files) + 1
        ending = "jpg" if folder == "photos" else upload.name.rpartition(".")[2] or "bin"
        name = f"AgACAgQAAxkBAAI{number:06d}"
        self.files[name] = (f"{folder}/file_{number}.{ending}", upload)
        return name

    def file_json(self, file_id: str) -> Json:
        """A `File`."""
        if file_id not in self.files:
            raise bad("invalid file_id")
        path, upload = self.files[file_id]
        if len(upload.content) > 20 * 1024 * 1024:
            raise bad("file is too big")
        return {"file_id": file_id, "file_unique_id": f"u{file_id[-6:]}", "file_size": len(upload.content),
                "file_path": path}  # fmt: skip

    def ask(self, by: int) -> Query:
        """A button was pressed."""
        self._next_query += 1
        query = Query(str(self._next_query), by, self.clock())
        self.queries[query.id] = query
        return query

    def answer(self, query_id: str, toast: Toast | None) -> None:
        """The bot answers a pressed button, once and in time."""
        query = self.queries.get(query_id)
        if query is None or query.answered or self.clock() - query.asked_at > self.query_life:
            raise too_late()
        query.answered = True
        if toast:
            self.toasts.setdefault(query.by, []).append(toast)
        self.changed()


_SHUT_PRIVATE = {
    "stranger": "bot can't initiate conversation with a user",
    "kicked": "bot was blocked by the user",
}


def too_late() -> Refusal:
    """A callback query that nobody waits for any more."""
    return bad("query is too old and response timeout expired or query ID is invalid")
