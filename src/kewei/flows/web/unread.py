"""待说明的文件  Files whose columns nobody knows: a person says which is which, and the layout is known from then on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kewei.flows import actions, excel
from kewei.flows.queries import unread
from kewei.flows.rules.months import words_of
from kewei.flows.rules.words import KINDS
from kewei.flows.web.parts import MonthField
from kewei.journal.forms import KeyedForm
from kewei.journal.web import once, or_error
from kewei.kernel.refusals import N_
from kewei.people.listing import Col, Listing
from kewei.people.notices import done

TAKE_IN = "flows.take_in"
ORDERS: dict[str, str] = {"ymd": N_("年月日"), "mdy": N_("月日年"), "dmy": N_("日月年")}

LISTING = Listing(
    name="flows.unread",
    title=N_("待说明的流向文件"),
    columns=[
        Col(
            "filename", N_("文件"), lead=True, clip=True, link=lambda row: reverse("flows:unread", args=[row.pk]),
            sub=lambda row: row.distributor_name,
        ),
        Col("why", N_("原因"), value=lambda row: row.why.sentence(_) if row.why else row.code),
        Col("brought_by", N_("上传人")),
        Col("brought_at", N_("上传"), kind="moment"),
    ],
    row_url=lambda row: reverse("flows:unread", args=[row.pk]),
    empty_title=N_("没有待说明的文件"),
    empty_text=N_("认不出列的流向文件会留在这里，说明哪一列是什么之后就能接收，以后同样的文件自动认识。"),
    empty_icon="file-import",
)  # fmt: skip


class ColumnsForm(KeyedForm):
    """What kind of file it is, and what stands in each of its columns."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    month = MonthField(label=gettext_lazy("月份"), required=False)
    order = forms.ChoiceField(label=gettext_lazy("日期顺序"))

    def __init__(self, shown: excel.Preview, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.shown = shown
        self.fields["kind"].choices = [(kind, _(words)) for kind, words in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["order"].choices = [(order, _(words)) for order, words in ORDERS.items()]  # type: ignore[attr-defined]
        self.fields["month"].help_text = _("留空按多数行的日期")
        chinese = (get_language() or "").startswith("zh")
        choices = [("", _("不用")), *((one.name, one.zh if chinese else one.en) for one in excel.COLUMNS)]
        for at, heading in enumerate(shown.headings):
            self.fields[f"col{at}"] = forms.ChoiceField(
                label=heading, choices=choices, required=False, initial=shown.suggested.get(heading) or ""
            )

    def rows(self) -> list[tuple[Any, str, list[str]]]:
        """Each heading's choice, the heading and the cells under it."""
        return [(self[f"col{at}"], h, self.shown.cells[h]) for at, h in enumerate(self.shown.headings)]

    def mapping(self) -> dict[str, str | None]:
        """What each heading was said to be; those of no use, None."""
        return {h: self.cleaned_data[f"col{at}"] or None for at, h in enumerate(self.shown.headings)}


@require_http_methods(["GET", "POST"])
def list_unread(request: HttpRequest) -> HttpResponseBase:
    """待说明的文件  Newest first."""
    request.user.must(TAKE_IN)

    def fetch(start: int, limit: int, order: str, filters: dict[str, Any]) -> tuple:
        return unread.list_unread(request.user, start=start, limit=limit)

    return LISTING.answer(request, fetch, "lists/page.html", {})


@require_http_methods(["GET", "POST"])
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """说明各列  The first rows beside a choice for each column."""
    request.user.must(TAKE_IN)
    kept = unread.unread_for(request.user, pk)
    form = ColumnsForm(excel.preview(kept), request.POST or None, initial={"kind": "sales", "order": "ymd"})
    if form.is_valid():
        given = form.cleaned_data

        def take() -> dict[str, Any]:
            taken = excel.explain(
                kept, form.mapping(), kind=given["kind"], order=given["order"], month=given["month"], by=request.user,
                now=timezone.now(),
            )  # fmt: skip
            return {"file": taken.file, "clean": taken.clean, "aside": taken.aside, "month": words_of(taken.month)}

        if told := or_error(form, lambda: once(request, "explain_columns", take)):
            done(request, _("版式已记住；{month}：进入 {clean} 行，搁置 {aside} 行").format(**told))
            return redirect("flows:file", told["file"])
    why = unread.why_of(kept)
    page = {"form": form, "kept": kept, "why": why.sentence(_) if why else ""}
    return render(request, "flows/explain.html", page, status=422 if request.method == "POST" else 200)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """不接收  Set the file aside."""
    request.user.must(TAKE_IN)
    kept = unread.unread_for(request.user, pk)
    actions.close_unread(unread=kept, by=request.user, now=timezone.now())
    done(request, _("「{name}」不接收").format(name=kept.filename))
    return redirect("flows:unreads")


UNREAD = [
    path("unread/", list_unread, name="unreads"),
    path("unread/<int:pk>/", explain, name="unread"),
    path("unread/<int:pk>/close/", close, name="close_unread"),
]
