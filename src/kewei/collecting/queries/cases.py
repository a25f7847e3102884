"""案件: open and closed cases, their steps, and who works on them."""

from __future__ import annotations

from datetime import date

from kewei.collecting.models import Case, Member
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person

SEE = "collecting.see"


def case_for(person: Person, pk: int, verb: str = SEE) -> Case:
    """The case where this person may see it for a verb. Raises NotFound."""
    found = Case.objects.visible_to(person, verb).filter(pk=pk).select_related("terminal").first()
    if found is None:
        raise NotFound(noun=N_("案件"))
    return found


def member_for(person: Person, pk: int, verb: str = SEE) -> Member:
    """A part somebody has in a case this person may see for a verb. Raises NotFound."""
    found = Member.objects.filter(pk=pk).select_related("case__terminal").first()
    if found is None or not Case.objects.visible_to(person, verb).filter(pk=found.case_id).exists():
        raise NotFound(noun=N_("案件成员"))
    return found


def open_case_of(terminal_id: int) -> Case | None:
    """The open case of a debtor, whoever asks."""
    return Case.objects.filter(terminal=terminal_id, closed_on=None).first()


def open_figures() -> dict[int, tuple[int, int, int]]:
    """(fen, earliest due day as an ordinal, items) that every open case remembers, by customer, whoever asks."""
    rows = Case.objects.filter(closed_on=None).values_list("terminal", "overdue_fen", "oldest_due", "items")
    return {
        terminal: (fen, _ordinal(oldest), items) for terminal, fen, oldest, items in rows.iterator(chunk_size=20_000)
    }


def _ordinal(day: date) -> int:
    return day.toordinal()
