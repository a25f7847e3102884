"""流向文件  The upload calendar, taking files in, a file beside what became of its rows."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kewei.flows import actions, excel
from kewei.flows.queries import files, months, unread
from kewei.flows.rules.months import BadMonth, month_of, words_of
from kewei.flows.rules.words import ABSENCES, FLAGS, KINDS, OPEN, STATES, TAGS
from kewei.flows.web.parts import MonthField, asked_month, month_words
from kewei.journal.forms import KeyedForm
from kewei.journal.web import once, or_error
from kewei.kernel.refusals import N_, Refused
from kewei.people.keys import key_of
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done
from kewei.sales.excel import show_quantity
from kewei.terminals import queries as terminals

SEE, TAKE_IN, EXPORT = "flows.see", "flows.take_in", "flows.see"
ROWS_SHOWN = 100
ONLY: dict[str, str] = {
    "": N_("全部"),
    "aside": N_("搁置"),
    "duplicate": N_("疑似重复"),
    "negative": N_("退货"),
    "changed": N_("已改"),
    "new": N_("新增"),
}

LISTING = Listing(
    name="flows.files",
    title=N_("流向文件"),
    columns=[
        Col(
            "filename", N_("文件"), lead=True, clip=True, link=lambda row: reverse("flows:file", args=[row.pk]),
            sub=lambda row: row.distributor_name,
        ),
        Col("month", N_("月份"), value=lambda row: words_of(row.month)),
        Col("kind", N_("类型"), words=lambda kind: _(KINDS[kind])),
        Col("rows", N_("行数"), kind="number"),
        Col("aside_rows", N_("搁置"), kind="number"),
        Col("raw", N_("原始数量"), kind="number", value=lambda row: show_quantity(row.raw_milli)),
        Col(
            "balance", N_("平衡"), kind="badge", value=lambda row: _("相符") if row.balance.holds else _("不符"),
            tone=lambda row: "ok" if row.balance.holds else "bad",
        ),
        Col(
            "replaced", N_("状态"), kind="badge", value=lambda row: _("已被替代") if row.replaced else _("有效"),
            tone=lambda row: "quiet" if row.replaced else "ok",
        ),
        Col("taken_at", N_("接收"), kind="moment"),
    ],
    filters=[
        Filter("month", N_("月份"), kind="find", placeholder="2026-10"),
        Filter("kind", N_("类型"), kind="choice", options=lambda _r: [(k, _(v)) for k, v in KINDS.items()]),
    ],
    may_export=EXPORT,
    row_url=lambda row: reverse("flows:file", args=[row.pk]),
    empty_title=N_("还没有流向文件"),
    empty_text=N_("经销商每月的销售、采购、库存表从这里接收：原始行永远保留，坏行搁置并说明原因。"),
    empty_icon="file-import",
)  # fmt: skip


class UploadField(forms.FileField):
    """One file or several."""

    widget = forms.ClearableFileInput

    def __init__(self, **more: Any) -> None:
        super().__init__(
            widget=type("Several", (forms.ClearableFileInput,), {"allow_multiple_selected": True})(), **more
        )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Every file that was chosen."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(UploadField, self).clean(one, initial) for one in given]


class UploadForm(KeyedForm):
    """Files, and what their names and headings do not say."""

    sent = UploadField(label=gettext_lazy("文件"))
    distributor = forms.ChoiceField(label=gettext_lazy("经销商"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    month = MonthField(label=gettext_lazy("月份"), required=False)
    mode = forms.ChoiceField(label=gettext_lazy("同月已有文件时"))

    def __init__(self, distributors: list[tuple[int, str, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        choices: dict[str, list[tuple[str, str]]] = {
            "distributor": [("", _("按文件名识别")), *((str(pk), f"{code} {name}") for pk, code, name in distributors)],
            "kind": [("", _("按标题识别")), *((kind, _(words)) for kind, words in KINDS.items())],
            "mode": [("auto", _("自动判断")), ("replace", _("替代原文件")), ("add", _("补充一部分"))],
        }
        for name, known in choices.items():
            self.fields[name].choices = known  # type: ignore[attr-defined]
        self.fields["month"].widget.attrs["placeholder"] = "2026-10"
        self.fields["sent"].help_text = _("Excel 或 CSV，可一次选多个；同一份文件只登记一次")


class AbsenceForm(KeyedForm):
    """Why a file is missing."""

    reason = forms.ChoiceField(label=gettext_lazy("缺报原因"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["reason"].choices = [(code, _(words)) for code, words in ABSENCES.items()]  # type: ignore[attr-defined]


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """上报日历  Who has sent what for a month, who is missing and why."""
    request.user.must(SEE)
    month = asked_month(request)
    rows = files.calendar(request.user, month)
    page = month_words(month) | {
        "kinds": [_(words) for words in KINDS.values()],
        "rows": [(row, [_cell(row, kind) | {"kind": _(KINDS[kind])} for kind in KINDS]) for row in rows],
        "sent": sum(len(row.files) for row in rows),
        "missing": sum(len(row.missing) for row in rows),
        "explained": sum(len(row.absences) for row in rows),
        "state": _(STATES[months.state_of(month)]),
        "open": months.state_of(month) == OPEN,
        "may_take_in": request.user.may(TAKE_IN),
    }
    return render(request, "flows/calendar.html", page)


def _cell(row: files.Expected, kind: str) -> dict[str, Any]:
    if kind in row.files:
        return {"url": reverse("flows:file", args=[row.files[kind]]), "words": _("已到"), "tone": "ok"}
    tell = f"{reverse('flows:tell_absence', args=[row.distributor])}?kind={kind}"
    if kind in row.absences:
        return {"tell": tell, "words": _(ABSENCES[row.absences[kind]]), "tone": "info"}
    if row.takes_part:
        return {"tell": tell, "words": _("缺报"), "tone": "bad"}
    return {"tell": tell, "words": _("未参加上报"), "tone": "quiet"}


@require_http_methods(["GET", "POST"])
def list_files(request: HttpRequest) -> HttpResponseBase:
    """流向文件  Newest first."""
    request.user.must(SEE)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        asked = dict(filters)
        if "month" in asked:
            try:
                asked["month"] = month_of(asked["month"])
            except BadMonth:
                return [], 0
        return files.list_files(request.user, start=start, limit=limit, **asked)

    return LISTING.answer(request, fetch, "flows/files.html", {"may_take_in": request.user.may(TAKE_IN)})


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """接收流向文件  Several at once; what each came to, and why one was refused."""
    request.user.must(TAKE_IN)
    known = terminals.of_kind(request.user, files.DISTRIBUTOR, TAKE_IN)
    form = UploadForm(known, request.POST or None, request.FILES or None)
    told: list[dict[str, Any]] = []
    if form.is_valid():
        codes = {str(pk): code for pk, code, _name in known}
        asked = form.cleaned_data | {"distributor": codes.get(form.cleaned_data["distributor"], "")}
        told = [_take_in(request, one, asked) for one in asked["sent"]]
        if len(told) == 1 and told[0].get("url"):
            done(request, told[0]["words"])
            return redirect(told[0]["url"])
    status = 422 if request.method == "POST" and not told else 200
    page = {"form": form, "told": told, "waiting": unread.list_unread(request.user, limit=0)[1]}
    return render(request, "flows/upload.html", page, status=status)


def _take_in(request: HttpRequest, given: Any, asked: dict[str, Any]) -> dict[str, Any]:
    content = given.read()
    try:
        distributor = files.distributor_named(request.user, asked["distributor"], given.name)
        taken = excel.bring(
            distributor, content, given.name, kind=asked["kind"], month=asked["month"], mode=asked["mode"],
            by=request.user, now=timezone.now(),
        )  # fmt: skip
    except excel.UNKNOWN_LAYOUT as why:
        kept = unread.waiting_with(distributor.pk, hashlib.sha256(content).hexdigest())
        told = {"name": given.name, "words": why.sentence(_), "tone": "warn", "step": _("说明各列")}
        return told | {"url": reverse("flows:unread", args=[kept.pk]) if kept else ""}
    except Refused as why:
        words = " ".join(words for words in (why.sentence(_), why.advice(_)) if words)
        return {"name": given.name, "words": words, "tone": "bad"}
    numbers = vars(taken) | {"file": given.name, "distributor": distributor.name, "month": words_of(taken.month)}
    words = (
        _("已接收过，未重复登记")
        if taken.status == "recognised"
        else _("{distributor} {month}：进入 {clean} 行，搁置 {aside} 行，待复核名称 {waiting} 个").format(**numbers)
    )
    if taken.drift:
        words += _("；标题与上次不同")
    tone = "info" if taken.status == "recognised" else "warn" if taken.aside or taken.drift else "ok"
    return {"name": given.name, "words": words, "tone": tone, "url": reverse("flows:file", args=[taken.file])}


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """流向文件  Its balance, and its rows as they stood beside what became of them."""
    request.user.must(SEE)
    row, kept = files.file_row(request.user, pk), files.file_for(request.user, pk)
    only = request.GET.get("only", "")
    only = only if only in ONLY else ""
    start = key_of(request.GET.get("start")) or 0
    rows, count = files.rows_of(kept, only=only, start=start, limit=ROWS_SHOWN)
    counts = files.counts_of(kept) | {"aside": row.aside_rows, "": row.rows}
    address = reverse("flows:file", args=[pk])
    page = {
        "row": row,
        "kind": _(KINDS[row.kind]),
        "month": words_of(row.month),
        "headings": kept.headings,
        "drift": kept.drift,
        "rows": [_shown(one) for one in rows],
        "tabs": [
            {"name": _(words), "url": f"{address}?only={name}", "on": name == only, "count": counts[name]}
            for name, words in ONLY.items()
        ],
        "quantities": [(words, show_quantity(milli)) for words, milli in _quantities(row)],
        "later": f"{address}?only={only}&start={start + ROWS_SHOWN}" if start + ROWS_SHOWN < count else "",
        "former": kept.replaces_id,
    }  # fmt: skip
    return render(request, "flows/file.html", page)


def _quantities(row: files.FileRow) -> list[tuple[str, int]]:
    return [
        (_("原始数量"), row.raw_milli),
        (_("进入"), row.clean_milli),
        (_("搁置"), row.aside_milli),
        (_("差异"), row.balance.difference_milli),
    ]


def _shown(one: files.RowShown) -> dict[str, Any]:
    reason = one.why.sentence(_) if one.why else ""
    return {
        "row": one.row,
        "cells": one.cells,
        "tag": _(TAGS[one.tag]),
        "flags": [_(FLAGS[flag]) for flag in one.flags],
        "reason": f"{one.heading}：{reason}" if one.heading and reason else reason,
    }


@require_GET
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    """原始行  The file rebuilt from the rows kept, as CSV."""
    request.user.must(SEE)
    kept = files.file_for(request.user, pk)
    out = io.StringIO()
    csv.writer(out).writerows(files.raw_table(kept))
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="flow-{kept.pk}.csv"'
    return answer


@require_http_methods(["GET", "POST"])
def tell_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """缺报原因  Why a distributor's file is missing."""
    request.user.must(TAKE_IN)
    distributor = terminals.terminal_for(request.user, pk, TAKE_IN)
    month = asked_month(request)
    kind = request.GET.get("kind", "sales")
    kind = kind if kind in KINDS else "sales"
    form = AbsenceForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data

        def keep() -> int:
            return actions.tell_absence(
                distributor=distributor, month=month, kind=kind, reason=given["reason"], note=given["note"],
                by=request.user, now=timezone.now(),
            ).pk  # fmt: skip

        if or_error(form, lambda: once(request, "tell_absence", keep)):
            done(request, _("缺报原因已登记"))
            return redirect(f"{reverse('flows:calendar')}?month={words_of(month)}")
    page = {"form": form, "terminal": distributor, "kind": _(KINDS[kind]), **month_words(month)}
    return render(request, "flows/absence.html", page, status=422 if request.method == "POST" else 200)


FILES = [
    path("", calendar, name="calendar"),
    path("files/", list_files, name="files"),
    path("files/new/", upload, name="upload"),
    path("files/<int:pk>/", file, name="file"),
    path("files/<int:pk>/raw.csv", raw, name="raw"),
    path("distributors/<int:pk>/absence/", tell_absence, name="tell_absence"),
]
