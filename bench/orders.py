"""The gate: what it takes to judge an order of ten lines, to place one, and to know a customer's exposure.

    python -m bench.orders

Changes the company (papers, limits, products, orders): run it on a copy. Customers are taken at random; once more those
with the most open items, to show that the gate does not get slower with them. Floors: one statement by key.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench import clock, houses, trade  # noqa: E402
from kewei.config import statics  # noqa: E402
from kewei.credit import actions as credit  # noqa: E402
from kewei.credit.models import Account, Application, Limit, SurveyReview  # noqa: E402
from kewei.credit.queries import standing  # noqa: E402
from kewei.orders import actions, queries  # noqa: E402
from kewei.orders.rules.lines import LineWanted  # noqa: E402
from kewei.people import actions as people  # noqa: E402
from kewei.people.queries import person_by_login, territory_by_code  # noqa: E402
from kewei.products.models import Product  # noqa: E402
from kewei.receivables.models import Item  # noqa: E402
from kewei.terminals.models import Authorised, Licence, Terminal  # noqa: E402

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
CUSTOMERS, LINES, RUNS, PLACED = 200, 10, 1_000, 200
WAITING, PAGES = 60, 40
LATER = date(2028, 1, 1)
PAPERS = ("medical", "business", "drug_retail")


def measure() -> dict[str, Any]:
    """Seconds of the gate at customers at random and at those with most open items, of placing, and of exposure."""
    by, chance = person_by_login(houses.DIRECTOR), random.Random(trade.SEED)
    usual, heaviest = customers(chance)
    products = open_shop({*usual, *heaviest}, by)
    rows = {terminal.pk: terminal for terminal in Terminal.objects.filter(pk__in={*usual, *heaviest})}

    def lines() -> list[LineWanted]:
        return [LineWanted(pk, 1000 * chance.randint(1, 9)) for pk in chance.sample(products, LINES)]

    def ask(pk: int) -> None:
        queries.try_order(by, rows[pk], lines(), "credit", NOW)

    with CaptureQueriesContext(connection) as asked:
        ask(usual[0])
    told: dict[str, Any] = {"lines": LINES, "queries": len(asked)}
    told["open_items"], told["most_open_items"] = open_items(usual), open_items(heaviest)
    told["gate"] = many(lambda n: ask(usual[n % len(usual)]))
    told["gate_heaviest"] = many(lambda n: ask(heaviest[n % len(heaviest)]))
    told["exposure"] = many(lambda n: standing.exposures([usual[n % len(usual)]], trade.TODAY))
    told["exposure_heaviest"] = many(lambda n: standing.exposures([heaviest[n % len(heaviest)]], trade.TODAY))
    told["standing"] = many(lambda n: standing.standing(usual[n % len(usual)], trade.TODAY))
    told["floor"] = many(lambda n: floor(usual[n % len(usual)]))
    told["gate_cpu"] = clock.processor(lambda n: ask(usual[n % len(usual)]), RUNS, backend())
    told["floor_cpu"] = clock.processor(lambda n: floor(usual[n % len(usual)]), RUNS, backend())
    told["place"] = clock.repeat(lambda n: place(rows[usual[n % len(usual)]], lines()), PLACED)
    told["waiting"] = waiting([rows[pk] for pk in usual[:WAITING]], by)
    told["pages"] = pages(usual)
    return told


def floor(pk: int) -> None:
    """One row by its key."""
    Terminal.objects.filter(pk=pk).values_list("name").get()


def place(terminal: Terminal, lines: list[LineWanted]) -> None:
    """An order in the name of whoever looks after the customer."""
    actions.place_order(terminal=terminal, lines=lines, by=terminal.owner, now=NOW)


def backend() -> int | None:
    """The process of the database that works for this one, where it is one of this machine."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def waiting(customers: list[Terminal], by: Any) -> int:
    """Let these customers apply for credit, with a survey and a score each; how many applications then wait."""
    until = trade.TODAY + timedelta(days=360)
    for terminal in customers:
        given = {"by": terminal.owner, "now": NOW}
        survey = credit.start_survey(terminal=terminal, how="site", surveyed_on=trade.TODAY, **given)
        SurveyReview.objects.create(survey=survey, accepted=True, valid_until=until, reviewer=by, reviewed_at=NOW)
        credit.check_list(terminal=terminal, line="bill_default", found=False, checked_on=trade.TODAY, **given)
    credit.score_many(terminal_ids=[terminal.pk for terminal in customers], as_of=trade.TODAY, by=by, now=NOW)
    for terminal in customers:
        credit.apply_for_credit(
            terminal=terminal, kind="renew", wanted_fen=10_000_00, term_days=30, until=until, pledged=True,
            over_reason="bench", by=terminal.owner, now=NOW,
        )  # fmt: skip
    return Application.objects.filter(state="waiting").count()


