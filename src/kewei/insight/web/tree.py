"""增长树  What moved sales between two periods: the tree of any slice, the terminals behind each branch, how deep
distributors reach."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kewei.insight.queries import tree
from kewei.insight.rules.periods import SPANS, Periods, chosen, periods_of
from kewei.insight.rules.tree import LOST, NAMES, NEW, ORDERS, PARTS, PRICE, PRODUCTS, REACTIVATED, VOLUME
from kewei.kernel.refusals import N_, Refused
from kewei.people.listing import Col
from kewei.people.listing.export import take_out, workbook
from kewei.receivables.web.parts import today
from kewei.sales import queries as sales
from kewei.terminals.rules import KINDS

ABOUT: dict[str, str] = {
    NEW: N_("前期没有、以前也没有买过"),
    REACTIVATED: N_("前期没有、更早买过"),
    ORDERS: N_("老客户的订货天数变化 × 两期每次订货额的平均"),
    VOLUME: N_("两期都买的品种，按前期价格、除去次数的变化"),
    PRODUCTS: N_("老客户新增的品种减去不再买的品种"),
    PRICE: N_("两期都买的品种，本期数量 × 单价的变化"),
    LOST: N_("前期买过、本期没有"),
}
CUSTOM = "custom"
EXPORT = "sales.export"
# What a chart of distributors can show side by side.
SHOWN = 12


class SliceForm(forms.Form):
    """Which periods, and whose sales of what; everything chosen holds together."""

    span = forms.ChoiceField(label=gettext_lazy("期间"), required=False)
    first = forms.CharField(label=gettext_lazy("本期从（年-月）"), required=False)
    last = forms.CharField(label=gettext_lazy("本期到"), required=False)
    before_first = forms.CharField(label=gettext_lazy("前期从"), required=False)
    before_last = forms.CharField(label=gettext_lazy("前期到"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("口径"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("终端类型"), required=False)
    province = forms.ChoiceField(label=gettext_lazy("省份"), required=False)
    owner = forms.TypedChoiceField(label=gettext_lazy("负责人"), required=False, coerce=int, empty_value=None)
    product = forms.CharField(label=gettext_lazy("产品"), required=False, max_length=200)

    def __init__(self, person: Any, *args: Any) -> None:
        super().__init__(*args)
        self.person = person
        everything = ("", _("全部"))
        found: dict[str, list[tuple[Any, str]]] = {
            "span": [
                *((code, _(words)) for code, (words, *_months) in SPANS.items()), (CUSTOM, _("自选月份")),
            ],
            "source": [(code, _(words)) for code, words in tree.SOURCES.items()],
            "kind": [everything, *((code, _(name)) for code, name in KINDS.items())],
            "province": [everything, *((name, name) for name in tree.provinces(person))],
            "owner": [everything, *tree.owners(person)],
        }  # fmt: skip
        for name, choices in found.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for name in ("first", "last", "before_first", "before_last"):
            self.fields[name].widget.attrs |= {"type": "month", "placeholder": "2026-10"}
        self.fields["product"].widget.attrs |= {"list": "products", "placeholder": _("编码、名称或首字母；空为全部")}

    def asked(self) -> tuple[Periods, tree.Slice, str]:
        """The periods and slice that hold, and what is wrong with the rest: what an address asks for and is not to be had
        is left out, the rest holds."""
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        span = given.pop("span", "") or "quarter"
        months = [given.pop(name, "") for name in ("first", "last", "before_first", "before_last")]
        wrong = []
        if text := given.pop("product", ""):
            meant = tree.product_meant(self.person, text)
            if meant is None:
                wrong.append(_("没有找到产品「{text}」，以下是全部产品").format(text=text))
            else:
                given["product"] = meant[0]
                self.data = {**self.data, "product": meant[1]}
        periods = periods_of("quarter" if span == CUSTOM else span, today())
        if span == CUSTOM and any(months):
            try:
                periods = chosen(*months)
            except Refused as no:
                wrong.append(no.sentence(_))
        return periods, tree.Slice(**given), "　".join(wrong)


@require_GET
def tree_page(request: HttpRequest) -> HttpResponse:
    """增长树  The waterfall of a slice; with `branch` the terminals behind it, with `file` as Excel."""
    request.user.must(tree.SEE)
    form = SliceForm(request.user, {"span": "quarter", "source": tree.DIRECT, **request.GET.dict()})
    periods, part, wrong = form.asked()
    found = tree.tree_of(request.user, periods, part)
    branch = request.GET.get("branch", "")
    branch = branch if branch in PARTS else ""
    if request.GET.get("file") == "xlsx":
        return _file(request, found)
    rows, count = tree.behind(request.user, found, branch) if branch else ([], 0)
    asked = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    parts = [
        (one, _(NAMES[one.part]), _(ABOUT[one.part]), "?" + urlencode({**asked, "branch": one.part}) + "#behind")
        for one in found.tree.branches
    ]
    page = {
        "form": form, "found": found, "parts": parts, "chart": _chart(found, parts), "branch": branch, "wrong": wrong,
        "branch_name": _(NAMES[branch]) if branch else "", "rows": rows, "count": count, "empty": not found.count,
        "fresh": sales.freshness(), "through": part.source == tree.THROUGH, "custom": form.data.get("span") == CUSTOM,
        "products": tree.products_sold(request.user),
        "file_url": "?" + urlencode({**asked, "file": "xlsx"}) if request.user.may(EXPORT) else "",
        "depths": tree.depths(request.user, periods, part) if part.source == tree.THROUGH else [],
    }  # fmt: skip
    return render(request, "insight/tree.html", page)


def _chart(found: tree.Found, parts: list[Any]) -> dict[str, Any]:
    return {
        "names": [_("前期"), *(words for _one, words, _about, _url in parts), _("本期")],
        "fen": [found.tree.before_fen, *(one.fen for one, *_more in parts), found.tree.now_fen],
        "totals": [0, len(parts) + 1],
        "urls": ["", *(url for *_more, url in parts), ""],
    }


COLUMNS = (
    Col("part", N_("来源"), value=lambda row: _(NAMES[row[0]])),
    Col("code", N_("编码"), value=lambda row: row[1].code),
    Col("name", N_("客户"), value=lambda row: row[1].name),
    Col("owner", N_("负责人"), value=lambda row: row[1].owner),
    Col("before", N_("前期"), kind="amount", value=lambda row: row[1].before_fen),
    Col("now", N_("本期"), kind="amount", value=lambda row: row[1].now_fen),
    Col("fen", N_("其中"), kind="amount", value=lambda row: row[1].fen),
)


def _file(request: HttpRequest, found: tree.Found) -> Any:
    """Every terminal behind every branch: the column 其中 adds up to the change."""
    request.user.must(EXPORT)
    rows = [
        (branch, row) for branch in PARTS for row in tree.behind(request.user, found, branch, None)[0]
    ]  # fmt: skip
    asked = request.GET.urlencode()
    take_out(noun="sales", verb=EXPORT, rows=len(rows), asked=asked, by=request.user, now=timezone.now())
    return workbook(_("增长树"), COLUMNS, iter(rows))
