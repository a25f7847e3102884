"""未清项  Everything that is owed, item by item, on any day; where the cells of the ageing table lead."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kewei.kernel.refusals import N_
from kewei.people import queries as people
from kewei.people.listing import Col, Filter, Listing
from kewei.receivables import queries, rules
from kewei.receivables.queries.items import NOBODY
from kewei.receivables.web import parts
from kewei.receivables.web.ageing import EXPIRES_SOON_DAYS, NOWHERE
from kewei.receivables.web.documents import kind_words
from kewei.receivables.web.parts import FROM_DUE, today
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules

SEE, EXPORT, NAME = "receivables.see", "receivables.export", "receivables.open_items"
SELLERS = ("representative", "manager")
# Orders of the page that the query knows by another name: what expires first is what fell due first.
SAME_ORDER = {"days_left": "due_date", "age": "-on", "overdue": "-due_date"}


def _buckets(buckets: rules.Buckets) -> Any:
    return lambda request: [(code, _(name)) for code, name in zip(buckets.codes, buckets.names, strict=True)]


def _kinds(request: HttpRequest) -> list[tuple[str, str]]:
    return [(code, _(words)) for code, words in terminal_rules.KINDS.items()]


def _owners(request: HttpRequest) -> list[tuple[str, str]]:
    """Owners the reader may ask for: everybody who sells, or those of the customers the reader sees."""
    asked, nobody = request.GET.get("owner", ""), NOWHERE["owner"]
    if request.user.reach(SEE).everything:
        found: dict[Any, str] = dict(people.choices_of_people(SELLERS))
        if asked.isdecimal() and len(asked) < 19 and int(asked) not in found:
            found |= people.names([int(asked)])  # somebody who has left, or does another job now
    else:
        rows = queries.ageing(request.user, today(), by="owner", order="label").rows
        found = {row.key: row.label for row in rows if row.key is not None}
    return [*((str(pk), name) for pk, name in found.items()), (NOBODY, _(nobody))]


def _regions(request: HttpRequest) -> list[tuple[str, str]]:
    """Only the one asked for: a choice of all cities would be longer than the page."""
    asked, nowhere = request.GET.get("region", ""), NOWHERE["region"]
    return [(asked, _(nowhere) if asked == NOBODY else asked)] if asked else []


def _territories(request: HttpRequest) -> list[tuple[str, str]]:
    asked, nowhere = request.GET.get("territory", ""), NOWHERE["territory"]
    if asked == NOBODY:
        return [(NOBODY, _(nowhere))]
    named = people.territory_names([int(asked)]) if asked.isdecimal() and len(asked) < 19 else {}
    return [(asked, named[int(asked)])] if named else []


def customers(request: HttpRequest) -> list[tuple[str, str]]:
    """Only the one asked for, as far as the reader may see it; choosing another is what search and ageing are for."""
    asked = request.GET.get("terminal", "")
    named = terminals.labels(request.user, [int(asked)]) if asked.isdecimal() and len(asked) < 19 else {}
    return [(asked, named[int(asked)])] if named else []


_WHERE_FROM = (
    Filter("terminal", N_("客户"), kind="choice", options=customers),
    Filter("territory", N_("销售区域"), kind="choice", options=_territories),
    Filter("region", N_("地区"), kind="choice", options=_regions),
)


def _overdue_tone(row: rules.ItemRow) -> str:
    if row.overdue_days <= 0:
        return ""
    return "bad" if row.overdue_days > 90 else "warn"


def _expiry_tone(row: rules.ItemRow) -> str:
    if row.days_left is None:
        return ""
    return "bad" if row.days_left < 0 else "warn" if row.days_left <= EXPIRES_SOON_DAYS else ""


def _settled(row: rules.ItemRow) -> int | None:
    return row.total_fen - row.open_fen or None


def _listing(request: HttpRequest) -> Listing:
    # Customers, places and territories are chosen by coming from elsewhere; there are too many of them to choose here.
    came_with = [one for one in _WHERE_FROM if request.GET.get(one.key)]
    return Listing(
        name=NAME,
        title=N_("未清项"),
        columns=[
            Col(
                "number", N_("单据号"), lead=True,
                link=lambda row: reverse("receivables:entry", args=[row.entry_id]),
                sub=lambda row: "" if row.kind == "invoice" else kind_words(row.kind),
            ),
            Col("terminal_name", N_("客户"), sort="customer", sub=lambda row: row.terminal_code, clip=True),
            Col("on", N_("开票日"), kind="day", sort="on"),
            Col("due_date", N_("到期日"), kind="day", sort="due_date"),
            Col(
                "overdue_days", N_("逾期天数"), kind="number", value=lambda row: row.overdue_days or None,
                tone=_overdue_tone, sort="overdue",
            ),
            Col("age_days", N_("开票天数"), kind="number", sort="age"),
            Col("total_fen", N_("原额"), kind="amount", sort="total", total=True),
            Col("settled", N_("已核销"), kind="amount", value=_settled, shown=False),
            Col("open_fen", N_("余额"), kind="amount", sort="open", total=True),
            Col("days_left", N_("距时效届满"), kind="number", sort="days_left", tone=_expiry_tone, help=FROM_DUE),
        ],
        filters=[
            *came_with,
            Filter("owner", N_("业务员"), kind="choice", options=_owners),
            Filter("kind", N_("客户类型"), kind="choice", options=_kinds),
            Filter("bucket", N_("逾期账龄"), kind="choice", options=_buckets(rules.PAST_DUE)),
            Filter("age", N_("发票账龄"), kind="choice", options=_buckets(rules.INVOICE_AGE)),
            Filter("overdue", N_("仅逾期"), kind="flag"),
            Filter("as_of", N_("截至"), kind="day"),
        ],
        order="due_date",
        may_export=EXPORT,
        row_url=lambda row: reverse("receivables:entry", args=[row.entry_id]),
        empty_title=N_("没有未清的单据"),
        empty_text=N_("所有发票都已结清，或者还没有登记发票。"),
        empty_icon="file-check",
        empty_url="" if came_with else reverse("receivables:post_invoice"),
        empty_action=N_("登记发票"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def open_items(request: HttpRequest) -> HttpResponseBase:
    """未清项  On the day asked for, narrowed by customer, owner, place, kind and age."""
    request.user.must(SEE)
    as_of = parts.as_of(request, NAME)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        rows, count = queries.open_items(
            request.user, as_of, order=order_of(order), start=start, limit=limit, **keys_of(filters)
        )
        return rows, count

    def stream(order: str, filters: dict[str, Any]) -> Iterable[Any]:
        return queries.every_open_item(request.user, as_of, order=order_of(order), **keys_of(filters))

    context = {"as_of": as_of, "today": today()}
    return _listing(request).answer(request, fetch, "receivables/open_items.html", context, stream)


def order_of(order: str) -> str:
    """The query's name of an order of the page."""
    name = order.removeprefix("-")
    same = SAME_ORDER.get(name, name)
    if not order.startswith("-"):
        return same
    return same.removeprefix("-") if same.startswith("-") else f"-{same}"


def keys_of(filters: dict[str, Any]) -> dict[str, Any]:
    """Filters as the query takes them: keys as numbers, the day apart."""
    numbers = {"terminal", "owner", "territory"}
    return {
        name: int(value) if name in numbers and value != NOBODY else value
        for name, value in filters.items()
        if name != "as_of"
    }
