"""The worked tables of docs/algorithms, read as test data: a page whose numbers are wrong fails a test."""

from pathlib import Path

PAGES = Path(__file__).resolve().parents[4] / "docs" / "algorithms"

Row = dict[str, str]


def table(page: str, *columns: str) -> list[Row]:
    """The rows of the one table of that page whose first columns are `columns`; cells as text, without backticks."""
    found = [rows for header, rows in _tables(page) if header[: len(columns)] == list(columns)]
    assert len(found) == 1, f"{page} has {len(found)} tables beginning with {columns}"
    assert found[0], f"the table {columns} of {page} has no rows"
    return found[0]


def _tables(page: str) -> list[tuple[list[str], list[Row]]]:
    tables: list[tuple[list[str], list[Row]]] = []
    header: list[str] = []
    for line in (PAGES / page).read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            header = []
        elif not header:
            header = _cells(line)
            tables.append((header, []))
        elif not set(line) <= set("|-: "):
            cells = _cells(line)
            assert len(cells) == len(header), f"{page}: {line}"
            tables[-1][1].append(dict(zip(header, cells, strict=True)))
    return tables


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("`", "").replace("**", "") for cell in line.strip().strip("|").split("|")]
