"""The import itself: plan the columns, try without writing, take in one transaction, undo. Doors only translate."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from kewei.desk.intake import books, layouts, reading
from kewei.desk.intake.findings import Bench, Judged, Problems
from kewei.desk.intake.layouts import GENERIC, SHIPPED, PartRows, Shipped
from kewei.desk.intake.nouns import NOUNS, Noun
from kewei.desk.intake.reading import Options, Records
from kewei.desk.intake.world import World
from kewei.journal import queries_intake
from kewei.journal.actions import intake as intake_actions
from kewei.journal.rules_intake import IntakeRow, own_name, signature
from kewei.kernel import columns
from kewei.kernel.columns import EXTRA, Problem, heading_key
from kewei.kernel.ids import digest
from kewei.kernel.refusals import N_, Refused, Translate, all_refusals, in_chinese, refusal
from kewei.kernel.sheets import Sheet

READING, CHECKING, WRITING, UNDOING = N_("读取"), N_("核对"), N_("写入"), N_("撤销")

# phase, rows done, rows in all
Progress = Callable[[str, int, int], None]


@refusal
class NoSuchNoun(Refused):
    code = "intake_no_such_noun"
    says = N_("不能导入「{noun}」，可导入：{allowed}")
    status = 404


@refusal
class NoSuchLayout(Refused):
    code = "intake_no_such_layout"
    says = N_("没有名为「{name}」的版式，现有：{allowed}")


@refusal
class NoSuchColumn(Refused):
    code = "intake_no_such_column"
    says = N_("没有「{name}」这一列，可用：{allowed}")


@refusal
class ExampleRow(Refused):
    code = "intake_example_row"
    says = N_("这是模板里的示例行，请删掉")


@refusal
class NoFile(Refused):
    code = "intake_no_file"
    says = N_("请选择一个文件")


@refusal
class NotAPair(Refused):
    code = "intake_not_a_pair"
    says = N_("「{text}」应写成 标题=列 的样子")


@refusal
class HasProblems(Refused):
    code = "intake_has_problems"
    says = N_("文件有 {count} 处问题，共 {rows} 行，什么都没有写入")
    next_step = N_("请改正后重新导入，或选择只导入没有问题的行")


@refusal
class MustBeWhole(Refused):
    code = "intake_must_be_whole"
    says = N_("文件有 {count} 处问题，什么都没有写入：少了一行就是另一张单据，这种文件只能整份导入")
    next_step = N_("请改正后重新导入")


@refusal
class ChangedMeanwhile(Refused):
    code = "intake_changed_meanwhile"
    says = N_("核对之后数据有了变化，什么都没有写入：{why}")
    next_step = N_("请重新核对")
    status = 409


@refusal
class Interrupted(Refused):
    code = "intake_interrupted"
    says = N_("导入被中断，什么都没有写入")
    next_step = N_("请重新核对")


def quiet(phase: str, done: int, total: int) -> None:
    """Progress nobody watches."""


def noun_named(name: str) -> Noun:
    """The noun of this name. Raises NoSuchNoun."""
    if name not in NOUNS:
        raise NoSuchNoun(noun=name, allowed=list(NOUNS))
    return NOUNS[name]


# --- the file and its columns -------------------------------------------------------------------------


@dataclass(frozen=True)
class File:
    """An uploaded file: where it lies, what the person called it, its SHA-256."""

    path: Path
    name: str
    digest: str

    @classmethod
    def at(cls, path: Path, name: str | None = None) -> File:
        """The file at a path, digested by the megabyte."""
        sha = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                sha.update(block)
        return cls(path, name or path.name, sha.hexdigest())


@dataclass(frozen=True)
class Plan:
    """How one file is to be read: its sheet, and a shipped layout or a mapping of its headings."""

    noun: Noun
    file: File
    sheet: Sheet
    layout: str
    mapping: dict[str, str | None]
    options: Options
    shipped: Shipped | None = None

    @property
    def unknown(self) -> list[str]:
        """Headings that stand for no column of ours."""
        if self.shipped:
            known = {heading_key(h) for p in self.shipped.parts for s in p.columns.values() for h in s.headings}
            return [h for h in self.sheet.headings if heading_key(h) not in known]
        return [h for h in self.sheet.headings if self.mapping.get(h) in (None, EXTRA)]

    @property
    def kept(self) -> list[str]:
        """Unknown headings whose cells are kept beside the row."""
        if self.shipped:
            kept = {heading_key(h) for part in self.shipped.parts for h in part.keep}
            return [h for h in self.sheet.headings if heading_key(h) in kept]
        return [h for h in self.sheet.headings if self.mapping.get(h) == EXTRA]

    @property
    def asked(self) -> list[Any]:
        """Everything besides the file that decides what comes out, as JSON."""
        mapping = {"layout": self.shipped.name} if self.shipped else self.mapping
        return [mapping, self.options.as_json()]

    @property
    def mark(self) -> str:
        """A digest of noun, file and how it is read: two imports with one mark are the same import."""
        return digest([self.noun.name, self.file.digest, self.asked])


def plan(
    noun: Noun,
    file: File,
    *,
    layout: str = "",
    mapping: Mapping[str, str | None] | None = None,
    options: Mapping[str, Any] | None = None,
    keep_unknown: bool = True,
    room: Path | None = None,
) -> Plan:
    """Open the file and decide which heading is which column.

    In this order: `mapping` given for some headings; the layout of the name given, shipped or remembered; what was
    remembered for files with these headings; a shipped layout they fit; the headings' own words. Headings left over are
    kept beside the row, or ignored without `keep_unknown`. `options` go over the layout's own. `room` is a folder for
    the unpacked copy of a .gz file.
    Raises BadSheet refusals, NoSuchLayout, NoSuchColumn, NoSuchHeading, BadOption; whether required columns are
    there is for `check_columns`.
    """
    named = _named_layout(noun, layout)
    shipped = named if isinstance(named, Shipped) else None
    given = {name: value for name, value in (options or {}).items() if value not in (None, "")}
    base = shipped.options.as_json() if shipped else named.options if named else {}
    sheet = reading.open_sheet(file.path, file.name, Options.of({**base, **given}), room)
    if named is None and not mapping and layout != GENERIC:
        remembered = queries_intake.layout_of(noun.name, signature(sheet.headings))
        shipped = None if remembered else layouts.fitting(noun.name, sheet.headings)
        named = remembered or shipped
        if named:
            base = shipped.options.as_json() if shipped else remembered.options  # type: ignore[union-attr]
            sheet = reading.open_sheet(file.path, file.name, Options.of({**base, **given}), room)
    chosen = Options.of({**base, **given})
    if shipped:
        for part in shipped.parts:
            layouts.derive(sheet, part)  # raises where a heading is missing
        return Plan(noun, file, sheet, shipped.name, {}, chosen, shipped)
    known = {**(named.mapping if named else {}), **_checked(noun, sheet, mapping or {})}  # type: ignore[union-attr]
    complete = _complete(noun, sheet, known, keep_unknown)
    return Plan(noun, file, sheet, named.name if named else layout or "", complete, chosen)


def _named_layout(noun: Noun, name: str) -> Any:
    if not name or name == GENERIC:
        return None
    if name in SHIPPED and SHIPPED[name].noun == noun.name:
        return SHIPPED[name]
    found = queries_intake.layout_named(noun.name, name)
    if found is None:
        raise NoSuchLayout(name=name, allowed=layout_names(noun))
    return found


def layout_names(noun: Noun) -> list[str]:
    """Names that `layout` may have for this noun."""
    remembered = [row.name for row in queries_intake.layouts(noun.name) if not row.by_itself]
    return [GENERIC, *(name for name, shipped in SHIPPED.items() if shipped.noun == noun.name), *remembered]


def _checked(noun: Noun, sheet: Sheet, mapping: Mapping[str, str | None]) -> dict[str, str | None]:
    names = {column.name for column in noun.columns}
    there = {heading_key(h): h for h in sheet.headings}
    checked: dict[str, str | None] = {}
    for heading, name in mapping.items():
        if heading_key(heading) not in there:
            raise reading.NoSuchHeading(heading=heading, headings=sheet.headings)
        if name not in (None, EXTRA) and name not in names:
            raise NoSuchColumn(name=name, allowed=sorted(names))
        checked[there[heading_key(heading)]] = name
    return checked


def _complete(noun: Noun, sheet: Sheet, known: Mapping[str, str | None], keep_unknown: bool) -> dict[str, str | None]:
    mapping = columns.match_headings(sheet.headings, noun.columns, known)
    # A workbook of problems comes back corrected: what we added to it says nothing.
    settled = {heading_key(h) for h in known} | books.ADDED
    rest = EXTRA if keep_unknown and noun.keeps_extra else None
    return {h: rest if name is None and heading_key(h) not in settled else name for h, name in mapping.items()}


# --- trying it out ------------------------------------------------------------------------------------


@dataclass
class Trial:
    """A dry run: what would be taken, part by part, and everything that stands in the way."""

    plan: Plan
    parts: list[Judged]
    problems: Problems
    rows: int
    world: World

    def as_json(self, translate: Translate = in_chinese, limit: int | None = None) -> dict[str, Any]:
        """Counts, problems and notes, for `--json`, the API and the wizard."""
        listed = self.problems.in_order()[:limit]
        return {
            "noun": self.plan.noun.name,
            "file": self.plan.file.name,
            "digest": self.plan.file.digest,
            "layout": self.plan.layout,
            "rows": self.rows,
            "parts": [part.counts() for part in self.parts],
            "problem_count": self.problems.count,
            "problem_rows": len(self.problems.rows),
            "problems": [problem.as_dict(translate) for problem in listed],
            "aside": [row.as_dict(translate) for part in self.parts for row in part.aside_rows[:limit]],
            "foreseen": [_foreseen(one, translate) for part in self.parts for one in part.foreseen[:limit]],
            "kept": self.plan.kept,
            "ignored": [h for h in self.plan.unknown if h not in self.plan.kept],
            "warnings": [
                {"code": w.code, "numbers": w.numbers, "sentence": w.sentence(translate)}
                for w in self.plan.sheet.warnings
            ],
        }


def _foreseen(one: Any, translate: Translate) -> dict[str, Any]:
    says = [
        {"row": row, "code": why.code, "numbers": why.numbers, "reason": why.sentence(translate)}
        for row, why in one.says
    ]
    return {"row": one.row, "state": one.state, "says": says}


def try_out(plan: Plan, *, by: Any, now: datetime, progress: Progress = quiet) -> Trial:
    """Read and judge the whole file; nothing is written.

    Raises NotAllowed, MissingColumn, ColumnMappedTwice, BadSheet refusals.
    """
    for noun in _nouns(plan):
        by.must(noun.verb)
    world = World(by, timezone.localtime(now).date(), several=plan.shipped is not None)
    problems = Problems()
    parts = []
    for noun, records, once in _records(plan):
        bench = Bench(Judged(noun.name, total_fen=0 if noun.of_money else None), records.where, problems)
        sound = _sound(records, problems, progress)
        found = noun.judge(world, sound, bench) if not once else noun.judge_new(world, sound, bench)
        _note_aside(found, records)
        parts.append(found)
    progress(CHECKING, 1, 1)
    return Trial(plan, parts, problems, len(plan.sheet.rows), world)


def check_columns(plan: Plan) -> None:
    """Raise MissingColumn where a required column has no heading, ColumnMappedTwice where one has two."""
    if plan.shipped is None:
        columns.check_mapping(plan.noun.columns, plan.mapping)


def _nouns(plan: Plan) -> list[Noun]:
    return [NOUNS[part.noun] for part in plan.shipped.parts] if plan.shipped else [plan.noun]


def _records(plan: Plan) -> Iterator[tuple[Noun, Records, bool]]:
    """Each noun the file feeds, with the file as its records, and whether only unknown ones are wanted."""
    if plan.shipped is None:
        yield plan.noun, Records(plan.sheet, plan.noun.columns, plan.mapping, plan.options), False
        return
    for part in plan.shipped.parts:
        sheet, mapping = layouts.derive(plan.sheet, part)
        noun = NOUNS[part.noun]
        yield noun, Records(sheet, noun.columns, mapping, plan.options), bool(part.once)


def _sound(records: Records, problems: Problems, progress: Progress) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows whose cells all read; the others become problems."""
    total = len(records)
    where = records.where
    example = _example(records)
    for done, (number, values, faults) in enumerate(records):
        if done % 2_000 == 0:
            progress(READING, done, total)
        if done == 0 and values == example:
            problems.add(where.problem(number, "", "", ExampleRow()))
        elif not faults:
            yield number, values
        for fault in faults:
            problems.add(replace(fault, heading=where.headings.get(fault.heading, fault.heading)))
    progress(READING, total, total)
    progress(CHECKING, 0, 1)


