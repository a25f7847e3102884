"""The ageing table and the list of items: the figures are those of the queries, every cell leads to its items."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests import cast

from kewei.kernel.money import yuan
from kewei.receivables import queries
from kewei.receivables.queries import book as books
from kewei.receivables.tests.doors.ledger import keep_more
from kewei.receivables.web.ageing import AXES, BY, address
from kewei.terminals.models import Terminal

AGEING, ITEMS = reverse("receivables:ageing"), reverse("receivables:open_items")


def text(answer):
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def column(answer, heading):
    """The amounts of one column of a file, in fen."""
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    place = rows[0].index(heading)
    return [round(row[place] * 100) for row in rows[1:]]


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("by", BY)
def test_every_grouping_shows_the_figures_of_the_query(ledger, by, axis):
    page = text(ledger.client("qian").get(address(by, axis)))
    table = queries.ageing(ledger.staff.qian, ledger.today, by, axis)
    for row in table.rows:
        assert yuan(row.balance_fen) in page
        for fen in row.bucket_fen:
            assert not fen or yuan(fen) in page
    assert yuan(table.totals.balance_fen) in page
    assert yuan(table.control_fen) in page
    assert "相符" in page


def test_credits_stand_apart(ledger):
    page = text(ledger.client("qian").get(AGEING))
    assert "-100.00" in page
    assert "2,400.00" in page  # the hospital's balance
    assert yuan(1_500_00) in page  # FP2 is not netted with SK2


def test_a_cell_leads_to_exactly_its_items(ledger):
    client = ledger.client("qian")
    page = text(client.get(AGEING))
    links = {link.replace("&amp;", "&") for link in re.findall(rf'href="({ITEMS}\?[^"]*bucket=[^"]*)"', page)}
    assert links
    seen = set()
    for link in links:
        seen |= {number for number in ("FP1", "FP2", "FP3", "FP4") if number in text(client.get(link))}
    assert seen == {"FP1", "FP2", "FP3", "FP4"}
    hospital = ledger.staff.wangs_hospital.pk
    overdue = text(client.get(f"{ITEMS}?terminal={hospital}&bucket=1_30"))
    assert "FP2" in overdue
    assert "FP1" not in overdue
    assert "FP4" not in overdue


@pytest.mark.parametrize("by", ["owner", "territory", "region"])
def test_what_belongs_to_nobody_can_be_opened_too(ledger, by):
    nowhere = {"owner": {"owner": None}, "territory": {"territory": None}, "region": {"city": "", "province": ""}}[by]
    Terminal.objects.filter(pk=ledger.staff.suns_clinic.pk).update(**nowhere)
    books.forget()
    client = ledger.client("qian")
    page = text(client.get(address(by, "overdue")))
    link = re.search(rf'href="({ITEMS}\?{by}=-)"', page).group(1)
    items = text(client.get(link))
    assert "FP4" in items
    assert "FP1" not in items


def test_a_past_day_shows_what_was_open_then(ledger):
    day = ledger.today - timedelta(days=4)
    page = text(ledger.client("qian").get(AGEING, {"as_of": day.isoformat()}))
    table = queries.ageing(ledger.staff.qian, day)
    assert yuan(table.totals.balance_fen) in page
    assert yuan(2_000_00) in page  # FP2 before SK1
    assert f"as_of={day.isoformat()}" in page  # the links stay on that day
    items = text(ledger.client("qian").get(ITEMS, {"as_of": day.isoformat(), "bucket": "1_30"}))
    assert "2,000.00" in items


def test_a_usual_view_keeps_its_day(ledger):
    client, day = ledger.client("qian"), (ledger.today - timedelta(days=4)).isoformat()
    for path in (AGEING, ITEMS):
        client.post(f"{path}?as_of={day}", {"list_view": "keep", "name": "那天", "usual": "on"})
        assert "2,000.00" in text(client.get(path))  # FP2 before SK1
        assert client.get(path).context["as_of"].isoformat() == day
        assert client.get(path, {"all": "1"}).context["as_of"] == ledger.today


@pytest.mark.parametrize("as_of", ["", "nonsense", "2026-02-30", "9999-01-01"])
def test_a_day_that_makes_no_sense_is_today(ledger, as_of):
    assert ledger.client("qian").get(AGEING, {"as_of": as_of}).status_code == 200


def test_the_export_adds_up(ledger):
    client, table = ledger.client("qian"), queries.ageing(ledger.staff.qian, ledger.today)
    assert sum(column(client.get(AGEING, {"format": "xlsx"}), "余额")) == table.totals.balance_fen == table.control_fen
    assert sum(column(client.get(ITEMS, {"format": "xlsx"}), "余额")) == table.totals.owed_fen


def test_items_follow_their_filters_and_orders(ledger):
    client = ledger.client("qian")
    for order in (
        "due_date",
        "-due_date",
        "on",
        "overdue",
        "-overdue",
        "age",
        "open",
        "-total",
        "customer",
        "days_left",
    ):
        assert client.get(ITEMS, {"order": order}).status_code == 200
    late = text(client.get(ITEMS, {"overdue": "1"}))
    assert "FP1" not in late
    assert "FP3" in late
    assert "FP4" in text(client.get(ITEMS, {"kind": "clinic"}))
    assert "FP4" not in text(client.get(ITEMS, {"owner": ledger.staff.wang.pk}))
    assert "FP3" in text(client.get(ITEMS, {"age": "1_2y"}))


def test_wang_sees_hers_and_sun_his(ledger):
    wangs, suns = (text(ledger.client(name).get(AGEING)) for name in ("wang", "sun"))
    assert "荆门市第一人民医院" in wangs
    assert "李刚诊所" not in wangs
    assert "李刚诊所" in suns
    assert "荆门市第一人民医院" not in suns
    assert yuan(8_000_00) in suns


@pytest.mark.parametrize("name", ["ageing", "open_items", "entries", "unmatched", "kpis", "statements", "kpi_trend"])
def test_zhou_may_see_nothing_of_it(ledger, name):
    assert ledger.client("zhou").get(reverse(f"receivables:{name}")).status_code == 403


def test_a_representative_may_not_take_the_book_out(ledger):
    assert ledger.client("wang").get(AGEING, {"format": "xlsx"}).status_code == 403


def queries_of(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    ("name", "most"),
    [("ageing", 9), ("ageing_owner", 10), ("open_items", 12), ("entries", 7), ("unmatched", 16), ("kpis", 8)],
)
def test_the_number_of_queries_does_not_grow_with_the_rows(ledger, name, most):
    client, path = ledger.client("qian"), reverse(f"receivables:{name}")
    few = queries_of(client, path)
    keep_more(ledger, 30)
    many = queries_of(client, path)
    assert many <= few + 1  # the book asks once more how far the ledger is
    assert many <= most


def test_an_empty_house_says_what_to_do(db):
    client = Client()
    client.force_login(cast.assemble().qian)
    for name in ("ageing", "open_items", "entries", "unmatched", "kpis"):
        page = text(client.get(reverse(f"receivables:{name}")))
        assert "k-empty" in page, name