def pages(customers: list[int]) -> dict[str, Any]:
    """Seconds of the approvals inbox of who has most to decide, and of a customer's credit file; and their queries."""
    role = Counter(Application.objects.filter(state="waiting").values_list("waiting_for", flat=True)).most_common(1)[0][
        0
    ]
    judge = people.hire(
        login="judge", name="审批人", role=role, territory=territory_by_code("CN"), by=person_by_login(houses.DIRECTOR),
        now=NOW,
    )  # fmt: skip
    statics.collect_if_older()
    told = {}
    for name, who, addresses in (
        ("inbox", judge, [reverse("desk:inbox")]),
        ("credit_file", judge, [reverse("credit:file", args=[pk]) for pk in customers]),
        ("application", judge, [reverse("credit:application", args=[pk]) for pk in _applications()]),
    ):
        client = Client()
        client.force_login(who)

        def get(n: int, client: Client = client, addresses: list[str] = addresses) -> None:
            answer = client.get(addresses[n % len(addresses)], headers={"Host": "localhost"})
            if answer.status_code != 200:
                raise SystemExit(f"{addresses[n % len(addresses)]}: {answer.status_code}")

        clock.repeat(get, 3)
        with CaptureQueriesContext(connection) as asked:
            get(0)
        count = len(asked)  # the log is emptied by the next request
        told[name] = {**clock.repeat(get, PAGES), "queries": count}
    return told


def _applications() -> list[int]:
    return list(Application.objects.filter(state="waiting").values_list("pk", flat=True))


def many(do: Callable[[int], Any]) -> clock.Figure:
    """So many runs, after some that are not counted."""
    clock.repeat(do, 20)
    return clock.repeat(do, RUNS)


def customers(chance: random.Random) -> tuple[list[int], list[int]]:
    """Customers at random among those who owe, and the twenty with most open items."""
    owing = Item.objects.filter(open_fen__gt=0).values("terminal").annotate(items=Count("pk")).order_by("-items")
    found = list(owing.values_list("terminal", flat=True))
    return chance.sample(found, min(CUSTOMERS, len(found))), found[:20]


def open_items(pks: list[int]) -> float:
    """Open items of one of these customers on average."""
    return Item.objects.filter(open_fen__gt=0, terminal__in=pks).count() / len(pks)


def open_shop(pks: set[int], by: Any) -> list[int]:
    """Products, and what these customers need to buy: papers, an authorised person, a grade, a limit."""
    Product.objects.bulk_create(
        Product(
            code=f"B{n:03}", name=f"药品{n}", search=f"药品{n}", unit="盒", scope_class="general", lifecycle="live",
            listed_price_fen=1000 + n, added_at=NOW,
        )
        for n in range(50)
    )  # fmt: skip
    Licence.objects.bulk_create(
        Licence(
            terminal_id=pk, kind=kind, number=f"{kind}-{pk}", valid_to=LATER, verified_how="original",
            verified_on=trade.TODAY, recorded_at=NOW,
        )
        for pk in pks
        for kind in PAPERS
    )  # fmt: skip
    Authorised.objects.bulk_create(
        Authorised(terminal_id=pk, name="何采", kinds=["buy", "receive"], valid_to=LATER, added_at=NOW) for pk in pks
    )
    have = set(Account.objects.filter(terminal__in=pks).values_list("terminal", flat=True))
    Account.objects.bulk_create(Account(terminal_id=pk) for pk in pks - have)
    Account.objects.filter(terminal__in=pks).update(grade="B")
    Limit.objects.bulk_create(
        Limit(
            terminal_id=pk, fen=10**11, term_days=60, since=trade.TODAY, until=LATER, granted_by=by, granted_at=NOW
        )
        for pk in pks
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return list(Product.objects.filter(code__startswith="B").values_list("pk", flat=True))


if __name__ == "__main__":
    print(json.dumps(measure()))
