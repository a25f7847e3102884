"""名称复核  The queue that is answered by keys, what names stand for, what goods are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.flows import actions
from kewei.flows.queries import months, names, samples
from kewei.flows.rules.matching import REASONS
from kewei.flows.rules.months import words_of
from kewei.flows.rules.sampling import Agreement
from kewei.flows.rules.words import HOWS
from kewei.flows.web.parts import interval, percent
from kewei.journal.forms import KeyedForm
from kewei.journal.web import once, or_error
from kewei.kernel.refusals import N_, NotFound
from kewei.people.keys import key_of
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.products import queries as products
from kewei.terminals import queries as terminals
from kewei.terminals.rules.words import KINDS as TERMINAL_KINDS

SEE, REVIEW, TAKE_IN, PROSPECT = "flows.see", "flows.review", "flows.take_in", "terminals.prospect"
AT_ONCE = 10

ALIASES = Listing(
    name="flows.aliases",
    title=N_("流向别名"),
    columns=[
        Col("name", N_("文件里的名称"), lead=True, clip=True, sub=lambda row: row.distributor_name),
        Col("terminal_name", N_("终端"), value=lambda row: row.terminal_name or _("未建档")),
        Col("how", N_("方式"), words=lambda how: _(HOWS[how])),
        Col("probability", N_("把握"), kind="percent", value=lambda row: row.probability_bp),
        Col("made_by", N_("确认人")),
        Col("made_at", N_("生效"), kind="moment"),
        Col(
            "undo", N_("操作"), value=lambda row: _("撤销"), link=lambda row: reverse("flows:end_alias", args=[row.pk]),
        ),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("名称、终端")),
        Filter("how", N_("方式"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in HOWS.items()]),
    ],
    may_export=SEE,
    empty_title=N_("还没有流向别名"),
    empty_text=N_("接收流向文件后，匹配和复核的结论列在这里，随时可以撤销。"),
    empty_icon="link",
)  # fmt: skip


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """名称复核  Names only people can place; 1–5 chooses, 0 says there is no card, j and k move."""
    request.user.must(REVIEW)
    rows, count = names.queue(request.user, limit=AT_ONCE)
    said = names.agreement(request.user)
    page = {
        "rows": [_question(row) for row in rows],
        "count": count,
        "said": said_words(said),
        "sampled": samples.to_judge(request.user, limit=0)[1],
    }
    return render(request, "flows/queue.html", page)


def said_words(said: Agreement) -> dict[str, Any]:
    """How far reviewers agree, for the page."""
    if said.rate_bp is None:
        return {"both": 0}
    return {
        "both": said.both, "same": said.same, "rate": percent(said.rate_bp),
        "interval": interval(said.low_bp or 0, said.high_bp or 0),
    }  # fmt: skip


def _question(row: Any) -> tuple[Any, str, Any]:
    return row, reverse("flows:decide", args=[row.pk]), [(one, reasons_in_words(one.reasons)) for one in row.candidates]


def reasons_in_words(reasons: Iterable[tuple[str, dict[str, Any]]]) -> list[str]:
    """Why a terminal is a candidate, or what speaks against it, as sentences of the reader's language."""
    return [_(REASONS.get(code, code)).format(**numbers) for code, numbers in reasons]


def chosen(request: HttpRequest) -> dict[str, Any]:
    """What a form of a question says: choice, terminal and place. Raises NotFound."""
    code, (place, _sign, said) = request.POST.get("code", "").strip(), request.POST.get("pick", "").partition(":")
    if code:
        return {"choice": "other", "terminal": terminals.terminal_named(request.user, code), "place": None}
    if place == "0":
        return {"choice": "unknown", "terminal": None, "place": None}
    pick, terminal = key_of(place), key_of(said)
    if pick is None or terminal is None:
        raise NotFound(noun=N_("所选终端"))
    return {
        "choice": "accept", "place": min(pick, 9), "terminal": terminals.terminal_for(request.user, terminal, REVIEW),
    }  # fmt: skip


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """复核结论  A candidate by its place, another terminal by its code, or none."""
    request.user.must(REVIEW)
    asking = names.asking_for(request.user, pk)
    made = actions.decide_name(asking=asking, by=request.user, now=timezone.now(), **chosen(request))
    if made is None:
        done(request, _("「{name}」金额较大，等另一人复核").format(name=asking.name.name))
    else:
        stands = made.terminal.name if made.terminal else _("未建档")
        done(request, f"{asking.name.name} → {stands}")
    return redirect("flows:queue")