def _example(records: Records) -> dict[str, Any] | None:
    """What the template's example row would read as, where the file has all its columns."""
    mapped = {name for name in records.mapping.values() if name}
    if any(column.name not in mapped for column in records.columns):
        return None
    read = {c.name: c.read(str(c.example)) if c.example != "" else None for c in records.columns}
    return {**read, "extra": {}}


def _note_aside(found: Judged, records: Records) -> None:
    rows = records.sheet.rows
    if isinstance(rows, PartRows):
        found.aside = dict(rows.aside)
        found.aside_rows = [records.where.problem(*row) for row in rows.aside_rows]


# --- taking it ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What an import did; `recognised` where the file had been taken before and nothing was done now."""

    intake: int
    made: dict[str, Any] = field(default_factory=dict)
    recognised: bool = False

    def as_json(self) -> dict[str, Any]:
        """For `--json`, the API and the wizard."""
        return {"intake": self.intake, "recognised": self.recognised, **_without_ids(self.made)}


def _without_ids(made: Any) -> Any:
    return intake_actions.told(made)


def recognise(plan: Plan) -> Taken | None:
    """What was made of this very file, read this very way, if it was taken before and not undone."""
    answer = queries_intake.taken_before(plan.noun.name, plan.file.digest, plan.mark)
    return Taken(answer["intake"], answer["made"], True) if answer else None


