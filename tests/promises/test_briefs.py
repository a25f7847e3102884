"""Promise 4: what a brief and a checklist say is what the house itself answers at the stamped moment, over random histories."""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from tests import cast
from tests.promises.conftest import histories

from kewei.collecting import actions as collecting
from kewei.collecting.actions.promises import Said
from kewei.collecting.queries import disputes, ours, promises
from kewei.collecting.rules.promises import Part
from kewei.credit import actions as credit_actions
from kewei.credit.models import Account
from kewei.credit.queries.standing import standing
from kewei.kernel.calendar import add_years
from kewei.kernel.refusals import Refused
from kewei.orders import queries as orders
from kewei.orders.models import Order
from kewei.receivables import actions as receivables_actions
from kewei.receivables import queries as receivables
from kewei.sales import queries as sales
from kewei.sales.models import SaleLine
from kewei.visits.queries import briefs, checklists, taking
from kewei.visits.rules.checklist import LINES
from kewei.visits.tests.going import arrive, tell

NOW, TODAY = cast.MORNING, date(2026, 11, 23)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def live(staff: cast.Cast, chance: random.Random) -> None:
    """Half a year of two customers, some of which the house refuses."""
    places = [staff.wangs_hospital, staff.wangs_pharmacy]
    if chance.random() < 0.4:
        type(places[0]).objects.filter(pk=places[1].pk).update(group=places[0].pk)
    for n in range(chance.randint(3, 9)):
        place = chance.choice(places)
        happen = chance.choice(
            [invoice, invoice, invoice, receipt, promise, dispute, promise_ours, order, sale, hold, visit]
        )
        try:
            with transaction.atomic():
                happen(staff, place, chance, n)
        except Refused:
            continue
    for place in places:
        if chance.random() < 0.5:
            Account.objects.update_or_create(
                terminal=place, defaults={"grade": chance.choice("ABCD"), "ordered_fen": chance.randint(0, 9) * 100}
            )
            given = {"fen": chance.randint(1, 99) * 1_000, "term_days": 60, "since": TODAY, "until": date(2027, 6, 1)}
            for_group = chance.random() < 0.3
            credit_actions.grant_limit(
                terminal=place, application=None, for_group=for_group, by=staff.feng, now=NOW, **given
            )


def invoice(staff: cast.Cast, place: Any, chance: random.Random, n: int) -> None:
    on = TODAY - timedelta(days=chance.randint(0, 500))
    receivables_actions.post_invoice(
        terminal=place, number=f"I{n}-{place.pk}", invoice_date=on, due_date=on + timedelta(days=chance.choice([0, 30, 90])),
        total_fen=chance.randint(1, 10_000), by=staff.qian, now=NOW,
    )  # fmt: skip


def receipt(staff: cast.Cast, place: Any, chance: random.Random, n: int) -> None:
    receivables_actions.receive_payment(
        terminal=place, number=f"R{n}-{place.pk}", received_on=TODAY - timedelta(days=chance.randint(0, 30)),
        fen=chance.randint(1, 8_000), how=chance.choice(["oldest", "none"]), by=staff.qian, now=NOW,
    )  # fmt: skip


