"""Many names matched by several processes, each over the same index; the same as by one."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection

from kewei.flows.rules.matching.deciding import Match, in_order_of_place, match
from kewei.flows.rules.matching.features import Asked
from kewei.flows.rules.matching.index import Index
from kewei.flows.rules.matching.model import Model, shipped

# Fewer names are done before a second process has begun to help.
ENOUGH = 10_000


def match_together(index: Index, asked: Sequence[Asked], processes: int, model: Model | None = None) -> list[Match]:
    """As `match`, the names shared out among processes where there are many.

    The index is not sent: a process is a fork of this one, which is safe only while no other thread runs. Where one does,
    or where the system knows no fork, this process does it alone.
    """
    model = model or shipped()
    if processes < 2 or len(asked) < ENOUGH or not _may_fork():
        return match(index, asked, model)
    order = in_order_of_place(asked)
    step = -(-len(order) // processes)
    shares = [order[first : first + step] for first in range(0, len(order), step)]
    context = multiprocessing.get_context("fork")
    found: list[Match | None] = [None] * len(asked)
    helpers = []
    for share in shares[1:]:
        here, there = context.Pipe(duplex=False)
        helper = context.Process(
            target=_help, args=(there, index, [asked[place] for place in share], model), daemon=True
        )
        helper.start()
        there.close()
        helpers.append((helper, here, share))
    own = match(index, [asked[place] for place in shares[0]], model)
    for place, one in zip(shares[0], own, strict=True):
        found[place] = one
    for helper, here, share in helpers:
        for place, one in zip(share, here.recv(), strict=True):
            found[place] = one
        helper.join()
    return [one for one in found if one is not None]


def _help(there: Connection, index: Index, asked: Sequence[Asked], model: Model) -> None:
    there.send(match(index, asked, model))
    there.close()


def _may_fork() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1
