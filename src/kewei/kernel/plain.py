"""Frozen dataclasses to JSON and back: what the gate looked at is kept, and looked at again years later."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

_Value = TypeVar("_Value")


def as_json(value: Any) -> Any:
    """A dataclass of texts, whole numbers, days, tuples and further dataclasses as JSON holds it; days in ISO."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [as_json(one) for one in value]
    if isinstance(value, dict):
        return {str(key): as_json(one) for key, one in value.items()}
    return value


def from_json(kind: type[_Value], body: Any) -> _Value:
    """The dataclass `as_json` was made from; fields it has got since take their defaults."""
    hints = _hints(kind)  # type: ignore[arg-type]
    return kind(**{name: _read(hints[name], body[name]) for name in hints if name in body})


@cache
def _hints(kind: type) -> dict[str, Any]:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return {name: hint for name, hint in get_type_hints(kind).items() if name in known}


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _read(next(part for part in parts if part is not type(None)), value)
    if origin is tuple:
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_read(parts[0], one) for one in value)
        return tuple(_read(part, one) for part, one in zip(parts, value, strict=True))
    if origin is dict:
        return {key: _read(parts[1], one) for key, one in value.items()}
    if isinstance(hint, type):
        if is_dataclass(hint):
            return from_json(hint, value)
        if issubclass(hint, date):
            return hint.fromisoformat(value)
    return value
