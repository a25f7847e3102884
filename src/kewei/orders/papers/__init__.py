"""Papers of the orders room as PDF."""
