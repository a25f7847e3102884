"""A column is an object: form, template, import, export and API share one list of them.

A column knows its headings in Chinese and English, how to read a cell and how to show a value. A
reader takes one cell and returns a plain value, or raises a refusal that says what is wrong with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from kewei.kernel.calendar import day_from_text
from kewei.kernel.money import fen_from_text
from kewei.kernel.names import fold
from kewei.kernel.refusals import N_, Refused, Translate, in_chinese, refusal
from kewei.kernel.sheets import Cell, Row, Sheet

Reader = Callable[[Cell], Any]

# How a spreadsheet writes a long number that it was not told to keep: 9.1350E+17.
_SCIENTIFIC = re.compile(r"[0-9]+(\.[0-9]+)?[eE]\+[0-9]+|[0-9]+\.[0-9]+[eE][0-9]+")
_CELL_ERRORS = {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}

# In a mapping: keep this heading's values beside the known ones.
EXTRA = "extra"


@dataclass(frozen=True)
class Column:
    """One field of a noun: `read` turns a cell into a value, `show` a value into text for files."""

    name: str
    zh: str
    en: str
    read: Reader
    example: Any = ""
    required: bool = False
    aliases: tuple[str, ...] = ()
    show: Callable[[Any], str] = str
    help: str = ""

    def headings(self) -> list[str]:
        """Every heading this column answers to."""
        return [self.zh, self.en, self.name, *self.aliases]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell (or, with an empty column, with the whole row)."""

    row: int
    column: str
    heading: str
    value: str
    why: Refused

    @property
    def reason(self) -> str:
        """Why, in Chinese."""
        return self.why.sentence()

    def say(self, translate: Translate = in_chinese) -> str:
        """Row, column and reason in one sentence of the reader's language."""
        template = N_("第 {row} 行 {column} 列「{heading}」：{reason}") if self.column else N_("第 {row} 行：{reason}")
        return translate(template).format(
            row=self.row, column=self.column, heading=self.heading, reason=self.why.sentence(translate)
        )

    def as_dict(self, translate: Translate = in_chinese) -> dict[str, Any]:
        """As JSON, for the API, `--json` and the error file."""
        return {
            "row": self.row,
            "column": self.column,
            "heading": self.heading,
            "value": self.value,
            "code": self.why.code,
            "numbers": self.why.numbers,
            "reason": self.why.sentence(translate),
        }


@refusal
class MissingValue(Refused):
    code = "missing_value"
    says = N_("必填，不能为空")


@refusal
class CellError(Refused):
    code = "cell_error"
    says = N_("单元格是公式错误值 {text}")


@refusal
class TextTooLong(Refused):
    code = "text_too_long"
    says = N_("最多 {max} 个字，现有 {length} 个")


@refusal
class CodeLostDigits(Refused):
    code = "code_lost_digits"
    says = N_("编码超过 15 位却存成了数字，表格软件已把后几位变成 0")
    next_step = N_("请把这一列设成“文本”格式后重新填写")


@refusal
class NotACode(Refused):
    code = "not_a_code"
    says = N_("「{text}」不能作为编码")


@refusal
class NotAChoice(Refused):
    code = "not_a_choice"
    says = N_("「{text}」不在可选项中：{allowed}")


@refusal
class AmountNotPositive(Refused):
    code = "amount_not_positive"
    says = N_("金额必须大于零，现为 {amount_fen} 元")


@refusal
class AmountNegative(Refused):
    code = "amount_negative"
    says = N_("金额不能为负，现为 {amount_fen} 元")


@refusal
class MissingColumn(Refused):
    code = "missing_column"
    says = N_("表中缺少必需的列：{columns}")


@refusal
class ColumnMappedTwice(Refused):
    code = "column_mapped_twice"
    says = N_("「{first}」和「{second}」都对应到了同一列「{column}」")


# --- readers -----------------------------------------------------------------------------------


def text(max: int = 200) -> Reader:
    """Text of at most `max` characters, trimmed; numbers become their plain digits."""

    def read(cell: Cell) -> str:
        words = plain_text(cell)
        if len(words) > max:
            raise TextTooLong(max=max, length=len(words))
        return words

    return read


def code(cell: Cell) -> str:
    """A code or document number: no white space inside or around, digits kept whole."""
    if isinstance(cell, bool | date | datetime) or (isinstance(cell, float) and not cell.is_integer()):
        raise NotACode(text=plain_text(cell))
    if isinstance(cell, int | float) and abs(cell) >= 10**15:
        raise CodeLostDigits()
    words = "".join(unicodedata.normalize("NFKC", plain_text(cell)).split())
    if _SCIENTIFIC.fullmatch(words):
        raise CodeLostDigits()
    if not words or len(words) > 64:
        raise NotACode(text=words[:64])
    return words


def money(cell: Cell) -> int:
    """An amount of yuan of either sign, in fen."""
    return fen_from_text(cell)


def positive_money(cell: Cell) -> int:
    """An amount of yuan greater than nought, in fen."""
    amount_fen = fen_from_text(cell)
    if amount_fen <= 0:
        raise AmountNotPositive(amount_fen=amount_fen)
    return amount_fen


def money_or_nought(cell: Cell) -> int:
    """An amount of yuan that is not negative, in fen."""
    amount_fen = fen_from_text(cell)
    if amount_fen < 0:
        raise AmountNegative(amount_fen=amount_fen)
    return amount_fen


def day(cell: Cell, *, order: str = "ymd") -> date:
    """A day. `read_rows` passes its `order` on to columns that read with this very function."""
    return day_from_text(cell, order=order)


