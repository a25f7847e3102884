"""Screens over several rooms: today, the 360° card, search; no tables of its own."""
