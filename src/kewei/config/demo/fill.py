"""Filling the demo company: everything goes through the same actions as a person's work, by the cast's own hands."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from kewei.config.demo import accounts, belonging, debts, keeping, promoting, through, trust, visiting, winning
from kewei.config.demo.cards import CAST, PRODUCTS, SEED, TERRITORIES, Card, cards
from kewei.config.demo.trade import Month, history
from kewei.journal.actions import action
from kewei.journal.actions.intake import take_in
from kewei.kernel.ids import digest
from kewei.people import actions as people
from kewei.people import queries as persons
from kewei.products import actions as products
from kewei.products import queries as catalogue
from kewei.receivables import actions as receivables
from kewei.receivables.rules import InvoiceRow, ReceiptRow, RedLetterRow
from kewei.sales import actions as sales
from kewei.sales.rules import SaleRow
from kewei.terminals import actions as terminals
from kewei.terminals import queries as customers
from kewei.terminals.rules.papers import REQUIRED

COMPANY = "楚康医药有限公司"
DIRECTOR = ("zheng", "郑重")
SUPPLY = {"P002": "vbp", "P003": "vbp", "P005": "negotiated", "P006": "emergency"}
Say = Callable[[str], None]


@action
def fill(*, password: str, today: date, say: Say = lambda words: None) -> None:
    """Found the demo company and live through two years of it, up to yesterday.

    All or nothing: a demo cut off half way begins again from an empty database.
    """
    now = _moment(date(today.year - 2, today.month, 1), 8)
    by = people.found_company(company=COMPANY, login=DIRECTOR[0], name=DIRECTOR[1], password=password, now=now)
    say("人员与区域")
    _hire(password=password, by=by, now=now)
    say("品种与 300 家终端")
    pks = _catalogue(by=by, now=now)
    opened = cards()
    ids = _open(opened, today=today, by=by, now=now)
    for month in history(opened, today):
        say(f"{month.last:%Y 年 %m 月}")
        _book(month, opened, ids, pks)
    say("最近几天")
    _lately(opened, ids, today)
    say("证照、信用与订单")
    trust.fill(ids=ids, goods=pks, today=today)
    say("逾期与催收")
    debts.fill(ids=ids, today=today)
    say("潜在客户与公海")
    winning.fill(today=today)
    say("大客户")
    accounts.fill(today=today)
    say("会员")
    belonging.fill(goods=pks, today=today)
    say("重点产品")
    promoting.fill(goods=pks, today=today)
    say("拜访理由与计划")
    keeping.reckon(today=today)  # visits are wished for where the night found silence
    visiting.fill(goods=pks, today=today)
    accounts.tell_efforts(today=today)
    say("流向")
    through.fill(today=today)
    say("维护老客户")
    keeping.fill(today=today)


def _hire(*, password: str, by, now: datetime) -> None:
    people.set_company(
        name=COMPANY, credit_code="", address="湖北省武汉市东湖高新区光谷大道 77 号", bank="招商银行武汉光谷支行",
        account="127900001234", phone="027-8888 8888", by=by, now=now,
    )  # fmt: skip
    places = {"CN": persons.territory_by_code("CN")}
    for code, name, parent in TERRITORIES:
        places[code] = people.draw_territory(code=code, name=name, parent=places[parent], by=by, now=now)
    for login, name, role, place in CAST:
        people.hire(login=login, name=name, password=password, role=role, territory=places.get(place), by=by, now=now)


def _catalogue(*, by, now: datetime) -> list[int]:
    for code, name, spec, unit, scope, fen in PRODUCTS:
        products.add_product(
            code=code, name=name, spec=spec, unit=unit, scope_class=scope, listed_price_fen=fen,
            cold_chain=scope == "cold_chain", maker=COMPANY, tax_bp=1300, supply=SUPPLY.get(code, ""), by=by, now=now,
        )  # fmt: skip
    known = catalogue.known(code for code, *_ in PRODUCTS)
    return [known[code]["pk"] for code, *_ in PRODUCTS]


def _open(opened: list[Card], *, today: date, by, now: datetime) -> list[int]:
    rows = [card.row for card in opened]
    _take_in(
        "customers", "客户档案.xlsx", "terminals.create", by=by, now=now,
        do=lambda intake: terminals.import_terminals(rows=rows, intake=intake, by=by, now=now),
    )  # fmt: skip
    found = customers.by_codes(by, [row["code"] for row in rows])
    random = Random(SEED + 2)  # noqa: S311
    wu, zhou = persons.person_by_login("wu"), persons.person_by_login("zhou")
    for card in opened:
        terminal = customers.terminal_for(by, found[card.row["code"]])
        _papers(random, terminal, card, today, by=wu, now=now)
        terminals.add_contact(
            terminal=terminal, name=card.contact, job="药剂科" if "hospital" in card.row["kind"] else "采购",
            duty="purchasing", work_phone=f"027-8{random.randint(1000000, 9999999)}", notice_given_on=now.date(),
            source="走访", by=by, now=now,
        )  # fmt: skip
        terminals.set_settlement(
            terminal=terminal, method=card.method, term_days=card.term, term_start="invoice", cutoff_day=25,
            handin_day=28, pay_day=random.choice(("每月 10 日", "每月 15 日", "每月 20 日")), by=by, now=now,
        )  # fmt: skip
        if card.row["kind"] == "public_hospital" and card.row["owner"] != "sun":
            terminals.link(terminal=terminal, person=zhou, role="medical", by=by, now=now)
    return [found[row["code"]] for row in rows]


def _papers(random: Random, terminal, card: Card, today: date, *, by, now: datetime) -> None:
    """Licences for every kind; a few end soon, a few have ended, a few were never handed in."""
    for group in REQUIRED.read(REQUIRED.body).of(card.row["kind"]):
        if random.random() < 0.01:
            continue
        ends = today + timedelta(days=random.choice((-40, -3, 5, 20, 50, 80, 160, *[random.randint(200, 1600)] * 80)))
        terminals.record_licence(
            terminal=terminal, kind=group[0], number=f"鄂{random.randint(10**7, 10**8 - 1)}",
            valid_from=ends - timedelta(days=1826), valid_to=ends, issuer="市场监督管理局",
            verify_by=min(ends, today + timedelta(days=random.randint(40, 350))) if group[0] == "medical" else None,
            scope=["general", "biological"][: random.randint(1, 2)], verified_how="sealed_copy", by=by, now=now,
        )  # fmt: skip


def _book(month: Month, opened: list[Card], ids: list[int], pks: list[int]) -> None:
    """A month's documents, booked on its last day as an accountant would bring them in."""
    qian, now = persons.person_by_login("qian"), _moment(month.last, 18)
    if month.invoices:
        receivables.import_invoices(
            rows=[InvoiceRow(ids[i.card], i.number, i.on, i.due, i.fen) for i in month.invoices], by=qian, now=now
        )
        _sell(month, ids, pks, by=qian, now=now)
    if month.red_letters:
        receivables.import_red_letters(
            rows=[RedLetterRow(ids[n.card], n.number, n.on, n.fen, n.original, n.reason) for n in month.red_letters],
            by=qian, now=now,
        )  # fmt: skip
    if month.receipts:
        receivables.import_receipts(
            rows=[
                ReceiptRow(
                    ids[r.card], r.number, r.on, r.fen, opened[r.card].method, r.invoices,
                    "医保基金结算中心" if opened[r.card].method == "insurance" else opened[r.card].row["name"], r.memo,
                )
                for r in month.receipts
            ],
            by=qian, now=now,
        )  # fmt: skip


