"""搜索  Everything by name, code or number: the palette of every page (Ctrl-K), and a page without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.collecting.queries import cases, letters
from kewei.collecting.rules.letters import KINDS as LETTER_KINDS
from kewei.collecting.rules.letters import STATES as LETTER_STATES
from kewei.credit.queries import applications
from kewei.credit.rules.applications import KINDS as APPLICATION_KINDS
from kewei.desk import shell
from kewei.desk.addresses import address_of
from kewei.kernel.money import yuan
from kewei.kernel.names import fold, pinyin_initials
from kewei.orders import queries as orders
from kewei.orders.rules.states import STATES
from kewei.products import queries as products
from kewei.receivables import queries as receivables
from kewei.terminals import queries as terminals
from kewei.terminals.rules import KINDS

MOST_CASES, MOST_LETTERS = 4, 4
MOST_TERMINALS, MOST_DOCUMENTS, MOST_ORDERS, MOST_APPLICATIONS, MOST_PRODUCTS = 8, 6, 4, 4, 4


@dataclass(frozen=True)
class Hit:
    """One line of the answer: where it leads, what it is, and a second line that tells it from its neighbours."""

    url: str
    icon: str
    words: SafeString
    below: str


@require_GET
def search(request):
    """搜索  Terminals, documents, orders, products and pages the reader may see."""
    text = request.GET.get("q", "").strip()[:60]
    groups = [(name, hits) for name, hits in _groups(request.user, text) if hits]
    numbered, number = [], 0
    for name, hits in groups:
        numbered.append((name, list(enumerate(hits, number))))
        number += len(hits)
    template = "desk/_hits.html" if request.htmx else "desk/search.html"
    return render(request, template, {"groups": numbered, "text": text})


def _groups(person, text: str) -> Iterator[tuple[str, list[Hit]]]:
    if text:
        yield _("客户"), list(_terminals(person, text))
        if len(text) > 1:
            yield _("单据"), list(_documents(person, text))
            yield _("订单"), list(_orders(person, text))
            yield _("案件与函件"), list(_collecting(person, text))
            yield _("授信申请"), list(_applications(person, text))
            yield _("产品"), list(_products(person, text))
    yield _("页面"), list(_pages(person, text))


def _terminals(person, text: str) -> Iterator[Hit]:
    if not person.may("terminals.see"):
        return
    for found in terminals.search(person, text, MOST_TERMINALS):
        place = " ".join(part for part in (found.province, found.city) if part)
        below = " · ".join(part for part in (found.code, _(KINDS[found.kind]), place, found.owner) if part)
        url = reverse("desk:terminal", args=[found.pk])
        yield Hit(url, "building-hospital", marked(found.name, text), below)


def _documents(person, text: str) -> Iterator[Hit]:
    if not person.may("receivables.see"):
        return
    for found in receivables.find_documents(person, text, MOST_DOCUMENTS):
        below = f"{found.on.isoformat()} · {yuan(found.total_fen)} · {found.terminal_name}"
        yield Hit(address_of("receivables:entry", found.pk), "file-invoice", marked(found.number, text), below)


def _orders(person, text: str) -> Iterator[Hit]:
    if not person.may("orders.see"):
        return
    for found in orders.find_orders(person, text, MOST_ORDERS):
        name = f"{found.number} {found.customer_ref}".strip()
        below = f"{_(STATES[found.state])} · {yuan(found.total_fen)} · {found.terminal_name}"
        yield Hit(address_of("orders:order", found.pk), "clipboard-list", marked(name, text), below)
    for sent in orders.find_deliveries(person, text, MOST_ORDERS):
        below = f"{sent.on.isoformat()} · {yuan(sent.fen)} · {sent.terminal_name}"
        yield Hit(address_of("orders:delivery", sent.pk), "truck-delivery", marked(sent.number, text), below)


def _collecting(person, text: str) -> Iterator[Hit]:
    """Open cases by customer, letters by their number or waybill."""
    if not person.may("collecting.see"):
        return
    for found in letters.find(person, text, MOST_LETTERS):
        below = f"{_(LETTER_KINDS[found.kind].title)} · {_(LETTER_STATES[found.state])} · {found.terminal_name}"
        yield Hit(address_of("collecting:letter", found.pk), "mail", marked(found.number, text), below)
    for case in cases.find(person, text, MOST_CASES):
        below = f"ST{case.stage} · {yuan(case.overdue_fen)} · {case.terminal_code}"
        yield Hit(address_of("collecting:case", case.pk), "briefcase", marked(case.terminal_name, text), below)


def _applications(person, text: str) -> Iterator[Hit]:
    if not person.may("credit.see"):
        return
    for found in applications.find(person, text, MOST_APPLICATIONS):
        below = f"{_(APPLICATION_KINDS[found.kind])} · {yuan(found.wanted_fen)} · {found.terminal_name}"
        yield Hit(address_of("credit:application", found.pk), "file-certificate", marked(found.number, text), below)


def _products(person, text: str) -> Iterator[Hit]:
    if not person.may("products.see"):
        return
    for found in products.search(person, text, MOST_PRODUCTS):
        name = f"{found.name} {found.spec}".strip()
        below = " · ".join(part for part in (found.code, found.maker) if part)
        yield Hit(address_of("products:card", found.pk), "pill", marked(name, text), below)


def _pages(person, text: str) -> Iterator[Hit]:
    wanted = fold(text)
    for group, doors in shell.doors_for(person):
        for door, url in doors:
            name = _(door.name)
            initials = pinyin_initials(door.name) if wanted else ""
            if wanted in fold(name) or initials.startswith(wanted):
                yield Hit(url, door.icon, marked(name, text), _(group) if group else "")


def marked(name: str, text: str) -> SafeString:
    """The name with the part that was asked for marked, where it occurs as typed."""
    at = name.lower().find(text.lower()) if text else -1
    if at < 0 or len(name.lower()) != len(name):
        return SafeString(escape(name))
    found = name[at : at + len(text)]
    return SafeString(f"{escape(name[:at])}<mark>{escape(found)}</mark>{escape(name[at + len(text) :])}")
