"""What was made is made once, however many ask, and not kept for ever."""

from __future__ import annotations

import asyncio

import pytest

from bot.console.memory import Memory


class Oven:
    """Bakes slowly, and counts."""

    def __init__(self) -> None:
        self.baked: list[str] = []
        self.broken = False

    async def bake(self, name: str) -> str:
        self.baked.append(name)
        await asyncio.sleep(0.01)
        if self.broken:
            raise OSError("cold")
        return name.upper()


async def test_a_crowd_costs_one() -> None:
    oven, memory = Oven(), Memory[str](5)
    got = await asyncio.gather(*(memory.get("a", lambda: oven.bake("a")) for _ in range(50)))
    assert (set(got), oven.baked) == ({"A"}, ["a"])


async def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    oven, memory = Oven(), Memory[str](2)
    for name in ("a", "b", "a", "c", "a", "b"):
        await memory.get(name, lambda name=name: oven.bake(name))  # type: ignore[misc]
    assert oven.baked == ["a", "b", "c", "b"]


async def test_what_failed_is_tried_again() -> None:
    oven, memory = Oven(), Memory[str](2)
    oven.broken = True
    with pytest.raises(OSError, match="cold"):
        await memory.get("a", lambda: oven.bake("a"))
    oven.broken = False
    assert await memory.get("a", lambda: oven.bake("a")) == "A"


async def test_somebody_who_goes_away_does_not_take_it_from_the_others() -> None:
    oven, memory = Oven(), Memory[str](2)
    first = asyncio.create_task(memory.get("a", lambda: oven.bake("a")))
    await asyncio.sleep(0)
    second = asyncio.create_task(memory.get("a", lambda: oven.bake("a")))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == "A"
    assert oven.baked == ["a"]
    await memory.close()
