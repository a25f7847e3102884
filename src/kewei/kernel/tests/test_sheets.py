"""Sheets as people keep them: every format, encoding and untidiness that should simply work."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kewei.kernel.sheets import Limits, column_index, column_letter, read_sheet
from kewei.kernel.sheets.stumbles import FormulaValuesUsed, HiddenRowsRead, NoSuchSheet, OtherSheetsLeftOut
from kewei.kernel.tests.making import HEADINGS, csv, raw_xlsx, sheet_xml, text_row, workbook, xlsx

LINES = ["发票号,客户编码,开票日,价税合计", "F001,C01,2024-01-31,1200.50", 'F002,"杭州，西湖",2024/2/1,"1,000.00"']
ROWS = [["F001", "C01", "2024-01-31", "1200.50"], ["F002", "杭州，西湖", "2024/2/1", "1,000.00"]]


def rows_of(sheet):
    return [row.cells for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_text_in_every_encoding_we_meet(encoding, end):
    sheet = read_sheet(csv(*LINES, encoding=encoding, end=end), "发票.csv")
    assert sheet.headings == HEADINGS
    assert rows_of(sheet) == ROWS
    assert [row.number for row in sheet.rows] == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_its_mark_in_either_order(encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    sheet = read_sheet(mark + csv("编码\t名称", "C1\t医院", encoding=encoding), "x.txt")
    assert rows_of(sheet) == [["C1", "医院"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter):
    lines = [delimiter.join(cells) for cells in (["编码", "名称", "备注"], ["C1", "a", "x"], ["C2", "b", ""])]
    sheet = read_sheet(csv(*lines), "x.csv")
    assert sheet.headings == ["编码", "名称", "备注"]
    assert rows_of(sheet) == [["C1", "a", "x"], ["C2", "b", None]]


def test_commas_inside_tab_separated_text_do_not_mislead():
    sheet = read_sheet(csv("编码\t名称", "C1\ta,b,c,d", "C2\te,f,g,h", "C3\ti,j,k,l"), "x.txt")
    assert sheet.headings == ["编码", "名称"]
    assert rows_of(sheet)[0] == ["C1", "a,b,c,d"]


def test_one_column_of_text():
    sheet = read_sheet(csv("客户编码", "C1", "C2"), "x.csv")
    assert sheet.headings == ["客户编码"]
    assert rows_of(sheet) == [["C1"], ["C2"]]


def test_text_tricks_that_keep_digits_from_a_spreadsheet():
    sheet = read_sheet(csv("编码,名称", '"=""00123""",a', "00124\t,b"), "x.csv")
    assert rows_of(sheet) == [["00123", "a"], ["00124", "b"]]


def test_line_ends_inside_quotes_keep_the_row_numbers_people_see():
    sheet = read_sheet(csv("编码,备注", 'C1,"第一行\n第二行"', "C2,x"), "x.csv")
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ["C1", "第一行\n第二行"]), (3, ["C2", "x"])]


def test_empty_lines_and_trailing_delimiters_do_no_harm():
    sheet = read_sheet(csv("", "编码,名称,,,", "C1,a,,,", "", ",,,", "C2,b,,,"), "x.csv")
    assert sheet.headings == ["编码", "名称"]
    assert [row.number for row in sheet.rows] == [3, 6]
    assert len(sheet.rows) == 2


def test_a_name_outside_the_everyday_characters_is_still_gb18030():
    lines = ["客户编码,名称,负责人", "C1,喆堃堂药房,镕喆", "C2,㐱氏中医诊所,䶮"]
    sheet = read_sheet(csv(*lines, encoding="gb18030"), "x.csv")
    assert rows_of(sheet)[1] == ["C2", "㐱氏中医诊所", "䶮"]


def test_cells_keep_their_kind():
    cells = ["F1", 3, 1.5, True, False, date(2024, 1, 31), datetime(2024, 1, 31, 8, 30), 0, -2, "007"]
    sheet = read_sheet(xlsx([[f"列{i}" for i in range(len(cells))], cells]), "x.xlsx")
    [row] = sheet.rows
    assert row.cells == cells
    assert [type(cell) for cell in row.cells] == [str, int, float, bool, bool, date, datetime, int, int, str]


def test_long_digits_stay_digits():
    number, text = 123456789012345678, "913501000000100438"
    sheet = read_sheet(xlsx([["数字", "文本"], [number, text]]), "x.xlsx")
    [[as_number, as_text]] = rows_of(sheet)
    assert isinstance(as_number, int)
    assert "e" not in str(as_number)
    assert as_text == text


