"""The records of an old workbook (BIFF5 and BIFF8): walked, surveyed, and written anew without what calculates.

Record layouts after [MS-XLS]. Only values, number formats and shared texts are carried over; formulas become the
values they were stored with, errors become texts, so that the parser behind has nothing to trip over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from kewei.kernel.sheets.survey import Survey
from kewei.kernel.sheets.table import Area

_BOF, _EOF, _CONTINUE, _FILEPASS, _BOUNDSHEET, _SST = 0x809, 0x0A, 0x3C, 0x2F, 0x85, 0xFC
_GLOBALS_KEPT = {0x42, 0x22, 0x41E, 0xE0}  # code page, 1904, number formats, cell formats
_NUMBER, _LABEL, _BOOLERR, _STRING, _RK, _LABELSST, _MULRK = 0x203, 0x204, 0x205, 0x207, 0x27E, 0xFD, 0xBD
_FORMULA, _MERGED, _ROW = 0x06, 0xE5, 0x208
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}

Record = tuple[int, bytes]


class BrokenRecords(Exception):
    """The records do not hang together."""


class Encrypted(Exception):
    """The workbook asks for a password."""


@dataclass(frozen=True)
class OldSheet:
    """A sheet of the workbook and where its records begin."""

    name: str
    visible: bool
    offset: int


class OldWorkbook:
    """The stream of an old workbook."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._kept: list[Record] = []
        self.sheets: list[OldSheet] = []
        try:
            self._read_globals()
        except (struct.error, IndexError):
            raise BrokenRecords from None

    def _read_globals(self) -> None:
        records = list(_records(self._stream, 0))
        if not records or records[0][0] != _BOF:
            raise BrokenRecords
        self._is_biff8 = struct.unpack_from("<H", records[0][1])[0] == 0x0600
        self._kept.append(records[0])
        previous = 0
        for kind, data in records:
            if kind == _FILEPASS:
                raise Encrypted
            if kind == _BOUNDSHEET:
                self._add_sheet(data)
            elif kind in _GLOBALS_KEPT or kind == _SST or (kind == _CONTINUE and previous == _SST):
                self._kept.append((kind, data))
            previous = previous if kind == _CONTINUE else kind
        self._check_texts()

    def _add_sheet(self, data: bytes) -> None:
        offset, state, kind, length = struct.unpack_from("<LBBB", data)
        if kind != 0:  # a chart or a macro sheet
            return
        if self._is_biff8:
            wide = data[7] & 1
            words = data[8 : 8 + length * (1 + wide)]
            name = words.decode("utf-16-le" if wide else "latin-1", errors="replace")
        else:
            name = data[7 : 7 + length].decode("gb18030", errors="replace")
        self.sheets.append(OldSheet(name, state & 0x3F == 0, offset))

    def _check_texts(self) -> None:
        """The table of texts claims how many it holds; each takes three bytes at least."""
        size = sum(len(data) for kind, data in self._kept if kind in (_SST, _CONTINUE))
        for kind, data in self._kept:
            if kind == _SST and not 0 <= struct.unpack_from("<l", data, 4)[0] <= size // 3 + 1:
                raise BrokenRecords

    def only(self, sheet: OldSheet, survey: Survey) -> bytes:
        """A stream with this sheet alone; what it holds is noted in the survey. Raises BrokenRecords."""
        try:
            cells = b"".join(_packed(record) for record in self._cells(sheet, survey))
        except (struct.error, IndexError):
            raise BrokenRecords from None
        name = b"\x01\x00s" if self._is_biff8 else b"\x01s"
        kept = b"".join(_packed(record) for record in self._kept)
        here = len(kept) + 4 + 6 + len(name) + 4
        kept += _packed((_BOUNDSHEET, struct.pack("<LBB", here, 0, 0) + name)) + _packed((_EOF, b""))
        start = struct.pack("<HH", struct.unpack_from("<H", self._kept[0][1])[0], 0x10) + self._kept[0][1][4:]
        return kept + _packed((_BOF, start)) + cells + _packed((_EOF, b""))

    def _cells(self, sheet: OldSheet, survey: Survey) -> Iterator[Record]:
        waiting: tuple[int, int] | None = None
        hidden: set[int] = set()
        for kind, data in _records(self._stream, sheet.offset):
            if kind == _MERGED:
                for at in range(2, 2 + 8 * struct.unpack_from("<H", data)[0], 8):
                    top, bottom, left, right = struct.unpack_from("<4H", data, at)
                    survey.add_merged(Area(top + 1, left + 1, bottom + 1, right + 1))
                continue
            if kind == _ROW:
                if struct.unpack_from("<H", data, 12)[0] & 0x20:
                    hidden.add(struct.unpack_from("<H", data)[0])
                continue
            if kind == _STRING and waiting:
                yield _LABEL, struct.pack("<HHH", *waiting, 0) + data
                waiting = None
                continue
            if kind not in (_NUMBER, _RK, _LABELSST, _LABEL, _BOOLERR, _MULRK, _FORMULA):
                continue
            row, column = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind == _MULRK else column
            survey.add_value(row + 1, column + 1, last + 1)
            if row in hidden:
                hidden.discard(row)
                survey.note_hidden(row + 1)
            if kind == _FORMULA:
                survey.note_formula(row + 1, column + 1, has_value=True)
                value = self._value_of(data)
                waiting = (row, column) if value is None else None
                if value:
                    yield value
            elif kind == _BOOLERR and data[7]:
                yield self._text(data, _ERRORS.get(data[6], "#N/A"))
            else:
                yield kind, data

    def _value_of(self, data: bytes) -> Record | tuple[()] | None:
        """What a formula was calculated to: a record, nothing for an empty text, None for a text in a later record."""
        place, value = data[:6], data[6:14]
        if value[6:] != b"\xff\xff":
            return _NUMBER, place + value
        if value[0] == 0:
            return None
        if value[0] == 1:
            return _BOOLERR, place + bytes([value[2], 0])
        if value[0] == 2:
            return self._text(data, _ERRORS.get(value[2], "#N/A"))
        return ()

    def _text(self, data: bytes, text: str) -> Record:
        mark = b"\0" if self._is_biff8 else b""
        return _LABEL, data[:6] + struct.pack("<H", len(text)) + mark + text.encode("ascii")


def _records(stream: bytes, at: int) -> Iterator[Record]:
    """The records of one part of the stream, up to its end; parts nested inside (charts) are skipped."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + length]
        if len(data) < length:
            raise BrokenRecords
        at += 4 + length
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        if depth <= 1:
            yield kind, data
    raise BrokenRecords


def _packed(record: Record) -> bytes:
    kind, data = record
    return struct.pack("<HH", kind, len(data)) + data
