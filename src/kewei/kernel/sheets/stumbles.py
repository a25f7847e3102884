"""What can be wrong with an uploaded file. `row` counts from 1, `column` is the letter people see."""

from __future__ import annotations

from kewei.kernel.refusals import N_, Refused, refusal


class BadSheet(Refused):
    """A file that cannot be read as a table."""


@refusal
class NotASheet(BadSheet):
    code = "sheet_not_a_sheet"
    says = N_("「{filename}」不是表格文件，而是{found}")
    next_step = N_("请用表格软件打开，另存为 .xlsx 或 CSV 后再上传")


@refusal
class SheetEncrypted(BadSheet):
    code = "sheet_encrypted"
    says = N_("「{filename}」设有打开密码")
    next_step = N_("请取消密码后再上传")


@refusal
class SheetDamaged(BadSheet):
    code = "sheet_damaged"
    says = N_("「{filename}」已损坏，无法读取：{reason}")
    next_step = N_("请用表格软件打开，另存为 .xlsx 或 CSV 后再上传")


@refusal
class SheetUnsafe(BadSheet):
    code = "sheet_unsafe"
    says = N_("「{filename}」的内容不安全，没有读取：{reason}")


@refusal
class FileTooLarge(BadSheet):
    code = "sheet_file_too_large"
    says = N_("文件有 {size_mb} MB，超过上限 {limit_mb} MB")
    next_step = N_("请分成几个文件上传")


@refusal
class NoSuchSheet(BadSheet):
    code = "sheet_no_such_sheet"
    says = N_("没有名为「{sheet}」的工作表，现有：{available}")


@refusal
class NoRows(BadSheet):
    code = "sheet_no_rows"
    says = N_("表中没有数据：标题行下面没有内容")


@refusal
class TooManyRows(BadSheet):
    code = "sheet_too_many_rows"
    says = N_("第 {row} 行仍有内容，超过上限 {limit} 行")
    next_step = N_("请分成几个文件上传")


@refusal
class TooManyColumns(BadSheet):
    code = "sheet_too_many_columns"
    says = N_("第 {row} 行 {column} 列仍有内容，超过上限 {limit} 列")


@refusal
class TooManyCells(BadSheet):
    code = "sheet_too_many_cells"
    says = N_("内容一直延伸到第 {row} 行 {column} 列，单元格超过上限 {limit} 个")
    next_step = N_("请删去远处的零散内容，或分成几个文件上传")


@refusal
class DuplicateHeading(BadSheet):
    code = "sheet_duplicate_heading"
    says = N_("第 {row} 行 {column} 列的标题「{heading}」与 {other_column} 列重复")


@refusal
class EmptyHeading(BadSheet):
    code = "sheet_empty_heading"
    says = N_("{column} 列没有标题，但第 {row} 行有内容")


@refusal
class MergedCells(BadSheet):
    code = "sheet_merged_cells"
    says = N_("第 {row} 行 {column} 列是合并单元格（{area}），数据区不能有合并单元格")
    next_step = N_("请取消合并，把内容填到每一行后再上传")


@refusal
class FormulaWithoutValue(BadSheet):
    code = "sheet_formula_without_value"
    says = N_("第 {row} 行 {column} 列的公式没有计算结果（共 {count} 处）")
    next_step = N_("请用表格软件打开并保存一次，或把公式粘贴为数值")


@refusal
class WrongEncoding(BadSheet):
    code = "sheet_wrong_encoding"
    says = N_("第 {row} 行的文字编码无法识别：{reason}")
    next_step = N_("请另存为“CSV UTF-8”或 .xlsx 后再上传")


@refusal
class BrokenText(BadSheet):
    code = "sheet_broken_text"
    says = N_("第 {row} 行含有已损坏的文字（�），原文件在转换编码时丢失了内容")
    next_step = N_("请从原系统重新导出")


@refusal
class BrokenQuotes(BadSheet):
    code = "sheet_broken_quotes"
    says = N_("第 {row} 行的引号不成对，无法分列")


# --- warnings: read all the same, but say so ------------------------------------------------------


@refusal
class FormulaValuesUsed(BadSheet):
    code = "sheet_formula_values_used"
    says = N_("有 {count} 个公式，按文件中保存的结果读取（第一处在第 {row} 行 {column} 列）")


@refusal
class OtherSheetsLeftOut(BadSheet):
    code = "sheet_other_sheets_left_out"
    says = N_("只读取了工作表「{sheet}」，其余未读：{others}")


@refusal
class HiddenRowsRead(BadSheet):
    code = "sheet_hidden_rows_read"
    says = N_("有 {count} 行被隐藏或筛选掉，也一并读取了（第一处在第 {row} 行）")
