"""账龄  The ageing table: who owes how much since when, on any day, by customer, owner, territory, place or kind."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kewei.kernel.refusals import N_
from kewei.people.listing import Bulk, Col, Filter, Listing
from kewei.receivables import queries, rules
from kewei.receivables.queries.items import NOBODY
from kewei.receivables.web import parts
from kewei.receivables.web.parts import FROM_DUE, today
from kewei.terminals import rules as terminal_rules

SEE, EXPORT = "receivables.see", "receivables.export"
BY: dict[str, str] = {
    "customer": N_("客户"),
    "owner": N_("业务员"),
    "territory": N_("销售区域"),
    "region": N_("地区"),
    "kind": N_("客户类型"),
}
AXES: dict[str, str] = {"overdue": N_("逾期账龄"), "invoice": N_("发票账龄")}
NOWHERE: dict[str, str] = {
    "owner": N_("（无人负责）"),
    "territory": N_("（未划区域）"),
    "region": N_("（未填地区）"),
    "kind": N_("（未填类型）"),
}
# A bucket under its bar, where the title says which age it is.
SHORT: dict[str, str] = {
    "not_due": N_("未到期"),
    "0_30": "0–30",
    "1_30": "1–30",
    "31_60": "31–60",
    "61_90": "61–90",
    "91_180": "91–180",
    "181_365": "181–365",
    "1_2y": N_("1–2 年"),
    "2_3y": N_("2–3 年"),
    "over_3y": N_("3 年以上"),
}
# The filter of the list of items that each grouping leads to.
LEADS_TO = {"customer": "terminal", "owner": "owner", "territory": "territory", "region": "region", "kind": "kind"}
GROUPS_DRAWN = 10
EXPIRES_SOON_DAYS = 180


@require_http_methods(["GET", "POST"])
def ageing(request: HttpRequest, by: str = "customer", axis: str = "overdue") -> HttpResponseBase:
    """账龄分析表  On the day asked for; drills down into the items of any cell; as a page, a fragment or a file."""
    request.user.must(SEE)
    as_of = parts.as_of(request, name_of(by, axis))

    @lru_cache(maxsize=2)
    def table(order: str) -> rules.AgeingTable:
        return queries.ageing(request.user, as_of, by, axis, order)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        found = table(order)
        return found.rows[start : start + limit], len(found.rows), _totals(found)

    listing = _listing(by, axis, as_of)
    fragment = getattr(getattr(request, "htmx", None), "target", None) == "list-body"
    context = {} if fragment else _around(table("-balance"), by, axis, as_of)
    return listing.answer(request, fetch, "receivables/ageing.html", context)


def _in_bucket(n: int) -> Callable[[Any], int | None]:
    """Reads one bucket of a row; nothing rather than nought."""
    return lambda row: row.bucket_fen[n] or None


def _listing(by: str, axis: str, as_of: date) -> Listing:
    """The list for one grouping and one age; its links carry the day."""
    buckets = queries.AXES[axis]
    lead = Col(
        "label", BY[by], lead=True, sort="label", value=lambda row: label_of(by, row),
        sub=(lambda row: row.code) if by == "customer" else None, link=_link(by, axis, as_of),
    )  # fmt: skip
    columns = [
        lead,
        Col("balance", N_("余额"), kind="amount", value=lambda row: row.balance_fen, sort="balance", total=True),
        Col(
            "overdue", N_("其中逾期"), kind="amount", value=lambda row: row.overdue_fen or None, sort="overdue",
            total=True,
        ),
        *(
            Col(
                code, name, kind="amount", value=_in_bucket(n), total=True,
                link=_link(by, axis, as_of, n),
            )
            for n, (code, name) in enumerate(zip(buckets.codes, buckets.names, strict=True))
        ),
        Col(
            "credit", N_("未核销款与红字"), kind="amount", value=lambda row: row.credit_fen or None, sort="credit",
            total=True, help=N_("还没有核销到发票上的收款与红字，单列，不冲减各账龄段"),
        ),
        Col("items", N_("笔数"), kind="number", sort="items", total=True),
        Col("oldest_due", N_("最早到期"), kind="day", sort="oldest_due"),
        Col("days_left", N_("距时效届满"), kind="number", tone=_expiry_tone, help=FROM_DUE),
    ]  # fmt: skip
    return Listing(
        name=name_of(by, axis),
        title=N_("账龄"),
        columns=columns,
        filters=[Filter("as_of", N_("截至"), kind="day")],
        order="-balance",
        may_export=EXPORT,
        row_url=_link(by, axis, as_of),
        key=lambda row: row.key,
        bulk=[Bulk(N_("生成对账单"), reverse("receivables:statements"), "file-text")] if by == "customer" else [],
        empty_title=N_("这一天没有未清的应收"),
        empty_text=N_("登记或导入发票之后，这里按账龄列出谁欠多少、欠了多久。"),
        empty_icon="chart-bar",
        empty_url=reverse("receivables:post_invoice"),
        empty_action=N_("登记发票"),
    )


def name_of(by: str, axis: str) -> str:
    """What the list of a grouping and an age is called where views are kept."""
    return f"receivables.ageing.{by}.{axis}"


def label_of(by: str, row: rules.AgeingRow) -> str:
    """A group's name as people read it."""
    if by == "kind" and row.label in terminal_rules.KINDS:
        return _(terminal_rules.KINDS[row.label])
    return row.label or (_(NOWHERE[by]) if by in NOWHERE else row.code)


