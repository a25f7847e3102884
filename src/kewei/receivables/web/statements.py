"""对账单  A customer's statement for a period: as a page, as PDF and Excel, and for many customers as one archive."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.kernel.calendar import month_end
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.people import queries as people
from kewei.receivables import actions, papers, queries, rules
from kewei.receivables.forms import PeriodForm
from kewei.receivables.web.parts import address, today
from kewei.terminals import queries as terminals

VERB = "receivables.statement"
TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST = 500


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


def statement_file(person: Any, terminal: Any, first: date, last: date, kind: str) -> tuple[bytes, str]:
    """A statement as a file of a kind (pdf | xlsx), recorded as made, and its name. Raises NotAllowed, NotFound."""
    made = queries.statement(person, terminal, first, last)
    paper = paper_of(person, terminal, made)
    content = papers.statement_pdf(paper) if kind == "pdf" else papers.statement_xlsx(made, paper, _)
    actions.make_statement(
        terminal=terminal, first=first, last=last, closing_fen=made.closing_fen, mark=paper["mark"], form=kind,
        by=person, now=timezone.now(),
    )  # fmt: skip
    name = _("对账单 {code} {name} {first} 至 {last}").format(
        code=terminal.code, name=terminal.name, first=first, last=last
    )
    return content, f"{name}.{kind}"


def paper_of(person: Any, terminal: Any, made: rules.Statement) -> dict[str, Any]:
    """Everything the paper says, in the reader's language."""
    ours = people.company()
    company = papers.Party(
        name=ours.name, credit_code=ours.credit_code, address=ours.address, bank=ours.bank, account=ours.account,
        phone=ours.phone,
    )  # fmt: skip
    customer = papers.Party(
        name=terminal.name, code=terminal.code, credit_code=terminal.credit_code or "", address=terminal.address
    )
    return papers.as_paper(made, customer=customer, company=company, made_at=timezone.localtime(), translate=_)


# --- many customers -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def statements(request: HttpRequest) -> HttpResponseBase:
    """批量对账单  For the customers ticked in the ageing table: choose a period, get one archive."""
    request.user.must(VERB)
    chosen = [int(pk) for pk in dict.fromkeys(request.POST.getlist("id")) if pk.isdecimal() and len(pk) < 19]
    if len(chosen) > MOST:
        raise TooManyStatements(most=MOST, chosen=len(chosen))
    asked = {"first", "last"} <= request.POST.keys()
    form = PeriodForm(request.POST if asked else None, initial=dict(zip(("first", "last"), _last_month(), strict=True)))
    if asked and form.is_valid() and chosen:
        kind = "xlsx" if request.POST.get("format") == "xlsx" else "pdf"
        rows = [terminals.terminal_for(request.user, pk, VERB) for pk in chosen]
        pieces = _archive(request.user, rows, form.cleaned_data["first"], form.cleaned_data["last"], kind)
        answer = StreamingHttpResponse(pieces, content_type="application/zip")
        name = _("对账单 {first} 至 {last}").format(**form.cleaned_data)
        answer["Content-Disposition"] = content_disposition_header(True, f"{name}.zip")
        return answer
    named = terminals.labels(request.user, chosen)
    page = {
        "form": form,
        "chosen": [(pk, named[pk]) for pk in chosen if pk in named],
        "periods": [{"name": p["name"], "first": p["first"], "last": p["last"]} for p in _periods("", None, None)],
        "ageing_url": reverse("receivables:ageing"),
    }
    return render(request, "receivables/statements.html", page, status=422 if form.errors else 200)


class _Pipe(io.RawIOBase):
    """What the archive has written since it was last asked."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.written.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        taken, self.written = b"".join(self.written), []
        return taken


def _archive(person: Any, rows: list[Any], first: date, last: date, kind: str) -> Iterator[bytes]:
    """The archive, sent while it is made: one statement in memory at a time."""
    pipe, language = _Pipe(), translation.get_language() or "zh-hans"
    with translation.override(language), zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[arg-type]
        for terminal in rows:
            content, name = statement_file(person, terminal, first, last, kind)
            archive.writestr(name.replace("/", "-"), content)
            yield pipe.take()
    yield pipe.take()


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
