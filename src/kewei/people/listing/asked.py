"""What a request asks of a list, read once and written back as an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict

from kewei.people.listing.columns import Col, Filter

PAGE_SIZES = (50, 100, 200)


@dataclass
class Asked:
    """Filters as plain values, their texts as typed, order, page, columns: everything the address of a list holds."""

    filters: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    order: str = ""
    page: int = 1
    size: int = PAGE_SIZES[0]
    columns: list[str] | None = None

    def query(self, **changed: Any) -> str:
        """The address for what is asked, with something changed (None takes it out); what is usual is not said."""
        words = QueryDict(mutable=True)
        for key, text in {**self.texts, **{k: v for k, v in changed.items() if k not in _OWN}}.items():
            if text not in (None, ""):
                words[key] = str(text)
        order, page, size = (
            changed.get("order", self.order),
            changed.get("page", self.page),
            changed.get("size", self.size),
        )
        columns = changed.get("cols", self.columns)
        if order:
            words["order"] = order
        if columns:
            words["cols"] = ",".join(columns)
        if size != PAGE_SIZES[0]:
            words["size"] = str(size)
        if page and page > 1:
            words["page"] = str(page)
        return words.urlencode(safe=",")


_OWN = {"order", "page", "size", "cols"}


def read(
    request: HttpRequest, params: QueryDict, columns: Sequence[Col], filters: Sequence[Filter], usual: str
) -> Asked:
    """Read the parameters of a list's address; what makes no sense is left out rather than refused."""
    asked = Asked()
    for one in filters:
        text = params.get(one.key, "").strip()
        value = one.read(text, one.choices(request) if one.kind == "choice" and text else [])
        if value is not None:
            asked.filters[one.key], asked.texts[one.key] = value, text
    orders = {c.sort for c in columns if c.sort}
    order = params.get("order", "")
    asked.order = order if order.removeprefix("-") in orders and order != usual else ""
    asked.page = _whole(params.get("page"), 1)
    size = _whole(params.get("size"), PAGE_SIZES[0])
    asked.size = size if size in PAGE_SIZES else PAGE_SIZES[0]
    asked.columns = _columns(params, columns)
    return asked


def _columns(params: QueryDict, columns: Sequence[Col]) -> list[str] | None:
    """Chosen columns in their own order, or None where the choice is the usual one."""
    wanted = set(params.getlist("col")) or set(params.get("cols", "").split(","))
    chosen = [c.key for c in columns if c.key in wanted or c.lead]
    usual = [c.key for c in columns if c.shown or c.lead]
    return chosen if wanted - {""} and any(c.key in wanted for c in columns) and chosen != usual else None


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < int(text) < 10**7 else otherwise
