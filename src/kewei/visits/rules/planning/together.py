"""Several searches over one ground that tell each other what they have found, each in its own process."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection

from kewei.visits.rules.planning.ground import Ground, State
from kewei.visits.rules.planning.search import Search
from kewei.visits.rules.planning.values import StopRule

# They meet this often; whoever has found less goes on from the best, except while still hot.
MEETINGS = 12
FIRST_EXCHANGE = 0.4


def search_together(
    ground: Ground, seed: int, processes: int, rule: Callable[[], StopRule], told: Callable[[float], None] | None = None
) -> Search:
    """The search that found the best; `rule` makes each process its stopping rule (a module's function: it is sent).

    One process searches here and exchanges nothing. `told` hears the best cost at every meeting.
    """
    if processes < 2:
        search = Search(ground, seed)
        search.run(rule())
        return search
    context = get_context("spawn")
    pipes = [context.Pipe() for _ in range(processes)]
    workers = [
        context.Process(target=_work, args=(there, ground, seed * 1000 + n, rule), daemon=True)
        for n, (_, there) in enumerate(pipes)
    ]
    for worker in workers:
        worker.start()
    best: State | None = None
    for _ in range(MEETINGS):
        found = [here.recv() for here, _ in pipes]
        known = [state for state in (*found, best) if state is not None]
        best = min(known, key=lambda state: state.worth) if known else None
        for here, _ in pipes:
            here.send(best)
        if best is not None and told:
            told(best.worth)
    for worker in workers:
        worker.join()
    search = Search(ground, seed)
    if best is not None:
        search.adopt(best)
    return search


def _work(pipe: Connection, ground: Ground, seed: int, rule: Callable[[], StopRule]) -> None:
    search, stop = Search(ground, seed), rule()
    for meeting in range(1, MEETINGS + 1):
        until = meeting / MEETINGS
        search.run(stop, until=until)
        pipe.send(search.best)
        best = pipe.recv()
        if best is not None and until >= FIRST_EXCHANGE and (search.best is None or best.worth < search.best.worth):
            search.adopt(best)
