"""The rows of files, which lie in the lake: asked there, beside what the database says of their names and goods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet

from kewei.flows.lake import keeping, questions
from kewei.flows.lake.engine import Engine, in_process
from kewei.flows.lake.parts import CLEAN, RAW, Part, Table
from kewei.flows.models import File, Goods, GoodsAlias, Name, NameAlias
from kewei.flows.rules.months import words_of
from kewei.flows.rules.words import SALES
from kewei.journal.bulk import among, chunks


class InLake(NamedTuple):
    """A file and the names of its rows in the lake."""

    pk: int
    distributor: int
    month: date
    kind: str
    raw_digest: str
    clean_digest: str


def in_lake(rows: QuerySet[File]) -> list[InLake]:
    """Where the rows of these files lie, in the order they came; one query."""
    return [InLake(*row) for row in rows.order_by("pk").values_list(*InLake._fields)]


def clean_paths(files: Iterable[InLake]) -> dict[Part, list[Path]]:
    """The rows of these files that went on, as an engine is given them."""
    return {CLEAN: [keeping.place_of(CLEAN, one.month, one.clean_digest) for one in files]}


def raw_paths(files: Iterable[InLake]) -> dict[Part, list[Path]]:
    """The rows of these files as they stood, as an engine is given them."""
    return {RAW: [keeping.place_of(RAW, one.month, one.raw_digest) for one in files]}


def raw_of(file: File) -> dict[Part, list[Path]]:
    """One file's rows as they stood."""
    return {RAW: [keeping.place_of(RAW, file.month, file.raw_digest)]}


def clean_of(file: File) -> dict[Part, list[Path]]:
    """One file's rows that went on."""
    return {CLEAN: [keeping.place_of(CLEAN, file.month, file.clean_digest)]}


# --- what is handed over ----------------------------------------------------------------------------------------------


def files_table(files: Iterable[InLake], places: Iterable[int] | None = None) -> Table:
    """Whose each file is, and its place in the reckoning where there are several."""
    told = list(files)
    at = list(places) if places is not None else [0] * len(told)
    rows = [(one.pk, one.distributor, place) for one, place in zip(told, at, strict=True)]
    return Table(questions.FILES, rows)


def names_table(files: Iterable[InLake]) -> Table:
    """Which terminal each name of these files' distributors stands for now; one query."""
    rows = NameAlias.objects.filter(
        ended_at=None, terminal__isnull=False, name__distributor__in={one.distributor for one in files}
    )
    return Table(questions.NAMES, list(rows.order_by("name").values_list("name", "terminal")))


def goods_table(files: Iterable[InLake]) -> Table:
    """Which product each of these files' goods is now, and the factor of its unit; one query."""
    rows = GoodsAlias.objects.filter(
        ended_at=None, product__isnull=False, goods__distributor__in={one.distributor for one in files}
    )
    return Table(questions.GOODS, list(rows.order_by("goods").values_list("goods", "product", "times", "per")))


# --- names and goods --------------------------------------------------------------------------------------------------


def named_in(file: File) -> tuple[list[int], list[int]]:
    """Keys of the names and of the goods a file has, whoever asks."""
    pairs = in_process().ask(questions.PAIRS, clean_of(file))
    return sorted({name for name, _ in pairs if name is not None}), sorted({goods for _, goods in pairs})


class NameLines(NamedTuple):
    """What a name comes to in a file: lines, thousandths of the units written, fen where its lines have money."""

    file: int
    name: int
    lines: int
    milli: int
    fen: int | None
    month: date


def lines_naming(names: Collection[int], month: date | None = None, engine: Engine | None = None) -> list[NameLines]:
    """Where these names stand in files that count, of one month or of all, whoever asks; one query."""
    if not names:
        return []
    whose = Name.objects.filter(among("pk", list(names))).values("distributor")
    rows = File.objects.filter(distributor__in=whose, kind=SALES, replaced_by=None)
    files = in_lake(rows.filter(month=month) if month else rows)
    months = {one.pk: one.month for one in files}
    some = {"some_names": Table(questions.SOME_NAMES, [(name,) for name in sorted(names)])}
    found = (engine or in_process()).ask(questions.NAMED, clean_paths(files), some)
    return [NameLines(file, name, lines, milli, fen, months[file]) for file, name, lines, milli, fen in found]


