"""Letters as PDF: prints the texts it is given and computes nothing (domain 2.13)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kewei.receivables.papers.pdf import compiled

TEMPLATE = Path(__file__).resolve().parent / "letter.typ"


def letter_pdf(paper: dict[str, Any], *, state: str = "") -> bytes:
    """A letter (queries.letter_paper) as a PDF; `state` is printed across its head while it is no original. Raises NoChineseFont."""
    return compiled(TEMPLATE, paper | {"state": state})
