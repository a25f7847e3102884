"""增长树  What moved sales between two periods: the tree of any slice, and the terminals behind each branch."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kewei.insight.queries import tree
from kewei.insight.rules.tree import LOST, NEW, ORDERS, PARTS, PRICE, PRODUCTS, REACTIVATED, VOLUME
from kewei.kernel.refusals import N_
from kewei.receivables.web.parts import today
from kewei.terminals.rules import KINDS

NAMES: dict[str, str] = {
    NEW: N_("新客户"),
    REACTIVATED: N_("重新购买"),
    ORDERS: N_("订货次数"),
    VOLUME: N_("每次订货量"),
    PRODUCTS: N_("品种"),
    PRICE: N_("价格"),
    LOST: N_("流失"),
}
ABOUT: dict[str, str] = {
    NEW: N_("前期没有、以前也没有买过"),
    REACTIVATED: N_("前期没有、更早买过"),
    ORDERS: N_("老客户的订货天数变化 × 两期每次订货额的平均"),
    VOLUME: N_("两期都买的品种，按前期价格、除去次数的变化"),
    PRODUCTS: N_("老客户新增的品种减去不再买的品种"),
    PRICE: N_("两期都买的品种，本期数量 × 单价的变化"),
    LOST: N_("前期买过、本期没有"),
}


class SliceForm(forms.Form):
    """Which periods, and whose sales of what."""

    span = forms.ChoiceField(label=gettext_lazy("期间"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("终端类型"), required=False)
    province = forms.ChoiceField(label=gettext_lazy("省份"), required=False)
    owner = forms.TypedChoiceField(label=gettext_lazy("负责人"), required=False, coerce=int, empty_value=None)
    product = forms.TypedChoiceField(label=gettext_lazy("产品"), required=False, coerce=int, empty_value=None)

    def __init__(self, person: Any, *args: Any) -> None:
        super().__init__(*args)
        everything = ("", _("全部"))
        found: dict[str, list[tuple[Any, str]]] = {
            "span": [(code, _(words)) for code, (words, *_months) in tree.SPANS.items()],
            "kind": [everything, *((code, _(name)) for code, name in KINDS.items())],
            "province": [everything, *((name, name) for name in tree.provinces(person))],
            "owner": [everything, *tree.owners(person)],
            "product": [everything, *tree.products_sold(person)],
        }
        for name, choices in found.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


@require_GET
def tree_page(request: HttpRequest) -> HttpResponse:
    """增长树  The waterfall of a slice; with `branch` the terminals behind it."""
    request.user.must("sales.see")
    form = SliceForm(request.user, {"span": "quarter", **request.GET.dict()})
    form.full_clean()  # what an address asks for and is not to be had is left out, the rest holds
    given = {name: value for name, value in form.cleaned_data.items() if value}
    periods = tree.periods_of(given.pop("span", "") or "quarter", today())
    found = tree.tree_of(request.user, periods, tree.Slice(**given))
    branch = request.GET.get("branch", "")
    branch = branch if branch in PARTS else ""
    rows, count = tree.behind(request.user, found, branch) if branch else ([], 0)
    asked = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    parts = [
        (one, _(NAMES[one.part]), _(ABOUT[one.part]), "?" + urlencode({**asked, "branch": one.part}) + "#behind")
        for one in found.tree.branches
    ]
    page = {
        "form": form, "found": found, "parts": parts, "chart": _chart(found, parts), "branch": branch,
        "branch_name": _(NAMES[branch]) if branch else "", "rows": rows, "count": count, "empty": not found.trades,
    }  # fmt: skip
    return render(request, "insight/tree.html", page)


def _chart(found: tree.Found, parts: list[Any]) -> dict[str, Any]:
    return {
        "names": [_("前期"), *(words for _one, words, _about, _url in parts), _("本期")],
        "fen": [found.tree.before_fen, *(one.fen for one, *_more in parts), found.tree.now_fen],
        "totals": [0, len(parts) + 1],
        "urls": ["", *(url for *_more, url in parts), ""],
    }
