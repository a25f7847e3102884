"""Measuring: several runs of a thing, their median and spread, and how much memory this process has needed."""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Figure = dict[str, Any]


def timed(do: Callable[[], Any]) -> float:
    """The seconds one run takes."""
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def repeat(do: Callable[[int], Any], times: int) -> Figure:
    """Run a thing so many times, telling it which run it is."""
    return figure([timed(lambda n=n: do(n)) for n in range(times)])


def processor(do: Callable[[int], Any], times: int, backend: int | None = None) -> float:
    """Seconds of processor one run takes on average, whoever else is busy: of this process and of the database's `backend`."""
    before = time.process_time() + _processor_of(backend)
    for n in range(times):
        do(n)
    return (time.process_time() + _processor_of(backend) - before) / times


def _processor_of(process: int | None) -> float:
    """Seconds of processor another process of this machine has used; nought where nobody tells."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def figure(seconds: Sequence[float]) -> Figure:
    """Smallest, middle, 95th percentile and mean of some runs, in seconds."""
    found = sorted(seconds)
    return {
        "min": found[0],
        "p50": statistics.median(found),
        "p95": found[min(len(found) - 1, -(-len(found) * 95 // 100) - 1)],
        "mean": statistics.fmean(found),
        "runs": len(found),
    }


def peak_mb() -> float:
    """The most memory this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)
