"""Sheets in the format of 1997, which bank portals and old systems still hand out."""

from __future__ import annotations

import contextlib
import random
import struct
import time
from datetime import date

import pytest

from kewei.kernel.sheets import BadSheet, Limits, ole, read_sheet
from kewei.kernel.sheets import stumbles as s
from kewei.kernel.tests.making import HEADINGS, container, old_cells, old_stream, python, record, wide, xls

ROWS = [HEADINGS, ["F1", "杭州一院", date(2024, 1, 31), 1200.5], ["F2", "C2", date(2024, 2, 29), -3]]
MANY = [HEADINGS, *([f"F{i}", f"C{i}", date(2024, 1, 31), i] for i in range(200))]


def rows_of(sheet):
    return [row.cells for row in sheet.rows]


def refusal_of(content: bytes, **options) -> BadSheet:
    with pytest.raises(BadSheet) as refused:
        read_sheet(content, "x.xls", **options)
    assert refused.value.sentence()
    return refused.value


@pytest.mark.parametrize("rows", [ROWS, MANY])
def test_short_and_long_workbooks(rows):
    sheet = read_sheet(xls(rows), "x.xls")
    assert sheet.name == "发票"
    assert [sheet.headings, *rows_of(sheet)] == rows
    assert type(rows_of(sheet)[0][2]) is date


def test_the_first_visible_sheet_and_the_ones_left_out():
    cells = {name: old_cells([["编码"], [name]]) for name in ("隐藏", "数据", "别的")}
    content = container(old_stream(cells, hidden=["隐藏"]))
    sheet = read_sheet(content, "x.xls")
    assert sheet.name == "数据"
    assert rows_of(sheet) == [["数据"]]
    assert [type(warning) for warning in sheet.warnings] == [s.OtherSheetsLeftOut]
    assert rows_of(read_sheet(content, "x.xls", sheet="隐藏")) == [["隐藏"]]
    assert isinstance(refusal_of(content, sheet="没有"), s.NoSuchSheet)


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<HHH", row, column, 0) + wide(text))


def formula(row: int, column: int, value: bytes) -> bytes:
    return record(0x06, struct.pack("<HHH", row, column, 0) + value + bytes(6) + b"\x03\x00\x1e\x01\x00")


def test_formulas_give_their_stored_values_whatever_their_kind():
    more = (
        formula(3, 0, struct.pack("<d", 42.5))
        + formula(3, 1, b"\0\0\0\0\0\0\xff\xff")
        + record(0x207, wide("文字结果"))
        + formula(3, 2, b"\2\0\x2a\0\0\0\xff\xff")
        + formula(3, 3, b"\1\0\1\0\0\0\xff\xff")
        + formula(4, 0, b"\3\0\0\0\0\0\xff\xff")
        + label(4, 1, "x")
    )
    sheet = read_sheet(xls(ROWS, more), "x.xls")
    assert rows_of(sheet)[2:] == [[42.5, "文字结果", "#N/A", True], [None, "x", None, None]]
    assert (sheet.warnings[0].count, sheet.warnings[0].row, sheet.warnings[0].column) == (5, 4, "A")


def test_error_values_are_seen():
    more = record(0x205, struct.pack("<HHHBB", 3, 3, 0, 0x07, 1)) + record(
        0x204, struct.pack("<HHH", 3, 0, 0) + wide("F3")
    )
    assert rows_of(read_sheet(xls(ROWS, more), "x.xls"))[2] == ["F3", None, None, "#DIV/0!"]


def test_merged_cells_and_hidden_rows():
    merged = record(0xE5, struct.pack("<H4H", 1, 1, 2, 0, 0))
    refused = refusal_of(xls(ROWS, merged))
    assert isinstance(refused, s.MergedCells)
    assert refused.numbers == {"row": 2, "column": "A", "area": "A2:A3"}
    hidden = record(0x208, struct.pack("<HHHHHHHH", 2, 0, 4, 255, 0, 0, 0x20, 0))
    sheet = read_sheet(container(old_stream({"s": hidden + old_cells(ROWS)})), "x.xls")
    assert (sheet.warnings[0].count, sheet.warnings[0].row) == (1, 3)


