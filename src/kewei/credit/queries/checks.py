"""What can be wrong with headroom, for `kewei check`: summaries that differ from the movements they sum up."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from kewei.journal.rules import Finding

# code -> a query whose rows are (what it is about, part, kept, recomputed).
_CHECKS: dict[str, str] = {
    "account_differs": """
        SELECT t.code, p.part, p.kept, COALESCE(m.fen, 0) FROM (
          SELECT terminal_id, 'ordered' AS part, ordered_fen AS kept FROM credit_account UNION ALL
          SELECT terminal_id, 'delivered', delivered_fen FROM credit_account) p
        JOIN terminals_terminal t ON t.id = p.terminal_id
        LEFT JOIN (SELECT terminal_id, part, SUM(fen) AS fen FROM credit_headroommove GROUP BY terminal_id, part) m
          ON m.terminal_id = p.terminal_id AND m.part = p.part
        WHERE p.kept <> COALESCE(m.fen, 0)
        UNION ALL
        SELECT t.code, m.part, 0, m.fen FROM (
          SELECT terminal_id, part, SUM(fen) AS fen FROM credit_headroommove GROUP BY terminal_id, part) m
        JOIN terminals_terminal t ON t.id = m.terminal_id
        WHERE m.fen <> 0 AND NOT EXISTS (SELECT 1 FROM credit_account a WHERE a.terminal_id = m.terminal_id)""",
    "reservation_sum_differs": """
        SELECT p.reference, p.part, p.kept, COALESCE(m.fen, 0) FROM (
          SELECT reference, 'ordered' AS part, ordered_fen AS kept FROM credit_reservation UNION ALL
          SELECT reference, 'delivered', delivered_fen FROM credit_reservation) p
        LEFT JOIN (SELECT reference, part, SUM(fen) AS fen FROM credit_headroommove GROUP BY reference, part) m
          ON m.reference = p.reference AND m.part = p.part
        WHERE p.kept <> COALESCE(m.fen, 0)""",
    "account_reservations_differ": """
        SELECT t.code, 'all', a.ordered_fen + a.delivered_fen, COALESCE(r.fen, 0) FROM credit_account a
        JOIN terminals_terminal t ON t.id = a.terminal_id
        LEFT JOIN (SELECT terminal_id, SUM(ordered_fen + delivered_fen) AS fen FROM credit_reservation
          GROUP BY terminal_id) r ON r.terminal_id = a.terminal_id
        WHERE a.ordered_fen + a.delivered_fen <> COALESCE(r.fen, 0)""",
}


def findings() -> Iterator[Finding]:
    """Accounts and reservations that are not the sum of their movements, or of one another."""
    for code, query in _CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            for about, part, kept, recomputed in cursor.fetchall():
                yield Finding(
                    code, str(about), {"part": part, "kept_fen": int(kept), "recomputed_fen": int(recomputed)}
                )
