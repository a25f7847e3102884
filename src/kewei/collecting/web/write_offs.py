"""账销案存  What was written off and is owed all the same: evidence, clocks, what came back, the slip for the files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.collecting import actions
from kewei.collecting.papers.write_off import write_off_slip
from kewei.collecting.queries import clocks, write_offs
from kewei.collecting.rules.exits import LEVELS
from kewei.collecting.rules.write_offs import EVIDENCE, SAYS
from kewei.collecting.web import files
from kewei.journal.queries_attachments import attachments
from kewei.journal.web import attachment_response
from kewei.kernel.money import yuan
from kewei.kernel.refusals import N_
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables import queries as receivables
from kewei.receivables.forms import KeyedForm
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today

SEE, POST, EXPORT = "collecting.see", "receivables.write_off", "collecting.export"
TONES = {write_offs.OPEN: "warn", write_offs.DONE: "ok", write_offs.UNDONE: "quiet"}
LEVEL_TONES = {"block": "bad", "warn": "warn", "record": "info"}

LISTING = Listing(
    name="collecting.write_offs",
    title=N_("账销案存"),
    columns=[
        Col(
            "terminal_name", N_("客户"), lead=True, sub=lambda row: row.terminal_code, clip=True,
            link=lambda row: reverse("collecting:write_off", args=[row.pk]),
        ),
        Col("number", N_("核销单号")),
        Col("at", N_("入账"), kind="moment"),
        Col("fen", N_("核销"), kind="amount", total=True),
        Col("recovered_fen", N_("已收回"), kind="amount"),
        Col("left_fen", N_("仍欠"), kind="amount"),
        Col("last_day", N_("时效届满"), kind="day", help=N_("最早一张的；有证据的催收、承诺或付款使其重新起算")),
        Col("money_fen", N_("待核销收款"), kind="amount", value=lambda row: row.money_fen or None),
        Col("state", N_("状态"), kind="badge", words=lambda code: _(write_offs.STATES[code]), tone=lambda row: TONES[row.state]),
        Col("pursued", N_("继续追索"), words=lambda yes: _("是") if yes else _("否"), shown=False),
        Col("by", N_("入账人"), shown=False),
    ],
    filters=[
        Filter("text", N_("查找"), kind="find", placeholder=N_("客户名称、编码")),
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("pursued", N_("只看继续追索的"), kind="flag"),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("collecting:write_off", args=[row.pk]),
    empty_title=N_("没有账务核销"),
    empty_text=N_("同意核销的退出决定由会计入账后列在这里：核销不消灭债权，时效照算，收回时冲回。"),
    empty_icon="archive",
)  # fmt: skip


class PostForm(KeyedForm):
    """The evidence a write-off is posted on."""

    evidence = forms.MultipleChoiceField(label=gettext_lazy("核销依据"), widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label=gettext_lazy("文号或说明"), max_length=200, required=False)
    paper = forms.FileField(
        label=gettext_lazy("证据文件"), required=False, help_text=gettext_lazy("照片或 PDF，最多 10 MB"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["evidence"].choices = [(code, _(words)) for code, words in EVIDENCE.items()]  # type: ignore[attr-defined]


class RecoverForm(KeyedForm):
    """Which money came back, and how much of it."""

    receipt = forms.TypedChoiceField(label=gettext_lazy("收款"), coerce=int, empty_value=None)
    amount = forms.CharField(
        label=gettext_lazy("收回金额（元）"), max_length=30, required=False, help_text=gettext_lazy("留空为尽量多")
    )

    def __init__(self, receipts: list[tuple[int, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["receipt"].choices = receipts  # type: ignore[attr-defined]

    def clean_amount(self) -> int | None:
        """The amount in fen, None for as much as there is."""
        return files.amount_of(self.cleaned_data["amount"])


def posting(request: HttpRequest, decision: Any, form: PostForm | None) -> dict[str, Any]:
    """What the page of a decision needs to have it posted."""
    shares, items = write_offs.proposed(decision, today())
    person = request.user
    mine = {decision.proposed_by_id, decision.decided_by_id}
    return {
        "shares": [(item.number, share.fen) for item, share in zip(items, shares, strict=True)],
        "may_post": bool(shares) and person.may(POST) and person.pk not in mine,
        "post_form": form or PostForm(),
    }


@require_http_methods(["GET", "POST"])
def list_write_offs(request: HttpRequest) -> HttpResponseBase:
    """账销案存  Newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        if "pursued" in asked:
            asked["pursued"] = True
        rows, count, fen = write_offs.list_write_offs(request.user, today(), start=start, limit=limit, **asked)
        return rows, count, {"fen": fen}

    return LISTING.answer(request, fetch)


