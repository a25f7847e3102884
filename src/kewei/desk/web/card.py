"""客户 360°  Everything about one terminal on one page: card, money, licences, people, purchases, history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kewei.collecting.queries import worklist
from kewei.collecting.web import worklist as worklist_words
from kewei.credit.queries import standing as credit
from kewei.credit.rules.holds import REASONS
from kewei.desk import moments
from kewei.desk.addresses import address_of
from kewei.insight.queries import habits
from kewei.kernel.calendar import add_years
from kewei.kernel.refusals import N_
from kewei.orders import queries as orders
from kewei.orders.web import words as order_words
from kewei.receivables import queries as receivables
from kewei.receivables.rules import PAST_DUE
from kewei.sales import queries as sales
from kewei.terminals import queries as terminals
from kewei.terminals import rules as cards
from kewei.terminals.queries import prospects
from kewei.terminals.rules.completeness import ITEMS as COMPLETENESS_ITEMS
from kewei.terminals.rules.prospects import STAGES
from kewei.terminals.web.prospects import STAGE_TONES
from kewei.visits.queries import visits
from kewei.visits.rules.reporting import ACHIEVED, ACHIEVED_TONES

OPEN_ITEMS, WAITING, TOP_PRODUCTS, MOMENTS = 12, 5, 8, 8


@require_GET
def terminal(request, pk):
    """客户 360°  The card of a terminal the reader may see."""
    person, day = request.user, timezone.localdate()
    card = terminals.card(person, pk, day)
    row = terminals.terminal_for(person, pk)
    newest = terminals.timeline(person, row, limit=MOMENTS)
    page = {
        "card": card,
        "day": day,
        "badges": _badges(card),
        "words": _words(card),
        "settlement": _settlement(card.settlement),
        "missing": [_(" 或 ").join(_(cards.LICENCE_KINDS[kind]) for kind in group) for group in card.missing_licences],
        "missing_parts": [_(COMPLETENESS_ITEMS[part]) for part in card.completeness.missing],
        "links": [(_(cards.LINK_ROLES[link.role]), link.name) for link in card.links if link.until is None],
        "licences": [(licence, _(cards.LICENCE_KINDS[licence.kind])) for licence in card.licences],
        "contacts": [(contact, _(cards.CONTACT_DUTIES.get(contact.duty, ""))) for contact in card.contacts],
        "authorised": [
            (one, "、".join(_(cards.AUTHORISED_KINDS[kind]) for kind in one.kinds)) for one in card.authorised
        ],
        "aliases": [(alias, _(cards.ALIAS_KINDS[alias.kind])) for alias in card.aliases],
        "moments": [moments.told(moment) for moment in newest],
        "tabs": _tabs(pk, "card"),
        "actions": _actions(person, pk, closed=card.closure is not None),
        "keep": _keep(person, pk),
        "money": _money(person, pk, day) if person.may("receivables.see") else None,
        "trust": _trust(person, pk, day) if person.may("credit.see") else None,
        "orders": _orders(person, pk) if person.may("orders.see") else None,
        "collecting": _collecting(person, pk, day) if person.may("collecting.see") else None,
        "vetoes": [
            (_(cards.SCOPE_CLASSES[one[1]]) if one[1] else _("全部品类"), one[2], one[4], one[5])
            for one in terminals.live_vetoes(pk, timezone.now())
        ],
        "bought": _bought(person, pk, day) if person.may("sales.see") else None,
        "habit": _habit(person, pk, day) if person.may("sales.see") else None,
        "visits": _visits(person, pk) if person.may("visits.see") else None,
        "winning": _winning(person, pk, day) if person.may("terminals.prospect") else None,
        "merges": terminals.merges_of(pk),
    }
    return render(request, "desk/terminal.html", page)


@require_GET
def terminal_history(request, pk):
    """客户动态  Every fact about a terminal that the reader may know, newest first."""
    person = request.user
    row = terminals.terminal_for(person, pk)
    before = request.GET.get("before", "")
    limit = 50
    found = terminals.timeline(person, row, before=int(before) if before.isdigit() else None, limit=limit)
    page = {
        "terminal": row,
        "moments": [moments.told(moment) for moment in found],
        "earlier": found[-1].seq if len(found) == limit else None,
        "tabs": _tabs(pk, "history"),
    }
    template = "desk/_moments.html" if request.htmx else "desk/terminal_history.html"
    return render(request, template, page)


def _tabs(pk: int, here: str) -> list[dict[str, Any]]:
    return [
        {"name": _("概览"), "url": address_of("desk:terminal", pk), "on": here == "card", "count": None},
        {"name": _("动态"), "url": address_of("desk:terminal_history", pk), "on": here == "history", "count": None},
    ]


def _winning(person, pk: int, day: date) -> dict[str, Any] | None:
    """How the terminal is being won; nothing for one that never was a prospect."""
    if not prospects.is_prospect(pk):
        return None
    part = prospects.prospect_card(person, pk, day)
    return {
        "stage": _(STAGES[part.stage]),
        "tone": STAGE_TONES[part.stage],
        "days": part.days,
        "next": part.next_action,
        "late": part.next_action is not None and part.next_action.due_on < day,
        "potential": part.potential.potential if part.potential else "",
        "url": address_of("terminals:prospect", pk),
    }


# --- head -------------------------------------------------------------------------------------------------------------


def _badges(card) -> list[tuple[str, str]]:
    """(words, tone): what one must know before anything else."""
    badges = [(_(cards.KINDS[card.kind]), "info")]
    if card.grade and card.grade != "none":
        badges.append((_(cards.GRADES[card.grade]), "info"))
    if card.closure:
        badges.append((_("已停用"), "bad"))
    if any(licence.state == "expired" for licence in card.licences):
        badges.append((_("有证照过期"), "bad"))
    elif card.missing_licences:
        badges.append((_("缺必备证照"), "warn"))
    if card.owner is None:
        badges.append((_("没有负责人"), "warn"))
    return badges


def _words(card) -> dict[str, str]:
    """Codes of the card as people read them."""
    place = " ".join(part for part in (card.province, card.city, card.district) if part)
    return {
        "ownership": _(cards.OWNERSHIPS[card.ownership]) if card.ownership else "",
        "size": _(cards.SIZES[card.size]) if card.size else "",
        "place": place,
        "address": card.address,
    }


# What can be done from here: verb, URL name, words, icon. A page that is not built is not offered.
_ACTIONS: list[tuple[str, str, str, str]] = [
    ("orders.place", "orders:new", N_("下单"), "clipboard-plus"),
    ("visits.visit", "visits:check_in", N_("签到"), "map-pin"),
    ("visits.see", "visits:brief", N_("拜访简报"), "file-text"),
    ("visits.visit", "visits:checklist", N_("出发前检核"), "list-check"),
    ("membership.see", "membership:usage", N_("用量卡"), "chart-bar"),
    ("keyaccounts.plan", "keyaccounts:start", N_("大客户计划"), "target-arrow"),
    ("credit.survey", "credit:survey_new", N_("信用调查"), "clipboard-search"),
    ("credit.apply", "credit:apply", N_("授信申请"), "file-certificate"),
    ("terminals.see", "terminals:papers", N_("证照与质管"), "certificate"),
    ("receivables.receive", "receivables:receive", N_("登记收款"), "cash"),
    ("receivables.post_invoice", "receivables:post_invoice", N_("登记发票"), "file-plus"),
    ("receivables.statement", "receivables:statement", N_("对账单"), "file-text"),
    ("terminals.edit", "terminals:edit", N_("修改档案"), "pencil"),
    ("terminals.edit", "terminals:add_contact", N_("新增联系人"), "user-plus"),
    ("terminals.licence", "terminals:add_licence", N_("登记证照"), "certificate"),
    ("terminals.edit", "terminals:settlement", N_("结算日历"), "calendar-dollar"),
    ("terminals.edit", "terminals:add_authorised", N_("授权人员"), "signature"),
    ("terminals.edit", "terminals:add_alias", N_("新增别名"), "tag"),
    ("terminals.assign", "terminals:assign", N_("分配负责人"), "user-check"),
    ("terminals.edit", "terminals:close", N_("停用"), "circle-off"),
]
# Panels whose head leads to where they are kept: panel, verb, URL name.
_KEPT: list[tuple[str, str, str]] = [
    ("licences", "terminals.licence", "terminals:add_licence"),
    ("settlement", "terminals.edit", "terminals:settlement"),
    ("contacts", "terminals.edit", "terminals:add_contact"),
    ("card", "terminals.edit", "terminals:edit"),
    ("reopen", "terminals.edit", "terminals:reopen"),
]


def _keep(person, pk: int) -> dict[str, str]:
    return {panel: address_of(name, pk) for panel, verb, name in _KEPT if person.may(verb)}


def _actions(person, pk: int, closed: bool) -> list[dict[str, str]]:
    found = []
    for verb, name, words, icon in _ACTIONS:
        if closed and name == "terminals:close":
            continue
        url = _address_about(name, pk)
        if url and person.may(verb):
            found.append({"url": url, "words": _(words), "icon": icon})
    return found


def _address_about(name: str, pk: int) -> str:
    """A page about a terminal takes its key in its path, or after the question mark."""
    return address_of(name, pk) or address_of(name, terminal=pk)


# --- panels -----------------------------------------------------------------------------------------------------------


def _money(person, pk: int, day: date) -> dict[str, Any]:
    """Balance, what is overdue, and the oldest open items with both ages and the days to limitation."""
    figures = receivables.figures(person, [pk], day)[pk]
    rows, count = receivables.open_items(person, day, terminal=pk, order="due_date", start=0, limit=OPEN_ITEMS)
    waiting, waiting_count = receivables.unmatched(person, 0, WAITING, terminal=pk)
    owed = figures.balance_fen + figures.unapplied_fen
    return {
        "figures": figures,
        "owed_fen": owed,
        "overdue_percent": figures.overdue_fen * 100 // owed if owed > 0 else 0,
        "items": [(item, address_of("receivables:entry", item.entry_id), _tone(item)) for item in rows],
        "count": count,
        "waiting": [(one, address_of("receivables:entry", one.entry_id)) for one in waiting],
        "waiting_count": waiting_count,
        "all_url": address_of("receivables:open_items", terminal=pk),
        "statement_url": _address_about("receivables:statement", pk),
    }


def _trust(person, pk: int, day: date) -> dict[str, Any]:
    """Grade, limit and what is left of it, holds; the file is one click away."""
    stands = credit.standing(pk, day)
    granted = stands.granted_fen
    return {
        "stands": stands,
        "used_percent": max(0, min(100, stands.exposure.total_fen * 100 // granted)) if granted else 0,
        "holds": [(_(REASONS[reason]), note) for reason, note in stands.holds],
        "file_url": address_of("credit:file", pk),
    }


def _collecting(person, pk: int, day: date) -> dict[str, Any] | None:
    """What to do about the customer's debts today, as the worklist has it; None where it is not on the list."""
    row = worklist.line_of(person, pk, day)
    if row is None:
        return None
    return {
        "row": row,
        "why": worklist_words.why_words(row.why),
        "stage": worklist_words.stage_words(row.stage),
        "tone": worklist_words.tone_of(row),
        "name": _(row.technique_name),
        "url": address_of("collecting:act", pk),
    }


