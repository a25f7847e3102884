"""What rooms offer to be run: followers of facts (reactions.py) and jobs of the clock (jobs.py), found by looking.

reactions.py:  FOLLOWS = {facts.PAYMENT_RECEIVED: lift_hold_when_debt_is_gone}     called as function(fact, now=now)
jobs.py:       JOBS = [("receivables.remind", Daily(at=time(7, 0)), remind)]        called as function(now=now)
               (a plain time is short for Daily)

A follower must bear being asked twice, and starts with the first fact there is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from kewei.journal.rules import Daily, Rhythm


@dataclass(frozen=True)
class Follower:
    """A function of a room and the names of the facts it follows; `name` is its place in the chain."""

    name: str
    facts: frozenset[str]
    do: Callable[..., Any]


@dataclass(frozen=True)
class Job:
    """A function of a room and how often the clock asks for it."""

    name: str
    rhythm: Rhythm
    do: Callable[..., Any]


@cache
def followers() -> tuple[Follower, ...]:
    """Every follower of every room, in the order of the rooms; a function following several facts is one follower."""
    found = []
    for room, module in _offered("reactions"):
        names: dict[Callable[..., Any], set[str]] = {}
        for fact, do in getattr(module, "FOLLOWS", {}).items():
            names.setdefault(do, set()).add(fact)
        found += [Follower(f"{room}.{do.__name__}", frozenset(facts), do) for do, facts in names.items()]
    return tuple(found)


@cache
def jobs() -> tuple[Job, ...]:
    """Every job of every room."""
    return tuple(
        Job(name, Daily(rhythm) if isinstance(rhythm, time) else rhythm, do)
        for _, module in _offered("jobs")
        for name, rhythm, do in getattr(module, "JOBS", [])
    )


@cache
def says() -> dict[str, str]:
    """The msgid of every fact's name, from the rooms' SAYS."""
    return {name: words for _, module in _offered("facts") for name, words in getattr(module, "SAYS", {}).items()}


def _offered(drawer: str):
    """(room, module) of every room of the house that has this drawer."""
    for config in apps.get_app_configs():
        if config.name.startswith("kewei.") and find_spec(f"{config.name}.{drawer}"):
            yield config.label, import_module(f"{config.name}.{drawer}")
