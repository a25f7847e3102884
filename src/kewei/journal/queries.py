"""Questions to the journal."""

import json
from collections.abc import Iterator
from datetime import UTC

from kewei.journal import rules
from kewei.journal.models import Fact, Head


def head() -> tuple[int, str]:
    """(seq, hash) of the newest fact; (0, zeros) where nothing has happened yet."""
    return Head.objects.values_list("seq", "hash").filter(pk=1).first() or (0, rules.GENESIS)


def links() -> Iterator[rules.Link]:
    """Every fact in order, as the chain checker reads it; streamed."""
    for f in Fact.objects.order_by("seq").iterator(chunk_size=5000):
        at = f.at.astimezone(UTC).isoformat(timespec="microseconds")
        yield rules.Link(rules.FactText(f.seq, f.name, at, f.by_id, f.subject, f.terminal, f.detail), f.previous, f.hash)


def facts_since(seq: int, names: set[str] | None = None) -> list[tuple[int, str, int | None, dict]]:
    """(seq, name, terminal, detail) of facts after `seq`, oldest first, of the given names where given."""
    rows = Fact.objects.filter(seq__gt=seq).order_by("seq")
    if names is not None:
        rows = rows.filter(name__in=names)
    return [(s, n, t, json.loads(d)) for s, n, t, d in rows.values_list("seq", "name", "terminal", "detail")]
