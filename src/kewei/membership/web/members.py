"""会员  Members: their statement, lots, coupons and tier; adjusting, turning points into coupons, using them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.journal.forms import FenField, KeyedForm
from kewei.kernel.money import yuan, yuan_plain
from kewei.kernel.refusals import N_
from kewei.membership import actions
from kewei.membership.queries import benefits, ledger, members, programmes
from kewei.membership.rules.benefits import STATES as BENEFIT_STATES
from kewei.membership.rules.benefits import TONES as BENEFIT_TONES
from kewei.membership.rules.conduct import KINDS
from kewei.membership.rules.ledger import FEN, MOVEMENTS, POINTS
from kewei.membership.web.parts import SEE, WhyForm, answer, bound, form_page, posted
from kewei.membership.web.programmes import says
from kewei.people.keys import came_with
from kewei.people.listing import Col, Filter, Listing
from kewei.receivables.forms import DocumentForm, day_widget
from kewei.receivables.web.parts import address, day_in, today
from kewei.terminals import rules as terminal_rules

ENROL, POST, WANT = "membership.enrol", "membership.post", "membership.want"


def _programmes(request: HttpRequest) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in programmes.choices(request.user, "")]


LISTING = Listing(
    name="membership.members",
    title=N_("会员"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sort="terminal", sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("membership:member", args=[row.pk]),
        ),
        Col("programme", N_("计划"), clip=True),
        Col("tier_name", N_("等级")),
        Col("points", N_("积分"), kind="number", sort="points"),
        Col("fen", N_("价格券"), kind="amount", sort="fen", total=True),
        Col("since", N_("入会日"), kind="day", sort="since"),
        Col("terminal_kind", N_("类型"), words=lambda kind: _(terminal_rules.KINDS.get(kind, kind)), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("programme", N_("计划"), options=_programmes),
        Filter("ended", N_("含已退会"), kind="flag"),
    ],
    may_export="membership.export",
    row_url=lambda row: reverse("membership:member", args=[row.pk]),
    empty_title=N_("没有会员"),
    empty_text=N_("会员是证照有效、档案完整的机构；先有批准的会员计划，再入会。"),
    empty_icon="id-badge",
)  # fmt: skip


class EnrolForm(DocumentForm):
    """An institution enters a programme."""

    VERB = ENROL
    programme = forms.TypedChoiceField(label=gettext_lazy("计划"), coerce=int)

    def __init__(self, reader: Any, *args: Any, **given: Any) -> None:
        super().__init__(reader, *args, **given)
        self.fields["programme"].choices = programmes.choices(reader)  # type: ignore[attr-defined]


class AdjustForm(KeyedForm):
    """Points by hand."""

    points = forms.IntegerField(label=gettext_lazy("积分（扣回写负数）"), min_value=-(10**9), max_value=10**9)
    why = forms.CharField(label=gettext_lazy("原因"), max_length=200)


class CouponForm(KeyedForm):
    """Points become a coupon."""

    points = forms.IntegerField(label=gettext_lazy("积分"), min_value=1, max_value=10**9)


CHANNELS = {"red_letter": gettext_lazy("红字发票"), "invoice": gettext_lazy("发票行折扣")}


class UseForm(KeyedForm):
    """A coupon on a document; nothing else is offered, and whatever else is sent is refused by name."""

    amount = FenField(label=gettext_lazy("金额（元）"), positive=True)
    channel = forms.CharField(
        label=gettext_lazy("入票方式"), max_length=20, widget=forms.Select(choices=[*CHANNELS.items()])
    )
    number = forms.CharField(label=gettext_lazy("红字发票或新发票号码"), max_length=60)
    on = forms.DateField(label=gettext_lazy("开票日"), widget=day_widget())
    invoice = forms.TypedChoiceField(label=gettext_lazy("冲减的发票"), required=False, coerce=int, empty_value=None)
    gross = FenField(label=gettext_lazy("新发票折前金额（元）"), positive=True, required=False)
    due_date = forms.DateField(label=gettext_lazy("新发票到期日"), required=False, widget=day_widget())

    def __init__(self, items: list[Any], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        choices = [(item.pk, f"{item.number} · {yuan(item.open_fen)}") for item in items]
        self.fields["invoice"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def list_members(request: HttpRequest) -> HttpResponseBase:
    """会员  By customer."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        if "programme" in filters:
            filters = filters | {"programme": int(filters["programme"])}
        rows, count, totals = members.list_members(
            request.user, order=order or "terminal", start=start, limit=limit, **filters
        )
        return rows, count, totals

    return LISTING.answer(request, fetch, "membership/members.html", {"may_enrol": request.user.may(ENROL)})


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """入会"""
    request.user.must(ENROL)
    form = bound(EnrolForm, request, request.user, **came_with(request))

    def go(given: dict[str, Any]) -> int:
        return actions.enrol(
            programme=given["programme"], terminal=given["terminal"], by=request.user, now=timezone.now()
        ).pk

    beside = dict.fromkeys(("outside_segment", "programme_wrong_state"), "programme")
    if pk := posted(request, form, "enrol", go, _("已入会"), beside):
        return redirect("membership:member", pk)
    return form_page(request, form, _("入会"), (_("会员"), reverse("membership:members")))


