"""`DATABASE_URL=… python -m bench.preparing`: puts a broadcast to everybody into the outbox, and times it."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import time

from bench import machine, town
from bench.contenders import settings


async def main() -> None:
    """Put it, and print seconds, letters and MB before and at most."""
    here = settings(os.environ["DATABASE_URL"])
    before = machine.memory([os.getpid()])
    began = time.monotonic()
    letters = await town.broadcast(here, "bench:everybody")
    took = time.monotonic() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = {"seconds": took, "letters": letters, "before_mb": before / 2**20, "most_mb": most / 2**20}
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main())
