"""A person with a telephone: what they do, and what they see of the bot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.fake_telegram import odd
from tests.fake_telegram.checks import Json, Upload
from tests.fake_telegram.html import found_in, trimmed, units
from tests.fake_telegram.messages import document, photo_sizes
from tests.fake_telegram.methods import member_json
from tests.fake_telegram.screen import Seen, button, drawn, reply_buttons, reply_labels, screen
from tests.fake_telegram.state import Account, Room, Toast, World
from tests.fake_telegram.updates import Queue

if TYPE_CHECKING:
    from tests.fake_telegram.groups import Group


class Person:
    """One resident. Whatever they do returns the update that the bot gets."""

    def __init__(self, world: World, queue: Queue, account: Account) -> None:
        self.account = account
        self.id = account.id
        self._world = world
        self._queue = queue

    @property
    def room(self) -> Room:
        """The private chat with the bot."""
        return self._world.rooms[self.id]

    # --- writing -------------------------------------------------------------------------------

    async def sends(self, text: str, *, reply_to: int | None = None) -> Json:
        """Write to the bot; the first words open the chat, and a blocked bot is unblocked by them."""
        return await self._says(self.room, _words(text), reply_to)

    async def opens(self, link: str) -> Json:
        """Follow a t.me link to the bot: the app sends `/start code`."""
        parts = urlsplit(link)
        if parts.path.strip("/").lower() != (self._world.bot.username or "").lower():
            raise AssertionError(f"{link} does not lead to this bot")
        code = parse_qs(parts.query).get("start", [""])[0]
        return await self.sends(f"/start {code}".rstrip())

    async def says_in(self, group: Group, text: str, *, reply_to: int | None = None) -> Json:
        """Write in a group. With privacy mode the bot gets commands and answers to itself only."""
        content = _words(text)
        answered = group.room.posts.get(reply_to or 0)
        heard = not self._world.settings["privacy"]["on"] or group.room.bot_is == "administrator"
        heard = heard or (answered is not None and answered.by_bot) or self._is_for_bot(text)
        return await self._says(group.room, content, reply_to, heard=heard)

    def _is_for_bot(self, text: str) -> bool:
        name = "@" + (self._world.bot.username or "").lower()
        first = text.split(maxsplit=1)[0].lower() if text.strip() else ""
        return first.startswith("/") and ("@" not in first or first.endswith(name))

    async def _says(
        self, room: Room, content: Json, reply_to: int | None = None, *, heard: bool = True
    ) -> Json:
        if room.private and room.bot_is == "kicked":
            await self.unblocks_bot()
        if room.private:
            room.bot_is = "member"
        if reply_to is not None:
            answered = room.posts[reply_to].body
            content["reply_to_message"] = {k: v for k, v in answered.items() if k != "reply_to_message"}
        post = self._world.post(room, self.account, content)
        if not heard or room.bot_is in ("left", "kicked"):
            return {"message": post.body}
        return self._queue.push({"message": dict(post.body)})

    # --- other things to send ------------------------------------------------------------------

    async def sends_odd(self, kind: str, group: Group | None = None, **more: Any) -> Json:
        """Something nobody asked for: sticker, voice, video, poll, dice, contact … (see `odd.py`)."""
        return await self._says(group.room if group else self.room, odd.content(kind) | more)

    async def shares_place(self, lat: float, lon: float) -> Json:
        """Send where one is."""
        return await self._says(self.room, {"location": {"latitude": float(lat), "longitude": float(lon)}})

    async def sends_photo(self, content: bytes, caption: str = "") -> Json:
        """Send a picture that the bot can download."""
        return await self._says(self.room, self._picture(content) | _caption(caption))

    def _picture(self, content: bytes) -> Json:
        file_id = self._world.keep(Upload("photo.jpg", content), "photos")
        return {"photo": photo_sizes(file_id, len(content))}

    async def sends_album(self, *contents: bytes, caption: str = "") -> list[Json]:
        """Send several pictures at once: the bot gets each by itself, the words with the first."""
        album = str(self._world.clock()).replace(".", "")
        said = [self._picture(content) | {"media_group_id": album} for content in contents]
        said[0] |= _caption(caption)
        return [await self._says(self.room, one) for one in said]

    async def sends_document(self, name: str, content: bytes, kind: str, caption: str = "") -> Json:
        """Send a file that the bot can download."""
        file_id = self._world.keep(Upload(name, content, kind), "documents")
        said: Json = {"document": document(self._world, file_id)}
        return await self._says(self.room, said | _caption(caption))

    async def sends_sticker(self) -> Json:
        """Send a sticker."""
        return await self.sends_odd("sticker")

    async def sends_voice(self) -> Json:
        """Send a voice note."""
        return await self.sends_odd("voice")

    async def poll(self) -> Json:
        """Send a poll of Telegram's own."""
        return await self.sends_odd("poll")

    async def dice(self) -> Json:
        """Throw a die."""
        return await self.sends_odd("dice")

    async def forwards(self, text: str, written_by: str = "Somebody else") -> Json:
        """Pass on what somebody else wrote."""
        origin = {
            "type": "hidden_user",
            "date": int(self._world.clock()) - 60,
            "sender_user_name": written_by,
        }
        return await self._says(self.room, _words(text) | {"forward_origin": origin})

    async def edits(self, sent: Json | int, text: str) -> Json:
        """Change what one wrote before; `sent` is the update that sends() returned, or a message id."""
        number = sent if isinstance(sent, int) else sent["message"]["message_id"]
        post = self.room.posts[number]
        changed = {k: v for k, v in post.body.items() if k not in ("text", "entities")} | _words(text)
        post.body = changed | {"edit_date": int(self._world.clock())}
        return self._queue.push({"edited_message": dict(post.body)})

    async def pins(self, message_id: int) -> Json:
        """Pin a message; the chat gets a notice."""
        return await self._says(self.room, {"pinned_message": self.room.posts[message_id].body})

    # --- buttons -------------------------------------------------------------------------------

    async def taps(
        self, label: str, message: int | Seen | None = None, *, group: Group | None = None, seconds: float = 5
    ) -> Json:
        """Press a button by its label, of the newest message that has it or of the given one.

        Waits up to `seconds` for the button to appear. A button of the reply keyboard sends its label;
        a link to the bot is opened.
        """
        room = group.room if group else self.room
        number = message.message_id if isinstance(message, Seen) else message
        await self._world.until(lambda: button(room, label, number) or label in reply_labels(room), seconds)
        found = button(room, label, number)
        if found is None:
            return await self._taps_keyboard(room, label)
        body, pressed = found
        if "url" in pressed:
            return await self.opens(pressed["url"])
        return await self.presses(pressed["callback_data"], body["message_id"], group=group)

    async def _taps_keyboard(self, room: Room, label: str) -> Json:
        pressed = next((one for one in reply_buttons(room) if one["text"] == label), None)
        if pressed is None:
            raise AssertionError(f"{self.account.first_name} finds no button {label!r} in\n{drawn(room)}")
        if pressed.get("request_location"):
            raise AssertionError("this button asks for a place: use shares_place(lat, lon)")
        if (room.keyboard or {}).get("one_time_keyboard"):
            room.keyboard = None
        return await self._says(room, _words(label))

    async def presses(
        self,
        payload: str,
        message_id: int | None = None,
        *,
        group: Group | None = None,
        inaccessible: bool = False,
    ) -> Json:
        """Send any payload as if from a button: forged, cut, or of a message too old to be seen."""
        room = group.room if group else self.room
        number = message_id or next((seen.message_id for seen in reversed(screen(room))), 1)
        pressed: Json = {"message_id": number, "chat": room.as_json(), "date": 0}
        if not inaccessible and number in room.posts:
            pressed = dict(room.posts[number].body)
        query = self._world.ask(self.id)
        return self._queue.push(
            {
                "callback_query": {
                    "id": query.id,
                    "from": self.account.as_json(),
                    "message": pressed,
                    "chat_instance": str(-7_000_000_000_000 - abs(room.id)),
                    "data": payload,
                }
            }
        )

    # --- coming and going ----------------------------------------------------------------------

    async def blocks_bot(self) -> Json:
        """Stop the bot; from now on it gets 403."""
        return self._turns("kicked")

    async def unblocks_bot(self) -> Json:
        """Let the bot write again."""
        return self._turns("member")

    def _turns(self, status: str) -> Json:
        before, self.room.bot_is = self.room.bot_is, status
        before = "member" if before == "stranger" else before
        change: Json = {
            "chat": self.room.as_json(),
            "from": self.account.as_json(),
            "date": int(self._world.clock()),
            "old_chat_member": member_json(self._world, self._world.bot.id, before),
            "new_chat_member": member_json(self._world, self._world.bot.id, status),
        }
        return self._queue.push({"my_chat_member": change})

    async def deletes_account(self) -> None:
        """Leave Telegram for good; no update tells the bot."""
        self.account.deleted = True

    # --- seeing --------------------------------------------------------------------------------

    def screen(self) -> list[Seen]:
        """The bot's visible messages as they stand now, oldest first."""
        return screen(self.room)

    def sees(self, words: str) -> bool:
        """Whether the words stand in a visible message of the bot's, on a button or below the chat."""
        return any(seen.holds(words) for seen in self.screen()) or any(
            words in label for label in reply_labels(self.room)
        )

    @property
    def newest(self) -> Seen:
        """The bot's latest message."""
        shown = self.screen()
        if not shown:
            raise AssertionError(f"{self.account.first_name} sees an empty chat")
        return shown[-1]

    @property
    def toasts(self) -> list[str]:
        """The short notes shown after pressing buttons, oldest first."""
        return [toast.text for toast in self.all_toasts]

    @property
    def all_toasts(self) -> list[Toast]:
        """The same with whether they were alerts."""
        return self._world.toasts.get(self.id, [])

    async def waits_for(self, words: str, *, seconds: float = 5) -> Seen | None:
        """Wait until the words are seen; returns the newest message that holds them."""
        await self.waits_until(lambda: self.sees(words), f"{words!r}", seconds=seconds)
        return next((seen for seen in reversed(self.screen()) if seen.holds(words)), None)

    async def waits_for_toast(self, words: str, *, seconds: float = 5) -> None:
        """Wait until a short note with the words was shown."""
        await self.waits_until(
            lambda: any(words in toast for toast in self.toasts), f"{words!r}", seconds=seconds
        )

    async def waits_until(self, true: Callable[[], object], what: str = "it", *, seconds: float = 5) -> None:
        """Wait until something is true; fails with a picture of the screen."""
        if not await self._world.until(true, seconds):
            shown = f"{drawn(self.room)}\ntoasts: {self.toasts}"
            raise AssertionError(f"{self.account.first_name} waited {seconds} s for {what} in\n{shown}")


def _words(text: str) -> Json:
    """A person's text with the entities that the app finds; the app sends no more than fits."""
    text, _ = trimmed(text, [])
    if not 1 <= units(text) <= 4096:
        raise AssertionError("Telegram's app lets nobody send this: 1-4096 UTF-16 units")
    entities = found_in(text, [])
    return {"text": text, "entities": entities} if entities else {"text": text}


def _caption(text: str) -> Json:
    said = _words(text) if text else {}
    return {_BELOW[name]: what for name, what in said.items()}


_BELOW = {"text": "caption", "entities": "caption_entities"}
