"""The desk's pages: what each reader finds on them, and that their cost does not grow with the book."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import cast, trading

from kewei.credit import actions as credit
from kewei.receivables import actions as receivables
from kewei.terminals import actions as terminals
from kewei.terminals.models import SearchLine
from kewei.terminals.rules import search_text


@pytest.fixture
def staff(db):
    return cast.assemble()


@pytest.fixture
def book(staff):
    """An overdue invoice, one due this week and unapplied money for Wang's hospital; an invoice of Sun's clinic."""
    today, now = timezone.localdate(), timezone.now()

    def invoice(terminal, number, age, term, fen):
        on = today - timedelta(days=age)
        due = on + timedelta(days=term)
        receivables.post_invoice(
            terminal=terminal, number=number, invoice_date=on, due_date=due, total_fen=fen, by=staff.qian, now=now
        )

    invoice(staff.wangs_hospital, "FP-LATE", 63, 60, 123_456_00)
    invoice(staff.wangs_hospital, "FP-SOON", 57, 60, 5_000_00)
    invoice(staff.suns_clinic, "FP-SUN", 33, 30, 777_00)
    receivables.receive_payment(
        terminal=staff.wangs_pharmacy, number="SK-1", received_on=today, fen=8_888_00, by=staff.qian, now=now
    )
    terminals.record_licence(
        terminal=staff.wangs_hospital,
        kind="medical",
        number="YL-1",
        valid_to=today + timedelta(days=5),
        by=staff.wu,
        now=now,
    )
    return staff


def reader(person) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(person)
    return client


def text_of(person, path: str, **headers) -> str:
    """The page as this person gets it."""
    answer = reader(person).get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.content.decode()


# --- today ------------------------------------------------------------------------------------------------------------


def test_today_reminds_the_accountant_of_money_and_the_quality_manager_of_papers(book):
    accountant = text_of(book.qian, "/")
    assert "张发票近 7 天内逾期" in accountant
    assert "124,233.00" in accountant, "both late invoices, Wang's and Sun's, to the fen"
    assert "笔收款待核销" in accountant
    quality = text_of(book.wu, "/")
    assert "张证照将到期或已过期" in quality
    assert "YL-1" in quality
    assert "张发票" not in quality, "the quality manager is not shown money"


def test_today_of_a_representative_holds_only_her_own(book):
    wang = text_of(book.wang, "/")
    assert "123,456.00" in wang
    assert "待核销" not in wang, "she does not allocate"
    sun = text_of(book.sun, "/")
    assert "777.00" in sun
    assert "123,456.00" not in sun


def test_the_panels_hold_figures_and_a_chart_of_the_same(book):
    panel = text_of(book.qian, reverse("desk:today_ageing"))
    assert 'data-chart="ageing"' in panel
    assert "荆门市第一人民医院" in panel
    suns = text_of(book.sun, reverse("desk:today_ageing"))
    assert "荆门市第一人民医院" not in suns
    assert 'data-chart="billing"' in text_of(book.qian, reverse("desk:today_flow"))


def test_a_medical_representative_gets_no_panel_of_money(book):
    assert "today/ageing" not in text_of(book.zhou, "/")
    for name in ("desk:today_ageing", "desk:today_flow"):
        assert reader(book.zhou).get(reverse(name)).status_code == 403


def test_today_of_an_empty_company_says_how_to_begin(db):
    director = cast.hire("zheng", "郑", "director")
    page = text_of(director, "/")
    assert "还没有客户" in page
    assert reverse("desk:intake") in page


def test_beyond_a_number_reminders_say_how_many_and_not_how_much(book, monkeypatch):
    monkeypatch.setattr("kewei.receivables.queries.due.ADDED_UP", 1)
    page = text_of(book.qian, "/")
    assert "张发票近 7 天内逾期" in page
    assert "124,233.00" not in page


# --- 360° card --------------------------------------------------------------------------------------------------------


def test_the_card_holds_money_papers_and_history(book):
    page = text_of(book.wang, reverse("desk:terminal", args=[book.wangs_hospital.pk]))
    for words in ("荆门市第一人民医院", "128,456.00", "FP-LATE", "YL-1", "还有 5 天", "销售负责人"):
        assert words in page, words
    history = text_of(book.wang, reverse("desk:terminal_history", args=[book.wangs_hospital.pk]))
    assert "YL-1" in history


def test_a_card_of_another_territory_does_not_exist(book):
    for name in ("desk:terminal", "desk:terminal_history"):
        assert reader(book.sun).get(reverse(name, args=[book.wangs_hospital.pk])).status_code == 404


def test_a_medical_representative_sees_the_card_without_money(book):
    page = text_of(book.zhou, reverse("desk:terminal", args=[book.wangs_hospital.pk]))
    assert "YL-1" in page
    for words in ("FP-LATE", "128,456.00", "应收余额", "登记收款"):
        assert words not in page, words
    history = text_of(book.zhou, reverse("desk:terminal_history", args=[book.wangs_hospital.pk]))
    assert "FP-LATE" not in history


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["荆门", "T0001", "jmsdy"])
def test_search_finds_a_terminal_by_name_code_and_initials_for_those_who_may_see_it(book, asked):
    for one in (book.wangs_hospital, book.suns_clinic):
        SearchLine.objects.filter(terminal=one).update(text=search_text(one.code, "", [one.name]))
    path = f"{reverse('desk:search')}?q={asked}"
    link = reverse("desk:terminal", args=[book.wangs_hospital.pk])
    assert link in text_of(book.wang, path, **{"HX-Request": "true"})
    assert link not in text_of(book.sun, path, **{"HX-Request": "true"})


def test_search_finds_documents_and_pages(book):
    found = text_of(book.wang, f"{reverse('desk:search')}?q=FP-LA", **{"HX-Request": "true"})
    assert "123,456.00" in found
    trading.limit(book, book.wangs_hospital, 500_00, until=date(2027, 6, 1))
    wanted = credit.apply_for_credit(
        terminal=book.wangs_hospital, kind="cancel", wanted_fen=0, term_days=0, until=date(2027, 6, 1), pledged=False,
        by=book.wang, now=cast.MORNING,
    )  # fmt: skip
    begun, page = (
        f"{reverse('desk:search')}?q={wanted.number[:4].lower()}",
        reverse("credit:application", args=[wanted.pk]),
    )
    assert page in text_of(book.wang, begun)
    assert page not in text_of(book.sun, begun)
    assert page not in text_of(book.zhou, begun)
    assert "FP-LATE" not in text_of(book.sun, f"{reverse('desk:search')}?q=FP-LA")
    assert "FP-LATE" not in text_of(book.zhou, f"{reverse('desk:search')}?q=FP-LA")
    assert 'href="/"' in text_of(book.wang, f"{reverse('desk:search')}?q=jt", **{"HX-Request": "true"})


def test_what_is_searched_for_is_shown_and_not_run(book):
    page = text_of(book.wang, reverse("desk:search") + "?q=<script>alert(1)</script>")
    assert "<script>alert" not in page


# --- cost -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "name", "most"),
    [
        ("zheng", "desk:today", 33),
        ("wang", "desk:today", 30),
        ("qian", "desk:today_ageing", 16),
        ("zheng", "desk:terminal", 34),
    ],
)
def test_the_number_of_queries_does_not_grow_with_the_book(book, who, name, most):
    person, terminal = getattr(book, who), book.wangs_hospital
    path = reverse(name, args=[terminal.pk] if name == "desk:terminal" else [])
    few = queries_of(person, path)
    add_more(book, terminal)
    many = queries_of(person, path)
    assert many == few, "\n".join(many[1])
    assert len(few[1]) <= most, "\n".join(few[1])


def add_more(book, terminal) -> None:
    """Twenty more invoices, licences, contacts and terminals."""
    today, now = timezone.localdate(), timezone.now()
    for n in range(20):
        receivables.post_invoice(
            terminal=terminal, number=f"FP-{n}", invoice_date=today - timedelta(days=90 + n),
            due_date=today - timedelta(days=n), total_fen=100_00 + n, by=book.qian, now=now,
        )  # fmt: skip
        terminals.record_licence(
            terminal=terminal, kind="other", number=f"YL-{n}", valid_to=date(2030, 1, 1), by=book.wu, now=now
        )
        terminals.add_contact(terminal=terminal, name=f"联系人{n}", by=book.wang, now=now)
        cast.open_terminal(f"N{n:04d}", f"新终端{n}", "clinic", book.wang, book.hubei)


def queries_of(person, path: str) -> tuple[int, list[str]]:
    """How many queries a page takes once everything is warm, and the tables they ask."""
    client = reader(person)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    statements = [(q["sql"] or "asked again")[:60] for q in asked.captured_queries]  # a kept plan names no text
    return len(statements), [s.split(" WHERE")[0] for s in statements]
