"""Starting: `kewei --help`, and the web server until it answers; floors: Python alone, and a server of nothing.

python -m bench.starting
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from bench import clock, serving

RUNS = 7


def measure() -> dict[str, Any]:
    """Seconds; the first start, which collects the static files, is set-up and not counted."""
    told = {
        "help": clock.repeat(lambda _: _run("-m", "kewei", "--help"), RUNS),
        "python": clock.repeat(lambda _: _run("-c", "import argparse"), RUNS),
    }
    with serving.kewei():
        pass
    started = []
    for _ in range(3):
        with serving.kewei() as (_port, seconds):
            started.append(seconds)
    told["web"] = clock.figure(started)
    told["bare_web"] = clock.repeat(_bare, 3)
    return told


def _bare(_: int) -> None:
    with serving.bare(100):
        pass


def _run(*command: str) -> None:
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    print(json.dumps(measure()))
