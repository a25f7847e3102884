"""Orders placed by many processes at once; run by test_gate_promises.py in a company's own database.

    python -m tests.promises.ordering_worker found CUSTOMERS LIMIT_FEN
    python -m tests.promises.ordering_worker one ROUND PROCESSES ORDERS LIMIT_FEN
    python -m tests.promises.ordering_worker many PROCESSES ORDERS PAUSE_MS

Prints JSON. `one`: everybody orders from one customer; `many`: from forty, at a rate the machine can bear, and how long
each order took is told. Children are forked, so that each is a process with its own connection.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import traceback

import django

django.setup()

from django.db import connections  # noqa: E402
from tests import cast, trading  # noqa: E402

from kewei.credit.queries.standing import standing  # noqa: E402
from kewei.orders import actions  # noqa: E402
from kewei.orders.models import Order  # noqa: E402
from kewei.orders.rules.lines import LineWanted  # noqa: E402
from kewei.people.models import Person, Territory  # noqa: E402
from kewei.products.models import Product  # noqa: E402
from kewei.terminals.models import Terminal  # noqa: E402

NOW, TODAY = trading.NOW, trading.TODAY


def main() -> None:
    """Do what is asked."""
    what, *numbers = sys.argv[1:]
    given = [int(number) for number in numbers]
    print(json.dumps({"found": found, "one": one, "many": many}[what](*given)))


def found(customers: int, limit_fen: int) -> dict:
    """Customers that may buy, each with a limit, and one product."""
    trade = trading.open_shop(limit_fen)
    for n in range(1, customers):
        opened = another(n, trade.staff)
        trading.limit(trade.staff, opened, limit_fen)
    return {"customers": Terminal.objects.filter(code__startswith="B").count() + 1}


def another(n: int, staff: cast.Cast | None = None) -> Terminal:
    """One more customer of Wang's, that may buy."""
    wang, zhao = Person.objects.get(login="wang"), Person.objects.get(login="zhao")
    opened = cast.open_terminal(f"B{n:04}", f"客户{n}", "public_hospital", wang, Territory.objects.get(code="HB"))
    trading.papers(opened)
    trading.authorise(opened)
    trading.grade(opened, "B", zhao)
    if staff is not None:
        trading.old_customer(staff, opened)
    return opened


def one(round_: int, processes: int, orders: int, limit_fen: int) -> dict:
    """Many processes order from one new customer; answers what was released and what the smallest refused order was."""
    staff = cast.Cast.__new__(cast.Cast)
    for login in ("feng", "qian"):
        setattr(staff, login, Person.objects.get(login=login))
    customer = another(1000 + round_, staff)
    trading.limit(staff, customer, limit_fen)
    told = in_processes(processes, lambda place: order_many(customer.pk, orders, round_ * 100 + place, limit_fen))
    rows = Order.objects.filter(terminal=customer)
    released = list(rows.filter(state="released").values_list("total_fen", flat=True))
    refused = list(rows.filter(state="held").values_list("total_fen", flat=True))
    stands = standing(customer.pk, TODAY)
    return {
        "errors": [error for part in told for error in part["errors"]],
        "orders": rows.count(),
        "released_fen": sum(released),
        "headroom_fen": stands.headroom_fen,
        "smallest_refused_fen": min(refused, default=None),
        "exposure_fen": stands.exposure.total_fen,
    }


def order_many(customer: int, orders: int, seed: int, limit_fen: int) -> dict:
    """Orders of random sizes, so that together they are some twice the limit; larger ones are refused before small ones."""
    chance, errors = random.Random(seed), []
    terminal, wang = Terminal.objects.get(pk=customer), Person.objects.get(login="wang")
    product = Product.objects.get(code="P1").pk
    mean = max(2, limit_fen * 2 // (8 * orders))
    for _n in range(orders):
        try:
            lines = [LineWanted(product, 1000, chance.randint(1, 2 * mean))]
            actions.place_order(terminal=terminal, lines=lines, by=wang, now=NOW)
        except Exception:
            errors.append(traceback.format_exc()[-300:])
    return {"errors": errors, "seconds": []}


def many(processes: int, orders: int, pause_ms: int) -> dict:
    """Orders of forty customers, each process in an order of its own, pausing between them."""
    customers = list(Terminal.objects.filter(code__startswith="B0").order_by("pk").values_list("pk", flat=True)[:40])
    told = in_processes(processes, lambda place: order_around(customers, orders, place, pause_ms))
    seconds = sorted(second for part in told for second in part["seconds"])
    return {
        "errors": [error for part in told for error in part["errors"]],
        "orders": len(seconds),
        "p50_s": seconds[len(seconds) // 2],
        "p95_s": seconds[len(seconds) * 95 // 100],
    }


def order_around(customers: list[int], orders: int, seed: int, pause_ms: int) -> dict:
    """Orders of one box each, customer after customer."""
    chance, errors, seconds = random.Random(seed), [], []
    wang, product = Person.objects.get(login="wang"), Product.objects.get(code="P1").pk
    rows = list(Terminal.objects.filter(pk__in=customers))
    for _n in range(orders):
        time.sleep(chance.expovariate(1000 / pause_ms))
        begun = time.perf_counter()
        try:
            actions.place_order(terminal=chance.choice(rows), lines=[LineWanted(product, 1000, 100)], by=wang, now=NOW)
        except Exception:
            errors.append(traceback.format_exc()[-300:])
        seconds.append(time.perf_counter() - begun)
    return {"errors": errors, "seconds": seconds}


def in_processes(count: int, work) -> list[dict]:
    """Run work(0), work(1), … in forked processes that begin together; their answers."""
    connections.close_all()
    children = []
    for place in range(count):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            try:
                answer = json.dumps(work(place))
            except BaseException:
                answer = json.dumps({"errors": [traceback.format_exc()[-500:]], "seconds": []})
            with os.fdopen(writing, "w") as file:
                file.write(answer)
            os._exit(0)
        os.close(writing)
        children.append((pid, reading))
    answers = []
    for pid, reading in children:
        with os.fdopen(reading) as file:
            answers.append(json.loads(file.read()))
        os.waitpid(pid, 0)
    return answers


if __name__ == "__main__":
    main()
