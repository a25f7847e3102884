"""Pages of a company served as it is served to people: `kewei serve`, asked over HTTP as a browser would.

    python -m bench.pages SIZE

One page at a time first, by one client, so that what is measured is the server's own time (and a fraction of a
millisecond of the client's); then the list of customers by several clients at once for ten seconds. The same pages are
asked for inside this process too, to count their queries. Floors: the same server handing out as many bytes without
doing anything, and one look-up by key.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import quote

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import clock, houses, serving, trade  # noqa: E402
from kewei.config import statics  # noqa: E402
from kewei.people.queries import acting  # noqa: E402
from kewei.terminals.models import Terminal  # noqa: E402

RUNS = 40
SUSTAINED_S = 10
CLIENTS = 4
Addresses = Callable[[Random], str]


def addresses() -> dict[str, Addresses]:
    """What is asked for: a page's name and how its next address is made up."""
    size = _size()
    traders = list(Terminal.objects.order_by("pk").values_list("pk", flat=True)[: size.customers])
    pages = -(-size.terminals // 50)
    words = [name[2:5] for name in Terminal.objects.order_by("pk").values_list("name", flat=True)[:500]]
    days = ["2026-03-31", "2025-12-31", "2025-09-30", "2025-06-30"]
    return {
        "today": lambda _: "/",
        "today_ageing": lambda _: "/today/ageing/",
        "today_flow": lambda _: "/today/flow/",
        "list": lambda random: f"/terminals/?page={random.randint(1, min(40, pages))}",
        "list_deep": lambda random: f"/terminals/?page={random.randint(1, pages)}",
        "list_ordered": lambda random: f"/terminals/?order={random.choice(('-name', 'city', 'owner', '-added_at'))}",
        "list_filtered": lambda random: f"/terminals/?kind={random.choice(('clinic', 'pharmacy', 'public_hospital'))}",
        "list_found": lambda random: f"/terminals/?text={random.choice(words)}",
        "card": lambda random: f"/terminal/{random.choice(traders)}/",
        "ageing": lambda random: f"/receivables/ageing/?page={random.randint(1, 20)}",
        "ageing_owner": lambda _: "/receivables/ageing/owner/",
        "ageing_past": lambda random: f"/receivables/ageing/?as_of={random.choice(days)}",
        "items": lambda random: f"/receivables/items/?page={random.randint(1, 40)}",
        "items_bucket": lambda random: f"/receivables/items/?bucket={random.choice(('1_30', '91_180', 'over_3y'))}",
        "kpis": lambda _: "/receivables/kpis/",
        "search_name": lambda random: f"/search/?q={random.choice(words)}",
        "search_number": lambda random: f"/search/?q=26422{random.randrange(size.invoices):015d}",
        "search_initials": lambda _: "/search/?q=whajh",
    }


READERS = {"director": houses.DIRECTOR, "representative": "rep0001"}
FOR_ALL = ("today", "list", "card", "ageing", "items")  # also asked for by a representative, who sees her own


def measure() -> dict[str, Any]:
    """Seconds by page and reader; the list sustained; the floors."""
    told: dict[str, Any] = {"pages": {}, "cold": {}, "bytes": {}, "queries": {}}
    statics.collect_if_older()
    asked = addresses()
    cookies = {reader: sign_in(login) for reader, login in READERS.items()}
    own = list(Terminal.objects.visible_to(acting(READERS["representative"])).values_list("pk", flat=True)[:50])
    less = {name: asked[name] for name in FOR_ALL} | {"card": lambda random: f"/terminal/{random.choice(own)}/"}
    for_reader = {"director": asked, "representative": less}
    for reader, cookie in cookies.items():
        told["queries"][reader] = {name: count_queries(cookie, make) for name, make in for_reader[reader].items()}
    with serving.kewei() as (port, started):
        told["started"] = started
        # Money first: the ledger is being read meanwhile, and who asks for anything else shares the processors with that.
        first = sorted(asked, key=lambda name: name != "today_ageing")
        told["cold"] = {name: warm_up(port, cookies["director"], asked[name]) for name in first}
        for reader, cookie in cookies.items():
            client, random = Reader(port, cookie), Random(0)
            told["pages"][reader], told["bytes"][reader] = {}, {}
            for name, make in for_reader[reader].items():
                warm_up(port, cookie, make)
                seconds = []
                for _ in range(RUNS):
                    address, start = make(random), time.perf_counter()
                    client.get(address)
                    seconds.append(time.perf_counter() - start)
                told["pages"][reader][name] = clock.figure(seconds)
                told["bytes"][reader][name] = client.size
        told["sustained"] = sustained(port, cookies["director"], asked["list"])
        told["server_mb"] = serving.memory_mb(port)
    told["floor"] = floor(told["bytes"]["director"]["list"])
    return told


def sign_in(login: str) -> str:
    """The cookie of somebody who has signed in."""
    person, session = acting(login), SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


class Reader:
    """A browser on one connection."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Cookie": cookie, "Accept-Language": "zh-hans", "HX-Request": "false"}
        self.size = 0

    def get(self, address: str) -> None:
        """Ask for a page and read it to its end."""
        self.connection.request("GET", quote(address, safe="/?=&_-"), headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{address} answered {answer.status}: {body[:300]!r}")
        self.size = len(body)


def warm_up(port: int, cookie: str, make: Addresses) -> float:
    """Let every process of the server answer the page; the slowest first answer."""
    random, slowest = Random(0), 0.0
    readers = [Reader(port, cookie) for _ in range(CLIENTS)]
    for _ in range(2):
        for reader in readers:
            address = make(random)
            slowest = max(slowest, clock.timed(lambda r=reader, a=address: r.get(a)))
    return slowest


def count_queries(cookie: str, make: Addresses) -> int:
    """How many queries the page makes, of its own and the frame's, once warm."""
    client = Client(HTTP_COOKIE=cookie, HTTP_HOST="127.0.0.1", raise_request_exception=True)
    random = Random(1)
    client.get(make(random))
    with CaptureQueriesContext(connection) as captured:
        client.get(make(random))
    return len(captured)


def sustained(port: int, cookie: str, make: Addresses) -> dict[str, Any]:
    """List pages a second with all processors busy: by wrk or oha where there is one, else by our own clients."""
    program = shutil.which("wrk") or shutil.which("oha")
    if program:
        return {"with": program.rpartition("/")[2], "per_s": _by_program(program, port, cookie, make(Random(1)))}
    return {"with": "http.client", **hammer(port, cookie, make)}


def hammer(port: int, cookie: str, make: Addresses, seconds: float = SUSTAINED_S) -> dict[str, float]:
    """Pages a second that several clients, each waiting for its answer, get in all."""
    counts, end = [0] * CLIENTS, time.monotonic() + seconds

    def go(n: int) -> None:
        reader, random = Reader(port, cookie), Random(n)
        while time.monotonic() < end:
            reader.get(make(random))
            counts[n] += 1

    threads = [threading.Thread(target=go, args=(n,)) for n in range(CLIENTS)]
    start, used = time.monotonic(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"per_s": sum(counts) / (time.monotonic() - start), "client_cpu": time.process_time() - used}


def _by_program(program: str, port: int, cookie: str, address: str) -> float:
    url, head = f"http://127.0.0.1:{port}{address}", f"Cookie: {cookie}"
    of = {
        "wrk": ["-t2", "-c8", f"-d{SUSTAINED_S}s", "-H", head, url],
        "oha": ["-z", f"{SUSTAINED_S}s", "-c8", "--no-tui", "-H", head, url],
    }
    said = subprocess.run([program, *of[program.rpartition("/")[2]]], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s*([\d.]+)", said)
    if not found:
        raise SystemExit(said)
    return float(found.group(1))


def floor(size: int) -> dict[str, Any]:
    """The same server handing out as many bytes, doing nothing; and one row by its key."""
    with serving.bare(size) as port:
        client = Reader(port, "")
        client.get("/")
        told: dict[str, Any] = {"bare": clock.repeat(lambda _: client.get("/"), RUNS)}
        told["bare_per_s"] = hammer(port, "", lambda _: "/", 3)["per_s"]
    pk = Terminal.objects.values_list("pk", flat=True).first()
    told["by_key"] = clock.repeat(lambda _: Terminal.objects.filter(pk=pk).values_list("name").get(), RUNS)
    return told


def _size() -> trade.Size:
    return trade.SIZES[sys.argv[1]]


if __name__ == "__main__":
    print(json.dumps(measure()))
