"""Reading .xlsx safely: measure while unpacking, repack only what is needed, then let calamine parse it.

The upload is never handed to calamine. Its parts are unpacked in a stream that counts real bytes, walked by an XML
parser that refuses entities and counts cells, and written into a fresh workbook with one sheet. So a bomb, an
external link, a picture, a macro or a second directory in the archive has nothing to act on.
"""

from __future__ import annotations

import html
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

from kewei.kernel.refusals import N_, Refused
from kewei.kernel.sheets import package
from kewei.kernel.sheets.package import Book, Package, SheetPart
from kewei.kernel.sheets.source import Source
from kewei.kernel.sheets.stumbles import (
    FormulaValuesUsed,
    HiddenRowsRead,
    NoRows,
    NoSuchSheet,
    OtherSheetsLeftOut,
    SheetDamaged,
)
from kewei.kernel.sheets.survey import Survey
from kewei.kernel.sheets.table import Limits, Record, Sheet, clean, column_letter, tabulate

BROKEN_CONTENT = N_("工作表内容不合格式")

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def read(source: Source, sheet: str | int | None, limits: Limits) -> Sheet:
    """Read one sheet of an .xlsx. Raises BadSheet refusals."""
    with package.opened(source, limits) as parts:
        book = parts.book()
        handle, path = tempfile.mkstemp(suffix=".xlsx")
        os.close(handle)
        try:
            chosen, survey = _repack(parts, book, sheet, limits, Path(path))
            survey.check()
            records = Records(parsed(path, source), survey.errors)
        finally:
            Path(path).unlink(missing_ok=True)
    warnings = warnings_of(book.sheets, chosen, survey, named=sheet is not None)
    return tabulate(records, name=chosen.name, merged=survey.merged, warnings=warnings)


class Records:
    """The rows of a parsed sheet, converted cell by cell as they are asked for."""

    def __init__(self, parsed: Any, errors: dict[int, dict[int, str]]) -> None:
        self._parsed = parsed
        self._errors = errors

    def __iter__(self) -> Iterator[Record]:
        parsed, errors = self._parsed, self._errors
        if parsed.start is None:
            return
        indent: list[Any] = [None] * parsed.start[1]
        for number, raw in enumerate(parsed.iter_rows(), start=1):
            cells = indent + [clean(value) for value in raw]
            for column, text in errors.get(number, {}).items():
                # calamine reads #N/A and its like as empty; a person must be told of them.
                cells[column - 1] = text
            yield number, cells


def _repack(
    parts: Package, book: Book, sheet: str | int | None, limits: Limits, path: Path
) -> tuple[SheetPart, Survey]:
    """Write the chosen sheet into a workbook of its own and survey it on the way."""
    for candidate in candidates(book.sheets, sheet):
        survey = Survey(limits)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as copy:
                parser = parts.parser()
                survey.listen(parser)
                try:
                    parts.feed(candidate.path, parser, copy)
                except ValueError:
                    raise parts.damaged(BROKEN_CONTENT) from None
            if survey.empty:
                continue
            _copy_strings(parts, book.strings, archive, limits)
            _copy_styles(parts, book.styles, archive)
            _write_frame(archive, book, candidate)
            return candidate, survey
    raise NoRows()


class Named(Protocol):
    """A sheet as every format knows it."""

    @property
    def name(self) -> str: ...
    @property
    def visible(self) -> bool: ...


AnySheet = TypeVar("AnySheet", bound=Named)


def candidates(sheets: list[AnySheet], sheet: str | int | None) -> list[AnySheet]:
    """The sheet asked for; without one, the visible sheets in order. Raises NoSuchSheet."""
    if sheet is None:
        return [each for each in sheets if each.visible] or sheets
    for index, each in enumerate(sheets):
        if sheet in (each.name, index):
            return [each]
    raise NoSuchSheet(sheet=str(sheet), available=[each.name for each in sheets])


def _copy_strings(parts: Package, path: str | None, archive: zipfile.ZipFile, limits: Limits) -> None:
    if path is None:
        return
    count = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal count
        if name.endswith("si"):
            count += 1
            if count > limits.max_cells:
                raise parts.unsafe(package.BOMB)

    with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as copy:
        parts.walk(path, start, copy)


def _copy_styles(parts: Package, path: str | None, archive: zipfile.ZipFile) -> None:
    if path is None:
        return
    with archive.open("xl/styles.xml", "w") as copy:
        parts.walk_small(path, lambda name, attributes: None, copy)


def _write_frame(archive: zipfile.ZipFile, book: Book, part: SheetPart) -> None:
    """The parts that make one sheet a workbook, in our own words."""
    kinds = {"worksheet": "worksheets/sheet1.xml"}
    if book.strings:
        kinds["sharedStrings"] = "sharedStrings.xml"
    if book.styles:
        kinds["styles"] = "styles.xml"
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(kinds.items(), start=1)
    )
    relations_namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
    archive.writestr(
        "_rels/.rels",
        f'<Relationships xmlns="{relations_namespace}">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    archive.writestr(
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{relations_namespace}">{relations}</Relationships>',
    )
    archive.writestr(
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><workbookPr date1904="{int(book.since_1904)}"/>'
        f'<sheets><sheet name="{html.escape(part.name)}" sheetId="1" r:id="r1"/></sheets></workbook>',
    )


def parsed(path_or_file: str | IO[bytes], source: Source) -> Any:
    """The first sheet as calamine reads it; whatever it stumbles over, even a panic, is a damaged file."""
    from python_calamine import CalamineWorkbook

    try:
        with CalamineWorkbook.from_object(path_or_file) as workbook:
            return workbook.get_sheet_by_index(0)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a Rust panic arrives as a BaseException
        raise SheetDamaged(filename=source.filename, reason=BROKEN_CONTENT) from None


def warnings_of(sheets: Sequence[Named], chosen: Named, survey: Survey, *, named: bool) -> list[Refused]:
    """What the reader should know although the sheet was read."""
    warnings: list[Refused] = []
    if survey.formulas:
        row, column = survey.first_formula
        warnings.append(FormulaValuesUsed(count=survey.formulas, row=row, column=column_letter(column - 1)))
    if survey.hidden_rows:
        warnings.append(HiddenRowsRead(count=survey.hidden_rows, row=survey.first_hidden_row))
    others = [sheet.name for sheet in sheets if sheet.visible and sheet != chosen]
    if others and not named:
        warnings.append(OtherSheetsLeftOut(sheet=chosen.name, others=others))
    return warnings
