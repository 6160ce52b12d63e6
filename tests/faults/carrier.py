"""`python -m tests.faults.carrier ADDRESS FILE NAME`: a process with a postman whose channel is a file."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.clock import utc_now
from bot.db import Database
from bot.message import Parcel
from bot.pace import Limits
from bot.postman import Postman
from tests.paper import PaperChannel


class FileChannel(PaperChannel):
    """Writes a line for each delivery, and takes a moment for it."""

    def __init__(self, path: str, name: str) -> None:
        super().__init__()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._name = name

    async def deliver(self, parcel: Parcel) -> str | None:
        await asyncio.sleep(0.02)
        os.write(self._file, f"{self._name} {parcel.chat} {parcel.message.text}\n".encode())
        return None


async def carry(address: str, path: str, name: str) -> None:
    """Deliver until killed."""
    await Postman(Database(make_url(address)), FileChannel(path, name), Limits(), utc_now).run()


if __name__ == "__main__":
    Path(".".join(sys.argv[2:])).touch()  # we are there
    asyncio.run(carry(*sys.argv[1:]))
