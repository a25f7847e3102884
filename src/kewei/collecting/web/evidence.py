"""证据  What there is to prove each overdue invoice, what is missing, and the pack for counsel."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.collecting import actions, papers
from kewei.collecting.queries import evidence, letter_paper, letters
from kewei.collecting.rules.evidence import ADVICE, EVIDENCE, FULL, NONE, PAPER_KINDS, PARTS
from kewei.collecting.rules.letters import STRENGTHS
from kewei.journal import queries_policies
from kewei.journal.queries_attachments import content_of
from kewei.journal.web import attachment_response, kept_upload
from kewei.kernel.money import yuan, yuan_in_words
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.orders import queries as orders
from kewei.orders.papers.note import delivery_note
from kewei.people import queries as people
from kewei.people.keys import key_of, ticked
from kewei.people.notices import done
from kewei.receivables.forms import KeyedForm, day_widget
from kewei.receivables.web.parts import address, once, or_error, today
from kewei.terminals import queries as terminals

SEE, CONTACT, LETTER = "collecting.see", "collecting.contact", "collecting.letter"
PAGE, MOST = 50, 200


@refusal
class NothingToPack(Refused):
    code = "nothing_to_pack"
    says = N_("请选择一位客户的 1 至 {most} 张发票")


class PaperForm(KeyedForm):
    """A file and the part it proves."""

    kind = forms.ChoiceField(label=gettext_lazy("证明什么"))
    file = forms.FileField(label=gettext_lazy("文件"), help_text=gettext_lazy("PNG、JPEG 或 PDF，最多 10 MB"))
    on = forms.DateField(label=gettext_lazy("文件日期"), required=False, widget=day_widget())
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["kind"].choices = [(code, _(words)) for code, words in PAPER_KINDS.items()]  # type: ignore[attr-defined]


@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    """证据评分  Overdue invoices, largest first: the score of each and what would raise it most."""
    request.user.must(SEE)
    asked = request.GET.get("terminal", "")
    terminal = key_of(asked)
    number = request.GET.get("page", "1")
    start = (max(1, min(int(number) if number.isdecimal() and len(number) < 6 else 1, 10_000)) - 1) * PAGE
    rows, count = evidence.overdue_by_size(request.user, today(), terminal=terminal, start=start, limit=PAGE)
    policy = queries_policies.in_force(EVIDENCE, today()).value
    page = {
        "rows": [
            {
                "row": row,
                "points": found.points,
                "tone": _tone(found.points, row.overdue_days, policy),
                "gaps": [_(PARTS[part]) for part in found.gaps[:3]],
                "advice": _(ADVICE[found.gaps[0]]) if found.gaps else "",
            }
            for row, found in rows
        ],
        "count": count, "start": start + 1, "end": start + len(rows), "low": policy.low_points,
        "after": policy.after_days, "page": start // PAGE + 1, "more": start + PAGE < count,
        "terminal": terminals.terminal_for(request.user, terminal, SEE) if terminal else None,
        "may_pack": request.user.may(LETTER) and terminal is not None,
        "packs": evidence.packs_of(request.user, terminal) if terminal else [],
    }  # fmt: skip
    return render(request, "collecting/evidence_list.html", page)


def _tone(points: int, overdue_days: int, policy: Any) -> str:
    if points >= policy.low_points:
        return "ok"
    return "bad" if overdue_days > policy.after_days else "warn"


@require_http_methods(["GET", "POST"])
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """发票证据  Part by part what there is, and a place to add what is missing."""
    request.user.must(SEE if request.method == "GET" else CONTACT)
    card = evidence.evidence_of(request.user, pk, today())
    form = PaperForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            kept = kept_upload(request, given["file"], CONTACT)
            return actions.add_evidence(
                entry=pk, kind=given["kind"], attachment=kept, on=given["on"], note=given["note"], by=request.user,
                now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "add_evidence", keep), {"attachment_kind": "file"}):
            done(request, _("证据已补充"))
            return redirect("collecting:evidence", pk)
    page = {
        "card": card,
        "terminal": terminals.terminal_for(request.user, card.terminal_id, SEE),
        "parts": [
            {
                "name": _(PARTS[got.part]), "points": got.points, "weight": got.weight,
                "tone": "ok" if got.got == FULL else "bad" if got.got == NONE else "warn",
                "words": _("齐备") if got.got == FULL else _("没有") if got.got == NONE else _("不完整"),
                "basis": basis(card, got.part), "advice": "" if got.got == FULL else _(ADVICE[got.part]),
            }
            for got in card.evidence.parts
        ],
        "papers": [(row, _(PAPER_KINDS[row.kind])) for row in card.papers],
        "form": form, "may_add": request.user.may(CONTACT), "may_pack": request.user.may(LETTER),
        "invoice_url": address("receivables:entry", pk), "customer_url": address("desk:terminal", card.terminal_id),
    }  # fmt: skip
    return render(request, "collecting/evidence.html", page, status=422 if form.errors else 200)


def basis(card: evidence.InvoiceEvidence, part: str) -> str:
    """What a part rests on, in words."""
    told = [_(PAPER_KINDS[row.kind]) + " " + row.filename for row in card.papers if row.kind == part]
    one = card.delivered
    if part == "contract" and one:
        told.append(
            _("订单 {number}").format(number=one.order_number) + (f" {one.customer_ref}" if one.customer_ref else "")
        )
    if part == "delivery" and one:
        told.append(f"{one.number}　{one.on}")
    if part == "receipt" and one and one.received_on:
        told.append(f"{one.receiver_name}　{one.received_on}　" + (_("已授权") if one.receiver else _("未授权")))
    if part == "statement":
        told += [_("截至 {last}，{on} 回签").format(last=s.last, on=s.on) for s in card.signed]
    if part == "demand":
        told += [f"{d.on}　{_(STRENGTHS[d.strength])}" for d in card.demands if d.effect == "demand"]
    if part == "payment" and card.open_fen < card.total_fen:
        told.append(yuan(card.total_fen - card.open_fen))
    if part == "invoice":
        told.append(card.number)
    return "；".join(told)


@require_POST
def end_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """撤下证据  It proves nothing from now on."""
    kept = actions.end_evidence(paper=pk, by=request.user, now=timezone.now())
    done(request, _("证据已撤下"))
    return redirect("collecting:evidence", kept.entry_id)


@require_GET
def paper_file(request: HttpRequest, pk: int) -> HttpResponse:
    """证据文件  As a download."""
    request.user.must(SEE)
    return attachment_response(evidence.paper_for(request.user, pk).attachment)


@require_POST
def pack(request: HttpRequest) -> HttpResponse:
    """证据包  One archive for counsel about the invoices ticked; to whom it went is kept."""
    request.user.must(LETTER)
    ids = ticked(request.POST)
    if not 0 < len(ids) <= MOST:
        raise NothingToPack(most=MOST)
    cards = [evidence.evidence_of(request.user, pk, today()) for pk in ids]
    if len({card.terminal_id for card in cards}) != 1:
        raise NothingToPack(most=MOST)
    terminal = terminals.terminal_for(request.user, cards[0].terminal_id, LETTER)
    recipient = request.POST.get("recipient", "").strip()
    files = [(_(PAPER_KINDS[item.part]), item.name, _bytes(request.user, item)) for item in evidence.files_of(ids)]
    content = papers.evidence_pack(_index(cards, terminal, recipient), files)
    actions.note_pack(
        terminal=terminal, items=ids, recipient=recipient, files=len(files),
        digest=hashlib.sha256(content).hexdigest(), by=request.user, now=timezone.now(),
    )  # fmt: skip
    answer = HttpResponse(content, content_type="application/zip")
    name = f"{_('证据包')} {terminal.code} {terminal.name} {today()}.zip"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _bytes(person: Any, item: evidence.Item) -> bytes:
    if item.letter is not None:
        return papers.letter_pdf(letter_paper.paper_of(letters.letter_for(person, item.letter)))
    if item.delivery is not None:
        return delivery_note(orders.delivery(people.system(), item.delivery))
    return content_of(item.attachment)


def _index(cards: list[evidence.InvoiceEvidence], terminal: Any, recipient: str) -> dict[str, Any]:
    total_fen = sum(card.open_fen for card in cards)
    return {
        "company": people.company().name,
        "customer": terminal.name,
        "credit_code": terminal.credit_code or "",
        "recipient": recipient,
        "made_at": timezone.localtime().strftime("%Y-%m-%d %H:%M"),
        "total": yuan(total_fen),
        "words": yuan_in_words(total_fen),
        "invoices": [
            [
                card.number, card.on.isoformat(), card.due_date.isoformat(), yuan(card.total_fen), yuan(card.open_fen),
                str(card.evidence.points),
            ]
            for card in cards
        ],
        "parts": [
            [card.number, PARTS[got.part], basis(card, got.part), f"{got.points} / {got.weight}"]
            for card in cards
            for got in card.evidence.parts
        ],
    }  # fmt: skip


EVIDENCE_PAGES = [
    path("evidence/", overdue, name="evidence_list"),
    path("evidence/pack", pack, name="evidence_pack"),
    path("evidence/papers/<int:pk>", paper_file, name="evidence_paper"),
    path("evidence/papers/<int:pk>/end", end_paper, name="evidence_end"),
    path("evidence/<int:pk>/", invoice, name="evidence"),
]
