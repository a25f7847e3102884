"""One walk over the XML of a sheet before anything is built from it: its extent, formulas, errors, merges."""

from __future__ import annotations

import re
from xml.parsers import expat

from kewei.kernel.sheets.package import local
from kewei.kernel.sheets.stumbles import FormulaWithoutValue, TooManyCells, TooManyColumns, TooManyRows
from kewei.kernel.sheets.table import Area, Limits, column_index, column_letter

_DIGITS = "0123456789"
# What the file format itself allows; more is a damaged file.
_FORMAT_ROWS, _FORMAT_COLUMNS = 1_048_576, 16_384
_NOTES_KEPT = 300_000
# The elements that matter, by local name; an inline text is a value like any other.
_ELEMENTS = {"v": "v", "is": "v", "c": "c", "f": "f", "row": "row", "mergeCell": "mergeCell"}
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")


class Survey:
    """What there is in a sheet. Rows and columns count from 1; only cells with a value count as content."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.top = self.left = self.bottom = self.right = 0
        self.errors: dict[int, dict[int, str]] = {}
        self.merged: list[Area] = []
        self.formulas = self.without_value = self.hidden_rows = 0
        self.first_formula = self.first_without_value = (0, 0)
        self.first_hidden_row = 0
        self._errors_kept = 0

    @property
    def empty(self) -> bool:
        """Whether no cell has a value."""
        return self.bottom == 0

    def check(self) -> None:
        """Raise FormulaWithoutValue where a formula was never calculated: its cell would be read as empty."""
        if self.without_value:
            row, column = self.first_without_value
            raise FormulaWithoutValue(row=row, column=column_letter(column - 1), count=self.without_value)

    def listen(self, parser: expat.XMLParserType) -> None:
        """Attach to a parser. Runs for every cell, hence one function with local names instead of many with self.

        Raises TooManyRows, TooManyColumns or TooManyCells at the first cell beyond the limits, and ValueError for
        positions that the file format does not have.
        """
        kinds: dict[str, str] = {}
        columns: dict[str, int] = {}
        row_text = ""
        row = column = 0
        top = left = _FORMAT_ROWS + 1
        bottom = right = 0
        cell_type: str | None = None
        is_formula = value_seen = row_hidden = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal row_text, row, column, top, left, bottom, right, cell_type, is_formula, value_seen, row_hidden
            kind = kinds.get(name)
            if kind is None:
                kind = _learn(name, kinds)
            if not kind:
                return
            if kind == "v":
                if not (top <= row <= bottom and left <= column <= right):
                    top, bottom = min(top, row), max(bottom, row)
                    left, right = min(left, column), max(right, column)
                    self._set_extent(top, left, bottom, right)
                if row_hidden:
                    row_hidden = False
                    self.note_hidden(row)
                if is_formula or cell_type == "e":
                    value_seen = cell_type == "str"
                    parser.CharacterDataHandler = characters
                    parser.EndElementHandler = end
            elif kind == "c":
                where = attributes.get("r")
                if where is None:
                    column += 1
                else:
                    letters = where.rstrip(_DIGITS)
                    if where[len(letters) :] != row_text:
                        row_text = where[len(letters) :]
                        row = _row_number(row_text)
                    column = columns.get(letters) or _learn_column(letters, columns)
                cell_type = attributes.get("t")
            elif kind == "f":
                is_formula, value_seen = True, False
                parser.EndElementHandler = end
            elif kind == "row":
                where = attributes.get("r")
                row = _row_number(where) if where is not None else row + 1
                row_text = str(row)
                column = 0
                row_hidden = attributes.get("hidden") in ("1", "true")
            elif kind == "mergeCell":
                self._merge_reference(attributes.get("ref", ""))

        def characters(text: str) -> None:
            nonlocal value_seen
            if text := text.strip():
                value_seen = True
                if cell_type == "e":
                    self.note_error(row, column, text)

        def end(name: str) -> None:
            # Only listened to inside the few cells that hold a formula or an error.
            nonlocal is_formula
            if local(name) != "c":
                return
            parser.CharacterDataHandler = parser.EndElementHandler = None
            if is_formula:
                is_formula = False
                self.note_formula(row, column, value_seen)

        parser.StartElementHandler = start

    def _set_extent(self, top: int, left: int, bottom: int, right: int) -> None:
        self.top, self.left, self.bottom, self.right = top, left, bottom, right
        limits = self._limits
        if bottom > limits.max_rows:
            raise TooManyRows(row=bottom, limit=limits.max_rows)
        if right > limits.max_columns:
            raise TooManyColumns(row=bottom, column=column_letter(right - 1), limit=limits.max_columns)
        if (bottom - top + 1) * (right - left + 1) > limits.max_cells:
            raise TooManyCells(row=bottom, column=column_letter(right - 1), limit=limits.max_cells)

    def note_formula(self, row: int, column: int, has_value: bool) -> None:
        """A formula, and whether the result it was last calculated to is stored with it."""
        self.formulas += 1
        if self.formulas == 1:
            self.first_formula = row, column
        if not has_value:
            self.without_value += 1
            if self.without_value == 1:
                self.first_without_value = row, column

    def note_error(self, row: int, column: int, text: str) -> None:
        """An error value such as #N/A. Raises ValueError beyond what can be kept."""
        self._errors_kept += 1
        if self._errors_kept > _NOTES_KEPT:
            raise ValueError("more error values than a table can mean")
        self.errors.setdefault(row, {})[column] = text[:20]

    def note_hidden(self, row: int) -> None:
        """A row with content that people do not see."""
        self.hidden_rows += 1
        self.first_hidden_row = self.first_hidden_row or row

    def add_merged(self, area: Area) -> None:
        """A merged area. Raises ValueError beyond what can be kept."""
        if len(self.merged) >= _NOTES_KEPT:
            raise ValueError("more merged cells than a table can mean")
        self.merged.append(area)

    def _merge_reference(self, reference: str) -> None:
        if found := _AREA.fullmatch(reference):
            left, right = column_index(found[1]) + 1, column_index(found[3]) + 1
            self.add_merged(Area(int(found[2]), left, int(found[4]), right))

    def add_value(self, row: int, column: int, last_column: int) -> None:
        """Cells with values side by side; raises like `listen`."""
        if not (self.top <= row <= self.bottom and self.left <= column and last_column <= self.right):
            top, left = (min(self.top, row), min(self.left, column)) if self.bottom else (row, column)
            self._set_extent(top, left, max(self.bottom, row), max(self.right, last_column))


def _learn(name: str, kinds: dict[str, str]) -> str:
    """What an element is to us, empty if nothing; remembered, but not without end."""
    kind = _ELEMENTS.get(local(name), "")
    if len(kinds) < 1000:
        kinds[name] = kind
    return kind


def _row_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:8]) <= _FORMAT_ROWS):
        raise ValueError(f"no such row: {text[:20]}")
    return int(text[:8])


def _learn_column(letters: str, columns: dict[str, int]) -> int:
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise ValueError(f"no such column: {letters[:20]}")
    columns[letters] = column_index(letters) + 1
    if columns[letters] > _FORMAT_COLUMNS:
        raise ValueError(f"no such column: {letters}")
    return columns[letters]
