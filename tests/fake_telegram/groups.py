"""A group chat with the bot in it."""

from __future__ import annotations

from tests.fake_telegram.checks import Json
from tests.fake_telegram.methods import member_json
from tests.fake_telegram.people import Person
from tests.fake_telegram.screen import Seen, screen
from tests.fake_telegram.state import Account, Room, World
from tests.fake_telegram.updates import Queue


class Group:
    """One group; it keeps its face here when it becomes a supergroup and so gets a new id."""

    def __init__(self, world: World, queue: Queue, room: Room) -> None:
        self.room = room
        self._world = world
        self._queue = queue

    @property
    def id(self) -> int:
        """The chat's present id."""
        return self.room.id

    async def upgrade(self) -> int:
        """Become a supergroup: notices in both chats; the old id is dead. Returns the new one."""
        before = self.room
        if before.kind != "group":
            raise AssertionError("only a group can become a supergroup")
        after = self._world.new_group(before.title, [], "supergroup", before.bot_is)
        after.members = dict(before.members)
        maker = self._maker()
        old = self._world.post(before, maker, {"migrate_to_chat_id": after.id})
        new = self._world.post(after, maker, {"migrate_from_chat_id": before.id})
        before.moved_to = after.id
        self.room = after
        self._queue.push({"message": dict(old.body)})
        self._queue.push({"message": dict(new.body)})
        return after.id

    def _maker(self) -> Account:
        return self._world.accounts[next(iter(self.room.members))]

    async def adds_bot(self, by: Person) -> Json:
        """Let the bot in; returns the my_chat_member update. The notice in the chat follows it."""
        update = self._turns(by, "member")
        notice = {"new_chat_members": [self._world.bot.as_json()]}
        self._queue.push({"message": dict(self._world.post(self.room, by.account, notice).body)})
        return update

    async def removes_bot(self, by: Person) -> Json:
        """Throw the bot out; from now on it gets 403."""
        return self._turns(by, "kicked")

    async def promotes_bot(self, by: Person) -> Json:
        """Make the bot an administrator."""
        return self._turns(by, "administrator")

    def _turns(self, by: Person, status: str) -> Json:
        before, self.room.bot_is = self.room.bot_is, status
        change: Json = {
            "chat": self.room.as_json(),
            "from": by.account.as_json(),
            "date": int(self._world.clock()),
            "old_chat_member": member_json(self._world, self._world.bot.id, before),
            "new_chat_member": member_json(self._world, self._world.bot.id, status),
        }
        return self._queue.push({"my_chat_member": change})

    async def joins(self, person: Person) -> Json:
        """Somebody comes in."""
        self.room.members[person.id] = "member"
        notice = {"new_chat_members": [person.account.as_json()]}
        return self._queue.push({"message": dict(self._world.post(self.room, person.account, notice).body)})

    async def loses(self, person: Person) -> Json:
        """Somebody goes."""
        self.room.members.pop(person.id, None)
        notice = {"left_chat_member": person.account.as_json()}
        return self._queue.push({"message": dict(self._world.post(self.room, person.account, notice).body)})

    def screen(self) -> list[Seen]:
        """The bot's visible messages in the group, oldest first."""
        return screen(self.room)

    def sees(self, words: str) -> bool:
        """Whether the words stand in one of them."""
        return any(seen.holds(words) for seen in self.screen())

    async def waits_for(self, words: str, *, seconds: float = 5) -> None:
        """Wait until the words are seen in the group."""
        if not await self._world.until(lambda: self.sees(words), seconds):
            raise AssertionError(
                f"{words!r} not seen in {self.room.title}: {[str(s) for s in self.screen()]}"
            )
