"""What the promises share: threads that start together, and a company of one's own for processes that are killed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from tests.company import Company

Work = Callable[[int], Any]


@pytest.fixture
def company(transactional_db: None, tmp_path: Path) -> Iterator[Company]:
    """A freshly migrated database of its own, with nobody in it; for tests that start processes and kill them."""
    made = Company.founded(tmp_path)
    yield made
    made.wound_up()


@pytest.fixture
def at_once() -> Iterator[Callable[[int, Work], list[Any]]]:
    """Run work(0), work(1), … in threads that start together; answers or exceptions, in that order.

    Each thread has a connection of its own, however many: the pool of a serving process would let sixteen in.
    """
    options = connection.settings_dict["OPTIONS"]
    pool = options.pop("pool", None)
    if pool is not None:
        connections.close_all()
        connection.close_pool()

    def run(threads: int, work: Work) -> list[Any]:
        answers: list[Any] = [None] * threads
        start = threading.Barrier(threads)

        def one(place: int) -> None:
            try:
                connection.ensure_connection()
                start.wait(60)
                answers[place] = work(place)
            except Exception as failure:
                answers[place] = failure
            finally:
                connections.close_all()

        running = [threading.Thread(target=one, args=(place,)) for place in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        return answers

    yield run
    if pool is not None:
        connections.close_all()
        options["pool"] = pool


def counts(quick: int, full: int) -> pytest.MarkDecorator:
    """The test's `times`: a quick number always, the promised one in the nightly profile."""
    wanted = [pytest.param(quick, id=f"{quick}"), pytest.param(full, id=f"{full}", marks=pytest.mark.nightly)]
    return pytest.mark.parametrize("times", wanted if quick != full else wanted[:1])


def histories(quick: int, full: int, blocks: int = 8) -> pytest.MarkDecorator:
    """The test's `seeds`: the first few always, the promised ones in the nightly profile in blocks that run side by side."""
    size = -(-full // blocks)
    parts = [range(first, min(first + size, full)) for first in range(0, full, size)]
    long = [pytest.param(part, id=f"{part.start}-{part.stop - 1}", marks=pytest.mark.nightly) for part in parts]
    return pytest.mark.parametrize("seeds", [pytest.param(range(quick), id=f"{quick}"), *long])


def nightly() -> bool:
    """Whether the long profile runs."""
    return bool(os.environ.get("KEWEI_NIGHTLY"))
