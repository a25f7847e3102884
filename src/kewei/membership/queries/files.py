"""What an import of benefits, of adjusted points or of stock would do; all again for a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Sum

from kewei.journal import queries_policies
from kewei.journal.bulk import chunks
from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.membership.models import Enrolment, Movement, Posting, StockTold
from kewei.membership.queries.benefits import export_rows, had_fen
from kewei.membership.queries.members import members_by_code, names_of_members
from kewei.membership.rules.benefits import check_wanted
from kewei.membership.rules.conduct import LIMITS, PRICE, Wanted, blocked, decide
from kewei.membership.rules.files import FilePlan, NotAMember, StockRow, adjust_row, benefit_row, stock_row
from kewei.membership.rules.ledger import ADJUST, LIABILITY, BadAmount, check_amount
from kewei.membership.rules.programmes import WhyMissing
from kewei.membership.rules.usage import BadStock, check_stock
from kewei.people.models import Person
from kewei.products import queries as products
from kewei.terminals import queries as terminals

POST, WANT, SERVE = "membership.post", "membership.want", "membership.serve"
TERMINAL, PRODUCT = N_("客户"), N_("产品")


def plan_adjustments(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> FilePlan:
    """Points to give and take: (row number, values by column name); drafts are (row, membership, the row). Reads only."""
    numbered = [(number, adjust_row(values)) for number, values in rows]
    known = members_by_code(person, {(row.programme, row.customer_code) for _, row in numbered}, POST)
    plan = FilePlan()
    for number, row in numbered:
        member = known.get((row.programme, row.customer_code))
        if member is None:
            plan.faults.append((number, "customer_code", NotAMember(text=row.customer_code, programme=row.programme)))
        elif fault := _amount_fault(row.points):
            plan.faults.append((number, "points", fault))
        elif not row.why.strip():
            plan.faults.append((number, "why", WhyMissing()))
        else:
            plan.drafts.append((number, member[0], row))
            plan.new += 1
    return plan


def _amount_fault(points: int) -> Refused | None:
    try:
        check_amount(abs(points))
    except BadAmount as why:
        return why
    return None


def plan_benefits(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]], today: date) -> FilePlan:
    """Benefits to propose; what the table of conduct blocks is a fault of its row. Reads only, a
    constant number of queries."""
    numbered = [(number, benefit_row(values)) for number, values in rows]
    known = members_by_code(person, {(row.programme, row.customer_code) for _, row in numbered}, WANT)
    members = Enrolment.objects.select_related("terminal").in_bulk([pk for pk, _terminal in known.values()])
    limits = queries_policies.in_force(LIMITS, today).value
    had, names = had_fen([one.terminal_id for one in members.values()], today), names_of_members(members.values())
    plan = FilePlan()
    for number, row in numbered:
        member = known.get((row.programme, row.customer_code))
        if member is None:
            plan.faults.append((number, "customer_code", NotAMember(text=row.customer_code, programme=row.programme)))
            continue
        institution = members[member[0]].terminal_id
        if why := _benefit_fault(row, had.get((institution, row.kind), 0), names[institution], limits):
            plan.faults.append((number, "kind", why))
            continue
        plan.drafts.append((number, member[0], row))
        plan.new += 1
    return plan


def _benefit_fault(row: Any, had: int, names: list[str], limits: Any) -> Refused | None:
    wanted = Wanted(
        row.kind, row.words, row.fen, row.ground, row.channel, row.recipient, row.tied, row.near_tender,
        tuple(row.evidence), had,
    )  # fmt: skip
    try:
        decision = decide(wanted, names, limits)
        if (no := blocked(decision)) is not None:
            return no
        check_wanted(row.words, row.ground, row.fen, row.kind in PRICE)
    except Refused as why:
        return why
    return None


def plan_stock(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]], today: date) -> FilePlan:
    """Stock of shelves to tell: drafts are (row, key of the terminal, (key of the product, the row)); what was told so already
    is the same. Reads only, a constant number of queries."""
    numbered = [(number, stock_row(values)) for number, values in rows]
    shops = terminals.by_codes(person, {row.customer_code for _, row in numbered}, SERVE)
    goods = products.by_codes(person, {row.product_code for _, row in numbered})
    known = _told(shops.values())
    plan = FilePlan()
    for number, row in numbered:
        shop, product = shops.get(row.customer_code), goods.get(row.product_code)
        if shop is None:
            plan.faults.append((number, "customer_code", NotFound(noun=TERMINAL)))
        elif product is None:
            plan.faults.append((number, "product_code", NotFound(noun=PRODUCT)))
        elif fault := _stock_fault(row, today):
            plan.faults.append((number, "units", fault))
        elif known.get((shop, product, row.on)) == (row.units, row.near_units, row.batch):
            plan.same += 1
        else:
            plan.drafts.append((number, shop, (product, row)))
            plan.new += 1
    return plan


def _stock_fault(row: StockRow, today: date) -> Refused | None:
    try:
        check_stock(row.units, row.near_units, row.on, today)
    except BadStock as why:
        return why
    return None


def _told(shops: Collection[int]) -> dict[tuple[int, int, date], tuple[int, int, str]]:
    """What was told last of each terminal, product and day."""
    found: dict[tuple[int, int, date], tuple[int, int, str]] = {}
    for part in chunks(shops):
        rows = StockTold.objects.filter(terminal__in=part, takes_back=None, taken_back_by=None).order_by("pk")
        fields = ("terminal", "product", "on", "units", "near_units", "batch")
        for shop, product, on, units, near_units, batch in rows.values_list(*fields):
            found[shop, product, on] = units, near_units, batch
    return found


def export_stock(person: Person) -> Iterator[dict[str, Any]]:
    """Every count the person may see that was not taken back, newest first, in the columns of the import."""
    rows = StockTold.objects.visible_to(person, "membership.see").filter(takes_back=None, taken_back_by=None)
    fields = {
        "customer_code": "terminal__code", "customer_name": "terminal__name", "product_code": "product__code", "on": "on",
        "units": "units", "near_units": "near_units", "near_on": "near_on", "batch": "batch",
    }  # fmt: skip
    for values in rows.order_by("-on", "-pk").values_list(*fields.values()):
        yield dict(zip(fields, values, strict=True))


def export_benefits(person: Person) -> Iterator[dict[str, Any]]:
    """Every benefit the person may see, in the columns of the import."""
    for row in export_rows(person):
        yield {
            "customer_code": row.terminal_code, "customer_name": row.terminal_name, "programme": row.programme_code,
            "kind": row.kind, "words": row.words, "ground": row.ground, "fen": row.fen, "channel": row.channel,
            "tied": row.tied, "near_tender": row.near_tender, "evidence": row.evidence,
        }  # fmt: skip


def export_adjustments(person: Person) -> Iterator[dict[str, Any]]:
    """Every adjustment by hand, newest first, in the columns of the import."""
    mine = Enrolment.objects.visible_to(person, "membership.see")
    rows = Movement.objects.filter(kind=ADJUST, enrolment__in=mine).order_by("-pk")
    fields = ("pk", "enrolment__terminal__code", "enrolment__programme__code", "words", "on")
    owed = dict(
        Posting.objects.filter(movement__in=rows.values("pk"), account=LIABILITY)
        .values_list("movement")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    for pk, code, programme, words, on in rows.values_list(*fields):
        yield {"customer_code": code, "programme": programme, "points": owed.get(pk, 0), "why": words, "on": on}
