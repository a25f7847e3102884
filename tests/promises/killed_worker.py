"""Work for a company in child processes that are killed at random instants; run by test_killed_at_any_instant.py.

    python -m tests.promises.killed_worker ROUNDS SEED

Loads the program once and forks for every child, so that a round costs little. A child does a fixed list of deeds under
fixed keys, and writes down each one that was acknowledged before it begins the next. After the kill, what was
acknowledged must be there; after the same list was run again to its end, every deed is there exactly once.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import django

django.setup()

from django.db import connections  # noqa: E402
from tests import cast  # noqa: E402

from kewei.journal import queries as journal  # noqa: E402
from kewei.journal.actions import once  # noqa: E402
from kewei.people import queries as people  # noqa: E402
from kewei.receivables import actions, queries, rules  # noqa: E402
from kewei.receivables.models import Allocation, Entry, Item, Posting  # noqa: E402
from kewei.terminals import queries as terminals  # noqa: E402

NOW = cast.MORNING
DAY = date(2026, 3, 1)
FILE_ROWS = 500
SINGLES = 12
# The whole ledger grows with every round, and so does checking it.
CHECK_EVERY = 8
Deeds = list[tuple[str, Callable[[], object]]]


def main() -> None:
    """Do the rounds; a wrong state ends the process with an assertion."""
    rounds, seed = int(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(seed)
    in_child(lambda: cast.assemble())
    length = took(lambda: in_child(lambda: do_all("warm")))
    instants = {"during": 0, "after": 0}
    for number in range(rounds):
        name = f"r{number}"
        acknowledged = Path(os.environ["KEWEI_HOME"]) / f"{name}.done"
        child = fork(lambda name=name, acknowledged=acknowledged: do_all(name, acknowledged))
        time.sleep(chance.uniform(0, length))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        instants["during" if os.WIFSIGNALED(status) else "after"] += 1
        in_child(lambda name=name, acknowledged=acknowledged: check_acknowledged(name, acknowledged))
        if number % CHECK_EVERY == 0:
            in_child(check_sound)
        in_child(lambda name=name: do_all(name))
        in_child(lambda name=name: check_complete(name))
    in_child(check_sound)
    print(json.dumps(instants))


def deeds(name: str) -> Deeds:
    """What a round does: a file of invoices, receipts over it, postings, allocations, reversals, each with its key."""
    qian = people.person_by_login("qian")
    hospital = terminals.terminal_named(qian, "T0001")
    who = {"by": qian, "now": NOW}
    rows = [rules.InvoiceRow(hospital.pk, f"{name}-F{n}", DAY, DAY + timedelta(30), 100 + n) for n in range(FILE_ROWS)]
    money = [
        rules.ReceiptRow(hospital.pk, f"{name}-G{n}", DAY, 90, "transfer", (f"{name}-F{n}",)) for n in range(FILE_ROWS)
    ]

    def of(number: str) -> int:
        return Item.objects.get(number=f"{name}-{number}", live=True).pk

    def receipt(n: int) -> object:
        return actions.receive_payment(
            terminal=hospital, number=f"{name}-R{n}", received_on=DAY, fen=70, how="none", **who
        )

    wanted: Deeds = [
        ("file", lambda: actions.import_invoices(rows=rows, **who)),
        ("money", lambda: actions.import_receipts(rows=money, **who)),
    ]
    for n in range(SINGLES):
        wanted += [
            (
                f"invoice{n}",
                lambda n=n: actions.post_invoice(
                    terminal=hospital, number=f"{name}-I{n}", invoice_date=DAY, due_date=DAY, total_fen=50, **who
                ),
            ),
            (f"receipt{n}", lambda n=n: receipt(n)),
            (
                f"allocate{n}",
                lambda n=n: actions.allocate(credit=of(f"R{n}"), shares=[(of(f"I{n}"), 50)], **who),
            ),
        ]
        if n % 4 == 3:
            wanted.append((f"reverse{n}", lambda n=n: actions.reverse_entry(entry=of(f"R{n}"), reason="试", **who)))
    return wanted


def do_all(name: str, acknowledged: Path | None = None) -> None:
    """Do every deed of a round once, in order."""
    qian = people.person_by_login("qian")
    for what, deed in deeds(name):

        def do(deed: Callable[[], object] = deed) -> dict:
            deed()
            return {"posting": Posting.objects.order_by("-pk").values_list("pk", flat=True)[0]}

        answer = once(key=f"{name}-{what}", verb=what.rstrip("0123456789"), body={}, by=qian, now=NOW, do=do)
        if acknowledged is not None:
            with acknowledged.open("a") as kept:
                kept.write(f"{what} {answer['posting']}\n")
                kept.flush()
                os.fsync(kept.fileno())


def check_acknowledged(name: str, acknowledged: Path) -> None:
    """What the killed process had said was done, is; what it had begun is there wholly or not at all."""
    done = acknowledged.read_text().split("\n") if acknowledged.exists() else []
    known = dict(line.split() for line in done if line.count(" ") == 1)
    there = set(Posting.objects.values_list("pk", flat=True))
    assert {int(pk) for pk in known.values()} <= there, "an acknowledged posting is gone"
    assert Entry.objects.filter(number__startswith=f"{name}-F").count() in (0, FILE_ROWS)
    assert Entry.objects.filter(number__startswith=f"{name}-G").count() in (0, FILE_ROWS)
    if "file" in known:
        assert Entry.objects.filter(number__startswith=f"{name}-F").count() == FILE_ROWS


def check_complete(name: str) -> None:
    """After the same list ran again, everything is there exactly once."""
    mine = Entry.objects.filter(number__startswith=f"{name}-")
    reversed_ones = SINGLES // 4
    assert mine.count() == 2 * FILE_ROWS + 2 * SINGLES + reversed_ones, mine.count()
    assert Allocation.objects.filter(credit__in=mine, fen=90).count() == FILE_ROWS
    invoices = dict(Item.objects.filter(number__startswith=f"{name}-I").values_list("number", "open_fen"))
    assert invoices == {f"{name}-I{n}": 50 if n % 4 == 3 else 0 for n in range(SINGLES)}, invoices


def check_sound() -> None:
    """No finding in the ledger or in the journal."""
    found = [*queries.findings(), *journal.findings()]
    assert found == [], found[:5]


def fork(work: Callable[[], object]) -> int:
    """Start a child that does the work and ends; its process id. It begins without any connection of its parent."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException as failure:
        sys.stderr.write(f"{type(failure).__name__}: {failure}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)


def in_child(work: Callable[[], object]) -> None:
    """Do something in a child and wait for it to succeed."""
    _, status = os.waitpid(fork(work), 0)
    assert status == 0, "a child failed"


def took(work: Callable[[], object]) -> float:
    """How long something took, in seconds."""
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


if __name__ == "__main__":
    main()
