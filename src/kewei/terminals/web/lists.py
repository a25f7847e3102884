"""The list of terminals and the list of licences that end."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from kewei.kernel.refusals import N_
from kewei.people import queries as people
from kewei.people.listing import Bulk, Col, Filter, Listing, page_of
from kewei.terminals import queries, rules
from kewei.terminals.forms import SELLERS

STATES = {"open": N_("在用"), "closed": N_("已停用"), "all": N_("全部")}
WITHIN = {
    "0": N_("已过期"),
    "7": N_("7 天内"),
    "30": N_("30 天内"),
    "60": N_("60 天内"),
    "90": N_("90 天内"),
    "180": N_("180 天内"),
}
STATE_TONES = {"valid": "ok", "ending": "warn", "expired": "bad", "undated": "quiet"}


def _label(words: dict[str, str]):
    return lambda code: gettext(words.get(code, code))


def _state(closed: bool) -> str:
    name = STATES["closed" if closed else "open"]
    return gettext(name)


def _options(words: dict[str, str]):
    return lambda request: [(code, gettext(label)) for code, label in words.items()]


def _provinces(request) -> list[tuple[str, str]]:
    return [(name, name) for _, name in queries.province_choices()]


def _cities(request) -> list[tuple[str, str]]:
    """Cities of the province chosen beside it; all there are would be too many to choose from."""
    province, city = request.GET.get("province", ""), request.GET.get("city", "")[:30]
    names = [name for _, name in queries.city_choices(province)] if province else []
    return [(name, name) for name in dict.fromkeys([*names, *([city] if city else [])])]


def _owners(request) -> list[tuple[str, str]]:
    """Colleagues who sell, for those who see more than their own terminals."""
    reach = request.user.reach("terminals.see")
    if not (reach.everything or reach.territory_paths):
        return []
    return [(str(pk), name) for pk, name in people.choices_of_people(SELLERS)]


_TERMINAL = page_of("desk:terminal")


def terminal_url(pk: int) -> str:
    """The 360° page of a terminal, which is the desk's."""
    return _TERMINAL(pk)


COLUMNS = [
    Col("name", N_("名称"), lead=True, sort="name", link=lambda row: terminal_url(row.pk), sub=lambda row: row.short_name),
    Col("code", N_("客户编码"), sort="code"),
    Col("kind", N_("终端类型"), sort="kind", words=_label(rules.KINDS)),
    Col("province", N_("省"), sort="province", shown=False),
    Col("city", N_("市"), sort="city"),
    Col("district", N_("区县"), shown=False),
    Col("owner_name", N_("负责人"), sort="owner"),
    Col("territory_name", N_("区域"), sort="territory", shown=False),
    Col("grade", N_("医院等级"), words=_label(rules.GRADES), shown=False),
    Col("beds", N_("床位"), kind="number", shown=False),
    Col("ownership", N_("企业性质"), words=_label(rules.OWNERSHIPS), shown=False),
    Col("credit_code", N_("统一社会信用代码")),
    Col("address", N_("地址"), shown=False, clip=True),
    Col("added_at", N_("建档"), kind="moment", sort="added_at", shown=False),
    Col(
        "closed", N_("状态"), kind="badge", shown=False,
        words=lambda closed: _state(closed),
        tone=lambda row: "bad" if row.closed else "ok",
    ),
]  # fmt: skip

FILTERS = [
    Filter("text", N_("查找"), kind="find", placeholder=N_("名称、别名、编码、信用代码、拼音首字母")),
    Filter("kind", N_("终端类型"), options=_options(rules.KINDS)),
    Filter("province", N_("省"), options=_provinces),
    Filter("city", N_("市"), options=_cities),
    Filter("owner", N_("负责人"), options=_owners),
    Filter("without_owner", N_("没有负责人"), kind="flag"),
    Filter("state", N_("状态"), options=_options(STATES)),
]

_EVERYTHING: dict[str, Any] = {
    "name": "terminals",
    "title": N_("客户"),
    "columns": COLUMNS,
    "filters": FILTERS,
    "order": "code",
    "may_export": "terminals.export",
    "row_url": lambda row: terminal_url(row.pk),
    "key": lambda row: row.pk,
    "empty_title": N_("还没有客户"),
    "empty_text": N_("可以从 Excel 或 CSV 一次导入，也可以逐家建档。"),
    "empty_icon": "building-hospital",
    "empty_url": "terminals:new",
    "empty_action": N_("新建客户"),
}
LISTING = Listing(**_EVERYTHING)
LISTING_TO_ASSIGN = Listing(**_EVERYTHING, bulk=[Bulk(N_("分配负责人"), "/terminals/assign", "user-check")])


@require_http_methods(["GET", "POST"])
def list_page(request):
    """客户  Every terminal the reader may see."""
    request.user.must("terminals.see")

    def wanted(filters: dict[str, Any]) -> dict[str, Any]:
        asked = dict(filters)
        if "owner" in asked:
            asked["owner"] = int(asked["owner"])
        return asked | {"closed": {"open": False, "closed": True, "all": None}[asked.pop("state", "open")]}

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]):
        return queries.list_terminals(request.user, order=order, start=start, limit=limit, **wanted(filters))

    def stream(order: str, filters: dict[str, Any]):
        return queries.export_rows(request.user, order=order, **wanted(filters))

    listing = LISTING_TO_ASSIGN if request.user.may("terminals.assign") else LISTING
    return listing.answer(request, fetch, template="terminals/list.html", context=_doors(request), stream=stream)


def _doors(request) -> dict[str, Any]:
    return {"may_create": request.user.may("terminals.create")}


# --- licences -----------------------------------------------------------------------------------------------------------


def _ends(row) -> str:
    if row.days_left < 0:
        return ngettext("过期 {days} 天", "过期 {days} 天", -row.days_left).format(days=-row.days_left)
    return ngettext("还有 {days} 天", "还有 {days} 天", row.days_left).format(days=row.days_left)


LICENCES = Listing(
    name="licences",
    title=N_("证照到期"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, link=lambda row: terminal_url(row.terminal),
            sub=lambda row: row.terminal_code,
        ),
        Col("kind", N_("证照种类"), words=_label(rules.LICENCE_KINDS)),
        Col("number", N_("证号")),
        Col("ends_on", N_("到期"), kind="day"),
        Col("days_left", N_("期限"), kind="badge", value=_ends, tone=lambda row: STATE_TONES[row.state]),
        Col("owner", N_("负责人")),
    ],
    filters=[
        Filter("within", N_("期限"), options=_options(WITHIN)),
        Filter("kind", N_("证照种类"), options=_options(rules.LICENCE_KINDS)),
        Filter("owner", N_("负责人"), options=_owners),
    ],
    may_export="terminals.export",
    row_url=lambda row: reverse("terminals:add_licence", args=[row.terminal]),
    empty_title=N_("没有快到期的证照"),
    empty_text=N_("证照到期前 180、90、60、30、7 天会出现在这里。"),
    empty_icon="certificate",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def licences_page(request):
    """证照到期  Licences that end soon or have ended, soonest first."""
    request.user.must("terminals.see")
    today = timezone.localdate()

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]):
        within = int(filters["within"]) if "within" in filters else None
        days = -1 if within == 0 else within
        return queries.licences_ending(
            request.user, today, days, start=start, limit=limit, kind=filters.get("kind", ""),
            owner=int(filters["owner"]) if "owner" in filters else None,
        )  # fmt: skip

    return LICENCES.answer(request, fetch)