@require_GET
def write_off(request: HttpRequest, pk: int) -> HttpResponse:
    """账务核销  One write-off: invoices with their clocks, evidence, what came back."""
    request.user.must(SEE)
    return _page(request, pk)


@require_POST
def recover(request: HttpRequest, pk: int) -> HttpResponse:
    """核销收回  Money that came after all pays what was written off."""
    request.user.must(POST)
    kept = write_offs.write_off_for(request.user, pk, POST)
    form = RecoverForm(_receipts(request, kept.terminal_id), request.POST)
    if form.is_valid():

        def keep() -> int:
            return actions.recover_write_off(
                write_off=pk, receipt=form.cleaned_data["receipt"], fen=form.cleaned_data["amount"], by=request.user,
                now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "recover_write_off", keep)):
            done(request, _("收回已登记，发票已用这笔款核销"))
            return redirect("collecting:write_off", pk)
    return _page(request, pk, form)


@require_GET
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """核销单  As a PDF, for the files and the tax office."""
    request.user.must(SEE)
    kept, row = write_offs.write_off_for(request.user, pk), write_offs.write_off(request.user, pk, today())
    answer = HttpResponse(write_off_slip(_paper(kept, row)), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{row.number}.pdf") or ""
    return answer


@require_GET
def paper(request: HttpRequest, pk: int, attachment: int) -> HttpResponse:
    """核销证据  One file of the evidence."""
    request.user.must(SEE)
    return attachment_response(write_offs.paper_of(write_offs.write_off_for(request.user, pk), attachment))


def _receipts(request: HttpRequest, terminal_id: int) -> list[tuple[int, str]]:
    """Receipts of a customer with money nobody has applied."""
    rows = receivables.unapplied_receipts(request.user, terminal_id)
    return [(one.pk, f"{one.number}　{yuan(one.open_fen)}") for one in rows]


def _paper(kept: Any, row: Any) -> dict[str, Any]:
    items = receivables.items_by_key([item for item, _fen in kept.items])
    return {
        "number": row.number, "customer": kept.terminal.name, "code": kept.terminal.credit_code or "",
        "at": timezone.localtime(row.at).date().isoformat(), "fen": row.fen, "by": row.by,
        "why": kept.decision.why, "proposed_by": kept.decision.proposed_by.name,
        "decided_by": kept.decision.decided_by.name if kept.decision.decided_by else "",
        "decided_at": timezone.localtime(kept.decision.decided_at).date().isoformat() if kept.decision.decided_at else "",
        "limitation": kept.decision.limitation_checked_on.isoformat() if kept.decision.limitation_checked_on else "",
        "evidence": [[EVIDENCE.get(kind, kind), note] for kind, note in kept.evidence],
        "lines": [[items[item].number, items[item].on.isoformat(), str(items[item].due_date or ""), fen] for item, fen in kept.items],
    }  # fmt: skip


def _page(request: HttpRequest, pk: int, form: RecoverForm | None = None) -> HttpResponse:
    day, person = today(), request.user
    kept, row = write_offs.write_off_for(person, pk), write_offs.write_off(person, pk, day)
    items, ends = [item for item, _fen in kept.items], clocks.limitation_of([item for item, _fen in kept.items], day)
    receipts = _receipts(request, kept.terminal_id) if person.may(POST) and row.left_fen else []
    page = files.head(kept.terminal) | {
        "row": row,
        "kept": kept,
        "state": _(write_offs.STATES[row.state]),
        "tone": TONES[row.state],
        "items": [
            {"pk": item, "number": ends[item].item.number, "fen": fen, "due_date": ends[item].item.due_date, "clock": ends[item]}
            for item, fen in kept.items
            if item in ends
        ],
        "count": len(items),
        "evidence": [(_(EVIDENCE.get(kind, kind)), note) for kind, note in kept.evidence],
        "papers": list(attachments(kept.papers).values()),
        "findings": [(_(LEVELS[level]), LEVEL_TONES[level], _(SAYS.get(code, code))) for level, code, _n in kept.findings],
        "recoveries": write_offs.recoveries_of(pk),
        "receipts": receipts,
        "recover_form": form or RecoverForm(receipts),
        "may_recover": person.may(POST) and row.left_fen > 0,
    }  # fmt: skip
    return render(request, "collecting/write_off.html", page, status=422 if form is not None else 200)


WRITE_OFFS = [
    path("write-offs/", list_write_offs, name="write_offs"),
    path("write-offs/<int:pk>/", write_off, name="write_off"),
    path("write-offs/<int:pk>/slip.pdf", slip, name="write_off_slip"),
    path("write-offs/<int:pk>/recover/", recover, name="recover_write_off"),
    path("write-offs/<int:pk>/papers/<int:attachment>/", paper, name="write_off_paper"),
]
