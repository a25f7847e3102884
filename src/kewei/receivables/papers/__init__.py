"""Papers of receivables as files: the statement of account as PDF and Excel (domain 2.12)."""

from kewei.receivables.papers.pdf import NoChineseFont, statement_pdf, statement_pdfs
from kewei.receivables.papers.sheet import statement_xlsx
from kewei.receivables.papers.statement import Party, as_paper

__all__ = ["NoChineseFont", "Party", "as_paper", "statement_pdf", "statement_pdfs", "statement_xlsx"]
