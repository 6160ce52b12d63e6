"""`python -m tests.fake_telegram --port N --token T`: the fake as its own process, steered by /control."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from tests.fake_telegram.telegram import TOKEN, FakeTelegram


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_telegram", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="0: any free one; it is printed in the first line"
    )
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--lenient", action="store_true", help="judge nothing, for load generation")
    parser.add_argument("--pace", action="store_true", help="answer 429 beyond Telegram's published pace")
    parser.add_argument(
        "--query-life", type=float, default=15.0, help="seconds in which a tap can be answered"
    )
    return parser.parse_args()


async def _serve(wishes: argparse.Namespace) -> None:
    api = FakeTelegram(wishes.token, lenient=wishes.lenient, pace=wishes.pace, query_life=wishes.query_life)
    end = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, end.set)
    await api.start(wishes.port)
    print(api.url, flush=True)
    try:
        await end.wait()
    finally:
        await api.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(_wishes()))
