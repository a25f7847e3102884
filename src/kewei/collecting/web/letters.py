"""函件  Letters by what they wait for: draft, seal, send, prove; one by one or many at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.collecting import actions, papers
from kewei.collecting.queries import letter_paper, letters
from kewei.collecting.rules.letters import (
    ARRIVED,
    CHANNELS,
    DRAFT,
    DROPPED,
    KINDS,
    POSTED,
    READY,
    RETURNED,
    SENT,
    SIGNERS,
    STATES,
    STRENGTHS,
    kind_named,
    lines_of,
)
from kewei.credit.queries import securities
from kewei.credit.rules.securities import KINDS as SECURITY_KINDS
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel import columns
from kewei.kernel.calendar import day_from_text
from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.kernel.yuan_text import yuan
from kewei.people.keys import MOST_TICKED, ticked
from kewei.people.listing import Bulk, Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm, KeyedForm, amount_widget, day_widget
from kewei.receivables.web import batches
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.terminals import queries as terminals

SEE, LETTER, SEAL, EXPORT = "collecting.see", "collecting.letter", "collecting.seal", "collecting.export"
TONES = {DRAFT: "warn", READY: "info", SENT: "info", ARRIVED: "ok", RETURNED: "bad", DROPPED: "quiet"}
STRENGTH_TONES = {"strong": "ok", "fair": "info", "weak": "warn"}
BUNDLE = "letters"


def _kinds(_request: Any = None) -> list[tuple[str, str]]:
    return [(code, _(kind.title)) for code, kind in KINDS.items()]


LISTING = Listing(
    name="collecting.letters",
    title=N_("函件"),
    columns=[
        Col("number", N_("编号"), lead=True, link=lambda row: reverse("collecting:letter", args=[row.pk])),
        Col("terminal_name", N_("客户"), sub=lambda row: row.terminal_code, clip=True),
        Col("kind", N_("函件"), words=lambda kind: _(KINDS[kind].title)),
        Col("stage", N_("阶段")),
        Col("total_fen", N_("请求本金"), kind="amount", total=True),
        Col("pay_by", N_("付款期限"), kind="day"),
        Col("state", N_("状态"), kind="badge", words=lambda s: _(STATES[s]), tone=lambda row: TONES[row.state]),
        Col("sent_on", N_("发出"), kind="day"),
        Col("waybill", N_("快递单号"), shown=False),
        Col("day", N_("起草日"), kind="day", shown=False),
        Col("drafted_by", N_("起草人"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户、编号或快递单号")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("kind", N_("函件"), kind="choice", options=_kinds),
        Filter("state", N_("状态"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in STATES.items()]),
    ],
    key=lambda row: row.pk,
    bulk=[Bulk(N_("批准用印"), "collecting:letters_seal", "rubber-stamp"), Bulk(N_("打包下载"), "collecting:letters_bundle", "file-zip")],
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:letter", args=[row.pk]),
    empty_title=N_("没有函件"),
    empty_text=N_("每日催收按阶段起草函件；也可以从客户页为一位客户起草。"),
    empty_icon="mail",
)  # fmt: skip


# --- forms ----------------------------------------------------------------------------------------------------------


class DraftForm(KeyedForm):
    """What a letter is made of beside the items ticked."""

    security = forms.TypedChoiceField(label=gettext_lazy("保证人"), coerce=int)
    counterpart = forms.CharField(label=gettext_lazy("保证人"), max_length=120)
    counterpart_until = forms.DateField(label=gettext_lazy("保证期间截止日"), required=False, widget=day_widget())
    plan = forms.CharField(label=gettext_lazy("付款计划"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)
    asset = forms.CharField(label=gettext_lazy("抵债资产"), max_length=200)
    asset_fen = forms.CharField(label=gettext_lazy("抵偿金额"), max_length=30, widget=amount_widget())
    note = forms.CharField(label=gettext_lazy("附注"), max_length=300, required=False)

    def __init__(self, kind: str, guarantors: list[tuple[int, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        needs = kind_named(kind).needs
        if guarantors:
            self.fields["security"].choices = guarantors  # type: ignore[attr-defined]
            self.fields["security"].help_text = _("来自担保登记；保证期间随之填写")
            del self.fields["counterpart"], self.fields["counterpart_until"]
        else:
            del self.fields["security"]
        for name in ("counterpart", "plan", "asset", "asset_fen"):
            if name not in needs:
                self.fields.pop(name, None)
        if "counterpart" not in needs:
            self.fields.pop("counterpart_until", None)
        if "plan" in self.fields:
            self.fields["plan"].help_text = _("每行一期：日期和金额，如 2026-12-31 10000.00；合计须等于本金")

    def clean_plan(self) -> list[tuple[str, int]]:
        """[(ISO day, fen)] of the lines typed."""
        rows = []
        for line in self.cleaned_data["plan"].splitlines():
            if not line.strip():
                continue
            day, _space, amount = line.strip().partition(" ")
            try:
                rows.append((day_from_text(day).isoformat(), columns.positive_money(amount.strip())))
            except Refused as why:
                raise forms.ValidationError(why.sentence(_)) from why
        return rows

    def clean_asset_fen(self) -> int:
        """The amount in fen."""
        try:
            return columns.positive_money(self.cleaned_data["asset_fen"])
        except Refused as why:
            raise forms.ValidationError(why.sentence(_)) from why

    def given(self) -> dict[str, Any]:
        """What the letter keeps of it."""
        kept = {name: value for name, value in self.cleaned_data.items() if name != "form_key" and value}
        if until := kept.get("counterpart_until"):
            kept["counterpart_until"] = until.isoformat()
        return kept


class SendForm(KeyedForm):
    """How a letter left."""

    channel = forms.ChoiceField(label=gettext_lazy("方式"))
    on = forms.DateField(label=gettext_lazy("发出日期"), widget=day_widget())
    carrier = forms.CharField(label=gettext_lazy("快递公司"), max_length=60, required=False)
    waybill = forms.CharField(label=gettext_lazy("快递单号"), max_length=60, required=False)
    content_named = forms.BooleanField(label=gettext_lazy("运单已写明内件品名"), required=False, initial=True)
    receipt = forms.FileField(label=gettext_lazy("运单底单"), required=False)

    def __init__(self, *args: Any, sealed: bool = False, **given: Any) -> None:
        super().__init__(*args, **given)
        told = [(code, _(words)) for code, words in CHANNELS.items() if not sealed or code in (*POSTED, "hand")]
        self.fields["channel"].choices = told  # type: ignore[attr-defined]


class ArriveForm(KeyedForm):
    """Whether a letter arrived, and how that is proved."""

    outcome = forms.ChoiceField(label=gettext_lazy("结果"))
    on = forms.DateField(label=gettext_lazy("日期"), widget=day_widget())
    signer = forms.CharField(label=gettext_lazy("签收人"), max_length=60, required=False)
    signer_role = forms.ChoiceField(label=gettext_lazy("签收人身份"))
    proof = forms.FileField(label=gettext_lazy("证明"), required=False)
    answer = forms.CharField(label=gettext_lazy("对方回函"), max_length=400, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["outcome"].choices = [("arrived", _("已送达")), ("returned", _("退回或拒收"))]  # type: ignore[attr-defined]
        self.fields["signer_role"].choices = [(code, _(words)) for code, words in SIGNERS.items()]  # type: ignore[attr-defined]
        self.fields["proof"].help_text = _("妥投截图、签收联或回执；没有证明不能中断时效")


# --- lists and one letter -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def list_letters(request: HttpRequest) -> HttpResponseBase:
    """函件  Newest first; what waits for the seal by its filter."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        rows, count, fen = letters.list_letters(request.user, start=start, limit=limit, **asked)
        return rows, count, {"total_fen": fen}

    return LISTING.answer(request, fetch, "collecting/letters.html", {"may_draft": request.user.may(LETTER)})


