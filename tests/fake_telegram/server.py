"""The door to the fake: HTTP on 127.0.0.1 in, JSON out, or whatever trouble was ordered."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.web_request import FileField

from tests.fake_telegram.checks import Asked, Json, Upload, method_called
from tests.fake_telegram.control import add_control
from tests.fake_telegram.faults import AFTER, Fault
from tests.fake_telegram.record import Call
from tests.fake_telegram.refusal import Refusal

if TYPE_CHECKING:
    from tests.fake_telegram.telegram import FakeTelegram

_BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)
_LARGEST_BODY = 60 * 1024 * 1024
_LARGER = 30 * 1024 * 1024  # more than a bot may fetch


class Door:
    """Listens on one port, also after having been shut."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self.port = 0
        self._telegram = telegram
        self._runner: web.AppRunner | None = None
        self._open: set[asyncio.BaseTransport] = set()

    async def open(self, port: int | None) -> None:
        """Listen."""
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_route("*", "/bot{token:[^/]*}/{method}", self._call)
        app.router.add_get("/file/bot{token:[^/]*}/{path:.+}", self._file)
        add_control(app, self._telegram)
        app.router.add_route("*", "/{rest:.*}", self._nothing)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or self.port, reuse_address=True)
        await site.start()
        server: Any = site._server
        self.port = server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Stop listening and break every connection."""
        if self._runner is None:
            return
        runner, self._runner = self._runner, None
        for site in list(runner.sites):
            await site.stop()
        for transport in list(self._open):
            _reset(transport)
        self._open.clear()
        await runner.cleanup()

    async def _nothing(self, request: web.Request) -> web.Response:
        return _says(Refusal(404, "Not Found"))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._telegram.token:
            return _says(Refusal(401, "Unauthorized"))
        asked = request.match_info["path"]
        files = self._telegram.world.files.values()
        content = next((upload.content for path, upload in files if path == asked), None)
        if content is None:
            return _says(Refusal(404, "Not Found"))
        fault = self._telegram.faults.pick("file", None)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        refusal = None if fault is None else fault.refusal()
        if refusal is not None:
            return _says(refusal)
        if fault is not None and fault.kind == "truncated":
            return await _half(request, content)
        if fault is not None and fault.kind == "larger":
            content += bytes(_LARGER)
        self._telegram.counts["file"] += 1
        return web.Response(body=content, content_type="application/octet-stream")

    async def _call(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if transport is not None and transport not in self._open:
            self._open = {one for one in self._open if not one.is_closing()} | {transport}
        if request.match_info["token"] != self._telegram.token:
            return _says(Refusal(401, "Unauthorized"))
        try:
            asked = await _asked(request)
        except Refusal as refusal:
            return _says(refusal)
        fault = self._telegram.faults.pick(
            method_called(asked.method) or asked.method, _number(asked.given.get("chat_id"))
        )
        if fault is None:
            return _answer(*await self._outcome(asked, None))
        return await self._troubled(request, asked, fault)

    async def _outcome(self, asked: Asked, fault: str | None) -> tuple[int, Json]:
        try:
            result = await self._telegram.perform(asked, fault)
        except Refusal as refusal:
            return refusal.code, refusal.body()
        said: Json = {"ok": True, "result": result}
        if asked.method == "setWebhook":
            said["description"] = "Webhook was set" if asked.given.get("url") else "Webhook was deleted"
        return 200, said

    async def _troubled(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return _answer(*await self._outcome(asked, fault.kind))
        if fault.kind not in AFTER:
            return self._instead(request, asked, fault)
        status, body = await self._outcome(asked, fault.kind)
        if fault.kind == "slow_after":
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "truncated":
            text = json.dumps(body)
            return web.Response(text=text[: len(text) // 2], status=status, content_type="application/json")
        elif fault.kind == "wrong_json":
            return web.json_response(["this is", "no answer of the Bot API"])
        elif fault.kind == "reset_after":
            _reset(request.transport)
        return _answer(status, body)

    def _instead(self, request: web.Request, asked: Asked, fault: Fault) -> web.Response:
        """The call has no effect; it is written down all the same."""
        refusal = fault.refusal()
        call = Call(asked.method, asked.given, self._telegram.world.clock(), fault=fault.kind)
        self._telegram.note(call, refusal)
        if refusal:
            return _says(refusal)
        if fault.kind == "reset":
            _reset(request.transport)
        return web.Response(text=_BAD_GATEWAY, status=502, content_type="text/html")


async def _half(request: web.Request, content: bytes) -> web.StreamResponse:
    """The first half of a file, and then the line breaks."""
    answer = web.StreamResponse(headers={"Content-Length": str(len(content))})
    await answer.prepare(request)
    await answer.write(content[: len(content) // 2])
    await asyncio.sleep(0.05)  # a reset throws away what has not been read yet
    _reset(request.transport)
    return answer


def _reset(transport: asyncio.BaseTransport | None) -> None:
    """Break the connection at once, so that the other side gets a reset and not a polite end."""
    if not isinstance(transport, asyncio.Transport):
        return
    wire = transport.get_extra_info("socket")
    if wire is not None and not transport.is_closing():
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _answer(status: int, body: Json) -> web.Response:
    return web.Response(
        body=json.dumps(body, separators=(",", ":")).encode(), status=status, content_type="application/json"
    )


def _says(refusal: Refusal) -> web.Response:
    return _answer(refusal.code, refusal.body())


def _number(chat: Any) -> Any:
    """A chat id that came as text."""
    return int(chat) if isinstance(chat, str) and chat.lstrip("-").isdigit() else chat


async def _asked(request: web.Request) -> Asked:
    """What the call holds, from the address, a form, a multipart body or JSON."""
    asked = Asked(request.match_info["method"], dict(request.query), from_form=True)
    if request.content_type == "application/json":
        if not request.can_read_body:
            return asked
        try:
            body = await request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refusal(400, "Bad Request: can't parse JSON object")
        asked.given |= body
        asked.from_form = False
        return asked
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            content = value.file.read()
            value.file.close()
            asked.files[name] = Upload(value.filename, content, value.content_type)
        elif isinstance(value, str):
            asked.given[name] = value
        else:
            asked.given[name] = bytes(value).decode()
    return asked
