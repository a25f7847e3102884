"""What the collecting room tells the house."""

SAYS: dict[str, str] = {}