@require_GET
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """函件  What it says, where it is, and what is next."""
    request.user.must(SEE)
    return _page(request, pk)


@require_GET
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """函件 PDF  To print and seal; a draft says that it is one."""
    request.user.must(SEE)
    content, name = _file(request.user, pk)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return answer


def _file(person: Any, pk: int) -> tuple[bytes, str]:
    kept = letters.letter_for(person, pk)
    paper = letter_paper.paper_of(kept)
    original = kept.paper is not None and kept.state != DROPPED
    content = papers.letter_pdf(paper, state="" if original or kept.state == READY else _(STATES[kept.state]))
    return content, f"{kept.terminal.code} {kept.terminal.name} {paper['title']} {paper['number']}.pdf"


@require_GET
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """妥投证明  The file that proves an arrival."""
    request.user.must(SEE)
    return attachment_response(letters.proof_for(request.user, pk))


def _page(request: HttpRequest, pk: int, status: int = 200, **forms_given: Any) -> HttpResponse:
    card = letters.letter(request.user, pk)
    kept = card.letter
    person, state = request.user, kept.state
    writes = person.may(LETTER)
    sealed = bool(card.seals)
    page = {
        "card": card,
        "row": card.row,
        "paper": letter_paper.paper_of(kept),
        "title": _(KINDS[kept.kind].title),
        "state": _(STATES[state]),
        "tone": TONES[state],
        "drafted_by": kept.drafted_by.name,
        "channel": _(CHANNELS[card.sending.channel]) if card.sending else "",
        "arrivals": [
            (one, _(SIGNERS.get(one.signer_role, "")), _(STRENGTHS[one.strength]), STRENGTH_TONES[one.strength])
            for one in card.arrivals
        ],
        "customer_url": address("desk:terminal", kept.terminal_id),
        "may_seal": state == DRAFT and person.may(SEAL) and kept.drafted_by_id != person.pk,
        "own_draft": state == DRAFT and kept.drafted_by_id == person.pk,
        "may_renew": state in (DRAFT, READY) and writes,
        "send_form": forms_given.get("send") or SendForm(sealed=sealed, initial={"on": today()}),
        "may_send": state == READY and writes,
        "arrive_form": forms_given.get("arrive") or ArriveForm(initial={"on": today()}),
        "may_arrive": state in (SENT, RETURNED) and writes,
    }  # fmt: skip
    return render(request, "collecting/letter.html", page, status=status)