def choice(labels: Mapping[str, Any]) -> Reader:
    """One of several values, named by any of its labels (Chinese or English) or by the value itself."""
    by_label = {fold(str(value)): value for value in labels.values()}
    by_label |= {fold(label): value for label, value in labels.items()}
    allowed = list(labels)

    def read(cell: Cell) -> Any:
        words = plain_text(cell)
        if fold(words) not in by_label:
            raise NotAChoice(text=words[:60], allowed=allowed)
        return by_label[fold(words)]

    return read


def many(sep: str = ";；,，、", read: Reader = code) -> Reader:
    """Several values in one cell, split at any of the characters of `sep`; blanks are dropped."""

    def read_many(cell: Cell) -> list[Any]:
        if not isinstance(cell, str):
            return [read(cell)]
        return [read(part.strip()) for part in re.split(f"[{re.escape(sep)}]", cell) if part.strip()]

    return read_many


_YES_NO = {"是": True, "否": False, "yes": True, "no": False, "y": True, "n": False, "true": True, "false": False}
_YES_NO |= {"1": True, "0": False, "有": True, "无": False, "√": True, "×": False}


def yes_no(cell: Cell) -> bool:
    """是 or 否, yes or no."""
    words = fold(plain_text(cell))
    if words not in _YES_NO:
        raise NotAChoice(text=words[:60], allowed=["是", "否"])
    return _YES_NO[words]


def plain_text(cell: Cell) -> str:
    """A cell as text, as a person would have typed it: whole numbers without .0, days in ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")
    return str(cell).strip()


# --- headings and rows -------------------------------------------------------------------------


def heading_key(heading: str) -> str:
    """A heading as it is compared: folded, without the mark that templates put on required columns."""
    return fold(heading).replace("*", "").strip()


def match_headings(
    headings: Sequence[str], columns: Sequence[Column], remembered: Mapping[str, str | None] | None = None
) -> dict[str, str | None]:
    """Which column each heading stands for: what was remembered first, then exact names; else None (offered, not lost).

    No column is given to two headings: the first one gets it.
    """
    names = {column.name for column in columns}
    by_heading = {heading_key(h): column.name for column in reversed(columns) for h in column.headings() if h}
    known = {heading_key(h): name for h, name in (remembered or {}).items() if name in names or name in (EXTRA, None)}
    mapping: dict[str, str | None] = {}
    taken = {known[heading_key(h)] for h in headings if heading_key(h) in known}
    for heading in headings:
        key = heading_key(heading)
        if key in known:
            mapping[heading] = known[key]
            continue
        name = by_heading.get(key)
        mapping[heading] = None if name in taken else name
        taken.add(name)
    return mapping


def check_mapping(columns: Sequence[Column], mapping: Mapping[str, str | None]) -> None:
    """Raise MissingColumn where a required column has no heading, ColumnMappedTwice where one has two."""
    heading_of: dict[str, str] = {}
    for heading, name in mapping.items():
        if name is None or name == EXTRA:
            continue
        if name in heading_of:
            raise ColumnMappedTwice(first=heading_of[name], second=heading, column=name)
        heading_of[name] = heading
    missing = [f"{column.zh}/{column.en}" for column in columns if column.required and column.name not in heading_of]
    if missing:
        raise MissingColumn(columns=missing)


@dataclass
class _Plan:
    """Where each column's cells stand."""

    known: list[tuple[int, str, str, Column, Reader]] = field(default_factory=list)
    extra: list[tuple[int, str]] = field(default_factory=list)


def read_rows(
    sheet: Sheet, columns: Sequence[Column], mapping: Mapping[str, str | None], order: str = "ymd"
) -> Iterator[tuple[int, dict[str, Any], list[Problem]]]:
    """Read every row: its number, its values by column name, and everything that is wrong with it.

    A value with a problem, and an empty one, is None. `values["extra"]` holds, by heading, the cells of headings
    mapped to EXTRA. Raises MissingColumn or ColumnMappedTwice before the first row.
    """
    check_mapping(columns, mapping)
    plan = _plan(sheet, columns, mapping, order)
    return (_read_row(row, plan, columns) for row in sheet.rows)


def _plan(sheet: Sheet, columns: Sequence[Column], mapping: Mapping[str, str | None], order: str) -> _Plan:
    by_name = {column.name: column for column in columns}
    plan = _Plan()
    for index, (heading, letter) in enumerate(zip(sheet.headings, sheet.letters, strict=True)):
        name = mapping.get(heading)
        if name == EXTRA:
            plan.extra.append((index, heading))
        elif name is not None:
            column = by_name[name]
            reader = partial(day, order=order) if column.read is day else column.read
            plan.known.append((index, heading, letter, column, reader))
    return plan


def _read_row(row: Row, plan: _Plan, columns: Sequence[Column]) -> tuple[int, dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {column.name: None for column in columns}
    problems: list[Problem] = []
    for index, heading, letter, column, read in plan.known:
        cell = row.cells[index] if index < len(row.cells) else None
        try:
            if cell is None or cell == "":
                if column.required:
                    raise MissingValue()
            elif cell in _CELL_ERRORS:
                raise CellError(text=cell)
            else:
                values[column.name] = read(cell)
        except Refused as why:
            problems.append(Problem(row.number, letter, heading, plain_text(cell)[:200], why))
    kept = ((heading, row.cells[index]) for index, heading in plan.extra if index < len(row.cells))
    values["extra"] = {heading: plain_text(cell) for heading, cell in kept if cell is not None}
    return row.number, values, problems
