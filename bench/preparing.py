"""`DATABASE_URL=… python -m bench.preparing`: puts a broadcast to everybody into the outbox, and times it."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import time

from bench import town
from bench.contenders import settings


async def main() -> None:
    """Put it, and print seconds, letters and MB at most."""
    here = settings(os.environ["DATABASE_URL"])
    began = time.monotonic()
    letters = await town.broadcast(here, "bench:everybody")
    took = time.monotonic() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": took, "letters": letters, "most_mb": most / 2**20}))


if __name__ == "__main__":
    asyncio.run(main())