def test_a_chart_inside_a_sheet_is_skipped():
    chart = record(0x809, struct.pack("<HHHHLL", 0x600, 0x20, 0, 1997, 0, 0)) + old_cells([["x"] * 9]) + record(0x0A)
    content = container(
        old_stream({"s": old_cells(ROWS[:2]) + chart + record(0x204, struct.pack("<HHH", 2, 0, 0) + wide("z"))})
    )
    assert rows_of(read_sheet(content, "x.xls"))[1] == ["z", None, None, None]


def test_a_password():
    assert isinstance(refusal_of(xls(ROWS, extra=record(0x2F, b"\1\0" + bytes(50)))), s.SheetEncrypted)
    assert isinstance(refusal_of(container(bytes(5000), "EncryptedPackage")), s.SheetEncrypted)


def test_other_old_documents():
    refused = refusal_of(container(bytes(5000), "WordDocument"))
    assert isinstance(refused, s.NotASheet)


def test_claims_of_size_cost_nothing():
    """A table of two thousand million texts, a sheet said to be full, a cell at the far corner."""
    started = time.process_time()
    texts = record(0xFC, struct.pack("<ll", 2**31 - 1, 2**31 - 1))
    assert isinstance(refusal_of(xls(ROWS, extra=texts)), s.SheetDamaged)
    full = record(0x200, struct.pack("<LLHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0))
    assert len(read_sheet(container(old_stream({"s": full + old_cells(ROWS)})), "x.xls").rows) == 2
    corner = record(0x203, struct.pack("<HHHd", 65535, 199, 0, 1.0))
    assert isinstance(refusal_of(xls(ROWS, corner)), s.TooManyCells)
    assert isinstance(refusal_of(xls(ROWS, corner), limits=Limits(max_rows=1000)), s.TooManyRows)
    assert time.process_time() - started < 1


def test_chains_that_run_in_circles():
    content = bytearray(xls(MANY))
    table = content.find(struct.pack("<LLL", 1, 2, 3), 512)
    struct.pack_into("<L", content, table, 0)
    assert isinstance(refusal_of(bytes(content)), s.SheetDamaged)
    content = bytearray(xls(ROWS))
    struct.pack_into("<L", content, 68, 0)  # the list of tables leads into the data
    with contextlib.suppress(BadSheet):
        read_sheet(bytes(content), "x.xls")


@pytest.mark.parametrize("keep", [8, 76, 511, 512, 600, 1024, 2000])
def test_cut_off_files(keep):
    assert isinstance(refusal_of(xls(MANY)[:keep]), BadSheet)


def test_the_container_written_is_the_container_read():
    for size in (0, 1, 4095, 4096, 4097, 5_000_000):
        content = random.Random(size).randbytes(size)
        read = ole.Container(ole.packed("Workbook", content)).stream("Workbook")
        assert read == content.ljust(4096, b"\0")


def test_random_injuries_are_refused_or_read_within_bounds():
    """In a process of its own with little address space: an abort in native code would end it."""
    answer = python(
        """
        import contextlib, random, resource, sys
        from kewei.kernel.sheets import BadSheet, read_sheet
        from kewei.kernel.tests.making import HEADINGS, xls
        import python_calamine
        whole = [xls([HEADINGS, *([f"F{i}", f"C{i}", i, i / 2] for i in range(n))]) for n in (3, 60)]
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        chance = random.Random(1997)
        read = refused = 0
        for _ in range(1500):
            content = bytearray(chance.choice(whole))
            for _ in range(chance.randint(1, 6)):
                content[chance.randrange(len(content))] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
            try:
                list(read_sheet(bytes(content), "x.xls").rows)
                read += 1
            except BadSheet:
                refused += 1
        print(read, refused)
        """
    )
    read, refused = map(int, answer.split())
    assert read > 100
    assert refused > 100
