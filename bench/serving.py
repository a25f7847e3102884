"""Web servers for a while: Kewei's own as an operator starts it, and one that hands out bytes and does nothing."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WORKERS = 2


@contextmanager
def kewei() -> Iterator[tuple[int, float]]:
    """`kewei serve` in this environment: its port, and the seconds until it answered first.

    Without the worker beside it: what the clock asks for would be measured with the pages.
    """
    port = free_port()
    command = ["-m", "kewei", "serve", "--port", str(port), "--workers", str(WORKERS), "--no-worker"]
    with _running(command, port, "/people/login") as started:
        yield port, started


@contextmanager
def bare(size: int) -> Iterator[int]:
    """The same server with an application that answers `size` bytes."""
    port = free_port()
    with _running(["-m", "bench.serving", str(port), str(size)], port, "/"):
        yield port


def application(_environ: dict, start_response: object) -> list[bytes]:
    """Bytes."""
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(_SIZE))])  # type: ignore[operator]
    return [b"x" * _SIZE]


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def memory_mb(port: int) -> float:
    """What the server's processes hold in all, in MB, counting shared pages in shares; nought where nobody tells."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"--port\0{port}\0" in (process / "cmdline").read_text() or _parent(process) in _SERVERS:
                rollup = (process / "smaps_rollup").read_text()
                total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024


_SERVERS: set[int] = set()


def _parent(process: Path) -> int:
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])


@contextmanager
def _running(command: list[str], port: int, address: str) -> Iterator[float]:
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, start_new_session=True)
    _SERVERS.add(process.pid)
    try:
        while not _answers(port, address):
            if process.poll() is not None or time.perf_counter() - start > 60:
                raise SystemExit(f"{' '.join(command)} did not start")
            time.sleep(0.01)
        yield time.perf_counter() - start
    finally:
        _SERVERS.discard(process.pid)
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _answers(port: int, address: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", address)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces

    os.environ["BENCH_BYTES"] = sys.argv[2]
    Granian(
        "bench.serving:application", port=int(sys.argv[1]), interface=Interfaces.WSGI, workers=WORKERS,
        blocking_threads=4, log_level="warning",
    ).serve()  # fmt: skip

_SIZE = int(os.environ.get("BENCH_BYTES", "0"))