@require_GET
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """会员  Statement of a period, what is left of which lot, tier and why, benefits; what may be done."""
    request.user.must(SEE)
    kept = members.enrolment_for(request.user, pk)
    row = members.member(request.user, pk)
    last = day_in(request.GET.get("last"), today())
    first = min(day_in(request.GET.get("first"), last.replace(month=1, day=1)), last)
    told = ledger.statement(request.user, kept, first, last)
    names = members.tier_names({row.programme_id})
    may_post = row.ended_at is None and request.user.may(POST)
    found, _count, _fen = benefits.list_benefits(request.user, terminal=row.terminal_id, limit=10)
    page = {
        "row": row,
        "kind": _(terminal_rules.KINDS.get(row.terminal_kind, row.terminal_kind)),
        "tier": row.tier_name,
        "basis": kept.basis,
        "told": told,
        "moves": [(one, _(MOVEMENTS[one.kind])) for one in told.moves],
        "lots": [one for one in told.lots if one.unit == POINTS],
        "coupons": [one for one in told.lots if one.unit == FEN],
        "tier_moves": [
            (one, says(one.way, one.numbers), names.get((row.programme_id, one.after), one.after))
            for one in members.tier_moves(kept)
        ],
        "benefits": [
            (one, _(KINDS[one.kind]), _(BENEFIT_STATES[one.state]), BENEFIT_TONES[one.state]) for one in found
        ],
        "customer_url": address("desk:terminal", row.terminal_id),
        "ended_why": kept.ended_why,
        "may_post": may_post,
        "may_end": row.ended_at is None and request.user.may(ENROL),
        "may_want": row.ended_at is None and request.user.may(WANT),
        "adjust_form": AdjustForm(),
        "coupon_form": CouponForm(),
        "end_form": WhyForm(),
        "reverse_form": WhyForm(),
    }  # fmt: skip
    return render(request, "membership/member.html", page)


def _back(request: HttpRequest, pk: int) -> tuple[str, tuple[str, str]]:
    row = members.member(request.user, pk)
    back = reverse("membership:member", args=[pk])
    return back, (row.terminal_name, back)


@require_POST
def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """手工调整积分"""
    request.user.must(POST)
    back, crumb = _back(request, pk)
    return answer(
        request, AdjustForm(request.POST), "adjust_points",
        lambda given: actions.adjust_points(enrolment=pk, **_bare(given), by=request.user, now=timezone.now()).pk,
        _("积分已调整"), back, _("手工调整积分"), crumb,
        {"adjust_too_large": "points", "membership_not_enough": "points", "membership_bad_amount": "points"},
    )  # fmt: skip


@require_POST
def coupon(request: HttpRequest, pk: int) -> HttpResponse:
    """积分换券"""
    request.user.must(POST)
    back, crumb = _back(request, pk)
    return answer(
        request, CouponForm(request.POST), "issue_coupon",
        lambda given: actions.issue_coupon(enrolment=pk, **_bare(given), by=request.user, now=timezone.now()).pk,
        _("价格券已开出"), back, _("积分换券"), crumb, {"membership_not_enough": "points"},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """价格券入票  As a red-letter note on an invoice, or as the discount line of a new one."""
    request.user.must(POST)
    kept = ledger.coupon_for(request.user, pk, POST)
    back, crumb = _back(request, kept.enrolment_id)
    items = ledger.open_invoices(request.user, kept.enrolment.terminal_id)
    form = bound(UseForm, request, items, on=today(), amount=yuan_plain(kept.left), channel="red_letter")

    def go(given: dict[str, Any]) -> int:
        return actions.use_coupon(
            coupon=pk, fen=given["amount"], channel=given["channel"], number=given["number"], on=given["on"],
            invoice=given["invoice"], gross_fen=given["gross"] or 0, due_date=given["due_date"], by=request.user,
            now=timezone.now(),
        ).pk  # fmt: skip

    beside = {
        "membership_not_enough": "amount", "price_off_the_books": "channel", "coupon_invoice_details": "invoice",
        "discount_too_large": "gross", "document_exists": "number",
    }  # fmt: skip
    if posted(request, form, "use_coupon", go, _("价格优惠已入票"), beside):
        return redirect(back)
    title = _("价格券 {number} 入票").format(number=kept.number)
    note = _("价格优惠只能是红字发票，或新发票上的一行折扣；不付现金，不给个人。")
    return form_page(request, form, title, crumb, note=note)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """退会"""
    request.user.must(ENROL)
    back, crumb = _back(request, pk)
    return answer(
        request, WhyForm(request.POST), "end_enrolment",
        lambda given: actions.end_enrolment(enrolment=pk, why=given["why"], by=request.user, now=timezone.now()).pk,
        _("已退会"), back, _("退会"), crumb,
    )  # fmt: skip


@require_POST
def reverse_movement(request: HttpRequest, pk: int) -> HttpResponse:
    """冲销积分变动"""
    request.user.must(POST)
    wrong = ledger.movement_for(request.user, pk, POST)
    back, crumb = _back(request, wrong.enrolment_id)
    return answer(
        request, WhyForm(request.POST), "reverse_movement",
        lambda given: actions.reverse_movement(movement=pk, why=given["why"], by=request.user, now=timezone.now()).pk,
        _("已冲销"), back, _("冲销"), crumb,
    )  # fmt: skip


def _bare(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "form_key"}
