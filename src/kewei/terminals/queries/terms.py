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


def handin_days(pks: Iterable[int] | None = None) -> dict[int, int]:
    """The day of the month on which each of these terminals (or every one) takes in papers for its pay run, where known."""
    live = Settlement.objects.filter(ended_at=None, handin_day__isnull=False)
    if pks is None:
        return {pk: day for pk, day in live.values_list("terminal", "handin_day") if day is not None}
    found: dict[int, int] = {}
    for chunk in chunks(pks):
        rows = live.filter(terminal__in=chunk).values_list("terminal", "handin_day")
        found.update((pk, day) for pk, day in rows if day is not None)
    return found