def _orders(person, pk: int) -> dict[str, Any]:
    """The newest orders, each with its state."""
    rows, count = orders.list_orders(person, terminal=pk, limit=WAITING)
    return {
        "rows": [
            (row, *order_words.state(row.state), order_words.rules(row.blocked_by), address_of("orders:order", row.pk))
            for row in rows
        ],
        "count": count,
        "all_url": address_of("orders:list", terminal=pk),
    }


def _visits(person, pk: int) -> dict[str, Any]:
    """The last visits of the reader's side, and what was agreed on them (domain 4.4)."""
    rows, count = visits.list_visits(person, terminal=pk, limit=WAITING)
    return {
        "rows": [
            (row, _(ACHIEVED[row.achieved]) if row.achieved else _("未写记录"), ACHIEVED_TONES.get(row.achieved, "warn"),
             address_of("visits:visit", row.pk))
            for row in rows
        ],
        "count": count,
        "all_url": address_of("visits:list", terminal=pk),
    }  # fmt: skip


def _tone(item) -> str:
    """How alarming an open item is: by its bucket, ninety days past due and more is bad."""
    if item.side < 0 or item.overdue_days <= 0:
        return ""
    return "bad" if (item.bucket or 0) >= PAST_DUE.codes.index("91_180") else "warn"


