"""会员权益  Benefits: proposed, judged by the table of conduct, decided by compliance and counsel; the table itself."""

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

from kewei.journal import queries_policies
from kewei.journal.forms import FenField, KeyedForm
from kewei.kernel.refusals import N_, as_words
from kewei.membership import actions
from kewei.membership.actions.benefits import VERB_OF
from kewei.membership.queries import benefits, members, programmes
from kewei.membership.rules.benefits import STATES, TONES, WAITING
from kewei.membership.rules.conduct import (
    CHANNELS,
    EVIDENCE,
    FORBIDDEN,
    KINDS,
    LIMITS,
    QUESTIONS,
    SAYS,
    SIDES,
    TABLE,
    WORDS,
    doubts,
)
from kewei.membership.web.parts import SEE, DecideForm, WhyForm, answer, bound, form_page, posted
from kewei.people.listing import Col, Filter, Listing
from kewei.receivables.web.parts import today

WANT = "membership.want"
LEVELS = {"block": N_("拦截"), "warn": N_("提醒"), "record": N_("记录"), "pass": N_("通过")}
LEVEL_TONES = {"block": "bad", "warn": "warn", "record": "info", "pass": "quiet"}
VALUES = {
    "member": N_("会员机构"), "other": N_("他人"), "clean": N_("无"), "personal": N_("有"), "no": N_("否"), "yes": N_("是"),
    "within": N_("以内"), "over": N_("超出"), "whole": N_("齐全"), "missing": N_("缺少"), "near": N_("临近"),
}  # fmt: skip
WORDS_SAY = {
    "kind": N_("权益种类"), "recipient": N_("受益者"), "words": N_("给个人的字样"), "channel": N_("给付方式"),
    "tied": N_("与采购挂钩"), "cap": N_("上限"), "evidence": N_("证据"), "tender": N_("招标"), "odd": N_("整数金额"),
}  # fmt: skip


def _programmes(request: HttpRequest) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in programmes.choices(request.user, "")]


LISTING = Listing(
    name="membership.benefits",
    title=N_("会员权益"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("membership:benefit", args=[row.pk]),
        ),
        Col("kind", N_("权益种类"), words=lambda kind: _(KINDS[kind])),
        Col("words", N_("内容"), clip=True),
        Col("fen", N_("金额"), kind="amount", total=True),
        Col("outcome", N_("关口"), kind="badge", words=lambda o: _(LEVELS[o]), tone=lambda row: LEVEL_TONES[row.outcome]),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("proposed_by", N_("提出人")),
        Col("proposed_at", N_("提出时间"), kind="moment", shown=False),
        Col("programme", N_("计划"), shown=False),
        Col("ground", N_("法律依据"), clip=True, shown=False),
        Col("cap_fen", N_("上限"), kind="amount", shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户、内容")),
        Filter("state", N_("状态"), options=lambda _r: [(k, _(v)) for k, v in STATES.items()]),
        Filter("kind", N_("权益种类"), options=lambda _r: [(k, _(v)) for k, v in KINDS.items()]),
        Filter("programme", N_("计划"), options=_programmes),
    ],
    may_export="membership.export",
    row_url=lambda row: reverse("membership:benefit", args=[row.pk]),
    empty_title=N_("没有会员权益"),
    empty_text=N_("在会员的页面上提出：每项权益有法律依据、上限和批准人；给个人的一律拦下。"),
    empty_icon="gift",
)  # fmt: skip


