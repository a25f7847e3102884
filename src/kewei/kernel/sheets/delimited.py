"""Comma, semicolon or tab separated text, in the encodings that reach a Chinese company."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice

from kewei.kernel.refusals import N_
from kewei.kernel.sheets.source import Source
from kewei.kernel.sheets.stumbles import BrokenQuotes, BrokenText, TooManyColumns, TooManyRows, WrongEncoding
from kewei.kernel.sheets.table import MEGABYTE, Cell, Limits, Record, Sheet, column_letter, tabulate

UTF32 = N_("像是 UTF-32")
UTF16_WITHOUT_MARK = N_("像是没有标记的 UTF-16，或根本不是文字")
NEITHER = N_("既不是 UTF-8，也不是 GB18030")
NOT_CHINESE = N_("按 GB18030 读出来多是生僻字，应是别的编码（如 Big5、Shift-JIS、Latin-1）")

_DELIMITERS = ",;\t"
_EXCEL_TEXT = re.compile(r'="([^"]*)"')
# Fewer foreign characters than this prove nothing about the encoding.
_ENOUGH_CHARACTERS = 3


def read(source: Source, limits: Limits) -> Sheet:
    """Read delimited text as a table. Raises WrongEncoding, BrokenText, BrokenQuotes and what `tabulate` raises."""
    encoding = _encoding_of(source)
    delimiter = _delimiter_of(source, encoding)
    return tabulate(_Records(source, encoding, delimiter, limits), name=source.filename)


class _Records:
    """The records of the text; opened again for each reading."""

    def __init__(self, source: Source, encoding: str, delimiter: str, limits: Limits) -> None:
        self._source = source
        self._encoding = encoding
        self._delimiter = delimiter
        self._limits = limits

    def __iter__(self) -> Iterator[Record]:
        with io.TextIOWrapper(self._source.open(), encoding=self._encoding, newline="") as text:
            yield from _parse(text, self._delimiter, self._limits)


def _parse(text: io.TextIOBase, delimiter: str, limits: Limits) -> Iterator[Record]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, raw in enumerate(reader, start=1):
            cells = [_cell(words) for words in raw]
            while cells and cells[-1] is None:
                cells.pop()
            if not cells:
                continue
            if number > limits.max_rows:
                raise TooManyRows(row=number, limit=limits.max_rows)
            if len(cells) > limits.max_columns:
                raise TooManyColumns(row=number, column=column_letter(len(cells) - 1), limit=limits.max_columns)
            yield number, cells
    except csv.Error:
        raise BrokenQuotes(row=number + 1) from None


def _cell(words: str) -> Cell:
    """A field as a cell: trimmed, and without the ="…" by which exports keep a spreadsheet from reading digits."""
    words = words.strip()
    if words[:2] == '="' and (found := _EXCEL_TEXT.fullmatch(words)):
        return found[1].strip() or None
    return words or None


def _delimiter_of(source: Source, encoding: str) -> str:
    """The delimiter that splits the first lines into the same, largest number of fields."""
    with io.TextIOWrapper(source.open(), encoding=encoding, newline="") as text:
        lines = [line for line in islice(text, 50) if line.strip()][:20]
    return max(_DELIMITERS, key=lambda delimiter: _agreement(lines, delimiter))


def _agreement(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines share the commonest number of fields above one, and that number."""
    try:
        widths = [len(fields) for fields in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return 0, 0
    split = [width for width in widths if width > 1]
    if not split:
        return 0, 0
    commonest = max(set(split), key=split.count)
    return split.count(commonest), commonest


# --- encodings ----------------------------------------------------------------------------------


def _encoding_of(source: Source) -> str:
    head = source.head(4)
    if head in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        raise WrongEncoding(row=1, reason=UTF32)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _require(source, "utf-16", N_("有 UTF-16 标记，内容却不是 UTF-16"))
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        _require(source, "utf-8-sig", N_("有 UTF-8 标记，内容却不是 UTF-8"))
        return "utf-8-sig"
    utf8_fails = _first_bad_line(source, "utf-8")
    if utf8_fails is None:
        return "utf-8"
    gb_fails = _first_bad_line(source, "gb18030")
    if gb_fails is not None:
        raise WrongEncoding(row=max(utf8_fails, gb_fails), reason=NEITHER)
    if not _reads_as_chinese(source):
        raise WrongEncoding(row=utf8_fails, reason=NOT_CHINESE)
    return "gb18030"


def _require(source: Source, encoding: str, reason: str) -> None:
    line = _first_bad_line(source, encoding)
    if line is not None:
        raise WrongEncoding(row=line, reason=reason)


def _first_bad_line(source: Source, encoding: str) -> int | None:
    """The first line that is not in the encoding, None when all are; refuses what is in it but is not text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with source.open() as file:
        for block in _blocks(file.read):
            if encoding != "utf-16" and b"\x00" in block:
                at = block.index(b"\x00")
                raise WrongEncoding(row=line + _line_ends(block[:at].decode("latin-1")), reason=UTF16_WITHOUT_MARK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return line + _line_ends(error.object[: error.start].decode(encoding, errors="replace"))
            for wrong in "\ufffd\x00":
                if wrong in text:
                    raise BrokenText(row=line + _line_ends(text[: text.index(wrong)]))
            line += _line_ends(text)
    return None


def _blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The file by megabytes, then an empty block to end on."""
    while block := read(MEGABYTE):
        yield block
    yield b""


def _line_ends(text: str) -> int:
    """How many lines end here, whichever of the three ways they end."""
    return max(text.count("\n"), text.count("\r"))


def _reads_as_chinese(source: Source) -> bool:
    """Whether text read as GB18030 is made of everyday characters.

    Almost any bytes can be read as GB18030. Real Chinese text keeps to GB 2312 (the 6,763 everyday characters) but
    for the odd name; Big5, Shift-JIS or Latin-1 read that way is full of characters nobody uses.
    """
    text = source.head(MEGABYTE // 4).decode("gb18030", errors="ignore")
    foreign = "".join(character for character in text if character > "\x7f")
    everyday = foreign.encode("gb2312", errors="ignore").decode("gb2312")
    return len(foreign) < _ENOUGH_CHARACTERS or len(everyday) >= 0.7 * len(foreign)
