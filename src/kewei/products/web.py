"""Pages of products: the catalogue, a card, a form."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kewei.kernel.refusals import N_
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.products import actions, queries, rules
from kewei.products.forms import NewProductForm, ProductForm

either = require_http_methods(["GET", "POST"])


def _label(words: dict[str, str]):
    return lambda code: _(words[code]) if code in words else code


def _options(words: dict[str, str]):
    return lambda request: [(code, _(label)) for code, label in words.items()]


def _url(row: Any) -> str:
    return reverse("products:card", args=[row.pk])


LISTING = Listing(
    name="products",
    title=N_("产品"),
    columns=[
        Col("name", N_("通用名"), lead=True, sort="name", link=_url, sub=lambda row: row.trade_name),
        Col("code", N_("产品编码"), sort="code"),
        Col("spec", N_("规格")),
        Col("form", N_("剂型"), shown=False),
        Col("unit", N_("单位"), shown=False),
        Col("per_case", N_("件装量"), kind="number", shown=False),
        Col("maker", N_("生产企业"), sort="maker"),
        Col("approval_no", N_("批准文号"), shown=False),
        Col("scope_class", N_("类别"), sort="scope_class", words=_label(rules.SCOPE_CLASSES)),
        Col("prescription", N_("处方类别"), words=_label(rules.PRESCRIPTION), shown=False),
        Col("storage", N_("贮藏条件"), shown=False),
        Col("lifecycle", N_("生命周期"), words=_label(rules.LIFECYCLES), shown=False),
        Col("supply", N_("保供类别"), words=_label(rules.SUPPLIES), shown=False),
        Col("listed_price", N_("挂网价"), kind="amount", sort="listed_price", value=lambda row: row.listed_price_fen),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("名称、编码、厂家、批准文号、拼音首字母")),
        Filter("scope_class", N_("类别"), options=_options(rules.SCOPE_CLASSES)),
        Filter("supply", N_("保供类别"), options=_options(rules.SUPPLIES)),
        Filter("lifecycle", N_("生命周期"), options=_options(rules.LIFECYCLES)),
    ],
    order="code",
    may_export="products.export",
    row_url=_url,
    empty_title=N_("还没有产品"),
    empty_text=N_("可以从 Excel 或 CSV 一次导入，也可以逐个添加。"),
    empty_icon="pill",
)


@either
def list_page(request):
    """产品  The catalogue."""
    request.user.must("products.see")

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]):
        return queries.list_products(request.user, order=order, start=start, limit=limit, **filters)

    def stream(order: str, filters: dict[str, Any]):
        return queries.export_rows(request.user, order=order, **filters)

    context = {"may_edit": request.user.may("products.edit")}
    return LISTING.answer(request, fetch, template="products/list.html", context=context, stream=stream)


@require_GET
def card(request, pk: int):
    """产品卡  One product."""
    product = queries.card(request.user, pk)
    words = {
        "scope_class": _label(rules.SCOPE_CLASSES)(product.scope_class),
        "prescription": _label(rules.PRESCRIPTION)(product.prescription),
        "lifecycle": _label(rules.LIFECYCLES)(product.lifecycle),
        "supply": _label(rules.SUPPLIES)(product.supply),
        "tax": "" if product.tax_bp is None else f"{product.tax_bp // 100}%",
    }
    page = {"product": product, "words": words, "may_edit": request.user.may("products.edit")}
    return render(request, "products/card.html", page)


@either
def new(request):
    """添加产品  A new product."""
    request.user.must("products.edit")
    form = NewProductForm(request.POST or None)
    if form.is_valid():
        fields = form.card()
        try:
            product = actions.add_product(by=request.user, now=timezone.now(), **fields)
        except rules.ProductCodeTaken as no:
            form.add_error("code", no.sentence(_))
        else:
            done(request, _("{name} 已加入目录").format(name=product.name))
            return redirect("products:card", product.pk)
    return _form(request, form, _("添加产品"), reverse("products:list"))


@either
def edit(request, pk: int):
    """修改产品  Change a product."""
    request.user.must("products.edit")
    product = queries.product_for(request.user, pk)
    form = ProductForm(request.POST or None, initial=_initial(queries.card(request.user, pk)))
    if form.is_valid():
        try:
            actions.change_product(product=product, by=request.user, now=timezone.now(), **form.card())
            done(request, _("产品已修改"))
        except rules.NothingToChange:
            pass
        return redirect("products:card", pk)
    return _form(request, form, product.name, reverse("products:card", args=[pk]))


def _initial(product: queries.ProductCard) -> dict[str, Any]:
    names = [name for name in ProductForm.base_fields if name != "listed_price"]
    return {**{name: getattr(product, name) for name in names}, "listed_price": product.listed_price_fen}


def _form(request, form: Any, title: str, back: str):
    page = {"form": form, "title": title, "back": back}
    return render(request, "products/form.html", page, status=422 if form.is_bound else 200)


urlpatterns = [
    path("", list_page, name="list"),
    path("new", new, name="new"),
    path("<int:pk>/", card, name="card"),
    path("<int:pk>/edit", edit, name="edit"),
]