def test_days_since_1904():
    sheet = read_sheet(xlsx([["日"], [date(2024, 1, 31)]], date_1904=True), "x.xlsx")
    assert rows_of(sheet) == [[date(2024, 1, 31)]]


def test_a_time_of_day_comes_as_text():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "时间")
        sheet.write_datetime(1, 0, time(8, 30), book.add_format({"num_format": "hh:mm:ss"}))

    assert rows_of(read_sheet(workbook(fill), "x.xlsx")) == [["08:30:00"]]


def test_a_title_line_and_blank_rows_above_are_skipped():
    sheet = read_sheet(xlsx([[], ["2024 年发票清单"], [], HEADINGS, [], ["F1", "C1", None, 5]]), "x.xlsx")
    assert sheet.headings == HEADINGS
    assert sheet.heading_row == 4
    assert [(row.number, row.cells) for row in sheet.rows] == [(6, ["F1", "C1", None, 5])]


def test_a_merged_title_above_the_headings_is_no_obstacle():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "2024 年发票清单")
        sheet.write_row(1, 0, HEADINGS)
        sheet.write_row(2, 0, ["F1", "C1", "2024-01-31", 5])

    assert read_sheet(workbook(fill), "x.xlsx").headings == HEADINGS


def test_one_heading_over_one_column_is_no_title():
    sheet = read_sheet(xlsx([["客户编码"], ["C1"]]), "x.xlsx")
    assert sheet.headings == ["客户编码"]


def test_columns_without_heading_or_content_are_left_out_and_letters_stay_true():
    sheet = read_sheet(xlsx([[None, "编码", None, "名称"], [None, "C1", None, "a"]]), "x.xlsx")
    assert sheet.headings == ["编码", "名称"]
    assert sheet.letters == ["B", "D"]
    assert rows_of(sheet) == [["C1", "a"]]


def test_headings_lose_their_line_breaks():
    sheet = read_sheet(xlsx([["价税合计\n（元）", " 客户 编码 "], [1, "C1"]]), "x.xlsx")
    assert sheet.headings == ["价税合计 （元）", "客户 编码"]


def test_blank_cells_of_white_space_are_empty():
    sheet = read_sheet(xlsx([["a", "b"], ["  ", "x"], ["\u3000", "\u00a0"]]), "x.xlsx")
    assert rows_of(sheet) == [[None, "x"]]


def two_sheets(book):
    cover = book.add_worksheet("说明")
    cover.hide()
    book.add_worksheet("空")
    sheet = book.add_worksheet("数据")
    sheet.write_row(0, 0, ["编码"])
    sheet.write_row(1, 0, ["C1"])
    other = book.add_worksheet("别的")
    other.write_row(0, 0, ["编码"])
    other.write_row(1, 0, ["C2"])
    cover.write_row(0, 0, ["x"])
    cover.write_row(1, 0, ["y"])
    book.get_worksheet_by_name("空").activate()


def test_the_first_visible_sheet_with_content_is_read_and_the_others_are_named():
    sheet = read_sheet(workbook(two_sheets), "x.xlsx")
    assert sheet.name == "数据"
    assert [type(warning) for warning in sheet.warnings] == [OtherSheetsLeftOut]
    assert "别的" in sheet.warnings[0].sentence()


def test_a_sheet_is_chosen_by_name_or_number():
    content = workbook(two_sheets)
    assert rows_of(read_sheet(content, "x.xlsx", sheet="别的")) == [["C2"]]
    assert rows_of(read_sheet(content, "x.xlsx", sheet=3)) == [["C2"]]
    assert not read_sheet(content, "x.xlsx", sheet="别的").warnings
    with pytest.raises(NoSuchSheet, match="说明、空、数据、别的"):
        read_sheet(content, "x.xlsx", sheet="没有")


def test_stored_values_of_formulas_are_used_with_a_warning():
    rows = (
        text_row(1, "编码", "金额")
        + '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
        + '<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="str"><f>IF(1,"","x")</f><v></v></c></row>'
    )
    sheet = read_sheet(raw_xlsx(sheet_xml(rows)), "x.xlsx")
    assert rows_of(sheet) == [[1, 2], [2, None]]
    [warning] = sheet.warnings
    assert isinstance(warning, FormulaValuesUsed)
    assert (warning.count, warning.row, warning.column) == (2, 2, "B")


def test_error_values_are_seen_not_swallowed():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编码", "金额"])
        sheet.write(1, 0, "C1")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, ["C2", 5])

    assert rows_of(read_sheet(workbook(fill), "x.xlsx")) == [["C1", "#DIV/0!"], ["C2", 5]]


