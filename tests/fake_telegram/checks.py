"""Reads a call's parameters and holds them against the Bot API's own list of names and types."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fake_telegram.refusal import Refusal, improper

Json = dict[str, Any]

_API: Json = json.loads((Path(__file__).parent / "api.json").read_text(encoding="utf-8"))
METHODS: dict[str, dict[str, str]] = _API["methods"]
NOT_PLAYED: frozenset[str] = frozenset(_API["known_methods"])
UPDATE_KINDS: frozenset[str] = frozenset(_API["update_kinds"])
_TYPES: dict[str, dict[str, str]] = _API["types"]
_SUBTYPES: dict[str, list[str]] = _API["subtypes"]
_OPAQUE = frozenset(_API["opaque"])
_BY_LOWER = {name.lower(): name for name in [*METHODS, *NOT_PLAYED]}

NOT_FOUND = "Not Found"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    content: bytes
    kind: str = "application/octet-stream"


@dataclass(slots=True)
class Asked:
    """One call: `given` as it stood on the wire, `files` uploaded with it, `from_form` if all is text."""

    method: str
    given: Json
    files: dict[str, Upload] = field(default_factory=dict)
    from_form: bool = False


def method_called(name: str) -> str | None:
    """The method's proper spelling; Telegram takes any mix of large and small letters."""
    return _BY_LOWER.get(name.lower())


def read(asked: Asked) -> Json:
    """The parameters with their proper types; raises Refusal for the first that is wrong."""
    wanted = METHODS[asked.method]
    known = _known(asked, wanted)
    for name, types in wanted.items():
        if types.startswith("!") and known.get(name, "") in ("", None) and name not in asked.files:
            raise improper(_missing(name))
    for name, value in known.items():
        if name not in wanted:
            # Telegram would shrug; a misspelt parameter that does nothing must not go unseen here.
            raise improper(f'unknown parameter "{name}" of {asked.method}')
        if trouble := misfit(value, wanted[name].lstrip("!"), name):
            raise improper(trouble)
    for name in asked.files:
        if name in wanted:
            if "InputFile" not in wanted[name]:
                raise improper(f'parameter "{name}" can\'t be a file')
            known[name] = asked.files[name]
        elif f"attach://{name}" not in json.dumps(asked.given):
            raise improper(f'file "{name}" is attached to nothing')
    return known


def _known(asked: Asked, wanted: dict[str, str]) -> Json:
    known = {name: _plain(value, wanted.get(name, "String"), asked) for name, value in asked.given.items()}
    for name, value in known.items():
        if "InputFile" in wanted.get(name, "") and isinstance(value, str) and value.startswith("attach://"):
            if value.removeprefix("attach://") not in asked.files:
                raise improper("file part of the request is missing")
            known[name] = asked.files[value.removeprefix("attach://")]
    return known


def read_loosely(asked: Asked) -> Json:
    """The parameters without any judgement, for load generation."""
    wanted = METHODS[asked.method]
    try:
        known = _known(asked, wanted)
    except Refusal:
        known = dict(asked.given)
    return known | {name: upload for name, upload in asked.files.items() if name in wanted}


_MISSING = {
    "text": "message text is empty",
    "chat_id": "chat_id is empty",
    "message_id": "message identifier is not specified",
    "from_chat_id": "from_chat_id is empty",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
}


def _missing(name: str) -> str:
    return _MISSING.get(name, f'parameter "{name}" is required')


def _plain(value: Any, types: str, asked: Asked) -> Any:
    """What a form's text, or a JSON body's value, stands for."""
    if not isinstance(value, str):
        return value
    choices = types.lstrip("!").split("|")
    if "Integer" in choices and re.fullmatch(r"-?\d{1,19}", value):
        return int(value)
    if "String" in choices or not value or "InputFile" in choices:
        return value
    if choices == ["Boolean"] and asked.from_form:
        return {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}.get(
            value, value
        )
    if choices == ["Float"] and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    if choices[0] in ("Integer", "Boolean", "Float"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise improper(f"can't parse {types.lstrip('!')} JSON object") from None


def misfit(value: Any, types: str, where: str) -> str | None:
    """Why `value` is none of `types`, or None when it is one of them."""
    found = [_misfit(value, one, where) for one in types.split("|")]
    if None in found:
        return None
    # Of several choices the one that got furthest says best what is wrong.
    return max(
        (trouble for trouble in found if trouble), key=lambda trouble: (trouble.count("."), -len(trouble))
    )


_SIMPLE: dict[str, tuple[type, ...]] = {
    "String": (str,),
    "Boolean": (bool,),
    "Integer": (int,),
    "Float": (int, float),
}


def _misfit(value: Any, kind: str, where: str) -> str | None:
    if kind in _SIMPLE:
        fits = isinstance(value, _SIMPLE[kind]) and (kind == "Boolean" or not isinstance(value, bool))
        return None if fits else f'field "{where}" must be of type {kind}'
    if kind == "InputFile":
        return None if isinstance(value, Upload) else f'field "{where}" must be a file'
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return f'field "{where}" must be of type Array'
        inner = kind.removeprefix("Array of ")
        return next(
            (bad for i, one in enumerate(value) if (bad := _misfit(one, inner, f"{where}.{i}"))), None
        )
    if not isinstance(value, dict):
        return f'field "{where}" must be of type {kind}'
    if kind in _OPAQUE:
        return None
    if kind in _SUBTYPES:
        return misfit(value, "|".join(_matching(value, _SUBTYPES[kind])), where)
    return _misfit_fields(value, kind, where)


def _matching(value: Json, kinds: list[str]) -> list[str]:
    """The subtypes whose name ends as the object's own `type` says; all of them if none does."""
    tail = str(value.get("type", "")).replace("_", "").lower()
    return [kind for kind in kinds if tail and kind.lower().endswith(tail)] or kinds


def _misfit_fields(value: Json, kind: str, where: str) -> str | None:
    wanted = _TYPES[kind]
    for name, types in wanted.items():
        if types.startswith("!") and name not in value:
            return f'can\'t find field "{where}.{name}" of {kind}'
    for name, one in value.items():
        if name not in wanted:
            return f'unknown field "{where}.{name}" of {kind}'
        if trouble := misfit(one, wanted[name].lstrip("!"), f"{where}.{name}"):
            return trouble
    return None
