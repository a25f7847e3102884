"""What the pages about one debtor share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from kewei.collecting.queries.worklist import Judged
from kewei.collecting.rules.techniques import Technique
from kewei.credit.web.parts import came_with, form_page, head, number_of

__all__ = ["came_with", "chosen", "form_page", "head", "number_of", "ticked"]


def ticked(request: HttpRequest, most: int) -> list[int]:
    """Keys of ticked rows, each once."""
    found = [pk for text in request.POST.getlist("id")[:most] if (pk := number_of(text)) is not None]
    return list(dict.fromkeys(found))


def chosen(request: HttpRequest, found: Judged | None) -> Technique | None:
    """The technique asked for in the address where it suits, else the next best action."""
    if found is None or found.best is None:
        return None
    asked: Any = request.GET.get("do", "")
    return next((row for row, _worth in found.choices if row.code == asked), found.best[0])
