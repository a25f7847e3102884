"""会员计划  Programmes: proposed, decided, with rules as versions, tiers previewed, what is owed."""

from __future__ import annotations

from decimal import Decimal
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
from kewei.kernel.money import fen_from_text, yuan, yuan_plain
from kewei.kernel.refusals import N_, Refused, as_words
from kewei.membership import actions
from kewei.membership.queries import ledger, members, programmes
from kewei.membership.rules.ledger import ACCOUNTS
from kewei.membership.rules.programmes import APPROVED, BASES, PROPOSED, SHIPPED, STATES, TONES, Rules
from kewei.membership.rules.tiers import SAYS
from kewei.membership.web.parts import SEE, DecideForm, WhyForm, answer, bound, form_page, posted
from kewei.people.listing import Col, Filter, Listing
from kewei.receivables.forms import day_widget
from kewei.receivables.web.parts import today
from kewei.sales.rules import SOURCES
from kewei.terminals.rules import KINDS as TERMINAL_KINDS

PROPOSE, APPROVE = "membership.programme", "membership.approve"
# So long a code and a name of a tier may be.
MOST_SIGNS = 20

LISTING = Listing(
    name="membership.programmes",
    title=N_("会员计划"),
    columns=[
        Col(
            "name", N_("计划"), lead=True, sub=lambda row: row.code,
            link=lambda row: reverse("membership:programme", args=[row.pk]),
        ),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("members", N_("会员"), kind="number"),
        Col("budget_fen", N_("预算"), kind="amount"),
        Col("since", N_("起始日"), kind="day"),
        Col("until", N_("截止日"), kind="day"),
        Col("owner", N_("负责人")),
        Col("purpose", N_("目的"), clip=True, shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("名称、编码")),
        Filter("state", N_("状态"), options=lambda _r: [(k, _(v)) for k, v in STATES.items()]),
    ],
    may_export="membership.export",
    row_url=lambda row: reverse("membership:programme", args=[row.pk]),
    empty_title=N_("还没有会员计划"),
    empty_text=N_("会员只能是持证机构；计划写明对象、预算、权益依据和规则，经另一人批准后开始。"),
    empty_icon="id-badge",
)  # fmt: skip


class RulesForm(KeyedForm):
    """Rules of a programme; tiers one a line: code, name, from how many yuan in twelve months, how many times."""

    base = forms.ChoiceField(label=gettext_lazy("积分依据"))
    fen_per_point = FenField(label=gettext_lazy("每多少元得 1 分"), positive=True, initial="100.00")
    point_fen = FenField(label=gettext_lazy("1 分抵多少元"), initial="0.50")
    valid_months = forms.IntegerField(label=gettext_lazy("积分有效月数"), min_value=1, max_value=60, initial=12)
    coupon_months = forms.IntegerField(label=gettext_lazy("券有效月数"), min_value=1, max_value=60, initial=3)
    hold = forms.DecimalField(
        label=gettext_lazy("保级线（起点的 %）"),
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        decimal_places=2,
        initial=90,
    )
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("计入积分的销售来源"), required=False, initial=SHIPPED["sources"],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    tiers = forms.CharField(
        label=gettext_lazy("等级"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "class": "k-mono"}),
        help_text=gettext_lazy("一行一级，从低到高：编码 名称 起点（元） 倍数，例如 silver 银卡会员 200000 1.2"),
    )  # fmt: skip

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["base"].choices = [(code, _(words)) for code, words in BASES.items()]  # type: ignore[attr-defined]
        self.fields["sources"].choices = [(code, _(words)) for code, words in SOURCES.items()]  # type: ignore[attr-defined]
        if not self.is_bound and "tiers" not in self.initial:
            self.initial["tiers"] = tiers_text(SHIPPED["tiers"])

    def clean_tiers(self) -> list[dict[str, Any]]:
        """The tiers as the rules keep them."""
        rows = []
        for line in self.cleaned_data["tiers"].splitlines():
            if not line.strip():
                continue
            try:
                # A name may have spaces: it is what stands between the code and the two numbers.
                code, rest = line.split(None, 1)
                name, least, times = rest.rsplit(None, 2)
                if max(len(code), len(name)) > MOST_SIGNS:
                    raise ValueError(line)
                rows.append({"code": code, "name": name, "least_fen": fen_from_text(least), "times_bp": _bp(times)})
            except (ValueError, Refused) as wrong:
                raise forms.ValidationError(
                    _("「{line}」不是一级：编码 名称 起点 倍数").format(line=line[:40])
                ) from wrong
        return rows

    def body(self) -> dict[str, Any]:
        """The body of a version."""
        given = self.cleaned_data
        return {
            "base": given["base"], "fen_per_point": given["fen_per_point"], "point_fen": given["point_fen"] or 0,
            "valid_months": given["valid_months"], "coupon_months": given["coupon_months"],
            "hold_bp": int(given["hold"] * 100), "sources": given["sources"], "tiers": given["tiers"],
        }  # fmt: skip