# --- verbs ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """起草函件  Choose the customer and the kind, then the items and what else it needs."""
    request.user.must(LETTER)
    chosen, kind = request.GET.get("terminal", ""), request.GET.get("kind", "demand")
    if kind not in KINDS:
        raise NotFound(noun=N_("函件"))
    page: dict[str, Any] = {"kinds": _kinds(), "kind": kind, "title": _(KINDS[kind].title), "chosen": chosen}
    if not chosen.isdecimal() or len(chosen) > 18:
        page |= {"pick": DocumentForm(request.user), "customer": None}
        return render(request, "collecting/letter_new.html", page)
    terminal = terminals.terminal_for(request.user, int(chosen), LETTER)
    claims = letters.open_claims(request.user, terminal.pk, today())
    rate_bp = terminals.late_rates([terminal.pk]).get(terminal.pk, 0)
    lines = lines_of(KINDS[kind], claims, today(), rate_bp)
    form = DraftForm(kind, _guarantors(kind, terminal.pk), request.POST or None)
    asked_for = ticked(request.POST, "item")
    if form.is_valid():

        def keep() -> int:
            return actions.draft_letter(
                terminal=terminal,
                kind=kind,
                item_ids=asked_for,
                given=form.given(),
                by=request.user,
                now=timezone.now(),
            ).pk

        if pk := or_error(form, lambda: once(request, "draft_letter", keep)):
            done(request, _("函件已起草"))
            return redirect("collecting:letter", pk)
    page |= {
        "terminal": terminal, "lines": lines, "form": form, "rate_bp": rate_bp,
        "ticked": asked_for if request.method == "POST" else [line.item_id for line in lines],
        "total_fen": sum(line.fen for line in lines), "customer_url": address("desk:terminal", terminal.pk),
    }  # fmt: skip
    return render(request, "collecting/letter_new.html", page, status=422 if request.method == "POST" else 200)


def _guarantors(kind: str, terminal_id: int) -> list[tuple[int, str]]:
    """Whom a notice to a guarantor may go to, what ends first in front; none where the kind is not such a notice."""
    if not kind_named(kind).to_guarantor:
        return []
    return [
        (one.security, "　".join((one.name, _(SECURITY_KINDS[one.kind]), yuan(one.fen), _("至 {day}").format(day=one.until or "–"))))
        for one in securities.guarantors_of(terminal_id, today())
    ]  # fmt: skip


@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """更新金额  Take the amounts from the ledger anew."""
    actions.renew_letter(letter=pk, by=request.user, now=timezone.now())
    done(request, _("金额已按账面更新"))
    return redirect("collecting:letter", pk)


@require_POST
def seal(request: HttpRequest, pk: int) -> HttpResponse:
    """用印审批  Allow the seal, or say why not."""
    approve = request.POST.get("decision") != "refuse"
    actions.approve_letter(
        letter=pk, approve=approve, why=request.POST.get("why", ""), by=request.user, now=timezone.now()
    )
    done(request, _("已批准用印") if approve else _("未批准，函件作废"))
    return redirect("collecting:letter", pk)


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """作废函件  It will not go out."""
    actions.drop_letter(letter=pk, why=request.POST.get("why", ""), by=request.user, now=timezone.now())
    done(request, _("函件已作废"))
    return redirect("collecting:letter", pk)