@require_http_methods(["GET", "POST"])
def list_aliases(request: HttpRequest) -> HttpResponseBase:
    """流向别名  What names stand for, newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return names.aliases(request.user, start=start, limit=limit, **filters)

    return ALIASES.answer(request, fetch, "lists/page.html", {})


class WhyForm(KeyedForm):
    """Why an alias no longer holds."""

    why = forms.CharField(label=gettext_lazy("撤销原因"), max_length=200)


@require_http_methods(["GET", "POST"])
def end_alias(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销别名  It is asked again; what that re-states is said."""
    request.user.must(REVIEW)
    alias = names.alias_for(request.user, pk)
    form = WhyForm(request.POST or None)
    if form.is_valid():

        def end() -> dict[str, Any]:
            return actions.end_alias(alias=alias, why=form.cleaned_data["why"], by=request.user, now=timezone.now())

        if told := or_error(form, lambda: once(request, "end_alias", end)):
            done(
                request,
                _("别名已撤销：{lines} 行待重新归属，重算月份 {restated}，已冻结不变 {kept}").format(
                    lines=told["lines"],
                    restated="、".join(told["restated"]) or "–",
                    kept="、".join(told["kept"]) or "–",
                ),
            )
            return redirect("flows:queue")
    page = {"form": form, "alias": alias, "months": [words_of(m) for m in names.months_of_name(alias.name_id)]}
    return render(request, "flows/end_alias.html", page, status=422 if request.method == "POST" else 200)


class ProspectForm(KeyedForm):
    """The card to open."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("类型"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(code, _(words)) for code, words in TERMINAL_KINDS.items()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """列为潜在客户  A card for a name that has none."""
    request.user.must(REVIEW)
    request.user.must(PROSPECT)
    alias = names.alias_for(request.user, pk)
    form = ProspectForm(request.POST or None, initial={"name": alias.name.name})
    if form.is_valid():

        def keep() -> int:
            return actions.propose_prospect(
                alias=alias, name=form.cleaned_data["name"], kind=form.cleaned_data["kind"], by=request.user,
                now=timezone.now(),
            ).pk  # fmt: skip

        if made := or_error(form, lambda: once(request, "propose_prospect", keep)):
            done(request, _("已列为潜在客户"))
            return redirect("desk:terminal", made)
    page = {"form": form, "alias": alias}
    return render(request, "flows/propose.html", page, status=422 if request.method == "POST" else 200)


@require_GET
def list_goods(request: HttpRequest) -> HttpResponse:
    """流向产品  What distributors call our products; those nobody has placed first."""
    request.user.must(SEE)
    waiting, count = names.list_goods(request.user, waiting=True, limit=100)
    known, total = names.list_goods(request.user, limit=200)
    page = {
        "waiting": waiting, "count": count, "known": [row for row in known if row.placed], "total": total,
        "may_place": request.user.may(TAKE_IN),
    }  # fmt: skip
    return render(request, "flows/goods.html", page)


class GoodsForm(KeyedForm):
    """Which product goods are, and how their unit counts."""

    product = forms.CharField(label=gettext_lazy("产品编码"), max_length=40, required=False)
    times = forms.IntegerField(label=gettext_lazy("折合本公司单位数"), min_value=1, max_value=100_000, initial=1)
    per = forms.IntegerField(label=gettext_lazy("对应文件单位数"), min_value=1, max_value=100_000, initial=1)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["product"].help_text = _("留空表示不是本公司产品")
        self.fields["times"].help_text = _("一箱 10 盒填 10 和 1；24 片一盒、文件按片记，填 1 和 24")


@require_http_methods(["GET", "POST"])
def place_goods(request: HttpRequest, pk: int) -> HttpResponse:
    """对照产品  Say which product goods are."""
    request.user.must(TAKE_IN)
    goods = names.goods_for(request.user, pk)
    form = GoodsForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            product = None
            if code := given["product"].strip():
                keys = products.by_codes(request.user, [code])
                if code not in keys:
                    raise NotFound(noun=N_("产品"))
                product = products.product_for(request.user, keys[code])
            return actions.place_goods(
                goods=goods,
                product=product,
                times=given["times"],
                per=given["per"],
                by=request.user,
                now=timezone.now(),
            ).pk

        if or_error(form, lambda: once(request, "place_goods", keep), {"not_found": "product"}):
            told = months.touched_by_goods(goods)
            done(
                request,
                _("产品已对照：{lines} 行，重算月份 {restated}，已冻结不变 {kept}").format(
                    lines=told["lines"],
                    restated="、".join(told["restated"]) or "–",
                    kept="、".join(told["kept"]) or "–",
                ),
            )
            return redirect("flows:goods")
    page = {"form": form, "goods": goods}
    return render(request, "flows/place_goods.html", page, status=422 if request.method == "POST" else 200)


NAMES = [
    path("review/", queue, name="queue"),
    path("review/<int:pk>/", decide, name="decide"),
    path("aliases/", list_aliases, name="aliases"),
    path("aliases/<int:pk>/end/", end_alias, name="end_alias"),
    path("aliases/<int:pk>/prospect/", propose, name="propose"),
    path("goods/", list_goods, name="goods"),
    path("goods/<int:pk>/", place_goods, name="place_goods"),
]
