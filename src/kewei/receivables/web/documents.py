"""单据  The register of documents, and the page of one: what settles what, history, and the ways to take it back."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.journal import queries as journal
from kewei.kernel.money import yuan, yuan_in_words
from kewei.kernel.refusals import N_
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables import actions, excel, queries, rules
from kewei.receivables.forms import AllocateForm, ReasonForm
from kewei.receivables.queries import register
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.receivables.web.posting import open_debits

SEE, EXPORT = "receivables.see", "receivables.export"
CREDITS = ("receipt", "red_letter", "write_off")
HISTORY = 100

# Further fields of a document, as its page names them.
FIELDS: dict[str, str] = {
    "invoice_type": N_("发票类型"),
    "tax_fen": N_("税额"),
    "net_fen": N_("不含税金额"),
    "contract": N_("合同号"),
    "order": N_("订单号"),
    "memo": N_("备注"),
    "bill_kind": N_("票据种类"),
    "bill_no": N_("票据号码"),
    "bill_due": N_("票据到期日"),
    "acceptor": N_("承兑人"),
}


def kind_words(kind: str) -> str:
    """What a document is, in the reader's language."""
    return _(rules.KINDS.get(kind, kind))


# --- the register ---------------------------------------------------------------------------------------------------

REGISTER = Listing(
    name="receivables.entries",
    title=N_("单据"),
    columns=[
        Col("number", N_("单据号"), lead=True, link=lambda row: reverse("receivables:entry", args=[row.entry_id])),
        Col("kind", N_("类型"), words=kind_words),
        Col("terminal_name", N_("客户"), sub=lambda row: row.terminal_code, clip=True),
        Col("on", N_("日期"), kind="day"),
        Col("due_date", N_("到期日"), kind="day"),
        Col("total_fen", N_("金额"), kind="amount"),
        Col("open_fen", N_("未清或未核销"), kind="amount", value=lambda row: row.open_fen or None),
        Col("state", N_("状态"), kind="badge", value=lambda row: state_of(row)[0], tone=lambda row: state_of(row)[1]),
    ],
    filters=[
        Filter("q", N_("单据号"), kind="find", placeholder=N_("单据号开头，如 SK-2026")),
        Filter("kind", N_("类型"), kind="choice", options=lambda request: [(k, _(v)) for k, v in rules.KINDS.items()]),
        Filter("first", N_("从"), kind="day"),
        Filter("last", N_("到"), kind="day"),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("receivables:entry", args=[row.entry_id]),
    empty_title=N_("还没有单据"),
    empty_text=N_("发票、红字发票和收款登记或导入以后都在这里，只增不改。"),
    empty_icon="files",
    empty_url="/receivables/invoices/new/",
    empty_action=N_("登记发票"),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def entries(request: HttpRequest) -> HttpResponseBase:
    """单据  Every document, what was posted last first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return register.documents(request.user, start=start, limit=limit, **filters)

    may = {name: request.user.may(f"receivables.{name}") for name in ("post_invoice", "post_red_letter", "receive")}
    return REGISTER.answer(request, fetch, "receivables/entries.html", {"may": may})


def state_of(row: Any) -> tuple[str, str]:
    """What has become of a document, in words, and the tone of it."""
    if not row.live:
        return (_("冲销"), "quiet") if row.kind == "reversal" else (_("已冲销"), "quiet")
    if row.open_fen == 0:
        return _("已结清") if row.kind == "invoice" else _("已核销"), "ok"
    if row.kind in CREDITS:
        return _("部分核销") if row.open_fen < row.total_fen else _("未核销"), "warn"
    late = rules.days_past_due(row.due_date or row.on, today())
    if late > 0:
        return _("逾期 {days} 天").format(days=late), "bad"
    return _("部分收款") if row.open_fen < row.total_fen else _("未到期"), "info"


# --- one document ---------------------------------------------------------------------------------------------------


@require_GET
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """单据页"""
    request.user.must(SEE)
    return _page(request, queries.entry(request.user, pk, today()))


def _above(request: HttpRequest, card: rules.EntryCard) -> dict[str, str]:
    """Where the room above tells how well an invoice can be proved, and until when it can be enforced."""
    told = card.kind == "invoice" and card.live and request.user.may("collecting.see")
    pages = {"evidence_url": "collecting:evidence", "clock_url": "collecting:clock"}
    return {name: address(page, card.pk) if told else "" for name, page in pages.items()}


def _page(
    request: HttpRequest,
    card: rules.EntryCard,
    allocate: AllocateForm | None = None,
    reverse_with: ReasonForm | None = None,
) -> HttpResponse:
    words, tone = state_of(card)
    may_allocate = request.user.may("receivables.allocate") and card.kind in CREDITS and card.live and card.open_fen > 0
    page: dict[str, Any] = {
        "card": card,
        "kind": kind_words(card.kind),
        "state": words,
        "tone": tone,
        "in_words": yuan_in_words(card.total_fen),
        "settled_fen": card.total_fen - card.open_fen,
        "method": _(rules.PAYMENT_METHODS.get(card.method, card.method)),
        "fields": [_field(name, value) for name, value in card.fields.items()],
        "customer_url": address("desk:terminal", card.terminal_id),
        **_above(request, card),
        "register_url": reverse("receivables:entries"),
        "allocations": [
            {"row": row, "kind": kind_words(row.other_kind), "url": reverse("receivables:entry", args=[row.other_id])}
            for row in card.allocations
        ],
        "history": history(request.user, card),
        "may_reverse": request.user.may("receivables.reverse"),
        "may_allocate": may_allocate,
        "reverse_form": reverse_with or ReasonForm(),
        "is_credit": card.kind in CREDITS,
        "may_red_letter": request.user.may("receivables.post_red_letter") and card.kind == "invoice" and card.live,
    }
    if may_allocate:
        page |= {"allocate_form": allocate or AllocateForm(initial={"how": "oldest"})}
        page |= {"open": open_debits(request.user, card.terminal_id)}
    bound = allocate or reverse_with
    return render(request, "receivables/entry.html", page, status=422 if bound is not None else 200)


def history(person: Any, card: rules.EntryCard) -> list[dict[str, Any]]:
    """What the journal tells of a document and of what it was allocated with, newest first, in words."""
    postings = {card.posting_id, *(row.posting_id for row in card.allocations)}
    about = journal.facts(person, subject=f"receivables.entry:{card.pk}", limit=HISTORY)
    near = journal.facts(person, room="receivables", terminal=card.terminal_id, limit=HISTORY)
    told = {fact.seq: fact for fact in [*about, *near] if fact in about or fact.detail.get("posting") in postings}
    return [
        {"at": fact.at, "by": fact.by, "what": _(fact.says), "words": _sentence(fact.detail)}
        for _seq, fact in sorted(told.items(), reverse=True)
    ]


def _sentence(detail: dict[str, Any]) -> str:
    """The detail of a fact as people read it."""
    parts = []
    if numbers := detail.get("invoices"):
        listed = "、".join(numbers[:6]) + ("…" if len(numbers) > 6 else "")
        parts.append(_("发票 {numbers}").format(numbers=listed))
    if detail.get("debit"):
        parts.append(f"{detail.get('credit', '')} → {detail['debit']}")
    fen = detail.get("fen", detail.get("total_fen"))
    if isinstance(fen, int):
        parts.append(_("{amount} 元").format(amount=yuan(fen)))
    if detail.get("reason"):
        parts.append(_("原因：{reason}").format(reason=detail["reason"]))
    return "　".join(parts)


def _field(name: str, value: Any) -> tuple[str, str]:
    label = _(FIELDS[name]) if name in FIELDS else name
    if name.endswith("_fen") and isinstance(value, int):
        return label, yuan(value)
    if name == "bill_kind":
        return label, _(rules.bills.BILL_KINDS.get(value, str(value)))
    if name == "invoice_type":
        return label, _({code: words for words, code in excel.INVOICE_TYPES.items()}.get(value, str(value)))
    return label, str(value)


# --- taking back ----------------------------------------------------------------------------------------------------


@require_POST
def reverse_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """冲销单据  With a reason."""
    request.user.must("receivables.reverse")
    card = queries.entry(request.user, pk, today())
    form = ReasonForm(request.POST)
    if form.is_valid():

        def undo() -> int:
            given = {"entry": pk, "reason": form.cleaned_data["reason"]}
            return actions.reverse_entry(by=request.user, now=timezone.now(), **given).pk

        if or_error(form, lambda: once(request, "reverse_entry", undo)):
            done(request, _("{number} 已冲销").format(number=card.number))
            return redirect("receivables:entry", pk)
    return _page(request, card, reverse_with=form)


@require_POST
def undo_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销  Right after it was posted: the same reversal, with the reason that it was a slip."""
    card = queries.entry(request.user, pk, today())
    actions.reverse_entry(entry=pk, reason=_("登记后随即撤销"), by=request.user, now=timezone.now())
    done(request, _("{number} 已冲销").format(number=card.number))
    return redirect("receivables:entry", pk)


@require_POST
def reverse_allocation(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销核销  With a reason; back to the document it was pressed on."""
    request.user.must("receivables.reverse")
    reason = request.POST.get("reason", "").strip()[:200]
    given = {"allocation": pk, "reason": reason, "by": request.user, "now": timezone.now()}
    once(request, "reverse_allocation", lambda: actions.reverse_allocation(**given).pk)
    back = request.POST.get("back", "")
    done(request, _("核销已撤销，两边的金额都已恢复"))
    if back.isdecimal() and len(back) < 19:
        return redirect("receivables:entry", int(back))
    return redirect("receivables:entries")


@require_POST
def undo_posting(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销  What one press applied: every allocation of the posting is taken back."""
    reason = _("核销后随即撤销")
    actions.reverse_posting(posting=pk, reason=reason, by=request.user, now=timezone.now())
    done(request, _("核销已撤销，两边的金额都已恢复"))
    back = request.POST.get("back") or request.headers.get("Referer", "")
    return redirect("receivables:unmatched") if "unmatched" in back else redirect("receivables:entries")


# --- applying -------------------------------------------------------------------------------------------------------


@require_POST
def allocate(request: HttpRequest, pk: int) -> HttpResponse:
    """核销  Spend what is left of a receipt or note: by a rule, on what was ticked, or amount by amount."""
    request.user.must("receivables.allocate")
    card = queries.entry(request.user, pk, today())
    form = AllocateForm(request.POST)
    if form.is_valid():
        how, by = form.cleaned_data["how"], {"by": request.user, "now": timezone.now()}
        shares, numbers = form.shares() if how == "table" else [], form.invoice_numbers()

        def spend() -> int:
            if how == "table":
                return actions.allocate(credit=pk, shares=shares, **by).pk
            return actions.allocate_by(credit=pk, how=how, invoices=numbers if how == "named" else (), **by).pk

        posting = None if form.errors else or_error(form, lambda: once(request, "allocate", spend))
        if posting:
            undo = reverse("receivables:undo_posting", args=[posting])
            done(request, _("{number} 已核销").format(number=card.number), undo=undo)
            return redirect("receivables:entry", pk)
    return _page(request, card, allocate=form)