def waiting_names(files: Sequence[InLake], engine: Engine) -> set[int]:
    """The names in these files that nobody has placed."""
    live = NameAlias.objects.filter(ended_at=None).values("name")
    open_ = Name.objects.filter(distributor__in={one.distributor for one in files}).exclude(pk__in=live)
    some = [(pk,) for pk in open_.order_by("pk").values_list("pk", flat=True)]
    if not some:
        return set()
    table = {"some_names": Table(questions.SOME_NAMES, some)}
    return {row[1] for row in engine.ask(questions.NAMED, clean_paths(files), table)}


def waiting_goods(files: Sequence[InLake], engine: Engine) -> set[int]:
    """The goods in these files that nobody has placed."""
    live = GoodsAlias.objects.filter(ended_at=None).values("goods")
    open_ = Goods.objects.filter(distributor__in={one.distributor for one in files}).exclude(pk__in=live)
    some = [(pk,) for pk in open_.order_by("pk").values_list("pk", flat=True)]
    if not some:
        return set()
    table = {"some_goods": Table(questions.SOME_GOODS, some)}
    return {row[1] for row in engine.ask(questions.GOODS_NAMED, clean_paths(files), table)}


def months_with(goods: Goods) -> Counter[date]:
    """How many lines goods have in each month, in files that count, whoever asks; one query."""
    files = in_lake(File.objects.filter(distributor=goods.distributor_id, replaced_by=None))
    months = {one.pk: one.month for one in files}
    some = {"some_goods": Table(questions.SOME_GOODS, [(goods.pk,)])}
    found: Counter[date] = Counter()
    for file, _goods, lines in in_process().ask(questions.GOODS_NAMED, clean_paths(files), some):
        found[months[file]] += lines
    return found


# --- is it all there? -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be: its code (rules.FINDINGS has the sentence), what it is about, and numbers."""

    code: str
    about: str
    numbers: dict[str, Any]


# A file of the lake that nobody names after so long is left over from a taking in that came to nothing. It is told and never
# swept by itself: to a database that was put back to yesterday, or to another one, all files would look left over.
LEFT_OVER = timedelta(days=1)
# Files whose rows are counted again with one question.
_AT_ONCE = 500


def findings() -> Iterator[Finding]:
    """Files of the lake that are missing or are not what was kept, files whose rows do not add up to what was taken in, and
    files nobody names that were written a day before the last file was taken in; whoever asks."""
    named: set[Path] = set()
    for some in chunks(in_lake(File.objects.all()), _AT_ONCE):
        whole = []
        for one in some:
            faults = list(_faults(one))
            yield from faults
            if not faults:
                whole.append(one)
        yield from _unbalanced(whole)
        named.update(path for paths in (raw_paths(some) | clean_paths(some)).values() for path in paths)
    last = File.objects.aggregate(last=Max("taken_at"))["last"]
    for path in keeping.unnamed(named, (last - LEFT_OVER).timestamp()) if last else ():
        yield Finding("flow_lake_unnamed", f"{path.parent.name}/{path.name}", {"size_bytes": path.stat().st_size})


def _faults(one: InLake) -> Iterator[Finding]:
    for part, digest in ((RAW, one.raw_digest), (CLEAN, one.clean_digest)):
        if fault := keeping.fault_of(part, one.month, digest):
            yield Finding(
                f"flow_lake_{fault}",
                str(one.pk),
                {"month": words_of(one.month), "part": part.name, "digest": digest},
            )


def _unbalanced(files: Sequence[InLake]) -> Iterator[Finding]:
    """Rows and quantities counted anew from the rows, beside what the file's row says."""
    raw = {row[0]: row[1:] for row in in_process().ask(questions.BALANCES, raw_paths(files))}
    went_on = {row[0]: row[1:] for row in in_process().ask(questions.WENT_ON, clean_paths(files))}
    fields = ("rows", "aside_rows", "unreadable", "raw_milli", "aside_milli", "clean_rows", "clean_milli")
    kept = File.objects.filter(pk__in=[one.pk for one in files]).order_by("pk").values_list("pk", *fields)
    for pk, *told in kept:
        counted = [*raw.get(pk, (0,) * 5), *went_on.get(pk, (0, 0))]
        if counted != told or counted[0] != counted[1] + counted[5] or counted[3] != counted[4] + counted[6]:
            yield Finding("flow_lake_unbalanced", str(pk), dict(zip(fields, counted, strict=True)))
