"""收款与核销  The queue of money not yet applied: what it could pay and why, applied by a press, undone by another."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kewei.kernel.ids import new_key
from kewei.kernel.refusals import N_, BadValue
from kewei.people.notices import done
from kewei.receivables import actions, queries, rules
from kewei.receivables.web.documents import kind_words
from kewei.receivables.web.parts import address, once, today

SEE, ALLOCATE = "receivables.see", "receivables.allocate"
PAGE = 30


@require_GET
def unmatched(request: HttpRequest) -> HttpResponse:
    """未核销款  Oldest first; the one being looked at with its proposals beside the list."""
    request.user.must(SEE)
    number = request.GET.get("page", "")
    place = max(1, int(number)) if number.isdecimal() and len(number) < 8 else 1
    rows, count = queries.unmatched(request.user, (place - 1) * PAGE, PAGE)
    at = request.GET.get("at", "")
    chosen = next((row for row in rows if str(row.entry_id) == at), rows[0] if rows else None)
    page: dict[str, Any] = {
        "rows": [_row(row, chosen, place) for row in rows],
        "count": count,
        "page": place,
        "pages": -(-count // PAGE),
        "previous": _address(place - 1) if place > 1 else "",
        "next": _address(place + 1) if place * PAGE < count else "",
        "chosen": chosen,
        "may_allocate": request.user.may(ALLOCATE),
        "may_receive": request.user.may("receivables.receive"),
        "receive_url": reverse("receivables:receive"),
    }
    if chosen:
        page |= _offered(request.user, chosen, place)
    return render(request, "receivables/unmatched.html", page)


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """采用建议  Apply exactly the shares that were shown; on to the next in the queue."""
    request.user.must(ALLOCATE)
    shares = [_share(text) for text in request.POST.getlist("share")]

    def spend() -> int:
        return actions.allocate(credit=pk, shares=shares, by=request.user, now=timezone.now()).pk

    posting = once(request, "apply", spend)
    sentence = _("已核销 {count} 张发票").format(count=len(shares))
    done(request, sentence, undo=reverse("receivables:undo_posting", args=[posting]))
    at, place = request.POST.get("next", ""), request.POST.get("page", "1")
    page = int(place) if place.isdecimal() and len(place) < 8 else 1
    return redirect(_address(page, at if at.isdecimal() else ""))


def _share(text: str) -> tuple[int, int]:
    """(debit entry, fen) from "17:1200". Raises BadValue."""
    debit, _colon, fen = text.partition(":")
    if not (debit.isdecimal() and fen.isdecimal() and len(debit) < 19 and len(fen) < 19):
        raise BadValue(field=N_("核销金额"), value=text[:40], reason=N_("应为单据与金额"))
    return int(debit), int(fen)


def _row(row: rules.Unmatched, chosen: rules.Unmatched | None, place: int) -> dict[str, Any]:
    return {
        "row": row,
        "url": _address(place, str(row.entry_id)),
        "on": row is chosen,
        "days": (today() - row.on).days,
        "kind": kind_words(row.kind) if row.kind != "receipt" else _(rules.PAYMENT_METHODS.get(row.method, "")),
    }


def _offered(person: Any, chosen: rules.Unmatched, place: int) -> dict[str, Any]:
    """The proposals for one receipt, in words; a key each, so that a press counts once."""
    offers = queries.proposals(person, chosen.entry_id)
    return {
        "offers": [
            {
                "offer": offer,
                "key": new_key(),
                "reason": _(offer.proposal.reason.says),
                "payer": _(offer.proposal.payer.says) if chosen.payer_name or chosen.memo else "",
                "fen": sum(fen for _pk, _number, fen in offer.shares),
                "shares": [
                    {"pk": pk, "number": number, "fen": fen, "url": reverse("receivables:entry", args=[pk])}
                    for pk, number, fen in offer.shares[:20]
                ],
                "hidden": [f"{pk}:{fen}" for pk, _number, fen in offer.shares],
                "more": max(0, len(offer.shares) - 20),
            }
            for offer in offers
        ],
        "days": (today() - chosen.on).days,
        "chosen_kind": kind_words(chosen.kind),
        "method": _(rules.PAYMENT_METHODS.get(chosen.method, chosen.method)),
        "customer_url": address("desk:terminal", chosen.terminal_id),
        "entry_url": reverse("receivables:entry", args=[chosen.entry_id]),
        "apply_url": reverse("receivables:apply", args=[chosen.entry_id]),
    }


def _address(page: int, at: str = "") -> str:
    asked = ({"page": page} if page > 1 else {}) | ({"at": at} if at else {})
    path = reverse("receivables:unmatched")
    return f"{path}?{urlencode(asked)}" if asked else path
