"""The wire to Telegram: our own few calls, and python-telegram-bot's request interface, over the same connections.

What is said and received many times a second goes through `ask`, plain JSON both ways; everything else through the
library's `Bot`, which takes longer to build a call than it takes to carry it.

The token lives here and nowhere else: `Bot` is given addresses without it, so that neither its debug log nor
its `repr` can show it, and every failure leaves here without a cause.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import MultipartWriter
from pydantic import SecretStr
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.channels.telegram.connections import JSON, Connections, Lost, NeverLeft
from bot.services.files import Made

PATIENCE = 20.0
"""Seconds to wait for an answer to an ordinary call."""

HAND_OVER_PATIENCE = 60.0
"""Seconds for one with a file in it."""


class Declined(TelegramError):
    """Telegram answered, and said no."""

    __slots__ = ("code", "description", "parameters")

    def __init__(self, code: int, description: str, parameters: dict[str, Any]) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class Unheard(TelegramError):
    """No answer of Telegram's came back; `maybe_arrived` when the call may have been heard all the same."""

    __slots__ = ("maybe_arrived",)

    def __init__(self, reason: str, *, maybe_arrived: bool) -> None:
        super().__init__(reason)
        self.maybe_arrived = maybe_arrived


class Wire(BaseRequest):
    """One pool of kept-open connections for sending and receiving."""

    __slots__ = ("_connections", "_token")

    def __init__(self, token: SecretStr, root: str) -> None:
        self._token = token
        self._connections = Connections(root)

    def bot(self) -> Bot:
        """python-telegram-bot's `Bot` over this wire, which knows no token."""
        # Its addresses are paths that `_address` completes.
        return Bot(
            "0:kept-by-the-wire", lambda _: "", lambda _: "/file", request=self, get_updates_request=self
        )

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer unless a call says otherwise."""
        return PATIENCE

    async def initialize(self) -> None:
        """Open the pool."""
        self._connections.open()

    async def shutdown(self) -> None:
        """Close the pool."""
        self._connections.close()

    async def ask(self, method: str, parameters: dict[str, Any], *, patience: float | None = None) -> Any:
        """Call a method and return its bare JSON result; `patience` in seconds."""
        body = orjson.dumps(parameters)
        payload = await self._exchange("POST", f"/{method}", body, PATIENCE if patience is None else patience)
        said = as_read(payload)
        if "result" not in said:
            raise Unheard("the answer is not Telegram's", maybe_arrived=True)
        return said["result"]

    async def hand_over(self, method: str, parameters: dict[str, Any], part: str, made: Made) -> Any:
        """Call a method with a file in it, which its parameters name by `part`; returns the bare JSON result."""
        form = MultipartWriter("form-data")
        for name, value in parameters.items():
            # "All other parameters … JSON-serialized": Bot API, "Making requests"
            field = form.append(value if isinstance(value, str) else orjson.dumps(value))
            field.set_content_disposition("form-data", quote_fields=False, name=name)
        file = form.append(made.content, {"Content-Type": made.type})
        file.set_content_disposition("form-data", quote_fields=False, name=part, filename=made.name)
        body, kind = await form.as_bytes(), form.headers["Content-Type"]
        said = as_read(await self._exchange("POST", f"/{method}", body, HAND_OVER_PATIENCE, kind))
        if "result" not in said:
            raise Unheard("the answer is not Telegram's", maybe_arrived=True)
        return said["result"]

    async def fetch(self, path: str, *, patience: float, most: int) -> bytes:
        """Fetch a file of `most` bytes by the path that `getFile` named; of a larger one no more is read, whatever was
        said of its size. TooMuch."""
        return await self._exchange("GET", f"/file/{quote(path)}", None, patience, most=most)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        *_: Any,
        **__: Any,
    ) -> tuple[int, bytes]:
        """Carry one call of `Bot`'s."""
        body = json.dumps(request_data.parameters).encode() if request_data else None
        patience = float(read_timeout) if isinstance(read_timeout, int | float) else PATIENCE
        return 200, await self._exchange(method, url, body, patience)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as a dictionary; unlike the library's own it logs nothing of what it could not read."""
        said = as_read(payload)
        if "result" not in said:
            raise Unheard("the answer is not Telegram's", maybe_arrived=True)
        return said | {"result": _in_short(said["result"])}

    async def _exchange(
        self,
        verb: str,
        path: str,
        body: bytes | None,
        patience: float,
        kind: str = JSON,
        most: int | None = None,
    ) -> bytes:
        try:
            status, payload = await self._connections.call(
                verb, self._address(path), body, patience=patience, kind=kind, most=most
            )
            trouble = None if 200 <= status < 300 else _declined(status, payload)
        except (NeverLeft, Lost) as error:
            trouble = Unheard(self._scrubbed(error), maybe_arrived=isinstance(error, Lost))
        if trouble is not None:
            # Outside of `except`, so that it has no context either.
            raise trouble
        return payload

    def _address(self, path: str) -> str:
        kind, path = ("/file", path.removeprefix("/file")) if path.startswith("/file/") else ("", path)
        return f"{kind}/bot{self._token.get_secret_value()}{path}"

    def _scrubbed(self, error: Exception) -> str:
        token = self._token.get_secret_value()
        text = f"{type(error).__name__}: {error}"
        return text.replace(token, "***").replace(token.partition(":")[2], "***")[:200].rstrip(": ")


def as_read(payload: bytes) -> dict[str, Any]:
    """The object that a JSON text holds, an empty one where it holds none.

    Halves of letters, which orjson refuses and no database keeps, are read as question marks: one odd message must not
    spoil what came with it.
    """
    try:
        said = orjson.loads(payload)
    except ValueError:
        said = _mended(payload)
    return said if isinstance(said, dict) else {}


def _mended(payload: bytes) -> Any:
    try:
        return orjson.loads(json.dumps(json.loads(payload), ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _in_short(result: Any) -> Any:
    """A message of ours comes back whole; only its name is needed.

    The library would read all of it in vain, and a shape that it does not know would make a letter that has
    arrived look like one that has failed.
    """
    if not isinstance(result, dict) or "message_id" not in result or not isinstance(result.get("chat"), dict):
        return result
    chat = {"id": result["chat"].get("id"), "type": result["chat"].get("type", "private")}
    return {"message_id": result["message_id"], "date": 0, "chat": chat}


def _declined(status: int, payload: bytes) -> TelegramError:
    said = as_read(payload)
    if not isinstance(said.get("description"), str):
        # A proxy or a captive portal speaks, not Telegram: no reason to give up a letter or an address.
        return Unheard(f"HTTP {status} from somebody else than Telegram", maybe_arrived=status == 504)
    parameters = said.get("parameters")
    return Declined(status, said["description"], parameters if isinstance(parameters, dict) else {})
