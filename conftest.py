"""How tests meet the database: a real file or server, put back to its first state after each test that commits.

KEWEI_DATABASE_URL chooses: without it a temporary SQLite file, with it the PostgreSQL it names.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from tools import chromium

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
# A database test's first example pays for opening the connection: no deadline per example.
hypothesis_settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    suppress_health_check=SLOW_IS_FINE,
)
hypothesis_settings.register_profile("nightly", parent=hypothesis_settings.get_profile("default"), max_examples=5000)
hypothesis_settings.load_profile("nightly" if os.environ.get("KEWEI_NIGHTLY") else "default")

MIGRATED: Path
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_serialized_rollback",
    "live_server",
    "django_db_reset_sequences",
}


def on_postgres() -> bool:
    """True where the tests run on PostgreSQL."""
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_configure(config: pytest.Config) -> None:
    """Lighten what no test is about: password hashing, hashed names of static files, the folder of uploads."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    global MIGRATED
    MIGRATED = migrated()
    config.kewei_files = tempfile.mkdtemp(prefix="kewei-test-")  # type: ignore[attr-defined]
    settings.MEDIA_ROOT = Path(config.kewei_files) / "files"  # type: ignore[attr-defined]
    settings.LAKE_ROOT = Path(config.kewei_files) / "lake"  # type: ignore[attr-defined]
    settings.STATIC_ROOT = config.kewei_files  # type: ignore[attr-defined]
    config.addinivalue_line("filterwarnings", "ignore:Session-scoped fixtures defined as instance methods")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no files behind."""
    shutil.rmtree(getattr(config, "kewei_files", ""), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL keep what touches the database; on SQLite leave out what only makes sense on PostgreSQL.

    `once`: about the doors and not the database, and long.
    """

    def belongs(item: pytest.Item) -> bool:
        if not on_postgres():
            return item.get_closest_marker("postgres") is None
        if item.get_closest_marker("once"):
            return False
        marked = item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
        return bool(marked or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))

    kept = [item for item in items if belongs(item)]
    dropped = [item for item in items if not belongs(item)]
    if any(item.get_closest_marker("browser") for item in kept):
        # Playwright keeps an event loop running in the tests' thread, and Django then refuses the database unless told.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A part of the suite that has no test of its kind yet is no failure, as long as somebody asked for a part."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.getoption("markexpr"):
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Leave the counts where `make test` adds them up over its runs."""
    tally = os.environ.get("KEWEI_TALLY")
    if tally and "PYTEST_XDIST_WORKER" not in os.environ:
        counts = {kind: len(reports) for kind, reports in terminalreporter.stats.items()}
        failed = counts.get("failed", 0) + counts.get("error", 0)
        with Path(tally).open("a") as file:
            file.write(f"{counts.get('passed', 0)} {failed} {counts.get('skipped', 0)}\n")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Give each test process a SQLite file of its own: in memory there is no write-ahead log and other locking."""
    if not on_postgres():
        worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
        name = str(Path(request.config.kewei_files) / f"{worker}.sqlite3")  # type: ignore[attr-defined]
        connection.settings_dict["TEST"]["NAME"] = name
        if MIGRATED.exists():
            shutil.copyfile(MIGRATED, name)


def migrated() -> Path:
    """Where the tables of these very migrations are kept between runs: making them takes longer than most tests."""
    digest = hashlib.sha256(version("django").encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for file in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(file.read_bytes())
    return Path(tempfile.gettempdir()) / f"kewei-migrated-{digest.hexdigest()[:16]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite go on from the kept tables; Django then only looks whether a migration is missing."""
    return not on_postgres() and MIGRATED.exists()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Keep a copy of the freshly migrated database, for tests that commit to be followed by."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        pristine = PristinePostgres() if on_postgres() else PristineSqlite()
    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda _self: pristine.put_back()
    yield
    TransactionTestCase._fixture_teardown = flush
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        pristine.forget()


class PristineSqlite:
    """The migrated SQLite file, in memory.

    Django's own way, deleting from every table, is refused by the triggers that keep posted rows, and would lose the
    rows that migrations made.
    """

    def __init__(self) -> None:
        connection.ensure_connection()
        self.kept = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self.kept)
        if not MIGRATED.exists():
            draft = MIGRATED.with_suffix(f".{os.getpid()}")
            with contextlib.closing(sqlite3.connect(draft)) as file:
                self.kept.backup(file)
            draft.replace(MIGRATED)

    def put_back(self) -> None:
        """Write the first state over the file, page by page, whoever has it open."""
        connection.ensure_connection()
        self.kept.backup(connection.connection)

    def forget(self) -> None:
        """Let go of the copy."""
        self.kept.close()


class PristinePostgres:
    """The migrated database, kept as a template beside the one in use."""

    def __init__(self) -> None:
        self.name = connection.settings_dict["NAME"]
        self.kept = f"{self.name}_pristine"
        self.copy(self.name, self.kept)

    def put_back(self) -> None:
        """Drop the database in use, whoever is connected, and make it again from the template."""
        self.copy(self.kept, self.name)

    def forget(self) -> None:
        """Drop the template."""
        self.run(f'DROP DATABASE IF EXISTS "{self.kept}" WITH (FORCE)')

    def copy(self, source: str, target: str) -> None:
        """Make `target` anew as a copy of `source`; nobody may be connected to either."""
        connections.close_all()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
        self.run(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)', f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def run(self, *statements: str) -> None:
        """Run statements outside any transaction, from the server's own database."""
        with connection._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


# --- a real browser ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Start the Chromium this machine has; without one, skip with the line that says how to get it."""
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.ADVICE)
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": chromium.ARGUMENTS,
        "env": chromium.environment(),
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """A reader in China at a desk; tests of small screens set the viewport themselves."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
    }