def _link(by: str, axis: str, as_of: date, bucket: int | None = None) -> Any:
    """Where a row, or a cell of it, leads: the items behind it on the same day."""
    items = reverse("receivables:open_items")

    def link(row: rules.AgeingRow) -> str | None:
        if bucket is not None and not row.bucket_fen[bucket]:
            return None
        return f"{items}?{items_query(by, axis, as_of, row.key, bucket)}"

    return link


def items_query(by: str, axis: str, as_of: date, key: Any, bucket: int | None = None) -> str:
    """The address of the items of one group and bucket."""
    asked: dict[str, Any] = {}
    if by:
        asked[LEADS_TO[by]] = NOBODY if key in (None, "") else key
    if as_of != today():
        asked["as_of"] = as_of.isoformat()
    if bucket is not None:
        asked["bucket" if axis == "overdue" else "age"] = queries.AXES[axis].codes[bucket]
    return urlencode(asked)


def _totals(table: rules.AgeingTable) -> dict[str, Any]:
    totals = table.totals
    return {
        "balance": totals.balance_fen,
        "overdue": totals.overdue_fen,
        "credit": totals.credit_fen,
        "items": totals.items,
        **dict(zip(table.buckets.codes, totals.bucket_fen, strict=True)),
    }


def _expiry_tone(row: rules.AgeingRow) -> str:
    if row.days_left is None:
        return ""
    return "bad" if row.days_left < 0 else "warn" if row.days_left <= EXPIRES_SOON_DAYS else ""


def _around(table: rules.AgeingTable, by: str, axis: str, as_of: date) -> dict[str, Any]:
    """What stands above the table: tiles, charts, tabs, and the check against the control total."""
    day_query = "" if as_of == today() else "?" + urlencode({"as_of": as_of.isoformat()})
    totals, items = table.totals, reverse("receivables:open_items")
    short = [_(SHORT[code]) for code in table.buckets.codes]
    drawn = table.rows[:GROUPS_DRAWN]
    return {
        "title": _("账龄"),
        "as_of": as_of,
        "today": today(),
        "by": by,
        "axis": axis,
        "by_name": _(BY[by]),
        "axis_name": _(AXES[axis]),
        "tabs": [
            {"name": _(name), "url": address(other, axis) + day_query, "on": other == by} for other, name in BY.items()
        ],
        "axes": [
            {"name": _(name), "url": address(by, other) + day_query, "on": other == axis}
            for other, name in AXES.items()
        ],
        "days": [
            {"name": name, "url": f"{address(by, axis)}?{urlencode({'as_of': day.isoformat()})}", "on": day == as_of}
            for name, day in _days(today())
        ],
        "totals": totals,
        "table": table,
        "agrees": totals.balance_fen == table.control_fen,
        "overdue_part": totals.overdue_fen * 100 // totals.owed_fen if totals.owed_fen > 0 else 0,
        "overdue_url": f"{items}?{urlencode({'overdue': 1} | _as_of(as_of))}",
        "unmatched_url": reverse("receivables:unmatched"),
        "bucket_chart": {
            "name": _("余额"),
            "buckets": short,
            "fen": list(totals.bucket_fen),
            "urls": [f"{items}?{items_query('', axis, as_of, None, n)}" for n in range(len(short))],
        },
        "group_chart": {
            "groups": [label_of(by, row) for row in drawn],
            "buckets": short,
            "fen": [list(row.bucket_fen) for row in drawn],
            "urls": [f"{items}?{items_query(by, axis, as_of, row.key)}" for row in drawn],
        },
        "group_title": _("余额最大的 {count} 家").format(count=len(drawn)) if by == "customer" else _("各组的账龄"),
    }


def _as_of(as_of: date) -> dict[str, str]:
    return {} if as_of == today() else {"as_of": as_of.isoformat()}


def _days(now: date) -> list[tuple[str, date]]:
    """Days people look back to: today, the ends of the last month, quarter and year."""
    first = now.replace(day=1)
    last_month = first - timedelta(days=1)
    quarter = date(now.year, (now.month - 1) // 3 * 3 + 1, 1)
    return [
        (_("今天"), now),
        (_("上月末"), last_month),
        (_("上季末"), quarter - timedelta(days=1)),
        (_("去年末"), date(now.year - 1, 12, 31)),
    ]


def address(by: str, axis: str) -> str:
    """The path of the table for a grouping and an age."""
    return reverse(route(by, axis))


def route(by: str, axis: str, room: str = "receivables:") -> str:
    """The URL name of the table for a grouping and an age."""
    return room + "_".join(["ageing", *([] if axis == "overdue" else [axis]), *([] if by == "customer" else [by])])
