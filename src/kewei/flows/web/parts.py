"""What the pages of sell-through share: the month asked for and its neighbours."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from kewei.flows.rules.months import BadMonth, month_of, next_month, words_of
from kewei.kernel.calendar import month_before


class MonthField(forms.CharField):
    """A month as people type it; its value is the first day, None where nothing was typed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": 10} | more)

    def to_python(self, value: Any) -> Any:
        """The month."""
        typed = super().to_python(value)
        if typed in self.empty_values:
            return None
        try:
            return month_of(typed)
        except BadMonth as why:
            raise forms.ValidationError(why.sentence(gettext)) from why

    def run_validators(self, value: Any) -> None:
        """The reader has checked it; a day has no length."""


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


def percent(bp: int) -> str:
    """Hundredths of a per cent as people read them: 9950 -> 99.5%."""
    return f"{bp // 100}.{bp % 100:02}".rstrip("0").rstrip(".") + "%"


def interval(low_bp: int, high_bp: int) -> str:
    """An interval as people read it: 97.2%–99.9%."""
    return f"{percent(low_bp)}–{percent(high_bp)}"