def take(
    trial: Trial,
    *,
    by: Any,
    now: datetime,
    key: str = "",
    good_rows: bool = False,
    remember: str = "",
    progress: Progress = quiet,
) -> Taken:
    """Take what the dry run found, all parts in one transaction; with `good_rows` in spite of problems elsewhere.

    How the file was read is remembered, under a name where `remember` gives one.

    Raises HasProblems, MustBeWhole, KeyReused, ChangedMeanwhile where somebody booked one of these rows since the dry run.
    """
    if trial.problems.count and good_rows and trial.plan.noun.whole:
        raise MustBeWhole(count=trial.problems.count)
    if trial.problems.count and not good_rows:
        raise HasProblems(count=trial.problems.count, rows=len(trial.problems.rows))
    plan = trial.plan

    def book(intake: Any) -> dict[str, Any]:
        made = [_take_part(trial, part, intake, by, now, progress) for part in trial.parts]
        return {"rows": trial.rows, "left_out": len(trial.problems.rows), "parts": made}

    try:
        answer = intake_actions.take_in(
            noun=plan.noun.name,
            filename=plan.file.name,
            file_digest=plan.file.digest,
            layout=plan.layout,
            mark=plan.mark,
            verb=plan.noun.verb,
            do=book,
            by=by,
            now=now,
            key=key,
        )
    except Refused as why:
        if why.code in _NOT_ABOUT_ROWS:
            raise
        raise ChangedMeanwhile(why=why) from why
    _remember(plan, remember, by, now)
    progress(WRITING, 1, 1)
    return Taken(**answer)