class BenefitForm(KeyedForm):
    """A benefit for a member. There is no field for a person; whatever forbidden is sent is refused by name."""

    kind = forms.CharField(label=gettext_lazy("权益种类"), max_length=20)
    words = forms.CharField(label=gettext_lazy("内容"), max_length=300)
    amount = FenField(label=gettext_lazy("金额（元）"), required=False)
    channel = forms.CharField(label=gettext_lazy("给付方式"), max_length=12)
    ground = forms.CharField(label=gettext_lazy("法律依据"), max_length=300)
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("已有证据"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tied = forms.BooleanField(label=gettext_lazy("与采购量挂钩"), required=False)
    near_tender = forms.BooleanField(label=gettext_lazy("临近招标决定"), required=False)
    recipient = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        kinds = [(code, _(words)) for code, words in KINDS.items()]
        channels = [(code, _(words)) for code, words in CHANNELS.items() if code != "cash"]
        self.fields["kind"].widget = forms.Select(choices=kinds)
        self.fields["channel"].widget = forms.Select(choices=channels)
        self.fields["evidence"].choices = [(code, _(words)) for code, words in EVIDENCE.items()]  # type: ignore[attr-defined]


class OpinionForm(DecideForm):
    """An opinion of one side."""

    side = forms.ChoiceField(label=gettext_lazy("以何身份"))
    field_order = ["side", "agree", "why"]

    def __init__(self, sides: list[str], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["side"].choices = [(side, _(SIDES[side])) for side in sides]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def list_benefits(request: HttpRequest) -> HttpResponseBase:
    """会员权益  Newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        if "programme" in filters:
            filters = filters | {"programme": int(filters["programme"])}
        rows, count, fen = benefits.list_benefits(request.user, start=start, limit=limit, **filters)
        return rows, count, {"fen": fen}

    return LISTING.answer(request, fetch, "membership/benefits.html")


@require_http_methods(["GET", "POST"])
def want(request: HttpRequest, pk: int) -> HttpResponse:
    """提出会员权益  For one member."""
    request.user.must(WANT)
    kept = members.enrolment_for(request.user, pk, WANT)
    form = bound(BenefitForm, request, ground=kept.programme.ground, channel="in_kind", kind="service")

    def go(given: dict[str, Any]) -> int:
        names = ("kind", "words", "channel", "ground", "evidence", "tied", "near_tender", "recipient")
        return actions.want_benefit(
            enrolment=pk, **{name: given[name] for name in names}, fen=given["amount"] or 0, by=request.user,
            now=timezone.now(),
        ).pk  # fmt: skip

    beside = {
        "personal_benefit": "kind", "unknown_benefit": "kind", "price_off_the_books": "channel",
        "benefit_paid_in_cash": "channel", "benefit_tied_to_orders": "tied", "benefit_evidence_missing": "evidence",
        "personal_words": "words", "coupon_amount": "amount",
    }  # fmt: skip
    if made := posted(request, form, "want_benefit", go, _("权益已提出，等待审批"), beside):
        return redirect("membership:benefit", made)
    back = reverse("membership:member", args=[pk])
    note = _("权益只给会员机构本身；价格优惠只能开在发票或红字发票上。")
    return form_page(request, form, _("提出会员权益"), (kept.terminal.name, back), note=note)


@require_GET
def benefit(request: HttpRequest, pk: int) -> HttpResponse:
    """会员权益  What the table said, what was shown, who said what."""
    request.user.must(SEE)
    return _page(request, pk)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """审批会员权益"""
    card = benefits.benefit(request.user, pk)
    sides = _sides(request, card)
    form = OpinionForm(sides or [*SIDES], request.POST)
    back = reverse("membership:benefit", args=[pk])

    def go(given: dict[str, Any]) -> int:
        return actions.decide_benefit(
            benefit=pk, agree=given["agree"] == "1", side=given["side"], why=given["why"], by=request.user,
            now=timezone.now(),
        ).pk  # fmt: skip

    crumb = (_("会员权益"), back)
    beside = {"membership_why_missing": "why"}
    return answer(request, form, "decide_benefit", go, _("意见已登记"), back, _("审批会员权益"), crumb, beside)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回会员权益"""
    request.user.must(WANT)
    back = reverse("membership:benefit", args=[pk])
    return answer(
        request, KeyedForm(request.POST), "withdraw_benefit",
        lambda _given: actions.withdraw_benefit(benefit=pk, by=request.user, now=timezone.now()).pk,
        _("已撤回"), back, _("撤回会员权益"), (_("会员权益"), back),
    )  # fmt: skip


def _sides(request: HttpRequest, card: Any) -> list[str]:
    said = {one.side for one in card.opinions}
    if card.row.state != WAITING or card.row.proposer == request.user.pk:
        return []
    return [side for side in card.row.sides if side not in said and request.user.may(VERB_OF[side])]


def _page(request: HttpRequest, pk: int) -> HttpResponse:
    card = benefits.benefit(request.user, pk)
    row, sides = card.row, _sides(request, card)
    page = {
        "row": row,
        "card": card,
        "kind": _(KINDS[row.kind]),
        "channel": _(CHANNELS[row.channel]),
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "outcome": _(LEVELS[row.outcome]),
        "outcome_tone": LEVEL_TONES[row.outcome],
        "sides": [_(SIDES[side]) for side in row.sides],
        "evidence": [_(EVIDENCE[one]) for one in row.evidence],
        "lines": [
            (_(LEVELS[level]), LEVEL_TONES[level], sentence(line["rule"], line["numbers"]))
            for line in card.lines
            for level in [line["level"]]
        ],
        "opinions": [(one, _(SIDES[one.side])) for one in card.opinions],
        "form": OpinionForm(sides) if sides else None,
        "withdraw_form": WhyForm(),
        "may_withdraw": row.state == WAITING and row.proposer == request.user.pk,
    }
    return render(request, "membership/benefit.html", page)


def sentence(rule: str, numbers: dict[str, Any]) -> str:
    """What a rule of the table says, with its numbers."""
    said = {name: [_(one) for one in value] if name == "papers" else value for name, value in numbers.items()}
    return _(SAYS[rule]).format(**{name: as_words(name, value, _) for name, value in said.items()})


@require_GET
def conduct(request: HttpRequest) -> HttpResponse:
    """权益关口  The table every benefit passes, as it runs, with caps and evidence of the policy in force."""
    request.user.must(SEE)
    policy = queries_policies.in_force(LIMITS, today())
    questions = [
        (
            _(name),
            [
                {
                    "when": [(_(WORDS_SAY[word]), _values(word, values)) for word, values in row.when],
                    "level": _(LEVELS[row.level]),
                    "tone": LEVEL_TONES[row.level],
                    "asks": _(SIDES[row.asks]) if row.asks else "",
                    "source": row.source,
                }
                for row in TABLE
                if row.question == question
            ],
        )
        for question, name in QUESTIONS.items()
    ]
    caps = [
        (_(words), policy.value.cap_fen(kind), [_(EVIDENCE[one]) for one in policy.value.evidence.get(kind, ())])
        for kind, words in KINDS.items()
    ]
    page = {"questions": questions, "doubts": doubts(), "caps": caps, "label": policy.label, "source": policy.source}
    return render(request, "membership/conduct.html", page)


def _values(word: str, values: tuple[str, ...]) -> str:
    names = KINDS | FORBIDDEN if word == "kind" else CHANNELS if word == "channel" else VALUES
    if len(values) > len(WORDS[word]) - len(values):
        rest = [_(names[one]) for one in WORDS[word] if one not in values]
        return _("除{names}以外").format(names="、".join(rest)) if rest else _("全部")
    return "、".join(_(names[one]) for one in values)
