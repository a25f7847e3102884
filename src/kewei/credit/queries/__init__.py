"""Questions about credit, by topic."""
