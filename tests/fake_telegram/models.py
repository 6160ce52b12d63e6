"""aiogram, each of whose models is built when it first judges something: to build all of them takes four seconds."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from pydantic import BaseModel

__all__ = ["aiogram"]

_names: dict[str, Any] = {}
"""What the models call each other."""


def _later(_: type[BaseModel], *, _types_namespace: dict[str, Any]) -> None:
    _names.update(_types_namespace)


def _now(
    model: type[BaseModel], /, *, force: bool = False, raise_errors: bool = True, **_: Any
) -> bool | None:
    return BaseModel.model_rebuild.__func__(  # type: ignore[attr-defined, no-any-return]
        model, force=force, raise_errors=raise_errors, _types_namespace=_names
    )


with patch.object(BaseModel, "model_rebuild", classmethod(_later)):
    import aiogram.client.session.aiohttp
    import aiogram.client.telegram
    import aiogram.methods
    import aiogram.types
    from aiogram.methods.base import Response, TelegramMethod
    from aiogram.types.base import TelegramObject

for _root in (Response, TelegramMethod, TelegramObject):
    _root.model_rebuild = classmethod(_now)  # type: ignore[method-assign, assignment]
