"""Everything that can go wrong on purpose.

FolkmootError
├── Refused            no, in words for the person who asked
├── SettingWrong       the operator's settings cannot work
├── BadPress           a button payload that is no payload of ours
├── Busy               the queue of turns is full; come back in a moment
├── DatabaseTrouble    the database is locked, gone, full or from a newer version
└── DeliveryFailed     a letter did not arrive; its *fate* says what to do with it
    ├── RetryLater     try again in `after` seconds
    ├── Undeliverable  drop this letter, keep the address
    ├── AddressClosed  drop this letter and write no more to this address
    └── Moved          the address has a new name; write there instead
"""

from __future__ import annotations

from typing import Any


class FolkmootError(Exception):
    """Root of the tree."""


class Refused(FolkmootError):
    """Say no in one way: `raise Refused(N_("This poll has closed."))`.

    `sentence` is an untranslated msgid with named holes, `holes` fill them. Whoever catches it
    (dispatcher, page, API) says it in the reader's language.
    """

    def __init__(self, sentence: str, **holes: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.holes = holes


class SettingWrong(FolkmootError):
    """A setting that cannot work; the text is one sentence for the operator."""


class BadPress(FolkmootError):
    """A payload that is unknown, half-cut or forged."""


class Busy(FolkmootError):
    """The queue of turns is full; nothing was taken in, so nothing is lost by coming back later."""


class DatabaseTrouble(FolkmootError):
    """The database cannot be used; the text is one sentence for the operator, without secrets."""


class DeliveryFailed(FolkmootError):
    """A letter did not arrive. `reason` is short, technical and free of what the letter said."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RetryLater(DeliveryFailed):
    """Not now. `maybe_arrived` is true when the answer was lost and the letter may be there already.

    `whole_channel`, `whole_chat`: for so long nothing at all may be sent, or nothing to this chat.
    """

    def __init__(
        self,
        reason: str,
        *,
        after: float,
        maybe_arrived: bool = False,
        whole_channel: bool = False,
        whole_chat: bool = False,
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.maybe_arrived = maybe_arrived
        self.whole_channel = whole_channel
        self.whole_chat = whole_chat


class Undeliverable(DeliveryFailed):
    """This letter cannot be delivered, others to the same address can."""


class AddressClosed(DeliveryFailed):
    """Nobody reads at this address any more (blocked, deleted)."""


class Moved(DeliveryFailed):
    """The address goes on under another name, for example a group that became a supergroup."""

    def __init__(self, reason: str, *, to: str) -> None:
        super().__init__(reason)
        self.to = to
