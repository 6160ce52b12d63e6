"""What was made a moment ago, kept by the name of what it shows: made once, however many ask, and not for ever."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """The last `most` things. Those who ask for what is being made wait for it together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, asyncio.Task[T]] = OrderedDict()

    async def get(self, name: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """What has that name, made now unless it is there. What could not be made is tried again by the next."""
        task = self._made.get(name)
        if task is None:
            task = self._made[name] = asyncio.ensure_future(self._making(make))
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        self._made.move_to_end(name)
        try:
            # Somebody who goes away does not take it from the others.
            return await asyncio.shield(task)
        except Exception:
            if self._made.get(name) is task:
                del self._made[name]
            raise

    @staticmethod
    async def _making(make: Callable[[], Awaitable[T]]) -> T:
        return await make()

    async def close(self) -> None:
        """Make nothing more."""
        tasks = [task for task in self._made.values() if not task.done()]
        self._made.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
