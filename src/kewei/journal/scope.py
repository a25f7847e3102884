"""Which terminals a person sees, as the journal asks it.

A fact carries a terminal's number, but the journal stands below the terminals: that room plugs its answer in here when
it is loaded.
"""

from collections.abc import Callable
from typing import Any

_plugged: list[Callable[[Any, str], Any]] = []


def plug(visible_to: Callable[[Any, str], Any]) -> None:
    """Called once by terminals, with (person, verb) -> a queryset of primary keys."""
    _plugged[:] = [visible_to]


def terminals_visible_to(person, verb: str) -> Any:
    """Primary keys of the terminals this person sees for a verb, as a subquery; none while nobody has plugged in."""
    return _plugged[0](person, verb) if _plugged else []
