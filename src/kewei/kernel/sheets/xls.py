"""Reading .xls (BIFF, 1997 to 2003), which calamine parses as it is."""

from __future__ import annotations

from typing import Any

from kewei.kernel.refusals import N_
from kewei.kernel.sheets.source import Source
from kewei.kernel.sheets.stumbles import NoRows, NoSuchSheet, NotASheet, SheetDamaged, SheetEncrypted
from kewei.kernel.sheets.table import Area, Limits, Sheet, tabulate
from kewei.kernel.sheets.xlsx import BROKEN_CONTENT, Records

_ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
_DOCUMENTS = {"WordDocument".encode("utf-16-le"), "PowerPoint Document".encode("utf-16-le")}


def read(source: Source, sheet: str | int | None, limits: Limits) -> Sheet:
    with source.open() as file:
        content = file.read()
    if _ENCRYPTED_XLSX in content:
        raise SheetEncrypted(filename=source.filename)
    if any(mark in content for mark in _DOCUMENTS):
        raise NotASheet(filename=source.filename, found=N_("文档或幻灯片"))
    name, parsed = _parse(content, source, sheet)
    merged = [
        Area(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in parsed.merged_cell_ranges or []
    ]
    return tabulate(Records(parsed, {}), name=name, merged=merged)


def _parse(content: bytes, source: Source, sheet: str | int | None) -> tuple[str, Any]:
    import io

    from python_calamine import CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names
        for index, name in enumerate(names):
            if sheet is None or sheet in (name, index):
                parsed = workbook.get_sheet_by_index(index)
                if parsed.start is not None or sheet is not None:
                    return name, parsed
    except PasswordError:
        raise SheetEncrypted(filename=source.filename) from None
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:
        raise SheetDamaged(filename=source.filename, reason=BROKEN_CONTENT) from None
    if sheet is None:
        raise NoRows()
    raise NoSuchSheet(sheet=str(sheet), available=names)
