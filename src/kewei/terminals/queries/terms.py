"""Payment terms as the settlement calendars say them."""

from __future__ import annotations

from collections.abc import Iterable

from kewei.journal.bulk import chunks
from kewei.terminals.models import Settlement
from kewei.terminals.rules.terms import Term


def settlement_terms(pks: Iterable[int]) -> dict[int, Term]:
    """The live payment term of each of these terminals that has one, by primary key."""
    found: dict[int, Term] = {}
    for chunk in chunks(pks):
        rows = Settlement.objects.filter(terminal__in=chunk, ended_at=None, term_days__isnull=False)
        for pk, days, start in rows.values_list("terminal", "term_days", "term_start"):
            if days is not None:
                found[pk] = Term(days, start)
    return found
