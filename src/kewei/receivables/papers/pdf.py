"""The statement of account as a PDF."""

from pathlib import Path
from typing import Any

from kewei.kernel.typesetting import NoChineseFont, compiled

__all__ = ["NoChineseFont", "compiled", "statement_pdf"]

TEMPLATE = Path(__file__).resolve().parent / "statement.typ"


def statement_pdf(paper: dict[str, Any]) -> bytes:
    """A statement (as_paper) as a PDF file. Raises NoChineseFont."""
    return compiled(TEMPLATE, paper)
