"""Kewei 客维: win, keep, trust and get paid by pharmaceutical terminal customers."""
