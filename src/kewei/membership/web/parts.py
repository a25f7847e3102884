"""What the pages of membership share: forms that post once and say beside which field something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from kewei.journal.forms import KeyedForm
from kewei.kernel.refusals import Refused
from kewei.people.notices import done
from kewei.receivables.web.parts import once, or_error
from kewei.receivables.web.posting import customer_facts
from kewei.terminals import queries as terminals

SEE = "membership.see"


class WhyForm(KeyedForm):
    """Why."""

    why = forms.CharField(label=_("原因"), max_length=200)


class DecideForm(KeyedForm):
    """A yes or a no, with its reason."""

    agree = forms.ChoiceField(label=_("意见"), choices=[("1", _("同意")), ("0", _("不同意"))])
    why = forms.CharField(label=_("理由"), max_length=300, required=False)


def bound(form: Any, request: HttpRequest, *given: Any, **initial: Any) -> Any:
    """The form with what was sent, or with how it begins."""
    if request.method == "POST":
        return form(*given, request.POST, initial=initial)
    return form(*given, initial=initial)


def posted(
    request: HttpRequest, form: Any, name: str, do: Callable[[dict[str, Any]], Any], said: str,
    beside: Mapping[str, str] | None = None,
) -> Any:  # fmt: skip
    """Do what a form asks, once; what came of it, or nothing where the form says what is wrong."""
    if not form.is_valid():
        return None
    answer = or_error(form, lambda: once(request, name, lambda: do(form.cleaned_data)), dict(beside or {}))
    if answer:
        done(request, said)
    return answer


def form_page(request: HttpRequest, form: Any, title: str, crumb: tuple[str, str], **more: Any) -> HttpResponse:
    """A page with one form; 422 where it was sent and something is wrong."""
    page = {"form": form, "title": title, "crumb": crumb, "customer": None} | more
    if "terminal" in form.fields and "terminal" not in form.errors:
        page["customer"] = _chosen(request, form)
    return render(request, "membership/form.html", page, status=422 if request.method == "POST" else 200)


def _chosen(request: HttpRequest, form: Any) -> Any:
    chosen = str(form["terminal"].value() or "")
    if not chosen.isdecimal() or len(chosen) > 18:
        return None
    try:
        terminals.terminal_for(request.user, int(chosen), form.VERB)
    except Refused:
        form.initial.pop("terminal", None)
        return None
    return customer_facts(request.user, int(chosen))


def answer(
    request: HttpRequest, form: Any, name: str, do: Callable[[dict[str, Any]], Any], said: str, back: Any,
    title: str, crumb: tuple[str, str], beside: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """A form that stands on another page: done and back there, or on a page of its own with what is wrong."""
    if posted(request, form, name, do, said, beside):
        return redirect(back)
    return form_page(request, form, title, crumb)
