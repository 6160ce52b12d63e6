"""Boards: what a message that many people look at should show, edited now and then with the newest state.

What changes costs nothing here: nobody marks anything when somebody votes. `show` looks every few seconds which boards
show another state than the one there is, and puts one edit for each, however much has happened in between. The next
edit of a board is not put before the last one has arrived, so nothing piles up behind a slow wire, and the newest
state always comes: what is shown and what was delivered are rows, so a restart changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, outbox
from bot.i18n import Tongue
from bot.lanes import Lane
from bot.message import Message
from bot.models import UNSENT, Address, Board, Envelope, GroupChat
from bot.outbox import Draft

GAP = timedelta(seconds=5)
"""Between two edits of one board. A group may get 20 messages a minute, and others want to be heard there too."""

AFTER_FAILURE = timedelta(minutes=10)
ENOUGH = 6  # edits in a row that did not arrive, after which a board is left as it is
MOST = 200  # boards of a kind in one look; the others follow with the next


@dataclass(frozen=True, slots=True)
class Face:
    """How a board looks: in `state`, as `message` draws it, or as `farewell` does where its group is connected no more.

    `news` is a message of its own that comes with this state, once. After the `last` state nothing changes any more.
    """

    state: int
    message: Callable[[Tongue], Message]
    farewell: Callable[[Tongue], Message]
    news: Callable[[Tongue], Message] | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of board. `states` selects (number, state, community) of all there are; `faces` draws those with these
    numbers.

    A state is any whole number that is another one when there is something else to show. Boards hang in
    connected groups; those that are not `in_groups` hang anywhere.
    """

    name: str
    states: Select[int, int, int]
    faces: Callable[[AsyncSession, Collection[int]], Awaitable[Mapping[int, Face]]]
    in_groups: bool = True


async def post(
    session: AsyncSession,
    kind: str,
    number: int,
    chats: Sequence[Address],
    *,
    state: int,
    message: Callable[[Tongue], Message],
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Put up a board in each of these chats, each in its own language; returns how many."""
    if not chats:
        return 0
    drawn = {code: message(i18n.tongue(code)) for code in {_language(chat) for chat in chats}}
    drafts = [
        Draft(
            chat,
            drawn[_language(chat)],
            f"board:{kind}:{number}:{chat.id}",
            lane=Lane.PERSONAL,
            expires_at=expires_at,
        )
        for chat in chats
    ]
    parcels = await outbox.put(session, drafts, now=now)
    session.add_all(
        Board(
            address_id=chat.id,
            kind=kind,
            number=number,
            language=_language(chat),
            shown=state,
            envelope_id=parcel.envelope,
            due_at=now + GAP,
        )
        for chat, parcel in zip(chats, parcels, strict=True)
    )
    await session.flush()
    return len(chats)


async def show(session: AsyncSession, kinds: Sequence[Kind], *, now: datetime) -> int:
    """Bring up to date what shows another state than there is; returns how many edits were put."""
    await _note_what_arrived(session, now=now)
    drafts: list[Draft] = []
    edits: dict[str, Board] = {}
    for kind in kinds:
        stale = await _stale(session, kind, now=now)
        faces = await kind.faces(session, {board.number for board, _, _ in stale}) if stale else {}
        for board, chat, connected in stale:
            if face := faces.get(board.number):
                edit, *news = _drawn(board, chat, face, connected=connected, now=now)
                edits[edit.once_key] = board
                drafts += [edit, *news]
    for draft, parcel in zip(drafts, await outbox.put(session, drafts, now=now), strict=True):
        if draft.once_key in edits:
            edits[draft.once_key].envelope_id = parcel.envelope
    return len(edits)


async def _note_what_arrived(session: AsyncSession, *, now: datetime) -> None:
    """Take down the names of messages that have been delivered; what was not delivered is put again later."""
    rows = await session.execute(
        select(Board, Envelope.state, Envelope.reference)
        .outerjoin(Envelope, Envelope.id == Board.envelope_id)
        .where(Board.done_at.is_(None), Board.envelope_id.is_not(None))
        .where(or_(Envelope.id.is_(None), Envelope.state.not_in(UNSENT)))
        .order_by(Board.id)
        .with_for_update(of=Board, skip_locked=True)
    )
    for board, state, reference in rows.all():
        board.envelope_id = None
        if state == "sent":
            board.reference, board.failures = reference or board.reference, 0
            board.done_at = now if board.last else None
            continue
        board.shown, board.failures = None, board.failures + 1
        board.due_at = now + AFTER_FAILURE * board.failures
        if board.reference is None or board.failures >= ENOUGH:
            board.done_at = now  # it never got there, or cannot be changed any more


async def _stale(
    session: AsyncSession, kind: Kind, *, now: datetime
) -> Sequence[tuple[Board, Address, bool]]:
    """Boards to be drawn again, where they hang, and whether that group is still connected.

    Only here are boards changed, and only after this look are addresses needed: turns, which hold addresses first,
    and this never wait for each other.
    """
    states = kind.states.subquery()
    number, state, community = states.c
    link = (GroupChat.community_id == community) & (GroupChat.address_id == Board.address_id)
    connected = GroupChat.community_id.is_not(None) if kind.in_groups else true()
    other = or_(Board.shown.is_(None), Board.shown != state, Board.language != Address.language, ~connected)
    rows = await session.execute(
        select(Board, Address, connected)
        .join(states, number == Board.number)
        .join(Address, Address.id == Board.address_id)
        .outerjoin(GroupChat, link)
        .where(Board.kind == kind.name, Board.done_at.is_(None), Board.envelope_id.is_(None))
        .where(_due(now), Address.closed_at.is_(None), other)
        .order_by(Board.due_at, Board.id)
        .limit(MOST)
        .with_for_update(of=Board, skip_locked=True)
    )
    return [(board, chat, bool(still)) for board, chat, still in rows]


def _due(now: datetime) -> ColumnElement[bool]:
    """Its time has come; or it is later than any could be, because the clock was set back."""
    return or_(Board.due_at <= now, and_(Board.failures == 0, Board.due_at > now + GAP))


def _drawn(board: Board, chat: Address, face: Face, *, connected: bool, now: datetime) -> list[Draft]:
    """The edit, and the news that come with it."""
    board.puts, board.due_at = board.puts + 1, now + GAP
    board.shown, board.language, board.last = face.state, _language(chat), face.last or not connected
    tongue = i18n.tongue(board.language)
    message = face.message(tongue) if connected else face.farewell(tongue)
    key = f"board:{board.id}:{board.puts}"
    edit = Draft(chat, message, key, "edit", board.reference, lane=Lane.PERSONAL)
    if face.news is None or not connected or board.told == face.state:
        return [edit]
    board.told = face.state
    news = Draft(chat, face.news(tongue), f"board:{board.id}:news:{face.state}", lane=Lane.PERSONAL)
    return [edit, news]


def _language(chat: Address) -> str:
    return chat.language or i18n.SOURCE
