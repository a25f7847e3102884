"""A list as a page, a fragment or a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from operator import itemgetter
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kewei.kernel.refusals import NotAllowed
from kewei.people.listing import asked as asking
from kewei.people.listing import export, views
from kewei.people.listing.asked import PAGE_SIZES, Asked
from kewei.people.listing.columns import Col, Filter, cell_of

Fetch = Callable[[int, int, str, dict[str, Any]], tuple]
Stream = Callable[[str, dict[str, Any]], Iterable[Any]]


@dataclass(frozen=True)
class Bulk:
    """Something done to all ticked rows: a POST of `id=…` to `url` (a URL name or a path)."""

    zh: str
    url: str
    icon: str = ""


@dataclass(frozen=True)
class Listing:
    """A list: see the package's docstring. `row_url` opens a row, `key` identifies it for selection."""

    name: str
    title: str
    columns: Sequence[Col]
    filters: Sequence[Filter] = ()
    order: str = ""
    may_export: str = ""
    row_url: Callable[[Any], str] | None = None
    key: Callable[[Any], Any] | None = None
    bulk: Sequence[Bulk] = ()
    empty_title: str = ""
    empty_text: str = ""
    empty_icon: str = "inbox"
    empty_url: str = ""
    empty_action: str = ""
    tone: Callable[[Any], str] | None = field(default=None)

    def answer(
        self,
        request: HttpRequest,
        fetch: Fetch,
        template: str = "lists/page.html",
        context: dict[str, Any] | None = None,
        stream: Stream | None = None,
    ) -> HttpResponseBase:
        """The page, the fragment htmx asked for, the file (`?format=xlsx`), or the way back after a view was kept.

        `stream(order, filters)` gives every row one after the other, for the file of a list that may be long; without
        it the file asks `fetch` again and again.
        """
        if request.method == "POST" and "list_view" in request.POST:
            return self._change_view(request)
        kept = views.of(request.user, self.name)
        params, view = self._params(request, kept)
        asked = asking.read(request, params, self.columns, self.filters, self.order)
        if request.GET.get("format") == "xlsx":
            return self._file(request, fetch, stream, asked)
        return self._page(request, fetch, asked, kept, view, template, context or {})

    # --- page ---------------------------------------------------------------------------------------------------------

    def _page(
        self,
        request: HttpRequest,
        fetch: Fetch,
        asked: Asked,
        kept: list,
        view: Any,
        template: str,
        context: dict[str, Any],
    ) -> HttpResponse:
        order = asked.order or self.order
        rows, count, totals = self._fetched(fetch, asked, order)
        if count is not None and not rows and asked.page > 1:
            asked.page = max(1, -(-count // asked.size))
            rows, count, totals = self._fetched(fetch, asked, order)
        fragment = getattr(getattr(request, "htmx", None), "target", None) == "list-body"
        shown = self._shown(asked)
        given = context | {
            "listing": self,
            "title": context.get("title") or _(self.title),
            "asked": asked,
            "body": {
                "heads": [self._head(column, asked, order) for column in shown],
                "rows": self._rows(shown, rows),
                "totals": self._totals(shown, totals) if totals else None,
                "pages": self._pages(asked, count, len(rows)),
                "order": asked.order,
                "bulk": bool(self.bulk),
                "some": bool(rows),
                "narrowed": bool(asked.filters),
            },
            "empty": {
                "title": _(self.empty_title) if self.empty_title else _("还没有记录"),
                "text": _(self.empty_text) if self.empty_text else "",
                "url": _address(self.empty_url),
                "action": _(self.empty_action) if self.empty_action else "",
            },
        }
        if not fragment:
            given |= self._tools(request, asked, kept, view)
        answer = render(request, "lists/body.html" if fragment else template, given)
        patch_vary_headers(answer, ["HX-Request", "HX-Target"])
        if fragment:
            query = asked.query()
            answer["HX-Push-Url"] = (
                f"{request.path}?{query}" if query else f"{request.path}?all=1" if view else request.path
            )
        return answer

    def _fetched(self, fetch: Fetch, asked: Asked, order: str) -> tuple:
        found = fetch((asked.page - 1) * asked.size, asked.size, order, asked.filters)
        return found if len(found) == 3 else (*found, None)

    def _shown(self, asked: Asked) -> list[Col]:
        if asked.columns is None:
            return [c for c in self.columns if c.shown or c.lead]
        return [c for c in self.columns if c.key in asked.columns]

    def _head(self, column: Col, asked: Asked, order: str) -> dict[str, Any]:
        """Name, class, and for a sortable column the address that sorts by it (again: the other way)."""
        head: dict[str, Any] = {
            "name": _(column.zh),
            "right": column.kind in {"amount", "number", "percent", "share"},
            "help": column.help,
        }
        if not column.sort:
            return head
        on = order.removeprefix("-") == column.sort
        down = order.startswith("-")
        following = ("" if down else "-") + column.sort if on else column.sort
        head["url"] = "?" + asked.query(order="" if following == self.order else following, page=1)
        head["sorted"] = ("descending" if down else "ascending") if on else ""
        return head

    def _rows(self, shown: list[Col], rows: Sequence[Any]) -> SafeString:
        """All rows as one piece of HTML: built here because fifty rows of template nodes cost more than the query."""
        if not rows:
            return SafeString("")
        cells = [cell_of(column, rows[0]) for column in shown]
        key, row_url, tone = self.key, self.row_url, self.tone
        tick_label = escape(_("选择"))
        lines = []
        for row in rows:
            opening = '<tr data-row=""'
            if row_url:
                opening += f' data-href="{escape(row_url(row))}"'
            if tone and (css := tone(row)):
                opening += f' class="k-row-{css}"'
            tick = ""
            if self.bulk and key:
                tick = (
                    '<td class="k-tick"><input type="checkbox" class="form-check-input" name="id" form="bulk" '
                    f'value="{escape(str(key(row)))}" aria-label="{tick_label}"></td>'
                )
            lines.append(f"{opening}>{tick}{''.join([cell(row) for cell in cells])}</tr>")
        return SafeString("\n".join(lines))

    def _totals(self, shown: list[Col], totals: dict[str, Any]) -> SafeString:
        """The foot: the first column says 合计, columns with `total` show theirs."""
        cells = ["<td></td>"] if self.bulk else []
        for place, column in enumerate(shown):
            if column.total and column.key in totals:
                total = Col(column.key, column.zh, kind=column.kind, value=itemgetter(column.key))
                cells.append(cell_of(total, totals)(totals))
            elif place == 0:
                cells.append(f'<th scope="row">{escape(_("合计"))}</th>')
            else:
                cells.append("<td></td>")
        return SafeString("".join(cells))

    def _pages(self, asked: Asked, count: int | None, here: int) -> dict[str, Any]:
        first = (asked.page - 1) * asked.size + 1
        last = first + here - 1
        more = here == asked.size if count is None else last < count
        pages = -(-count // asked.size) if count else 1
        around = range(max(1, asked.page - 2), min(pages, asked.page + 2) + 1)
        return {
            "first": first if here else 0,
            "last": last if here else 0,
            "count": count,
            "previous": "?" + asked.query(page=asked.page - 1) if asked.page > 1 else "",
            "next": "?" + asked.query(page=asked.page + 1) if more else "",
            "numbers": [(n, "?" + asked.query(page=n), n == asked.page) for n in around]
            if count is not None and pages > 1
            else [],
            "start": "?" + asked.query(page=1) if around and around[0] > 1 else "",
            "end": "?" + asked.query(page=pages) if around and around[-1] < pages else "",
            "pages": pages,
        }

    # --- tools --------------------------------------------------------------------------------------------------------

    def _tools(self, request: HttpRequest, asked: Asked, kept: list, view: Any) -> dict[str, Any]:
        shown = {c.key for c in self._shown(asked)}
        return {
            "find": next((self._filter(f, request, asked) for f in self.filters if f.kind == "find"), None),
            "filters": [self._filter(f, request, asked) for f in self.filters if f.kind != "find"],
            "choice": [{"key": c.key, "name": _(c.zh), "on": c.key in shown, "fixed": c.lead} for c in self.columns],
            "sizes": [(size, size == asked.size) for size in PAGE_SIZES],
            "views": [
                {"pk": v.pk, "name": v.name, "query": v.query or "all=1", "usual": v.usual, "on": v is view}
                for v in kept
            ],
            "view": view,
            "can_export": bool(self.may_export) and request.user.may(self.may_export),
            "export": "?" + (asked.query(page=1) + "&format=xlsx").lstrip("&"),
            "bulk_actions": [{"name": _(b.zh), "url": _address(b.url), "icon": b.icon} for b in self.bulk],
            "narrowed": bool(asked.filters),
        }

    def _filter(self, one: Filter, request: HttpRequest, asked: Asked) -> dict[str, Any]:
        text = asked.texts.get(one.key, "")
        options = _options(one.choices(request), text) if one.kind == "choice" else ""
        words = {"key": one.key, "name": _(one.zh), "kind": one.kind, "text": text, "options": options}
        return words | {"placeholder": _(one.placeholder) if one.placeholder else _(one.zh)}

    # --- views --------------------------------------------------------------------------------------------------------

    def _params(self, request: HttpRequest, kept: list) -> tuple[QueryDict, Any]:
        """The request's own parameters, or those of the reader's usual view where the address says nothing."""
        if request.GET:
            same = request.GET.urlencode(safe=",")
            return request.GET, next((v for v in kept if v.query == same), None)
        usual = next((v for v in kept if v.usual), None)
        return (QueryDict(usual.query), usual) if usual else (request.GET, None)

    def _change_view(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        if request.POST["list_view"] == "drop":
            views.drop_view(listing=self.name, pk=int(request.POST.get("pk") or 0), by=request.user, now=now)
            return HttpResponseRedirect(request.path)
        asked = asking.read(request, request.GET, self.columns, self.filters, self.order)
        query = asked.query(page=1)
        name, usual = request.POST.get("name", ""), "usual" in request.POST
        views.keep_view(listing=self.name, name=name, query=query, usual=usual, by=request.user, now=now)
        return HttpResponseRedirect(f"{request.path}?{query or 'all=1'}")

    # --- file ---------------------------------------------------------------------------------------------------------

    def _file(self, request: HttpRequest, fetch: Fetch, stream: Stream | None, asked: Asked) -> HttpResponseBase:
        if not self.may_export:
            raise NotAllowed(verb=f"{self.name}.export")
        order = asked.order or self.order
        count = fetch(0, 1, order, asked.filters)[1]
        export.take_out(
            noun=self.name, verb=self.may_export, rows=-1 if count is None else count, asked=asked.query(page=1),
            by=request.user, now=timezone.now(),
        )  # fmt: skip
        rows = stream(order, asked.filters) if stream else export.all_rows(fetch, order, asked.filters)
        return export.workbook(_(self.title), self._shown(asked), iter(rows))


def _address(place: str) -> str:
    """A path as it is, a URL name as its path."""
    return place if not place or place.startswith(("/", "?", "#")) else reverse(place)


def _options(choices: list[tuple[str, str]], chosen: str) -> SafeString:
    """The <option>s of a filter, built here for the reason rows are: a company may have hundreds of representatives."""
    return SafeString(
        "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>'
            for value, words in choices
        )
    )
