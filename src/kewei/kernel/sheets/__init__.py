"""Reading what people upload: spreadsheets and delimited text, hostile or merely untidy.

`read_sheet` gives headings and rows, or a refusal that names the row and column it stumbled over. Nothing is handed to
a parser before its size is known, and memory is bounded by `Limits` whatever the file claims about itself.
"""

from __future__ import annotations

from pathlib import Path

from kewei.kernel.sheets import delimited, kinds, xls, xlsx
from kewei.kernel.sheets.source import Source
from kewei.kernel.sheets.stumbles import BadSheet
from kewei.kernel.sheets.table import Cell, Limits, Row, Sheet, column_index, column_letter, tabulate

__all__ = ["BadSheet", "Cell", "Limits", "Row", "Sheet", "column_index", "column_letter", "read_sheet", "tabulate"]


def read_sheet(
    path_or_bytes: str | Path | bytes, filename: str, *, sheet: str | int | None = None, limits: Limits | None = None
) -> Sheet:
    """Read one sheet of an uploaded file: .xlsx, .xls or delimited text, recognised by content, not by name.

    `filename` is the name the person gave it, for messages. `sheet` is a name or a number from 0; without it
    the first visible sheet with anything in it is read. Raises a BadSheet refusal; the sheet's `warnings` are refusals
    that did not weigh enough to refuse.

    The rows are read again from the source each time they are iterated, so a file given as a path must stay in place.
    """
    limits = limits or Limits()
    source = Source(path_or_bytes, filename)
    kind = kinds.kind_of(source, limits)
    if kind == kinds.XLSX:
        return xlsx.read(source, sheet, limits)
    if kind == kinds.XLS:
        return xls.read(source, sheet, limits)
    return delimited.read(source, limits)
