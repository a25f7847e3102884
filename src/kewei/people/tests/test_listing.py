"""Lists: what a request asks is read once, shown as page, fragment or file, and kept as a view."""

import io
import time
from dataclasses import dataclass
from datetime import date

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails
from python_calamine import CalamineWorkbook
from tests import cast

from kewei.journal import queries as journal
from kewei.kernel.refusals import NotAllowed
from kewei.people.listing import Bulk, Col, Filter, Listing, export


@dataclass
class Line:
    """A row as a query would give it."""

    pk: int
    number: str
    customer: str
    due: date | None
    open_fen: int
    state: str


ROWS = [
    Line(
        i,
        f"FP{i:05d}",
        f"<b>医院</b>{i % 7}",
        date(2026, 1 + i % 12, 1 + i % 28),
        (i * 7919) % 1_000_000 + 1,
        "逾期" if i % 3 else "未到期",
    )
    for i in range(1, 231)
]
ORDERS = {"number": lambda r: r.number, "open": lambda r: r.open_fen}


def fetch(start, limit, order, filters):
    """A query over ROWS with a filter, an order and a total."""
    found = [r for r in ROWS if filters.get("q", "") in r.number and filters.get("state", r.state) == r.state]
    found.sort(key=ORDERS[order.removeprefix("-")], reverse=order.startswith("-"))
    return found[start : start + limit], len(found), {"open_fen": sum(r.open_fen for r in found)}


OPEN = Listing(
    name="test.open",
    title="未清项",
    order="number",
    may_export="receivables.export",
    columns=[
        Col("number", "发票号", lead=True, sort="number", link=lambda r: f"/items/{r.pk}/"),
        Col("customer", "客户", clip=True),
        Col("due", "到期日", kind="day"),
        Col("open_fen", "未清金额", kind="amount", sort="open", total=True),
        Col("state", "状态", kind="badge", tone=lambda r: "bad" if r.state == "逾期" else "ok"),
        Col("pk", "内部号", kind="number", shown=False),
    ],
    filters=[
        Filter("q", "查找", kind="find"),
        Filter("state", "状态", options=[("逾期", "逾期"), ("未到期", "未到期")]),
        Filter("on", "日期", kind="day"),
    ],
    row_url=lambda r: f"/items/{r.pk}/",
    key=lambda r: r.pk,
    bulk=[Bulk("核销", "/allocate/")],
)


@pytest.fixture
def staff(db):
    return cast.assemble()


def ask(person, address="/", target=None, data=None):
    """A request as the middleware leaves it."""
    factory = RequestFactory()
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    request = (
        factory.post(address, data, headers=headers) if data is not None else factory.get(address, headers=headers)
    )
    request.user, request.session = person, {}
    request.htmx = HtmxDetails(request)
    request._messages = FallbackStorage(request)
    return request


def page(person, address="/", **more):
    """The text of the answer."""
    return OPEN.answer(ask(person, address, **more), fetch).content.decode()


def test_a_page_holds_fifty_rows_escaped_with_amounts_and_total(staff):
    text = page(staff.qian)
    assert text.count("data-row=") == 50
    assert "&lt;b&gt;医院&lt;/b&gt;" in text
    assert "<b>医院" not in text
    assert "第 1–50 条，共 230 条" in text
    total = sum(r.open_fen for r in ROWS)
    assert f"{total // 100:,}.{total % 100:02d}" in text


def test_order_filter_page_and_columns_come_from_the_address(staff):
    text = page(staff.qian, "/?order=-open&state=逾期&page=2&cols=number,open_fen,pk&size=100")
    wanted, _count, _ = fetch(100, 100, "-open", {"state": "逾期"})
    assert text.count("data-row=") == len(wanted)
    assert [f'data-href="/items/{r.pk}/"' in text for r in wanted] == [True] * len(wanted)
    assert 'aria-sort="descending"' in text
    assert 'data-label="内部号"' in text
    assert 'data-label="客户"' not in text


@pytest.mark.parametrize(
    "nonsense",
    ["order=;drop", "page=0", "page=99999", "size=7", "state=nobody", "on=2026-02-30", "cols=none", "page=²"],
)
def test_nonsense_in_the_address_is_left_out(staff, nonsense):
    assert "data-row=" in page(staff.qian, f"/?{nonsense}")


def test_htmx_gets_the_body_alone_and_the_address_to_show(staff):
    answer = OPEN.answer(ask(staff.qian, "/?state=逾期&q=&order=number&page=1", target="list-body"), fetch)
    assert b"<html" not in answer.content
    assert b'id="list-body"' in answer.content
    assert answer["HX-Push-Url"] == "/?state=%E9%80%BE%E6%9C%9F"
    assert "HX-Request" in answer["Vary"]


