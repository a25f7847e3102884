"""What the pages of sell-through share: the month asked for and its neighbours, forms that post once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from kewei.flows.rules.months import BadMonth, month_before, month_of, next_month, words_of
from kewei.journal import actions as journal_actions
from kewei.journal.rules import BadKey
from kewei.kernel import ids
from kewei.kernel.refusals import KeyReused, Refused

_KEY = re.compile(r"[0-9a-f]{32}")
# What a form carries beside what it asks for.
ENVELOPE = {"csrfmiddlewaretoken", "form_key"}


def asked_month(request: HttpRequest) -> date:
    """The month of an address or form; what is none is last month, whose files come in now."""
    try:
        return month_of(request.POST.get("month") or request.GET.get("month") or "")
    except BadMonth:
        return month_before(timezone.localdate())


def month_words(month: date) -> dict[str, Any]:
    """A month and its neighbours for a page."""
    return {
        "month": words_of(month), "before": words_of(month_before(month)), "after": words_of(next_month(month)),
    }  # fmt: skip


class KeyedForm(forms.Form):
    """A form with a hidden key, so that it posts once however often it is sent."""

    form_key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput, initial=ids.new_key)

    def renew_key(self) -> None:
        """Let the next sending be another one."""
        again = QueryDict(mutable=True)
        again.update(self.data)
        again["form_key"] = ids.new_key()
        self.data = again


def once(request: HttpRequest, verb: str, do: Callable[[], Any]) -> Any:
    """Do what a form asks once for its hidden key; `do` returns a JSON-able answer. Raises BadKey, KeyReused."""
    key = request.POST.get("form_key", "")
    if not _KEY.fullmatch(key):
        raise BadKey(key=key[:80])
    asked = {name: request.POST.getlist(name) for name in sorted(request.POST) if name not in ENVELOPE}
    return journal_actions.once(
        key=f"form:{request.user.pk}:{key}", verb=verb, body=[request.path, asked], by=request.user, now=timezone.now(),
        do=do,
    )  # fmt: skip


def or_error(form: Any, do: Callable[[], Any], beside: dict[str, str] | None = None) -> Any:
    """What `do` returns; a refusal becomes an error of the form, beside the field it is about."""
    try:
        return do()
    except KeyReused:
        form.renew_key()
        form.add_error(None, _("这张表单已经提交过，之后内容又有改动。如确实要再登记一次，请再按一次。"))
    except Refused as why:
        field = (beside or {}).get(why.code)
        told = " ".join(words for words in (why.sentence(_), why.advice(_)) if words)
        form.add_error(field if field in form.fields else None, told)
    return None
