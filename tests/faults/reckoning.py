"""What a run of `kill -9` came to: how things stood when the process died, and afterwards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Reckoning:
    """What one run came to."""

    number: int
    killed_after: float
    acknowledged: int
    unconfirmed: int
    owed: int
    in_flight: int
    twice: int
    receiving: float
    recovered: float
    seconds: float
    result: dict[str, int]

    def __str__(self) -> str:
        votes = ", ".join(f"{choice} {count}" for choice, count in self.result.items())
        return (
            f"run {self.number}: killed {self.killed_after:.2f} s after the first tap; {self.acknowledged} taps "
            f"were acknowledged, {self.unconfirmed} updates unconfirmed, {self.owed} envelopes owed, of them "
            f"{self.in_flight} letters in flight; received again after {self.receiving:.1f} s, owed nothing after "
            f"{self.recovered:.1f} s; {votes}; {self.twice} letters came twice, as they may; {self.seconds:.1f} s"
        )


@dataclass(frozen=True)
class Held:
    """How things stood when the process died; `in_flight` are letters called for and not marked as sent."""

    acknowledged: int
    unconfirmed: int
    owed: int
    in_flight: set[tuple[str, str]]