@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """登记发出  How it left, with the waybill."""
    request.user.must(LETTER)
    kept = letters.letter(request.user, pk)
    form = SendForm(request.POST, request.FILES, sealed=bool(kept.seals))
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.note_sent(
                letter=pk, channel=given["channel"], on=given["on"], carrier=given["carrier"], waybill=given["waybill"],
                content_named=given["content_named"], receipt=kept_upload(request, given["receipt"], LETTER), by=request.user,
                now=timezone.now(),
            ).pk  # fmt: skip

        beside = {"waybill_missing": "waybill", "sealed_goes_on_paper": "channel", "letter_day": "on"}
        if or_error(form, lambda: once(request, "note_sent", keep), beside):
            done(request, _("已登记发出"))
            return redirect("collecting:letter", pk)
    return _page(request, pk, 422, send=form)


@require_POST
def arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """登记妥投  Whether it arrived, who signed, and the proof."""
    request.user.must(LETTER)
    letters.letter_for(request.user, pk, LETTER)
    form = ArriveForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.note_arrived(
                letter=pk, arrived=given["outcome"] == "arrived", on=given["on"], signer=given["signer"],
                signer_role=given["signer_role"], proof=kept_upload(request, given["proof"], LETTER), answer=given["answer"],
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "note_arrived", keep), {"letter_day": "on"}):
            done(request, _("已登记"))
            return redirect("collecting:letter", pk)
    return _page(request, pk, 422, arrive=form)


# --- many at once ---------------------------------------------------------------------------------------------------


@require_POST
def seal_many(request: HttpRequest) -> HttpResponse:
    """批准用印  Those ticked that can be sealed; the rest are named with the reason."""
    request.user.must(SEAL)
    sealed, left = 0, []
    for pk in ticked(request.POST, most=MOST_TICKED):
        try:
            actions.approve_letter(letter=pk, by=request.user, now=timezone.now())
            sealed += 1
        except Refused as why:
            left.append(f"{pk:06d}: {why.sentence(_)}")
    words = _("已批准 {count} 份用印").format(count=sealed)
    more = _("；{count} 份未批准：{reasons}").format(count=len(left), reasons=" / ".join(left[:5])) if left else ""
    done(request, words + more)
    return redirect("collecting:letters")


@require_POST
def bundle(request: HttpRequest) -> HttpResponse:
    """打包下载  One archive of the letters ticked, made a few at a time."""
    request.user.must(SEE)
    ids = ticked(request.POST, most=MOST_TICKED)
    for pk in ids:
        letters.letter_for(request.user, pk)
    if not ids:
        return redirect("collecting:letters")
    made = batches.begin_of(request.user, ids, today(), BUNDLE)
    return redirect("collecting:bundle", made.token)


@require_http_methods(["GET", "POST"])
def bundle_page(request: HttpRequest, token: str) -> HttpResponse:
    """一批函件  How far it is; each POST makes a few more."""
    request.user.must(SEE)
    made = batches.batch_for(request.user, token, BUNDLE)
    if request.method == "POST" and not made.ready:
        made = batches.go_on(request.user, made, lambda pk: _file(request.user, pk))
    template = "collecting/parts/bundle.html" if getattr(request, "htmx", False) else "collecting/bundle.html"
    return render(request, template, {"batch": made, "total": len(made.ids)})


@require_GET
def bundle_file(request: HttpRequest, token: str) -> FileResponse:
    """下载压缩包  Once it is whole."""
    request.user.must(SEE)
    made = batches.batch_for(request.user, token, BUNDLE)
    if not made.ready:
        raise NotFound(noun=N_("这批函件"))
    return FileResponse(made.archive.open("rb"), as_attachment=True, filename=made.name, content_type="application/zip")


LETTERS = [
    path("letters/", list_letters, name="letters"),
    path("letters/new/", draft, name="letter_new"),
    path("letters/seal", seal_many, name="letters_seal"),
    path("letters/bundle", bundle, name="letters_bundle"),
    path("letters/bundles/<str:token>/", bundle_page, name="bundle"),
    path("letters/bundles/<str:token>/file", bundle_file, name="bundle_file"),
    path("letters/proofs/<int:pk>", proof, name="letter_proof"),
    path("letters/<int:pk>/", letter, name="letter"),
    path("letters/<int:pk>/pdf", letter_pdf, name="letter_pdf"),
    path("letters/<int:pk>/renew", renew, name="letter_renew"),
    path("letters/<int:pk>/seal", seal, name="letter_seal"),
    path("letters/<int:pk>/drop", drop, name="letter_drop"),
    path("letters/<int:pk>/send", send, name="letter_send"),
    path("letters/<int:pk>/arrive", arrive, name="letter_arrive"),
]
