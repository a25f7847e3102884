"""Files that came in: which, what became of their rows, which are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from kewei.flows.models import Absence, Aside, File, Layout, Line, Raw
from kewei.flows.rules import files as rules
from kewei.flows.rules.balance import FileBalance
from kewei.flows.rules.words import KINDS, said_again
from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.people.models import Person
from kewei.terminals import queries as terminals
from kewei.terminals.models import Terminal

SEE = "flows.see"
DISTRIBUTOR = "distributor"


@dataclass(frozen=True)
class FileRow:
    """A file as listed; quantities in thousandths of the units it is written in."""

    pk: int
    distributor: int
    distributor_code: str
    distributor_name: str
    month: date
    kind: str
    filename: str
    digest: str
    rows: int
    clean_rows: int
    aside_rows: int
    unreadable: int
    raw_milli: int
    clean_milli: int
    aside_milli: int
    gone: int
    replaced: bool
    taken_by: str
    taken_at: datetime

    @property
    def balance(self) -> FileBalance:
        """Whether nothing was lost or made."""
        return FileBalance(
            self.rows, self.clean_rows, self.aside_rows, self.unreadable, self.raw_milli, self.clean_milli,
            self.aside_milli,
        )  # fmt: skip


_FILE = (
    "pk", "distributor", "distributor__code", "distributor__name", "month", "kind", "filename", "digest", "rows",
    "clean_rows", "aside_rows", "unreadable", "raw_milli", "clean_milli", "aside_milli", "gone", "replaced_by",
    "taken_by__name", "taken_at",
)  # fmt: skip


def file_for(person: Person, pk: int, verb: str = SEE) -> File:
    """The file, where this person may see its distributor. Raises NotFound."""
    found = File.objects.visible_to(person, verb).filter(pk=pk).select_related("distributor", "replaces").first()
    if found is None:
        raise NotFound(noun=N_("流向文件"))
    return found


def file_row(person: Person, pk: int) -> FileRow:
    """The file as listed. Raises NotFound."""
    found = File.objects.visible_to(person, SEE).filter(pk=pk).values_list(*_FILE).first()
    if found is None:
        raise NotFound(noun=N_("流向文件"))
    return _row(found)


def list_files(
    person: Person,
    *,
    month: date | None = None,
    distributor: int | None = None,
    kind: str = "",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[FileRow], int]:
    """One page of files, newest first, and how many; those another took the place of are among them, marked."""
    asked = {"month": month, "distributor": distributor, "kind": kind or None}
    rows = File.objects.visible_to(person, SEE).filter(**{k: v for k, v in asked.items() if v is not None})
    ordered = rows.order_by("-pk").values_list(*_FILE)
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    return [_row(values) for values in page], rows.count()


def _row(values: tuple) -> FileRow:
    told: list[Any] = list(values)
    told[16] = told[16] is not None
    return FileRow(*told)


def live_files(month: date, distributor: int | None = None, kind: str = "") -> QuerySet[File]:
    """The files that count for a month, whoever asks: those no later file took the place of."""
    rows = File.objects.filter(month=month, replaced_by=None)
    if distributor is not None:
        rows = rows.filter(distributor=distributor)
    return rows.filter(kind=kind) if kind else rows


@dataclass(frozen=True)
class RowShown:
    """A row of a file beside what became of it: its cells as they stood, its tag, its flags or the reason it is set aside."""

    row: int
    cells: list[str]
    tag: str
    quantity_milli: int | None
    flags: tuple[str, ...]
    column: str
    heading: str
    why: Refused | None


def rows_of(file: File, *, only: str = "", start: int = 0, limit: int | None = 100) -> tuple[list[RowShown], int]:
    """Rows of a file in their order, and how many; `only` aside, duplicate, negative, new or changed. Three queries."""
    rows = Raw.objects.filter(file=file)
    if only == "aside":
        rows = rows.exclude(aside=None)
    elif only in (rules.DUPLICATE, rules.NEGATIVE):
        rows = rows.filter(line__flags__contains=only)
    elif only in (rules.NEW, rules.CHANGED):
        rows = rows.filter(tag=only)
    ordered = rows.order_by("row").values_list(
        "row",
        "cells",
        "tag",
        "quantity_milli",
        "line__flags",
        "aside__column",
        "aside__heading",
        "aside__code",
        "aside__numbers",
    )
    page = ordered[start : start + limit] if limit is not None else ordered[start:]
    shown = [
        RowShown(
            row, cells, tag, milli, tuple(part for part in (flags or "").split(",") if part), column or "",
            heading or "", said_again(code, numbers) if code else None,
        )
        for row, cells, tag, milli, flags, column, heading, code, numbers in page.iterator(chunk_size=5_000)
    ]  # fmt: skip
    return shown, rows.count()


def raw_table(file: File) -> Iterator[list[str]]:
    """The file's headings and every row as it stood, in order: what it can be rebuilt from."""
    yield list(file.headings)
    for (cells,) in Raw.objects.filter(file=file).order_by("row").values_list("cells").iterator(chunk_size=5_000):
        yield list(cells)


def reasons_of(file: File) -> list[tuple[str, int]]:
    """Why rows of a file were set aside, by code, with how many each."""
    rows = Aside.objects.filter(file=file).values("code").annotate(count=Count("pk")).order_by("-count", "code")
    return [(one["code"], one["count"]) for one in rows]