def test_hidden_rows_are_read_with_a_warning():
    def fill(book):
        sheet = book.add_worksheet()
        for r, cells in enumerate([["编码"], ["C1"], ["C2"], ["C3"]]):
            sheet.write_row(r, 0, cells)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(9, None, None, {"hidden": True})

    sheet = read_sheet(workbook(fill), "x.xlsx")
    assert len(sheet.rows) == 3
    [warning] = sheet.warnings
    assert isinstance(warning, HiddenRowsRead)
    assert (warning.count, warning.row) == (1, 3)


def test_cells_and_rows_without_addresses_are_counted_along():
    data = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c></row>"
    heading = '<row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>'
    sheet = read_sheet(raw_xlsx(sheet_xml(heading + data)), "x.xlsx")
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, [1, 2]), (3, [None, 3])]


def test_prefixed_elements_are_read_like_any_other():
    xml = sheet_xml(text_row(1, "a", "b") + text_row(2, "1", "2"))
    prefixed = xml.replace("<", "<x:").replace("<x:/", "</x:").replace(" xmlns=", " xmlns:x=")
    assert rows_of(read_sheet(raw_xlsx(prefixed), "x.xlsx")) == [["1", "2"]]


def test_links_to_other_files_pictures_and_macros_are_left_alone():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编码", "金额"])
        sheet.write(1, 0, "C1")
        sheet.write_formula(1, 1, "='[other.xlsx]Sheet1'!A1", None, 7)
        sheet.write_url(2, 0, "external:other.xlsx", string="C2")

    sheet = read_sheet(workbook(fill), "x.xlsx")
    assert rows_of(sheet) == [["C1", 7], ["C2", None]]


def test_a_path_reads_like_bytes_and_rows_can_be_read_twice(tmp_path: Path):
    for name, content in (("a.xlsx", xlsx([HEADINGS, *ROWS])), ("a.csv", csv(*LINES, encoding="gb18030"))):
        path = tmp_path / name
        path.write_bytes(content)
        sheet = read_sheet(path, name)
        assert rows_of(sheet) == rows_of(sheet) == ROWS
        assert len(sheet.rows) == 2


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert rows_of(read_sheet(xlsx([["a"], ["1"]]), "x.xlsx")) == [["1"]]
    with pytest.raises(Exception, match="合并"):
        read_sheet(raw_xlsx(sheet_xml(text_row(1, "a", "b") + text_row(2, "1", "2"), MERGE)), "x.xlsx")
    assert list(tmp_path.iterdir()) == []


MERGE = '<mergeCells count="1"><mergeCell ref="A2:B2"/></mergeCells>'


def test_the_name_of_the_file_proves_nothing():
    assert rows_of(read_sheet(xlsx([["a"], ["1"]]), "发票.xls")) == [["1"]]
    assert rows_of(read_sheet(csv("a,b", "1,2"), "发票.xlsx")) == [["1", "2"]]


def test_column_letters():
    assert [column_letter(i) for i in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_index(column_letter(i)) == i for i in range(20_000))


plain_cells = st.one_of(
    st.none(),
    st.integers(min_value=-(10**14), max_value=10**14),
    st.booleans(),
    st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)),
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=20).map(str.strip),
).map(lambda cell: cell if cell != "" else None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(plain_cells, min_size=3, max_size=3), min_size=1, max_size=20))
def test_what_is_written_is_read(rows):
    expected = [row for row in rows if any(cell is not None for cell in row)]
    if not expected:
        return
    sheet = read_sheet(xlsx([["甲", "乙", "丙"], *rows]), "x.xlsx")
    assert rows_of(sheet) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="gb18030", blacklist_categories=("Cs", "Cc", "Cn", "Co")), max_size=12).map(
                str.strip
            ),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_as_text_is_read(rows, encoding):
    rows = [[cell if "�" not in cell and not cell.startswith('="') else "x" for cell in row] for row in rows]
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [["甲", "乙", "丙"], *rows]]
    expected = [[cell or None for cell in row] for row in rows if any(row)]
    if expected:
        assert rows_of(read_sheet(csv(*lines, encoding=encoding), "x.csv")) == expected


def test_limits_are_counted_in_rows_with_content():
    content = csv("a,b", *itertools.repeat("1,2", 10), *itertools.repeat(",", 1000))
    assert len(read_sheet(content, "x.csv", limits=Limits(max_rows=11)).rows) == 10
