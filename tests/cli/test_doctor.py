"""`folkmoot doctor`: what it sees in a town with troubles."""

from __future__ import annotations

from datetime import timedelta

from bot import doctor
from bot.clock import utc_now
from bot.commands.examining import _facts, _told
from bot.db import Database
from bot.message import Message
from bot.models import Address, Envelope, Resident, Tick
from bot.outbox import Draft, Lane, put


async def test_the_doctor_sees_what_waits_what_was_given_up_and_when_jobs_ran(database: Database) -> None:
    now = utc_now().replace(microsecond=0)
    async with database.writing() as session:
        person = Resident(language="en", interests=[], created_at=now)
        home = Address(channel="web", chat="a", resident=person, preferred=True, created_at=now)
        session.add_all([person, home, Tick(job="tidy", at=now - timedelta(minutes=5))])
        await session.flush()
        for number, minutes in enumerate((3, 9)):
            draft = Draft(home, Message("hello"), f"bulk:{number}", lane=Lane.BULK)  # type: ignore[arg-type]
            await put(session, [draft], now=now - timedelta(minutes=minutes))
        for number, (reason, hours) in enumerate((("address closed", 2), ("address closed", 30), (None, 1))):
            state = "refused" if reason else "expired"
            session.add(_done(home, f"done:{number}", state, reason, now - timedelta(hours=hours)))
    async with database.reading() as session:
        health = await doctor.examine(session, now=now)

    facts = _facts(health)
    assert facts["outbox"] == [{"channel": "web", "lane": "bulk", "waiting": 2, "oldest_seconds": 540}]
    assert sorted(facts["given_up"], key=lambda one: str(one["reason"])) == [
        {"lane": "reply", "reason": "address closed", "count": 1},
        {"lane": "reply", "reason": "expired", "count": 1},
    ]
    assert facts["jobs"] == [{"name": "tidy", "last": f"{now - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"}]
    assert (facts["people"], facts["members"], facts["communities"]) == (1, 0, 0)
    told = "\n".join(_told(health))
    assert "  web, bulk: 2, the oldest 9 minutes ago" in told
    assert "        1  reply     address closed" in told
    assert "  tidy: 5 minutes ago" in told


def _done(address: Address, once_key: str, state: str, reason: str | None, at: object) -> Envelope:
    return Envelope(
        once_key=once_key,
        channel="web",
        address_id=address.id,
        lane=0,
        action="send",
        state=state,
        reason=reason,
        created_at=at,
        not_before=at,
        done_at=at,
    )
