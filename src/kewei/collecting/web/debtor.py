"""What the pages about one debtor share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from kewei.collecting.queries.worklist import Judged
from kewei.collecting.rules.techniques import Technique
from kewei.credit.web.parts import form_page, head

__all__ = ["chosen", "form_page", "head"]


def chosen(request: HttpRequest, found: Judged | None) -> Technique | None:
    """The technique asked for in the address where it suits, else the next best action."""
    if found is None or found.best is None:
        return None
    asked: Any = request.GET.get("do", "")
    return next((row for row, _worth in found.choices if row.code == asked), found.best[0])
