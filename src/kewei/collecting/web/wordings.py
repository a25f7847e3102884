"""函件模板  The texts of letters: what each kind must keep, how it looks, and its earlier versions."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kewei.collecting import actions, papers
from kewei.collecting.queries import letter_paper, letters
from kewei.collecting.rules.letters import KINDS
from kewei.collecting.rules.wordings import FIELDS, FIXED, MOST_CHARACTERS, REQUIRED, Wording, check_wording
from kewei.kernel.refusals import N_, NotFound
from kewei.people.notices import done
from kewei.receivables.forms import KeyedForm
from kewei.receivables.web.parts import once, or_error, today

SEE, SEAL = "collecting.see", "collecting.seal"


class WordingForm(KeyedForm):
    """The text of a kind of letter."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=40)
    body = forms.CharField(
        label=gettext_lazy("正文"), max_length=MOST_CHARACTERS, widget=forms.Textarea(attrs={"rows": 14})
    )
    why = forms.CharField(label=gettext_lazy("修改原因"), max_length=200, required=False)


@require_GET
def list_wordings(request: HttpRequest) -> HttpResponse:
    """函件模板  Every kind of letter with the version of its text in force."""
    request.user.must(SEE)
    numbers = letters.newest_wordings()
    rows = [
        {
            "code": code,
            "title": _(kind.title),
            "stage": kind.stage,
            "effect": _EFFECTS[kind.effect],
            "number": numbers[code],
            "required": "、".join(REQUIRED[code]),
        }
        for code, kind in KINDS.items()
    ]
    return render(request, "collecting/wordings.html", {"rows": rows})


_EFFECTS = {"demand": gettext_lazy("送达即催告"), "agreed": gettext_lazy("签回即同意履行"), "": gettext_lazy("无")}


@require_http_methods(["GET", "POST"])
def wording(request: HttpRequest, kind: str) -> HttpResponse:
    """函件模板  Edit a text; see it as it would be printed before it is kept."""
    request.user.must(SEE if request.method == "GET" else SEAL)
    if kind not in KINDS:
        raise NotFound(noun=N_("函件模板"))
    number = letters.newest_wordings()[kind]
    text = letters.wording(kind, number)
    form = WordingForm(request.POST or None, initial={"title": text.title, "body": text.body})
    shown = text
    if form.is_valid():
        given = form.cleaned_data
        shown = Wording(given["title"], given["body"].replace("\r\n", "\n"))
        if request.POST.get("do") == "save":

            def keep() -> int:
                return actions.edit_wording(
                    kind=kind, title=given["title"], body=given["body"], why=given["why"], by=request.user,
                    now=timezone.now(),
                ).pk  # fmt: skip

            if or_error(form, lambda: once(request, "edit_wording", keep)):
                done(request, _("模板已保存为新版本"))
                return redirect("collecting:wording", kind)
        else:
            or_error(form, lambda: check_wording(kind, shown))
    page = {
        "kind": kind, "title": _(KINDS[kind].title), "form": form, "number": number,
        "paper": None if form.errors else letter_paper.sample(kind, shown, today(), timezone.now()),
        "fields": [(f"{{{name}}}", _(words)) for name, words in FIELDS.items()],
        "required": [(name, FIXED[name]) for name in REQUIRED[kind]],
        "others": [(name, words) for name, words in FIXED.items() if name not in REQUIRED[kind]],
        "versions": letters.wording_versions(kind), "may_edit": request.user.may(SEAL),
    }  # fmt: skip
    return render(request, "collecting/wording.html", page, status=422 if form.errors else 200)


@require_GET
def sample(request: HttpRequest, kind: str) -> HttpResponse:
    """样张  The text in force as PDF, with invented figures."""
    request.user.must(SEE)
    if kind not in KINDS:
        raise NotFound(noun=N_("函件模板"))
    text = letters.wording(kind, letters.newest_wordings()[kind])
    content = papers.letter_pdf(letter_paper.sample(kind, text, today(), timezone.now()), state=_("样张"))
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{_(KINDS[kind].title)}.pdf") or "inline"
    return answer


WORDINGS = [
    path("wordings/", list_wordings, name="wordings"),
    path("wordings/<str:kind>/", wording, name="wording"),
    path("wordings/<str:kind>/sample", sample, name="wording_sample"),
]
