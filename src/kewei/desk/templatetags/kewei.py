"""Template words of the house: fen as yuan, days, marks, and the parts pages are made of. Loaded as a builtin.

docs/look.md shows each of them.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kewei.kernel import money

register = template.Library()

# A status is told by its words and its shape; the colour only repeats them.
TONES = {"ok", "warn", "bad", "info", "quiet"}


# --- values ---------------------------------------------------------------------------------------------------------


@register.filter
def yuan(fen: int | None) -> str:
    """Whole fen as yuan, "1,234.50"; empty for None."""
    return "" if fen is None else money.yuan(fen)


@register.filter
def wan(fen: int | None) -> str:
    """Whole fen in 万元 with one decimal (in English: in thousands), for tiles; empty for None. See `wan_unit`."""
    if fen is None:
        return ""
    if not _in_chinese():
        thousands = (abs(fen) + 50_000) // 100_000
        return f"{'-' if fen < 0 and thousands else ''}{thousands:,}"
    tenths = (abs(fen) + 50_000) // 100_000
    return f"{'-' if fen < 0 and tenths else ''}{tenths // 10:,}.{tenths % 10}"


@register.simple_tag
def wan_unit() -> str:
    """What the filter `wan` counts in."""
    return _("万元")


@register.simple_tag
def amount(fen: int | None, tone: str = "") -> SafeString:
    """An amount of yuan in tabular figures; a negative one carries its sign and a colour."""
    if fen is None:
        return mark_safe('<span class="k-none">–</span>')
    kind = tone or ("bad" if fen < 0 else "")
    return format_html('<span class="k-num{}">{}</span>', f" k-{kind}" if kind else "", money.yuan(fen))


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """A day as 2026-11-23; a moment as its day in the company's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat())


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A moment to the minute in the company's time zone."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), local.strftime("%Y-%m-%d %H:%M")
    )


@register.filter
def quantity(milli: int | None) -> str:
    """Thousandths of a unit as people write them: 1500 -> 1.5."""
    if milli is None:
        return ""
    whole, rest = divmod(milli, 1000)
    return f"{whole:,}" + (f".{rest:03}".rstrip("0") if rest else "")


@register.filter
def ago(days: int | None) -> str:
    """A number of days as words: 3 天前, 今天, 3 天后 (negative counts forward)."""
    if days is None:
        return ""
    if days == 0:
        return _("今天")
    return _("{days} 天前").format(days=days) if days > 0 else _("{days} 天后").format(days=-days)


@register.filter
def minus(number: int | None) -> int | None:
    """The number with the other sign: days that are past, said as a count."""
    return None if number is None else -number


@register.filter
def dash(value: Any) -> Any:
    """The value, or a quiet dash where there is none."""
    return mark_safe('<span class="k-none">–</span>') if value in (None, "") else value


# --- small parts ----------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the Tabler set by its name; it says nothing to a screen reader, so words must stand beside it."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def badge(words: Any, tone: str = "quiet") -> SafeString:
    """A status: words, a shape and a colour; `tone` is ok, warn, bad, info or quiet."""
    return format_html('<span class="k-badge k-badge-{}">{}</span>', tone if tone in TONES else "quiet", words)


