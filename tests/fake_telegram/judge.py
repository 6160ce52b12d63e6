"""A second opinion on every call and every update: aiogram's pydantic models of the Bot API."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import ValidationError

from tests.fake_telegram.checks import Json, Upload


@cache
def _model(method: str) -> Any:
    from tests.fake_telegram.models import aiogram  # late: load generation does without

    return getattr(aiogram.methods, method[0].upper() + method[1:], None)


@cache
def _update() -> Any:
    from tests.fake_telegram.models import aiogram

    return aiogram.types.Update


def trouble_with_call(method: str, params: Json) -> str | None:
    """What aiogram finds wrong with the call, or None."""
    model = _model(method)
    if model is None:
        return None
    given = {name: value.name if isinstance(value, Upload) else value for name, value in params.items()}
    if method == "editMessageMedia" or any(isinstance(value, Upload) for value in params.values()):
        from tests.fake_telegram.models import aiogram

        for name, value in params.items():
            if isinstance(value, Upload):
                given[name] = aiogram.types.BufferedInputFile(value.content, value.name)
    return _verdict(model, given)


def trouble_with_update(update: Json) -> str | None:
    """What aiogram finds wrong with an update, or None."""
    return _verdict(_update(), update)


def _verdict(model: Any, value: Json) -> str | None:
    try:
        model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return None
