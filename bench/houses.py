"""Homes of the companies that are measured, kept between runs under KEWEI_BENCH_HOME (default var/bench)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import with_postgres

from bench import trade

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct-horse-9"
DIRECTOR = "zheng"


def home() -> Path:
    """Where companies are kept."""
    return Path(os.environ.get("KEWEI_BENCH_HOME", ROOT / "var" / "bench")).resolve()


@dataclass(frozen=True)
class House:
    """A company's home: its folder and its database."""

    folder: Path
    url: str
    size: trade.Size
    database: str  # sqlite | postgres

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work in this house."""
        # Starting is measured as it is after set-up, with the code compiled.
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {
            **inherited,
            "DJANGO_SETTINGS_MODULE": "kewei.config.settings",
            "KEWEI_HOME": str(self.folder),
            "KEWEI_DATABASE_URL": self.url,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONHASHSEED": "0",
        }

    def run(self, *command: str, **more: Any) -> subprocess.CompletedProcess:
        """Run a program of the virtual environment in this house; it must succeed."""
        return subprocess.run([sys.executable, *command], env=self.environment, cwd=ROOT, check=True, **more)

    def ask(self, module: str, *arguments: str) -> Any:
        """What a measuring module says, in a process of its own: the JSON on its last line."""
        said = self.run("-m", module, *arguments, stdout=subprocess.PIPE, text=True)
        return json.loads(said.stdout.splitlines()[-1])


class Street:
    """All the houses of one run, and the PostgreSQL they share."""

    def __init__(self, server: str) -> None:
        self.server = server  # an URL that names any database of the server; empty: none is running

    def house(self, size: trade.Size, database: str) -> House:
        """The company of this size, drawn and written where it is not there yet."""
        made = self._plot(f"{database}-{size.name}", size, database)
        ready = made.folder / "ready.json"
        if ready.exists() and self.written(made)["edition"] == trade.EDITION and self._stands(made):
            made.run("-m", "kewei", "migrate", stdout=subprocess.DEVNULL)
            return made
        self._clear(made)
        print(f"  drawing {size.name} on {database}: once, then kept in {home()}", file=sys.stderr, flush=True)
        written = made.ask("bench.fill", size.name)
        ready.write_text(json.dumps({"edition": trade.EDITION, **written}, indent=1))
        return made

    def written(self, house: House) -> dict[str, Any]:
        """What writing a kept company took, as noted when it was written."""
        return json.loads((house.folder / "ready.json").read_text())

    @contextmanager
    def empty(self, size: trade.Size, database: str) -> Iterator[House]:
        """A house with nothing in it, for as long as it is needed."""
        made = self._plot(f"{database}-empty", size, database)
        self._clear(made)
        try:
            yield made
        finally:
            self._clear(made, for_good=True)

    @contextmanager
    def copy_of(self, house: House) -> Iterator[House]:
        """A copy that may be changed, for as long as it is needed."""
        made = self._plot(f"{house.database}-copy", house.size, house.database)
        self._clear(made, create=False)
        if house.database == "sqlite":
            shutil.copy(house.folder / "kewei.db", made.folder / "kewei.db")
        else:
            self._ask_server(f'CREATE DATABASE "{_name(made)}" TEMPLATE "{_name(house)}"')
        try:
            yield made
        finally:
            self._clear(made, for_good=True)

    def _plot(self, name: str, size: trade.Size, database: str) -> House:
        folder = home() / name
        folder.mkdir(parents=True, exist_ok=True)
        if database == "sqlite":
            return House(folder, f"sqlite:///{folder / 'kewei.db'}", size, database)
        base, _, query = self.server.partition("?")
        url = f"{base.rpartition('/')[0]}/bench_{name.replace('-', '_')}" + (f"?{query}" if query else "")
        return House(folder, url, size, database)

    def _clear(self, house: House, *, create: bool = True, for_good: bool = False) -> None:
        shutil.rmtree(house.folder)
        if not for_good:
            house.folder.mkdir()
        if house.database == "postgres":
            self._ask_server(f'DROP DATABASE IF EXISTS "{_name(house)}" WITH (FORCE)')
            if create and not for_good:
                self._ask_server(f'CREATE DATABASE "{_name(house)}"')

    def _stands(self, house: House) -> bool:
        if house.database == "sqlite":
            return (house.folder / "kewei.db").exists()
        return bool(self._ask_server("SELECT 1 FROM pg_database WHERE datname = %s", [_name(house)]))

    def _ask_server(self, statement: str, values: list[Any] | None = None) -> list[Any]:
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def street(databases: list[str]) -> Iterator[Street]:
    """The houses, with a PostgreSQL beside them where one is asked for.

    A server named by KEWEI_TEST_DATABASE_URL is used; otherwise the one inside the wheel is started on data that is
    kept, where the unprivileged account it runs as can reach the folder, else on data of this run alone.
    """
    if "postgres" not in databases:
        yield Street("")
        return
    if os.environ.get("KEWEI_TEST_DATABASE_URL"):
        yield Street(os.environ["KEWEI_TEST_DATABASE_URL"])
        return
    kept = home() / "server"
    kept.mkdir(parents=True, exist_ok=True)
    reachable = not with_postgres.account() or all(parent.stat().st_mode & 0o001 for parent in kept.parents)
    socket = Path(tempfile.mkdtemp(prefix="kewei-pg-", dir="/tmp"))
    try:
        with contextmanager(with_postgres.serve)(socket, kept / "data" if reachable else None) as url:
            yield Street(url)
    finally:
        shutil.rmtree(socket, ignore_errors=True)


def _name(house: House) -> str:
    return house.url.partition("?")[0].rpartition("/")[2]
