"""Files that came in: which, what became of their rows, which are missing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from kewei.flows.lake.engine import in_process
from kewei.flows.models import Absence, File, Layout
from kewei.flows.queries import lake
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


_SHOWN = {
    "aside": "r.code IS NOT NULL",
    rules.DUPLICATE: f"c.flags LIKE '%{rules.DUPLICATE}%'",
    rules.NEGATIVE: f"c.flags LIKE '%{rules.NEGATIVE}%'",
    rules.NEW: f"r.tag = '{rules.NEW}'",
    rules.CHANGED: f"r.tag = '{rules.CHANGED}'",
}


def rows_of(file: File, *, only: str = "", start: int = 0, limit: int | None = 100) -> tuple[list[RowShown], int]:
    """Rows of a file in their order, and how many; `only` aside, duplicate, negative, new or changed."""
    of = f"FROM raw r LEFT JOIN clean c ON c.number = r.number WHERE {_SHOWN.get(only, 'TRUE')}"
    page = f"LIMIT {int(limit)} OFFSET {int(start)}" if limit is not None else f"OFFSET {int(start)}"
    there = lake.raw_of(file) | lake.clean_of(file)
    rows = in_process().ask(
        "SELECT r.number, r.cells, r.tag, r.quantity_milli, c.flags, r.letter, r.heading, r.code, r.numbers"
        f" {of} ORDER BY r.number {page}",
        there,
    )
    ((count,),) = in_process().ask(f"SELECT COUNT(*) {of}", there)
    return [_shown(*row) for row in rows], count


def _shown(
    row: int, cells: list[str], tag: str, milli: int | None, flags: str | None, letter: str | None, heading: str | None,
    code: str | None, numbers: str | None,
) -> RowShown:  # fmt: skip
    why = said_again(code, json.loads(numbers or "{}")) if code else None
    told = tuple(flag for flag in (flags or "").split(",") if flag)
    return RowShown(row, cells, tag, milli, told, letter or "", heading or "", why)


def raw_table(file: File) -> Iterator[list[str]]:
    """The file's headings and every row as it stood, in order: what it can be rebuilt from."""
    yield list(file.headings)
    for _number, cells in numbered_rows(file):
        yield cells


def numbered_rows(file: File) -> Iterator[tuple[int, list[str]]]:
    """Every row as it stood with its number, in order."""
    yield from in_process().ask_in_turn("SELECT r.number, r.cells FROM raw r ORDER BY r.number", lake.raw_of(file))  # type: ignore[misc]


def files_of(person: Person, month: date, verb: str = SEE) -> list[File]:
    """Every file of a month the person may see for a verb, those another took the place of among them, oldest first."""
    rows = File.objects.visible_to(person, verb).filter(month=month)
    return list(rows.select_related("distributor", "layout").order_by("pk"))


def beside_when_taken_in(file: File) -> list[int]:
    """Keys of the files that stood beside a file when it was taken in, whoever asks."""
    rows = File.objects.filter(distributor=file.distributor_id, month=file.month, kind=file.kind, pk__lt=file.pk)
    still = rows.filter(Q(replaced_by=None) | Q(replaced_by__pk__gt=file.pk))
    return list(still.order_by("pk").values_list("pk", flat=True))


def reasons_of(file: File) -> list[tuple[str, int]]:
    """Why rows of a file were set aside, by code, with how many each."""
    return in_process().ask(
        "SELECT r.code, COUNT(*) AS rows_ FROM raw r WHERE r.code IS NOT NULL GROUP BY r.code ORDER BY rows_ DESC, r.code",
        lake.raw_of(file),
    )


def counts_of(file: File) -> dict[str, int]:
    """How many rows are duplicates, returns, new and changed."""
    kinds = (rules.DUPLICATE, rules.NEGATIVE, rules.NEW, rules.CHANGED)
    counts = ", ".join(f"COUNT(CASE WHEN {_SHOWN[kind]} THEN 1 END)" for kind in kinds)
    question = f"SELECT {counts} FROM raw r LEFT JOIN clean c ON c.number = r.number"  # noqa: S608
    (row,) = in_process().ask(question, lake.raw_of(file) | lake.clean_of(file))
    return dict(zip(kinds, row, strict=True))


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
    rows = in_process().ask("SELECT r.mark, r.key FROM raw r ORDER BY r.number", lake.raw_of(file))
    return [rules.Former(*row) for row in rows]


def same_lines_of(file_ids: Iterable[int]) -> list[tuple]:
    """The marks of lines in other files of the month, to tell duplicates by, whoever asks."""
    others = lake.in_lake(File.objects.filter(pk__in=list(file_ids)))
    if not others:
        return []
    rows = in_process().ask(
        "SELECT c.day, c.customer, c.product, c.spec, c.batch, c.quantity_milli FROM clean c ORDER BY c.file, c.number",
        lake.clean_paths(others),
    )
    return [(day, *map(rules.fold, texts), milli) for day, *texts, milli in rows]


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
