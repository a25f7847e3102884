"""What a column nobody has named may be: by words in its heading, then by what stands in it. Offered, never taken for sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kewei.kernel.columns import Column, heading_key
from kewei.kernel.refusals import Refused
from kewei.kernel.sheets import Cell

# Words in what a customer is called (domain 5.5), and words of packings.
_PLACES = ("医院", "卫生", "诊所", "药房", "药店", "门诊", "公司", "中心", "医务室", "pharmacy", "hospital", "clinic")
_UNITS = {"盒", "瓶", "支", "箱", "件", "袋", "片", "粒", "板"}


def suggest(
    headings: Sequence[str],
    cells: Mapping[str, Sequence[Cell]],
    columns: Sequence[Column],
    known: Mapping[str, str | None],
) -> dict[str, str | None]:
    """A column for each heading, or None: what is known of it, else words it shares with a column, else its cells.

    `cells` are the first cells under each heading. No column is offered twice.
    """
    found = {heading: known.get(heading) for heading in headings}
    taken = {name for name in found.values() if name}
    for heading in headings:
        if found[heading] is None and (name := _by_words(heading, columns, taken)):
            found[heading] = name
            taken.add(name)
    for heading in headings:
        if found[heading] is None and (name := _by_cells(cells.get(heading, ()), columns, taken)):
            found[heading] = name
            taken.add(name)
    return found


def _by_words(heading: str, columns: Sequence[Column], taken: set[str]) -> str | None:
    """The column that shares the longest word with a heading, two letters at the least; of equals the one whose word stands
    last, where Chinese says what a thing is."""
    key, best = heading_key(heading), (1, 0, "")
    for column in columns:
        if column.name in taken:
            continue
        for word in map(heading_key, column.headings()):
            if word and (word in key or (len(key) > 1 and key in word)):
                shared = (min(len(word), len(key)), key.rfind(word), column.name)
                best = max(best, shared, key=lambda one: one[:2])
    return best[2] or None


def _by_cells(cells: Sequence[Cell], columns: Sequence[Column], taken: set[str]) -> str | None:
    filled = [cell for cell in cells if cell not in (None, "")]
    by_name = {column.name: column for column in columns if column.name not in taken}
    if not filled:
        return None
    if "day" in by_name and all(_reads(by_name["day"], cell) for cell in filled):
        return "day"
    texts = [str(cell) for cell in filled]
    if "customer" in by_name and 2 * sum(any(word in text for word in _PLACES) for text in texts) >= len(texts):
        return "customer"
    if "unit" in by_name and all(text.strip() in _UNITS for text in texts):
        return "unit"
    if "quantity" in by_name and all(_reads(by_name["quantity"], cell) and len(str(cell)) <= 6 for cell in filled):
        return "quantity"
    return None


def _reads(column: Column, cell: Cell) -> bool:
    try:
        column.read(cell)
    except Refused:
        return False
    return True
