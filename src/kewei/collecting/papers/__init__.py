"""Letters and papers of collecting as PDF."""

from kewei.collecting.papers.letter import letter_pdf

__all__ = ["letter_pdf"]
