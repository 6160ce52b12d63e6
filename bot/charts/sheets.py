"""What stands on a poster, as data: a sheet of paper with a question, a code to scan, and how to answer."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

Form = Literal["png", "pdf"]


@dataclass(frozen=True, slots=True)
class Voice:
    """What one language says beside the code: what to do, a few lines, and what stands over the typed address."""

    calls: str
    said: tuple[str, ...]
    typed: str
    rtl: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A poster. `leads_to` is the address in the code to scan, `shown` the same for whoever types it.

    `titles` are one, or one for each voice. `picture` is a JPEG in base64; `rtl`: the sheet begins at the right.
    """

    community: str
    titles: tuple[str, ...]
    leads_to: str
    shown: str
    voices: tuple[Voice, ...]
    picture: str | None = None
    rtl: bool = False

    def as_json(self, form: Form) -> bytes:
        """On one line."""
        return json.dumps({"sheet": asdict(self), "form": form}).encode()

    @classmethod
    def from_json(cls, read: dict[str, Any]) -> Sheet:
        """Read what `as_json` wrote below "sheet"."""
        voices = tuple(Voice(**{**one, "said": tuple(one["said"])}) for one in read["voices"])
        return cls(**{**read, "titles": tuple(read["titles"]), "voices": voices})
