"""What can be wrong with promises, disputes and clocks, for `kewei check`: summaries that differ from the rows they sum up."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from kewei.collecting.models import ClockEvent
from kewei.collecting.queries import learning
from kewei.collecting.rules.clocks import strength_of
from kewei.journal.rules import Finding

# code -> a query whose rows are (key of what it is about, kept, recomputed).
_CHECKS: dict[str, tuple[str, str]] = {
    "promise_state_differs": (
        "collecting.promise",
        """
        SELECT p.id, p.state, s.state FROM collecting_promise p JOIN collecting_promisestate s ON s.promise_id = p.id
        WHERE s.id = (SELECT MAX(n.id) FROM collecting_promisestate n WHERE n.promise_id = p.id)
          AND (s.state <> p.state OR s.paid_fen <> p.paid_fen)""",
    ),
    "promise_items_differ": (
        "collecting.promise",
        """
        SELECT DISTINCT p.id, p.state, CASE WHEN i.live THEN 'live' ELSE 'over' END
        FROM collecting_promise p JOIN collecting_promiseitem i ON i.promise_id = p.id
        WHERE (i.live AND p.state NOT IN ('pending', 'part')) OR (NOT i.live AND p.state IN ('pending', 'part'))""",
    ),
    "promise_parts_differ": (
        "collecting.promise",
        """
        SELECT p.id, CAST(p.fen AS TEXT), CAST(COALESCE(SUM(t.fen), 0) AS TEXT)
        FROM collecting_promise p LEFT JOIN collecting_promisepart t ON t.promise_id = p.id
        GROUP BY p.id, p.fen HAVING p.fen <> COALESCE(SUM(t.fen), 0)""",
    ),
    "dispute_state_differs": (
        "collecting.dispute",
        """
        SELECT d.id, d.state, s.state FROM collecting_dispute d JOIN collecting_disputestate s ON s.dispute_id = d.id
        WHERE s.id = (SELECT MAX(n.id) FROM collecting_disputestate n WHERE n.dispute_id = d.id) AND s.state <> d.state""",
    ),
    "disputed_above_invoice": (
        "receivables.entry",
        """
        SELECT e.id, CAST(SUM(d.fen) AS TEXT), CAST(e.total_fen AS TEXT)
        FROM collecting_dispute d JOIN receivables_entry e ON e.id = d.entry_id
        WHERE d.state IN ('open', 'working', 'upheld') GROUP BY e.id, e.total_fen HAVING SUM(d.fen) > e.total_fen""",
    ),
}


def findings() -> Iterator[Finding]:
    """Promises and disputes that are not where their rows say, clock events stronger or weaker than their proof, and
    expected losses that what they were made from does not give again."""
    for study, segment in learning.differing():
        yield Finding("loss_differs", f"collecting.study:{study}", {"segment": segment})
    for code, (label, query) in _CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            for key, kept, recomputed in cursor.fetchall():
                yield Finding(code, f"{label}:{key}", {"kept": kept, "recomputed": recomputed})
    rows = ClockEvent.objects.order_by("pk").values_list(
        "pk", "kind", "how", "signer", "proof", "names_content", "strength"
    )
    for pk, kind, how, signer, proof, names_content, kept in rows.iterator(chunk_size=2_000):
        again = strength_of(kind, how, signer, proof is not None, names_content)
        if again != kept:
            yield Finding("clock_strength_differs", f"collecting.clockevent:{pk}", {"kept": kept, "recomputed": again})