def counts_of(file: File) -> dict[str, int]:
    """How many rows are duplicates, returns, new and changed; one query."""
    raws = Raw.objects.filter(file=file).aggregate(
        duplicate=Count("pk", filter=Q(line__flags__contains=rules.DUPLICATE)),
        negative=Count("pk", filter=Q(line__flags__contains=rules.NEGATIVE)),
        new=Count("pk", filter=Q(tag=rules.NEW)),
        changed=Count("pk", filter=Q(tag=rules.CHANGED)),
    )
    return {name: int(count) for name, count in raws.items()}


def layout_of(distributor: int, kind: str) -> Layout | None:
    """How a distributor last wrote a kind of file, whoever asks."""
    return Layout.objects.filter(distributor=distributor, kind=kind).order_by("-pk").first()


def layouts_of(distributor: int) -> list[Layout]:
    """How a distributor writes each kind of file, whoever asks."""
    found = (layout_of(distributor, kind) for kind in KINDS)
    return [one for one in found if one is not None]


def distributor_named(person: Person, text: str, filename: str = "") -> Any:
    """The distributor with this code or name; without one, the only one whose code or name stands in the name of the file.

    Raises NotFound.
    """
    if text:
        return terminals.terminal_named(person, text)
    known = terminals.of_kind(person, DISTRIBUTOR, "flows.take_in")
    found = [pk for pk, code, name in known if code in filename or name in filename]
    if len(found) != 1:
        raise NotFound(noun=N_("文件名里的经销商，请指明编码"))
    return terminals.terminal_for(person, found[0], "flows.take_in")


def file_with(distributor: int, month: date, kind: str, digest: str) -> File | None:
    """The file with these very bytes, if it was taken in before, whoever asks."""
    return File.objects.filter(distributor=distributor, month=month, kind=kind, digest=digest).first()


def formers_of(file: File) -> list[rules.Former]:
    """The rows of a file as a later one is compared with them, whoever asks."""
    return [rules.Former(*row) for row in Raw.objects.filter(file=file).order_by("row").values_list("mark", "key")]


def same_lines_of(file_ids: Iterable[int]) -> list[tuple]:
    """The marks of lines in other files of the month, to tell duplicates by, whoever asks."""
    rows = Line.objects.filter(file__in=list(file_ids)).values_list(
        "day", "name__name", "goods__product", "goods__spec", "batch", "quantity_milli"
    )
    return [(day, *(rules.fold(text or "") for text in texts), milli) for day, *texts, milli in rows]


# --- the calendar -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """What a distributor owes for a month: by kind the newest file, or the reason it is missing, or neither."""

    distributor: int
    code: str
    name: str
    files: dict[str, int]
    absences: dict[str, str]
    takes_part: bool

    @property
    def missing(self) -> list[str]:
        """Kinds that neither came nor have a reason."""
        return (
            [kind for kind in KINDS if kind not in self.files and kind not in self.absences] if self.takes_part else []
        )


def calendar(person: Person, month: date) -> list[Expected]:
    """Every distributor the person may see with what came from it for a month; five queries.

    One takes part once it has sent a file or somebody has told why it did not: the others owe nothing yet.
    """
    known = terminals.of_kind(person, DISTRIBUTOR, SEE)
    files: dict[int, dict[str, int]] = {}
    for pk, distributor, kind in live_files(month).order_by("pk").values_list("pk", "distributor", "kind"):
        files.setdefault(distributor, {})[kind] = pk
    told: dict[int, dict[str, str]] = {}
    for distributor, kind, reason in (
        Absence.objects.filter(month=month).order_by("pk").values_list("distributor", "kind", "reason")
    ):
        told.setdefault(distributor, {})[kind] = reason
    part = set(File.objects.values_list("distributor", flat=True).distinct()) | set(
        Absence.objects.values_list("distributor", flat=True).distinct()
    )
    rows = [Expected(pk, code, name, files.get(pk, {}), told.get(pk, {}), pk in part) for pk, code, name in known]
    return sorted(rows, key=lambda one: (not one.takes_part, one.code))


def expected_of(person: Person, distributor: Terminal, month: date) -> Expected:
    """One distributor's line of the calendar; one that is no distributor by kind has one too."""
    known = {one.distributor: one for one in calendar(person, month)}
    files = dict(live_files(month, distributor.pk).order_by("pk").values_list("kind", "pk"))
    told = Absence.objects.filter(month=month, distributor=distributor).order_by("pk")
    fresh = Expected(
        distributor.pk, distributor.code, distributor.name, files, dict(told.values_list("kind", "reason")), True
    )
    return known.get(distributor.pk, fresh)


def upload_rate(person: Person, months: list[date]) -> dict[int, int]:
    """How many of these months each distributor sent its sales for: upload timeliness of its grade (domain 5.7)."""
    rows = File.objects.visible_to(person, SEE).filter(month__in=months, kind="sales", replaced_by=None)
    counted = rows.values("distributor").annotate(months=Count("month", distinct=True)).order_by()
    return {one["distributor"]: one["months"] for one in counted}


__all__ = [
    "DISTRIBUTOR",
    "SEE",
    "Expected",
    "FileRow",
    "RowShown",
    "calendar",
    "counts_of",
    "distributor_named",
    "expected_of",
    "file_for",
    "file_row",
    "file_with",
    "formers_of",
    "layout_of",
    "layouts_of",
    "list_files",
    "live_files",
    "raw_table",
    "reasons_of",
    "rows_of",
    "same_lines_of",
    "upload_rate",
]