def _bought(person, pk: int, day: date) -> dict[str, Any] | None:
    """What the terminal bought in the last twelve months; None where it has bought nothing."""
    first = add_years(day, -1) + timedelta(days=1)
    products = sales.top_products(person, pk, first, day, TOP_PRODUCTS)
    if not products:
        return None
    total_fen, last_day = sales.total_fen(person, pk, first, day), max(row.last_day for row in products)
    note = _("最近一次 {day}").format(day=last_day.isoformat())
    return {"products": products, "total_fen": total_fen, "note": note, "all_url": _address_about("sales:lines", pk)}


def _habit(person, pk: int, day: date) -> dict[str, Any] | None:
    """The rhythm it buys in, whether its silence is an alarm, and whether anybody asked why; None where it never bought."""
    row = habits.habit_of(person, pk, day)
    if row is None or row.usual_days is None:
        return None
    lapsed = row.alarm_day is not None and row.alarm_day <= day
    return {"row": row, "lapsed": lapsed, "ask": lapsed and not row.reason, "url": address_of("insight:habit", pk)}


def _settlement(row) -> list[tuple[str, str]]:
    """The settlement calendar as lines (name, words)."""
    if row is None:
        return []
    start = _(cards.TERM_STARTS[row.term_start]) if row.term_start else ""
    term = "" if row.term_days is None else _("{start}起 {days} 天").format(start=start, days=row.term_days)
    lines: list[tuple[str, Any, Callable[[Any], str]]] = [
        (_("账期"), term, str),
        (_("结算方式"), row.method, lambda method: _(cards.SETTLEMENT_METHODS[method])),
        (_("对账截止"), row.cutoff_day, _monthly),
        (_("交票日"), row.handin_day, _monthly),
        (_("付款日"), row.pay_day, str),
        (_("签字链"), row.signing_chain, str),
        (_("付款主体"), "、".join(row.payers), str),
        (_("开户行"), row.bank, str),
        (_("账号"), row.account_masked, str),
    ]
    return [(name, show(value)) for name, value, show in lines if value not in ("", None)]


def _monthly(day: int) -> str:
    return _("每月 {day} 日").format(day=day) if day < 31 else _("月末")
