"""账务核销单: what was given up in the books, by whom, on what evidence (domain 3.7, 4.11)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kewei.kernel.money import yuan, yuan_in_words
from kewei.people import queries as people
from kewei.receivables.papers.pdf import compiled

TEMPLATE = Path(__file__).resolve().parent / "write_off.typ"


def write_off_slip(paper: dict[str, Any]) -> bytes:
    """The slip as a PDF; amounts of `paper` in fen. Raises NoChineseFont."""
    company = people.company()
    lines = [[number, on, due, yuan(fen)] for number, on, due, fen in paper["lines"]]
    told = {"company": company.name, "total": yuan(paper["fen"]), "words": yuan_in_words(paper["fen"]), "lines": lines}
    return compiled(TEMPLATE, {**{k: v for k, v in paper.items() if k != "fen"}, **told})
