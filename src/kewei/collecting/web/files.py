"""What the pages of promises, disputes and clocks share: a file sent with a form, a plan typed line by line, ticked items."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from kewei.collecting.rules.promises import Part
from kewei.kernel import columns
from kewei.kernel.calendar import day_from_text
from kewei.kernel.refusals import Refused
from kewei.receivables.web.parts import address
from kewei.terminals import rules as terminal_rules


def plan_of(text: str) -> list[Part]:
    """Instalments typed one a line, a day and an amount. Raises ValidationError."""
    parts = []
    for line in text.splitlines():
        if not line.strip():
            continue
        day, _space, amount = line.strip().partition(" ")
        try:
            parts.append(Part(day_from_text(day), columns.positive_money(amount.strip())))
        except Refused as why:
            raise forms.ValidationError(why.sentence(_)) from why
    return parts


def amount_of(text: str) -> int | None:
    """An amount typed, in fen; None where nothing was. Raises ValidationError."""
    if not text.strip():
        return None
    try:
        return columns.positive_money(text)
    except Refused as why:
        raise forms.ValidationError(why.sentence(_)) from why


def parts_of(plan: list[Part], due_on: date | None, fen: int | None, open_fen: int) -> list[Part]:
    """The instalments of a form: the plan where one was typed, else one amount by one day (all that is open)."""
    if plan or due_on is None:
        return plan
    return [Part(due_on, open_fen if fen is None else fen)]


def head(terminal: Any) -> dict[str, Any]:
    """The customer a page is about."""
    return {
        "terminal": terminal,
        "kind": _(terminal_rules.KINDS.get(terminal.kind, terminal.kind)),
        "customer_url": address("desk:terminal", terminal.pk),
    }
