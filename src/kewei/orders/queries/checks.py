"""What can be wrong in the orders room, for `kewei check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from kewei.orders.models import Verdict

# As many of the newest words of the gate are judged again.
REPLAYED = 500


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be: its code (rules.FINDINGS has the sentence), what it is about, and numbers."""

    code: str
    about: str
    numbers: dict[str, Any]


def findings() -> Iterator[Finding]:
    """Every finding of the room, whoever asks."""
    yield from _rows(
        "state_differs",
        """SELECT o.number, o.state, s.state FROM orders_order o JOIN orders_orderstate s ON s.id =
        (SELECT MAX(n.id) FROM orders_orderstate n WHERE n.order_id = o.id) WHERE s.state <> o.state""",
        ("number", "state", "last_state"),
    )
    yield from _rows(
        "reservation_differs",
        """SELECT o.number, r.delivered_fen, d.fen FROM orders_order o
        JOIN credit_reservation r ON r.reference = 'orders.order:' || o.id
        JOIN (SELECT v.order_id, SUM(v.fen)
          - COALESCE((SELECT SUM(b.fen - b.invoiced_fen) FROM orders_returnline b JOIN orders_return t ON t.id = b.back_id
             JOIN orders_delivery w ON w.id = t.delivery_id WHERE w.order_id = v.order_id), 0)
          - COALESCE((SELECT SUM(i.fen) FROM orders_orderinvoice i JOIN orders_delivery w ON w.id = i.delivery_id
             WHERE w.order_id = v.order_id), 0) AS fen
          FROM orders_delivery v GROUP BY v.order_id) d ON d.order_id = o.id
        WHERE o.payment = 'credit' AND r.delivered_fen <> d.fen""",
        ("number", "reserved_fen", "delivered_fen"),
    )
    yield from _rows(
        "reservation_without_order",
        """SELECT r.reference, r.ordered_fen, r.delivered_fen FROM credit_reservation r
        LEFT JOIN orders_order o ON r.reference = 'orders.order:' || o.id
        WHERE r.reference LIKE 'orders.order:%' AND (r.ordered_fen <> 0 OR r.delivered_fen <> 0)
        AND (o.id IS NULL OR (r.ordered_fen <> 0 AND o.state NOT IN ('waiting', 'released', 'part_delivered')))""",
        ("reference", "ordered_fen", "delivered_fen"),
    )
    yield from _replayed()


def _rows(code: str, query: str, names: tuple[str, ...]) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        for row in cursor.fetchall():
            yield Finding(code, str(row[0]), dict(zip(names[1:], row[1:], strict=True)))


def _replayed() -> Iterator[Finding]:
    from kewei.orders.queries.orders import replay

    for pk, number in Verdict.objects.order_by("-pk").values_list("pk", "order__number")[:REPLAYED]:
        same, _decision = replay(pk)
        if not same:
            yield Finding("verdict_differs", number, {"verdict": pk})
