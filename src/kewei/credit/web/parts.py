"""What the pages about a customer's credit share: the customer chosen on a form, links to the neighbours, the ways on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kewei.kernel.refusals import N_, Refused
from kewei.receivables.forms import DocumentForm
from kewei.receivables.web.parts import address
from kewei.receivables.web.posting import customer_facts
from kewei.terminals import queries as terminals
from kewei.terminals import rules as terminal_rules

# Where an amount is as bad as it gets, and where one looks twice: shares used, in basis points.
FULL_BP, NEAR_BP = 10_000, 9_000


def tone_of_use(used_bp: int) -> str:
    """The tone of a share used."""
    return "bad" if used_bp > FULL_BP else "warn" if used_bp >= NEAR_BP else "ok"


def head(terminal: Any) -> dict[str, Any]:
    """The customer a page is about, with the pages beside it."""
    return {
        "terminal": terminal,
        "kind": _(terminal_rules.KINDS.get(terminal.kind, terminal.kind)),
        "customer_url": address("desk:terminal", terminal.pk),
        "ways": [
            {"name": _(words), "url": url}
            for name, words in _WAYS.items()
            if (url := address(name, terminal.pk))
        ],
    }  # fmt: skip


_WAYS = {
    "credit:file": N_("信用档案"),
    "credit:limit": N_("授信额度"),
    "credit:exposure": N_("授信占用"),
    "credit:score": N_("信用评分"),
}


def form_page(
    request: HttpRequest, form: DocumentForm, title: str, crumb: tuple[str, str], **more: Any
) -> HttpResponse:
    """A form about one customer, found by typing or come with; 422 where it was sent and something is wrong."""
    chosen, customer = form["terminal"].value(), None
    if str(chosen or "").isdecimal() and "terminal" not in form.errors:
        try:
            terminals.terminal_for(request.user, int(chosen), form.VERB)
            customer = customer_facts(request.user, int(chosen))
        except Refused:
            form.initial.pop("terminal", None)
    page = {"form": form, "title": title, "customer": customer, "crumb": crumb} | more
    return render(request, "credit/form.html", page, status=422 if request.method == "POST" else 200)
