"""What can be wrong in sell-through, for `kewei check`: in what was posted, and in the lake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection

from kewei.flows.models import MonthState, Usage
from kewei.flows.queries import lake
from kewei.flows.queries.lake import Finding
from kewei.flows.queries.months import posted
from kewei.flows.rules.months import digest_of, last_day, words_of
from kewei.flows.rules.words import FROZEN


def findings() -> Iterator[Finding]:
    """Files whose rows are not as they were taken in, frozen months whose usage is not what was frozen, and months whose usage
    is not what sales has, whoever asks."""
    yield from lake.findings()
    for month, told in MonthState.objects.filter(state=FROZEN).order_by("pk").values_list("month", "told"):
        if digest_of(posted(month, appeals=False)) != told.get("digest"):
            yield Finding("flow_digest_differs", words_of(month), {"digest": told.get("digest")})
    for month in Usage.objects.order_by("month").values_list("month", flat=True).distinct():
        for terminal, product, milli, fen in _not_in_sales(month):
            numbers = {"terminal": terminal, "product": product, "quantity_milli": milli, "fen": fen}
            yield Finding("flow_sales_differ", words_of(month), numbers)


def _not_in_sales(month: date) -> list[tuple[int, int, int, int]]:
    """(terminal, product, thousandths, fen) by which usage of a month exceeds its lines of sales; where they are equal, none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT terminal_id, product_id, SUM(quantity_milli), SUM(fen) FROM (
            SELECT terminal_id, product_id, quantity_milli, fen FROM flows_usage WHERE month = %s UNION ALL
            SELECT terminal_id, product_id, -quantity_milli, -fen FROM sales_saleline
            WHERE source = 'flow' AND day = %s) AS told
            GROUP BY terminal_id, product_id HAVING SUM(quantity_milli) <> 0 OR SUM(fen) <> 0
            ORDER BY terminal_id, product_id""",
            [month, last_day(month)],
        )
        return [(terminal, product, int(milli), int(fen)) for terminal, product, milli, fen in cursor.fetchall()]
