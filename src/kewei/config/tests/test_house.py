"""The house as its operator meets it: founded, served, checked, stopped."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from kewei.config import middleware

pytestmark = pytest.mark.slow


def environment(home, **more):
    """Of a home of its own, with nothing of the one the tests run in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KEWEI_", "DJANGO_"))}
    return {**kept, "KEWEI_HOME": str(home), "KEWEI_LANGUAGE": "zh", **more}


def kewei(home, *words, given="", **more):
    """Run a command to its end."""
    command = [sys.executable, "-m", "kewei", *map(str, words)]
    env = environment(home, **more)
    return subprocess.run(command, input=given, env=env, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A founded company."""
    home = tmp_path_factory.mktemp("home")
    founded = kewei(home, "init", "--user", "zheng", "--name", "郑", "--password-stdin", given="correct-horse-9\n")
    assert founded.returncode == 0, founded.stderr
    return home


def get(address, **headers):
    """(status, headers, body) of a page; redirects are followed."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


@pytest.fixture
def served(home):
    """The address of the house, served with its worker, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "kewei", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            get(f"{address}/people/login")
            break
        except OSError:
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.1)
    yield address, process
    if process.poll() is None:
        process.kill()
    process.stdout.close()


def children(pid):
    """Processes a process has started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(one) for one in listed.stdout.split()]


def gone(pid):
    """Whether a process has ended (a zombie has)."""
    try:
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return True
    return not state.strip() or state.startswith("Z")


def test_it_serves_pages_and_compressed_files_and_stops_with_everything_it_started(served):
    address, process = served
    status, headers, page = get(f"{address}/")
    assert status == 200
    assert 'name="username"' in page.decode()
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    style = re.search(r"/static/vendor/tabler/[^\"]+\.css", page.decode())
    status, headers, _body = get(address + style[0], **{"Accept-Encoding": "br"})
    assert (status, headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in headers["Cache-Control"]
    assert get(f"{address}/api/people/me")[0] == 401
    assert get(f"{address}/people/login", Host="evil.example")[0] == 400

    started = children(process.pid)
    assert len(started) >= 2, "a web process and the worker"
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert all(gone(pid) for pid in started)


def test_the_worker_ends_when_whoever_started_it_is_killed(served):
    _address, process = served
    started = children(process.pid)
    process.kill()
    process.wait()
    for _ in range(100):
        if all(gone(pid) for pid in started):
            break
        time.sleep(0.1)
    assert [pid for pid in started if not gone(pid)] == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("update journal_fact set detail='{}' where seq=2", {"changed"}),
        ("delete from journal_fact where seq=2", {"gap", "previous"}),
        ("delete from journal_fact where seq=(select max(seq) from journal_fact)", {"tail"}),
        ("update journal_fact set by_id=null where seq=1", {"changed"}),
    ],
)
def test_check_finds_what_somebody_changed_behind_the_triggers(home, tmp_path, change, what):
    assert kewei(home, "check").returncode == 0
    copy = tmp_path / "copy.db"
    kept = sqlite3.connect(copy)
    with sqlite3.connect(home / "kewei.db") as original:
        original.backup(kept)
    for verb in ("update", "delete"):
        kept.execute(f"drop trigger journal_fact_no_{verb}")
    kept.execute(change)
    kept.commit()
    kept.close()
    found = kewei(home, "check", "--json", KEWEI_DATABASE_URL=f"sqlite:///{copy}")
    assert found.returncode == 1
    told = json.loads(found.stdout)["findings"]
    assert {finding["code"] for finding in told} == {"chain_broken"}
    assert {finding["numbers"]["what"] for finding in told} == what


def test_the_worker_runs_its_jobs_once(home):
    assert "处理了" in kewei(home, "worker", "--once").stdout
    assert "处理了 0 项" in kewei(home, "worker", "--once").stdout


def test_help_needs_no_database_and_an_unprepared_one_says_what_to_do(tmp_path):
    assert "serve" in kewei(tmp_path, "--help").stdout
    unprepared = kewei(tmp_path, "user", "list")
    assert unprepared.returncode == 1
    assert "kewei init" in unprepared.stderr
    assert "Traceback" not in unprepared.stderr
    assert "kewei init" in kewei(tmp_path, "serve").stderr


def test_a_backup_to_nowhere_says_so(home):
    failed = kewei(home, "backup", "--out", home / "nowhere" / "x.zip")
    assert (failed.returncode, "nowhere" in failed.stderr, "Traceback" in failed.stderr) == (1, True, False)


def test_commands_speak_english_where_the_machine_does(home):
    missing = kewei(home, "user", "list", "--as", "nobody", KEWEI_LANGUAGE="en")
    assert (missing.returncode, "nobody" in missing.stderr, "找" in missing.stderr) == (1, True, False)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "caller"),
    [
        ("", 1, "10.0.0.9"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", 1, "203.0.113.7"),  # the first was written by the caller
        ("1.1.1.1, 203.0.113.7, 10.0.0.8", 2, "203.0.113.7"),
        ("203.0.113.7", 2, "10.0.0.9"),  # came past the outer proxy
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(forwarded, proxies, caller):
    meta = {"HTTP_X_FORWARDED_FOR": forwarded, "REMOTE_ADDR": "10.0.0.9"}
    assert middleware.caller(meta, proxies) == caller


def test_with_https_cookies_are_bound_to_the_host(tmp_path):
    told = subprocess.run(
        [
            sys.executable, "-c",
            "from kewei.config import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)",
        ],
        env=environment(tmp_path, KEWEI_HTTPS="1"), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == ["__Host-session", "True", "31536000"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
