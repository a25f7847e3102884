"""逾期原因  Why what is overdue is late: the board, what has no reason yet, and giving one to many invoices at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kewei.collecting import actions
from kewei.collecting.queries import reasons
from kewei.collecting.queries.reasons import ReasonRow
from kewei.collecting.rules.reasons import NAMES, OWNERS, REASONS, SIDES
from kewei.collecting.web import parts
from kewei.collecting.web.contacts import reason_choices
from kewei.journal import queries_policies
from kewei.kernel.refusals import N_
from kewei.people import queries as people
from kewei.people.keys import MOST_TICKED, key_of, ticked
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.receivables.forms import DocumentForm, day_widget
from kewei.receivables.web.items import customers
from kewei.receivables.web.parts import once, or_error, today

SEE, SPEAK, EXPORT = "collecting.see", "collecting.contact", "collecting.export"
MISSING_SHOWN = 50
SIDE_TONES = {"ours": "bad", "theirs": "info", "either": "warn", "system": "quiet"}


def reason_words(code: str) -> str:
    """A5 缺签收单或随货同行单."""
    return f"{code} {_(NAMES[code])}"


LISTING = Listing(
    name="collecting.reasons",
    title=N_("逾期原因明细"),
    columns=[
        Col("number", N_("发票"), lead=True),
        Col("terminal_name", N_("客户"), sub=lambda row: row.terminal_code, clip=True),
        Col("open_fen", N_("未付"), kind="amount"),
        Col("due_date", N_("到期日"), kind="day"),
        Col("code", N_("主要原因"), words=reason_words, sub=lambda row: "、".join(reason_words(one) for one in row.also)),
        Col("side", N_("哪一方"), kind="badge", words=lambda s: _(SIDES[s]), tone=lambda row: SIDE_TONES[row.side]),
        Col("owner", N_("负责")),
        Col(
            "due_on", N_("应办结"), kind="day",
            tone=lambda row: "bad" if row.due_on is not None and row.due_on < today() else "",
        ),
        Col("noted_on", N_("自何日起"), kind="day"),
        Col("note", N_("备注"), clip=True, shown=False),
    ],
    filters=[
        Filter("terminal", N_("客户"), kind="choice", options=customers),
        Filter("code", N_("原因"), kind="choice", options=lambda _r: [(c, reason_words(c)) for c in NAMES]),
        Filter("side", N_("哪一方"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in SIDES.items()]),
        Filter("late", N_("超过办结期"), kind="flag"),
        Filter("stale", N_("久未变化"), kind="flag"),
    ],
    may_export=EXPORT,
    row_url=lambda row: f"{reverse('collecting:note_reason')}?terminal={row.terminal_id}&item={row.item}",
    empty_title=N_("没有登记原因的逾期发票"),
    empty_text=N_("每张逾期发票都应有原因、负责人和办结日；没有原因的列在「逾期原因」首页。"),
    empty_icon="tags",
)  # fmt: skip


class ReasonForm(DocumentForm):
    """A reason for the invoices ticked."""

    VERB = SPEAK
    code = forms.ChoiceField(label=gettext_lazy("主要原因"))
    second = forms.ChoiceField(label=gettext_lazy("其他原因一"), required=False)
    third = forms.ChoiceField(label=gettext_lazy("其他原因二"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("负责人"), required=False)
    due_on = forms.DateField(label=gettext_lazy("应办结日"), required=False, widget=day_widget())
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for name in ("code", "second", "third"):
            self.fields[name].choices = reason_choices()  # type: ignore[attr-defined]
        chosen = [("", _("案件的业务员")), *((str(pk), name) for pk, name in people.choices_of_people())]
        self.fields["owner"].choices = chosen  # type: ignore[attr-defined]
        self.fields["due_on"].help_text = _("不填则按原因的时限，以工作日计")


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """逾期原因  Sums by reason, ours and theirs, and what nobody has explained yet."""
    request.user.must(SEE)
    policy = queries_policies.in_force(REASONS, today()).value
    found = reasons.board(request.user, today(), policy.stale_days)
    sides = {side: sum(row.fen for row in found.rows if row.side == side) for side in SIDES}
    listed = reverse("collecting:reason_list")
    page = {
        "board": found,
        "stale_days": policy.stale_days,
        "rows": [
            {
                "row": row, "words": reason_words(row.code), "side": _(SIDES[row.side]), "tone": SIDE_TONES[row.side],
                "departments": "、".join(_(OWNERS[one]) for one in policy.codes[row.code].owners),
                "url": f"{listed}?code={row.code}",
            }
            for row in found.rows
        ],
        "sides": [(_(words), sides[side], f"{listed}?side={side}") for side, words in SIDES.items()],
        "missing": reasons.list_missing(request.user, today(), limit=MISSING_SHOWN),
        "may_note": request.user.may(SPEAK),
        "bars": {
            "names": [reason_words(row.code) for row in found.rows[:12]], "fen": [row.fen for row in found.rows[:12]],
            "urls": [f"{listed}?code={row.code}" for row in found.rows[:12]],
        },
    }  # fmt: skip
    return render(request, "collecting/reasons.html", page)


@require_http_methods(["GET", "POST"])
def list_reasons(request: HttpRequest) -> HttpResponseBase:
    """逾期原因明细  Every overdue invoice with a reason, what should be done first in front."""
    request.user.must(SEE)
    stale_days = queries_policies.in_force(REASONS, today()).value.stale_days

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple[list[ReasonRow], int]:
        asked = dict(filters)
        if "terminal" in asked:
            asked["terminal"] = int(asked["terminal"])
        if asked.pop("stale", None):
            asked["stale_days"] = stale_days
        return reasons.list_reasons(request.user, today(), start=start, limit=limit, **asked)

    return LISTING.answer(request, fetch, "lists/page.html")


@require_http_methods(["GET", "POST"])
def note_reason(request: HttpRequest) -> HttpResponse:
    """登记逾期原因  For invoices of one customer."""
    request.user.must(SPEAK)
    terminal = parts.customer_of(request, SPEAK)
    form = ReasonForm(request.user, request.POST or None, initial={"terminal": terminal.pk if terminal else None})
    asked_for = ticked(request.POST, "item", MOST_TICKED)
    if form.is_valid():
        given = form.cleaned_data

        def note() -> int:
            return actions.note_reason(
                terminal=given["terminal"], items=asked_for, code=given["code"],
                also=[one for one in (given["second"], given["third"]) if one],
                owner=people.colleague(int(given["owner"])) if given["owner"] else None, due_on=given["due_on"],
                note=given["note"], by=request.user, now=timezone.now(),
            )  # fmt: skip

        changed = or_error(form, lambda: once(request, "note_reason", note), {"too_many_reasons": "second"})
        if changed is not None:
            done(request, _("已登记 {count} 张发票的原因").format(count=changed))
            return redirect(parts.back_to_case(given["terminal"].pk))
    one = key_of(request.GET.get("item"))
    chosen = asked_for if request.method == "POST" else [one] if one is not None else None
    page = {
        "form": form, "terminal": terminal, "title": _("登记逾期原因"), "pick": form,
        "items": parts.items_to_tick(request.user, terminal, chosen), "action_words": _("登记"),
        "case_url": parts.back_to_case(terminal.pk) if terminal else reverse("collecting:reasons"),
    }  # fmt: skip
    return render(request, "collecting/contact_new.html", page, status=422 if request.method == "POST" else 200)


REASON_PAGES = [
    path("reasons/", board, name="reasons"),
    path("reasons/items/", list_reasons, name="reason_list"),
    path("reasons/note/", note_reason, name="note_reason"),
]
