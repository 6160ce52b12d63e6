"""tmp"""
import time
from sqlalchemy import select,text
from bot.db import *
from bot.models import *
from bot.clock import utc_now
async def test_a(database):
    async with database.writing() as s:
        s.add(Resident(language="en",created_at=utc_now()))
    async with database.reading() as s:
        assert (await s.scalar(select(Resident))).language=="en"
    assert await ready(database) is None
import pytest
@pytest.mark.parametrize("n",range(20))
async def test_b(database,n):
    t=time.time()
    for _ in range(100):
        async with database.writing() as s:
            s.add(Resident(language="en",created_at=utc_now()))
    print(database.dialect, time.time()-t)
