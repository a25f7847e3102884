"""The statement of account as a PDF."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kewei.kernel.typesetting import NoChineseFont, compiled, compiled_many

__all__ = ["NoChineseFont", "compiled", "statement_pdf", "statement_pdfs"]

TEMPLATE = Path(__file__).resolve().parent / "statement.typ"


def statement_pdf(paper: dict[str, Any]) -> bytes:
    """A statement (as_paper) as a PDF file. Raises NoChineseFont."""
    return compiled(TEMPLATE, paper)


def statement_pdfs(papers: Sequence[dict[str, Any]]) -> list[bytes]:
    """Many statements, each as a PDF file, in their order. Raises NoChineseFont."""
    return compiled_many(TEMPLATE, papers)
