"""What the pages of a case share: everything that happened, in words, newest first."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from kewei.collecting.queries import cases
from kewei.collecting.queries import disputes as dispute_queries
from kewei.collecting.queries.cases import CaseFile
from kewei.collecting.rules import disputes, letters, promises
from kewei.collecting.rules.contacting import EFFECTS, OUTCOMES, STANDINGS
from kewei.collecting.rules.ladder import CHANNELS, STAGES
from kewei.collecting.rules.reasons import NAMES
from kewei.kernel.yuan_text import yuan
from kewei.people.keys import key_of
from kewei.receivables import queries as receivables
from kewei.receivables.web.parts import address, today
from kewei.terminals import queries as terminals


def moments(reader: Any, file: CaseFile) -> list[dict[str, Any]]:
    """Steps of the ladder, contacts, promises, disputes and letters as lines of one timeline, newest first."""
    found = [*_steps(file), *_contacts(file), *_promises(file), *_disputes(file), *_letters(file)]
    return sorted(found, key=lambda one: one["at"], reverse=True)


def _at(day: Any) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def _steps(file: CaseFile) -> list[dict[str, Any]]:
    return [
        {
            "at": _at(one.on), "day": one.on, "icon": "stairs-up", "tone": "warn" if one.stage >= 4 else "info",
            "badge": f"ST{one.stage}", "title": _(STAGES[one.stage]),
            "text": _("请求 {fen} 元，{count} 张发票；方式：{channel}，可行动日 {day}").format(
                fen=yuan(one.asked_fen), count=one.items, channel=_(CHANNELS[one.channel]), day=one.act_on
            ),
        }
        for one in file.steps
    ]  # fmt: skip


def _contacts(file: CaseFile) -> list[dict[str, Any]]:
    rows = []
    for one in file.contacts:
        who = "，".join(part for part in (one.spoke_with, one.post, _(STANDINGS.get(one.standing, ""))) if part)
        rows.append(
            {
                "at": one.at, "moment": one.at, "icon": "phone", "tone": "quiet" if one.corrected else "info",
                "badge": _("已更正") if one.corrected else _(OUTCOMES[one.outcome]),
                "title": f"{_(CHANNELS[one.channel])} · {who}",
                "text": one.words,
                "more": _("{by}；{numbers}；{reason}；时效：{effect}；下次跟进 {day}").format(
                    by=one.made_by, numbers="、".join(one.numbers), reason=_(NAMES[one.reason]),
                    effect=_(EFFECTS[one.effect]), day=one.next_on,
                ),
                "note": one.note,
                "paper_url": reverse("collecting:contact_paper", args=[one.pk]) if one.paper else "",
                "correct_url": ""
                if one.corrected
                else f"{reverse('collecting:record_contact')}?terminal={one.terminal_id}&corrects={one.pk}",
            }
        )  # fmt: skip
    return rows


def _promises(file: CaseFile) -> list[dict[str, Any]]:
    return [
        {
            "at": _at(one.made_on), "day": one.made_on, "icon": "heart-handshake", "tone": promises.TONES[one.state],
            "badge": _(promises.STATES[one.state]), "title": _("承诺付款"), "url": address("collecting:promise", one.pk),
            "text": _("{who} 承诺 {day} 前付 {fen} 元，已付 {paid} 元").format(
                who=one.promiser, day=one.due_on, fen=yuan(one.fen), paid=yuan(one.paid_fen)
            ),
        }
        for one in file.promises
    ]  # fmt: skip


def _disputes(file: CaseFile) -> list[dict[str, Any]]:
    return [
        {
            "at": _at(one.raised_on), "day": one.raised_on, "icon": "messages", "tone": "warn",
            "badge": _(disputes.STATES[one.state]), "title": _("争议"), "url": address("collecting:dispute", one.pk),
            "text": _("发票 {number} 争议 {fen} 元：{words}").format(
                number=one.number, fen=yuan(one.fen), words=one.words or _(NAMES[one.reason])
            ),
        }
        for one in file.disputes
    ]  # fmt: skip


def _letters(file: CaseFile) -> list[dict[str, Any]]:
    return [
        {
            "at": _at(one.day), "day": one.day, "icon": "mail", "tone": "info", "badge": _(letters.STATES[one.state]),
            "title": _(letters.KINDS[one.kind].title), "url": reverse("collecting:letter", args=[one.pk]),
            "text": _("{number}，请求 {fen} 元").format(number=one.number, fen=yuan(one.total_fen)),
        }
        for one in file.letters
    ]  # fmt: skip


# --- the customer and the invoices of a form ------------------------------------------------------------------------------


def customer_of(request: HttpRequest, verb: str) -> Any:
    """The customer named in an address or sent with a form; None where none is. Raises NotFound."""
    pk = key_of(request.POST.get("terminal") or request.GET.get("terminal"))
    return None if pk is None else terminals.terminal_for(request.user, pk, verb)


def items_to_tick(reader: Any, terminal: Any, chosen: list[int] | None) -> list[dict[str, Any]]:
    """A customer's open invoices, oldest first; ticked are those chosen, at first all that are overdue."""
    if terminal is None:
        return []
    owed = receivables.open_items_of(reader, terminal.pk, today())
    paused = dispute_queries.disputed_fen([one.item_id for one in owed])
    return [
        {
            "pk": one.item_id, "number": one.number, "due_date": one.due_date, "open_fen": one.open_fen,
            "days": (today() - one.due_date).days, "disputed_fen": paused.get(one.item_id, 0),
            "ticked": one.item_id in chosen if chosen is not None else one.due_date < today(),
        }
        for one in owed[:500]
    ]  # fmt: skip


def back_to_case(terminal_id: int) -> str:
    """The page of a customer's open case, or the list of cases."""
    case = cases.open_case_of(terminal_id)
    return reverse("collecting:case", args=[case.pk]) if case else reverse("collecting:cases")
