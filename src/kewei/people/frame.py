"""The frame people's actions run in.

People stands below the journal (every fact names a person), so its actions cannot import the journal's frame. The
journal plugs it in here when the house is loaded; the actions read as they do in every other room.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

_Do = TypeVar("_Do", bound=Callable[..., Any])
_plugged: dict[str, Callable[..., Any]] = {}


def plug(*, action: Callable[..., Any], record: Callable[..., Any]) -> None:
    """Called once by the journal."""
    _plugged.update(action=action, record=record)


def action(do: _Do) -> _Do:
    """One verb, one transaction: see kewei.journal.actions.action."""

    @functools.wraps(do)
    def run(**given):
        return _plugged["action"](do)(**given)

    run.__kewei_action__ = True  # type: ignore[attr-defined]
    return run  # type: ignore[return-value]


def record(name: str, subject: Any = None, /, **given: Any) -> None:
    """Record a fact: see kewei.journal.actions.record."""
    _plugged["record"](name, subject, **given)
