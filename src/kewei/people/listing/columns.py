"""Columns and filters of a list, and how one cell becomes HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from html import escape
from operator import attrgetter, itemgetter
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from kewei.kernel import columns as kernel_columns
from kewei.kernel.columns import Column
from kewei.kernel.money import yuan

KINDS = {"text", "amount", "number", "percent", "share", "day", "moment", "badge"}
RIGHT = {"amount", "number", "percent", "share"}
MONEY_READERS = {kernel_columns.money, kernel_columns.positive_money, kernel_columns.money_or_nought}
NOTHING = '<span class="k-none">–</span>'


@dataclass(frozen=True)
class Col:
    """One column of a list.

    `value` takes the row (default: its attribute or key `key`). `kind` is one of KINDS: amounts are whole fen, percents
    whole numbers or text, shares whole percents with a bar below. `sort` names the order `fetch` understands. `tone`
    gives a badge or an amount its tone (ok, warn, bad, info, quiet). `words` turns a code into what people read. `sub`
    adds a quiet second line. `lead` marks the column that names the row. `total` shows totals[key] of `fetch` in the
    foot. `shown=False` hides it until somebody chooses it.
    """

    key: str
    zh: str
    kind: str = "text"
    value: Callable[[Any], Any] | None = None
    sort: str = ""
    link: Callable[[Any], str | None] | None = None
    tone: Callable[[Any], str] | None = None
    words: Callable[[Any], str] | None = None
    sub: Callable[[Any], str] | None = None
    lead: bool = False
    total: bool = False
    shown: bool = True
    clip: bool = False
    help: str = ""

    @classmethod
    def of(cls, column: Column, **more: Any) -> Col:
        """A list column for a column of the noun's own list (form, import, export share it)."""
        kind = "amount" if column.read in MONEY_READERS else "day" if column.read is kernel_columns.day else "text"
        return cls(column.name, column.zh, **({"kind": kind} | more))


@dataclass(frozen=True)
class Filter:
    """One filter: kind find (free text), choice, day or flag.

    `options` gives the choices as (value, words); it may take the request, so that they follow the reader.
    """

    key: str
    zh: str
    kind: str = "choice"
    options: Callable[[Any], Iterable[tuple[str, str]]] | Iterable[tuple[str, str]] = field(default=())
    placeholder: str = ""

    def choices(self, request: Any) -> list[tuple[str, str]]:
        """The options for this reader, as text."""
        given = self.options(request) if callable(self.options) else self.options
        return [(str(value), str(words)) for value, words in given]

    def read(self, text: str, choices: list[tuple[str, str]]) -> Any:
        """What was asked for, or None where it means nothing (an unknown choice, a day that does not exist)."""
        text = text.strip()
        if not text:
            return None
        if self.kind == "choice":
            return text if any(text == value for value, _ in choices) else None
        if self.kind == "day":
            return _day(text)
        if self.kind == "flag":
            return True if text == "1" else None
        return text[:100]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# Stands for a key in an address while what is around it is looked up.
_SOME_KEY = 987654321


def page_of(name: str) -> Callable[[Any], str]:
    """Addresses of the page of this URL name by the key it takes: looked up once, not a hundred times for fifty rows."""

    @cache
    def around() -> tuple[str, str]:
        before, _, after = reverse(name, args=[_SOME_KEY]).partition(str(_SOME_KEY))
        return before, after

    def address(key: Any) -> str:
        before, after = around()
        return f"{before}{key}{after}"

    return address


def reader_of(column: Col, example: Any) -> Callable[[Any], Any]:
    """How to take a column's value from rows like `example`: chosen once per page, not once per cell."""
    if column.value is not None:
        return column.value
    return itemgetter(column.key) if isinstance(example, dict) else attrgetter(column.key)


Cell = Callable[[Any], str]


def cell_of(column: Col, example: Any) -> Cell:
    """A function from a row to the HTML of this column's <td>; what does not depend on the row is decided once."""
    read, show = reader_of(column, example), _SHOWN[column.kind]
    css = " ".join(_classes(column))
    label = escape(gettext(column.zh))
    opening = f'<td class="{css}" data-label="{label}">' if css else f'<td data-label="{label}">'
    if column.lead:
        opening = f'<th scope="row" class="{css}" data-label="{label}">'
    closing = "</th>" if column.lead else "</td>"
    link, tone, words, sub = column.link, column.tone, column.words, column.sub

    def cell(row: Any) -> str:
        value = read(row)
        if value is None or value == "":
            inner = NOTHING
        else:
            inner = show(words(value) if words else value, tone(row) if tone else "")
        if link and (url := link(row)):
            inner = f'<a href="{escape(url)}">{inner}</a>'
        if sub and (below := sub(row)):
            inner += f'<span class="k-sub">{escape(str(below))}</span>'
        return f"{opening}{inner}{closing}"

    return cell


def _classes(column: Col) -> Iterable[str]:
    if column.lead:
        yield "k-lead"
    if column.kind in RIGHT:
        yield "k-r"
    if column.kind in {"day", "moment"}:
        yield "k-d"
    if column.clip:
        yield "k-clip"


def _text(value: Any, tone: str) -> str:
    text = escape(str(value))
    return f'<span class="k-text-{tone}">{text}</span>' if tone else text


def _amount(fen: int, tone: str) -> str:
    tone = tone or ("bad" if fen < 0 else "")
    return f'<span class="k-num k-{tone}">{yuan(fen)}</span>' if tone else yuan(fen)


def _number(value: int, tone: str) -> str:
    text = f"{value:,}" if isinstance(value, int) else escape(str(value))
    return f'<span class="k-num k-{tone}">{text}</span>' if tone else text


def _percent(value: Any, tone: str) -> str:
    return _number(value, tone) + "&nbsp;%"


def _share(value: int, tone: str) -> str:
    part = min(100, max(0, value))
    return (
        f'{_percent(value, tone)}<svg class="k-share{f" k-{tone}" if tone else ""}" aria-hidden="true"'
        ' preserveAspectRatio="none" viewBox="0 0 100 4"><rect class="k-share-all" width="100" height="4"></rect>'
        f'<rect class="k-share-part" width="{part}" height="4"></rect></svg>'
    )


def _day_text(value: date | str, tone: str) -> str:
    return _text(value if isinstance(value, str) else value.isoformat(), tone)


def _moment(value: datetime, tone: str) -> str:
    return _text(timezone.localtime(value).strftime("%Y-%m-%d %H:%M"), tone)


def _badge(value: Any, tone: str) -> str:
    return f'<span class="k-badge k-badge-{tone or "quiet"}">{escape(str(value))}</span>'


_SHOWN: dict[str, Callable[[Any, str], str]] = {
    "text": _text,
    "amount": _amount,
    "number": _number,
    "percent": _percent,
    "share": _share,
    "day": _day_text,
    "moment": _moment,
    "badge": _badge,
}
