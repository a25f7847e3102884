"""Papers of membership: the letter about a terminal's usage."""
