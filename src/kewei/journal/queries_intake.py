"""Questions about files that came in and about remembered layouts."""

from typing import Any

from django.db.models import Q, QuerySet

from kewei.journal.models import Intake, Key, Layout
from kewei.journal.rules_intake import IntakeRow, LayoutRow
from kewei.kernel.refusals import NotFound


def intakes(person, limit: int = 50, start: int = 0) -> list[IntakeRow]:
    """Past imports, newest first: one's own, or everybody's for those who may read the journal."""
    rows = _visible(person).select_related("taken_by", "undone_by").order_by("-pk")[start : start + limit]
    return [_row(row) for row in rows]


def intake(person, pk: int) -> IntakeRow:
    """One past import. Raises NotFound."""
    return _row(intake_for(person, pk))


def intake_for(person, pk: int, lock: bool = False) -> Intake:
    """The row of a past import this person may see, locked where asked. Raises NotFound."""
    rows = _visible(person)
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=pk).first()
    if found is None:
        raise NotFound(noun="intake")
    return found


def generation(noun: str, file_digest: str) -> int:
    """How many imports of this very file no longer stand for all of it: undone, or taken without their bad rows."""
    spent = Q(undone_at__isnull=False) | Q(made__left_out__gt=0)
    return Intake.objects.filter(spent, noun=noun, file_digest=file_digest).count()


def taken_before(noun: str, file_digest: str, mark: str) -> dict[str, Any] | None:
    """What was answered when this file was taken in the same way, None where it was not."""
    key = f"file:{mark}:{generation(noun, file_digest)}"
    return Key.objects.filter(key=key).values_list("answer", flat=True).first()


def layouts(noun: str | None = None) -> list[LayoutRow]:
    """Remembered layouts by noun and name; those remembered by themselves last."""
    rows = Layout.objects.select_related("made_by").order_by("noun", "name")
    if noun is not None:
        rows = rows.filter(noun=noun)
    return sorted((_layout(row) for row in rows), key=lambda row: (row.noun, row.by_itself, row.name))


def layout_named(noun: str, name: str) -> LayoutRow | None:
    """The remembered layout of this name."""
    row = Layout.objects.select_related("made_by").filter(noun=noun, name=name).first()
    return _layout(row) if row else None


def layout_of(noun: str, signature: str) -> LayoutRow | None:
    """What was remembered last for files with these headings."""
    rows = Layout.objects.select_related("made_by").filter(noun=noun, signature=signature)
    row = rows.order_by("-made_at", "-pk").first()
    return _layout(row) if row else None


def _visible(person) -> QuerySet[Intake]:
    return Intake.objects.all() if person.may("journal.see") else Intake.objects.filter(taken_by=person)


def _row(row: Intake) -> IntakeRow:
    return IntakeRow(
        pk=row.pk,
        noun=row.noun,
        filename=row.filename,
        layout=row.layout,
        made=row.made,
        taken_by=row.taken_by.name,
        taken_at=row.taken_at,
        undone_by=row.undone_by.name if row.undone_by else "",
        undone_at=row.undone_at,
    )


def _layout(row: Layout) -> LayoutRow:
    made_by = row.made_by.name if row.made_by else ""
    return LayoutRow(row.noun, row.name, row.signature, row.mapping, row.options, made_by, row.made_at)
