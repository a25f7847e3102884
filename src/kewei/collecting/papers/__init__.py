"""Letters and papers of collecting as PDF."""
