"""对账单  A customer's statement for a period: as a page, as PDF and Excel, and for many customers as one archive."""

from datetime import date, timedelta
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.kernel.calendar import month_end
from kewei.kernel.refusals import N_, NotFound, Refused, refusal
from kewei.people.keys import ticked
from kewei.receivables import queries
from kewei.receivables.forms import PeriodForm
from kewei.receivables.web import batches
from kewei.receivables.web.files import TYPES, paper_of, statement_file
from kewei.receivables.web.parts import address, today
from kewei.terminals import queries as terminals

VERB = "receivables.statement"
MOST = 2000


@refusal
class TooManyStatements(Refused):
    code = "too_many_statements"
    says = N_("一次最多生成 {most} 份对账单，您选了 {chosen} 份")


# --- one customer ---------------------------------------------------------------------------------------------------


@require_GET
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """对账单  As it will be on paper."""
    request.user.must(VERB)
    terminal = terminals.terminal_for(request.user, pk, VERB)
    form = PeriodForm(_asked(request) or None)
    first, last = _period(form)
    page: dict[str, Any] = {
        "terminal": terminal,
        "form": form,
        "first": first,
        "last": last,
        "periods": _periods(reverse("receivables:statement", args=[pk]), first, last),
        "customer_url": address("desk:terminal", pk),
        "ageing_url": reverse("receivables:ageing"),
    }
    if not form.errors:
        made = queries.statement(request.user, terminal, first, last)
        page |= {"made": made, "paper": paper_of(request.user, terminal, made)}
    return render(request, "receivables/statement.html", page, status=422 if form.errors else 200)


@require_POST
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """出具对账单  As a file; the journal remembers which, and its mark."""
    request.user.must(VERB)
    terminal = terminals.terminal_for(request.user, pk, VERB)
    form = PeriodForm(request.POST)
    if not form.is_valid():
        first, last = _period(PeriodForm())
        page = {"terminal": terminal, "form": form, "first": first, "last": last, "periods": []}
        return render(request, "receivables/statement.html", page, status=422)
    kind = request.POST.get("format", "pdf")
    kind = kind if kind in TYPES else "pdf"
    content, name = statement_file(request.user, terminal, form.cleaned_data["first"], form.cleaned_data["last"], kind)
    answer = HttpResponse(content, content_type=TYPES[kind])
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


# --- many customers -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def statements(request: HttpRequest) -> HttpResponse:
    """批量对账单  For the customers ticked in the ageing table: choose a period, get one archive."""
    request.user.must(VERB)
    chosen = ticked(request.POST)
    if len(chosen) > MOST:
        raise TooManyStatements(most=MOST, chosen=len(chosen))
    asked = {"first", "last"} <= request.POST.keys()
    form = PeriodForm(request.POST if asked else None, initial=dict(zip(("first", "last"), _last_month(), strict=True)))
    if asked and form.is_valid() and chosen:
        kind = "xlsx" if request.POST.get("format") == "xlsx" else "pdf"
        given = form.cleaned_data
        batch = batches.begin(request.user, chosen, given["first"], given["last"], kind)
        return redirect("receivables:batch", batch.token)
    named = terminals.labels(request.user, chosen)
    page = {
        "form": form,
        "chosen": [(pk, named[pk]) for pk in chosen if pk in named],
        "ageing_url": reverse("receivables:ageing"),
    }
    return render(request, "receivables/statements.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest, token: str) -> HttpResponse:
    """一批对账单  How far it is; each POST makes a few more, until the archive can be taken."""
    request.user.must(VERB)
    made = batches.batch_for(request.user, token)
    if request.method == "POST" and not made.ready:
        made = batches.go_on(request.user, made)
    fragment = getattr(request, "htmx", False)
    page = {"batch": made, "total": len(made.ids), "ageing_url": reverse("receivables:ageing")}
    return render(request, "receivables/parts/batch.html" if fragment else "receivables/batch.html", page)


@require_GET
def archive(request: HttpRequest, token: str) -> FileResponse:
    """下载压缩包  The archive, once it is whole."""
    request.user.must(VERB)
    made = batches.batch_for(request.user, token)
    if not made.ready:
        raise NotFound(noun=batches.NOUN)
    return FileResponse(made.archive.open("rb"), as_attachment=True, filename=made.name, content_type="application/zip")


# --- periods --------------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("first", "last") if name in request.GET}


def _period(form: PeriodForm) -> tuple[date, date]:
    if form.is_bound and form.is_valid():
        return form.cleaned_data["first"], form.cleaned_data["last"]
    return _last_month()


def _last_month() -> tuple[date, date]:
    last = today().replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _periods(path: str, first: date | None, last: date | None) -> list[dict[str, Any]]:
    """Periods people ask for: this month, last month, last quarter, this year and the last."""
    now = today()
    month = now.replace(day=1)
    quarter_end = date(now.year, (now.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
    quarter = date(quarter_end.year, quarter_end.month - 2, 1)
    named = [
        (_("上月"), *_last_month()),
        (_("本月至今"), month, now),
        (_("上季度"), quarter, month_end(quarter_end)),
        (_("今年至今"), date(now.year, 1, 1), now),
        (_("去年"), date(now.year - 1, 1, 1), date(now.year - 1, 12, 31)),
    ]
    return [
        {
            "name": name, "first": begins.isoformat(), "last": ends.isoformat(), "on": (begins, ends) == (first, last),
            "url": f"{path}?first={begins.isoformat()}&last={ends.isoformat()}",
        }
        for name, begins, ends in named
    ]  # fmt: skip
