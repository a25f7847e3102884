"""Distributor sell-through: layouts, parsing, name matching, review queue, stock balance."""