def _bp(text: str) -> int:
    """1.25 as 12500, without inexact numbers. Raises ValueError, also beyond four decimals."""
    whole, _dot, rest = text.partition(".")
    if len(rest) > 4:
        raise ValueError(text)
    return int(whole) * 10_000 + int(rest.ljust(4, "0"))


def _times(bp: int) -> str:
    return f"{bp // 10_000}.{bp % 10_000:04}".rstrip("0").rstrip(".")


def _percent(bp: int) -> str:
    return f"{bp // 100}.{bp % 100:02}".rstrip("0").rstrip(".")


def tiers_text(rows: list[dict[str, Any]]) -> str:
    """Tiers as they are typed."""
    return "\n".join(
        f"{row['code']} {row['name']} {yuan_plain(row['least_fen']).removesuffix('.00')} {_times(row['times_bp'])}"
        for row in rows
    )


class ProgrammeForm(RulesForm):
    """A programme with its first rules."""

    field_order = ["code", "name", "purpose", "ground", "since", "until", "budget", "kinds", "provinces"]
    code = forms.RegexField(r"^[A-Za-z0-9-]{1,20}$", label=gettext_lazy("编码"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    purpose = forms.CharField(label=gettext_lazy("目的"), max_length=300)
    ground = forms.CharField(label=gettext_lazy("法律依据"), max_length=300)
    since = forms.DateField(label=gettext_lazy("起始日"), widget=day_widget())
    until = forms.DateField(label=gettext_lazy("截止日"), widget=day_widget())
    budget = FenField(label=gettext_lazy("预算（元）"), positive=True)
    kinds = forms.MultipleChoiceField(label=gettext_lazy("终端类型"), required=False)
    provinces = forms.CharField(
        label=gettext_lazy("省份"), max_length=200, required=False, help_text=gettext_lazy("用顿号分开；留空为全国")
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kinds"].choices = [(code, _(words)) for code, words in TERMINAL_KINDS.items()]  # type: ignore[attr-defined]

    def clean_provinces(self) -> list[str]:
        """The provinces, one by one."""
        return [one for one in self.cleaned_data["provinces"].replace(",", "、").split("、") if one]


class NewRulesForm(RulesForm):
    """New rules, from a day on."""

    since = forms.DateField(label=gettext_lazy("起始日"), widget=day_widget())
    source = forms.CharField(label=gettext_lazy("依据"), max_length=300)


@require_http_methods(["GET", "POST"])
def list_programmes(request: HttpRequest) -> HttpResponseBase:
    """会员计划  Newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return programmes.list_programmes(request.user, start=start, limit=limit, **filters)

    return LISTING.answer(request, fetch, "membership/programmes.html", {"may_propose": request.user.may(PROPOSE)})


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """提出会员计划  With its first rules."""
    request.user.must(PROPOSE)
    form = bound(ProgrammeForm, request, since=today())

    def go(given: dict[str, Any]) -> int:
        names = ("code", "name", "purpose", "ground", "since", "until", "kinds", "provinces")
        return actions.propose_programme(
            **{name: given[name] for name in names}, budget_fen=given["budget"], rules=form.body(), by=request.user,
            now=timezone.now(),
        ).pk  # fmt: skip

    beside = {"programme_code_taken": "code", "bad_policy": "tiers"}
    if pk := posted(request, form, "propose_programme", go, _("会员计划已提出，等待另一人批准"), beside):
        return redirect("membership:programme", pk)
    return form_page(request, form, _("提出会员计划"), (_("会员计划"), reverse("membership:programmes")))


@require_GET
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """会员计划  What it is for, its budget, its rules, who decided."""
    request.user.must(SEE)
    kept = programmes.programme_for(request.user, pk)
    versions = programmes.versions_of(kept)
    live = next((one for one in versions if one.approved and one.since <= today()), None)
    used = programmes.used(kept, live.rules if live else None)
    page = {
        "row": kept,
        "state": _(STATES[kept.state]),
        "tone": TONES[kept.state],
        "kinds": [_(TERMINAL_KINDS[kind]) for kind in kept.segment.get("kinds", ())],
        "provinces": kept.segment.get("provinces", ()),
        "states": [(one, _(STATES[one.state]), TONES[one.state]) for one in programmes.states_of(kept)],
        "versions": [(one, _rules_words(one.rules), one is live) for one in versions],
        "used": used,
        "left_fen": kept.budget_fen - used.fen,
        "form": DecideForm(),
        "end_form": WhyForm(),
        "may_decide": kept.state == PROPOSED and request.user.may(APPROVE) and kept.proposed_by_id != request.user.pk,
        "may_end": kept.state in (PROPOSED, APPROVED) and request.user.may(PROPOSE),
        "may_propose": kept.state == APPROVED and request.user.may(PROPOSE),
        "may_approve": request.user.may(APPROVE),
        "live": live,
    }
    return render(request, "membership/programme.html", page)


def _rules_words(rules: Rules) -> list[tuple[str, list[str]]]:
    """The rules as a page says them."""
    return [
        (_("积分依据"), [_(BASES[rules.base]), *(_(SOURCES[one]) for one in rules.sources)]),
        (_("每多少元得 1 分"), [yuan(rules.fen_per_point)]),
        (_("1 分抵多少元"), [yuan(rules.point_fen)]),
        (_("积分有效月数"), [str(rules.valid_months)]),
        (_("券有效月数"), [str(rules.coupon_months)]),
        (_("保级线（起点的 %）"), [_percent(rules.hold_bp)]),
        (
            _("等级"),
            [
                _("{name}：{least} 元起，{times} 倍").format(
                    name=tier.name, least=yuan(tier.least_fen), times=_times(tier.times_bp)
                )
                for tier in rules.tiers
            ],
        ),
    ]


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """审批会员计划"""
    request.user.must(APPROVE)
    return _decided(
        request, DecideForm(request.POST), "decide_programme",
        lambda given: actions.decide_programme(
            programme=pk, agree=given["agree"] == "1", why=given["why"], by=request.user, now=timezone.now()
        ).pk,
        pk,
    )  # fmt: skip


@require_POST
def decide_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """审批规则"""
    request.user.must(APPROVE)
    version = programmes.version_for(request.user, pk, APPROVE)
    return _decided(
        request, DecideForm(request.POST), "decide_rules",
        lambda given: actions.decide_rules(
            version=pk, agree=given["agree"] == "1", why=given["why"], by=request.user, now=timezone.now()
        ).pk,
        version.programme_id,
    )  # fmt: skip


def _decided(request: HttpRequest, form: Any, name: str, go: Any, pk: int) -> HttpResponse:
    back = reverse("membership:programme", args=[pk])
    crumb = (_("会员计划"), back)
    return answer(request, form, name, go, _("已登记"), back, _("审批"), crumb)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """结束会员计划"""
    request.user.must(PROPOSE)
    back = reverse("membership:programme", args=[pk])
    return answer(
        request, WhyForm(request.POST), "end_programme",
        lambda given: actions.end_programme(programme=pk, why=given["why"], by=request.user, now=timezone.now()).pk,
        _("计划已结束"), back, _("结束会员计划"), (_("会员计划"), back),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def propose_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """提出新规则"""
    request.user.must(PROPOSE)
    kept = programmes.programme_for(request.user, pk, PROPOSE)
    newest = programmes.versions_of(kept)[0]
    body = newest.rules
    tiers = [{name: getattr(tier, name) for name in ("code", "name", "least_fen", "times_bp")} for tier in body.tiers]
    form = bound(
        NewRulesForm, request, base=body.base, fen_per_point=yuan_plain(body.fen_per_point),
        point_fen=yuan_plain(body.point_fen), valid_months=body.valid_months, coupon_months=body.coupon_months,
        hold=Decimal(body.hold_bp) / 100, sources=list(body.sources), tiers=tiers_text(tiers),
    )  # fmt: skip

    def go(given: dict[str, Any]) -> int:
        return actions.propose_rules(
            programme=pk, body=form.body(), since=given["since"], source=given["source"], by=request.user,
            now=timezone.now(),
        ).pk  # fmt: skip

    back = reverse("membership:programme", args=[pk])
    if posted(request, form, "propose_rules", go, _("新规则已提出，等待另一人批准"), {"bad_policy": "tiers"}):
        return redirect(back)
    return form_page(request, form, _("提出新规则"), (kept.name, back))


@require_GET
def tiers(request: HttpRequest, pk: int) -> HttpResponse:
    """等级预览  What a review today would change, and why; nothing is written."""
    request.user.must(SEE)
    kept = programmes.programme_for(request.user, pk)
    lines, version = members.tier_preview(request.user, kept, today())
    rows = [(one, says(one.judged.way, one.judged.numbers)) for one in lines]
    page = {"row": kept, "rows": rows, "moving": sum(one.judged.moves for one in lines), "version": version}
    return render(request, "membership/tiers.html", page)


def says(way: str, numbers: dict[str, Any]) -> str:
    """Why a member stands in its tier, as a sentence."""
    return _(SAYS[way]).format(**{name: as_words(name, value, _) for name, value in numbers.items()})


@require_GET
def liability(request: HttpRequest, pk: int) -> HttpResponse:
    """应付权益  What a programme owes, by account, by member, by the month in which it ends."""
    request.user.must(SEE)
    kept = programmes.programme_for(request.user, pk)
    version = programmes.in_force(kept, today())
    owed = ledger.liability(request.user, kept, version.rules)
    page = {
        "row": kept,
        "owed": owed,
        "accounts": [(_(ACCOUNTS[name]), points, fen) for name, points, fen in owed.account_rows()],
        "agrees": owed.agrees,
    }
    return render(request, "membership/liability.html", page)
