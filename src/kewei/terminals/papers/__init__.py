"""What the terminals room puts on paper."""
