"""Lists: declare columns, filters and an order once; get a page with sorting, paging, views, selection and export.

    OPEN = Listing(
        name="receivables.open_items", title=N_("未清项"), order="due_date", may_export="receivables.export",
        columns=[
            Col("number", N_("发票号"), lead=True, sort="number", link=lambda row: f"/receivables/{row.entry_id}/"),
            Col("terminal_name", N_("客户")),
            Col("due_date", N_("到期日"), kind="day", sort="due_date"),
            Col("open_fen", N_("未清金额"), kind="amount", sort="open_fen", total=True),
        ],
        filters=[Filter("q", N_("查找"), kind="find"), Filter("kind", N_("类型"), kind="choice", options=kinds)],
    )

    def open_items(request):
        def fetch(start, limit, order, filters):
            return queries.open_items(request.user, order=order, start=start, limit=limit, **filters)
        return OPEN.answer(request, fetch)

`fetch(start, limit, order, filters)` gives (rows, count) or (rows, count, totals); rows are anything with attributes
or keys; `order` is one of the columns' sort names, with "-" in front for descending; `filters` holds only what was
asked for.
"""

from kewei.people.listing.columns import Col, Filter, page_of
from kewei.people.listing.page import Bulk, Listing

__all__ = ["Bulk", "Col", "Filter", "Listing", "page_of"]