_NOT_ABOUT_ROWS = {"not_allowed", "not_found", "key_reused", "try_again"}


def _take_part(trial: Trial, part: Judged, intake: Any, by: Any, now: datetime, progress: Progress) -> dict[str, Any]:
    noun = NOUNS[part.noun]
    total = part.new + part.changed

    def tell(done: int, *_: Any) -> None:
        progress(WRITING, done, total)

    tell(0)
    made = noun.take(trial.world, part, intake=intake, by=by, now=now, progress=tell) if part.fresh else {}
    return {**part.counts(), **made}


def _remember(plan: Plan, name: str, by: Any, now: datetime) -> None:
    """Next time these headings come, they are known: under the name given, its own, or none."""
    if plan.shipped is not None:
        return
    sign = signature(plan.sheet.headings)
    own = "" if plan.layout == GENERIC else plan.layout
    with suppress(Refused):
        intake_actions.remember_layout(
            noun=plan.noun.name,
            name=name or own or own_name(sign),
            signature=sign,
            mapping=plan.mapping,
            options=plan.options.as_json(),
            verb=plan.noun.verb,
            by=by,
            now=now,
        )


# --- undoing it ---------------------------------------------------------------------------------------


def undo(intake: int, *, by: Any, now: datetime, progress: Progress = quiet) -> IntakeRow:
    """Undo an import: its parts in the opposite order, all or none.

    Raises NotFound, AlreadyUndone, and the refusal of whatever stands in the way (a receipt allocated since).
    """
    row = queries_intake.intake(by, intake)
    noun = noun_named(row.noun)

    def reverse(taken: Any) -> None:
        for part in reversed(taken.made.get("parts", [])):
            total = part["new"] + part["changed"]

            def tell(done: int, *_: Any, total: int = total) -> None:
                progress(UNDOING, done, total)

            tell(0)
            NOUNS[part["noun"]].undo(part, intake=taken, by=by, now=now, progress=tell)

    intake_actions.undo_intake(intake=intake, verb=noun.verb, do=reverse, by=by, now=now)
    return queries_intake.intake(by, intake)


def samples(plan: Plan, count: int = 3) -> dict[str, list[str]]:
    """The first few values under each heading, for the page on which columns are mapped."""
    found: dict[str, list[str]] = {heading: [] for heading in plan.sheet.headings}
    for seen, row in enumerate(plan.sheet.rows):
        for heading, cell in zip(plan.sheet.headings, row.cells, strict=False):
            if cell is not None and len(found[heading]) < count:
                found[heading].append(columns.plain_text(cell)[:40])
        if seen >= 50 or all(len(values) == count for values in found.values()):
            break
    return found


def problems_from(listed: list[dict[str, Any]]) -> Iterator[Problem]:
    """Problems again from their JSON."""
    kinds = all_refusals()
    for one in listed:
        why = kinds[one["code"]](**one["numbers"])
        yield Problem(one["row"], one["column"], one["heading"], one["value"], why)
