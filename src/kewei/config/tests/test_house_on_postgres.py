"""The house served on PostgreSQL: its processes part after the program is loaded, and each needs a pool of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.error import URLError

import psycopg
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def environment(tmp_path):
    """Of a founded company in a database of its own."""
    server, _, query = os.environ["KEWEI_DATABASE_URL"].partition("?")
    name = f"served_{os.getpid()}"
    url = f"{server.rpartition('/')[0]}/{name}?{query}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("KEWEI_", "DJANGO_"))}
    with psycopg.connect(os.environ["KEWEI_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        found = {**kept, "KEWEI_HOME": str(tmp_path), "KEWEI_DATABASE_URL": url}
        command = [sys.executable, "-m", "kewei", "init", "--user", "zheng", "--name", "郑", "--password-stdin"]
        subprocess.run(command, input="correct-horse-9\n", env=found, text=True, check=True, stdout=subprocess.DEVNULL)
        yield found
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_every_web_process_reaches_the_database(environment):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "kewei", "serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(process, port)
        start = time.monotonic()
        assert [ask(port) for _ in range(20)] == [200] * 20
        assert time.monotonic() - start < 15, "nobody waits for a pool without threads"
    finally:
        process.send_signal(signal.SIGTERM)
        _out, complaints = process.communicate(timeout=30)
    assert "pool" not in complaints
    assert "Traceback" not in complaints


def ask(port):
    """The status of the front page; a cookie makes it ask the database whose session that is."""
    page = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Cookie": "sessionid=unknown"})
    with urllib.request.urlopen(page, timeout=35) as answer:
        return answer.status


def wait_for(process, port):
    """Until it answers."""
    for _ in range(300):
        try:
            ask(port)
            return
        except URLError:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.1)
