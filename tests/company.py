"""A company in a database of its own, for tests in which other processes work and are killed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection, connections

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Company:
    """The environment in which processes of this company run."""

    home: Path
    url: str
    database: str

    @classmethod
    def founded(cls, home: Path) -> Company:
        """A copy of the migrated test database."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            file = home / "kewei.db"
            copy = sqlite3.connect(file)
            connection.connection.backup(copy)
            copy.close()
            return cls(home, f"sqlite:///{file}", str(file))
        name, settings = f"kewei_{uuid.uuid4().hex[:12]}", connection.settings_dict
        template = f"{settings['NAME']}_pristine"
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        user = quote(settings["USER"] or "") + (f":{quote(settings['PASSWORD'])}" if settings["PASSWORD"] else "")
        host = settings["HOST"] or ""
        if host.startswith("/"):
            return cls(home, f"postgresql://{user}@/{name}?host={host}", name)
        return cls(home, f"postgresql://{user}@{host}:{settings['PORT'] or 5432}/{name}", name)

    @property
    def env(self) -> dict[str, str]:
        """The variables by which a process works for this company."""
        return {
            **os.environ,
            "KEWEI_HOME": str(self.home),
            "KEWEI_DATABASE_URL": self.url,
            "KEWEI_POOL": "0",
            "DJANGO_SETTINGS_MODULE": "kewei.config.settings",
            "PYTHONPATH": str(ROOT),
        }

    def run(self, module: str, *arguments: str, timeout: int = 3_600) -> str:
        """Run a module as a process of this company; its output, or an AssertionError with what it complained of."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments], env=self.env, cwd=ROOT, capture_output=True, text=True,
            timeout=timeout, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4_000:] or done.stdout[-4_000:]
        return done.stdout

    def wound_up(self) -> None:
        """Remove it."""
        if self.url.startswith("sqlite"):
            shutil.rmtree(self.home, ignore_errors=True)
            return
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
