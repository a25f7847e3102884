"""Tables of collecting, by topic."""
