"""Persons, roles, the territory tree, and what each may do."""
