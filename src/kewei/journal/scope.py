"""Which terminals a person sees, as the journal asks it.

A fact carries a terminal's number, but the journal stands below the terminals: that room plugs its answer in here when
it is loaded.
"""

from collections.abc import Callable, Collection
from typing import Any

_plugged: list[Callable[[Any, str], Any]] = []
_hidden: list[Callable[[Any], Collection[str]]] = []


def plug(visible_to: Callable[[Any, str], Any], hidden_from: Callable[[Any], Collection[str]]) -> None:
    """Called once by terminals, with (person, verb) -> a queryset of primary keys, and person -> names of facts."""
    _plugged[:], _hidden[:] = [visible_to], [hidden_from]


def hidden_from(person) -> Collection[str]:
    """Names of facts this person is not told even about terminals they see."""
    return _hidden[0](person) if _hidden else ()


def terminals_visible_to(person, verb: str) -> Any:
    """Primary keys of the terminals this person sees for a verb, as a subquery; none while nobody has plugged in."""
    return _plugged[0](person, verb) if _plugged else []
