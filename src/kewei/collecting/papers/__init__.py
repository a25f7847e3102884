"""Letters and papers of collecting as PDF."""

from kewei.collecting.papers.evidence import evidence_pack
from kewei.collecting.papers.letter import letter_pdf

__all__ = ["evidence_pack", "letter_pdf"]