def test_a_view_is_kept_opened_by_default_and_dropped(staff):
    answer = OPEN.answer(
        ask(staff.qian, "/?order=-open&page=3", data={"list_view": "keep", "name": " 最大 的 ", "usual": "on"}), fetch
    )
    assert answer.status_code == 302
    assert answer.url == "/?order=-open"
    assert 'aria-sort="descending"' in page(staff.qian)
    assert "最大 的" in page(staff.qian, "/?all=1")
    assert 'aria-sort="descending"' not in page(staff.qian, "/?all=1")
    assert "最大 的" not in page(staff.zheng), "a view belongs to one person"
    view = staff.qian.saved_views.get()
    with pytest.raises(Exception, match=r"view|找不到"):
        OPEN.answer(ask(staff.zheng, "/", data={"list_view": "drop", "pk": view.pk}), fetch)
    assert staff.qian.saved_views.count() == 1
    OPEN.answer(ask(staff.qian, "/", data={"list_view": "drop", "pk": view.pk}), fetch)
    assert not staff.qian.saved_views.exists()


def test_the_file_holds_every_row_as_numbers_and_days_and_is_recorded(staff):
    answer = OPEN.answer(ask(staff.qian, "/?format=xlsx&state=逾期&order=-open"), fetch)
    sheet = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    )
    wanted = fetch(0, 1000, "-open", {"state": "逾期"})[0]
    assert sheet[0] == ["发票号", "客户", "到期日", "未清金额", "状态"]
    assert [(r[0], r[2], round(r[3] * 100)) for r in sheet[1:]] == [(r.number, r.due, r.open_fen) for r in wanted]
    names = [(name, detail["rows"]) for _, name, _, detail in journal.facts_since(0, {"journal.exported"})]
    assert names == [("journal.exported", len(wanted))]


def test_a_long_list_streams_its_rows_and_goes_on_on_the_next_sheet(staff, monkeypatch):
    monkeypatch.setattr(export, "ROWS_PER_SHEET", 100)
    asked = []

    def stream(order, filters):
        asked.append((order, filters))
        return iter(fetch(0, 1000, order, filters)[0])

    answer = OPEN.answer(ask(staff.qian, "/?format=xlsx"), fetch, stream=stream)
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    sheets = [book.get_sheet_by_index(place).to_python() for place in range(len(book.sheet_names))]
    assert [len(sheet) - 1 for sheet in sheets] == [100, 100, 30]
    assert [row[0] for sheet in sheets for row in sheet[1:]] == sorted(r.number for r in ROWS)
    assert asked == [("number", {})]


def test_a_formula_stays_text_in_the_file(staff):
    row = Line(1, "=1+1", "@x", None, -5, "")
    answer = OPEN.answer(ask(staff.qian, "/?format=xlsx"), lambda s, n, o, f: ([row] if s == 0 else [], 1))
    sheet = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    )
    assert sheet[1][:4] == ["=1+1", "@x", "", -0.05]


def test_who_may_not_export_gets_no_file_and_no_button(staff):
    with pytest.raises(NotAllowed):
        OPEN.answer(ask(staff.wang, "/?format=xlsx"), fetch)
    assert "data-export" not in page(staff.wang)
    assert "data-export" in page(staff.qian)
    assert journal.facts_since(0, {"journal.exported"}) == []


def test_nothing_at_all_and_nothing_that_fits_are_told_apart(staff):
    def none(start, limit, order, filters):
        return [], 0

    assert "还没有记录" in OPEN.answer(ask(staff.qian), none).content.decode()
    assert "没有符合条件的记录" in OPEN.answer(ask(staff.qian, "/?q=xyz"), none).content.decode()


@pytest.mark.slow
def test_fifty_rows_cost_no_more_than_twice_a_fixed_piece_of_work(staff):
    """About 7 ms of processor on the machine this was written on; as a ratio, because machines are shared."""
    OPEN.answer(ask(staff.qian, "/?cols=number,customer,due,open_fen,state,pk"), fetch)
    ratios = []
    for _ in range(9):
        plain, began = _plain_work(), time.process_time()
        for _ in range(10):
            OPEN.answer(ask(staff.qian, "/?cols=number,customer,due,open_fen,state,pk"), fetch)
        ratios.append((time.process_time() - began) / 10 / plain)
    assert min(ratios) <= 2, f"{min(ratios):.2f} times"


def _plain_work() -> float:
    """Processor seconds of a fixed piece of Python: how fast this machine is just now."""
    began = time.process_time()
    sorted(str(n * 7919 % 10_007) for n in range(20_000))
    return time.process_time() - began