def _sell(month: Month, ids: list[int], pks: list[int], *, by, now: datetime) -> None:
    rows = [
        SaleRow(
            ids[i.card], pks[product], PRODUCTS[product][1], i.on, quantity * 1000, PRODUCTS[product][5], fen, i.number
        )
        for i in month.invoices
        for product, quantity, fen in i.lines
    ]
    _take_in(
        "sales", f"销售明细 {month.last:%Y-%m}.xlsx", "sales.import", by=by, now=now,
        do=lambda intake: sales.import_sales(rows=rows, intake=intake, by=by, now=now),
    )  # fmt: skip


def _take_in(noun: str, filename: str, verb: str, *, by, now: datetime, do: Callable) -> None:
    """As if the file had been imported by the wizard, so that it stands in the list of imports."""
    mark = digest([noun, filename])
    take_in(
        noun=noun, filename=filename, file_digest=mark, layout="generic", mark=mark, verb=verb, do=do, by=by, now=now
    )


def _lately(opened: list[Card], ids: list[int], today: date) -> None:
    """A few things done by hand yesterday, so that the journal and the cards have something to tell."""
    qian, wang = persons.person_by_login("qian"), persons.person_by_login("wang")
    yesterday = today - timedelta(days=1)
    now = _moment(yesterday, 10)
    mine = [(card, pk) for card, pk in zip(opened, ids, strict=True) if card.row["owner"] == "wang"]
    for step, (card, pk) in enumerate(mine[:6], 1):
        terminal = customers.terminal_for(wang, pk)
        receivables.post_invoice(
            terminal=terminal, number=f"{yesterday:%y}4220009{step:011d}", invoice_date=yesterday,
            due_date=yesterday + timedelta(days=card.term), total_fen=1_280_00 * step * step, by=qian,
            now=now + timedelta(minutes=step),
        )  # fmt: skip
        if step <= 2:
            terminals.add_alias(
                terminal=terminal, name=f"{card.row['name'][:6]}（老）", kind="former", by=wang, now=now
            )


def _moment(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))
