"""Money (fen), calendar (Chinese working days), ids, refusals, sheets; pure, no tables."""