@register.simple_tag
def share(part: int, whole: int, label: str = "", tone: str = "") -> SafeString:
    """A thin bar showing what part of the whole something is; `label` is read out."""
    percent = min(100, max(0, part * 100 // whole)) if whole > 0 else 0
    return format_html(
        '<svg class="k-share{}" role="img" aria-label="{}" preserveAspectRatio="none" viewBox="0 0 100 4">'
        '<rect class="k-share-all" width="100" height="4"></rect>'
        '<rect class="k-share-part" width="{}" height="4"></rect></svg>',
        f" k-{tone}" if tone else "",
        label or f"{percent} %",
        percent,
    )


@register.simple_tag
def crumbs(*pairs: str) -> SafeString:
    """Where this page lies: crumbs "应收" "/receivables/" "账龄" ""; the last one is the page itself."""
    steps = [(pairs[i], pairs[i + 1] if i + 1 < len(pairs) else "") for i in range(0, len(pairs), 2)]
    items = [
        format_html('<li><a href="{}">{}</a></li>', url, name) if url else format_html("<li>{}</li>", name)
        for name, url in steps
    ]
    return format_html(
        '<nav class="k-crumbs" aria-label="{}"><ol>{}</ol></nav>',
        _("位置"),
        format_html_join("", "{}", ((item,) for item in items)),
    )


@register.inclusion_tag("desk/parts/kpi.html")
def kpi(
    name: str,
    value: Any,
    unit: str = "",
    note: str = "",
    url: str = "",
    tone: str = "",
    definition: str = "",
    part: int | None = None,
) -> dict:
    """A figure with its name; `url` drills down, `definition` explains, `part` draws a bar of so many percent."""
    given = {"name": name, "value": value, "unit": unit, "note": note, "url": url}
    return given | {"tone": tone, "definition": definition, "part": part}


@register.inclusion_tag("desk/parts/empty.html")
def empty(
    title: str, text: str = "", icon: str = "inbox", url: str = "", action: str = "", url2: str = "", action2: str = ""
) -> dict:
    """What a page says when there is nothing: why, and what to do about it."""
    return {"title": title, "text": text, "icon": icon, "url": url, "action": action, "url2": url2, "action2": action2}


@register.inclusion_tag("desk/parts/tabs.html")
def tabs(items: Sequence[dict], label: str = "") -> dict:
    """Tabs that are links: [{"name": …, "url": …, "on": True, "count": 3}, …]."""
    return {"items": items, "label": label}


@register.inclusion_tag("desk/parts/steps.html")
def steps(names: Sequence[str], current: int) -> dict:
    """The steps of a wizard; `current` counts from 1."""
    return {
        "items": [{"name": n, "number": i, "done": i < current, "on": i == current} for i, n in enumerate(names, 1)]
    }


@register.inclusion_tag("desk/parts/progress.html")
def progress(done: int, total: int, words: str = "", url: str = "") -> dict:
    """How far a long piece of work is; with `url` the part asks again every second until it gets something else."""
    return {
        "done": done,
        "total": total,
        "percent": done * 100 // total if total > 0 else 0,
        "words": words,
        "url": url,
    }


@register.inclusion_tag("desk/parts/field.html")
def field(bound: Any, wide: bool = False) -> dict:
    """A form field with label, help and errors, tied together for screen readers."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "") or type(widget).__name__.lower()
    css = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select", "file": "form-control"}
    attrs = {"class": f"{css.get(kind, 'form-control')} {widget.attrs.get('class', '')}".strip()}
    described = [f"{bound.id_for_label}_help"] if bound.help_text else []
    if bound.errors:
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
        described.append(f"{bound.id_for_label}_errors")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    options = _options(bound) if isinstance(widget, RadioSelect | CheckboxSelectMultiple) else []
    shown = "" if options else bound.as_widget(attrs=attrs)
    return {
        "field": bound,
        "widget": shown,
        "checkbox": kind == "checkbox" and not options,
        "options": options,
        "wide": wide,
    }


def _options(bound: Any) -> list[Any]:
    """The choices of a group of radio buttons or boxes, each with its own label."""
    options = list(bound)
    for option in options:
        option.data["attrs"]["class"] = "form-check-input"
    return options


@register.inclusion_tag("desk/parts/form_errors.html")
def form_errors(form: Any) -> dict:
    """What is wrong with the form as a whole, and how many fields need attention."""
    return {"general": form.non_field_errors(), "fields": [form[name] for name in form.errors if name in form.fields]}


# --- parts with something inside ------------------------------------------------------------------------------------


@register.simple_block_tag
def card(
    content: str, title: str = "", note: str = "", url: str = "", action: str = "", flush: bool = False, id: str = ""
) -> SafeString:
    """A panel: card title="…" … endcard. `url`, `action`: a link at the right of its head; `flush` for tables."""
    head = ""
    if title:
        link = format_html('<a class="k-card-link" href="{}">{}</a>', url, action or _("查看全部")) if url else ""
        small = format_html('<span class="k-card-note">{}</span>', note) if note else ""
        head = format_html('<header class="k-card-head"><h2>{}</h2>{}{}</header>', title, small, link)
    return format_html(
        '<section class="k-card{}"{}>{}<div class="k-card-body">{}</div></section>',
        " k-card-flush" if flush else "",
        format_html(' id="{}"', id) if id else "",
        head,
        content,
    )


@register.simple_block_tag(takes_context=True)
def pagetitle(context: template.Context, content: str) -> SafeString:
    """The block `title` once for the browser's tab, and kept as `page_title` for the heading of the page."""
    title = SafeString(content.strip())
    context.dicts[0]["page_title"] = title
    return format_html("<title>{}</title>", format_html("{} · {}", title, _("客维")) if title else _("客维"))


# --- charts ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def chart(kind: str, data: Any, label: str, height: str = "m") -> SafeString:
    """A chart drawn by charts.js from JSON in the page: kind ageing, billing, bars, lines or spark; height s, m or l.

    `label` is read out. Put the figures on the page as text too: a chart is for looking, not for reading.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return format_html(
        '<div class="k-chart k-chart-{}" data-chart="{}" data-units="{}" role="img" aria-label="{}">'
        '<script type="application/json">{}</script></div>',
        height,
        kind,
        json.dumps(_units()),
        label,
        mark_safe(safe),  # noqa: S308  nothing in it can end the script element
    )


def _units() -> list[tuple[int, str]]:
    """Short names of large amounts, in fen: Chinese counts in ten thousands."""
    if _in_chinese():
        return [(10**10, _("亿")), (10**6, _("万"))]
    return [(10**11, "bn"), (10**8, "m"), (10**5, "k")]


def _in_chinese() -> bool:
    return (get_language() or "").startswith("zh")


# --- messages -------------------------------------------------------------------------------------------------------


@register.filter
def undo_url(message: Any) -> str:
    """The address that undoes what a message reports, or an empty text (see kewei.people.notices)."""
    for tag in str(message.extra_tags or "").split():
        if tag.startswith("undo="):
            return tag.removeprefix("undo=")
    return ""