def promise(staff: cast.Cast, place: Any, chance: random.Random, n: int) -> None:
    owed = receivables.open_items_of(staff.wang, place.pk, TODAY)
    some = chance.sample(owed, min(len(owed), 2))
    part = Part(TODAY + timedelta(days=chance.randint(0, 20)), max(1, sum(one.open_fen for one in some) // 2))
    collecting.make_promise(
        terminal=place, items=[one.item_id for one in some], parts=[part], said=Said("何平"), made_on=TODAY, by=staff.wang,
        now=NOW,
    )  # fmt: skip


def dispute(staff: cast.Cast, place: Any, chance: random.Random, n: int) -> None:
    owed = receivables.open_items_of(staff.wang, place.pk, TODAY)
    if owed:
        one = chance.choice(owed)
        collecting.raise_dispute(
            item=one.item_id, reason="B1", fen=chance.randint(1, one.open_fen), words="少货", raised_on=TODAY, by=staff.wang,
            now=NOW,
        )  # fmt: skip


def promise_ours(staff: cast.Cast, place: Any, chance: random.Random, n: int) -> None:
    collecting.note_our_promise(
        terminal=place, kind="rebate", words=f"返利{n}", made_on=TODAY, due_on=TODAY + timedelta(days=chance.randint(0, 9)),
        owner=staff.li, promised_by=staff.wang, by=staff.wang, now=NOW,
    )  # fmt: skip


def order(staff: cast.Cast, place: Any, chance: random.Random, n: int) -> None:
    Order.objects.create(
        number=f"O{n}-{place.pk}", terminal=place, total_fen=chance.randint(1, 9_999), placed_by=staff.wang,
        placed_at=NOW - timedelta(days=n), state=chance.choice(["held", "waiting", "released", "closed"]), state_at=NOW,
    )  # fmt: skip


def sale(staff: cast.Cast, place: Any, chance: random.Random, n: int) -> None:
    SaleLine.objects.create(
        terminal=place, product_text=f"品种{chance.randint(1, 4)}", day=TODAY - timedelta(days=chance.randint(0, 500)),
        quantity_milli=1_000, fen=chance.randint(1, 9_999), source="import",
    )  # fmt: skip


def hold(staff: cast.Cast, place: Any, chance: random.Random, n: int) -> None:
    credit_actions.place_hold(terminal=place, reason="dispute", note="停", by=staff.zhao, now=NOW)


def visit(staff: cast.Cast, place: Any, chance: random.Random, n: int) -> None:
    tell(arrive(staff.wang, staff.wangs_hospital, NOW - timedelta(days=1, minutes=n), now=NOW), at=NOW)


@histories(5, 1_000)
def test_briefs_and_checklists_say_what_the_house_says(seeds):
    staff = cast.assemble()
    for seed in seeds:
        with transaction.atomic():
            live(staff, random.Random(seed))
            places = [staff.wangs_hospital.pk, staff.wangs_pharmacy.pk]
            found = taking.known(staff.wang, places, TODAY, NOW)
            lists = checklists.checklists(staff.wang, places, TODAY, NOW)
            for pk in places:
                agree(staff.wang, pk, found[pk], f"seed {seed}")
                say_the_same(found[pk], lists[pk])
                assert briefs.brief(staff.wang, pk, TODAY, NOW) == briefs.briefs(staff.wang, places, TODAY, NOW)[pk]
            transaction.set_rollback(True)


def agree(person: Any, pk: int, known: taking.Known, seed: str) -> None:
    """Every figure against the query whose page shows it."""
    figures = receivables.figures(person, [pk], TODAY)[pk]
    assert {name: getattr(known.money, name) for name in asdict(figures)} == asdict(figures), seed
    owed = receivables.open_items_of(person, pk, TODAY)
    assert [(one.pk, one.open_fen) for one in known.money.items] == [(one.item_id, one.open_fen) for one in owed[:6]], (
        seed
    )
    assert sum(fen for _code, fen in known.money.buckets) == sum(one.open_fen for one in owed), seed
    stands = standing(pk, TODAY)
    credit = known.credit
    assert (credit.grade, credit.limit_fen, credit.temporary_fen, credit.exposure_fen, credit.headroom_fen) == (
        stands.grade, stands.limit_fen, stands.temporary_fen, stands.exposure.total_fen, stands.headroom_fen,
    ), seed  # fmt: skip
    assert sorted((reason, note) for _pk, reason, note, _on in credit.holds) == list(stands.holds), seed
    rows, count = orders.list_orders(person, terminal=pk, state="open")
    assert (known.orders.count, known.orders.fen) == (count, sum(row.total_fen for row in rows)), seed
    assert [one.pk for one in known.orders.newest] == [row.pk for row in rows[:5]], seed
    promised, _count, _fen = promises.list_promises(person, TODAY, terminal=pk)
    assert [(one.pk, one.next_on, one.fen) for one in known.collecting.promises if one.state != "broken"] == [
        (row.pk, row.next_on, row.fen) for row in promised[:6]
    ], seed
    assert [one.pk for one in known.collecting.ours] == [
        row.pk for row in ours.list_ours(person, TODAY, terminal=pk)[0][:6]
    ]
    disputed = {row.pk: row.fen for row in disputes.list_disputes(person, TODAY, terminal=pk)[0]}
    assert {one.pk: one.fen for one in known.collecting.disputes} == disputed, seed
    first = add_years(TODAY, -1) + timedelta(days=1)
    assert known.bought.fen == sales.total_fen(person, pk, first, TODAY), seed
    best = sales.top_products(person, pk, first, TODAY, 5)
    assert sorted(one.fen for one in known.bought.products) == sorted(row.fen for row in best), seed


def say_the_same(known: taking.Known, listed: dict[str, Any]) -> None:
    """The checklist's entries carry the brief's figures and its moment."""
    assert listed["as_of"] == known.as_of.isoformat()
    assert [line["number"] for line in listed["lines"]] == [line.number for line in LINES]
    entries = {entry["what"]: entry["numbers"] for line in listed["lines"] for entry in line["entries"]}
    names = ("balance_fen", "overdue_fen", "open_count", "unapplied_fen")
    assert {name: entries["balance"][name] for name in names} == {name: getattr(known.money, name) for name in names}
    if known.credit.limit_fen is not None:
        assert entries["credit"]["headroom_fen"] == known.credit.headroom_fen


def test_a_day_of_twelve_costs_no_more_questions_than_one(django_assert_num_queries):
    staff = cast.assemble()
    more = [
        cast.open_terminal(f"N{n}", f"诊所{n}", "clinic", staff.wang, staff.hubei, city="武汉市") for n in range(11)
    ]
    every = [staff.wangs_hospital.pk, *(one.pk for one in more)]
    taking.known(staff.wang, every, TODAY, NOW)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        briefs.briefs(staff.wang, every[:1], TODAY, NOW)
    with django_assert_num_queries(len(one)):
        assert len(briefs.briefs(staff.wang, every, TODAY, NOW)) == 12
