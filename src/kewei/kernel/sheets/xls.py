"""Reading .xls (Excel 97 to 2003, WPS, old systems): taken apart, surveyed, put together anew, then parsed."""

from __future__ import annotations

import io

from kewei.kernel.refusals import N_
from kewei.kernel.sheets import biff, ole
from kewei.kernel.sheets.source import Source
from kewei.kernel.sheets.stumbles import NoRows, NotASheet, SheetDamaged, SheetEncrypted
from kewei.kernel.sheets.survey import Survey
from kewei.kernel.sheets.table import Limits, Sheet, tabulate
from kewei.kernel.sheets.xlsx import BROKEN_CONTENT, Records, candidates, parsed, warnings_of


def read(source: Source, sheet: str | int | None, limits: Limits) -> Sheet:
    """Read one sheet of an .xls. Raises BadSheet refusals."""
    try:
        workbook = biff.OldWorkbook(_stream_of(source))
        for chosen in candidates(workbook.sheets, sheet):
            survey = Survey(limits)
            alone = workbook.only(chosen, survey)
            if not survey.empty:
                break
        else:
            raise NoRows()
        content = ole.packed("Workbook", alone)
    except biff.Encrypted:
        raise SheetEncrypted(filename=source.filename) from None
    except (biff.BrokenRecords, ole.BrokenContainer, ValueError):
        raise SheetDamaged(filename=source.filename, reason=BROKEN_CONTENT) from None
    return tabulate(
        Records(parsed(io.BytesIO(content), source), {}),
        name=chosen.name,
        merged=survey.merged,
        warnings=warnings_of(workbook.sheets, chosen, survey, named=sheet is not None),
    )


def _stream_of(source: Source) -> bytes:
    with source.open() as file:
        container = ole.Container(file.read())
    names = container.names()
    if "EncryptedPackage" in names:
        raise SheetEncrypted(filename=source.filename)
    stream = container.stream("Workbook") or container.stream("Book")
    if stream is None:
        raise NotASheet(filename=source.filename, found=N_("文档或幻灯片"))
    return stream
